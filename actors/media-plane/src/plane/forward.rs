//! Media: opened once, kept once, renumbered for every slot that carries it.

use std::time::{Duration, Instant};

use super::lines::TICK;
use super::peer::Waiting;
use super::{Lane, Plane};
use crate::api::{Event, Uplink};
use crate::codec::Head;
use crate::description::UplinkParameters;
use crate::music::SAMPLES;
use crate::reception::{Arrival, Reception};
use crate::rewrite::{Incoming, Rewritten, Taken};
use crate::route::Route;
use crate::rtp::Header;
use crate::track::Source;

/// Payloads beyond this would not fit a packet again with our own header.
const PAYLOAD_MAX: usize = 1400;
/// The level of a client that tells none (WHIP encoders): a quiet voice, so that it is heard until others need the place.
const UNTOLD: u8 = 127 - 40;
/// Opus' packets of silence (DTX) are not larger.
const SILENT_MAX: usize = 8;
/// How often levels are told while somebody is heard: each packet's, for a voice has to be on stage within 150 ms.
const LEVELS: Duration = Duration::from_millis(20);

/// The parts of a media packet that are kept.
#[derive(Clone, Copy)]
pub(super) struct Media<'a> {
    pub(super) index: u64,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) head: Head,
    pub(super) payload: &'a [u8],
}

impl Plane {
    pub(super) fn rtp(&mut self, now: Instant, at: u32, from: Route, packet: &mut [u8]) -> Option<()> {
        let header = Header::parse(packet)?;
        let peer = self.peers.get_mut(at).filter(|peer| !peer.gone)?;
        let (length, index) = peer.inbound.as_mut()?.open(&self.identity, packet, &header)?;
        let packet = &packet[..length];
        let moved = peer.ice.media_from(now, from);
        let role = self.role(at, &header, packet)?;
        let peer = self.peers.get_mut(at)?;
        let parameters = peer.remote.as_ref()?.uplink(role.uplink)?;
        if let Some(id) = parameters.transport_cc_extension
            && let Some(seq_no) = header.extension(packet, id).and_then(|value| value.first_chunk())
        {
            let now_us = now.saturating_duration_since(self.wall.at).as_micros() as i64;
            peer.arrivals.arrived(now_us, u16::from_be_bytes(*seq_no));
            self.lines_due.get_or_insert(now + TICK);
        }
        let payload = header.payload(packet).filter(|payload| payload.len() <= PAYLOAD_MAX)?;
        let told = level(parameters, &header, packet);
        let untold = role.uplink == Uplink::Microphone && parameters.level_extension.is_none();
        let level = told.or_else(|| (untold && payload.len() > SILENT_MAX).then_some(UNTOLD));
        let expected =
            if role.retransmission { parameters.format.rtx } else { Some(parameters.format.payload_type) };
        let (head, nack) = (parameters.codec.head(payload), parameters.nack);
        let track = role.track;
        if moved {
            self.moved(now, at);
        }
        self.heard(at);
        if expected != Some(header.payload_type) {
            return None;
        }
        if role.retransmission {
            return self.repaired(now, track, &header, payload);
        }
        if let Some(level) = level {
            self.level(now, at, track, level);
        }
        let media = Media { index, timestamp: header.timestamp, marker: header.marker, head, payload };
        self.arrived(now, (at, track), (header.ssrc, nack), media);
        Some(())
    }

    /// A packet of a track's own source, from the peer `at`; `repairs` says whether it sends lost ones again.
    fn arrived(
        &mut self,
        now: Instant,
        (at, number): (u32, u32),
        (ssrc, repairs): (u32, bool),
        media: Media<'_>,
    ) {
        let epoch = self.epochs + 1;
        let Some(track) = self.tracks.get_mut(number) else { return };
        let rate = if track.is_video() { 90_000 } else { 48_000 };
        if track.source.as_ref().is_none_or(|source| source.ssrc != ssrc) {
            track.source = Some(Source { ssrc, reception: Reception::new(now, media.index, rate, repairs) });
            track.begin(epoch);
            track.clock.reset();
            self.epochs = epoch;
        }
        track.clock.packet(now, media.timestamp);
        track.meter.add(now, media.head.temporal(), media.payload.len());
        let size = media.head.size(media.payload).or(track.size);
        let news = !track.live || size != track.size;
        (track.live, track.size) = (true, size);
        let Some(source) = &mut track.source else { return };
        let arrival = source.reception.arrived(now, media.index, media.timestamp);
        let (origin, allowed) = (track.origin, track.allowed);
        if !allowed {
            source.reception.ask_for_nothing();
        } else if let Some(due) = source.reception.deadline() {
            self.due.ask(at, due);
        }
        if let Some(origin) = origin.filter(|_| news) {
            // Before it is forwarded: its first packet may be the key frame that slots wait for.
            self.layer_changed(now, origin.published);
        }
        if !allowed {
            return;
        }
        match arrival {
            Arrival::Repeated => return,
            Arrival::New => {}
            Arrival::NewAfterLargeHole => self.ask_keyframe(now, number),
        }
        self.forward(now, number, media);
    }

    /// A retransmission (RFC 4588): the original sequence number, then the original payload.
    fn repaired(&mut self, now: Instant, number: u32, header: &Header, payload: &[u8]) -> Option<()> {
        // Probes for bandwidth may be empty.
        let Some((original, payload)) = payload.split_first_chunk::<2>() else { return Some(()) };
        let track = self.tracks.get_mut(number).filter(|track| track.allowed)?;
        let source = track.source.as_mut()?;
        if let Some(index) = source.reception.repaired(now, u16::from_be_bytes(*original)) {
            let head = track.codec.head(payload);
            let media = Media { index, timestamp: header.timestamp, marker: header.marker, head, payload };
            self.forward(now, number, media);
        }
        Some(())
    }

    /// A packet of a piece of music for all who hear it.
    pub(super) fn play_music(&mut self, now: Instant, count: u64) {
        for piece in 0..self.pieces.len() {
            let piece = &self.pieces[piece];
            let heard = self.tracks.get(piece.track).is_some_and(|track| !track.subscribers.is_empty());
            if !heard || piece.packets.is_empty() {
                continue;
            }
            let packet = piece.packets[(count % piece.packets.len() as u64) as usize].clone();
            let timestamp = (count as u32).wrapping_mul(SAMPLES);
            let number = piece.track;
            if let Some(track) = self.tracks.get_mut(number) {
                track.clock.packet(now, timestamp);
            }
            let media =
                Media { index: count, timestamp, marker: false, head: Head::default(), payload: &packet };
            self.forward(now, number, media);
        }
    }

    pub(super) fn forward(&mut self, now: Instant, number: u32, media: Media<'_>) {
        let Some(track) = self.tracks.get_mut(number) else { return };
        let video = track.is_video();
        let at = (media.timestamp, media.marker);
        if !track.history.store(now, media.index, at, media.head, media.payload) {
            return;
        }
        if media.head.key_frame {
            track.keyframes.arrived();
            track.key_frame_begins(now, media.index, media.timestamp);
        }
        let needed_elsewhere = self.relay_packet(number, &media);
        let Some(track) = self.tracks.get_mut(number) else { return };
        let (index, timestamp, report) = (media.index, media.timestamp, track.report());
        let packet = Incoming { key: track.key, index, timestamp, head: media.head, report };
        // Taken out for the loop and put back: the loop needs all of `self`, and allocates nothing this way.
        let subscribers = std::mem::take(&mut track.subscribers);
        let lane = if video { Lane::Video } else { Lane::Urgent };
        if video {
            let since = self.picture_open.filter(|_| !self.waiting[lane as usize].is_empty());
            self.picture_open = (!media.marker).then(|| since.unwrap_or(now));
        }
        let mut needs_keyframe = needed_elsewhere;
        for &subscriber in &subscribers {
            let Some(peer) = self.peers.get_mut(subscriber.peer).filter(|peer| peer.reachable().is_some())
            else {
                continue;
            };
            let Some(slot) = peer.slots.get_mut(usize::from(subscriber.slot)) else { continue };
            match slot.take(now, &packet) {
                Taken::Ignore => {}
                Taken::NeedsKeyframe => needs_keyframe = true,
                Taken::Forward(rewritten) => {
                    let waiting = waiting(&packet, &rewritten, subscriber.slot, media.payload.len());
                    slot.packets = slot.packets.wrapping_add(1);
                    slot.octets = slot.octets.wrapping_add(media.payload.len() as u32);
                    let slot = slot.id;
                    if peer.wait(lane, waiting) {
                        self.waiting[lane as usize].push(subscriber.peer);
                    }
                    if let Some(feed) = rewritten.announce {
                        let event = Event::SlotRunning(peer.id, slot, feed);
                        self.events.push_back(event);
                    }
                    if let Some(left) = rewritten.left {
                        self.unsubscribe(left, subscriber);
                    }
                }
            }
        }
        if let Some(track) = self.tracks.get_mut(number) {
            track.subscribers = subscribers;
        }
        if needs_keyframe {
            self.ask_keyframe(now, number);
        }
    }

    fn level(&mut self, now: Instant, at: u32, track: u32, level: u8) {
        let Some(track) = self.tracks.get_mut(track).filter(|track| track.allowed && level > 0) else {
            return;
        };
        track.onset.packet(now, level);
        if let Some(peer) = self.peers.get_mut(at) {
            peer.level = peer.level.max(level);
            self.levels_due.get_or_insert(now + LEVELS);
        }
    }

    /// Loudness since the last report.
    pub(super) fn tell_levels(&mut self) {
        self.levels_due = None;
        let mut levels = Vec::new();
        for number in self.peers.numbers() {
            if let Some(peer) = self.peers.get_mut(number).filter(|peer| peer.level > 0) {
                levels.push((peer.id, std::mem::take(&mut peer.level)));
            }
        }
        if !levels.is_empty() {
            self.events.push_back(Event::Levels(levels));
        }
    }
}

pub(super) fn waiting(packet: &Incoming, rewritten: &Rewritten, slot: u16, payload: usize) -> Waiting {
    Waiting {
        key: packet.key,
        source_index: packet.index,
        index: rewritten.index,
        timestamp: rewritten.timestamp,
        picture_by: rewritten.shift.picture,
        tl0_by: rewritten.shift.tl0,
        slot,
        payload: payload as u16,
        resend: None,
    }
}

/// 127 minus the level of RFC 6464.
fn level(parameters: &UplinkParameters, header: &Header, packet: &[u8]) -> Option<u8> {
    let value = header.extension(packet, parameters.level_extension?)?.first()?;
    Some(127 - (value & 0x7f))
}
