//! A slot: one receiving m-line with an SSRC, a payload type and numbers of its own, whatever track it carries.
//!
//! Pure. A *segment* is the time for which a slot carries one source; within it every number is the source's plus an
//! offset, so that a packet can be renumbered again for a retransmission. Between segments nothing jumps: sequence
//! numbers and picture ids go on by one, timestamps by the time that passed (MEDIA.md §2).
//! Invariant: an outgoing index is used for one packet only (AES-GCM depends on it).

use std::collections::VecDeque;
use std::time::Instant;

use crate::api::{Feed, SlotId};
use crate::description::{MID_EXTENSION, OPUS, RTX, VP8};
use crate::rtp::Template;
use crate::vp8::Descriptor;

/// Segments that retransmissions are found in.
const SEGMENTS_MAX: usize = 4;

/// A track and which of its sources: the epoch changes when another SSRC begins, or forwarding was interrupted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TrackKey {
    pub(crate) track: u32,
    pub(crate) epoch: u64,
}

/// What a slot needs to know of a packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming {
    pub(crate) key: TrackKey,
    pub(crate) index: u64,
    pub(crate) timestamp: u32,
    pub(crate) vp8: Option<Descriptor>,
}

/// Offsets of the numbers inside a VP8 payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Shift {
    pub(crate) picture: u16,
    pub(crate) tl0: u8,
}

/// A packet's numbers in the slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Rewritten {
    pub(crate) index: u64,
    pub(crate) timestamp: u32,
    pub(crate) shift: Shift,
    /// It begins the newest feed, which has not been announced yet.
    pub(crate) announce: Option<Feed>,
    /// The slot carries this track no longer.
    pub(crate) left: Option<u32>,
}

/// What a slot makes of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Taken {
    Forward(Rewritten),
    /// Not for this slot, or from before its segment.
    Ignore,
    /// The slot waits for this track, but can begin only at a key frame.
    NeedsKeyframe,
}

/// Where a retransmission comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    pub(crate) key: TrackKey,
    pub(crate) source_index: u64,
    pub(crate) index: u64,
    pub(crate) timestamp_offset: u32,
    pub(crate) shift: Shift,
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    key: TrackKey,
    /// First index of the source, and what it became.
    first_in: u64,
    first_out: u64,
    timestamp_offset: u32,
    shift: Shift,
}

pub(crate) struct Slot {
    pub(crate) id: SlotId,
    pub(crate) template: Template,
    pub(crate) rtx_template: Template,
    pub(crate) payload_type: u8,
    pub(crate) rtx_payload_type: u8,
    pub(crate) packets: u32,
    pub(crate) octets: u32,
    pub(crate) rtx_index: u64,
    rate: u32,
    feed: Feed,
    wanted: Option<u32>,
    announced: bool,
    live: bool,
    segments: VecDeque<Segment>,
    index: u64,
    timestamp: u32,
    sent: Option<Instant>,
    picture_id: u16,
    tl0: u8,
}

impl Slot {
    /// `random` gives the first numbers.
    pub(crate) fn new(id: SlotId, random: u64) -> Self {
        let mid = id.to_string();
        let video = id.is_video();
        Self {
            id,
            template: Template::new(id.ssrc(), MID_EXTENSION, &mid),
            rtx_template: Template::new(id.rtx_ssrc(), MID_EXTENSION, &mid),
            payload_type: if video { VP8 } else { OPUS },
            rtx_payload_type: RTX,
            packets: 0,
            octets: 0,
            rtx_index: random >> 50,
            rate: if video { 90_000 } else { 48_000 },
            feed: Feed::Silence,
            wanted: None,
            announced: true,
            live: false,
            segments: VecDeque::with_capacity(SEGMENTS_MAX),
            // The lower half, so that the first packets lost at a wrap cannot confuse the receiver's count.
            index: random & 0x7fff,
            timestamp: (random >> 16) as u32,
            sent: None,
            picture_id: (random >> 32) as u16 & 0x7fff,
            tl0: 0,
        }
    }

    pub(crate) fn feed(&self) -> Feed {
        self.feed
    }

    /// The track it waits for or carries by its newest feed.
    pub(crate) fn wanted(&self) -> Option<u32> {
        self.wanted
    }

    /// The source it carries now.
    pub(crate) fn playing(&self) -> Option<TrackKey> {
        self.segments.back().filter(|_| self.live).map(|segment| segment.key)
    }

    /// Of the newest packet.
    pub(crate) fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// Whether the newest feed has not begun yet.
    pub(crate) fn waits(&self) -> bool {
        self.wanted.is_some() && self.playing().map(|key| key.track) != self.wanted
    }

    /// A new feed. Silence is at once; everything else begins with its first suitable packet.
    pub(crate) fn set_feed(&mut self, feed: Feed, track: Option<u32>) {
        self.feed = feed;
        self.wanted = track;
        self.announced = track.is_none();
        if track.is_none() {
            self.live = false;
        }
    }

    /// The track is gone.
    pub(crate) fn forget(&mut self, track: u32) {
        if self.wanted == Some(track) {
            self.set_feed(Feed::Silence, None);
        }
        if self.playing().is_some_and(|key| key.track == track) {
            self.live = false;
        }
    }

    pub(crate) fn take(&mut self, now: Instant, packet: &Incoming) -> Taken {
        let mut left = None;
        if self.playing() != Some(packet.key) {
            if self.wanted != Some(packet.key.track) {
                return Taken::Ignore;
            }
            if self.id.is_video() && !packet.vp8.is_some_and(|vp8| vp8.key_frame) {
                return Taken::NeedsKeyframe;
            }
            left = self.playing().map(|key| key.track).filter(|track| *track != packet.key.track);
            self.begin(now, packet);
        }
        let Some(segment) = self.segments.back().copied().filter(|segment| packet.index >= segment.first_in)
        else {
            return Taken::Ignore;
        };
        let index = segment.first_out + (packet.index - segment.first_in);
        let timestamp = packet.timestamp.wrapping_add(segment.timestamp_offset);
        if index > self.index || self.sent.is_none() {
            (self.index, self.timestamp) = (index, timestamp);
            if let Some(vp8) = packet.vp8 {
                self.picture_id = vp8.shifted_picture_id(segment.shift.picture).unwrap_or(self.picture_id);
                self.tl0 = vp8.tl0().map_or(self.tl0, |tl0| tl0.wrapping_add(segment.shift.tl0));
            }
        }
        self.sent = Some(now);
        let begins = self.wanted == Some(packet.key.track) && !self.announced;
        self.announced |= begins;
        let announce = begins.then_some(self.feed);
        Taken::Forward(Rewritten { index, timestamp, shift: segment.shift, announce, left })
    }

    fn begin(&mut self, now: Instant, packet: &Incoming) {
        // At least one frame: 20 ms of audio, a 30th of a second of video.
        let least = if self.id.is_video() { 3000 } else { 960 };
        let passed = self.sent.map_or(0.0, |sent| now.saturating_duration_since(sent).as_secs_f64());
        let step = ((passed * f64::from(self.rate)) as u64 as u32).max(least);
        let shift = packet.vp8.map_or_else(Shift::default, |vp8| Shift {
            picture: vp8.picture_id().map_or(0, |id| self.picture_id.wrapping_add(1).wrapping_sub(id)),
            tl0: vp8.tl0().map_or(0, |tl0| self.tl0.wrapping_add(1).wrapping_sub(tl0)),
        });
        if self.segments.len() == SEGMENTS_MAX {
            self.segments.pop_front();
        }
        self.segments.push_back(Segment {
            key: packet.key,
            first_in: packet.index,
            first_out: self.index + 1,
            timestamp_offset: self.timestamp.wrapping_add(step).wrapping_sub(packet.timestamp),
            shift,
        });
        self.live = true;
    }

    /// The packet that was sent under this number.
    pub(crate) fn find(&self, seq_no: u16) -> Option<Found> {
        let distance = seq_no.wrapping_sub(self.index as u16) as i16;
        let index = self.index.checked_add_signed(i64::from(distance))?;
        if index > self.index {
            return None;
        }
        let segment = self.segments.iter().rev().find(|segment| segment.first_out <= index)?;
        Some(Found {
            key: segment.key,
            source_index: segment.first_in + (index - segment.first_out),
            index,
            timestamp_offset: segment.timestamp_offset,
            shift: segment.shift,
        })
    }

    /// What the slot's clock shows when its source's clock shows this; `None` while it carries nothing.
    pub(crate) fn timestamp_of(&self, source_timestamp: u32) -> Option<u32> {
        let segment = self.segments.back().filter(|_| self.live)?;
        Some(source_timestamp.wrapping_add(segment.timestamp_offset))
    }
}

#[cfg(test)]
#[path = "rewrite_tests.rs"]
mod tests;
