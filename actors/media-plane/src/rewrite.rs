//! A slot: one receiving m-line with an SSRC and numbers of its own, whatever track it carries, in whatever codec.
//!
//! Pure. Whatever begins - another publication, another layer, the same source after an interruption - nothing jumps:
//! sequence numbers and picture ids go on by one (see `segments`), timestamps by the time that passed (MEDIA.md §2),
//! which between layers of one publication is told by their publisher's clock. The old picture plays on until the
//! key frame of the new one is there.

use std::time::Instant;

use crate::api::{Feed, Publication, SlotId};
use crate::codec::{Codec, Format, Formats, Head};
use crate::description::SlotParameters;
use crate::rtp::Template;
use crate::sealed::SealedPackets;
use crate::segments::Segments;
use crate::thinning::{Thinning, Verdict};

/// How far two layers' pictures of the same moment may be apart, seconds; more is a clock that cannot be believed.
const APART_MAX: i64 = 2;

/// A track and which of its sources: the epoch changes when another SSRC begins, or forwarding was interrupted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TrackKey {
    pub(crate) track: u32,
    pub(crate) epoch: u64,
}

/// What a publisher said of a track's clock: at this NTP time it showed this.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Report {
    pub(crate) publication: Publication,
    pub(crate) ntp: u64,
    pub(crate) timestamp: u32,
}

/// What a slot needs to know of a packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming {
    pub(crate) key: TrackKey,
    pub(crate) index: u64,
    pub(crate) timestamp: u32,
    pub(crate) head: Head,
    /// The last one of its track.
    pub(crate) report: Option<Report>,
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

pub(crate) struct Slot {
    pub(crate) id: SlotId,
    pub(crate) template: Template,
    pub(crate) rtx_template: Template,
    formats: Formats,
    pub(crate) packets: u32,
    pub(crate) octets: u32,
    pub(crate) rtx_index: u64,
    /// Of a voice, once its receiver missed something.
    pub(crate) sealed: Option<Box<SealedPackets>>,
    rate: u32,
    feed: Feed,
    wanted: Option<u32>,
    announced: bool,
    live: bool,
    segments: Segments,
    thinning: Thinning,
    timestamp: u32,
    report: Option<Report>,
    sent: Option<Instant>,
    picture_id: u16,
    tl0: u8,
}

impl Slot {
    /// `random` gives the first numbers.
    pub(crate) fn new(id: SlotId, random: u64) -> Self {
        let parameters = SlotParameters::new(id);
        let video = id.is_video();
        Self {
            id,
            template: Template::new(id.ssrc(), &parameters),
            rtx_template: Template::new(id.rtx_ssrc(), &parameters),
            formats: parameters.formats,
            packets: 0,
            octets: 0,
            rtx_index: random >> 50,
            sealed: None,
            rate: if video { 90_000 } else { 48_000 },
            feed: Feed::Silence,
            wanted: None,
            announced: true,
            live: false,
            // The lower half, so that the first packets lost at a wrap cannot confuse the receiver's count.
            segments: Segments::new(random & 0x7fff),
            thinning: Thinning::new(),
            timestamp: (random >> 16) as u32,
            report: None,
            sent: None,
            picture_id: (random >> 32) as u16 & 0x7fff,
            tl0: 0,
        }
    }

    /// The receiver wants it with other payload types and header extensions. Its numbers go on.
    pub(crate) fn shape(&mut self, parameters: &SlotParameters) {
        self.template = Template::new(self.id.ssrc(), parameters);
        self.rtx_template = Template::new(self.id.rtx_ssrc(), parameters);
        self.formats = parameters.formats;
    }

    pub(crate) fn formats(&self) -> Formats {
        self.formats
    }

    /// The receiver takes these.
    pub(crate) fn take_formats(&mut self, formats: Formats) {
        self.formats = formats;
    }

    /// How the receiver takes a codec here; `None` if it cannot.
    pub(crate) fn format(&self, codec: Codec) -> Option<Format> {
        self.formats.of(codec)
    }

    /// A payload type for what is nothing but padding.
    pub(crate) fn padding_type(&self) -> Option<u8> {
        self.formats.rtx()
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
        self.segments.last().filter(|_| self.live).map(|segment| segment.key)
    }

    /// Of the newest packet.
    pub(crate) fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// Whether the track that it is to carry has not begun yet.
    pub(crate) fn waits(&self) -> bool {
        self.wanted.is_some() && self.playing().map(|key| key.track) != self.wanted
    }

    /// A new feed. Silence is at once; everything else begins with the first suitable packet of the track that
    /// [`Self::aim`] names.
    pub(crate) fn set_feed(&mut self, feed: Feed) {
        self.feed = feed;
        self.wanted = None;
        self.announced = feed == Feed::Silence;
        if feed == Feed::Silence {
            self.live = false;
        }
    }

    /// The track that carries the feed now: another layer of it, for example.
    pub(crate) fn aim(&mut self, track: Option<u32>) {
        self.wanted = track;
    }

    /// Nothing is sent until [`Self::aim`] says what.
    pub(crate) fn pause(&mut self) {
        self.wanted = None;
        self.live = false;
    }

    /// Its feed, if that has not been announced yet: nothing of it will be sent.
    pub(crate) fn announce(&mut self) -> Option<Feed> {
        (!std::mem::replace(&mut self.announced, true)).then_some(self.feed)
    }

    /// The highest temporal layer to send.
    pub(crate) fn thin(&mut self, highest: u8) {
        self.thinning.want(highest);
    }

    /// The track is gone.
    pub(crate) fn forget(&mut self, track: u32) {
        if self.wanted == Some(track) {
            self.wanted = None;
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
            if self.id.is_video() && !packet.head.key_frame {
                return Taken::NeedsKeyframe;
            }
            left = self.playing().map(|key| key.track).filter(|track| *track != packet.key.track);
            self.begin(now, packet);
        } else if let Some(vp8) = packet.head.vp8.filter(|_| self.segments.is_ahead(packet.index))
            && let Verdict::HeldBack { begins } = self.thinning.judge(&vp8, packet.timestamp)
        {
            self.segments.hold_back(packet.index, begins);
            return Taken::Ignore;
        }
        let highest = self.segments.index();
        let Some((index, segment)) = self.segments.number(packet.key, packet.index) else {
            return Taken::Ignore;
        };
        let timestamp = packet.timestamp.wrapping_add(segment.timestamp_offset);
        if index > highest {
            self.timestamp = timestamp;
            self.report = packet.report;
            if let Some(vp8) = packet.head.vp8 {
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
        let shift = packet.head.vp8.map_or_else(Shift::default, |vp8| Shift {
            picture: vp8.picture_id().map_or(0, |id| self.picture_id.wrapping_add(1).wrapping_sub(id)),
            tl0: vp8.tl0().map_or(0, |tl0| self.tl0.wrapping_add(1).wrapping_sub(tl0)),
        });
        let timestamp = self.timestamp.wrapping_add(self.step(now, packet));
        let offset = timestamp.wrapping_sub(packet.timestamp);
        self.segments.begin(packet.key, packet.index, offset, shift);
        self.thinning.begin();
        if let Some(vp8) = packet.head.vp8 {
            self.thinning.judge(&vp8, packet.timestamp);
        }
        self.live = true;
    }

    /// How far the slot's clock goes on to the first packet of another source.
    fn step(&self, now: Instant, packet: &Incoming) -> u32 {
        // At least one frame: 20 ms of audio, a 30th of a second of video.
        let least = if self.id.is_video() { 3000 } else { 960 };
        let passed = self.sent.map_or(0.0, |sent| now.saturating_duration_since(sent).as_secs_f64());
        let passed = (passed * f64::from(self.rate)) as u64 as u32;
        let apart = self.apart(packet).filter(|apart| {
            let limit = APART_MAX * i64::from(self.rate);
            (-limit..=limit + i64::from(passed)).contains(apart)
        });
        match apart {
            // Both layers' picture of one moment may be sent: these are two pictures all the same.
            Some(apart) => apart.max(1) as u32,
            None => passed.max(least),
        }
    }

    /// How much later than the newest picture in the slot this one was taken, by their publisher's clock; `None` when
    /// they are not of one publication, or it has not told.
    fn apart(&self, packet: &Incoming) -> Option<i64> {
        let (old, new) = (self.report?, packet.report?);
        let segment = self.segments.last().filter(|_| old.publication == new.publication)?;
        let since = |ntp: u64, timestamp: u32, report: Report| {
            let ticks = (i128::from(ntp.wrapping_sub(report.ntp) as i64) * i128::from(self.rate)) >> 32;
            ticks as i64 - i64::from(timestamp.wrapping_sub(report.timestamp) as i32)
        };
        let newest = self.timestamp.wrapping_sub(segment.timestamp_offset);
        // Both pictures' distance from the moment of the newer report.
        Some(since(new.ntp, newest, old) - since(new.ntp, packet.timestamp, new))
    }

    /// The packet that was sent under this number.
    pub(crate) fn find(&self, seq_no: u16) -> Option<Found> {
        let (source_index, index, segment) = self.segments.find(seq_no)?;
        Some(Found {
            key: segment.key,
            source_index,
            index,
            timestamp_offset: segment.timestamp_offset,
            shift: segment.shift,
        })
    }

    /// What the slot's clock shows when its source's clock shows this; `None` while it carries nothing.
    pub(crate) fn timestamp_of(&self, source_timestamp: u32) -> Option<u32> {
        let segment = self.segments.last().filter(|_| self.live)?;
        Some(source_timestamp.wrapping_add(segment.timestamp_offset))
    }
}

#[cfg(test)]
#[path = "rewrite_tests.rs"]
mod tests;
