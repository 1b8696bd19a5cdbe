//! How fast one client may speak to the board. Pure.
//!
//! Who speaks faster is not thrown out but read more slowly, so that TCP makes them wait: honest clients
//! burst (a page that slept hears hundreds of cursors at once, and `y-websocket` echoes each), and a flood
//! costs its sender alone.

use std::time::{Duration, Instant};

/// Frames a second: drawing (20), one's own cursor (60), and echoes of everybody's cursors (40).
const FRAMES_PER_SECOND: f64 = 200.0;
const FRAMES_BURST: f64 = 400.0;
/// Bytes a second: pictures.
const BYTES_PER_SECOND: f64 = 2_097_152.0;
const BYTES_BURST: f64 = 8_388_608.0;

/// Two token buckets that may be overdrawn by one frame.
#[derive(Debug)]
pub(super) struct Pace {
    frames: f64,
    bytes: f64,
    at: Instant,
}

impl Pace {
    /// Full buckets.
    pub(super) fn new(now: Instant) -> Self {
        Self { frames: FRAMES_BURST, bytes: BYTES_BURST, at: now }
    }

    /// Counts a frame; says how long to read nothing more.
    pub(super) fn count(&mut self, now: Instant, bytes: usize) -> Duration {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.frames = (self.frames + passed * FRAMES_PER_SECOND).min(FRAMES_BURST) - 1.0;
        self.bytes = (self.bytes + passed * BYTES_PER_SECOND).min(BYTES_BURST) - bytes as f64;
        let wait = (-self.frames / FRAMES_PER_SECOND).max(-self.bytes / BYTES_PER_SECOND);
        Duration::from_secs_f64(wait.max(0.0))
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
