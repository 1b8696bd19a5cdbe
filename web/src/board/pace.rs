//! How fast one client may speak to the board. Pure.
//!
//! Who speaks faster is not thrown out but read more slowly, so that TCP makes them wait: honest clients
//! burst (a page that slept hears hundreds of cursors at once, and `y-websocket` echoes each), and a flood
//! costs its sender alone.

use crate::token_bucket::TokenBucket;
use std::time::{Duration, Instant};

/// Frames a second: drawing (20), one's own cursor (60), and echoes of everybody's cursors (40).
const FRAMES_PER_SECOND: f64 = 200.0;
const FRAMES_BURST: f64 = 400.0;
/// Bytes a second: pictures.
const BYTES_PER_SECOND: f64 = 2_097_152.0;
const BYTES_BURST: f64 = 8_388_608.0;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Pace {
    frames: TokenBucket,
    bytes: TokenBucket,
}

impl Pace {
    /// Full buckets.
    pub(super) fn new(now: Instant) -> Self {
        let frames = TokenBucket::new(FRAMES_PER_SECOND, FRAMES_BURST, now);
        Self { frames, bytes: TokenBucket::new(BYTES_PER_SECOND, BYTES_BURST, now) }
    }

    /// Counts a frame; says how long to read nothing more.
    pub(super) fn count(&mut self, now: Instant, bytes: usize) -> Duration {
        self.frames.take(now, 1.0).max(self.bytes.take(now, bytes as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_read_at_once_and_a_flood_at_its_pace() {
        let mut now = crate::clock::now();
        let mut pace = Pace::new(now);
        assert!((0..400).all(|_| pace.count(now, 100) == Duration::ZERO));
        let began = now;
        for _ in 0..1_000 {
            now += pace.count(now, 100);
        }
        assert_eq!((now - began).as_millis(), 5_000);
    }

    #[test]
    fn bytes_have_a_pace_of_their_own() {
        let now = crate::clock::now();
        let mut pace = Pace::new(now);
        assert!((0..8).all(|_| pace.count(now, 1 << 20) == Duration::ZERO));
        assert_eq!(pace.count(now, 1 << 20), Duration::from_millis(500));
    }
}
