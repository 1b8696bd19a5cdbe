//! What a slot begins with: the first syllable of a voice that just began, and the newest key frame of a picture with what
//! came since, if that is little. The slot's numbers and timestamps go on as with any switch; only what comes at once is
//! more. Nobody waits for a key frame then, and nobody's picture gets one that it does not need.

use std::time::{Duration, Instant};

use super::forward::waiting;
use super::{Lane, Plane};
use crate::api::Event;
use crate::history::Stored;
use crate::rewrite::{Incoming, Taken};
use crate::track::{KeyFrame, Subscriber, Track};

/// An older key frame is asked for anew: what lies between would be played too fast, and its receiver's clock be wrong.
const RECENT: Duration = Duration::from_millis(500);
/// So much of a second may come at once of what a line carries, and at most so many packets: twice a key frame.
const BURST: f64 = 0.4;
const PACKETS_MAX: u64 = 64;

impl Plane {
    /// The slot waits for this track: begins it with what there is. False if that is nothing, or may have come too early.
    pub(super) fn preroll(&mut self, now: Instant, number: u32, subscriber: Subscriber) -> bool {
        let now_us = self.micros(now);
        let Some(track) = self.tracks.get(number).filter(|track| track.allowed) else { return false };
        let Some(peer) = self.peers.get_mut(subscriber.peer) else { return false };
        let Some(slot) = peer.slots.get(usize::from(subscriber.slot)) else { return false };
        let (video, playing) = (track.is_video(), slot.playing().is_some());
        let lane = if video { Lane::Video } else { Lane::Urgent };
        let bps = peer.budget.bps(now_us).unwrap_or(f64::MAX);
        let room = ((bps * BURST / 8.0) as usize).saturating_sub(peer.waiting_bytes(lane));
        let beginning = match video {
            // What is shown now is newer than the key frame would be.
            true if playing => None,
            true => picture(track, now, room),
            false => track.onset.earliest(now).and_then(|earliest| track.history.since(earliest).next()),
        };
        let (mut begun, mut left) = (false, None);
        let Some(first) = beginning.map(|stored| stored.index) else { return false };
        for stored in track.history.from(first) {
            let Some(slot) = peer.slots.get_mut(usize::from(subscriber.slot)) else { break };
            let (index, timestamp, report) = (stored.index, stored.timestamp, track.report());
            let packet = Incoming { key: track.key, index, timestamp, head: stored.head, report };
            let Taken::Forward(rewritten) = slot.take(if video { stored.at } else { now }, &packet) else {
                continue;
            };
            begun = true;
            slot.packets = slot.packets.wrapping_add(1);
            slot.octets = slot.octets.wrapping_add(stored.payload.len() as u32);
            left = left.or(rewritten.left);
            if let Some(feed) = rewritten.announce {
                self.events.push_back(Event::SlotRunning(peer.id, slot.id, feed));
            }
            let waiting = waiting(&packet, &rewritten, subscriber.slot, stored.payload.len());
            if peer.wait(lane, waiting) {
                self.waiting[lane as usize].push(subscriber.peer);
            }
        }
        if let Some(left) = left {
            self.unsubscribe(left, subscriber);
        }
        begun && self.peers.get(subscriber.peer).is_some_and(|peer| peer.ice.has_keys())
    }
}

/// The newest key frame, if it is recent and no more than `room` bytes came since it began.
fn picture(track: &Track, now: Instant, room: usize) -> Option<&Stored> {
    let KeyFrame { index: begins, at, .. } = track.key_frame?;
    let recent = now.saturating_duration_since(at) <= RECENT;
    let few = track.history.newest() - begins < PACKETS_MAX;
    let fits = || track.history.from(begins).map(|stored| stored.payload.len()).sum::<usize>() <= room;
    track.history.get(begins).filter(|_| recent && few && fits())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Got, Hall};
    use crate::api::{SlotId, Uplink};
    use crate::rtcp::receiver_report;

    /// One speaks, the other has been silent and begins; the slot is switched 80 ms after that.
    fn switched(dtx: bool) -> (Vec<Got>, Vec<u8>) {
        let mut hall = Hall::new();
        let (one, two, listener) = (hall.join(1), hall.join(2), hall.join(3));
        for guest in [one, two] {
            hall.allow(guest, Uplink::Microphone);
        }
        hall.feed(listener, SlotId::Audio(0), 1, Uplink::Microphone);
        for frame in 0..40_u16 {
            let timestamp = 960 * u32::from(frame);
            hall.send(one, Some(100), frame, timestamp, &[1, frame as u8]);
            let speaks = frame >= 30;
            if speaks || !dtx {
                let seq_no = if dtx { frame - 30 } else { frame };
                let level = if speaks { 100 } else { 20 };
                hall.send(two, Some(level), 500 + seq_no, 77 + timestamp, &[2, frame as u8]);
            }
            if frame == 33 {
                hall.feed(listener, SlotId::Audio(0), 2, Uplink::Microphone);
            }
            hall.pass(20);
        }
        let got = hall.guests[listener].got.clone();
        let of_two = got.iter().filter(|got| got.payload[0] == 2).map(|got| got.payload[1]).collect();
        (got, of_two)
    }

    #[test]
    fn the_first_syllable_is_heard_and_nothing_jumps() {
        let (got, of_two) = switched(false);
        // Two packets of before the first loud one, for soft beginnings.
        assert_eq!(of_two, (28..40).collect::<Vec<_>>());
        let of_one = got.iter().filter(|got| got.payload[0] == 1).count();
        assert_eq!(of_one, 34, "until the switch");
        for pair in got.windows(2) {
            assert_eq!(pair[1].seq_no, pair[0].seq_no.wrapping_add(1));
            assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(960), "no overlap and no hole");
        }
    }

    #[test]
    fn a_voice_out_of_silence_begins_with_its_first_packet() {
        let (got, of_two) = switched(true);
        assert_eq!(of_two, (30..40).collect::<Vec<_>>());
        assert!(got.windows(2).all(|pair| pair[1].seq_no == pair[0].seq_no.wrapping_add(1)));
    }

    #[test]
    fn whoever_has_been_speaking_is_joined_without_delay() {
        let mut hall = Hall::new();
        let (speaker, listener) = (hall.join(1), hall.join(2));
        hall.allow(speaker, Uplink::Microphone);
        for frame in 0..50_u16 {
            hall.send(speaker, Some(100), frame, 960 * u32::from(frame), &[frame as u8]);
            if frame == 40 {
                hall.feed(listener, SlotId::Audio(1), 1, Uplink::Microphone);
            }
            hall.pass(20);
        }
        let first = hall.guests[listener].got[0].payload[0];
        assert_eq!(first, 41);
    }

    /// A packet of picture `number`, which is a frame of its own.
    fn picture(number: u8, key_frame: bool) -> Vec<u8> {
        vec![0x90, 0xe0, 0x80, number, number, 0x20, u8::from(!key_frame), 0, 0, number]
    }

    /// A camera with a key frame at picture 20, `packets` in each picture; somebody comes after picture `comes`, who has
    /// sent something before, or has not. What they have got by then, at the end, and how many key frames were asked for.
    fn joined(comes: u8, packets: u16, sends: bool) -> (Vec<Got>, Vec<Got>, usize) {
        let mut hall = Hall::new();
        let (camera, watcher) = (hall.join(1), hall.join(2));
        hall.allow(camera, Uplink::Camera);
        if sends {
            hall.send_rtcp(watcher, &receiver_report(&[]));
        }
        let mut at_once = Vec::new();
        for number in 0..60_u8 {
            for packet in 0..packets {
                let key_frame = [0, 20].contains(&number) && packet == 0;
                let seq_no = u16::from(number) * packets + packet;
                hall.send(camera, None, seq_no, 3600 * u32::from(number), &picture(number, key_frame));
            }
            if number == comes {
                hall.feed(watcher, SlotId::Video(0), 1, Uplink::Camera);
                hall.pass(3);
                at_once = hall.guests[watcher].got.clone();
            }
            hall.pass(40);
        }
        let got = hall.guests[watcher].got.clone();
        (at_once, got, hall.guests[camera].feedback(206, 1))
    }

    #[test]
    fn a_newcomer_sees_the_newest_key_frame_at_once_and_nobody_else_gets_one() {
        let (at_once, got, asked) = joined(26, 2, true);
        let numbers: Vec<u8> = at_once.iter().map(|got| got.payload[9]).collect();
        assert_eq!(numbers, (20..=26).flat_map(|number| [number; 2]).collect::<Vec<_>>());
        assert_eq!((got.len(), asked), (2 * 40, 0));
        for pair in got.windows(2) {
            assert_eq!(pair[1].seq_no, pair[0].seq_no.wrapping_add(1));
            let later = u32::from(pair[1].payload[9] - pair[0].payload[9]) * 3600;
            assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(later));
        }
    }

    #[test]
    fn who_may_have_no_keys_yet_gets_a_key_frame_as_well() {
        let (at_once, _, asked) = joined(26, 2, false);
        assert!(at_once.len() == 14 && asked > 0, "{asked}");
    }

    #[test]
    fn what_is_old_or_much_is_asked_for_anew() {
        for (comes, packets) in [(33, 1), (26, 10)] {
            let (at_once, got, asked) = joined(comes, packets, true);
            assert!(at_once.is_empty() && got.is_empty() && asked > 0, "{comes} {packets}");
        }
    }

    #[test]
    fn a_slot_that_shows_somebody_waits_for_something_new() {
        let mut hall = Hall::new();
        let (one, two, watcher) = (hall.join(1), hall.join(2), hall.join(3));
        for camera in [one, two] {
            hall.allow(camera, Uplink::Camera);
        }
        hall.feed(watcher, SlotId::Video(0), 1, Uplink::Camera);
        for number in 0..10_u8 {
            for camera in [one, two] {
                let picture = picture(number, number == 0);
                hall.send(camera, None, number.into(), 3600 * u32::from(number), &picture);
            }
            if number == 4 {
                hall.feed(watcher, SlotId::Video(0), 2, Uplink::Camera);
            }
            hall.pass(40);
        }
        assert_eq!(hall.guests[watcher].got.len(), 10, "the one who was there");
        assert_eq!(hall.guests[two].feedback(206, 1), 1);
    }
}
