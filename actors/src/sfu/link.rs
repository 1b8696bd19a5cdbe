//! The control plane's end of the media plane: commands down, events up.
//!
//! The only file of the control plane that holds a [`MediaPlane`]. Events of a thread come through one bounded queue
//! ([`EVENT_QUEUE`]); when it is full the media thread keeps state changes and drops levels (see `media_plane::api`).

use super::messages::Happened;
use super::spread::{RoomNumber, Spread};
use super::track_router::TrackRouter;
use crate::ids::random_ice_text;
use actix::Addr;
use media_plane::streaming::Accepted;
use media_plane::{
    Command, Config, Event, EventSink, Feed, IceCredentials, MediaPlane, PeerId, SlotCount, SlotId,
    Statistics,
};
use std::collections::{BTreeMap, HashMap};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::mpsc;

/// Events of one media thread that may wait for the control plane.
const EVENT_QUEUE: usize = 4_096;
/// How often the threads' loads are measured.
const MEASURE: Duration = Duration::from_secs(2);

/// Levels of one room's microphones, on their way to its router.
type RoomLevels = (Addr<TrackRouter>, Vec<(PeerId, u8)>);
/// Peers of other threads with their threads, and feeds that may name them.
type FeedsOfThread = (Vec<(PeerId, usize)>, Vec<(PeerId, SlotId, Feed)>);
type Registry = Arc<Mutex<HashMap<PeerId, Addr<TrackRouter>>>>;

/// The running media plane, shared by all rooms.
#[derive(Clone)]
pub struct MediaHub {
    plane: Arc<MediaPlane>,
    registry: Registry,
    spread: Arc<Mutex<Spread>>,
    peers: Arc<AtomicU64>,
    rooms: Arc<AtomicU64>,
    pieces: u16,
}

struct QueueSink(mpsc::Sender<Event>);

impl EventSink for QueueSink {
    fn try_event(&mut self, event: Event) -> Result<(), Event> {
        self.0.try_send(event).map_err(mpsc::error::TrySendError::into_inner)
    }
}

impl MediaHub {
    /// Starts the plane and one task per thread that carries its events. Must be called inside an actix system.
    pub fn start(config: Config) -> std::io::Result<Self> {
        let registry = Registry::default();
        let pieces = u16::try_from(config.music.len()).unwrap_or(u16::MAX);
        let plane = MediaPlane::start(config, |_thread| {
            let (sink, events) = mpsc::channel(EVENT_QUEUE);
            actix::spawn(carry(events, registry.clone()));
            Box::new(QueueSink(sink)) as Box<dyn EventSink>
        })?;
        let hub = Self {
            spread: Arc::new(Mutex::new(Spread::new(plane.threads()))),
            plane: Arc::new(plane),
            registry,
            peers: Arc::new(AtomicU64::new(1)),
            rooms: Arc::new(AtomicU64::new(0)),
            pieces,
        };
        actix::spawn(measure(Arc::downgrade(&hub.plane), hub.spread.clone()));
        Ok(hub)
    }

    /// A link for a new room. Its connections are spread over the threads by load, rooms over the pieces of music in turn.
    pub fn link(&self) -> MediaLink {
        let turn = self.rooms.fetch_add(1, Relaxed);
        let piece = turn % u64::from(self.pieces.max(1));
        MediaLink { hub: self.clone(), room: RoomNumber(turn), piece: u16::try_from(piece).unwrap_or(0) }
    }

    /// Hands over a TCP connection that begins with a framed ICE check. False: nobody wants it; it is closed.
    pub fn adopt_stream(&self, stream: TcpStream, first: Vec<u8>) -> bool {
        self.plane.adopt_stream(stream, first).is_ok()
    }

    /// Sums over all threads.
    pub fn statistics(&self) -> Statistics {
        self.plane.statistics()
    }
}

/// One room's way to the media threads of its connections.
#[derive(Clone)]
pub struct MediaLink {
    hub: MediaHub,
    room: RoomNumber,
    /// The piece that this room's lobby hears.
    pub piece: u16,
}

impl MediaLink {
    /// A name for a new connection, never used before, and its place on a thread.
    pub fn new_peer(&self) -> PeerId {
        let peer = PeerId(self.hub.peers.fetch_add(1, Relaxed));
        self.spread().join(self.room, peer);
        peer
    }

    /// ICE credentials for a connection of this room (RFC 8445 §5.3): 42 random bits in the name, 144 in the password.
    /// The name tells the connection's thread.
    pub fn new_credentials(&self, peer: PeerId) -> IceCredentials {
        let thread = self.spread().thread_of(peer).unwrap_or(0);
        IceCredentials::for_thread(thread, &random_ice_text(7), random_ice_text(24))
    }

    /// Events of this connection go to `router` from now on.
    pub fn register(&self, peer: PeerId, router: Addr<TrackRouter>) {
        self.registry().insert(peer, router);
    }

    /// Removes a connection from the plane, and its events from everywhere.
    pub fn remove(&self, peer: PeerId) {
        self.registry().remove(&peer);
        let threads = self.spread().leave(peer);
        for thread in threads {
            self.send(thread, Command::RemovePeer(peer));
        }
    }

    /// Puts a command into the queue of its connection's thread.
    pub fn command(&self, command: Command) {
        match command {
            Command::SetFeeds(feeds) => self.set_feeds(feeds),
            command => {
                // Of connections that are gone nothing has to be said any more.
                if let Some(thread) = command.peer().and_then(|peer| self.spread().thread_of(peer)) {
                    self.send(thread, command);
                }
            }
        }
    }

    /// To each receiver's thread its own, and before that where the publications of other threads live.
    fn set_feeds(&self, feeds: Vec<(PeerId, SlotId, Feed)>) {
        let mut threads: BTreeMap<usize, FeedsOfThread> = BTreeMap::new();
        {
            let spread = self.spread();
            for (peer, slot, feed) in feeds {
                let Some(thread) = spread.thread_of(peer) else { continue };
                let (remote, own) = threads.entry(thread).or_default();
                if let Feed::Publication(publication) = feed
                    && let Some(home) = spread.thread_of(publication.peer).filter(|home| *home != thread)
                    && !remote.contains(&(publication.peer, home))
                {
                    remote.push((publication.peer, home));
                }
                own.push((peer, slot, feed));
            }
        }
        for (thread, (remote, own)) in threads {
            if !remote.is_empty() {
                self.send(thread, Command::Remote(remote));
            }
            self.send(thread, Command::SetFeeds(own));
        }
    }

    /// A full queue means that the thread is in trouble: it is logged, and the connection concerned heals by the
    /// client's own reconnect.
    fn send(&self, thread: usize, command: Command) {
        if self.hub.plane.send(thread, command).is_err() {
            tracing::error!(thread, "a media thread does not keep up with its commands");
        }
    }

    /// The offer for a connection.
    pub fn offer(&self, peer: PeerId, version: u32, ice: &IceCredentials, slots: SlotCount) -> String {
        let thread = self.spread().thread_of(peer).unwrap_or(0);
        self.hub.plane.offer(thread, peer, version, ice, slots)
    }

    /// The answer to a client that offered.
    pub fn answer(&self, peer: PeerId, ice: &IceCredentials, accepted: &Accepted) -> String {
        let thread = self.spread().thread_of(peer).unwrap_or(0);
        self.hub.plane.answer(thread, peer, ice, accepted)
    }

    fn spread(&self) -> MutexGuard<'_, Spread> {
        self.hub.spread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn registry(&self) -> MutexGuard<'_, HashMap<PeerId, Addr<TrackRouter>>> {
        // The map is only ever inserted into and removed from: a panic elsewhere cannot leave it half-changed.
        self.hub.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Measures the threads' loads as long as there are any.
async fn measure(plane: Weak<MediaPlane>, spread: Arc<Mutex<Spread>>) {
    let mut clock = tokio::time::interval(MEASURE);
    let mut before: Vec<Duration> = Vec::new();
    loop {
        clock.tick().await;
        let Some(plane) = plane.upgrade() else { return };
        let busy: Vec<Duration> = plane.thread_statistics().iter().map(|thread| thread.busy).collect();
        let share = |(now, before): (&Duration, &Duration)| {
            u32::try_from(now.saturating_sub(*before).as_millis() * 1000 / MEASURE.as_millis())
                .unwrap_or(1000)
        };
        let shares: Vec<u32> = busy.iter().zip(&before).map(share).collect();
        spread.lock().unwrap_or_else(PoisonError::into_inner).measured(shares);
        before = busy;
    }
}

/// Takes events to the routers of their rooms. A router whose mailbox is full loses levels, never anything else
/// within its limit of [`super::track_router::MAILBOX`] messages.
async fn carry(mut events: mpsc::Receiver<Event>, registry: Registry) {
    while let Some(event) = events.recv().await {
        for (router, event) in addressed(event, &registry) {
            let full = router.try_send(Happened(event));
            if let Err(actix::dev::SendError::Full(Happened(event))) = full
                && !matches!(event, Event::Levels(_))
            {
                tracing::error!("a room does not keep up with its media events");
            }
        }
    }
}

fn addressed(event: Event, registry: &Registry) -> Vec<(Addr<TrackRouter>, Event)> {
    let registry = registry.lock().unwrap_or_else(PoisonError::into_inner);
    let one = |peer: PeerId, event: Event| registry.get(&peer).map(|router| (router.clone(), event));
    match event {
        Event::Connected(peer)
        | Event::Silent(peer, _)
        | Event::Gone(peer, _)
        | Event::SlotRunning(peer, _, _)
        | Event::Quality(peer, _, _) => one(peer, event).into_iter().collect(),
        Event::PublicationSeen(publication) | Event::LayersWanted(publication, _) => {
            one(publication.peer, event).into_iter().collect()
        }
        Event::Levels(levels) => {
            let mut rooms: Vec<RoomLevels> = Vec::new();
            for (peer, level) in levels {
                let Some(router) = registry.get(&peer) else { continue };
                match rooms.iter_mut().find(|(known, _)| known == router) {
                    Some((_, list)) => list.push((peer, level)),
                    None => rooms.push((router.clone(), vec![(peer, level)])),
                }
            }
            rooms.into_iter().map(|(router, list)| (router, Event::Levels(list))).collect()
        }
    }
}
