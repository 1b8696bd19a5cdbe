//! Takes out of a board's history what nobody needs any more: each change of an element deletes the version before, and
//! what is left of it is a tombstone for every change ever made.
//!
//! What may go. Every element is a key of a map, and its versions are a chain, each with the one before as its origin. Of
//! the versions that are older than the horizon only the last is kept, without an origin and with its key written out
//! instead; the others become collected garbage, which says nothing but how many clocks it covers. So state vectors
//! stay as they are. A chain is left alone when a younger version builds on something other than that last one.
//!
//! Why this is sound, for whoever has everything up to the horizon: what they draw next builds on the kept version or a younger
//! one, and everything before that stands to its left in their copy, so that it decides nothing. Who has only part of it
//! would compare the kept version with versions that others no longer have; so `drawing` refuses them an increment, and whatever
//! builds on something collected, or begins a chain that was compacted as if there were none. They open the board anew.
//!
//! The order of a chain is YATA's (Nicolaescu et al. 2016) for items without right origins: a version's successors stand
//! behind it by rising client id, each before its own successors. Pure bytes: knows no document.

use super::validator::{Block, Class, Id, Outline, Place};
use super::wire::put_uint;
use std::collections::HashMap;

/// How far each client had come when the grace period began.
pub(super) type Horizon = HashMap<u64, u32>;

/// What came of it.
#[derive(Debug)]
pub(super) struct Compacted {
    /// As an update.
    pub(super) update: Vec<u8>,
    /// Where each kept version's key is written in the snapshot.
    pub(super) keys: Vec<(usize, usize)>,
}

/// Bits of a block's first byte.
const HAS_ORIGIN: u8 = 0x80;
const HAS_KEY: u8 = 0x20;
const KIND: u8 = 0x1f;
const DELETED: u8 = 1;

/// A block, or the half of one that the horizon cuts.
struct Part<'a> {
    block: &'a Block,
    id: Id,
    end: u32,
    old: bool,
    origin: Option<Id>,
    fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stays as it is.
    Stay,
    /// It is garbage, or becomes garbage.
    Collect,
    /// Its last clock is kept, as the first version of this chain.
    Begin(usize),
}

/// One element's versions.
struct Chain {
    /// Where its key is written, with the map's name.
    key: (usize, usize),
    /// The old part without an origin of the largest client.
    root: Option<usize>,
    fixed: bool,
}

/// Compacts a snapshot. Nothing when it holds something else than maps of values, or nothing can go.
pub(super) fn compact(snapshot: &[u8], outline: &Outline, horizon: &Horizon) -> Option<Compacted> {
    let mut history = History::read(snapshot, outline, horizon)?;
    history.find_chains()?;
    let keys = history.decide()?;
    let update = history.write(outline)?;
    (update.len() < snapshot.len()).then_some(Compacted { update, keys })
}

struct History<'a> {
    bytes: &'a [u8],
    parts: Vec<Part<'a>>,
    /// Of each client, its parts.
    clients: HashMap<u64, (usize, usize)>,
    chain_of: Vec<Option<usize>>,
    chains: Vec<Chain>,
}

impl<'a> History<'a> {
    fn read(bytes: &'a [u8], outline: &'a Outline, horizon: &Horizon) -> Option<Self> {
        let mut parts = Vec::with_capacity(outline.blocks.len());
        let mut clients = HashMap::<u64, (usize, usize)>::new();
        for block in &outline.blocks {
            let origin = match (block.class, block.place) {
                (Class::Gone, Place::None) | (Class::Plain | Class::Gone, Place::Root) => None,
                (Class::Plain | Class::Gone, Place::Beside(Some(origin), None)) => Some(origin),
                _ => return None,
            };
            let cut = horizon.get(&block.id.client).copied().unwrap_or(0).clamp(block.id.clock, block.end());
            let fate = if block.place == Place::None { Fate::Collect } else { Fate::Stay };
            let entry = clients.entry(block.id.client).or_insert((parts.len(), parts.len()));
            if cut > block.id.clock {
                parts.push(Part { block, id: block.id, end: cut, old: true, origin, fate });
            }
            if cut < block.end() {
                let id = Id { clock: cut, ..block.id };
                let before = Id { clock: cut.wrapping_sub(1), ..block.id };
                let origin = if cut > block.id.clock { Some(before) } else { origin };
                parts.push(Part { block, id, end: block.end(), old: false, origin, fate });
            }
            entry.1 = parts.len();
        }
        let chain_of = vec![None; parts.len()];
        Some(Self { bytes, parts, clients, chain_of, chains: Vec::new() })
    }

    fn part_of(&self, id: Id) -> Option<usize> {
        let &(first, after) = self.clients.get(&id.client)?;
        let own = self.parts.get(first..after)?;
        let place = own.partition_point(|part| part.id.clock <= id.clock).checked_sub(1)?;
        own.get(place).filter(|part| id.clock < part.end).map(|_| first + place)
    }

    /// Which chain each part belongs to, following origins.
    fn find_chains(&mut self) -> Option<()> {
        let mut by_key = HashMap::<&[u8], usize>::new();
        let mut path = Vec::new();
        for start in 0..self.parts.len() {
            let mut at = start;
            let chain = loop {
                let part = &self.parts[at];
                if part.fate == Fate::Collect {
                    break None;
                }
                if let Some(chain) = self.chain_of[at] {
                    break Some(chain);
                }
                path.push(at);
                // A circle passed nobody's gate.
                if path.len() > self.parts.len() {
                    return None;
                }
                if let Some(origin) = part.origin {
                    at = self.part_of(origin)?;
                    if self.parts[at].fate == Fate::Collect {
                        return None;
                    }
                    continue;
                }
                let key = (part.block.bytes.0 + 1, part.block.content);
                if self.bytes[part.block.bytes.0] & HAS_KEY == 0 {
                    return None;
                }
                let next = self.chains.len();
                let chain = *by_key.entry(self.bytes.get(key.0..key.1)?).or_insert(next);
                if chain == next {
                    self.chains.push(Chain { key, root: None, fixed: false });
                }
                break Some(chain);
            };
            for passed in path.drain(..) {
                self.chain_of[passed] = chain;
            }
        }
        Some(())
    }

    /// What becomes of each part. Where the keys of kept versions are written.
    fn decide(&mut self) -> Option<Vec<(usize, usize)>> {
        let last = self.last_old_parts();
        let is_young = |origin: Id| self.part_of(origin).is_some_and(|at| !self.parts[at].old);
        let mut fixed = Vec::new();
        for (at, part) in self.parts.iter().enumerate().filter(|(_, part)| !part.old) {
            let Some(chain) = self.chain_of[at] else { continue };
            let Some(last) = last[chain].map(|last| &self.parts[last]) else { continue };
            let last_id = Id { clock: last.end - 1, ..last.id };
            if !part.origin.is_some_and(|origin| origin == last_id || is_young(origin)) {
                fixed.push(chain);
            }
        }
        for chain in fixed {
            self.chains[chain].fixed = true;
        }
        let mut keys = Vec::new();
        for (chain, last) in last.iter().enumerate() {
            if let Some(last) = last.filter(|_| !self.chains[chain].fixed) {
                self.parts[last].fate = Fate::Begin(chain);
                keys.push(self.chains[chain].key);
            }
        }
        for (part, chain) in self.parts.iter_mut().zip(&self.chain_of) {
            let Some(chain) = *chain else { continue };
            if part.old && part.fate == Fate::Stay && !self.chains[chain].fixed {
                // Nothing that shows may go.
                if part.block.class != Class::Gone {
                    return None;
                }
                part.fate = Fate::Collect;
            }
        }
        Some(keys)
    }

    /// Of each chain the part that stands last among the old ones.
    fn last_old_parts(&mut self) -> Vec<Option<usize>> {
        let mut successors = HashMap::<usize, Vec<(u32, u64, usize)>>::new();
        for (at, part) in self.parts.iter().enumerate() {
            let Some(chain) = self.chain_of[at].filter(|_| part.old) else { continue };
            if let Some(origin) = part.origin {
                if let Some(before) = self.part_of(origin) {
                    successors.entry(before).or_default().push((origin.clock, part.id.client, at));
                }
            } else {
                let root = &mut self.chains[chain].root;
                if root.is_none_or(|root| self.parts[root].id.client < part.id.client) {
                    *root = Some(at);
                }
            }
        }
        for successors in successors.values_mut() {
            // By clock; of one clock the largest client first.
            successors.sort_unstable_by_key(|(clock, client, _)| (*clock, std::cmp::Reverse(*client)));
        }
        let descend = |mut at: usize| {
            while let Some(behind) = successors.get(&at) {
                let part = &self.parts[at];
                // Within a run each clock is followed by the next, which is of the same client.
                let overtakes = |(clock, client, _): &&(u32, u64, usize)| {
                    *clock == part.end - 1 || *client > part.id.client
                };
                let Some((_, _, next)) = behind.iter().find(overtakes) else { break };
                at = *next;
            }
            at
        };
        self.chains.iter().map(|chain| chain.root.map(descend)).collect()
    }

    fn write(&self, outline: &Outline) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(self.bytes.len());
        put_uint(&mut out, self.clients.len() as u64);
        let mut clients: Vec<_> = self.clients.iter().collect();
        clients.sort_unstable_by_key(|(client, _)| std::cmp::Reverse(**client));
        for (client, (first, after)) in clients {
            let parts = self.parts.get(*first..*after)?;
            let (mut section, mut count, mut garbage) = (Vec::new(), 0_u64, 0_u32);
            for part in parts {
                let kept = match part.fate {
                    Fate::Collect => 0,
                    Fate::Begin(_) => 1,
                    Fate::Stay => part.end - part.id.clock,
                };
                garbage += part.end - part.id.clock - kept;
                if kept == 0 {
                    continue;
                }
                count += put_garbage(&mut section, &mut garbage) + 1;
                self.put_part(&mut section, part)?;
            }
            count += put_garbage(&mut section, &mut garbage);
            put_uint(&mut out, count);
            put_uint(&mut out, *client);
            put_uint(&mut out, u64::from(parts.first()?.id.clock));
            out.append(&mut section);
        }
        out.extend_from_slice(self.bytes.get(outline.sections_end..)?);
        Some(out)
    }

    fn put_part(&self, out: &mut Vec<u8>, part: &Part<'_>) -> Option<()> {
        let block = part.block;
        let info = *self.bytes.get(block.bytes.0)?;
        let content = self.bytes.get(block.content..block.bytes.1)?;
        if let Fate::Begin(chain) = part.fate {
            let (from, to) = self.chains.get(chain)?.key;
            out.push(info & KIND | HAS_KEY);
            out.extend_from_slice(self.bytes.get(from..to)?);
        } else if part.id == block.id && part.end == block.end() {
            out.extend_from_slice(self.bytes.get(block.bytes.0..block.bytes.1)?);
            return Some(());
        } else if part.id == block.id {
            out.extend_from_slice(self.bytes.get(block.bytes.0..block.content)?);
        } else {
            let origin = part.origin?;
            out.push(info & (KIND | HAS_KEY) | HAS_ORIGIN);
            put_uint(out, origin.client);
            put_uint(out, u64::from(origin.clock));
        }
        if block.class == Class::Plain {
            // Values that show are not cut.
            (block.len == 1).then(|| out.extend_from_slice(content))
        } else {
            let kept = if let Fate::Begin(_) = part.fate { 1 } else { part.end - part.id.clock };
            (info & KIND == DELETED).then(|| put_uint(out, u64::from(kept)))
        }
    }
}

/// Writes what has gathered, and how many blocks that is.
fn put_garbage(out: &mut Vec<u8>, garbage: &mut u32) -> u64 {
    let len = std::mem::take(garbage);
    if len == 0 {
        return 0;
    }
    out.push(0);
    put_uint(out, u64::from(len));
    1
}

#[cfg(test)]
#[path = "compaction_tests.rs"]
mod tests;
