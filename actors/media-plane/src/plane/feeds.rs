//! The forwarding table: which slot carries what, and who may be forwarded at all.

use std::time::Instant;

use super::Plane;
use crate::api::{Feed, PeerId, Publication, SlotId, Uplink};
use crate::track::Subscriber;

impl Plane {
    pub(super) fn set_feeds(&mut self, now: Instant, feeds: &[(PeerId, SlotId, Feed)]) {
        for (peer, slot, feed) in feeds {
            self.set_feed(now, *peer, *slot, *feed);
        }
    }

    fn set_feed(&mut self, now: Instant, peer: PeerId, id: SlotId, feed: Feed) {
        let track = self
            .track_of(feed)
            .filter(|track| self.tracks.get(*track).is_some_and(|track| track.is_video() == id.is_video()));
        let Some(at) = self.by_id.get(&peer).copied() else { return };
        let Some(peer) = self.peers.get_mut(at) else { return };
        let Some(number) = peer.slots.iter().position(|slot| slot.id == id) else { return };
        let slot = &mut peer.slots[number];
        if slot.feed() == feed && slot.wanted() == track {
            return;
        }
        let playing = slot.playing().map(|key| key.track);
        let before = [slot.wanted(), playing];
        slot.set_feed(feed, track);
        let still_playing = slot.playing().map(|key| key.track);
        let ready = peer.reachable().is_some();
        let subscriber = Subscriber { peer: at, slot: number as u16 };
        for old in before.into_iter().flatten() {
            if Some(old) != track && Some(old) != still_playing {
                self.unsubscribe(old, subscriber);
            }
        }
        let Some(track) = track else { return };
        let listened_to = self.listeners();
        if let Some(track) = self.tracks.get_mut(track) {
            track.subscribe(subscriber);
        }
        if !listened_to && self.listeners() {
            self.music.resume(now);
        }
        if ready && still_playing != Some(track) {
            self.ask_keyframe(now, track);
        }
    }

    fn track_of(&self, feed: Feed) -> Option<u32> {
        match feed {
            Feed::Silence => None,
            Feed::Music(piece) => {
                let piece = self.pieces.get(usize::from(piece)).filter(|piece| !piece.packets.is_empty());
                piece.map(|piece| piece.track)
            }
            Feed::Publication(publication) => self.publication(publication),
        }
    }

    fn publication(&self, publication: Publication) -> Option<u32> {
        let peer = self.peers.get(*self.by_id.get(&publication.peer)?)?;
        Some(peer.track_of(publication.uplink))
    }

    pub(super) fn unsubscribe(&mut self, track: u32, subscriber: Subscriber) {
        if let Some(track) = self.tracks.get_mut(track) {
            track.unsubscribe(subscriber);
        }
    }

    /// Whether anybody hears music.
    pub(super) fn listeners(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| self.tracks.get(piece.track).is_some_and(|track| !track.subscribers.is_empty()))
    }

    pub(super) fn allow(&mut self, id: PeerId, uplinks: &[Uplink]) {
        for uplink in Uplink::ALL {
            let Some(number) = self.publication(Publication { peer: id, uplink }) else { return };
            let epoch = self.next_epoch();
            let Some(track) = self.tracks.get_mut(number) else { return };
            let allowed = uplinks.contains(&uplink);
            if track.allowed != allowed {
                track.allowed = allowed;
                // Its slots begin anew: what is withheld must not look like loss, and waits in no history.
                track.begin(epoch);
                if !track.subscribers.is_empty() && allowed && track.is_video() {
                    track.keyframes.ask();
                    self.timers_due = self.wall.at;
                }
            }
        }
        if !uplinks.contains(&Uplink::Microphone)
            && let Some(peer) = self.by_id.get(&id).and_then(|at| self.peers.get_mut(*at))
        {
            peer.level = 0;
        }
    }

    pub(super) fn request_keyframe(&mut self, now: Instant, publication: Publication) {
        if let Some(track) = self.publication(publication) {
            self.ask_keyframe(now, track);
        }
    }

    /// Video only: asks as soon as the throttle lets it.
    pub(super) fn ask_keyframe(&mut self, now: Instant, track: u32) {
        let Some(track) = self.tracks.get_mut(track).filter(|track| track.is_video()) else { return };
        track.keyframes.ask();
        let due = track.keyframes.deadline(now).unwrap_or(now);
        self.wake_by(due);
    }

    /// A receiver can now receive: what its slots wait for begins with a key frame made for it.
    pub(super) fn ask_for_waiting_slots(&mut self, now: Instant, at: u32) {
        let Some(peer) = self.peers.get(at) else { return };
        let wanted: Vec<u32> =
            peer.slots.iter().filter(|slot| slot.waits()).filter_map(crate::rewrite::Slot::wanted).collect();
        for track in wanted {
            self.ask_keyframe(now, track);
        }
    }
}
