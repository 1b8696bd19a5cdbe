//! Layers: which one each video slot carries, and which ones their publishers are told to send.
//!
//! Nothing here happens per packet: slots choose anew when what they want changes (their feed, their demand), and when
//! what there is changes: a layer begins, stops, or gets another size.

use std::time::{Duration, Instant};

use super::Plane;
use super::peer::Peer;
use crate::allocation::{Choice, Layer, Wish};
use crate::allotment::HEADROOM;
use crate::api::{Event, PeerId, SlotId};
use crate::layers::{Bitrate, Demand, LayerSet, Reason, Rid, SlotQuality};
use crate::overload::Ceiling;
use crate::published::Published;
use crate::rewrite::Slot;
use crate::track::Subscriber;

/// How often layers are looked at that may have stopped, or that nobody may need any more.
const LOOK: Duration = Duration::from_millis(100);

/// Of a voice, before it is measured, and of music.
const AUDIO_BITS: u64 = 48_000;

impl Plane {
    pub(super) fn set_demand(&mut self, now: Instant, id: PeerId, demands: &[(SlotId, Demand)]) {
        let Some(at) = self.by_id.get(&id).copied() else { return };
        let Some(peer) = self.peers.get_mut(at) else { return };
        for (slot, demand) in demands {
            if let Some(number) = peer.slots.iter().position(|known| known.id == *slot) {
                peer.views[number].demand = *demand;
            }
        }
        self.review(now, at);
    }

    /// What this thread's pictures may cost from now on.
    pub(crate) fn set_ceiling(&mut self, now: Instant, ceiling: Ceiling) {
        self.ceiling = ceiling;
        for at in self.peers.numbers() {
            self.review(now, at);
        }
    }

    /// A slot's feed is this publication from now on.
    pub(super) fn watch(&mut self, now: Instant, number: u32, watcher: Subscriber) {
        let Some(published) = self.published.get_mut(number) else { return };
        if !published.watchers.contains(&watcher) {
            published.watchers.push(watcher);
        }
        if published.is_video() {
            self.review(now, watcher.peer);
        } else {
            let track = published.track(Rid::H);
            self.aim(now, watcher, track);
        }
    }

    /// And no longer.
    pub(super) fn unwatch(&mut self, now: Instant, number: u32, watcher: Subscriber) {
        if let Some(view) =
            self.peers.get_mut(watcher.peer).map(|peer| &mut peer.views[usize::from(watcher.slot)])
        {
            // Its client forgets what it was told when the slot changes hands.
            (view.quality, view.told, view.needs, view.given) = (None, None, LayerSet::NONE, None);
        }
        if let Some(published) = self.published.get_mut(number) {
            published.watchers.retain(|known| *known != watcher);
        }
        self.tell_wanted(now, number);
    }

    /// A layer of a publication began, stopped, or got another size.
    pub(super) fn layer_changed(&mut self, now: Instant, number: u32) {
        let Some(published) = self.published.get_mut(number) else { return };
        if !std::mem::replace(&mut published.seen, true) {
            self.events.push_back(Event::PublicationSeen(published.id));
        }
        let track = published.track(Rid::H).filter(|_| !published.is_video());
        // Taken out for the loop and put back: choosing changes no watchers.
        let watchers = std::mem::take(&mut published.watchers);
        let video = published.is_video();
        for watcher in &watchers {
            if video {
                self.review(now, watcher.peer);
            } else {
                self.aim(now, *watcher, track);
            }
        }
        if let Some(published) = self.published.get_mut(number) {
            published.watchers = watchers;
        }
        self.look_at_layers(now);
    }

    /// Chooses anew for all video slots of a receiver.
    pub(super) fn review(&mut self, now: Instant, at: u32) {
        let now_us = self.micros(now);
        let Some(peer) = self.peers.get(at) else { return };
        let unseen: Vec<u16> =
            self.wished(peer).filter(|(.., takes)| !takes).map(|wished| wished.0).collect();
        for slot in unseen {
            self.refuse(now, Subscriber { peer: at, slot });
        }
        let Some(peer) = self.peers.get(at) else { return };
        let (slots, wishes): (Vec<u16>, Vec<Wish>) = self.wishes(peer).unzip();
        let before: Vec<_> = slots.iter().map(|slot| peer.views[usize::from(*slot)].given).collect();
        let audio = self.audio_bits(peer);
        let mut choices = Vec::new();
        let Some(peer) = self.peers.get_mut(at) else { return };
        let reserved = audio + peer.budget.repair_bps(now_us) as u64;
        let budget = peer.budget.bps(now_us).map(|bps| (bps as u64).saturating_sub(reserved));
        let calm = peer.budget.is_calm(now_us, peer.allotment.calm_us());
        peer.allotment.settle(now_us, budget.map(Bitrate), calm, &wishes, &before, &mut choices);
        peer.allotted = (now_us, budget.unwrap_or(u64::MAX));
        let wanted = wishes.iter().map(Wish::cost).sum::<u64>() as f64 * HEADROOM + audio as f64;
        peer.budget.want(now_us, wanted);
        self.probe_line(now, at);
        for (slot, choice) in slots.into_iter().zip(choices) {
            self.obey(now, Subscriber { peer: at, slot }, &choice);
        }
    }

    /// Bits a second of what is heard: comes first, so it is taken off before pictures share the rest.
    fn audio_bits(&self, peer: &Peer) -> u64 {
        let playing = peer.slots.iter().filter(|slot| !slot.id.is_video()).filter_map(Slot::playing);
        let bits = playing.filter_map(|key| self.tracks.get(key.track)).map(|track| {
            let [.., Bitrate(measured)] = track.meter.rates();
            if measured > 0 { measured } else { AUDIO_BITS }
        });
        bits.sum()
    }

    /// What each slot with a picture wants, and what there is of it.
    fn wishes<'a>(&'a self, peer: &'a Peer) -> impl Iterator<Item = (u16, Wish)> + 'a {
        self.wished(peer).filter(|(.., takes)| *takes).map(|(number, published, _)| {
            let demand = peer.views[usize::from(number)].demand;
            (number, Wish { demand, layers: self.layers(published), cap: self.ceiling.cap(demand.priority) })
        })
    }

    /// What each slot with a picture is to show, and whether its receiver takes that codec.
    fn wished<'a>(&'a self, peer: &'a Peer) -> impl Iterator<Item = (u16, &'a Published, bool)> + 'a {
        (0..).zip(peer.slots.iter().zip(&peer.views)).filter_map(|(number, (slot, view))| {
            let published = self.published.get(view.published?).filter(|_| slot.id.is_video())?;
            // Before it has said anything, nothing is sent anyway.
            let takes = |codec| peer.remote.is_none() || slot.format(codec).is_some();
            let takes = published.codec.is_none_or(takes);
            Some((number, published, takes))
        })
    }

    /// A receiver has said anew what its slots take.
    pub(super) fn review_codecs(&mut self, now: Instant, at: u32) {
        let Some(peer) = self.peers.get(at) else { return };
        let refused = |number: u16| {
            let quality = peer.views[usize::from(number)].quality;
            quality.is_some_and(|quality| quality.reason == Reason::Codec)
        };
        if self.wished(peer).any(|(number, _, takes)| takes == refused(number)) {
            self.review(now, at);
        }
    }

    /// Nothing is sent to a slot whose receiver does not take the codec.
    fn refuse(&mut self, now: Instant, subscriber: Subscriber) {
        let quality = SlotQuality { layer: None, reason: Reason::Codec };
        self.obey(now, subscriber, &Choice { quality, temporal: 0, needs: LayerSet::NONE });
        let number = usize::from(subscriber.slot);
        let Some(peer) = self.peers.get_mut(subscriber.peer) else { return };
        peer.views[number].given = None;
    }

    fn layers(&self, published: &Published) -> [Option<Layer>; 3] {
        Rid::ALL.map(|rid| {
            let track = self.tracks.get(published.track(rid)?)?;
            Some(Layer { rid, size: track.size, rates: track.meter.rates(), live: track.live })
        })
    }

    fn obey(&mut self, now: Instant, subscriber: Subscriber, choice: &Choice) {
        let number = usize::from(subscriber.slot);
        let Some(peer) = self.peers.get_mut(subscriber.peer) else { return };
        let (slot, view) = (&mut peer.slots[number], &mut peer.views[number]);
        view.quality = Some(choice.quality);
        view.needs = choice.needs;
        let before = view.given.replace(*choice).and_then(|before| before.quality.layer);
        // Until the key frame of a smaller layer is there, the larger one costs as little as it can.
        let lowered = matches!(choice.quality.reason, Reason::Line | Reason::Server);
        let falls = lowered && before > choice.quality.layer;
        slot.thin(if falls { 0 } else { choice.temporal });
        let Some(published) = view.published else { return };
        if choice.quality.layer.is_none() && choice.quality.reason != Reason::Source {
            let before = [slot.wanted(), slot.playing().map(|key| key.track)];
            slot.pause();
            if let Some(feed) = slot.announce() {
                let event = Event::SlotRunning(peer.id, slot.id, feed);
                self.events.push_back(event);
            }
            // Nothing may flow that would make anybody tell the quality.
            self.line_used(now);
            self.keep_subscribed(subscriber, before);
        } else {
            let track = self.published.get(published).and_then(|known| known.track(choice.quality.layer?));
            self.aim(now, subscriber, track);
        }
        self.tell_wanted(now, published);
    }

    /// Tells a publisher which layers to send, if that is news.
    pub(super) fn tell_wanted(&mut self, now: Instant, number: u32) {
        let Some(published) = self.published.get(number).filter(|known| known.allowed && known.is_video())
        else {
            return;
        };
        let needs = |watcher: &Subscriber| {
            let views = self.peers.get(watcher.peer).map_or(&[][..], |peer| &peer.views);
            views.get(usize::from(watcher.slot)).map_or(LayerSet::NONE, |view| view.needs)
        };
        let elsewhere = published.relayed_to.iter().map(|relay| relay.needs);
        let needed =
            published.watchers.iter().map(needs).chain(elsewhere).fold(LayerSet::NONE, LayerSet::union);
        let Some(published) = self.published.get_mut(number) else { return };
        if let Some(wanted) = published.wanted.need(now, needed) {
            let id = published.id;
            if !self.want_of_home(id, wanted) {
                self.events.push_back(Event::LayersWanted(id, wanted));
            }
        }
        if self.published.get(number).is_some_and(|published| published.wanted.is_running_out()) {
            self.look_at_layers(now);
        }
    }

    /// Looks at them soon, if not sooner.
    pub(super) fn look_at_layers(&mut self, now: Instant) {
        self.layers_due.get_or_insert(now + LOOK);
    }

    /// Layers stop by sending nothing, and are unwanted by nobody's wanting them: time alone tells.
    pub(super) fn look(&mut self, now: Instant) {
        self.layers_due = None;
        let mut again = false;
        for number in self.published.numbers() {
            let Some(published) = self.published.get(number).filter(|known| known.is_video()) else {
                continue;
            };
            let (mut stopped, mut live, mut unknown) = (false, 0, None);
            for number in published.tracks() {
                let Some(track) = self.tracks.get_mut(number) else { continue };
                stopped |= track.stopped(now);
                live += usize::from(track.live);
                if track.live && track.size.is_none() {
                    unknown = Some(number);
                }
            }
            again |= live > 0;
            // Without its size a layer cannot be chosen among others.
            if let Some(track) = unknown.filter(|_| live > 1) {
                self.ask_keyframe(now, track);
            }
            if stopped {
                self.layer_changed(now, number);
            }
            self.tell_wanted(now, number);
        }
        if again {
            self.look_at_layers(now);
        }
    }
}
