//! Publications of other threads: each comes here once, by a ring, and is a *replica*: a publication whose tracks have
//! histories of their own, from which this thread's receivers are served and their losses repaired. What they need of
//! its sender (key frames, layers) goes back by the ring of the other direction.
//!
//! The other side of the same file: publications of this thread that other threads have asked for.
//! A replica that nobody here watches any more is given up within two seconds, and with it the packets that cross.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::Plane;
use super::forward::Media;
use crate::api::{PeerId, Publication, Uplink};
use crate::layers::{LayerSet, Rid};
use crate::published::Published;
use crate::relay::{Inlet, Outlet, Relayed, RelayedPacket, RelayedRequest};

/// Records taken from one ring at a time: bounds how long this thread's own sockets wait.
const RECORDS_MAX: usize = 512;
/// Requests that wait for room in a ring. There is always room but while a thread stands still; the oldest are then
/// forgotten. Publications are asked for anew at each sweep.
const PENDING_MAX: usize = 256;
/// How long it is remembered where a peer is of whom nothing is watched here.
const FORGET: Duration = Duration::from_secs(10);
/// How often replicas are looked at that nobody may watch any more.
const SWEEP: Duration = Duration::from_secs(1);

/// The numbers under which a track goes to another thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RelayStream {
    thread: usize,
    /// Changes when numbers begin anew; 0: nothing goes before the next key frame.
    stream: u64,
    /// The source's epoch that the stream belongs to.
    epoch: u64,
}

/// Another thread that wants a publication of ours, and the layers that it needs.
pub(crate) struct RelayTo {
    thread: usize,
    pub(crate) needs: LayerSet,
}

/// Packets that were written into rings, and those that found them full.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(crate) struct RelayCount {
    pub(crate) relayed: u64,
    pub(crate) dropped: u64,
}

/// This thread's ends of all rings.
#[derive(Default)]
pub(super) struct Relay {
    /// By thread.
    outlets: HashMap<usize, Outlet>,
    inlets: Vec<(usize, Inlet)>,
    /// Where peers of other threads are, and when that was told. Told anew with every feed that names them.
    homes: HashMap<PeerId, (usize, Instant)>,
    replicas: HashMap<Publication, Replica>,
    pending: VecDeque<(usize, RelayedRequest)>,
    sweep: Option<Instant>,
    /// When [`Plane::relay_timeout`] has something to do.
    due: Option<Instant>,
    counted: RelayCount,
}

struct Replica {
    published: u32,
    home: usize,
    streams: [u64; 3],
}

impl Plane {
    /// Joins this thread to another one: what is written into `outlet` arrives there, what comes from there by `inlet`.
    pub(crate) fn join(&mut self, thread: usize, outlet: Outlet, inlet: Inlet) {
        self.relay.outlets.insert(thread, outlet);
        self.relay.inlets.push((thread, inlet));
    }

    /// Calls `wake` with each thread that something was written for since the last call.
    pub(crate) fn wake_readers(&mut self, mut wake: impl FnMut(usize)) {
        for (thread, outlet) in &mut self.relay.outlets {
            if outlet.take_written() {
                wake(*thread);
            }
        }
    }

    /// Figures since the last call.
    pub(crate) fn take_relay_count(&mut self) -> RelayCount {
        std::mem::take(&mut self.relay.counted)
    }

    /// What other threads have said. True when there may be more.
    pub(crate) fn relayed(&mut self, now: Instant) -> bool {
        let mut more = false;
        // Taken out for the loop and put back: records borrow from the inlet.
        let mut inlets = std::mem::take(&mut self.relay.inlets);
        for (thread, inlet) in &mut inlets {
            let mut left = RECORDS_MAX;
            while left > 0
                && let Some(record) = inlet.next()
            {
                left -= 1;
                match record {
                    Some(Relayed::Packet(packet)) => self.relayed_packet(now, &packet),
                    Some(Relayed::Clock { publication, rid, server_ntp, ntp, timestamp }) => {
                        let track = self.replica_track(publication, rid);
                        if let Some(track) = track.and_then(|track| self.tracks.get_mut(track)) {
                            track.clock.reported(server_ntp, ntp, timestamp);
                        }
                    }
                    Some(Relayed::Request(request)) => self.requested(now, *thread, request),
                    None => {}
                }
            }
            more |= left == 0;
        }
        self.relay.inlets = inlets;
        more
    }

    fn replica_track(&self, publication: Publication, rid: Rid) -> Option<u32> {
        self.published.get(self.relay.replicas.get(&publication)?.published)?.track(rid)
    }

    /// As [`Self::arrived`], for a packet that was received, repaired and measured at its home.
    fn relayed_packet(&mut self, now: Instant, packet: &RelayedPacket<'_>) {
        let RelayedPacket { publication, rid, codec, stream, index, timestamp, marker, level, payload } =
            *packet;
        let Some(replica) = self.relay.replicas.get_mut(&publication) else { return };
        let begins = std::mem::replace(&mut replica.streams[rid as usize], stream) != stream;
        let number = replica.published;
        let Some(published) = self.published.get_mut(number) else { return };
        published.codec = Some(codec);
        let known = published.track(rid);
        let Some(at) = known.or_else(|| self.add_layer(number, rid)) else { return };
        let epoch = self.next_epoch();
        let Some(track) = self.tracks.get_mut(at) else { return };
        if begins {
            track.begin(epoch);
            track.clock.reset();
        }
        let head = track.codec.head(payload);
        track.clock.packet(now, timestamp);
        track.onset.packet(now, level);
        track.meter.add(now, head.temporal(), payload.len());
        let size = head.size(payload).or(track.size);
        let news = !track.live || size != track.size;
        (track.live, track.size) = (true, size);
        if news {
            self.layer_changed(now, number);
        }
        self.forward(now, at, Media { index, timestamp, marker, head, payload });
    }

    fn requested(&mut self, now: Instant, thread: usize, request: RelayedRequest) {
        let publication = request.publication();
        let Some(number) = self.published_by(publication) else { return };
        let Some(published) = self.published.get_mut(number) else { return };
        match request {
            RelayedRequest::Subscribe(_) => self.relay_to(now, thread, number),
            RelayedRequest::Unsubscribe(_) => {
                published.relayed_to.retain(|relay| relay.thread != thread);
                for track in published.tracks() {
                    if let Some(track) = self.tracks.get_mut(track) {
                        track.relay.retain(|stream| stream.thread != thread);
                    }
                }
                self.tell_wanted(now, number);
            }
            RelayedRequest::Keyframe(_, rid) => {
                if let Some(track) = published.track(rid) {
                    self.ask_keyframe(now, track);
                }
            }
            RelayedRequest::Wanted(_, layers) => {
                let relay = published.relayed_to.iter_mut().find(|relay| relay.thread == thread);
                if let Some(relay) = relay {
                    relay.needs = layers;
                }
                self.tell_wanted(now, number);
            }
        }
    }

    /// From now on a publication of ours goes to a thread: its layers from their next key frames on, a voice from its
    /// beginning on, if it just began.
    fn relay_to(&mut self, now: Instant, thread: usize, number: u32) {
        let Some(published) = self.published.get_mut(number) else { return };
        if published.relayed_to.iter().any(|relay| relay.thread == thread) {
            return;
        }
        published.relayed_to.push(RelayTo { thread, needs: LayerSet::ALL });
        let id = published.id;
        for at in published.tracks() {
            self.ask_keyframe(now, at);
            let stream = self.next_epoch();
            let Some(track) = self.tracks.get_mut(at).filter(|track| !track.is_video() && track.allowed)
            else {
                continue;
            };
            let Some(outlet) = self.relay.outlets.get_mut(&thread) else { return };
            let Some(earliest) = track.onset.earliest(now) else { continue };
            for stored in track.history.since(earliest) {
                let packet = RelayedPacket {
                    publication: id,
                    rid: Rid::H,
                    codec: track.codec,
                    stream,
                    index: stored.index,
                    timestamp: stored.timestamp,
                    marker: stored.marker,
                    level: track.onset.level(),
                    payload: &stored.payload,
                };
                self.relay.counted.relayed += u64::from(outlet.send(&Relayed::Packet(packet)));
            }
            track.relay.push(RelayStream { thread, stream, epoch: track.key.epoch });
        }
        self.tell_wanted(now, number);
    }

    /// A packet that was just stored, to all threads that want it. Whether one of them now waits for a key frame.
    pub(super) fn relay_packet(&mut self, number: u32, media: &Media<'_>) -> bool {
        let Some(track) = self.tracks.get_mut(number) else { return false };
        let Some(origin) = track.origin else { return false };
        let Some(published) = self.published.get(origin.published) else { return false };
        let may_begin = !track.is_video() || media.head.key_frame;
        let mut waits = false;
        for RelayTo { thread, .. } in &published.relayed_to {
            let known = track.relay.iter().position(|stream| stream.thread == *thread);
            let at = known.unwrap_or_else(|| {
                track.relay.push(RelayStream { thread: *thread, stream: 0, epoch: 0 });
                track.relay.len() - 1
            });
            let stream = &mut track.relay[at];
            if stream.stream == 0 || stream.epoch != track.key.epoch {
                if !may_begin {
                    (stream.stream, waits) = (0, true);
                    continue;
                }
                self.epochs += 1;
                (stream.stream, stream.epoch) = (self.epochs, track.key.epoch);
            }
            let Some(outlet) = self.relay.outlets.get_mut(thread) else { continue };
            let packet = RelayedPacket {
                publication: origin.publication,
                rid: origin.rid,
                codec: track.codec,
                stream: stream.stream,
                index: media.index,
                timestamp: media.timestamp,
                marker: media.marker,
                level: track.onset.level(),
                payload: media.payload,
            };
            if outlet.send(&Relayed::Packet(packet)) {
                self.relay.counted.relayed += 1;
            } else {
                self.relay.counted.dropped += 1;
                // Silent until the next key frame, then under new numbers: the gap is no loss to anybody.
                (stream.stream, waits) = (0, true);
            }
        }
        waits
    }

    /// A source's own report, for the clocks of its replicas. Without room for it they run on as they did.
    pub(super) fn relay_clock(&mut self, number: u32, server_ntp: u64, ntp: u64, timestamp: u32) {
        let Some(track) = self.tracks.get(number) else { return };
        let Some(origin) = track.origin else { return };
        for stream in &track.relay {
            if let Some(outlet) = self.relay.outlets.get_mut(&stream.thread) {
                let (publication, rid) = (origin.publication, origin.rid);
                outlet.send(&Relayed::Clock { publication, rid, server_ntp, ntp, timestamp });
            }
        }
    }

    /// Peers of other threads whose publications may be fed to ours.
    pub(super) fn remote(&mut self, now: Instant, peers: &[(PeerId, usize)]) {
        let reachable = peers.iter().filter(|(_, home)| self.relay.outlets.contains_key(home));
        self.relay.homes.extend(reachable.map(|(peer, home)| (*peer, (*home, now))));
        let sweep = *self.relay.sweep.get_or_insert(now + SWEEP);
        self.relay_by(sweep);
    }

    /// The number of a publication, of our own or of another thread's; its replica is made now if there is none.
    pub(super) fn published_here(&mut self, publication: Publication) -> Option<u32> {
        if let Some(own) = self.published_by(publication) {
            return Some(own);
        }
        if let Some(replica) = self.relay.replicas.get(&publication) {
            return Some(replica.published);
        }
        let (home, _) = *self.relay.homes.get(&publication.peer)?;
        let mut published = Published::new(publication);
        // Its home tells who was seen, and what is not allowed does not cross.
        (published.allowed, published.seen) = (true, true);
        let published = self.published.insert_with(|_| published);
        self.relay.replicas.insert(publication, Replica { published, home, streams: [0; 3] });
        self.request(home, RelayedRequest::Subscribe(publication));
        Some(published)
    }

    /// The layers that somebody here needs of another thread's publication. False: it is our own.
    pub(super) fn want_of_home(&mut self, publication: Publication, layers: LayerSet) -> bool {
        let Some(home) = self.relay.replicas.get(&publication).map(|replica| replica.home) else {
            return false;
        };
        self.request(home, RelayedRequest::Wanted(publication, layers));
        true
    }

    /// A peer of another thread is gone.
    pub(super) fn forget_remote(&mut self, id: PeerId) {
        self.relay.homes.remove(&id);
        for uplink in Uplink::ALL {
            if let Some(replica) = self.relay.replicas.remove(&Publication { peer: id, uplink }) {
                self.unpublish(replica.published);
            }
        }
    }

    /// Looks at the replicas by then.
    pub(super) fn relay_by(&mut self, at: Instant) {
        self.relay.due = Some(self.relay.due.map_or(at, |due| due.min(at)));
    }

    pub(super) fn relay_deadline(&self) -> Option<Instant> {
        self.relay.due
    }

    /// Key frames that replicas need, and replicas that nobody needs.
    pub(super) fn relay_timeout(&mut self, now: Instant) {
        if self.relay.due.is_none_or(|at| at > now) {
            return;
        }
        let mut due = None;
        let sweep = self.relay.sweep.is_some_and(|at| at <= now);
        let mut unwatched = Vec::new();
        let mut requests = Vec::new();
        for (publication, replica) in &self.relay.replicas {
            let Some(published) = self.published.get(replica.published) else { continue };
            for rid in Rid::ALL {
                let Some(track) = published.track(rid).and_then(|at| self.tracks.get_mut(at)) else {
                    continue;
                };
                if track.keyframes.take_due(now) {
                    requests.push((replica.home, RelayedRequest::Keyframe(*publication, rid)));
                }
                due = [due, track.keyframes.deadline(now)].into_iter().flatten().min();
            }
            if sweep && published.watchers.is_empty() {
                unwatched.push(*publication);
            } else if sweep && published.tracks().next().is_none() {
                // Nothing has come yet: perhaps it was asked for before its peer was there.
                requests.push((replica.home, RelayedRequest::Subscribe(*publication)));
            }
        }
        for publication in unwatched {
            if let Some(replica) = self.relay.replicas.remove(&publication) {
                requests.push((replica.home, RelayedRequest::Unsubscribe(publication)));
                self.unpublish(replica.published);
            }
        }
        for (home, request) in requests {
            self.request(home, request);
        }
        self.flush_requests();
        if sweep {
            let Relay { homes, replicas, .. } = &mut self.relay;
            homes.retain(|peer, (_, told)| {
                now.saturating_duration_since(*told) < FORGET
                    || replicas.keys().any(|known| known.peer == *peer)
            });
            self.relay.sweep = (!self.relay.homes.is_empty()).then_some(now + SWEEP);
        }
        self.relay.due = [due, self.relay.sweep].into_iter().flatten().min();
    }

    fn request(&mut self, home: usize, request: RelayedRequest) {
        if self.relay.pending.len() == PENDING_MAX {
            self.relay.pending.pop_front();
        }
        self.relay.pending.push_back((home, request));
        self.flush_requests();
    }

    fn flush_requests(&mut self) {
        while let Some((home, request)) = self.relay.pending.front() {
            let outlet = self.relay.outlets.get_mut(home);
            if outlet.is_some_and(|outlet| !outlet.send(&Relayed::Request(*request))) {
                return;
            }
            self.relay.pending.pop_front();
        }
    }
}

#[cfg(test)]
#[path = "relay_tests.rs"]
mod tests;
