//! Peers come, learn their client's description, restart ICE, grow, and go.

use std::time::{Duration, Instant};

use super::peer::Peer;
use super::{LANES, Plane};
use crate::api::{Event, Feed, GoneReason, IceCredentials, PeerId, Publication, SlotCount, Uplink};
use crate::description::{DtlsRole, Remote};
use crate::layers::LayerSet;
use crate::published::Published;
use crate::track::Subscriber;
use crate::transport::{Progress, keys_to_contexts};

/// First reports come soon, so that senders ramp up.
const FIRST_REPORT: Duration = Duration::from_millis(200);

impl Plane {
    pub(super) fn add_peer(&mut self, now: Instant, id: PeerId, ice: IceCredentials, slots: SlotCount) {
        if self.by_id.contains_key(&id) {
            return;
        }
        let ufrag = ice.ufrag.clone();
        let published = Uplink::ALL.map(|uplink| {
            let publication = Publication { peer: id, uplink };
            self.published.insert_with(|_| Published::new(publication))
        });
        let mut peer = Peer::new(now, id, ice, published);
        peer.grow(slots, || self.random());
        let deadline = peer.ice.deadline(now);
        let at = self.peers.insert_with(|_| peer);
        self.wake_by(at, deadline);
        self.by_id.insert(id, at);
        self.by_ufrag.insert(ufrag, at);
    }

    pub(super) fn set_remote(&mut self, now: Instant, id: PeerId, remote: Remote) {
        let Some(at) = self.by_id.get(&id).copied() else { return };
        let Some(peer) = self.peers.get_mut(at) else { return };
        // The certificate is promised once: a later description may change everything else.
        if peer.remote.as_ref().is_some_and(|known| known.fingerprint != remote.fingerprint) {
            return;
        }
        peer.ice.set_remote(remote.ufrag.clone(), remote.pwd.clone());
        for (id, parameters) in &remote.slots {
            if let Some(slot) = peer.slots.iter_mut().find(|slot| slot.id == *id) {
                slot.shape(parameters);
            }
        }
        let (role, fingerprint) = (remote.role, remote.fingerprint);
        let codecs = Uplink::ALL.map(|uplink| remote.uplink(uplink).map(|parameters| parameters.codec));
        let published = peer.published;
        peer.remote = Some(remote);
        peer.number_transport();
        for (number, codec) in published.into_iter().zip(codecs) {
            if let Some(published) = self.published.get_mut(number) {
                published.codec = codec.or(published.codec);
            }
        }
        self.review_codecs(now, at);
        let Some(peer) = self.peers.get_mut(at) else { return };
        match role {
            DtlsRole::Server => {
                let progress = peer.dtls.start(now, &self.identity, Some(fingerprint));
                self.dtls_progress(now, at, progress);
            }
            DtlsRole::Client => self.begin_handshake(now, at),
        }
    }

    /// Where the client waits for us to begin the handshake, that is as soon as an address of theirs is known.
    pub(super) fn begin_handshake(&mut self, now: Instant, at: u32) {
        let Some(peer) = self.peers.get_mut(at) else { return };
        let fingerprint = match &peer.remote {
            Some(remote) if remote.role == DtlsRole::Client => remote.fingerprint,
            Some(_) | None => return,
        };
        if peer.ice.address().is_some() && peer.dtls.has_not_begun() {
            let progress = peer.dtls.connect(now, &self.identity, fingerprint);
            self.dtls_progress(now, at, progress);
        }
    }

    pub(super) fn restart_ice(&mut self, now: Instant, id: PeerId, ice: IceCredentials) {
        let Some(at) = self.by_id.get(&id).copied() else { return };
        let Some(peer) = self.peers.get_mut(at) else { return };
        let ufrag = ice.ufrag.clone();
        let old = peer.ice.restart(now, ice);
        let deadline = peer.ice.deadline(now);
        self.by_ufrag.insert(ufrag, at);
        for ufrag in old {
            self.by_ufrag.remove(&ufrag);
        }
        self.wake_by(at, deadline);
    }

    pub(super) fn grow_slots(&mut self, id: PeerId, slots: SlotCount) {
        let Some(at) = self.by_id.get(&id).copied() else { return };
        let mut random = self.random();
        if let Some(peer) = self.peers.get_mut(at) {
            peer.grow(slots, || {
                random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                random
            });
        }
    }

    pub(super) fn remove_peer(&mut self, id: PeerId) {
        let Some(at) = self.by_id.remove(&id) else { return self.forget_remote(id) };
        self.forget_reach(at);
        self.by_ssrc.retain(|_, owner| *owner != at);
        self.due.forget(at);
        let Some(peer) = self.peers.remove(at) else { return };
        for lane in LANES {
            self.waiting[lane as usize].retain(|waiting| *waiting != at);
        }
        for number in peer.published {
            self.unpublish(number);
        }
        for number in self.tracks.numbers() {
            if let Some(track) = self.tracks.get_mut(number) {
                track.subscribers.retain(|subscriber| subscriber.peer != at);
            }
        }
        for number in self.published.numbers() {
            if let Some(published) = self.published.get_mut(number) {
                published.watchers.retain(|watcher| watcher.peer != at);
            }
        }
    }

    /// A publication is gone, and with it its tracks: whoever was to see or hear it gets silence.
    pub(super) fn unpublish(&mut self, number: u32) {
        let Some(published) = self.published.remove(number) else { return };
        for at in published.tracks() {
            let subscribers = self.tracks.remove(at).map(|track| track.subscribers).unwrap_or_default();
            for subscriber in subscribers {
                let slots = self.peers.get_mut(subscriber.peer).map(|peer| &mut peer.slots);
                if let Some(slot) = slots.and_then(|slots| slots.get_mut(usize::from(subscriber.slot))) {
                    slot.forget(at);
                }
            }
        }
        for watcher in published.watchers {
            self.darken(watcher);
        }
    }

    /// What the slot was to carry is gone.
    fn darken(&mut self, watcher: Subscriber) {
        let number = usize::from(watcher.slot);
        let Some(peer) = self.peers.get_mut(watcher.peer) else { return };
        let (slot, view) = (&mut peer.slots[number], &mut peer.views[number]);
        (view.published, view.quality, view.told, view.needs) = (None, None, None, LayerSet::NONE);
        let before = [slot.wanted(), slot.playing().map(|key| key.track)];
        slot.set_feed(Feed::Silence);
        self.keep_subscribed(watcher, before);
    }

    /// Nobody finds the peer by address or credentials any more.
    fn forget_reach(&mut self, at: u32) {
        self.by_tuple.retain(|_, owner| *owner != at);
        self.by_ufrag.retain(|_, owner| *owner != at);
    }

    /// The peer is lost; the control plane removes it when it hears of this.
    pub(super) fn lose(&mut self, at: u32, reason: GoneReason) {
        self.forget_reach(at);
        let Some(peer) = self.peers.get_mut(at) else { return };
        if !std::mem::replace(&mut peer.gone, true) {
            let event = Event::Gone(peer.id, reason);
            self.events.push_back(event);
        }
    }

    pub(super) fn dtls_progress(&mut self, now: Instant, at: u32, progress: Progress) {
        let Some(peer) = self.peers.get_mut(at) else { return };
        if let Some(to) = peer.ice.address() {
            while let Some(datagram) = peer.dtls.poll_transmit() {
                self.control.push((to, datagram));
            }
        }
        if let Some(deadline) = peer.dtls.deadline() {
            // Never in the past: a deadline that nothing clears must not keep the thread awake.
            self.wake_by(at, deadline.max(now + Duration::from_millis(1)));
        }
        match progress {
            Progress::Nothing => {}
            Progress::Failed => self.lose(at, GoneReason::HandshakeFailed),
            Progress::Closed => self.lose(at, GoneReason::Closed),
            Progress::Complete(keys) => match keys_to_contexts(&self.identity, &keys) {
                None => self.lose(at, GoneReason::HandshakeFailed),
                Some((inbound, outbound)) => {
                    let Some(peer) = self.peers.get_mut(at) else { return };
                    (peer.inbound, peer.outbound) = (Some(inbound), Some(outbound));
                    peer.report_at = Some(now + FIRST_REPORT);
                    let event = Event::Connected(peer.id);
                    self.events.push_back(event);
                    self.wake_by(at, now + FIRST_REPORT);
                    self.begin_waiting_slots(now, at);
                }
            },
        }
    }
}
