//! What of the board is on disk, and what is to be written next.
//!
//! While the board is kept, updates are collected for 30 ms and appended in one transaction (a group commit);
//! when the log has outgrown the snapshot, both are replaced by a new snapshot. One job runs at a time; what
//! failed is tried again, later and later, and stays in memory meanwhile: at most 4 MiB of updates, beyond
//! which the next job is a snapshot, which holds them all. While it is not kept, nothing is written, and what
//! an earlier life left is deleted. Pure: the actor carries the jobs to the store.

use bytes::Bytes;
use std::time::Duration;

/// What the actor asks of the store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Job {
    /// Append these updates.
    Append(Vec<Bytes>),
    /// Replace everything by a snapshot taken now.
    Compact,
    /// The same, and keep what was there beside it: part of it is damaged.
    SetAside,
    /// Forget the board.
    Delete,
}

/// See the module's text.
#[derive(Debug)]
pub(super) struct Persistence {
    keep: bool,
    /// What is on disk could not be read, or not all of it: it is added to and never replaced.
    protected: bool,
    unsaved: Vec<Bytes>,
    unsaved_bytes: usize,
    wanted: Option<Job>,
    running: Option<Job>,
    due: Option<Duration>,
    failures: u32,
    snapshot_bytes: usize,
    log_bytes: usize,
    log_updates: usize,
    /// How many updates were added, how many of them the running job has, and how many are on disk.
    added: u64,
    running_added: u64,
    saved: u64,
}

impl Persistence {
    /// At the board's start; `due` is called next when something is to be done.
    pub(super) fn new(keep: bool) -> Self {
        let wanted = (!keep).then_some(Job::Delete);
        Self {
            keep,
            protected: false,
            unsaved: Vec::new(),
            unsaved_bytes: 0,
            due: wanted.is_some().then_some(Duration::ZERO),
            wanted,
            running: None,
            failures: 0,
            snapshot_bytes: 0,
            log_bytes: 0,
            log_updates: 0,
            added: 0,
            running_added: 0,
            saved: 0,
        }
    }

    /// How many of the updates that were added, counted from the first one, are on disk.
    pub(super) fn saved(&self) -> u64 {
        self.saved
    }

    /// Part of what the store had is damaged: it is kept beside a snapshot of what could be read.
    pub(super) fn set_aside(&mut self, now: Duration) {
        self.forget_unsaved();
        (self.wanted, self.due) = (Some(Job::SetAside), Some(now));
    }

    /// Whether the board is kept.
    pub(super) fn keeps(&self) -> bool {
        self.keep
    }

    /// What the store had at the start: sizes of the snapshot and of each update since.
    pub(super) fn loaded(&mut self, snapshot_bytes: usize, updates: impl Iterator<Item = usize>) {
        self.snapshot_bytes = snapshot_bytes;
        for bytes in updates {
            self.log_bytes += bytes;
            self.log_updates += 1;
        }
    }

    /// What the store had could not be read or understood in full.
    pub(super) fn protect(&mut self) {
        self.protected = true;
    }

    /// The host's switch. On: a snapshot at once. Off: away with what is stored.
    pub(super) fn set_keep(&mut self, now: Duration, keep: bool) {
        if self.keep == keep {
            return;
        }
        self.keep = keep;
        self.protected = false;
        self.forget_unsaved();
        self.wanted = Some(if keep { Job::Compact } else { Job::Delete });
        (self.due, self.failures) = (Some(now), 0);
    }

    /// An update was applied to the board.
    pub(super) fn add(&mut self, now: Duration, update: Bytes) {
        self.added += 1;
        if !self.keep || matches!(self.wanted, Some(Job::Compact | Job::SetAside)) {
            return;
        }
        self.unsaved_bytes += update.len();
        self.unsaved.push(update);
        if self.unsaved_bytes > UNSAVED_BYTES_MAX && !self.protected {
            self.forget_unsaved();
            self.wanted = Some(Job::Compact);
        }
        self.due.get_or_insert(now + GROUP_COMMIT);
    }

    /// A new snapshot says the same as what is on disk, in much less.
    pub(super) fn replace(&mut self, now: Duration) {
        if self.keep && !self.protected && self.wanted.is_none() && self.log_updates + self.snapshot_bytes > 0
        {
            self.forget_unsaved();
            self.wanted = Some(Job::Compact);
            self.due.get_or_insert(now + GROUP_COMMIT);
        }
    }

    /// Do not wait for more.
    pub(super) fn hurry(&mut self, now: Duration) {
        self.failures = 0;
        if !self.is_settled() {
            self.due = Some(now);
        }
    }

    /// When `start` is to be called.
    pub(super) fn due(&self) -> Option<Duration> {
        self.due.filter(|_| self.running.is_none())
    }

    /// The job to run now, if one is due. `finished` is called when it is done.
    pub(super) fn start(&mut self, now: Duration) -> Option<Job> {
        self.due().filter(|due| *due <= now)?;
        self.due = None;
        self.running_added = self.added;
        self.running = self.wanted.take().or_else(|| {
            self.unsaved_bytes = 0;
            (!self.unsaved.is_empty()).then(|| Job::Append(std::mem::take(&mut self.unsaved)))
        });
        self.running.clone()
    }

    /// The job that ran is on disk (with a snapshot of so many bytes), or failed.
    pub(super) fn finished(&mut self, now: Duration, result: Result<usize, ()>) {
        let Some(job) = self.running.take() else { return };
        match result {
            Ok(snapshot_bytes) => {
                self.failures = 0;
                self.succeeded(&job, snapshot_bytes);
                if !self.is_settled() {
                    self.due.get_or_insert(now);
                }
            }
            Err(()) => {
                self.failures += 1;
                self.put_back(job);
                if !self.is_settled() {
                    self.due = Some(now + retry_pause(self.failures));
                }
            }
        }
    }

    /// Nothing is waiting to be written.
    pub(super) fn is_settled(&self) -> bool {
        self.unsaved.is_empty() && self.wanted.is_none() && self.running.is_none()
    }

    /// Failures in a row since the last success or `hurry`.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    fn succeeded(&mut self, job: &Job, snapshot_bytes: usize) {
        if *job != Job::Delete {
            self.saved = self.running_added;
        }
        match job {
            Job::Append(updates) => {
                self.log_bytes += updates.iter().map(Bytes::len).sum::<usize>();
                self.log_updates += updates.len();
                let long = self.log_updates > LOG_UPDATES_MAX;
                let large = self.log_bytes > LOG_BYTES_MIN.max(self.snapshot_bytes / 2);
                if (long || large) && self.keep && !self.protected {
                    self.forget_unsaved();
                    self.wanted = Some(Job::Compact);
                }
            }
            Job::Compact | Job::SetAside => {
                self.snapshot_bytes = snapshot_bytes;
                (self.log_bytes, self.log_updates) = (0, 0);
            }
            Job::Delete => (self.snapshot_bytes, self.log_bytes, self.log_updates) = (0, 0, 0),
        }
    }

    /// A failed job is wanted again, unless the switch has been turned since.
    fn put_back(&mut self, job: Job) {
        match job {
            Job::Append(mut updates) if self.keep && self.wanted.is_none() => {
                self.unsaved_bytes += updates.iter().map(Bytes::len).sum::<usize>();
                updates.append(&mut self.unsaved);
                self.unsaved = updates;
            }
            Job::Compact | Job::SetAside if self.keep => {
                self.forget_unsaved();
                self.wanted = Some(job);
            }
            Job::Delete if !self.keep => self.wanted = Some(Job::Delete),
            Job::Append(_) | Job::Compact | Job::SetAside | Job::Delete => {}
        }
    }

    fn forget_unsaved(&mut self) {
        self.unsaved.clear();
        self.unsaved_bytes = 0;
    }
}

fn retry_pause(failures: u32) -> Duration {
    RETRY_FIRST.saturating_mul(1 << failures.saturating_sub(1).min(7)).min(RETRY_LAST)
}

/// One `fsync` for everything drawn within this time.
const GROUP_COMMIT: Duration = Duration::from_millis(30);
const RETRY_FIRST: Duration = Duration::from_millis(250);
const RETRY_LAST: Duration = Duration::from_secs(30);
const UNSAVED_BYTES_MAX: usize = 4 << 20;
/// The log may grow to this, or to half of the snapshot.
const LOG_BYTES_MIN: usize = 1 << 20;
const LOG_UPDATES_MAX: usize = 2_000;

#[cfg(test)]
#[path = "persistence_tests.rs"]
mod tests;
