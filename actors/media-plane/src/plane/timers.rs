//! What time alone brings about: music, reports, requests for packets and key frames, handshakes, consent.

use std::time::{Duration, Instant};

use super::Plane;
use crate::api::{Event, GoneReason, Uplink};
use crate::layers::Rid;
use crate::rtcp::{Block, estimate, nack, picture_loss, receiver_report, sender_report};
use crate::transport::Standing;

const REPORTS: Duration = Duration::from_secs(1);
/// What a client's senders are told they may use, if they do not estimate it themselves from feedback.
const CAMERA_BITS: u32 = 2_500_000;
const MIDDLE_BITS: u32 = 700_000;
const SMALL_BITS: u32 = 200_000;
const SCREEN_BITS: u32 = 2_500_000;

/// Why a thread wakes up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wake {
    /// A packet of music is due.
    Music,
    /// Held video is due.
    Video,
    /// Loudness is to be told.
    Levels,
    /// Feedback, estimates or a step of a probe.
    Lines,
    /// Layers may have stopped, or be unwanted.
    Layers,
    /// Replicas need key frames, or nobody.
    Relay,
    /// Reports, repair, handshakes or consent of some peer.
    Peers,
}

impl Plane {
    /// When to call [`Self::timeout`] at the latest, and what for.
    pub(crate) fn next_wake(&self, now: Instant) -> (Instant, Wake) {
        let music = self.listeners().then(|| (self.music.deadline(), Wake::Music));
        let video = self.video_deadline(now).map(|at| (at, Wake::Video));
        let levels = self.levels_due.map(|at| (at, Wake::Levels));
        let lines = self.lines_deadline().map(|at| (at, Wake::Lines));
        let layers = self.layers_due.map(|at| (at, Wake::Layers));
        let relay = self.relay_deadline().map(|at| (at, Wake::Relay));
        let peers = (self.due.next().unwrap_or(now + REPORTS), Wake::Peers);
        [music, video, levels, lines, layers, relay]
            .into_iter()
            .flatten()
            .fold(peers, |first, next| if next.0 < first.0 { next } else { first })
    }

    /// Does everything that is due.
    pub(crate) fn timeout(&mut self, now: Instant) {
        if self.listeners() {
            while let Some(count) = self.music.take_due(now) {
                self.play_music(now, count);
            }
        }
        if self.levels_due.is_some_and(|at| at <= now) {
            self.tell_levels();
        }
        self.lines_timeout(now);
        if self.layers_due.is_some_and(|at| at <= now) {
            self.look(now);
        }
        // All of them first: whoever wants to be looked at again has to wait for the next time.
        let mut due = std::mem::take(&mut self.due_now);
        due.extend(std::iter::from_fn(|| self.due.take(now)));
        for at in due.drain(..) {
            self.peer_timeout(now, at);
        }
        self.due_now = due;
        self.relay_timeout(now);
    }

    fn peer_timeout(&mut self, now: Instant, at: u32) {
        let Some(peer) = self.peers.get_mut(at).filter(|peer| !peer.gone) else { return };
        for ufrag in peer.ice.forget_old(now) {
            self.by_ufrag.remove(&ufrag);
        }
        let deadline = peer.ice.deadline(now);
        let ask = peer.ice.wants_sign_of_life(now);
        match peer.ice.standing(now) {
            Standing::Expired => return self.lose(at, GoneReason::ConsentExpired),
            Standing::Silent if !std::mem::replace(&mut peer.silent, true) => {
                let event = Event::Silent(peer.id, true);
                self.events.push_back(event);
            }
            Standing::Silent | Standing::Fine => {}
        }
        let progress = peer.dtls.timeout(now);
        if let Some(to) = ask {
            self.probe(now, at, to);
        }
        self.dtls_progress(now, at, progress);
        self.wake_by(at, deadline.max(now + Duration::from_millis(1)));
        if self.peers.get(at).is_some_and(|peer| peer.reachable().is_some()) {
            self.repair(now, at);
            self.report(now, at);
        }
    }

    /// Asks a publisher for missing packets and for key frames.
    fn repair(&mut self, now: Instant, at: u32) {
        let Some(published) = self.peers.get(at).map(|peer| peer.published) else { return };
        let tracks = self.tracks_of(published);
        let Some(peer) = self.peers.get_mut(at) else { return };
        let (Some(to), Some(outbound)) = (peer.ice.address(), peer.outbound.as_mut()) else { return };
        for number in tracks {
            let Some(track) = self.tracks.get_mut(number) else { continue };
            let mut packets = Vec::new();
            if let Some(source) = track.source.as_mut().filter(|_| track.allowed) {
                let missing = source.reception.nacks(now, peer.round_trip);
                if !missing.is_empty() {
                    packets.push(nack(source.ssrc, &missing));
                }
                if track.keyframes.take_due(now) {
                    packets.push(picture_loss(source.ssrc));
                }
                let next = [source.reception.deadline(), track.keyframes.deadline(now)];
                next.into_iter().flatten().for_each(|by| self.due.ask(at, by));
            }
            let sealed = packets.iter().filter_map(|packet| outbound.seal_rtcp(packet));
            self.control.extend(sealed.map(|packet| (to, packet)));
        }
    }

    /// Once a second: what arrived, how much may be sent, and the clocks of the running slots.
    fn report(&mut self, now: Instant, at: u32) {
        let Some(peer) = self.peers.get_mut(at) else { return };
        let Some(due) = peer.report_at else { return };
        if due > now {
            self.wake_by(at, due);
            return;
        }
        peer.report_at = Some(now + REPORTS);
        let estimates_itself = peer.remote.as_ref().is_some_and(|remote| {
            [&remote.camera, &remote.screen]
                .into_iter()
                .flatten()
                .any(|parameters| parameters.transport_cc_extension.is_some())
        });
        let published = peer.published;
        let (blocks, video, bits) = self.receptions(now, published);
        let mut compound = receiver_report(&blocks);
        if !video.is_empty() && !estimates_itself {
            estimate(&mut compound, bits, &video);
        }
        let ntp = self.wall.ntp(now);
        let Some(peer) = self.peers.get_mut(at) else { return };
        for slot in &peer.slots {
            let track =
                slot.playing().and_then(|key| self.tracks.get(key.track).filter(|track| track.key == key));
            let timestamp = track.and_then(|track| slot.timestamp_of(track.clock.at(now, ntp)?));
            if let Some(timestamp) = timestamp {
                compound.extend(sender_report(slot.id.ssrc(), ntp, timestamp, slot.packets, slot.octets));
            }
        }
        let sealed = peer.outbound.as_mut().and_then(|outbound| outbound.seal_rtcp(&compound));
        if let (Some(to), Some(sealed)) = (peer.ice.address(), sealed) {
            self.control.push((to, sealed));
        }
        self.wake_by(at, now + REPORTS);
    }

    /// Report blocks of a peer's sources, its video sources, and what these may use together.
    fn receptions(&mut self, now: Instant, published: [u32; 3]) -> (Vec<Block>, Vec<u32>, u32) {
        let (mut blocks, mut video, mut bits) = (Vec::new(), Vec::new(), 0);
        for number in self.tracks_of(published) {
            let Some(track) = self.tracks.get_mut(number) else { continue };
            let (is_video, origin) = (track.is_video(), track.origin);
            let Some(source) = &mut track.source else { continue };
            blocks.push(source.reception.block(now, source.ssrc));
            if is_video {
                video.push(source.ssrc);
                bits += match origin.map(|origin| (origin.publication.uplink, origin.rid)) {
                    Some((Uplink::Screen, _)) => SCREEN_BITS,
                    Some((_, Rid::L)) => SMALL_BITS,
                    Some((_, Rid::M)) => MIDDLE_BITS,
                    Some((_, Rid::H)) | None => CAMERA_BITS,
                };
            }
        }
        (blocks, video, bits)
    }
}
