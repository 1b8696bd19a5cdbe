//! When the history is compacted, and what nobody may build on since.
//!
//! Only what is older than a grace period is compacted (`compaction`), so that a short loss of the line stays a loss of the
//! line, and every open socket has been sent it long before. Then an update is *stale* that builds on something collected or begins
//! a chain that was compacted, and a copy is that lacks part of what is older than the horizon: it would compare what
//! it gets with versions that nobody else has. Whoever has nothing of it, a newcomer, gets the whole. Pure.
//!
//! Memory: a range for each kept version between collected ones, 16 bytes for each compacted key, and two state vectors.

use super::compaction::Horizon;
use super::validator::{Block, Class, Id, Outline, Place};
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// What is younger is never compacted.
pub(super) const GRACE: Duration = Duration::from_secs(60);
/// Fewer new blocks are not worth it.
pub(super) const BLOCKS_MIN: usize = 4_096;
/// Nor is less than this share of all.
const SHARE: usize = 4;

/// See the module's text.
#[derive(Default)]
pub(super) struct History {
    samples: VecDeque<(Duration, Horizon)>,
    /// What was compacted lies before this.
    horizon: Horizon,
    /// Sorted ranges of each client.
    collected: HashMap<u64, Vec<(u32, u32)>>,
    /// Hashes of the keys of compacted chains.
    settled: HashSet<u64>,
    hasher: RandomState,
    /// When it was tried last, and how many blocks there were.
    tried: Option<(Duration, usize)>,
}

impl History {
    /// Remembers how far the board has come, from time to time.
    pub(super) fn sample(&mut self, now: Duration, clocks: impl FnOnce() -> Horizon) {
        if self.samples.back().is_none_or(|(at, _)| now.saturating_sub(*at) >= GRACE / 2) {
            self.samples.push_back((now, clocks()));
            // Of those that are old enough the youngest is of use.
            while self.samples.get(1).is_some_and(|(at, _)| now.saturating_sub(*at) >= GRACE) {
                self.samples.pop_front();
            }
        }
    }

    /// Up to where to compact now, if that is due.
    pub(super) fn due(&self, now: Duration, blocks: usize) -> Option<Horizon> {
        let (tried, then) = self.tried.unwrap_or_default();
        let is_much = blocks.saturating_sub(then) >= BLOCKS_MIN.max(then / SHARE);
        let old_enough = |(at, _): &&(Duration, Horizon)| now.saturating_sub(*at) >= GRACE;
        if !is_much || (self.tried.is_some() && now.saturating_sub(tried) < GRACE) {
            return None;
        }
        self.samples.iter().rev().find(old_enough).map(|(_, horizon)| horizon.clone())
    }

    /// The board was compacted up to there.
    pub(super) fn compacted<'a>(&mut self, horizon: Horizon, keys: impl Iterator<Item = &'a [u8]>) {
        self.horizon = horizon;
        self.settled.extend(keys.map(|key| self.hasher.hash_one(key)));
    }

    /// The board comes from the disk, where it had been compacted up to there.
    pub(super) fn restored(&mut self, snapshot: &[u8], outline: &Outline, horizon: Horizon) {
        let old = |id: Id| horizon.get(&id.client).is_some_and(|end| id.clock < *end);
        let begins = |block: &&Block| block.place == Place::Root && old(block.id);
        let roots: Vec<&Block> = outline.blocks.iter().filter(begins).collect();
        let keys = roots.iter().filter_map(|block| snapshot.get(block.bytes.0 + 1..block.content));
        self.compacted(horizon.clone(), keys);
    }

    /// Up to where it was compacted.
    pub(super) fn horizon(&self) -> &Horizon {
        &self.horizon
    }

    /// That was tried, and so many blocks are left.
    pub(super) fn done(&mut self, now: Duration, blocks: usize) {
        self.tried = Some((now, blocks));
    }

    /// Learns from the whole board's outline what of it was collected.
    pub(super) fn learn(&mut self, outline: &Outline) {
        self.collected.clear();
        for block in outline.blocks.iter().filter(|block| is_garbage(block)) {
            self.collected.entry(block.id.client).or_default().push((block.id.clock, block.end()));
        }
    }

    /// Whether one of an update's new blocks needs something that was compacted.
    pub(super) fn lacks(&self, update: &[u8], outline: &Outline, new: impl Iterator<Item = usize>) -> bool {
        let needs = |block: &Block| match block.place {
            Place::None => false,
            Place::Root => {
                let key = update.get(block.bytes.0 + 1..block.content).unwrap_or_default();
                !self.settled.is_empty() && self.settled.contains(&self.hasher.hash_one(key))
            }
            Place::Inside(parent) => self.is_collected(parent),
            Place::Beside(left, right) => [left, right].into_iter().flatten().any(|id| self.is_collected(id)),
        };
        let nothing = self.collected.is_empty() && self.settled.is_empty();
        !nothing && new.filter_map(|at| outline.blocks.get(at)).any(needs)
    }

    /// Whether somebody who has so much may get what is missing as an increment, or has nothing and gets all.
    pub(super) fn is_enough(&self, theirs: &HashMap<u64, u32>) -> bool {
        let has = |client: &u64| theirs.get(client).copied().unwrap_or(0);
        self.horizon.iter().all(|(client, end)| has(client) >= *end)
            || self.horizon.keys().all(|client| has(client) == 0)
    }

    fn is_collected(&self, id: Id) -> bool {
        let Some(ranges) = self.collected.get(&id.client) else { return false };
        let after = ranges.partition_point(|(start, _)| *start <= id.clock);
        after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, end)| id.clock < *end)
    }
}

fn is_garbage(block: &Block) -> bool {
    block.class == Class::Gone && block.place == Place::None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    fn clocks(end: u32) -> Horizon {
        Horizon::from([(7, end), (8, 5)])
    }

    #[test]
    fn only_what_is_old_enough_and_enough_is_compacted() {
        let mut history = History::default();
        for now in [0, 10, 31, 62, 93] {
            history.sample(s(now), || clocks(now as u32));
        }
        assert_eq!(history.due(s(93), BLOCKS_MIN - 1), None);
        assert_eq!(history.due(s(93), BLOCKS_MIN), Some(clocks(31)));
        history.done(s(93), 100_000);
        history.sample(s(160), || clocks(160));
        assert_eq!(history.due(s(100), 200_000), None);
        assert_eq!(history.due(s(160), 110_000), None);
        assert_eq!(history.due(s(160), 125_000), Some(clocks(93)));
    }

    #[test]
    fn a_copy_has_all_that_is_old_or_nothing() {
        let mut history = History::default();
        assert!(history.is_enough(&HashMap::from([(1, 1)])));
        history.compacted(clocks(9), std::iter::empty());
        assert!(history.is_enough(&HashMap::from([(7, 9), (8, 5)])));
        assert!(history.is_enough(&HashMap::from([(7, 20), (8, 5), (1, 1)])));
        assert!(history.is_enough(&HashMap::from([(1, 1)])));
        assert!(!history.is_enough(&HashMap::from([(7, 8), (8, 5)])));
        assert!(!history.is_enough(&HashMap::from([(7, 9)])));
    }
}
