//! How full each page is: shapes, and bytes of their encoding.
//!
//! Which page a block belongs to stands in the block that begins its key, and is remembered for each client in runs (one for
//! each change of page), since blocks that follow only name their neighbour. As with the whole board (`size`) additions are
//! summed up, where what is drawn over counts until everything is measured anew. Knows nothing of what shapes are. Pure.

use super::messages::BoardLimits;
use super::structure::Additions;
use super::validator::{Block, Class, Id, Outline, Place};
use super::wire::Reader;
use std::collections::HashMap;

/// From here on people are told, per cent of a limit.
const NEARLY_FULL: usize = 80;
/// And again after so much more.
const STEP: usize = 5;
/// Where garbage belongs.
const NOWHERE: u16 = u16::MAX;
/// What the names of the maps of shapes begin with.
const SHAPES: &str = "elements";
/// The page that is always there.
const MAIN: &str = "main";

/// How full a page is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fullness {
    /// Its id.
    pub(super) page: String,
    /// Bytes of its encoding.
    pub(super) bytes: usize,
    /// How many shapes.
    pub(super) shapes: usize,
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Pages {
    limits: BoardLimits,
    numbers: HashMap<Box<str>, u16>,
    pages: Vec<Page>,
    runs: Runs,
    /// A page that was drawn on seems fuller than was told.
    fuller: bool,
    /// How many pages are told to be nearly full.
    nearly_full: usize,
}

struct Page {
    /// Of the map in the document.
    name: Box<str>,
    sum: Sum,
    /// What was told last, per cent.
    told: usize,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    bytes: usize,
    shapes: usize,
}

/// What an update would add to the pages.
#[derive(Default)]
pub(super) struct Added {
    /// Of pages that nobody has drawn on yet.
    names: Vec<Box<str>>,
    sums: Vec<(u16, Sum)>,
    runs: Runs,
}

impl Pages {
    /// Nothing yet.
    pub(super) fn new(limits: BoardLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// What an update that fits adds to which page.
    pub(super) fn adding(&self, update: &[u8], outline: &Outline, additions: &Additions) -> Added {
        let mut added = Added::default();
        for block in additions.blocks().filter_map(|at| outline.blocks.get(at)) {
            let page = match block.place {
                Place::Root => self.number(&mut added, root(update, block)),
                Place::None => NOWHERE,
                Place::Beside(left, right) => self.beside(&added, left.or(right)),
                Place::Inside(parent) => self.beside(&added, Some(parent)),
            };
            added.runs.push(block, page);
            added.sum(page).add(block, block.place == Place::Root);
        }
        added
    }

    /// Whether no page gets too full by it.
    pub(super) fn fits(&self, added: &Added) -> bool {
        added.sums.iter().filter(|(page, _)| *page != NOWHERE).all(|(page, more)| {
            let sum = self.pages.get(usize::from(*page)).map(|page| page.sum).unwrap_or_default();
            sum.bytes + more.bytes <= self.limits.page_bytes
                && sum.shapes + more.shapes <= self.limits.page_shapes
        }) && self.pages.len() + added.names.len() < usize::from(NOWHERE)
    }

    /// It was applied.
    pub(super) fn add(&mut self, added: Added) {
        for name in added.names {
            self.numbers.insert(name.clone(), self.pages.len() as u16);
            self.pages.push(Page { name, sum: Sum::default(), told: 0 });
        }
        let limits = self.limits;
        for (page, more) in added.sums {
            if let Some(page) = self.pages.get_mut(usize::from(page)) {
                page.sum.bytes += more.bytes;
                page.sum.shapes += more.shapes;
                self.fuller |= page.step(limits) > page.told;
            }
        }
        self.runs.append(added.runs);
    }

    /// Counts anew what the whole board holds.
    pub(super) fn measure(&mut self, outline: &Outline) {
        self.pages.iter_mut().for_each(|page| page.sum = Sum::default());
        for block in &outline.blocks {
            let page = self.runs.page(block.id).unwrap_or(NOWHERE);
            if let Some(page) = self.pages.get_mut(usize::from(page)) {
                page.sum.add(block, true);
            }
        }
    }

    /// Begins anew with the whole board, remembering only what people were told.
    pub(super) fn learn(&mut self, update: &[u8], outline: &Outline, additions: &Additions) {
        let told = std::mem::take(&mut self.pages);
        self.numbers.clear();
        self.runs = Runs::default();
        self.add(self.adding(update, outline, additions));
        self.measure(outline);
        for old in told {
            if let Some(page) =
                self.numbers.get(&old.name).and_then(|at| self.pages.get_mut(usize::from(*at)))
            {
                page.told = old.told;
            }
        }
        self.nearly_full = self.nearly_full().len();
    }

    /// Whether the sums say that a page is fuller than was told.
    pub(super) fn seem_fuller(&self) -> bool {
        self.fuller
    }

    /// Whether a page was nearly full when that was last told.
    pub(super) fn were_nearly_full(&self) -> bool {
        self.nearly_full > 0
    }

    /// The pages of which something else is to be told than last time; to be called when just measured.
    pub(super) fn take_changed(&mut self) -> Vec<Fullness> {
        let limits = self.limits;
        let changed = self.pages.iter_mut().filter(|page| page.told != page.step(limits));
        let changed: Vec<Fullness> = changed
            .map(|page| {
                page.told = page.step(limits);
                page.fullness()
            })
            .collect();
        (self.fuller, self.nearly_full) = (false, self.nearly_full().len());
        changed
    }

    /// The pages of which it was told that they are nearly full.
    pub(super) fn nearly_full(&self) -> Vec<Fullness> {
        self.pages.iter().filter(|page| page.told > 0).map(Page::fullness).collect()
    }

    fn number(&self, added: &mut Added, name: &str) -> u16 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let new = added.names.iter().position(|new| **new == *name).unwrap_or_else(|| {
            added.names.push(name.into());
            added.names.len() - 1
        });
        (self.pages.len() + new).min(usize::from(NOWHERE)) as u16
    }

    fn beside(&self, added: &Added, neighbour: Option<Id>) -> u16 {
        let page = neighbour.and_then(|id| added.runs.page(id).or_else(|| self.runs.page(id)));
        page.unwrap_or(NOWHERE)
    }
}

impl Page {
    /// How full in steps, per cent of the nearer limit; 0 while there is plenty of room.
    fn step(&self, limits: BoardLimits) -> usize {
        if !self.name.starts_with(SHAPES) {
            return 0;
        }
        let part = |sum: usize, limit: usize| sum.saturating_mul(100) / limit.max(1);
        let bytes = part(self.sum.bytes, limits.page_bytes);
        let full = bytes.max(part(self.sum.shapes, limits.page_shapes));
        if full < NEARLY_FULL { 0 } else { full / STEP * STEP }
    }

    fn fullness(&self) -> Fullness {
        let id = self.name.strip_prefix(SHAPES).and_then(|id| id.strip_prefix(':')).unwrap_or(MAIN);
        Fullness { page: id.to_owned(), bytes: self.sum.bytes, shapes: self.sum.shapes }
    }
}

impl Sum {
    /// A block, which may be a shape of its own.
    fn add(&mut self, block: &Block, shape: bool) {
        self.bytes += block.bytes.1 - block.bytes.0;
        self.shapes += usize::from(shape && block.class == Class::Plain);
    }
}

impl Added {
    fn sum(&mut self, page: u16) -> &mut Sum {
        let at = self.sums.iter().rposition(|(known, _)| *known == page).unwrap_or_else(|| {
            self.sums.push((page, Sum::default()));
            self.sums.len() - 1
        });
        &mut self.sums[at].1
    }
}

/// Which page the blocks of each client belong to.
#[derive(Default)]
struct Runs(HashMap<u64, Run>);

#[derive(Default)]
struct Run {
    /// The first clock on a page, sorted.
    starts: Vec<(u32, u16)>,
    end: u32,
}

impl Runs {
    fn push(&mut self, block: &Block, page: u16) {
        let run = self.0.entry(block.id.client).or_default();
        if block.end() > run.end {
            run.push(block.id.clock.max(run.end), page);
            run.end = block.end();
        }
    }

    fn append(&mut self, other: Self) {
        for (client, new) in other.0 {
            let run = self.0.entry(client).or_default();
            let ends = new.starts.iter().skip(1).map(|(next, _)| *next).chain([new.end]);
            let known = run.end;
            for ((start, page), end) in new.starts.iter().zip(ends).filter(|(_, end)| *end > known) {
                run.push(known.max(*start), *page);
                run.end = end;
            }
        }
    }

    fn page(&self, id: Id) -> Option<u16> {
        let run = self.0.get(&id.client).filter(|run| id.clock < run.end)?;
        let after = run.starts.partition_point(|(start, _)| *start <= id.clock);
        run.starts.get(after.checked_sub(1)?).map(|(_, page)| *page)
    }
}

impl Run {
    fn push(&mut self, start: u32, page: u16) {
        if self.starts.last().is_none_or(|(_, last)| *last != page) {
            self.starts.push((start, page));
        }
    }
}

/// The name of the map in which a block that begins a key stands.
fn root<'a>(update: &'a [u8], block: &Block) -> &'a str {
    let mut reader = Reader::new(update.get(block.bytes.0..block.content).unwrap_or_default());
    let name = reader.byte().and_then(|_info| reader.byte()).and_then(|_tag| reader.text());
    name.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whiteboard::structure::Structure;
    use crate::whiteboard::testing::{Map, Peer, WriteTxn};
    use crate::whiteboard::validator;

    const LIMITS: BoardLimits = BoardLimits { page_bytes: 10_000, page_shapes: 100, board_bytes: 1 << 20 };

    struct Counted {
        structure: Structure,
        pages: Pages,
    }

    impl Counted {
        fn new() -> Self {
            Self { structure: Structure::default(), pages: Pages::new(LIMITS) }
        }

        fn take(&mut self, update: &[u8]) -> bool {
            let outline = validator::update(update, usize::MAX).unwrap();
            let additions = self.structure.admit(&outline).unwrap();
            let added = self.pages.adding(update, &outline, &additions);
            let fits = self.pages.fits(&added);
            if fits {
                self.structure.commit(&additions, usize::MAX);
                self.pages.add(added);
            }
            fits
        }

        fn shapes(&self) -> Vec<(&str, usize)> {
            self.pages.pages.iter().map(|page| (&*page.name, page.sum.shapes)).collect()
        }
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
    fn what_is_gone_no_longer_counts_once_measured_and_people_are_told_each_step() {
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
            counted.take(&peer.change(|transaction| {
                let map = transaction.get_or_insert_map("elements");
                map.remove(transaction, &number.to_string());
            }));
        }
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
        let everything = peers[0].everything();
        let outline = validator::update(&everything, usize::MAX).unwrap();
        let additions = Structure::default().admit(&outline).unwrap();
        let mut learned = Pages::new(LIMITS);
        learned.learn(&everything, &outline, &additions);
        let sorted = |mut shapes: Vec<(String, usize)>| {
            shapes.sort();
            shapes
        };
        let named = |counted: &Pages| {
            let pages = counted.pages.iter();
            sorted(pages.map(|page| (page.name.to_string(), page.sum.shapes)).collect())
        };
        counted.pages.measure(&outline);
        assert_eq!(named(&learned), named(&counted.pages));
        assert_eq!(named(&learned).iter().map(|(_, shapes)| shapes).sum::<usize>(), 60);
    }
}
