//! Pages beside a document that says how many shapes there are.

use super::*;
use crate::whiteboard::document::Document;
use crate::whiteboard::structure::Structure;
use crate::whiteboard::testing::{Map, Peer, Random, ReadTxn, Transact, WriteTxn};
use crate::whiteboard::validator;
use bytes::Bytes;

const LIMITS: BoardLimits = BoardLimits { page_bytes: 10_000, page_shapes: 100, board_bytes: 1 << 20 };

struct Counted {
    document: Document,
    structure: Structure,
    pages: Pages,
    halved: bool,
}

impl Counted {
    fn new() -> Self {
        let (document, structure) = (Document::default(), Structure::default());
        Self { document, structure, pages: Pages::new(LIMITS), halved: false }
    }

    fn take(&mut self, update: &[u8]) -> bool {
        let outline = validator::update(update, usize::MAX).unwrap();
        let additions = self.structure.admit(&outline).unwrap();
        let added = self.pages.adding(update, &outline, additions.parts());
        let fits = self.pages.fits(&added);
        if fits {
            let all_new = additions.are_all_of(&outline);
            let applied = self.document.apply(&Bytes::copy_from_slice(update), all_new).unwrap();
            self.structure.commit(&additions, usize::MAX);
            let deleted = applied.map(|applied| applied.deleted).unwrap_or_default();
            self.halved = self.pages.add(added, &deleted);
        }
        fits
    }

    /// The shapes of every page as the whole document tells them.
    fn learned(&mut self) -> Vec<(String, usize)> {
        let everything = self.document.snapshot().unwrap();
        let outline = validator::update(&everything, usize::MAX).unwrap();
        let additions = Structure::default().admit(&outline).unwrap();
        let mut learned = Pages::new(LIMITS);
        learned.learn(&everything, &outline, &additions);
        sorted(&learned)
    }

    fn shapes(&self) -> Vec<(&str, usize)> {
        self.pages.pages.iter().map(|page| (&*page.name, page.sum.shapes)).collect()
    }
}

fn sorted(pages: &Pages) -> Vec<(String, usize)> {
    let there = pages.pages.iter().filter(|page| page.sum.shapes > 0);
    let mut sorted: Vec<_> = there.map(|page| (page.name.to_string(), page.sum.shapes)).collect();
    sorted.sort();
    sorted
}

fn remove(peer: &Peer, root: &str, keys: std::ops::Range<usize>) -> Vec<u8> {
    let root = root.to_owned();
    peer.change(move |transaction| {
        let map = transaction.get_or_insert_map(root);
        keys.for_each(|key| drop(map.remove(transaction, &key.to_string())));
    })
}

fn set(peer: &Peer, root: &str, key: &str, text: &str) -> Vec<u8> {
    let (root, key, text) = (root.to_owned(), key.to_owned(), text.to_owned());
    peer.change(move |transaction| {
        transaction.get_or_insert_map(root).insert(transaction, key, text);
    })
}

#[test]
fn shapes_count_on_their_page_and_changes_of_them_do_not() {
    let (anna, ben, mut counted) = (Peer::new(1), Peer::new(2), Counted::new());
    for page in ["elements", "elements:two"] {
        for key in ["a", "b", "a"] {
            let update = set(&anna, page, key, "x");
            assert!(counted.take(&update));
            ben.apply(&update);
        }
    }
    // He draws over hers: where, says only the neighbour.
    assert!(counted.take(&set(&ben, "elements:two", "b", &"y".repeat(1_000))));
    assert_eq!(counted.shapes(), [("elements", 2), ("elements:two", 2)]);
    assert!(counted.pages.pages[1].sum.bytes > 1_000 && counted.pages.pages[0].sum.bytes < 200);
}

#[test]
fn each_page_has_its_limits() {
    let (peer, mut counted) = (Peer::new(1), Counted::new());
    for number in 0..100 {
        assert!(counted.take(&set(&peer, "elements", &number.to_string(), "x")));
    }
    assert!(!counted.take(&set(&peer, "elements", "one more", "x")));
    let elsewhere = Peer::new(2);
    assert!(counted.take(&set(&elsewhere, "elements:two", "a", &"x".repeat(9_000))));
    assert!(!counted.take(&set(&elsewhere, "elements:two", "b", &"x".repeat(1_000))));
}

#[test]
fn what_is_gone_no_longer_counts_and_people_are_told_each_step() {
    let (peer, mut counted) = (Peer::new(1), Counted::new());
    for number in 0..79 {
        counted.take(&set(&peer, "elements", &number.to_string(), "x"));
    }
    assert!(!counted.pages.seem_fuller());
    for number in 79..87 {
        counted.take(&set(&peer, "elements", &number.to_string(), "x"));
    }
    assert!(counted.pages.seem_fuller());
    let told = counted.pages.take_changed();
    assert_eq!(told.iter().map(|full| (&*full.page, full.shapes)).collect::<Vec<_>>(), [("main", 87)]);
    assert!(!counted.pages.seem_fuller() && counted.pages.were_nearly_full());
    assert_eq!(counted.pages.nearly_full(), told);
    for number in 0..50 {
        counted.take(&remove(&peer, "elements", number..number + 1));
    }
    assert_eq!(counted.shapes(), [("elements", 37)]);
    let everything = peer.everything();
    counted.pages.measure(&validator::update(&everything, usize::MAX).unwrap());
    assert_eq!(counted.pages.take_changed()[0].shapes, 37);
    assert!(!counted.pages.were_nearly_full());
}

#[test]
fn the_whole_board_counts_as_its_changes_did() {
    let peers = [Peer::new(9), Peer::new(3)];
    let mut counted = Counted::new();
    for number in 0..60_usize {
        let page = ["elements", "elements:two", "pages"][number % 3];
        let update = set(&peers[number % 2], page, &(number % 20).to_string(), "x");
        assert!(counted.take(&update));
        peers[1 - number % 2].apply(&update);
    }
    let learned = counted.learned();
    assert_eq!(learned, sorted(&counted.pages));
    assert_eq!(learned.iter().map(|(_, shapes)| shapes).sum::<usize>(), 60);
}

#[test]
fn the_count_of_shapes_is_true_after_every_change() {
    for seed in 0..30 {
        let mut random = Random(seed);
        let peers = [Peer::new(1), Peer::new(2), Peer::new(3)];
        let mut counted = Counted::new();
        for step in 0..60 {
            let (from, to) = (random.below(3), random.below(3));
            let known = peers[from].doc.transact().state_vector();
            for _ in 0..=random.below(3) {
                peers[from].change_at_random(&mut random);
            }
            // Of this some is new, or all of it, or only what it deletes.
            let update = match random.below(3) {
                0 => peers[from].everything(),
                _ => peers[from].doc.transact().encode_state_as_update_v1(&known),
            };
            if random.below(3) == 0 {
                peers[to].apply(&peers[from].everything());
            }
            let outline = validator::update(&update, usize::MAX).unwrap();
            // What it builds on may not be there yet.
            if counted.structure.admit(&outline).is_ok() {
                assert!(counted.take(&update));
            }
            assert_eq!(counted.learned(), sorted(&counted.pages), "seed {seed}, step {step}");
        }
    }
}

#[test]
fn a_page_that_loses_half_of_its_shapes_is_noticed() {
    let (peer, mut counted) = (Peer::new(1), Counted::new());
    for (page, count) in [("elements", 5), ("elements:x", 90), ("pages", 2)] {
        (0..count).for_each(|key| {
            counted.take(&set(&peer, page, &key.to_string(), "x"));
        });
    }
    assert!(!counted.pages.may_halve(2) && counted.pages.may_halve(3) && counted.pages.may_halve(90));
    let mut halved = |update: Vec<u8>| {
        counted.take(&update);
        counted.halved
    };
    assert!(!halved(remove(&peer, "elements", 0..2)), "three of five are left");
    assert!(halved(remove(&peer, "elements", 2..4)));
    assert!(!halved(remove(&peer, "elements:x", 0..44)), "46 of 90 are left");
    assert!(halved(remove(&peer, "elements:x", 44..67)));
    assert!(!halved(remove(&peer, "pages", 0..2)), "pages are no shapes");
    assert!(halved(remove(&peer, "elements", 4..5)));
    assert!(!halved(remove(&peer, "elements", 0..5)), "an empty page has nothing to lose");
}

#[test]
fn thousands_of_new_pages_in_one_update_count_once_each() {
    let names: Vec<String> = (0..20_000).map(|number| format!("elements:{number}")).collect();
    let update = Peer::new(1).change(|transaction| {
        for name in names.iter().chain(&names) {
            transaction.get_or_insert_map(name.as_str()).insert(transaction, "key", 1);
        }
    });
    let outline = validator::update(&update, usize::MAX).unwrap();
    let additions = Structure::default().admit(&outline).unwrap();
    let mut pages = Pages::new(LIMITS);
    let added = pages.adding(&update, &outline, additions.parts());
    assert!(pages.fits(&added));
    pages.add(added, &[]);
    let found: Vec<&str> = pages.pages.iter().map(|page| &*page.name).collect();
    assert_eq!(found.len(), names.len());
    assert!(names.iter().all(|name| pages.numbers.contains_key(name.as_str())));
}
