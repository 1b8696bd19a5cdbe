//! What arrived of one source: loss and jitter for its reports (RFC 3550 §6.4, A.3, A.8), and what to ask for again.
//! Pure; indexes are extended sequence numbers, time is an argument.

use std::time::{Duration, Instant};

use crate::rtcp::Block;

/// Packets that are asked for at the same time; a larger hole is left to a key frame.
const MISSING_MAX: usize = 128;
/// A packet is asked for so often, and not when it is older than this.
const TRIES_MAX: u8 = 8;
const MISSING_AGE_MAX: Duration = Duration::from_millis(1500);
/// A voice is not waited for: so old it is no longer played.
const VOICE_AGE_MAX: Duration = Duration::from_millis(400);
/// Of Opus' timestamps, Hz (RFC 7587 §4.1).
const VOICE_RATE: u32 = 48_000;
/// Window in which a packet is known to have been forwarded.
const SEEN: u64 = 1024;

struct Missing {
    index: u64,
    tries: u8,
    since: Instant,
    next: Instant,
}

/// What a packet means for the gaps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Arrival {
    /// Forward it.
    New,
    /// Forward it; more are missing now than can be asked for.
    NewAfterLargeHole,
    /// It came before.
    Repeated,
}

pub(crate) struct Reception {
    rate: u32,
    repairs: bool,
    base: u64,
    highest: u64,
    received: u64,
    seen: [u64; SEEN as usize / 64],
    jitter: f64,
    transit: Option<f64>,
    origin: Instant,
    reported: (u64, u64),
    missing: Vec<Missing>,
    sender_report: Option<(u64, Instant)>,
}

impl Reception {
    /// `rate` is the clock of the timestamps in Hz; `repairs` says whether the source can be asked for packets.
    pub(crate) fn new(now: Instant, first: u64, rate: u32, repairs: bool) -> Self {
        Self {
            rate,
            repairs,
            base: first,
            highest: first.saturating_sub(1),
            received: 0,
            seen: [0; SEEN as usize / 64],
            jitter: 0.0,
            transit: None,
            origin: now,
            reported: (0, 0),
            missing: Vec::new(),
            sender_report: None,
        }
    }

    /// A packet of the source itself.
    pub(crate) fn arrived(&mut self, now: Instant, index: u64, timestamp: u32) -> Arrival {
        self.received += 1;
        self.measure_jitter(now, timestamp);
        self.take(now, index)
    }

    /// A packet that came as a retransmission: its index, if it is still wanted.
    pub(crate) fn repaired(&mut self, now: Instant, seq_no: u16) -> Option<u64> {
        let distance = seq_no.wrapping_sub(self.highest as u16) as i16;
        let index = self.highest.checked_add_signed(i64::from(distance))?;
        // Ahead of everything it can only be a probe's copy of a packet that is on its way itself.
        (index <= self.highest && self.take(now, index) == Arrival::New).then_some(index)
    }

    fn take(&mut self, now: Instant, index: u64) -> Arrival {
        let mut hole = 0;
        if index > self.highest {
            hole = index - self.highest - 1;
            for skipped in (self.highest + 1..=index).take(SEEN as usize) {
                self.seen[Self::word(skipped)] &= !Self::bit(skipped);
            }
            if self.repairs && hole <= MISSING_MAX as u64 {
                let fresh =
                    (self.highest + 1..index).map(|index| Missing { index, tries: 0, since: now, next: now });
                self.missing.extend(fresh);
            }
            self.highest = index;
        } else if self.highest - index >= SEEN || self.seen[Self::word(index)] & Self::bit(index) != 0 {
            return Arrival::Repeated;
        }
        self.seen[Self::word(index)] |= Self::bit(index);
        self.missing.retain(|missing| missing.index != index);
        if self.missing.len() > MISSING_MAX || hole > MISSING_MAX as u64 {
            self.missing.clear();
            return Arrival::NewAfterLargeHole;
        }
        Arrival::New
    }

    fn word(index: u64) -> usize {
        (index / 64 % (SEEN / 64)) as usize
    }

    fn bit(index: u64) -> u64 {
        1 << (index % 64)
    }

    fn measure_jitter(&mut self, now: Instant, timestamp: u32) {
        let arrival = now.saturating_duration_since(self.origin).as_secs_f64() * f64::from(self.rate);
        let transit = arrival - f64::from(timestamp);
        if let Some(before) = self.transit {
            let difference = (transit - before).abs();
            // A timestamp that wrapped or jumped says nothing.
            if difference < f64::from(self.rate) {
                self.jitter += (difference - self.jitter) / 16.0;
            }
        }
        self.transit = Some(transit);
    }

    /// The sender's own report: its NTP time comes back to it in [`Self::block`].
    pub(crate) fn sender_reported(&mut self, now: Instant, ntp: u64) {
        self.sender_report = Some((ntp, now));
    }

    /// The report block for now; the next one counts from here.
    pub(crate) fn block(&mut self, now: Instant, ssrc: u32) -> Block {
        let expected = (self.highest + 1).saturating_sub(self.base);
        let lost = expected as i64 - self.received as i64;
        let (expected_before, received_before) = self.reported;
        let interval = expected.saturating_sub(expected_before);
        let lost_now = interval.saturating_sub(self.received - received_before);
        self.reported = (expected, self.received);
        let fraction = (lost_now << 8).checked_div(interval).unwrap_or(0).min(255);
        let (last_sr, delay) = self.sender_report.map_or((0, 0), |(ntp, at)| {
            let since = now.saturating_duration_since(at).as_secs_f64() * 65_536.0;
            ((ntp >> 16) as u32, since as u32)
        });
        Block {
            ssrc,
            fraction_lost: fraction as u8,
            total_lost: lost.clamp(-0x80_0000, 0x7f_ffff) as i32,
            highest: self.highest as u32,
            jitter: self.jitter as u32,
            last_sr,
            delay,
        }
    }

    /// Sequence numbers to ask for now. Each is asked for at once, then once per round trip, a bounded number of times.
    pub(crate) fn nacks(&mut self, now: Instant, round_trip: Duration) -> Vec<u16> {
        let patience = (round_trip * 5 / 4).clamp(Duration::from_millis(20), Duration::from_millis(300));
        let age_max = if self.rate == VOICE_RATE { VOICE_AGE_MAX } else { MISSING_AGE_MAX };
        self.missing.retain(|missing| missing.tries < TRIES_MAX && now < missing.since + age_max);
        let due = self.missing.iter_mut().filter(|missing| missing.next <= now);
        due.map(|missing| {
            missing.tries += 1;
            missing.next = now + patience;
            missing.index as u16
        })
        .collect()
    }

    /// Nobody needs the missing packets.
    pub(crate) fn ask_for_nothing(&mut self) {
        self.missing.clear();
    }

    /// When [`Self::nacks`] has something to ask for.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.missing.iter().map(|missing| missing.next).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn reception() -> (Instant, Reception) {
        let start = Instant::now();
        (start, Reception::new(start, 65_530, 90_000, true))
    }

    const RTT: Duration = Duration::from_millis(40);

    #[test]
    fn holes_are_asked_for_until_they_are_filled() {
        let (start, mut reception) = reception();
        for index in [65_530, 65_531, 65_535, 65_536] {
            assert_eq!(reception.arrived(start, index, 0), Arrival::New);
        }
        assert_eq!(reception.nacks(start, RTT), [65_532, 65_533, 65_534]);
        assert!(reception.nacks(start, RTT).is_empty(), "not twice in a round trip");
        assert_eq!(reception.repaired(start, 65_533), Some(65_533));
        assert_eq!(reception.repaired(start, 65_533), None, "once");
        assert_eq!(reception.arrived(start, 65_534, 0), Arrival::New, "reordered");
        assert_eq!(reception.nacks(start + Duration::from_millis(50), RTT), [65_532]);
        assert_eq!(reception.deadline(), Some(start + Duration::from_millis(100)));
    }

    #[test]
    fn asking_ends() {
        let (start, mut reception) = reception();
        reception.arrived(start, 65_530, 0);
        reception.arrived(start, 65_532, 0);
        let asked: usize =
            (0..100).map(|i| reception.nacks(start + i * Duration::from_millis(50), RTT).len()).sum();
        assert_eq!(asked, usize::from(TRIES_MAX));
        assert_eq!(reception.deadline(), None);
    }

    #[test]
    fn a_large_hole_is_not_asked_for() {
        let (start, mut reception) = reception();
        reception.arrived(start, 65_530, 0);
        assert_eq!(reception.arrived(start, 66_000, 0), Arrival::NewAfterLargeHole);
        assert!(reception.nacks(start, RTT).is_empty());
    }

    #[test]
    fn probes_ahead_and_copies_are_not_taken() {
        let (start, mut reception) = reception();
        reception.arrived(start, 65_530, 0);
        assert_eq!(reception.repaired(start, 65_531), None);
        assert_eq!(reception.repaired(start, 65_530), None);
        assert_eq!(reception.arrived(start, 65_530, 0), Arrival::Repeated);
        assert_eq!(reception.repaired(start, 60_000), None);
    }

    #[test]
    fn reports_count_loss_per_interval_and_in_total() {
        let (start, mut reception) = reception();
        for index in 0..100 {
            if index % 4 != 1 {
                reception.arrived(start + Duration::from_millis(index), 65_530 + index, index as u32 * 90);
            }
        }
        let later = start + Duration::from_millis(500);
        reception.sender_reported(start, 0x0001_0002_0003_0004);
        let block = reception.block(later, 9);
        assert_eq!((block.fraction_lost, block.total_lost, block.highest), (64, 25, 65_629));
        assert_eq!((block.last_sr, block.delay), (0x0002_0003, 32_768));
        assert_eq!(block.jitter, 0, "packets came as evenly as they were sent");
        reception.arrived(later, 65_630, 9000);
        let block = reception.block(later, 9);
        assert_eq!((block.fraction_lost, block.total_lost), (0, 25));
        assert!(block.jitter > 1000, "360 ms late: {}", block.jitter);
    }
}
