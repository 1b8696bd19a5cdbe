//! The server's running figures: atomics that anybody counts into and that the exporter and the load ring read.
//! Sums only; nothing in here can name a room or a person.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// A value that goes up and down.
#[derive(Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// Adds `by`, which may be negative.
    pub fn add(&self, by: i64) {
        self.0.fetch_add(by, Relaxed);
    }
    /// Whatever it was, it is `value` now.
    pub fn set(&self, value: u64) {
        self.0.store(i64::try_from(value).unwrap_or(i64::MAX), Relaxed);
    }
    /// The value now; never below 0.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed).max(0).unsigned_abs()
    }
}

/// A value that only grows.
#[derive(Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `by`.
    pub fn add(&self, by: u64) {
        self.0.fetch_add(by, Relaxed);
    }
    /// The sum since the start.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Upper bounds of the join histogram's buckets, milliseconds; one more bucket follows for longer ones.
pub const JOIN_BUCKETS_MS: [u64; 8] = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/// See the module's text.
#[derive(Default)]
pub struct Figures {
    /// Rooms that are live.
    pub rooms: Gauge,
    /// Participants inside rooms.
    pub participants: Gauge,
    /// Participants in lobbies.
    pub waiting: Gauge,
    /// Publications that are switched on.
    pub publications: Gauge,
    /// Board updates accepted.
    pub board_updates: Counter,
    /// Disk space of files and versions of boards, as of the last upload.
    pub board_files_bytes: Gauge,
    join_buckets: [Counter; JOIN_BUCKETS_MS.len() + 1],
    join_sum_ms: Counter,
}

/// Shared handle.
pub type SharedFigures = Arc<Figures>;

impl Figures {
    /// Counts one join: from the `join` message to connected media.
    pub fn joined(&self, took: Duration) {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let bucket = JOIN_BUCKETS_MS.iter().position(|&bound| ms <= bound).unwrap_or(JOIN_BUCKETS_MS.len());
        self.join_buckets[bucket].add(1);
        self.join_sum_ms.add(ms);
    }
    /// Joins per bucket (not cumulative) and the sum of their durations in milliseconds.
    pub fn join_durations(&self) -> ([u64; JOIN_BUCKETS_MS.len() + 1], u64) {
        (std::array::from_fn(|i| self.join_buckets[i].get()), self.join_sum_ms.get())
    }
}
