//! When a publisher's packets arrived, until its next feedback says so. Pure.
//!
//! Bounded: a ring of [`RING`] packets, four bytes each. What a flood pushes out of it is not spoken of.

use crate::transport_cc::{DELTA_US, Writer};

/// Packets between two feedbacks: 100 ms of 5,120 packets a second. A power of two.
const RING: usize = 512;
/// So far back a late packet is still told of; the feedback before called it absent.
const LATE_MAX: u64 = 64;
/// Places for "did not arrive".
const ABSENT: u32 = u32::MAX;

pub(crate) struct Arrivals {
    /// In units of [`DELTA_US`], wrapping; [`ABSENT`] for none. Empty before the first packet.
    ring: Box<[u32]>,
    /// The next packet to tell of, and the one after the newest: sequence numbers without their wrap.
    next: u64,
    end: u64,
    number: u8,
    fresh: bool,
}

impl Arrivals {
    pub(crate) fn new() -> Self {
        Self { ring: Box::default(), next: 0, end: 0, number: 0, fresh: false }
    }

    pub(crate) fn arrived(&mut self, now_us: i64, seq_no: u16) {
        if self.ring.is_empty() {
            self.ring = vec![ABSENT; RING].into();
            // So far up that nothing can come from before zero.
            self.next = 0x1_0000 + u64::from(seq_no);
            self.end = self.next;
        }
        let distance = seq_no.wrapping_sub(self.end as u16) as i16;
        let Some(index) = self.end.checked_add_signed(i64::from(distance)) else { return };
        if index >= self.end {
            for skipped in (self.end..=index).rev().take(RING) {
                self.ring[Self::place(skipped)] = ABSENT;
            }
            self.end = index + 1;
            self.next = self.next.max(self.end.saturating_sub(RING as u64));
        } else if index < self.next {
            if self.end - index > LATE_MAX {
                return;
            }
            self.next = index;
        }
        self.ring[Self::place(index)] = (now_us / DELTA_US) as u32 & !(1 << 31);
        self.fresh = true;
    }

    /// Whether there is anything to tell.
    pub(crate) fn fresh(&self) -> bool {
        self.fresh
    }

    /// Feedback about everything since the last one.
    pub(crate) fn feedback(&mut self, now_us: i64, ours: u32, theirs: u32) -> Option<Vec<u8>> {
        if !std::mem::take(&mut self.fresh) {
            return None;
        }
        let now = now_us / DELTA_US;
        let arrival = |index: u64| {
            let stored = self.ring[Self::place(index)];
            // 31 bits of the time; what is not told of within minutes is never told of.
            let age = (now as u32).wrapping_sub(stored) & !(1 << 31);
            (stored != ABSENT).then(|| (now - i64::from(age)) * DELTA_US)
        };
        // Absent packets at the end may only be late; those at the start are told, so that they count as lost.
        let base = (self.next..self.end).find_map(arrival)?;
        let mut writer = Writer::new(self.next as u16, self.number, base);
        while self.next < self.end && writer.push(arrival(self.next)) {
            self.next += 1;
        }
        self.fresh = self.next < self.end;
        self.number = self.number.wrapping_add(1);
        Some(writer.finish(ours, theirs))
    }

    fn place(index: u64) -> usize {
        index as usize & (RING - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport_cc::Feedback;

    fn told(arrivals: &mut Arrivals, now_us: i64) -> Vec<(u16, Option<i64>)> {
        let mut all = Vec::new();
        if let Some(packet) = arrivals.feedback(now_us, 1, 2) {
            Feedback::parse(&packet[12..]).unwrap().each(now_us, |seq_no, at| all.push((seq_no, at)));
        }
        all
    }

    #[test]
    fn each_feedback_goes_on_where_the_last_ended() {
        let mut arrivals = Arrivals::new();
        assert_eq!(told(&mut arrivals, 0), []);
        for (at, seq_no) in [(1_000, 65_534), (2_000, 65_535), (3_000, 1)] {
            arrivals.arrived(at, seq_no);
        }
        let first = [(65_534, Some(1_000)), (65_535, Some(2_000)), (0, None), (1, Some(3_000))];
        assert_eq!(told(&mut arrivals, 100_000), first);
        assert!(!arrivals.fresh());
        assert_eq!(told(&mut arrivals, 200_000), []);
        arrivals.arrived(210_000, 3);
        assert_eq!(told(&mut arrivals, 300_000), [(2, None), (3, Some(210_000))]);
    }

    #[test]
    fn a_late_packet_is_told_after_all() {
        let mut arrivals = Arrivals::new();
        for (at, seq_no) in [(1_000, 10), (3_000, 12)] {
            arrivals.arrived(at, seq_no);
        }
        assert_eq!(told(&mut arrivals, 100_000).len(), 3);
        arrivals.arrived(120_000, 11);
        assert_eq!(told(&mut arrivals, 200_000), [(11, Some(120_000)), (12, Some(3_000))]);
    }

    #[test]
    fn a_flood_and_a_jump_are_bounded() {
        let mut arrivals = Arrivals::new();
        for seq_no in 0..2_000 {
            arrivals.arrived(i64::from(seq_no) * 10, seq_no);
        }
        let all = told(&mut arrivals, 100_000);
        assert_eq!((all.len(), all[0].0), (RING, 2_000 - RING as u16));
        arrivals.arrived(200_000, 30_000);
        let all = told(&mut arrivals, 300_000);
        assert_eq!(all.len(), RING);
        assert_eq!(all.iter().filter(|(_, at)| at.is_some()).count(), 1);
        arrivals.arrived(400_000, 29_000);
        assert_eq!(told(&mut arrivals, 500_000), [], "too late");
    }
}
