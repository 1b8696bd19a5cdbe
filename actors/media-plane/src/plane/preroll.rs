//! The first syllable: an audio slot that switches to somebody who just began to speak begins with what its track's
//! history has since then. The slot's numbers and timestamps go on as with any switch; only what comes at once is more.

use std::time::Instant;

use super::forward::waiting;
use super::{Lane, Plane};
use crate::api::Event;
use crate::codec::Head;
use crate::rewrite::{Incoming, Taken};
use crate::track::Subscriber;

impl Plane {
    /// The slot waits for this track. Does nothing for video, and for a voice that did not just begin.
    pub(super) fn preroll(&mut self, now: Instant, number: u32, subscriber: Subscriber) {
        let track = self.tracks.get(number).filter(|track| track.allowed);
        let Some((track, earliest)) = track.and_then(|track| Some((track, track.onset.earliest(now)?)))
        else {
            return;
        };
        let Some(peer) = self.peers.get_mut(subscriber.peer) else { return };
        let mut left = None;
        for stored in track.history.since(earliest) {
            let Some(slot) = peer.slots.get_mut(usize::from(subscriber.slot)) else { return };
            let (index, timestamp, report) = (stored.index, stored.timestamp, track.report());
            let packet = Incoming { key: track.key, index, timestamp, head: Head::default(), report };
            let Taken::Forward(rewritten) = slot.take(now, &packet) else { continue };
            slot.packets = slot.packets.wrapping_add(1);
            slot.octets = slot.octets.wrapping_add(stored.payload.len() as u32);
            left = left.or(rewritten.left);
            if let Some(feed) = rewritten.announce {
                self.events.push_back(Event::SlotRunning(peer.id, slot.id, feed));
            }
            let waiting = waiting(&packet, &rewritten, subscriber.slot, stored.payload.len());
            if peer.wait(Lane::Urgent, waiting) {
                self.waiting[Lane::Urgent as usize].push(subscriber.peer);
            }
        }
        if let Some(left) = left {
            self.unsubscribe(left, subscriber);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Got, Hall};
    use crate::api::{SlotId, Uplink};

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
}
