//! What receivers and senders say by RTCP: packets to send again, key frames to ask for, clocks, round trips.

use std::time::{Duration, Instant};

use super::peer::Waiting;
use super::{Lane, Plane};
use crate::route::Route;
use crate::rtcp::{Said, nacked, read};

impl Plane {
    pub(super) fn rtcp(&mut self, now: Instant, at: u32, from: Route, packet: &[u8]) -> Option<()> {
        let identity = self.identity.clone();
        let peer = self.peers.get_mut(at).filter(|peer| !peer.gone)?;
        let compound = peer.inbound.as_mut()?.open_rtcp(&identity, packet)?;
        let moved = peer.ice.media_from(now, from);
        if moved {
            self.moved(now, at);
        }
        self.heard(at);
        read(&compound, |said| match said {
            Said::SenderReport { ssrc, ntp, timestamp } => {
                self.sender_reported(now, at, ssrc, ntp, timestamp)
            }
            Said::Reception { ssrc, fraction_lost, last_sr, delay } => {
                self.reported(now, at, ssrc, fraction_lost);
                self.round_trip(now, at, last_sr, delay);
            }
            Said::Arrivals(feedback) => {
                let now_us = self.micros(now);
                if let Some(peer) = self.peers.get_mut(at) {
                    peer.budget.feedback(now_us, &feedback);
                }
            }
            Said::Estimate { bps } => {
                if let Some(peer) = self.peers.get_mut(at) {
                    peer.budget.told(bps);
                }
            }
            Said::KeyframeNeeded { ssrc } => self.keyframe_needed(now, at, ssrc),
            Said::Nack { ssrc, pairs } => self.resend(now, at, ssrc, pairs),
        });
        Some(())
    }

    fn sender_reported(&mut self, now: Instant, at: u32, ssrc: u32, ntp: u64, timestamp: u32) {
        let role = self.peers.get(at).and_then(|peer| peer.sources.get(&ssrc).copied());
        let Some(role) = role.filter(|role| !role.retransmission) else { return };
        let server_ntp = self.wall.ntp(now);
        let Some(track) = self.tracks.get_mut(role.track) else { return };
        if let Some(source) = track.source.as_mut().filter(|source| source.ssrc == ssrc) {
            source.reception.sender_reported(now, ntp);
            track.clock.reported(server_ntp, ntp, timestamp);
            self.relay_clock(role.track, server_ntp, ntp, timestamp);
        }
    }

    /// What a report says of a picture's slot; audio is too little to judge a line by.
    fn reported(&mut self, now: Instant, at: u32, ssrc: u32, fraction_lost: u8) {
        let now_us = self.micros(now);
        let Some(peer) = self.peers.get_mut(at) else { return };
        if peer.slots.iter().any(|slot| slot.id.is_video() && slot.id.ssrc() == ssrc) {
            peer.budget.reported(now_us, fraction_lost);
        }
    }

    /// RFC 3550 §6.4.1: now minus the report's time minus how long the receiver waited.
    fn round_trip(&mut self, now: Instant, at: u32, last_sr: u32, delay: u32) {
        if last_sr == 0 {
            return;
        }
        let middle = (self.wall.ntp(now) >> 16) as u32;
        let ticks = middle.wrapping_sub(last_sr).wrapping_sub(delay);
        if let Some(peer) = self.peers.get_mut(at) {
            peer.measured(Duration::from_secs_f64(f64::from(ticks) / 65_536.0));
        }
    }

    fn keyframe_needed(&mut self, now: Instant, at: u32, ssrc: u32) {
        let slots = self.peers.get(at).map_or(&[][..], |peer| &peer.slots);
        let slot = slots.iter().find(|slot| slot.id.is_video() && slot.id.ssrc() == ssrc);
        if let Some(track) = slot.and_then(|slot| slot.playing()).map(|key| key.track) {
            self.ask_keyframe(now, track);
        }
    }

    fn resend(&mut self, now: Instant, at: u32, ssrc: u32, pairs: &[u8]) {
        let Some(peer) = self.peers.get_mut(at) else { return };
        let Some(number) = peer.slots.iter().position(|slot| slot.id.ssrc() == ssrc) else { return };
        if !peer.slots[number].id.is_video() {
            return self.repeat(now, at, number, pairs);
        }
        let now_us = now.saturating_duration_since(self.wall.at).as_micros() as i64;
        for seq_no in nacked(pairs) {
            let Some(found) = peer.slots[number].find(seq_no) else { continue };
            let track = self.tracks.get(found.key.track).filter(|track| track.key == found.key);
            let format = track.and_then(|track| peer.slots[number].format(track.codec));
            if format.is_none_or(|format| format.rtx.is_none()) {
                continue;
            }
            let stored = track.and_then(|track| track.history.get_again(now, found.source_index));
            let Some(stored) = stored.filter(|stored| {
                peer.may_resend(now) && peer.budget.may_repair(now_us, stored.payload.len())
            }) else {
                continue;
            };
            let slot = &mut peer.slots[number];
            let resend = slot.rtx_index;
            slot.rtx_index += 1;
            let packet = Waiting {
                key: found.key,
                source_index: found.source_index,
                index: found.index,
                timestamp: stored.timestamp.wrapping_add(found.timestamp_offset),
                picture_by: found.shift.picture,
                tl0_by: found.shift.tl0,
                slot: number as u16,
                payload: stored.payload.len() as u16,
                resend: Some(resend),
            };
            if peer.wait(Lane::Urgent, packet) {
                self.waiting[Lane::Urgent as usize].push(at);
            }
        }
    }

    /// Sends packets of a voice once more.
    fn repeat(&mut self, now: Instant, at: u32, number: usize, pairs: &[u8]) {
        let now_us = self.micros(now);
        let Some(peer) = self.peers.get_mut(at) else { return };
        let Some(to) = peer.reachable() else { return };
        for seq_no in nacked(pairs) {
            let sealed = peer.slots[number].sealed.get_or_insert_default();
            let Some(again) = sealed.again(seq_no).map(<[u8]>::to_vec) else { continue };
            if peer.may_resend(now) && peer.budget.may_repair(now_us, again.len()) {
                self.control.push((to, again));
                self.counted.retransmitted += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Batch;
    use super::super::testing::Hall;
    use crate::api::{SlotId, Uplink};
    use crate::rtcp::nack;

    /// One speaks, one listens.
    fn call() -> Hall {
        let mut hall = Hall::new();
        let (speaker, listener) = (hall.join(1), hall.join(2));
        hall.allow(speaker, Uplink::Microphone);
        hall.feed(listener, SlotId::Audio(0), 1, Uplink::Microphone);
        hall
    }

    fn speak(hall: &mut Hall, number: u16) {
        hall.send(0, Some(100), number, 960 * u32::from(number), &[number as u8; 60]);
    }

    /// Datagrams of voices that leave in the next 20 ms.
    fn leaving(hall: &mut Hall) -> Vec<Vec<u8>> {
        let mut batch = Batch::default();
        hall.now += Duration::from_millis(20);
        hall.plane.timeout(hall.now);
        hall.plane.fill(hall.now, &mut batch);
        let sent = batch.messages.iter();
        let datagrams = sent.flat_map(|message| {
            batch.bytes[message.start..message.start + message.len]
                .chunks(message.segment)
                .map(<[u8]>::to_vec)
        });
        datagrams.filter(|datagram| datagram[1] & 0x7f == 111).collect()
    }

    fn missed(hall: &mut Hall, datagram: &[u8]) {
        let seq_no = u16::from_be_bytes([datagram[2], datagram[3]]);
        hall.send_rtcp(1, &nack(SlotId::Audio(0).ssrc(), &[seq_no]));
    }

    #[test]
    fn a_lost_packet_of_a_voice_comes_again_to_the_byte() {
        let mut hall = call();
        let mut sent = Vec::new();
        for number in 0..10 {
            speak(&mut hall, number);
            sent.extend(leaving(&mut hall));
            if number == 3 {
                missed(&mut hall, &sent[2].clone());
                assert!(leaving(&mut hall).is_empty(), "nothing was kept before the first loss");
            }
        }
        assert_eq!(sent.len(), 10);
        for _ in 0..2 {
            missed(&mut hall, &sent[6].clone());
            assert_eq!(leaving(&mut hall), [sent[6].clone()]);
        }
        missed(&mut hall, &sent[6].clone());
        assert!(leaving(&mut hall).is_empty(), "it does not get there");
        assert_eq!(hall.plane.take_statistics().retransmitted, 2);
    }

    #[test]
    fn a_microphone_is_asked_for_what_is_missing_and_it_is_heard_in_its_place() {
        let mut hall = call();
        for number in (0..10).filter(|number| *number != 5) {
            speak(&mut hall, number);
            hall.pass(20);
        }
        assert!(hall.guests[0].feedback(205, 1) > 0, "asked for");
        speak(&mut hall, 5);
        hall.pass(20);
        let mut heard: Vec<(u16, u8)> =
            hall.guests[1].got.iter().map(|got| (got.seq_no, got.payload[0])).collect();
        assert_eq!(heard.last().map(|(_, payload)| *payload), Some(5));
        heard.sort_unstable();
        assert_eq!(
            heard.iter().map(|(_, payload)| *payload).collect::<Vec<_>>(),
            (0..10).collect::<Vec<_>>()
        );
        assert!(heard.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1));
        // What is too old to be played is not asked for any more.
        let asked = hall.guests[0].feedback(205, 1);
        speak(&mut hall, 12);
        hall.pass(2000);
        let times = hall.guests[0].feedback(205, 1) - asked;
        assert!((2..=12).contains(&times), "{times}");
    }
}
