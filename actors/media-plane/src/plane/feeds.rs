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
        let published = match feed {
            Feed::Publication(publication) => self.published_here(publication).filter(|published| {
                self.published.get(*published).is_some_and(|published| published.is_video() == id.is_video())
            }),
            Feed::Silence | Feed::Music(_) => None,
        };
        let music = self.music_of(feed).filter(|_| !id.is_video());
        let Some(at) = self.by_id.get(&peer).copied() else { return };
        let Some(peer) = self.peers.get_mut(at) else { return };
        let Some(number) = peer.slots.iter().position(|slot| slot.id == id) else { return };
        let (slot, view) = (&mut peer.slots[number], &mut peer.views[number]);
        if slot.feed() == feed && view.published == published && (music.is_none() || slot.wanted() == music) {
            return;
        }
        let watched = std::mem::replace(&mut view.published, published);
        let before = [slot.wanted(), slot.playing().map(|key| key.track)];
        // What nobody can send is as good as silence.
        slot.set_feed(if published.is_none() && music.is_none() { Feed::Silence } else { feed });
        let subscriber = Subscriber { peer: at, slot: number as u16 };
        self.keep_subscribed(subscriber, before);
        if let Some(watched) = watched {
            self.unwatch(now, watched, subscriber);
        }
        if let Some(published) = published {
            self.watch(now, published, subscriber);
        } else if music.is_some() {
            let listened_to = self.listeners();
            self.aim(now, subscriber, music);
            if !listened_to && self.listeners() {
                self.music.resume(now);
            }
        }
    }

    /// Lets a slot carry another track of its feed, as soon as that has something to begin with.
    pub(super) fn aim(&mut self, now: Instant, subscriber: Subscriber, track: Option<u32>) {
        let Some(peer) = self.peers.get_mut(subscriber.peer) else { return };
        let ready = peer.reachable().is_some();
        let Some(slot) = peer.slots.get_mut(usize::from(subscriber.slot)) else { return };
        if slot.wanted() == track {
            return;
        }
        let playing = slot.playing().map(|key| key.track);
        let before = [slot.wanted(), playing];
        slot.aim(track);
        self.keep_subscribed(subscriber, before);
        let Some(number) = track else { return };
        if let Some(track) = self.tracks.get_mut(number) {
            track.subscribe(subscriber);
        }
        if ready && playing != Some(number) && !self.preroll(now, number, subscriber) {
            self.ask_keyframe(now, number);
        }
    }

    /// A slot needs only the track that it carries and the one that it waits for.
    pub(super) fn keep_subscribed(&mut self, subscriber: Subscriber, before: [Option<u32>; 2]) {
        let slots = self.peers.get(subscriber.peer).map_or(&[][..], |peer| &peer.slots);
        let Some(slot) = slots.get(usize::from(subscriber.slot)) else { return };
        let needed = [slot.wanted(), slot.playing().map(|key| key.track)];
        for old in before.into_iter().flatten().filter(|old| !needed.contains(&Some(*old))) {
            self.unsubscribe(old, subscriber);
        }
    }

    fn music_of(&self, feed: Feed) -> Option<u32> {
        let Feed::Music(piece) = feed else { return None };
        let piece = self.pieces.get(usize::from(piece)).filter(|piece| !piece.packets.is_empty());
        piece.map(|piece| piece.track)
    }

    /// The number of a publication.
    pub(super) fn published_by(&self, publication: Publication) -> Option<u32> {
        let peer = self.peers.get(*self.by_id.get(&publication.peer)?)?;
        Some(peer.published[publication.uplink as usize])
    }

    /// All tracks of a peer's publications.
    pub(super) fn tracks_of(&self, published: [u32; 3]) -> impl Iterator<Item = u32> + use<> {
        let layers =
            published.map(|number| self.published.get(number).map_or([None; 3], |known| known.layers));
        layers.into_iter().flatten().flatten()
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

    pub(super) fn allow(&mut self, now: Instant, id: PeerId, uplinks: &[Uplink]) {
        let Some(at) = self.by_id.get(&id).copied() else { return };
        for uplink in Uplink::ALL {
            let Some(number) = self.published_by(Publication { peer: id, uplink }) else { return };
            let allowed = uplinks.contains(&uplink);
            let Some(published) = self.published.get_mut(number) else { return };
            if published.allowed == allowed {
                continue;
            }
            published.allowed = allowed;
            published.wanted.restart();
            for track in published.tracks() {
                let epoch = self.next_epoch();
                let Some(track) = self.tracks.get_mut(track) else { continue };
                track.allowed = allowed;
                // Its slots begin anew: what is withheld must not look like loss, and waits in no history.
                track.begin(epoch);
                if !track.subscribers.is_empty() && allowed && track.is_video() {
                    track.keyframes.ask();
                    self.due.ask(at, now);
                }
            }
            self.look_at_layers(now);
        }
        if !uplinks.contains(&Uplink::Microphone)
            && let Some(peer) = self.by_id.get(&id).and_then(|at| self.peers.get_mut(*at))
        {
            peer.level = 0;
        }
    }

    /// Of every layer that anybody receives.
    pub(super) fn request_keyframe(&mut self, now: Instant, publication: Publication) {
        let tracks = self.published_by(publication).and_then(|number| self.published.get(number));
        for track in tracks.into_iter().flat_map(|published| published.tracks()).collect::<Vec<_>>() {
            if self.tracks.get(track).is_some_and(|track| !track.subscribers.is_empty()) {
                self.ask_keyframe(now, track);
            }
        }
    }

    /// Video only: asks as soon as the throttle lets it.
    pub(super) fn ask_keyframe(&mut self, now: Instant, track: u32) {
        let Some(track) = self.tracks.get_mut(track).filter(|track| track.is_video()) else { return };
        track.keyframes.ask();
        let due = track.keyframes.deadline(now).unwrap_or(now);
        let publisher = track.origin.and_then(|origin| self.by_id.get(&origin.publication.peer));
        if let Some(publisher) = publisher.copied() {
            self.wake_by(publisher, due);
        } else {
            // Its home asks the publisher.
            self.relay_by(due);
        }
    }

    /// A receiver can now receive: what its slots wait for begins, with what there is or with a key frame made for it.
    pub(super) fn begin_waiting_slots(&mut self, now: Instant, at: u32) {
        let Some(peer) = self.peers.get(at) else { return };
        let slots = (0..).zip(&peer.slots).filter(|(_, slot)| slot.waits());
        let wanted: Vec<(u16, u32)> =
            slots.filter_map(|(number, slot)| Some((number, slot.wanted()?))).collect();
        for (slot, track) in wanted {
            if !self.preroll(now, track, Subscriber { peer: at, slot }) {
                self.ask_keyframe(now, track);
            }
        }
    }
}
