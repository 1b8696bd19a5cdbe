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
        let slot = peer.slots.iter().position(|slot| slot.id.is_video() && slot.id.ssrc() == ssrc);
        let Some(number) = slot else { return };
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
}
