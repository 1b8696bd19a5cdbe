//! A room's head count, written by the room and read by the directory without asking.

use super::Occupancy;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// See the module's text.
#[derive(Default)]
pub struct LiveCount {
    present: AtomicUsize,
    waiting: AtomicUsize,
}

impl LiveCount {
    /// Sets both numbers and returns what they were.
    pub fn set(&self, present: usize, waiting: usize) -> (usize, usize) {
        (self.present.swap(present, Relaxed), self.waiting.swap(waiting, Relaxed))
    }

    /// Both numbers now.
    pub fn get(&self) -> Occupancy {
        let narrow = |count: &AtomicUsize| u32::try_from(count.load(Relaxed)).unwrap_or(u32::MAX);
        Occupancy { present: narrow(&self.present), waiting: narrow(&self.waiting) }
    }
}
