//! The numbering of a slot: which number a source's packet goes out under, and which packet went out under a number.
//! Pure.
//!
//! A *segment* is a run of a source's packets that all get the same offsets. A new one begins with another source, and
//! after packets that were held back, so that these leave no hole. Numbers of packets that have not arrived are kept
//! free: they may still come, and belong to somewhere.
//! Invariant: a number is given to one packet only (AES-GCM depends on it). Segments' numbers do not overlap, each
//! begins behind the one before it, and within one the offset is constant.

use std::collections::VecDeque;

use crate::rewrite::{Shift, TrackKey};

/// Segments that packets are found in: a second of a source from which every other frame is held back.
const SEGMENTS_MAX: usize = 32;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) key: TrackKey,
    first_in: u64,
    /// `u64::MAX` while it goes on.
    last_in: u64,
    first_out: u64,
    pub(crate) timestamp_offset: u32,
    pub(crate) shift: Shift,
}

impl Segment {
    fn out(&self, index: u64) -> u64 {
        self.first_out + (index - self.first_in)
    }

    fn is_open(&self) -> bool {
        self.last_in == u64::MAX
    }
}

pub(crate) struct Segments {
    list: VecDeque<Segment>,
    /// Highest number given.
    index: u64,
    /// Highest packet of the current source that was looked at.
    seen: u64,
    /// Pictures held back since the last segment began.
    held_back: u16,
}

impl Segments {
    pub(crate) fn new(index: u64) -> Self {
        Self { list: VecDeque::new(), index, seen: 0, held_back: 0 }
    }

    /// Highest number given.
    pub(crate) fn index(&self) -> u64 {
        self.index
    }

    pub(crate) fn last(&self) -> Option<&Segment> {
        self.list.back()
    }

    /// Whether this packet of the current source comes after all that were looked at.
    pub(crate) fn is_ahead(&self, index: u64) -> bool {
        index > self.seen
    }

    /// Another source begins with this packet.
    pub(crate) fn begin(&mut self, key: TrackKey, index: u64, timestamp_offset: u32, shift: Shift) {
        let mut first_out = self.index + 1;
        if let Some(last) = self.list.back_mut() {
            if last.is_open() {
                last.last_in = last.first_in + self.index.saturating_sub(last.first_out);
            }
            first_out = first_out.max(last.out(last.last_in) + 1);
        }
        self.seen = index;
        self.held_back = 0;
        self.push(Segment { key, first_in: index, last_in: u64::MAX, first_out, timestamp_offset, shift });
    }

    /// The number of a packet, in its order or late; `None` if it belongs to nothing that is known.
    pub(crate) fn number(&mut self, key: TrackKey, index: u64) -> Option<(u64, Segment)> {
        if index > self.seen {
            self.resume();
            self.seen = index;
        }
        // What was sent of the same source before another one is over.
        let segment = *self
            .list
            .iter()
            .rev()
            .take_while(|segment| segment.key == key)
            .find(|segment| segment.first_in <= index)
            .filter(|segment| index <= segment.last_in)?;
        let out = segment.out(index);
        self.index = self.index.max(out);
        Some((out, segment))
    }

    /// The packet, which is ahead, does not go out; `begins`: it is the first one of its picture.
    pub(crate) fn hold_back(&mut self, index: u64, begins: bool) {
        if index > self.seen + 1 {
            self.resume();
        }
        if let Some(last) = self.list.back_mut().filter(|last| last.is_open()) {
            last.last_in = index - 1;
        }
        self.seen = index;
        self.held_back = self.held_back.wrapping_add(u16::from(begins));
    }

    /// After packets that were held back: a new segment, from the first one that was not.
    fn resume(&mut self) {
        let Some(last) = self.list.back().copied().filter(|last| !last.is_open()) else { return };
        let first_out = last.out(last.last_in) + 1;
        let picture = last.shift.picture.wrapping_sub(std::mem::take(&mut self.held_back));
        let shift = Shift { picture, ..last.shift };
        self.push(Segment { first_in: self.seen + 1, last_in: u64::MAX, first_out, shift, ..last });
    }

    fn push(&mut self, segment: Segment) {
        if self.list.len() == SEGMENTS_MAX {
            self.list.pop_front();
        }
        self.list.push_back(segment);
    }

    /// The packet that went out under this number: its source's index, its whole number, its segment.
    pub(crate) fn find(&self, seq_no: u16) -> Option<(u64, u64, Segment)> {
        let distance = seq_no.wrapping_sub(self.index as u16) as i16;
        let index =
            self.index.checked_add_signed(i64::from(distance)).filter(|index| *index <= self.index)?;
        let segment = *self.list.iter().rev().find(|segment| segment.first_out <= index)?;
        let source = segment.first_in + (index - segment.first_out);
        (source <= segment.last_in).then_some((source, index, segment))
    }
}

#[cfg(test)]
#[path = "segments_tests.rs"]
mod tests;
