//! Points to go back to: when one is due, which are let go of, and those of boards that are not kept.
//!
//! A kept board has them on disk, at most [`KEPT_MAX`], the older the sparser; any other board has a few in memory,
//! which end with it. One is made every hour in which something changed (of kept boards), before much is deleted at
//! once, and by hand. Pure: time is an argument, ids are too. Nothing in here knows who drew or deleted.

use crate::store::StoredVersion;
use bytes::Bytes;
use std::collections::{HashSet, VecDeque};
use std::time::Duration;

/// Why a point to go back to was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VersionReason {
    /// An hour had passed since something changed.
    Hourly,
    /// Much was deleted at once.
    BeforeClearing,
    /// An older one was brought back.
    BeforeRestoring,
    /// A host wished it.
    ByHand,
}

impl VersionReason {
    /// As it is written down.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::BeforeClearing => "before_clearing",
            Self::BeforeRestoring => "before_restoring",
            Self::ByHand => "by_hand",
        }
    }
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Versions {
    /// The newest first.
    memory: VecDeque<(StoredVersion, Bytes)>,
    changed: Option<Duration>,
    asked: Option<Duration>,
}

impl Versions {
    /// Something was drawn.
    pub(super) fn changed(&mut self, now: Duration) {
        self.changed.get_or_insert(now);
    }

    /// When the hour of a kept board is over.
    pub(super) fn due(&self) -> Option<Duration> {
        self.changed.map(|since| since + HOUR)
    }

    /// One is made of the board as it is now.
    pub(super) fn made(&mut self) {
        self.changed = None;
    }

    /// Whether a person may have one made now.
    pub(super) fn may_ask(&mut self, now: Duration) -> bool {
        let may = self.asked.is_none_or(|asked| now.saturating_sub(asked) >= ASK_PAUSE);
        if may {
            self.asked = Some(now);
        }
        may
    }

    /// Keeps one in memory and lets go of the oldest beyond the limits. One that is too large alone is not kept.
    pub(super) fn remember(&mut self, version: StoredVersion, state: Bytes) {
        self.memory.push_front((version, state));
        let bytes = |memory: &VecDeque<(StoredVersion, Bytes)>| -> usize {
            memory.iter().map(|(_, state)| state.len()).sum()
        };
        while self.memory.len() > MEMORY_MAX || bytes(&self.memory) > MEMORY_BYTES_MAX {
            self.memory.pop_back();
        }
    }

    /// Those in memory, the newest first.
    pub(super) fn list(&self) -> Vec<StoredVersion> {
        self.memory.iter().map(|(version, _)| version.clone()).collect()
    }

    /// One in memory.
    pub(super) fn get(&self, id: &str) -> Option<Bytes> {
        self.memory.iter().find(|(version, _)| version.id == id).map(|(_, state)| state.clone())
    }
}

/// Of those on disk, the newest first, which ones go when one more comes at `now` (unix seconds): all of the last six
/// hours stay, then the newest of every hour, after a day of every day, after a month of every fourth week; and of all
/// of them the newest [`KEPT_MAX`] − 1.
pub(super) fn superfluous(now: u64, versions: &[StoredVersion]) -> Vec<String> {
    let (mut seen, mut kept, mut superfluous) = (HashSet::new(), 0, Vec::new());
    for version in versions {
        let age = now.saturating_sub(version.made_at);
        let span = match age {
            0..SIX_HOURS => None,
            SIX_HOURS..DAY => Some(3_600),
            DAY..MONTH => Some(DAY),
            MONTH.. => Some(4 * 7 * DAY),
        };
        let first = span.is_none_or(|span| seen.insert((span, version.made_at / span)));
        if first && kept + 1 < KEPT_MAX {
            kept += 1;
        } else {
            superfluous.push(version.id.clone());
        }
    }
    superfluous
}

/// Notices when much is deleted at once, and holds what was before.
#[derive(Default)]
pub(super) struct Clearings {
    tried: Option<Duration>,
    noticed: Option<Duration>,
    before: Option<Bytes>,
}

impl Clearings {
    /// Whether the state before an update that says it deletes so much more than it adds is worth looking at. What
    /// somebody restores tells all that was ever deleted, most of which is gone already: that is looked at more rarely.
    pub(super) fn wants(&mut self, now: Duration, removed: usize, restoring: bool) -> bool {
        let since = |then: Option<Duration>, pause| then.is_none_or(|then| now.saturating_sub(then) >= pause);
        let wants = removed >= FEW
            && since(self.noticed, CLEARING_PAUSE)
            && (!restoring || since(self.tried, RESTORING_PAUSE));
        if wants {
            self.tried = Some(now);
        }
        wants
    }

    /// The update is applied, and really deleted so much more than it added, or half a page.
    pub(super) fn applied(&mut self, now: Duration, removed: usize, halved: bool, before: Bytes) {
        if is_much(removed) || (removed >= FEW && halved) {
            (self.noticed, self.before) = (Some(now), Some(before));
        }
    }

    /// What was before the last clearing, once.
    pub(super) fn take(&mut self) -> Option<Bytes> {
        self.before.take()
    }
}

/// Whether so many are a clearing, wherever they were.
pub(super) fn is_much(gone: usize) -> bool {
    gone >= MUCH
}

const HOUR: Duration = Duration::from_secs(3_600);
const SIX_HOURS: u64 = 6 * 3_600;
const DAY: u64 = 86_400;
const MONTH: u64 = 31 * DAY;
/// On disk.
const KEPT_MAX: usize = 50;
/// In memory.
const MEMORY_MAX: usize = 8;
const MEMORY_BYTES_MAX: usize = 16 << 20;
/// A person has one made at most so often.
const ASK_PAUSE: Duration = Duration::from_secs(1);
/// So many elements deleted at once are a clearing, wherever they were.
const MUCH: usize = 8;
/// So many are one where they were half of a page.
const FEW: usize = 2;
/// Who clears again and again has one point to go back to for so long.
const CLEARING_PAUSE: Duration = Duration::from_secs(60);
const RESTORING_PAUSE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    fn version(id: usize, made_at: u64) -> StoredVersion {
        StoredVersion { id: id.to_string(), made_at, reason: "hourly".into(), bytes: 0 }
    }

    #[test]
    fn an_hour_begins_with_the_first_change() {
        let mut versions = Versions::default();
        assert_eq!(versions.due(), None);
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        versions.changed(minutes(10));
        versions.changed(minutes(50));
        assert_eq!(versions.due(), Some(minutes(70)));
        versions.made();
        assert_eq!(versions.due(), None);
    }

    #[test]
    fn memory_holds_eight_and_sixteen_megabytes() {
        let mut versions = Versions::default();
        for id in 0..20 {
            versions.remember(version(id, 0), Bytes::from(vec![0; 1_000]));
        }
        let ids: Vec<String> = versions.list().into_iter().map(|version| version.id).collect();
        assert_eq!(ids, (12..20).rev().map(|id| id.to_string()).collect::<Vec<_>>());
        assert!(versions.get("12").is_some() && versions.get("11").is_none());
        versions.remember(version(20, 0), Bytes::from(vec![0; MEMORY_BYTES_MAX - 1_500]));
        assert_eq!(versions.list().len(), 2);
        versions.remember(version(21, 0), Bytes::from(vec![0; MEMORY_BYTES_MAX + 1]));
        assert!(versions.list().is_empty());
    }

    #[test]
    fn the_older_the_sparser_and_never_more_than_fifty() {
        // Every ten minutes for a year, thinned each time one more comes.
        let mut kept: Vec<StoredVersion> = Vec::new();
        for number in 0..52_560 {
            let now = number as u64 * 600;
            let drop = superfluous(now, &kept);
            kept.retain(|version| !drop.contains(&version.id));
            kept.insert(0, version(number, now));
            assert!(kept.len() <= KEPT_MAX);
        }
        let now = 52_559 * 600;
        let older_than = |age: u64| kept.iter().filter(|version| now - version.made_at > age).count();
        assert!(older_than(6 * 3_600) <= KEPT_MAX - 36, "the last six hours are all there");
        assert!(kept.windows(2).all(|pair| pair[0].made_at > pair[1].made_at));

        // Hourly as the board makes them: a day is whole, and weeks are still there.
        let mut kept: Vec<StoredVersion> = Vec::new();
        for number in 0..24 * 120 {
            let drop = superfluous(number as u64 * 3_600, &kept);
            kept.retain(|version| !drop.contains(&version.id));
            kept.insert(0, version(number, number as u64 * 3_600));
        }
        let now = (24 * 120 - 1) * 3_600;
        let within = |age: u64| kept.iter().filter(|version| now - version.made_at < age).count();
        assert_eq!(within(DAY), 24);
        assert!(within(15 * DAY) >= 38, "{}", within(15 * DAY));
        assert!(kept.len() <= KEPT_MAX);
    }

    #[test]
    fn a_clearing_is_noticed_once_a_minute_and_only_when_much_went() {
        let (mut clearings, second) = (Clearings::default(), Duration::from_secs);
        assert!(!clearings.wants(second(0), FEW - 1, false));
        assert!(clearings.wants(second(0), MUCH, false));
        clearings.applied(second(0), MUCH - 1, false, Bytes::from_static(b"known already"));
        assert_eq!(clearings.take(), None);
        assert!(!clearings.wants(second(1), 100, true), "restorers are looked at more rarely");
        assert!(clearings.wants(second(1), 100, false));
        clearings.applied(second(1), 100, false, Bytes::from_static(b"before"));
        assert_eq!(clearings.take().unwrap(), "before");
        assert_eq!(clearings.take(), None);
        assert!(!clearings.wants(second(60), 100, false));
        assert!(clearings.wants(second(61), FEW, true));
        clearings.applied(second(61), FEW, true, Bytes::from_static(b"half a page"));
        assert_eq!(clearings.take().unwrap(), "half a page");
    }
}
