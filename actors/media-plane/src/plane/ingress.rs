//! What a datagram is (RFC 7983) and whose: STUN is answered if it is authentic; DTLS and media pass only from a
//! 5-tuple that an authenticated check has validated.

use std::time::Instant;

use super::Plane;
use crate::route::Route;
use crate::transport::{Stun, StunKind};

impl Plane {
    /// One datagram; its bytes are opened in place.
    pub(crate) fn datagram(&mut self, now: Instant, from: Route, datagram: &mut [u8]) {
        self.counted.packets_in += 1;
        self.counted.bytes_in += datagram.len() as u64;
        let taken = match (datagram.first().copied(), datagram.get(1).copied()) {
            (Some(0..=3), _) => self.stun(now, from, datagram),
            (Some(20..=63), _) => self.dtls(now, from, datagram),
            (Some(128..=191), Some(kind)) => match self.by_tuple.get(&from).copied() {
                Some(at) if (192..=223).contains(&kind) => self.rtcp(now, at, from, datagram),
                Some(at) => self.rtp(now, at, from, datagram),
                None => self.stranger(now, from, datagram),
            },
            _ => None,
        };
        if taken.is_none() {
            self.counted.refused += 1;
        }
    }

    fn stun(&mut self, now: Instant, from: Route, datagram: &[u8]) -> Option<()> {
        let mut stun = Stun::parse(datagram)?;
        let at = match stun.kind {
            StunKind::Request => *self.by_ufrag.get(&stun.local_ufrag()?)?,
            // The server's own checks carry the peer's number.
            StunKind::Success => u32::from_be_bytes(*stun.transaction().first_chunk()?),
        };
        let identity = self.identity.clone();
        let peer = self.peers.get_mut(at).filter(|peer| !peer.gone)?;
        let checked = match stun.kind {
            StunKind::Request => peer.ice.request(now, &identity, from, &mut stun)?,
            StunKind::Success => peer.ice.response(now, &identity, from, &mut stun)?,
        };
        let deadline = peer.ice.deadline(now);
        if let Some(dropped) = checked.dropped {
            self.by_tuple.remove(&dropped);
        }
        self.validated(now, at, from);
        if let Some(response) = checked.response {
            self.control.push((from, response));
        }
        if checked.moved {
            self.moved(now, at);
        }
        self.heard(at);
        self.wake_by(at, deadline);
        self.begin_handshake(now, at);
        Some(())
    }

    /// The tuple is the peer's from now on, unless another one was heard there lately: nobody may claim it away.
    fn validated(&mut self, now: Instant, at: u32, tuple: Route) {
        let owner = self.by_tuple.get(&tuple).copied().filter(|owner| *owner != at);
        if let Some(owner) = owner.and_then(|owner| self.peers.get_mut(owner)) {
            if owner.ice.holds(now, tuple) {
                return;
            }
            owner.ice.forget_tuple(tuple);
        }
        if self.peers.get(at).is_some_and(|peer| peer.ice.tuples().contains(&tuple)) {
            self.by_tuple.insert(tuple, at);
        }
    }

    fn dtls(&mut self, now: Instant, from: Route, datagram: &[u8]) -> Option<()> {
        let at = *self.by_tuple.get(&from)?;
        let peer = self.peers.get_mut(at)?;
        peer.ice.dtls_from(from);
        let fingerprint = peer.remote.as_ref().map(|remote| remote.fingerprint);
        let progress = peer.dtls.datagram(now, datagram, &self.identity, fingerprint);
        self.dtls_progress(now, at, progress);
        Some(())
    }

    /// Media from an unknown tuple with a known SSRC: the NAT may have given its sender another address. A check
    /// of our own finds out (MEDIA.md §6 rule c); the datagram itself is refused.
    fn stranger(&mut self, now: Instant, from: Route, datagram: &[u8]) -> Option<()> {
        let ssrc_at = if (192..=223).contains(datagram.get(1)?) { 4 } else { 8 };
        let ssrc = u32::from_be_bytes(*datagram.get(ssrc_at..)?.first_chunk()?);
        let at = *self.by_ssrc.get(&ssrc)?;
        self.probe(now, at, from);
        None
    }

    /// Whether an authenticated check has come by this route and its peer is still there.
    pub(crate) fn is_known(&self, route: Route) -> bool {
        self.by_tuple.contains_key(&route)
    }

    /// A connection has ended.
    pub(crate) fn lost(&mut self, route: Route) {
        let peer = self.by_tuple.remove(&route).and_then(|at| self.peers.get_mut(at));
        if let Some(peer) = peer {
            peer.ice.lost(route);
        }
    }

    pub(super) fn probe(&mut self, now: Instant, at: u32, to: Route) {
        let mut transaction = [0; 12];
        transaction[..4].copy_from_slice(&at.to_be_bytes());
        transaction[4..].copy_from_slice(&self.random().to_be_bytes());
        let Some(peer) = self.peers.get_mut(at).filter(|peer| !peer.gone) else { return };
        if let Some(check) = peer.ice.probe(now, &self.identity, to, transaction) {
            self.control.push((to, check));
        }
    }

    /// The peer has another address: what was on its way is lost in both directions.
    pub(super) fn moved(&mut self, now: Instant, at: u32) {
        let now_us = self.micros(now);
        let Some(peer) = self.peers.get_mut(at) else { return };
        peer.budget.moved(now_us);
        let published = peer.published;
        for track in self.tracks_of(published) {
            if self.tracks.get(track).is_some_and(|track| track.allowed && track.source.is_some()) {
                self.ask_keyframe(now, track);
            }
        }
    }

    /// Something authentic came.
    pub(super) fn heard(&mut self, at: u32) {
        if let Some(peer) = self.peers.get_mut(at)
            && std::mem::take(&mut peer.silent)
        {
            let event = crate::api::Event::Silent(peer.id, false);
            self.events.push_back(event);
        }
    }
}
