//! What hostile, careless and very large frames do to the board: nothing, to anybody but their sender.

use super::*;
use crate::whiteboard::testing::Any;
use crate::whiteboard::wire::put_uint;
use serde_json::Value;

#[test]
fn drawing_under_somebody_elses_id_is_refused_and_harms_nobody() {
    let mut table = Table::default();
    let (anna, mallory) = (table.join("anna", Peer::new(1), true), table.join("mallory", Peer::new(2), true));
    table.draw(anna, "a", 1);
    // Mallory knows Anna's id and next clock, and takes it.
    let forger = Peer::new(1);
    forger.apply(&table.people[&mallory].everything());
    let forged = forger.draw("a", 666);
    table.send(mallory, &forged);
    let restoring = sync_message(STEP_2, &forger.everything());
    table.send(mallory, &restoring);
    table.wait(ms(100));
    assert_eq!(table.seen("a").as_deref(), Some("1"));
    table.draw(anna, "a", 2);
    table.wait(ms(100));
    assert_eq!(table.seen_by(mallory, "a").as_deref(), Some("2"));
    table.draw(mallory, "m", 1);
    table.wait(ms(100));
    assert_eq!(table.seen_by(anna, "m").as_deref(), Some("1"));
}

#[test]
fn deleting_what_somebody_will_draw_tomorrow_is_refused() {
    let mut table = Table::default();
    let (anna, mallory) = (table.join("anna", Peer::new(1), true), table.join("mallory", Peer::new(2), true));
    table.draw(anna, "a", 1);
    let mut deletes = vec![0, 1, 1, 1];
    put_uint(&mut deletes, 1);
    put_uint(&mut deletes, 1_000);
    table.send(mallory, &sync_message(UPDATE, &deletes));
    table.draw(anna, "b", 2);
    table.wait(ms(100));
    assert_eq!((table.seen("a").is_some(), table.seen("b").is_some()), (true, true));
}

#[test]
fn hostile_frames_close_their_sender_only() {
    let nested = {
        let mut bytes = vec![1, 1, 5, 0, 8, 1, 1, b'm', 1];
        bytes.extend(std::iter::repeat_n([117, 1], 10_000).flatten());
        bytes.extend_from_slice(&[126, 0]);
        bytes
    };
    let no_type = [1, 1, 5, 0, 8, 0, 1, 0, 1, 126, 0];
    let hostile = [
        Bytes::from_static(&[9, 9, 9]),
        sync_message(STEP_1, &[255, 255, 255, 122]),
        sync_message(UPDATE, &[255, 255, 255, 122]),
        sync_message(UPDATE, &nested),
        sync_message(UPDATE, &no_type),
        awareness_message(&[255, 255, 255, 122]),
    ];
    let mut table = Table::default();
    let anna = table.join("anna", Peer::new(1), true);
    table.draw(anna, "a", 1);
    for (n, frame) in hostile.iter().enumerate() {
        let mallory = table.join(&format!("mallory {n}"), Peer::new(100), true);
        table.send(mallory, frame);
        assert_eq!(table.closed.last(), Some(&(mallory, CLOSE_PROTOCOL)), "frame {n}");
        table.draw(anna, "a", n as i32);
    }
    table.wait(ms(100));
    assert_eq!((table.people.len(), table.closed.len()), (1, hostile.len()));
    assert_eq!(table.seen("a").as_deref(), Some("5"));
}

#[test]
fn mutated_updates_never_harm_the_others() {
    for seed in 0..30 {
        let mut random = Random(seed);
        let mut table = Table::default();
        let (anna, ben) = (table.join("anna", Peer::new(1), true), table.join("ben", Peer::new(2), true));
        for round in 0..40 {
            let from = [anna, ben][random.below(2)];
            let change = table.people[&from].draw_at_random(&mut random);
            let name = format!("mallory {round}");
            let mallory = table.board.open(table.now, drawer(&name, true), false);
            let mut mutated = change.clone();
            for _ in 0..=random.below(2) {
                let at = random.below(mutated.len());
                mutated[at] = if random.below(2) == 0 { random.next() as u8 } else { mutated[at] ^ 1 };
            }
            // Under an id of their own, so that ownership does not save us.
            if mutated.len() > 3 && mutated[0] == 1 {
                mutated[2] = 50 + (round % 50) as u8;
            }
            table.send(mallory, &sync_message([UPDATE, STEP_2][random.below(2)], &mutated));
            table.send(from, &sync_message(UPDATE, &change));
            table.wait(ms(30));
        }
        table.wait(ms(2_000));
        assert!(table.people.contains_key(&anna) && table.people.contains_key(&ben), "seed {seed}");
        assert_eq!(table.people[&anna].content(), table.people[&ben].content(), "seed {seed}");
        let fresh = Peer::new(99_999);
        fresh.apply(&table.board.snapshot().unwrap());
        assert_eq!(fresh.content(), table.people[&anna].content(), "seed {seed}");
    }
}

#[test]
fn a_full_board_says_so_to_its_drawer_and_keeps_what_it_has() {
    let mut table = Table::default();
    let anna = table.join("anna", Peer::new(1), true);
    let large = "x".repeat(1_000_000);
    let mut drawn = 0;
    while table.closed.is_empty() && drawn < 40 {
        let frame = table.people[&anna].draw(&format!("picture {drawn}"), large.as_str());
        table.send(anna, &frame);
        drawn += 1;
    }
    assert_eq!((table.closed.as_slice(), drawn), ([(anna, CLOSE_FULL)].as_slice(), 16));
    assert!(table.seen("picture 14").is_some());
}

#[test]
fn people_are_told_before_a_page_is_full_and_again_when_there_is_room() {
    let limits = BoardLimits { page_shapes: 20, ..BoardLimits::default() };
    let mut table = Table { board: Board::new(limits), ..Table::default() };
    let anna = table.join("anna", Peer::new(1), true);
    let listener = table.board.open(table.now, drawer("ben", false), true);
    for n in 0..20 {
        table.draw(anna, &n.to_string(), n);
        table.wait(ms(1_000));
    }
    let percents = |table: &mut Table| -> Vec<u64> {
        let number = |notice: &Value, field: &str| notice[field].as_u64().unwrap();
        let told = std::mem::take(&mut table.told).into_iter().map(|(_, notice)| notice);
        let full = told.filter(|notice| notice["type"] == "nearly_full");
        full.map(|full| number(&full, "shapes") * 100 / number(&full, "shapes_max")).collect()
    };
    assert_eq!(percents(&mut table), [80_u64, 85, 90, 95, 100]);
    // Whoever comes now learns it, too.
    table.board.close(listener);
    table.board.open(table.now, drawer("cleo", false), true);
    table.run();
    assert_eq!(percents(&mut table), [100_u64]);
    // A full page takes changes and other pages take more; one shape more on it is one too many.
    table.draw(anna, "7", 77);
    let change = table.people[&anna].change(|transaction| {
        transaction.get_or_insert_map("elements:two").insert(
            transaction,
            "key",
            Any::from(HashMap::<String, Any>::new()),
        );
    });
    table.send(anna, &sync_message(UPDATE, &change));
    assert_eq!(table.closed, []);
    let ben = table.join("ben", Peer::new(2), true);
    table.draw(ben, "one more", 1);
    assert_eq!(table.closed, [(ben, CLOSE_FULL)]);
    // Who deletes makes room, though not at once for the sums.
    for n in 0..6 {
        let removed = table.people[&anna].remove(&n.to_string());
        table.send(anna, &sync_message(UPDATE, &removed));
    }
    table.wait(ms(10_000));
    table.draw(anna, "8", 88);
    assert_eq!(percents(&mut table), [70_u64]);
    assert_eq!((table.closed.len(), table.seen("7").as_deref()), (1, Some("77")));
}

#[test]
fn drawing_over_old_things_does_not_fill_the_board() {
    let mut table = Table::default();
    let anna = table.join("anna", Peer::new(1), true);
    let large = "x".repeat(1_000_000);
    for n in 0..40 {
        let frame = table.people[&anna].draw("the same picture", format!("{n}{large}").as_str());
        table.send(anna, &frame);
    }
    assert!(table.closed.is_empty());
}

#[test]
fn asking_for_the_whole_board_over_and_over_ends_the_socket() {
    let mut table = Table::default();
    let anna = table.join("anna", Peer::new(1), true);
    let step_1 = Peer::new(1).ask();
    for _ in 0..8 {
        table.send(anna, &step_1);
    }
    assert_eq!(table.closed, [(anna, CLOSE_TOO_MANY)]);
}

#[test]
fn even_rubbish_of_a_viewer_is_not_decoded() {
    let mut table = Table::default();
    let viewer = table.join("viewer", Peer::new(2), false);
    table.send(viewer, &sync_message(UPDATE, &[255, 255, 255, 122]));
    assert_eq!((table.refused.len(), table.closed.len()), (1, 0));
}
