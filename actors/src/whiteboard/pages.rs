//! How full each page is: shapes, and bytes of their encoding; and whether half of one goes at once.
//!
//! Which page a block belongs to stands in the block that begins its key, and is remembered for each client in runs (one for
//! each change of page), since blocks that follow only name their neighbour. So are the shapes counted, with every change: what was added,
//! without what was deleted. Of bytes, as with the whole board (`size`), additions are summed up, where what is drawn over
//! counts until everything is measured anew. Knows nothing of what shapes are. Pure.

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

#[derive(Clone, Copy, Default)]
struct More {
    bytes: usize,
    /// Under names that nobody has used yet.
    shapes: usize,
    /// All of them, those too that take the place of others, which are deleted.
    values: usize,
}

/// What an update would add to the pages.
#[derive(Default)]
pub(super) struct Added {
    /// Of pages that nobody has drawn on yet, in the order of their numbers.
    names: Vec<Box<str>>,
    /// The same, with their places among these.
    places: HashMap<Box<str>, usize>,
    sums: HashMap<u16, More>,
    runs: Runs,
}

impl Pages {
    /// Nothing yet.
    pub(super) fn new(limits: BoardLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// What these parts of an update that fits (`Additions::parts`) add to which page.
    pub(super) fn adding(
        &self,
        update: &[u8],
        outline: &Outline,
        parts: impl Iterator<Item = (usize, Id, u32)>,
    ) -> Added {
        let mut added = Added::default();
        for (at, first, end) in parts {
            let Some(block) = outline.blocks.get(at) else { continue };
            let page = match block.place {
                Place::Root => self.number(&mut added, root(update, block)),
                Place::None => NOWHERE,
                Place::Beside(left, right) => self.beside(&added, left.or(right)),
                Place::Inside(parent) => self.beside(&added, Some(parent)),
            };
            added.runs.push(block, page);
            added.sums.entry(page).or_default().add(block, end - first.clock);
        }
        added
    }

    /// Whether no page gets too full by it.
    pub(super) fn fits(&self, added: &Added) -> bool {
        added.sums.iter().filter(|(page, _)| **page != NOWHERE).all(|(page, more)| {
            let sum = self.pages.get(usize::from(*page)).map(|page| page.sum).unwrap_or_default();
            sum.bytes + more.bytes <= self.limits.page_bytes
                && sum.shapes + more.shapes <= self.limits.page_shapes
        }) && self.pages.len() + added.names.len() < usize::from(NOWHERE)
    }

    /// It was applied, and deleted these ranges. Whether a page has lost half of its shapes by it, or more.
    pub(super) fn add(&mut self, added: Added, deleted: &[(Id, u32)]) -> bool {
        for name in added.names {
            self.numbers.insert(name.clone(), self.pages.len() as u16);
            self.pages.push(Page { name, sum: Sum::default(), told: 0 });
        }
        let mut before = HashMap::new();
        for (number, more) in added.sums {
            if let Some(page) = self.pages.get_mut(usize::from(number)) {
                before.insert(number, page.sum.shapes);
                page.sum.bytes += more.bytes;
                page.sum.shapes += more.values;
            }
        }
        self.runs.append(added.runs);
        for (client, clock) in deleted.iter().flat_map(|(id, end)| (id.clock..*end).map(|at| (id.client, at)))
        {
            let Some(number) = self.runs.page(Id { client, clock }) else { continue };
            if let Some(page) = self.pages.get_mut(usize::from(number)) {
                before.entry(number).or_insert(page.sum.shapes);
                page.sum.shapes = page.sum.shapes.saturating_sub(1);
            }
        }
        let mut halved = false;
        for (number, before) in before {
            let page = &self.pages[usize::from(number)];
            self.fuller |= page.step(self.limits) > page.told;
            halved |= page.has_shapes() && before > 0 && page.sum.shapes <= before / 2;
        }
        halved
    }

    /// Whether a page loses half of its shapes when so many go. Looks at each page once.
    pub(super) fn may_halve(&self, gone: usize) -> bool {
        let half = |page: &Page| page.sum.shapes.div_ceil(2);
        self.pages.iter().any(|page| page.has_shapes() && (1..=gone).contains(&half(page)))
    }

    /// Counts anew what the whole board holds.
    pub(super) fn measure(&mut self, outline: &Outline) {
        self.pages.iter_mut().for_each(|page| page.sum = Sum::default());
        for block in &outline.blocks {
            let page = self.runs.page(block.id).unwrap_or(NOWHERE);
            if let Some(page) = self.pages.get_mut(usize::from(page)) {
                page.sum.measure(block);
            }
        }
    }

    /// Begins anew with the whole board, remembering only what people were told.
    pub(super) fn learn(&mut self, update: &[u8], outline: &Outline, additions: &Additions) {
        let told = std::mem::take(&mut self.pages);
        self.numbers.clear();
        self.runs = Runs::default();
        self.add(self.adding(update, outline, additions.parts()), &[]);
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

    /// Shapes of the page whose map is called so.
    #[cfg(test)]
    pub(super) fn shapes(&self, name: &str) -> usize {
        self.numbers.get(name).map_or(0, |at| self.pages[usize::from(*at)].sum.shapes)
    }

    fn number(&self, added: &mut Added, name: &str) -> u16 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let new = added.places.get(name).copied().unwrap_or_else(|| {
            added.places.insert(name.into(), added.names.len());
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
    fn has_shapes(&self) -> bool {
        self.name.starts_with(SHAPES)
    }

    /// How full in steps, per cent of the nearer limit; 0 while there is plenty of room.
    fn step(&self, limits: BoardLimits) -> usize {
        if !self.has_shapes() {
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
    /// A block of the whole board.
    fn measure(&mut self, block: &Block) {
        let there = matches!(block.class, Class::Plain | Class::Type);
        self.bytes += block.bytes.1 - block.bytes.0;
        self.shapes += if there { block.len as usize } else { 0 };
    }
}

impl More {
    /// A block, of which so many clocks are new.
    fn add(&mut self, block: &Block, new: u32) {
        self.bytes += block.bytes.1 - block.bytes.0;
        self.shapes += usize::from(block.place == Place::Root && block.class == Class::Plain);
        self.values += new as usize;
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
#[path = "pages_tests.rs"]
mod tests;
