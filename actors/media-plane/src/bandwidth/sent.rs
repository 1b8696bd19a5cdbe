//! What was sent to one receiver, by transport-wide sequence number: when, how large, and what came of it. Pure.
//!
//! On the path of each packet: eight bytes are written into a ring, nothing is allocated or searched.

use crate::transport_cc::STATUSES_MAX;

/// Packets remembered: two seconds of 1,000 a second.
const RING: usize = STATUSES_MAX;

#[derive(Clone, Copy, Default)]
struct Sent {
    /// µs, wrapping after 71 minutes.
    at: u32,
    bytes: u16,
    /// Number of the probe it belongs to, 0 for none.
    probe: u8,
    fate: Fate,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Fate {
    #[default]
    Unknown,
    Absent,
    Arrived,
}

/// What feedback says of a packet for the first time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Told {
    Arrived {
        packet: Packet,
        /// It had been called absent before.
        late: bool,
    },
    Absent {
        packet: Packet,
    },
}

/// A packet that was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Packet {
    pub(crate) sent_us: i64,
    pub(crate) bytes: u16,
    pub(crate) probe: u8,
}

pub(crate) struct SentPackets {
    ring: Box<[Sent]>,
    /// The next sequence number without its wrap.
    next: u64,
    /// One after the newest that feedback spoke of.
    told: u64,
}

impl SentPackets {
    pub(crate) fn new() -> Self {
        Self { ring: vec![Sent::default(); RING].into(), next: 0, told: 0 }
    }

    /// Of the packet that is pushed next.
    pub(crate) fn next_seq_no(&self) -> u16 {
        self.next as u16
    }

    /// Remembers a packet and gives its sequence number.
    pub(crate) fn push(&mut self, now_us: i64, bytes: u16, probe: u8) -> u16 {
        let place = self.next as usize % RING;
        if let Some(sent) = self.ring.get_mut(place) {
            *sent = Sent { at: now_us as u32, bytes, probe, fate: Fate::Unknown };
        }
        self.next += 1;
        (self.next - 1) as u16
    }

    /// Whether packets are out of which no feedback spoke.
    pub(crate) fn awaits_feedback(&self) -> bool {
        self.told < self.next
    }

    /// Whether feedback that begins with this packet can be about anything remembered.
    pub(crate) fn remembers(&self, seq_no: u16) -> bool {
        self.index(seq_no).is_some()
    }

    fn index(&self, seq_no: u16) -> Option<u64> {
        let back = (self.next as u16).wrapping_sub(seq_no);
        let index = self.next.checked_sub(u64::from(back))?;
        (back > 0 && usize::from(back) <= RING).then_some(index)
    }

    /// Takes what feedback says of one packet; `None` if that is not news.
    pub(crate) fn tell(&mut self, now_us: i64, seq_no: u16, arrived: bool) -> Option<Told> {
        let index = self.index(seq_no)?;
        self.told = self.told.max(index + 1);
        let sent = self.ring.get_mut(index as usize % RING)?;
        let age = (now_us as u32).wrapping_sub(sent.at);
        let packet = Packet { sent_us: now_us - i64::from(age), bytes: sent.bytes, probe: sent.probe };
        match (sent.fate, arrived) {
            (Fate::Arrived, _) | (Fate::Absent, false) => None,
            (Fate::Unknown, false) => {
                sent.fate = Fate::Absent;
                Some(Told::Absent { packet })
            }
            (fate, true) => {
                sent.fate = Fate::Arrived;
                Some(Told::Arrived { packet, late: fate == Fate::Absent })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fate_is_news_once() {
        let mut sent = SentPackets::new();
        for number in 0..70_000_i64 {
            assert_eq!(sent.push(number * 1000, 100, 0), number as u16);
        }
        let now = 70_000 * 1000;
        let packet = Packet { sent_us: 69_999 * 1000, bytes: 100, probe: 0 };
        let newest = 69_999_u32 as u16;
        assert!(sent.awaits_feedback());
        assert_eq!(sent.tell(now, newest, false), Some(Told::Absent { packet }));
        assert!(!sent.awaits_feedback());
        assert_eq!(sent.tell(now, newest, false), None);
        assert_eq!(sent.tell(now, newest, true), Some(Told::Arrived { packet, late: true }));
        assert_eq!(sent.tell(now, newest, true), None);
        assert_eq!(sent.tell(now, newest.wrapping_add(1), true), None, "never sent");
        assert!(sent.remembers(newest.wrapping_sub(RING as u16 - 1)));
        assert!(!sent.remembers(newest.wrapping_sub(RING as u16)), "forgotten");
    }
}
