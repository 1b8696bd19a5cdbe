//! One thread's share of the data plane, without the thread: commands, datagrams and time come in, datagrams and
//! events come out.
//!
//! Pure: reads no clock, owns no socket. Publications, their layers' tracks and peers lie in slabs beside each other, so that forwarding a
//! packet borrows one track and one subscriber at a time. Per packet and subscriber nothing is allocated: what
//! arrived is kept once, in the track's history, and each subscriber's copy is written into the batch that is sent.

#[cfg(test)]
mod codecs_tests;
mod egress;
mod feedback;
mod feeds;
mod forward;
mod ingress;
mod layers;
mod lines;
mod peer;
mod peers;
mod preroll;
mod relay;
mod sources;
#[cfg(test)]
mod steady_tests;
#[cfg(test)]
mod testing;
mod timers;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

#[cfg(test)]
pub(crate) use egress::Streamed;
pub(crate) use egress::{Batch, Class, Message};
pub(crate) use relay::{RelayCount, RelayStream, RelayTo};

use crate::Statistics;
use crate::api::{Command, Event, PeerId};
use crate::codec::Codec;
use crate::due::Due;
use crate::music::MusicClock;
use crate::overload::Ceiling;
use crate::published::Published;
use crate::rewrite::TrackKey;
use crate::route::Route;
use crate::slab::Slab;
use crate::track::{Origin, Track};
use crate::transport::Identity;
use peer::Peer;

/// Which queue of a peer a packet waits in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Lane {
    /// Audio and retransmissions: sent at the end of the wake-up.
    Urgent,
    /// Video: may be held for a moment, so that more of a frame goes out at once.
    Video,
}

const LANES: [Lane; 2] = [Lane::Urgent, Lane::Video];

/// Where monotonic and NTP time meet.
#[derive(Clone, Copy)]
pub(crate) struct WallClock {
    pub(crate) at: Instant,
    /// NTP, 32.32 bits.
    pub(crate) ntp: u64,
}

impl WallClock {
    fn ntp(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.at);
        self.ntp.wrapping_add((since.as_nanos() * (1 << 32) / 1_000_000_000) as u64)
    }
}

struct Piece {
    track: u32,
    packets: Arc<[bytes::Bytes]>,
}

pub(crate) struct Plane {
    identity: Arc<Identity>,
    wall: WallClock,
    peers: Slab<Peer>,
    published: Slab<Published>,
    tracks: Slab<Track>,
    by_id: HashMap<PeerId, u32>,
    by_ufrag: HashMap<String, u32>,
    /// The 5-tuple gate: tuples that an authenticated check has validated.
    by_tuple: HashMap<Route, u32>,
    /// Authenticated sources, to recognise a peer whose address changed.
    by_ssrc: HashMap<u32, u32>,
    pieces: Vec<Piece>,
    music: MusicClock,
    /// STUN, DTLS and RTCP: small and rare.
    control: Vec<(Route, Vec<u8>)>,
    /// Peers with packets waiting, by lane.
    waiting: [Vec<u32>; 2],
    video_sent: Option<Instant>,
    /// Since when a picture's last packet has been waited for.
    picture_open: Option<Instant>,
    levels_due: Option<Instant>,
    /// When feedback and estimates are due, and when the next step of a probe is.
    lines_due: Option<Instant>,
    probes_due: Option<Instant>,
    padding: Vec<lines::Padding>,
    /// When layers are looked at; `None` while nobody sends any.
    layers_due: Option<Instant>,
    /// When each peer is looked at, and room to list those who are due.
    due: Due,
    due_now: Vec<u32>,
    events: VecDeque<Event>,
    random: u64,
    epochs: u64,
    counted: Statistics,
    relay: relay::Relay,
    ceiling: Ceiling,
}

impl Plane {
    /// `seed` is from the operating system's randomness.
    pub(crate) fn new(
        identity: Arc<Identity>,
        wall: WallClock,
        seed: u64,
        music: &[Arc<[bytes::Bytes]>],
    ) -> Self {
        let mut plane = Self {
            identity,
            wall,
            peers: Slab::new(),
            published: Slab::new(),
            tracks: Slab::new(),
            by_id: HashMap::new(),
            by_ufrag: HashMap::new(),
            by_tuple: HashMap::new(),
            by_ssrc: HashMap::new(),
            pieces: Vec::new(),
            music: MusicClock::new(wall.at),
            control: Vec::new(),
            waiting: [Vec::new(), Vec::new()],
            video_sent: None,
            picture_open: None,
            levels_due: None,
            lines_due: None,
            probes_due: None,
            padding: Vec::new(),
            layers_due: None,
            due: Due::default(),
            due_now: Vec::new(),
            events: VecDeque::new(),
            random: seed | 1,
            epochs: 0,
            counted: Statistics::default(),
            relay: relay::Relay::default(),
            ceiling: Ceiling::default(),
        };
        for packets in music {
            let track = plane.add_track(None, Codec::Opus);
            plane.pieces.push(Piece { track, packets: packets.clone() });
        }
        plane
    }

    /// Everything but [`Command::AdoptStream`] and [`Command::Stop`], which are the thread's.
    pub(crate) fn command(&mut self, now: Instant, command: Command) {
        match command {
            Command::AddPeer { peer, ice, slots } => self.add_peer(now, peer, ice, slots),
            Command::SetRemote { peer, remote } => self.set_remote(now, peer, *remote),
            Command::RestartIce { peer, ice } => self.restart_ice(now, peer, ice),
            Command::GrowSlots { peer, slots } => self.grow_slots(peer, slots),
            Command::Allow { peer, uplinks } => self.allow(now, peer, &uplinks),
            Command::SetFeeds(feeds) => self.set_feeds(now, &feeds),
            Command::SetDemand { peer, demands } => self.set_demand(now, peer, &demands),
            Command::RequestKeyframe(publication) => self.request_keyframe(now, publication),
            Command::Remote(peers) => self.remote(now, &peers),
            Command::RemovePeer(peer) => self.remove_peer(peer),
            Command::AdoptStream { .. } | Command::Stop => {}
        }
    }

    /// What happened, oldest first.
    pub(crate) fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// As after an authenticated check, for the fuzz targets: bytes of chance never authenticate.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn take_for_validated(&mut self, peer: PeerId, route: crate::route::Route) {
        if let Some(at) = self.by_id.get(&peer) {
            self.by_tuple.insert(route, *at);
        }
    }

    /// Figures since the last call.
    pub(crate) fn take_statistics(&mut self) -> Statistics {
        std::mem::take(&mut self.counted)
    }

    fn add_track(&mut self, origin: Option<Origin>, codec: Codec) -> u32 {
        let epoch = self.next_epoch();
        self.tracks.insert_with(|track| Track::new(origin, codec, TrackKey { track, epoch }))
    }

    /// Never the same twice, so that numbers of removed tracks are recognised.
    fn next_epoch(&mut self) -> u64 {
        self.epochs += 1;
        self.epochs
    }

    /// For first numbers and transaction ids: xorshift, seeded once.
    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    /// The peer is looked at by then.
    fn wake_by(&mut self, peer: u32, by: Instant) {
        self.due.ask(peer, by);
    }
}
