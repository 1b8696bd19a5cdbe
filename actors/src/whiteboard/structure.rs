//! What the board knows of its own history, without any content: how far each client has come, and how deep
//! shared types nest.
//!
//! With it an update is judged before it is decoded: which of its blocks are new (and whose they are),
//! whether something it builds on is missing (such updates wait outside the document: yrs takes quadratic
//! time over gaps), whether types nest too deep across updates (50,000 nested types are accepted by yrs and
//! abort the process later), and whether blocks depend on each other in a circle. Pure. Memory: one run for
//! each change of nesting, so a board of plain elements costs one run per client.

use super::validator::{Block, Class, Id, NESTING_MAX, Outline, Place};
use std::collections::HashMap;

/// Client ids on one board: as many page loads.
const CLIENTS_MAX: usize = 8_192;

/// See the module's text.
#[derive(Default)]
pub(super) struct Structure {
    clients: HashMap<u64, Known>,
}

/// Why an update does not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Misfit {
    /// It builds on this, which the board has not seen yet. It may fit later.
    Gap(Id),
    /// Shared types nest deeper than `NESTING_MAX`.
    TooDeep,
    /// It puts something into what is not a shared type, or depends on itself.
    Impossible,
    /// The board has seen too many clients.
    TooManyClients,
}

/// What an update that fits adds, each block after everything it builds on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Additions(Vec<Addition>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Addition {
    /// Which of the outline's blocks.
    block: usize,
    /// What is new of it.
    id: Id,
    end: u32,
    kind: Kind,
}

impl Additions {
    /// Whether the update adds something, and nothing in it was known.
    pub(super) fn are_all_of(&self, outline: &Outline) -> bool {
        let whole = |addition: &Addition| addition.id == outline.blocks[addition.block].id;
        !self.0.is_empty() && self.0.len() == outline.blocks.len() && self.0.iter().all(whole)
    }

    /// What is new, in the order in which it is applied: which of the outline's blocks, from where and to which clock.
    pub(super) fn parts(&self) -> impl ExactSizeIterator<Item = (usize, Id, u32)> {
        self.0.iter().map(|addition| (addition.block, addition.id, addition.end))
    }

    /// The outline's blocks that are new.
    pub(super) fn blocks(&self) -> impl ExactSizeIterator<Item = usize> {
        self.0.iter().map(|addition| addition.block)
    }
}

#[derive(Default)]
struct Known {
    end: u32,
    /// Start of a run and what its clocks are; sorted.
    runs: Vec<(u32, Kind)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Kind {
    depth: u8,
    class: Class,
}

impl Kind {
    const NOTHING: Self = Self { depth: 0, class: Class::Gone };
}

impl Structure {
    /// The clock that the client's next block will have.
    pub(super) fn next_clock(&self, client: u64) -> u32 {
        self.clients.get(&client).map_or(0, |known| known.end)
    }

    /// Whether the board has this.
    pub(super) fn knows(&self, id: Id) -> bool {
        id.clock < self.next_clock(id.client)
    }

    /// The clients under whose ids an update adds something, each once.
    pub(super) fn added_clients(&self, outline: &Outline) -> Vec<u64> {
        let new = outline.blocks.iter().filter(|block| self.is_new(block));
        let mut clients: Vec<u64> = new.map(|block| block.id.client).collect();
        clients.dedup();
        clients
    }

    /// The clients whose *future* an update deletes: things nobody has seen yet, neither the board nor the
    /// update itself.
    pub(super) fn foretold_deletes(&self, outline: &Outline) -> Vec<u64> {
        let sections = Sections::of(&outline.blocks);
        let unseen = |&&(id, end): &&(Id, u32)| end > self.next_clock(id.client).max(sections.end(id.client));
        outline.deletes.iter().filter(unseen).map(|(id, _)| id.client).collect()
    }

    /// How far each client has come.
    pub(super) fn clocks(&self) -> HashMap<u64, u32> {
        self.clients.iter().map(|(client, known)| (*client, known.end)).collect()
    }

    /// Judges an update. Linear in its blocks.
    pub(super) fn admit(&self, outline: &Outline) -> Result<Additions, Misfit> {
        let sections = Sections::of(&outline.blocks);
        self.check_gaps(outline, &sections)?;
        let new_clients = sections.0.keys().filter(|client| !self.clients.contains_key(client)).count();
        if self.clients.len() + new_clients > CLIENTS_MAX {
            return Err(Misfit::TooManyClients);
        }
        let resolved = Resolver { structure: self, blocks: &outline.blocks, sections: &sections }.run()?;
        let addition = |(block, kind): (usize, Kind)| {
            let outlined = &outline.blocks[block];
            let clock = outlined.id.clock.max(self.next_clock(outlined.id.client));
            Addition { block, id: Id { clock, ..outlined.id }, end: outlined.end(), kind }
        };
        Ok(Additions(resolved.into_iter().map(addition).collect()))
    }

    /// Takes note of the first `count` additions: they were applied.
    pub(super) fn commit(&mut self, additions: &Additions, count: usize) {
        for addition in additions.0.iter().take(count) {
            let known = self.clients.entry(addition.id.client).or_default();
            if known.runs.last().is_none_or(|(_, last)| *last != addition.kind) {
                known.runs.push((addition.id.clock, addition.kind));
            }
            known.end = known.end.max(addition.end);
        }
    }

    fn is_new(&self, block: &Block) -> bool {
        block.class != Class::Hole && block.end() > self.next_clock(block.id.client)
    }

    fn check_gaps(&self, outline: &Outline, sections: &Sections) -> Result<(), Misfit> {
        for block in &outline.blocks {
            let known = self.next_clock(block.id.client);
            if block.end() <= known {
                continue;
            }
            let first = sections.0.get(&block.id.client).map_or(0, |section| section.start);
            if block.class == Class::Hole || first > known {
                return Err(Misfit::Gap(Id { client: block.id.client, clock: known }));
            }
            for dependency in dependencies(block).into_iter().flatten() {
                if !self.knows(dependency) && !sections.contain(dependency) {
                    return Err(Misfit::Gap(dependency));
                }
            }
        }
        for &(id, end) in &outline.deletes {
            let last = Id { client: id.client, clock: end.saturating_sub(1) };
            if end > id.clock && !self.knows(last) && !sections.contain(last) {
                return Err(Misfit::Gap(last));
            }
        }
        Ok(())
    }

    fn kind(&self, id: Id) -> Option<Kind> {
        let known = self.clients.get(&id.client).filter(|known| id.clock < known.end)?;
        let after = known.runs.partition_point(|(start, _)| *start <= id.clock);
        known.runs.get(after.checked_sub(1)?).map(|(_, kind)| *kind)
    }
}

/// Where in the update each client's blocks stand.
struct Sections(HashMap<u64, Section>);

struct Section {
    first_block: usize,
    after_block: usize,
    start: u32,
    end: u32,
}

impl Sections {
    fn of(blocks: &[Block]) -> Self {
        let mut sections = HashMap::<u64, Section>::new();
        for (index, block) in blocks.iter().enumerate() {
            let section = sections.entry(block.id.client).or_insert(Section {
                first_block: index,
                after_block: index,
                start: block.id.clock,
                end: block.id.clock,
            });
            section.after_block = index + 1;
            section.end = block.end();
        }
        Self(sections)
    }

    fn end(&self, client: u64) -> u32 {
        self.0.get(&client).map_or(0, |section| section.end)
    }

    fn contain(&self, id: Id) -> bool {
        self.0.get(&id.client).is_some_and(|section| (section.start..section.end).contains(&id.clock))
    }

    fn block_of(&self, blocks: &[Block], id: Id) -> Option<usize> {
        let section = self.0.get(&id.client).filter(|_| self.contain(id))?;
        let own = blocks.get(section.first_block..section.after_block)?;
        let after = own.partition_point(|block| block.id.clock <= id.clock);
        Some(section.first_block + after.checked_sub(1)?)
    }
}

/// Works out each block's kind, following what it builds on; with a stack of its own instead of the thread's.
struct Resolver<'a> {
    structure: &'a Structure,
    blocks: &'a [Block],
    sections: &'a Sections,
}

#[derive(Clone, Copy)]
enum Progress {
    Untouched,
    /// This many of its dependencies were followed.
    Open(u8),
    Done(Kind),
}

/// What following one block has come to.
enum Step {
    /// This block comes first.
    First(usize),
    /// It is new, and done now.
    Done(Kind),
    /// It was done before, or known to the board.
    Known,
}

impl Resolver<'_> {
    /// The new blocks, each after everything it builds on.
    fn run(&self) -> Result<Vec<(usize, Kind)>, Misfit> {
        let mut progress = vec![Progress::Untouched; self.blocks.len()];
        let (mut stack, mut done) = (Vec::new(), Vec::new());
        for start in 0..self.blocks.len() {
            stack.push(start);
            while let Some(&index) = stack.last() {
                match self.step(index, &mut progress)? {
                    Step::First(other) => {
                        stack.push(other);
                        continue;
                    }
                    Step::Done(kind) => done.push((index, kind)),
                    Step::Known => {}
                }
                stack.pop();
            }
        }
        Ok(done)
    }

    fn step(&self, index: usize, progress: &mut [Progress]) -> Result<Step, Misfit> {
        let (Some(block), Some(state)) = (self.blocks.get(index), progress.get(index).copied()) else {
            return Ok(Step::Known);
        };
        let followed = match state {
            Progress::Done(_) => return Ok(Step::Known),
            Progress::Untouched => 0,
            Progress::Open(followed) => followed,
        };
        if !self.structure.is_new(block) {
            progress[index] = Progress::Done(self.structure.kind(block.id).unwrap_or(Kind::NOTHING));
            return Ok(Step::Known);
        }
        let [left, right, inside] = dependencies(block);
        // The fourth: whatever its client made before. yrs would fill the hole with a skip.
        let before = block.id.clock.checked_sub(1).map(|clock| Id { clock, ..block.id });
        let wanted = [left, right, inside, before];
        for (number, id) in wanted.iter().enumerate().skip(usize::from(followed)) {
            let Some(id) = id.filter(|id| !self.structure.knows(*id)) else { continue };
            let Some(other) = self.sections.block_of(self.blocks, id) else { continue };
            match progress.get(other) {
                Some(Progress::Untouched) if other != index => {
                    progress[index] = Progress::Open(number as u8 + 1);
                    return Ok(Step::First(other));
                }
                Some(Progress::Done(_)) | None => {}
                Some(Progress::Untouched | Progress::Open(_)) => return Err(Misfit::Impossible),
            }
        }
        let kind = self.resolve(block, progress)?;
        progress[index] = Progress::Done(kind);
        Ok(Step::Done(kind))
    }

    fn resolve(&self, block: &Block, progress: &[Progress]) -> Result<Kind, Misfit> {
        let kind = |id: Id| {
            self.structure.kind(id).or_else(|| {
                match progress.get(self.sections.block_of(self.blocks, id)?)? {
                    Progress::Done(kind) => Some(*kind),
                    Progress::Untouched | Progress::Open(_) => None,
                }
            })
        };
        let depth = match block.place {
            Place::None | Place::Root => 0,
            Place::Inside(parent) => match kind(parent).ok_or(Misfit::Impossible)? {
                Kind { class: Class::Type | Class::Gone, depth } => depth + 1,
                Kind { class: Class::Plain | Class::Hole, .. } => return Err(Misfit::Impossible),
            },
            // yrs takes the left neighbour's parent, or else the right one's. They are the same one in an
            // honest update; in another the deeper of the two bounds both.
            Place::Beside(left, right) => {
                let depth = |id: Option<Id>| id.and_then(kind).map_or(0, |kind| kind.depth);
                depth(left).max(depth(right))
            }
        };
        if usize::from(depth) > NESTING_MAX {
            return Err(Misfit::TooDeep);
        }
        Ok(Kind { depth, class: block.class })
    }
}

fn dependencies(block: &Block) -> [Option<Id>; 3] {
    match block.place {
        Place::None | Place::Root => [None; 3],
        Place::Inside(parent) => [None, None, Some(parent)],
        Place::Beside(left, right) => [left, right, None],
    }
}

#[cfg(test)]
#[path = "structure_tests.rs"]
mod tests;
