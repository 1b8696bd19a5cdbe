//! The clock of the server's own music: a packet every 20 ms, the same moment of a piece for all who hear it.

use std::time::{Duration, Instant};

const PACKET: Duration = Duration::from_millis(20);
/// Samples a packet, at 48 kHz.
pub(crate) const SAMPLES: u32 = 960;
/// After a longer pause nothing is made up for; the piece goes on where it was.
const LATE_MAX: Duration = Duration::from_millis(200);

pub(crate) struct MusicClock {
    next: Instant,
    count: u64,
}

impl MusicClock {
    pub(crate) fn new(now: Instant) -> Self {
        // Not from 0: packets before the first one have room below.
        Self { next: now, count: 1 << 16 }
    }

    /// Number of the packet that is due, if one is. Call until there is none.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<u64> {
        if now < self.next {
            return None;
        }
        if now - self.next > LATE_MAX {
            self.next = now;
        }
        self.next += PACKET;
        self.count += 1;
        Some(self.count - 1)
    }

    /// Somebody listens again: the next packet is due now.
    pub(crate) fn resume(&mut self, now: Instant) {
        self.next = self.next.max(now);
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn ticks_every_twenty_milliseconds_without_a_gap_in_the_count() {
        let start = Instant::now();
        let mut clock = MusicClock::new(start);
        let first = clock.take_due(start).unwrap();
        assert_eq!(clock.take_due(start), None);
        assert_eq!(clock.deadline(), start + PACKET);
        let late = start + Duration::from_millis(65);
        let caught_up: Vec<_> = std::iter::from_fn(|| clock.take_due(late)).collect();
        assert_eq!(caught_up, [first + 1, first + 2, first + 3]);
        let much_later = start + Duration::from_secs(9);
        let after_pause: Vec<_> = std::iter::from_fn(|| clock.take_due(much_later)).collect();
        assert_eq!(after_pause, [first + 4]);
    }
}
