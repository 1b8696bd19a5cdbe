//! The last plain packets of a track: what is being forwarded and what may be asked for again.
//!
//! Bounded in packets (by its size) and in time. One copy serves all subscribers: each renumbers it anew.

use std::time::{Duration, Instant};

use crate::codec::Head;

/// Nobody plays what is older than this.
const AGE_MAX: Duration = Duration::from_secs(2);

/// A packet as its publisher sent it, without header extensions and padding.
pub(crate) struct Stored {
    /// Extended sequence number of the source.
    pub(crate) index: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) head: Head,
    pub(crate) payload: Vec<u8>,
    pub(crate) at: Instant,
}

pub(crate) struct History {
    /// Grows to its limit by use; then the buffers are used again.
    ring: Vec<Option<Stored>>,
    newest: u64,
}

impl History {
    /// `packets` is a power of two.
    pub(crate) fn new(packets: usize) -> Self {
        debug_assert!(packets.is_power_of_two());
        Self { ring: std::iter::repeat_with(|| None).take(packets).collect(), newest: 0 }
    }

    fn place(&self, index: u64) -> usize {
        index as usize & (self.ring.len() - 1)
    }

    /// Stores a packet in the place of the one that is a whole ring older. False when it is itself too old for that.
    pub(crate) fn store(
        &mut self,
        now: Instant,
        index: u64,
        (timestamp, marker): (u32, bool),
        head: Head,
        payload: &[u8],
    ) -> bool {
        let place = self.place(index);
        let Some(slot) = self.ring.get_mut(place) else { return false };
        if slot.as_ref().is_some_and(|stored| stored.index >= index) {
            return false;
        }
        let mut bytes = slot.take().map_or_else(Vec::new, |stored| stored.payload);
        bytes.clear();
        bytes.extend_from_slice(payload);
        *slot = Some(Stored { index, timestamp, marker, head, payload: bytes, at: now });
        self.newest = self.newest.max(index);
        true
    }

    /// A packet that is being forwarded.
    pub(crate) fn get(&self, index: u64) -> Option<&Stored> {
        self.ring.get(self.place(index))?.as_ref().filter(|stored| stored.index == index)
    }

    /// What came since `earliest`, in the order of the source.
    pub(crate) fn since(&self, earliest: Instant) -> impl Iterator<Item = &Stored> {
        self.from(0).filter(move |stored| stored.at >= earliest)
    }

    /// What there is from this packet on, in the order of the source.
    pub(crate) fn from(&self, index: u64) -> impl Iterator<Item = &Stored> {
        let oldest = self.newest.saturating_sub(self.ring.len() as u64 - 1);
        (index.max(oldest)..=self.newest).filter_map(|index| self.get(index))
    }

    /// Index of the newest packet.
    pub(crate) fn newest(&self) -> u64 {
        self.newest
    }

    /// A packet that was asked for again.
    pub(crate) fn get_again(&self, now: Instant, index: u64) -> Option<&Stored> {
        self.get(index).filter(|stored| now.saturating_duration_since(stored.at) <= AGE_MAX)
    }

    /// Forgets everything: another source begins.
    pub(crate) fn clear(&mut self) {
        self.ring.fill_with(|| None);
        self.newest = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn is_bounded_in_packets_and_time() {
        let start = Instant::now();
        let mut history = History::new(8);
        for index in 100..120 {
            assert!(history.store(start, index, (index as u32, false), Head::default(), &[index as u8; 3]));
        }
        assert!(history.get(111).is_none());
        assert_eq!(history.get(112).map(|stored| stored.payload.as_slice()), Some(&[112; 3][..]));
        assert!(!history.store(start, 111, (0, false), Head::default(), &[1]), "too late");
        assert!(!history.store(start, 112, (0, false), Head::default(), &[1]), "known");
        assert!(history.get_again(start + Duration::from_secs(2), 119).is_some());
        assert!(history.get_again(start + Duration::from_millis(2001), 119).is_none());
        let later = start + Duration::from_millis(20);
        for index in [121, 120] {
            assert!(history.store(later, index, (0, false), Head::default(), &[1]));
        }
        assert_eq!(history.since(later).map(|stored| stored.index).collect::<Vec<_>>(), [120, 121]);
        assert_eq!(history.from(119).map(|stored| stored.index).collect::<Vec<_>>(), [119, 120, 121]);
        assert_eq!((history.from(0).count(), history.newest()), (8, 121));
        history.clear();
        assert!(history.get(119).is_none());
        assert_eq!(history.since(start).count(), 0);
    }
}
