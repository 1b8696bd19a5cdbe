//! What fits the board, what waits, and what never fits.

use super::*;
use crate::whiteboard::testing::{Map, MapPrelim, Out, Peer, Random, WriteTxn};
use crate::whiteboard::validator::update;

fn outline(bytes: &[u8]) -> Outline {
    update(bytes, usize::MAX).unwrap()
}

fn take(structure: &mut Structure, bytes: &[u8]) -> Result<(), Misfit> {
    let additions = structure.admit(&outline(bytes))?;
    structure.commit(&additions, usize::MAX);
    Ok(())
}

fn id(client: u64, clock: u32) -> Id {
    Id { client, clock }
}

fn plain(client: u64, clock: u32, place: Place) -> Block {
    Block { id: id(client, clock), len: 1, class: Class::Plain, place, bytes: (0, 0), content: 0 }
}

fn blocks(blocks: &[Block]) -> Outline {
    Outline { blocks: blocks.to_vec(), ..Outline::default() }
}

#[test]
fn what_builds_on_nothing_missing_fits() {
    let peer = Peer::new(7);
    let (first, second) = (peer.set("a", 1), peer.set("a", 2));
    let mut structure = Structure::default();
    assert_eq!(take(&mut structure, &second), Err(Misfit::Gap(id(7, 0))));
    assert_eq!(structure.added_clients(&outline(&first)), [7]);
    assert_eq!(take(&mut structure, &first), Ok(()));
    assert_eq!(take(&mut structure, &second), Ok(()));
    assert_eq!(structure.next_clock(7), 2);
    assert_eq!(structure.added_clients(&outline(&first)), [0_u64; 0]);
    assert_eq!(take(&mut structure, &peer.everything()), Ok(()));
    assert_eq!(structure.next_clock(7), 2);
}

#[test]
fn what_builds_on_somebody_elses_missing_stroke_waits() {
    let (anna, ben) = (Peer::new(1), Peer::new(2));
    let hers = anna.set("a", 1);
    ben.apply(&hers);
    let his = ben.set("a", 2);
    let mut structure = Structure::default();
    assert_eq!(take(&mut structure, &his), Err(Misfit::Gap(id(1, 0))));
    assert_eq!(take(&mut structure, &hers), Ok(()));
    assert_eq!(take(&mut structure, &his), Ok(()));
}

#[test]
fn nobody_deletes_what_is_not_yet_drawn() {
    let mut structure = Structure::default();
    take(&mut structure, &Peer::new(7).set("a", 1)).unwrap();
    let tomorrow = Outline { deletes: vec![(id(7, 0), 1), (id(7, 1), 50)], ..Outline::default() };
    assert_eq!(structure.foretold_deletes(&tomorrow), [7]);
    assert_eq!(structure.admit(&tomorrow), Err(Misfit::Gap(id(7, 49))));
    let today = Outline { deletes: vec![(id(7, 0), 1)], ..Outline::default() };
    assert_eq!(structure.foretold_deletes(&today), [0_u64; 0]);
    assert_eq!(structure.admit(&today), Ok(Additions::default()));
}

#[test]
fn a_hole_is_a_gap() {
    let hole = Block { class: Class::Hole, len: 5, ..plain(7, 0, Place::None) };
    let structure = Structure::default();
    let outline = blocks(&[hole, plain(7, 5, Place::Root)]);
    assert_eq!(structure.admit(&outline), Err(Misfit::Gap(id(7, 0))));
}

#[test]
fn types_nest_to_a_limit_across_updates() {
    let peer = Peer::new(7);
    let mut structure = Structure::default();
    let mut misfit = None;
    for depth in 0..100 {
        let change = peer.change(|transaction| {
            let mut map = transaction.get_or_insert_map("elements");
            while let Some(Out::YMap(inner)) = map.get(transaction, "in") {
                map = inner;
            }
            map.insert(transaction, "in", MapPrelim::default());
        });
        if let Err(error) = take(&mut structure, &change) {
            misfit = Some((depth, error));
            break;
        }
    }
    assert_eq!(misfit, Some((NESTING_MAX + 1, Misfit::TooDeep)));
    // The same in one update, as a restoring client would send it.
    for _ in 0..40 {
        peer.change(|transaction| {
            let mut map = transaction.get_or_insert_map("elements");
            while let Some(Out::YMap(inner)) = map.get(transaction, "in") {
                map = inner;
            }
            map.insert(transaction, "in", MapPrelim::default());
        });
    }
    assert_eq!(take(&mut Structure::default(), &peer.everything()), Err(Misfit::TooDeep));
}

#[test]
fn neighbours_inherit_their_depth() {
    let mut structure = Structure::default();
    let chain: Vec<Block> = (0..=NESTING_MAX as u32)
        .map(|clock| Block {
            class: Class::Type,
            ..plain(7, clock, clock.checked_sub(1).map_or(Place::Root, |parent| Place::Inside(id(7, parent))))
        })
        .collect();
    let additions = structure.admit(&blocks(&chain)).unwrap();
    structure.commit(&additions, usize::MAX);
    let deepest = id(7, NESTING_MAX as u32);
    let beside = Block { class: Class::Type, ..plain(8, 0, Place::Beside(None, Some(deepest))) };
    assert!(structure.admit(&blocks(&[beside])).is_ok());
    let below = plain(8, 1, Place::Inside(id(8, 0)));
    assert_eq!(structure.admit(&blocks(&[beside, below])), Err(Misfit::TooDeep));
}

#[test]
fn nothing_is_put_into_what_is_no_type() {
    let mut structure = Structure::default();
    take(&mut structure, &Peer::new(7).set("a", 1)).unwrap();
    let inside = blocks(&[plain(8, 0, Place::Inside(id(7, 0)))]);
    assert_eq!(structure.admit(&inside), Err(Misfit::Impossible));
}

#[test]
fn circles_are_refused() {
    let structure = Structure::default();
    let itself = blocks(&[plain(7, 0, Place::Beside(Some(id(7, 0)), None))]);
    assert_eq!(structure.admit(&itself), Err(Misfit::Impossible));
    let pair = blocks(&[
        plain(7, 0, Place::Beside(Some(id(8, 0)), None)),
        plain(8, 0, Place::Beside(Some(id(7, 0)), None)),
    ]);
    assert_eq!(structure.admit(&pair), Err(Misfit::Impossible));
    let through_order = blocks(&[
        plain(7, 0, Place::Beside(Some(id(8, 1)), None)),
        plain(7, 1, Place::Root),
        plain(8, 0, Place::Beside(Some(id(7, 1)), None)),
        plain(8, 1, Place::Root),
    ]);
    assert_eq!(structure.admit(&through_order), Err(Misfit::Impossible));
    let later_client_first =
        blocks(&[plain(9, 0, Place::Beside(Some(id(3, 0)), None)), plain(3, 0, Place::Root)]);
    let additions = structure.admit(&later_client_first).unwrap();
    assert_eq!(additions.blocks().collect::<Vec<_>>(), [1, 0], "each after what it builds on");
}

#[test]
fn a_long_chain_takes_no_stack() {
    let chain: Vec<Block> = (0..60_000_u64)
        .map(|n| {
            plain(
                7,
                n as u32,
                n.checked_sub(1).map_or(Place::Root, |left| Place::Beside(Some(id(7, left as u32)), None)),
            )
        })
        .collect();
    let backwards: Vec<Block> = (0..8_000_u64)
        .map(|n| plain(n, 0, if n == 7_999 { Place::Root } else { Place::Beside(Some(id(n + 1, 0)), None) }))
        .collect();
    assert!(Structure::default().admit(&blocks(&chain)).is_ok());
    assert!(Structure::default().admit(&blocks(&backwards)).is_ok());
}

#[test]
fn honest_peers_always_fit_in_whatever_order_they_sync() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let peers = [Peer::new(1), Peer::new(2), Peer::new(3)];
        let mut structure = Structure::default();
        for _ in 0..80 {
            let (from, to) = (random.below(3), random.below(3));
            let change = peers[from].change_at_random(&mut random);
            assert_eq!(take(&mut structure, &change), Ok(()), "seed {seed}");
            if random.below(3) == 0 {
                peers[to].apply(&peers[from].everything());
            }
        }
        for peer in peers {
            let everything = peer.everything();
            assert_eq!(take(&mut structure, &everything), Ok(()), "seed {seed}");
            for (client, clock) in peer.clocks() {
                assert!(structure.next_clock(client) >= clock, "seed {seed}");
            }
            assert_eq!(take(&mut Structure::default(), &everything), Ok(()), "seed {seed}");
        }
    }
}
