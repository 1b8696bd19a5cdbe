//! Boards that are drawn on for long: the history stays small, and everybody still has the same.

use super::*;
use crate::whiteboard::validator;

/// How many blocks a newcomer gets, and how many bytes.
fn history(table: &mut Table) -> (usize, usize) {
    let snapshot = table.board.snapshot().unwrap();
    (validator::update(&snapshot, usize::MAX).unwrap().blocks.len(), snapshot.len())
}

/// Everybody changes an element of theirs so many times, 20 times a second, a new one every second.
pub(super) fn draw_for(table: &mut Table, people: &[SocketId], seconds: u64, stroke: &str) {
    for round in 0..seconds * 20 {
        for person in people {
            let Some(peer) = table.people.get(person) else { continue };
            // Two pens at once: so neighbouring tombstones are of different elements.
            let key = format!("{} {}", person.0, (round / 40) % 10 * 2 + round % 2);
            let frame = peer.draw(&key, format!("{round} {stroke}").as_str());
            table.send(*person, &frame);
        }
        table.wait(ms(50));
    }
}

#[test]
fn hours_of_drawing_leave_no_more_than_the_board() {
    // Three hours with the variable set; the same in minutes otherwise.
    let minutes =
        std::env::var("KEGELBAHN_BOARD_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(12);
    let mut table = Table::default();
    let people: Vec<SocketId> =
        (0..4).map(|n| table.join(&format!("person {n}"), Peer::new(n + 1), true)).collect();
    let (mut sizes, mut costs) = (Vec::new(), Vec::new());
    for minute in 0..minutes {
        let before = table.spent;
        draw_for(&mut table, &people, 60, "stroke");
        costs.push((table.spent - before).as_secs_f64() * 1e6 / f64::from(people.len() as u32 * 60 * 20));
        sizes.push(history(&mut table));
        if minute % 3 == 2 {
            let late = table.join(&format!("late {minute}"), Peer::new(1_000 + minute), true);
            table.draw(late, "shared", minute as i32);
            table.wait(ms(200));
            assert_eq!(table.people[&late].content(), table.people[&people[0]].content());
            table.board.close(late);
            table.board.remove(&person(&format!("late {minute}")));
            table.people.remove(&late);
        }
    }
    assert!(table.compacted > 1, "{} times", table.compacted);
    assert!(table.closed.is_empty(), "{:?}", table.closed);
    // What two minutes may hold: 80 changes a second, whatever came before.
    let most = sizes.iter().map(|(blocks, _)| *blocks).max().unwrap();
    assert!(most < 16_000, "{sizes:?}");
    for person in &people {
        assert_eq!(table.people[person].content(), table.people[&people[0]].content());
    }
    println!("blocks and bytes after each minute: {sizes:?}");
    // Of each sixth of the time: compaction comes once in a while.
    let sixths = costs.chunks(costs.len().div_ceil(6));
    let sixths: Vec<f64> = sixths.map(|sixth| sixth.iter().sum::<f64>() / sixth.len() as f64).collect();
    println!("CPU of the board for a change, in µs: {sixths:.1?}; the last to the first: {:.2}", {
        sixths.last().unwrap() / sixths[0]
    });
}

#[test]
fn who_comes_back_with_too_old_a_copy_opens_anew() {
    let mut table = Table::default();
    let people = [table.join("anna", Peer::new(1), true), table.join("ben", Peer::new(2), true)];
    draw_for(&mut table, &people, 10, "stroke");
    let (old, young) = (Peer::new(3), Peer::new(4));
    old.apply(&table.people[&people[0]].everything());
    draw_for(&mut table, &people, 170, "stroke");
    young.apply(&table.people[&people[0]].everything());
    draw_for(&mut table, &people, 20, "stroke");
    assert!(table.compacted > 0);
    let drawn = old.set("1 0", "over something that was compacted");
    let returning = table.join("cleo", old, true);
    assert_eq!(table.closed, [(returning, CLOSE_STALE)]);
    let young = table.join("dora", young, true);
    let fresh = table.join("cleo", Peer::new(5), true);
    table.send(fresh, &sync_message(UPDATE, &drawn));
    assert_eq!(table.closed[1..], [(fresh, CLOSE_STALE)], "what it drew on is gone");
    table.draw(young, "1 0", 7);
    table.wait(ms(100));
    assert_eq!(table.seen_by(people[0], "1 0").as_deref(), Some("7"));
    assert_eq!(table.people[&young].content(), table.people[&people[0]].content());
    // An element that was there all the time is not begun as if it were new.
    let unaware = Peer::new(6);
    let begun = unaware.draw("1 0", "as if it were new");
    let unaware = table.join("emil", unaware, false);
    table.board.set_right(table.now, &person("emil"), true);
    table.send(unaware, &begun);
    assert_eq!(table.closed[2..], [(unaware, CLOSE_STALE)]);
}

#[test]
fn a_compacted_board_comes_back_from_the_disk_as_it_was() {
    let mut table = Table::default();
    let people = [table.join("anna", Peer::new(1), true), table.join("ben", Peer::new(2), true)];
    draw_for(&mut table, &people, 180, "stroke");
    assert!(table.compacted > 0);
    let row = table.board.row().unwrap();
    let mut again = Table::default();
    assert!(again.board.restore([row]));
    let (anna, ben) = (table.people.remove(&people[0]).unwrap(), table.people.remove(&people[1]).unwrap());
    let content = anna.content();
    let (anna, ben) = (again.join("anna", anna, true), again.join("ben", ben, true));
    again.draw(anna, "1 0", 1);
    again.draw(ben, "1 0", 2);
    again.wait(ms(100));
    let late = again.join("late", Peer::new(9), false);
    assert!(again.closed.is_empty());
    assert_ne!(again.people[&late].content(), content);
    assert_eq!(again.people[&late].content(), again.people[&anna].content());
}

#[test]
fn a_reader_that_fell_behind_gets_the_rest_in_one_frame() {
    let mut table = Table::default();
    let (anna, slow) = (table.join("anna", Peer::new(1), true), table.join("slow", Peer::new(2), false));
    table.draw(anna, "a", 1);
    table.wait(ms(100));
    table.board.fall_behind(table.now, slow, &sync_message(UPDATE, &[0, 0]));
    table.frames = 0;
    for n in 0..100 {
        table.draw(anna, "a", n);
        table.draw(anna, &format!("b {n}"), n);
        table.now += ms(50);
        for socket in table.board.behind() {
            // It takes a little each time.
            table.board.catch_up(table.now, socket, 10_000 - n as usize);
        }
        table.run();
    }
    assert_eq!((table.frames, table.seen_by(slow, "a").as_deref()), (0, Some("1")));
    table.board.catch_up(table.now, slow, 0);
    table.run();
    assert_eq!(table.frames, 1);
    assert_eq!(table.people[&slow].content(), table.people[&anna].content());
    // One that takes nothing at all is closed in the end.
    table.board.fall_behind(table.now, slow, &sync_message(UPDATE, &[0, 0]));
    table.board.catch_up(table.now, slow, 64 << 10);
    table.now += Duration::from_secs(31);
    table.board.catch_up(table.now, slow, 64 << 10);
    assert_eq!(table.board.behind(), [slow]);
    table.now += Duration::from_secs(2);
    table.board.catch_up(table.now, slow, 64 << 10);
    table.run();
    assert_eq!(table.closed, [(slow, CLOSE_SLOW)]);
}
