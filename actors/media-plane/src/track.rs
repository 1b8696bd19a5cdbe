//! A track: the media of one layer of a publication, or a piece of music, and the slots that carry it.

use std::time::{Duration, Instant};

use crate::api::Publication;
use crate::codec::Codec;
use crate::history::History;
use crate::keyframe::KeyframeRequests;
use crate::layers::Rid;
use crate::meter::Meter;
use crate::onset::Onset;
use crate::plane::RelayStream;
use crate::reception::Reception;
use crate::rewrite::{Report, TrackKey};

/// Two seconds of 2.5 Mbit/s.
const VIDEO_PACKETS: usize = 512;
/// Audio is not repaired: what a single wake-up forwards is kept, and the beginning of a voice.
const AUDIO_PACKETS: usize = 64;

/// A slot that carries or waits for a track.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Subscriber {
    pub(crate) peer: u32,
    pub(crate) slot: u16,
}

/// The SSRC that a track comes from now.
pub(crate) struct Source {
    pub(crate) ssrc: u32,
    pub(crate) reception: Reception,
}

/// Nothing for so long: a layer that its publisher has stopped. Longer than two frames of the slowest camera.
const STOPPED: Duration = Duration::from_millis(600);

/// Which layer of which publication a track is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Origin {
    pub(crate) publication: Publication,
    /// Number of the publication in the thread.
    pub(crate) published: u32,
    pub(crate) rid: Rid,
}

/// Where a key frame begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct KeyFrame {
    pub(crate) index: u64,
    /// Of its picture.
    timestamp: u32,
    /// When it came.
    pub(crate) at: Instant,
}

pub(crate) struct Track {
    /// `None` for music.
    pub(crate) origin: Option<Origin>,
    pub(crate) codec: Codec,
    pub(crate) key: TrackKey,
    pub(crate) allowed: bool,
    pub(crate) source: Option<Source>,
    pub(crate) subscribers: Vec<Subscriber>,
    pub(crate) history: History,
    pub(crate) keyframes: KeyframeRequests,
    /// The first packet of the newest key frame.
    pub(crate) key_frame: Option<KeyFrame>,
    pub(crate) clock: SourceClock,
    pub(crate) meter: Meter,
    /// Pixels, of the last key frame that told.
    pub(crate) size: Option<(u16, u16)>,
    /// It is being sent, as far as has been noticed.
    pub(crate) live: bool,
    pub(crate) onset: Onset,
    /// One for each thread that it goes to.
    pub(crate) relay: Vec<RelayStream>,
}

impl Track {
    pub(crate) fn new(origin: Option<Origin>, codec: Codec, key: TrackKey) -> Self {
        let video = codec.is_video();
        Self {
            origin,
            codec,
            key,
            allowed: origin.is_none(),
            source: None,
            subscribers: Vec::new(),
            history: History::new(if video { VIDEO_PACKETS } else { AUDIO_PACKETS }),
            keyframes: KeyframeRequests::default(),
            key_frame: None,
            clock: SourceClock::new(if video { 90_000 } else { 48_000 }),
            meter: Meter::default(),
            size: None,
            live: false,
            onset: Onset::default(),
            relay: Vec::new(),
        }
    }

    /// Notices that nothing has come for a while; true when that is news.
    pub(crate) fn stopped(&mut self, now: Instant) -> bool {
        self.live && !self.clock.runs(now, STOPPED) && std::mem::replace(&mut self.live, false)
    }

    /// What its publisher said last of its clock.
    pub(crate) fn report(&self) -> Option<Report> {
        let publication = self.origin?.publication;
        self.clock.report.map(|(ntp, timestamp)| Report { publication, ntp, timestamp })
    }

    pub(crate) fn is_video(&self) -> bool {
        self.codec.is_video()
    }

    /// A packet that a decoder may begin with. Several of one picture can be such (H.264's parameter sets and its first
    /// slice): the first has all that the others need.
    pub(crate) fn key_frame_begins(&mut self, now: Instant, index: u64, timestamp: u32) {
        match &mut self.key_frame {
            Some(known) if known.timestamp == timestamp => known.index = known.index.min(index),
            Some(known) if known.index > index => {}
            known => *known = Some(KeyFrame { index, timestamp, at: now }),
        }
    }

    /// Another source, or the same one after an interruption: nothing of before is forwarded or sent again.
    pub(crate) fn begin(&mut self, epoch: u64) {
        self.key.epoch = epoch;
        self.key_frame = None;
        self.history.clear();
    }

    pub(crate) fn subscribe(&mut self, subscriber: Subscriber) {
        if !self.subscribers.contains(&subscriber) {
            self.subscribers.push(subscriber);
        }
    }

    pub(crate) fn unsubscribe(&mut self, subscriber: Subscriber) {
        self.subscribers.retain(|known| *known != subscriber);
    }
}

/// What a source's media clock shows at a moment of the server's clock.
///
/// Reports to the receivers are in the server's time (MEDIA.md §2): the publisher's own sender reports tell how its
/// clock runs, the smallest difference seen between the two clocks is taken for the difference.
pub(crate) struct SourceClock {
    rate: u32,
    /// NTP and media time of the last report.
    report: Option<(u64, u32)>,
    /// Server's NTP minus the publisher's.
    difference: Option<i64>,
    last: Option<(u32, Instant)>,
}

impl SourceClock {
    fn new(rate: u32) -> Self {
        Self { rate, report: None, difference: None, last: None }
    }

    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.rate);
    }

    fn runs(&self, now: Instant, patience: Duration) -> bool {
        self.last.is_some_and(|(_, seen)| now.saturating_duration_since(seen) < patience)
    }

    pub(crate) fn packet(&mut self, now: Instant, timestamp: u32) {
        self.last = Some((timestamp, now));
    }

    pub(crate) fn reported(&mut self, server_ntp: u64, ntp: u64, timestamp: u32) {
        let difference = server_ntp.wrapping_sub(ntp) as i64;
        self.difference = Some(self.difference.map_or(difference, |known| known.min(difference)));
        self.report = Some((ntp, timestamp));
    }

    /// `None` while nothing came, or nothing for a while.
    pub(crate) fn at(&self, now: Instant, server_ntp: u64) -> Option<u32> {
        let (timestamp, seen) = self.last?;
        let since = now.saturating_duration_since(seen);
        if since > Duration::from_secs(5) {
            return None;
        }
        if let (Some((ntp, timestamp)), Some(difference)) = (self.report, self.difference) {
            let passed = server_ntp.wrapping_sub(difference as u64).wrapping_sub(ntp) as i64;
            let ticks = (i128::from(passed) * i128::from(self.rate)) >> 32;
            return Some(timestamp.wrapping_add(ticks as u32));
        }
        Some(timestamp.wrapping_add((since.as_secs_f64() * f64::from(self.rate)) as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn the_clock_follows_reports_and_else_packets() {
        let start = Instant::now();
        let second = 1_u64 << 32;
        let mut clock = SourceClock::new(90_000);
        assert_eq!(clock.at(start, 0), None);
        clock.packet(start, 1000);
        assert_eq!(clock.at(start + Duration::from_millis(100), 0), Some(10_000));
        // The report took 0.5 s, a later one 0.25 s: the clocks differ by 100.25 s.
        clock.reported(1000 * second + second / 2, 900 * second, 90_000);
        clock.reported(1001 * second + second / 4, 901 * second, 180_000);
        assert_eq!(clock.at(start, 1002 * second + second / 4), Some(270_000));
        assert_eq!(clock.at(start, 1001 * second), Some(180_000 - 22_500));
        assert_eq!(clock.at(start + Duration::from_secs(6), 0), None);
        clock.reset();
        assert_eq!(clock.at(start, 0), None);
    }
}
