//! When a busy thread takes a moment's rest, so that one wake-up serves many packets. Pure.
//!
//! A wake-up costs system calls and cold caches whatever it finds: under load, packets of all rooms that come within a
//! millisecond share one. A thread that is not busy never rests: what comes alone leaves at once.

use std::time::{Duration, Instant};

/// From one busy wake-up to the next.
const TICK: Duration = Duration::from_millis(1);
/// So many wake-ups closer than a tick make a thread busy: more than the packets of one frame bring about.
const BUSY: u8 = 12;
/// How long it stays so without company for its packets.
const BUSY_MAX: u8 = BUSY + 4;
/// A rest that took so long: other processes crowd the machine, and who gives up a core there waits to get it back.
const LATE: Duration = Duration::from_millis(5);
/// Then nobody rests for so long.
const CROWDED: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(crate) struct Pace {
    last: Option<Instant>,
    closeness: u8,
    crowded_until: Option<Instant>,
}

impl Pace {
    /// A wake-up found so many datagrams.
    pub(crate) fn woke(&mut self, now: Instant, datagrams: usize) {
        let late = self.last.is_some_and(|last| now.saturating_duration_since(last) > LATE);
        if self.closeness >= BUSY && late {
            self.crowded_until = Some(now + CROWDED);
        }
        if self.crowded_until.is_some_and(|until| now < until) {
            self.closeness = 0;
        } else if self.closeness >= BUSY {
            let company = datagrams > 1;
            self.closeness =
                if company { (self.closeness + 1).min(BUSY_MAX) } else { self.closeness.saturating_sub(1) };
            if self.closeness < BUSY {
                self.closeness = 0;
            }
        } else if datagrams > 0 {
            let close = self.last.is_some_and(|last| now.saturating_duration_since(last) < TICK);
            self.closeness = if close { self.closeness + 1 } else { 0 };
        }
        if datagrams > 0 || self.closeness >= BUSY {
            self.last = Some(now);
        }
    }

    /// How long to leave the socket alone, if at all.
    pub(crate) fn rest(&self, now: Instant) -> Option<Duration> {
        let last = self.last.filter(|_| self.closeness >= BUSY)?;
        let rest = (last + TICK).saturating_duration_since(now);
        (rest > Duration::ZERO).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn only_a_busy_thread_rests() {
        let mut now = Instant::now();
        let mut pace = Pace::default();
        let mut wake = |pace: &mut Pace, after_us: u64, datagrams: usize| {
            now += Duration::from_micros(after_us);
            pace.woke(now, datagrams);
            (pace.rest(now), pace.rest(now + Duration::from_micros(400)))
        };
        // Frames of six packets that come apart, 30 a second; voices between them.
        for _ in 0..30 {
            for packet in 0..6 {
                let after = if packet == 0 { 30_000 } else { 200 };
                assert_eq!(wake(&mut pace, after, 1), (None, None));
            }
        }
        // Many rooms: a packet every 100 µs.
        assert_eq!((0..20).find_map(|_| wake(&mut pace, 100, 1).0), Some(TICK));
        assert_eq!(wake(&mut pace, 1000, 10), (Some(TICK), Some(Duration::from_micros(600))));
        // Once the thread does not get its core back in time: it keeps it for a while.
        assert_eq!(wake(&mut pace, 6_000, 40), (None, None));
        assert_eq!((0..4_000).filter_map(|_| wake(&mut pace, 100, 1).0).count(), 0);
        assert_eq!((0..2_000).find_map(|_| wake(&mut pace, 100, 1).0), Some(TICK));
        assert_eq!(wake(&mut pace, 1000, 10).0, Some(TICK));
        // It becomes quiet: some ticks later nothing waits any more.
        let ticks = (0..20).take_while(|_| wake(&mut pace, 1000, 1).0.is_some()).count();
        assert!(ticks < 6, "{ticks}");
    }
}
