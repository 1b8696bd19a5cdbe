//! Compacted boards say the same, and go on with everybody who may.

use super::*;
use crate::whiteboard::testing::{Peer, Random};
use crate::whiteboard::validator;

fn everything(peer: &Peer) -> (Vec<u8>, Outline) {
    let snapshot = peer.everything();
    let outline = validator::update(&snapshot, usize::MAX).unwrap();
    (snapshot, outline)
}

fn compacted(peer: &Peer, horizon: &Horizon) -> Option<Compacted> {
    let (snapshot, outline) = everything(peer);
    compact(&snapshot, &outline, horizon)
}

fn horizon(peer: &Peer) -> Horizon {
    peer.clocks().into_iter().collect()
}

fn blocks(update: &[u8]) -> usize {
    validator::update(update, usize::MAX).unwrap().blocks.len()
}

fn sorted(mut clocks: Vec<(u64, u32)>) -> Vec<(u64, u32)> {
    clocks.sort_unstable();
    clocks
}

#[test]
fn of_many_versions_the_last_stays() {
    let (anna, ben) = (Peer::new(1), Peer::new(2));
    for n in 0..100 {
        for key in ["a", "b", "c"] {
            ben.apply(&anna.set(key, n));
            anna.apply(&ben.set(key, n + 1_000));
        }
    }
    let (before, _) = everything(&anna);
    let Compacted { update, keys } = compacted(&anna, &horizon(&anna)).unwrap();
    assert_eq!(keys.len(), 3);
    assert!(blocks(&before) > 300 && blocks(&update) <= 7, "{} {}", blocks(&before), blocks(&update));
    let fresh = Peer::new(3);
    fresh.apply(&update);
    assert_eq!(fresh.content(), anna.content());
    assert_eq!(sorted(fresh.clocks()), sorted(anna.clocks()));
    // And again: there is nothing left to do.
    assert!(compacted(&fresh, &horizon(&fresh)).is_none());
}

#[test]
fn a_removed_element_keeps_its_last_version_so_that_it_can_come_back() {
    let (anna, old) = (Peer::new(1), Peer::new(2));
    for n in 0..5 {
        old.apply(&anna.set("a", n));
        old.apply(&anna.set("b", n));
    }
    old.apply(&anna.remove("a"));
    let new = Peer::new(3);
    new.apply(&compacted(&anna, &horizon(&anna)).unwrap().update);
    assert_eq!(new.content(), old.content());
    // The newcomer and the old one bring it back at once.
    let (one, two) = (new.set("a", 10), old.set("a", 20));
    new.apply(&two);
    old.apply(&one);
    assert_eq!(new.content(), old.content());
    assert!(new.get("a").is_some());
}

#[test]
fn a_version_that_builds_on_an_old_one_keeps_all_of_its_chain() {
    let (anna, ben) = (Peer::new(1), Peer::new(2));
    ben.apply(&anna.set("a", 1));
    for n in 2..5 {
        anna.set("a", n);
        anna.set("b", n);
    }
    let horizon = horizon(&anna);
    // Ben had been away since the first version.
    let late = ben.set("a", 100);
    anna.apply(&late);
    let before = anna.get("a");
    assert_eq!(before, ben.get("a"));
    let Compacted { update, keys } = compacted(&anna, &horizon).unwrap();
    assert_eq!(keys.len(), 1, "only the other element's");
    let fresh = Peer::new(3);
    fresh.apply(&update);
    assert_eq!((fresh.get("a"), fresh.content()), (before, anna.content()));
}

#[test]
fn boards_of_other_things_are_left_alone() {
    let mut random = Random(5);
    let peer = Peer::new(1);
    for _ in 0..200 {
        peer.change_at_random(&mut random);
    }
    assert!(compacted(&peer, &horizon(&peer)).is_none());
}

#[test]
fn whoever_has_what_is_older_converges_with_newcomers() {
    let mut done = 0;
    for seed in 0..300 {
        let mut random = Random(seed);
        let peers: Vec<Peer> = [7, 3, 9, 5].map(Peer::new).into();
        let mix = |random: &mut Random, rounds: usize| {
            for _ in 0..rounds {
                let (from, to) = (random.below(4), random.below(4));
                let key = format!("element {}", random.below(4));
                if random.below(6) == 0 {
                    peers[from].remove(&key);
                } else {
                    peers[from].set(&key, random.below(1_000) as i64);
                }
                if random.below(3) == 0 {
                    peers[to].apply(&peers[from].everything());
                }
            }
        };
        let meet = || {
            for peer in &peers {
                peers[0].apply(&peer.everything());
            }
            for peer in &peers {
                peer.apply(&peers[0].everything());
            }
        };
        mix(&mut random, 30);
        meet();
        let horizon = horizon(&peers[0]);
        // Younger changes, of which not everybody has all.
        let rounds = random.below(12);
        mix(&mut random, rounds);
        let server = Peer::new(100);
        for peer in &peers[1..] {
            server.apply(&peer.everything());
        }
        let Some(Compacted { update, .. }) = compacted(&server, &horizon) else { continue };
        done += 1;
        let fresh = Peer::new(8);
        fresh.apply(&update);
        assert_eq!(fresh.content(), server.content(), "seed {seed}");
        assert_eq!(sorted(fresh.clocks()), sorted(server.clocks()), "seed {seed}");
        // Everybody goes on with increments, whichever copy they have.
        for round in 0..10 {
            let key = format!("element {}", random.below(4));
            let author = if round % 2 == 0 { &fresh } else { &peers[random.below(4)] };
            author.set(&key, round);
        }
        for peer in &peers {
            fresh.apply(&peer.since(&fresh));
        }
        for peer in &peers {
            peer.apply(&fresh.since(peer));
        }
        for peer in &peers {
            assert_eq!(sorted(peer.clocks()), sorted(fresh.clocks()), "seed {seed}");
            assert_eq!(peer.content(), fresh.content(), "seed {seed}");
        }
    }
    assert!(done > 200, "{done}");
}
