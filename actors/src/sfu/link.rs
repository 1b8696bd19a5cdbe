//! The control plane's end of the media plane: commands down, events up.
//!
//! The only file of the control plane that holds a [`MediaPlane`]. Events of a thread come through one bounded queue
//! ([`EVENT_QUEUE`]); when it is full the media thread keeps state changes and drops levels (see `media_plane::api`).

use super::capacity::{Capacity, Used};
use super::messages::Happened;
use super::spread::{RoomNumber, Spread};
use super::track_router::TrackRouter;
use crate::ids::random_ice_text;
use crate::load::{Machine, MediaReading, ProcessUse};
use actix::Addr;
use media_plane::streaming::Accepted;
use media_plane::{
    Command, Config, Event, EventSink, Feed, IceCredentials, MediaPlane, PeerId, SlotCount, SlotId,
    ThreadStatistics, Uplink,
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
    capacity: Arc<Mutex<Capacity>>,
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
        let limit = config.busy_limit;
        let pieces = u16::try_from(config.music.len()).unwrap_or(u16::MAX);
        let plane = MediaPlane::start(config, |_thread| {
            let (sink, events) = mpsc::channel(EVENT_QUEUE);
            actix::spawn(carry(events, registry.clone()));
            Box::new(QueueSink(sink)) as Box<dyn EventSink>
        })?;
        let hub = Self {
            spread: Arc::new(Mutex::new(Spread::new(plane.threads()))),
            capacity: Arc::new(Mutex::new(Capacity::new(limit, Machine::read().cores, plane.threads()))),
            plane: Arc::new(plane),
            registry,
            peers: Arc::new(AtomicU64::new(1)),
            rooms: Arc::new(AtomicU64::new(0)),
            pieces,
        };
        actix::spawn(measure(Arc::downgrade(&hub.plane), hub.spread.clone(), hub.capacity.clone()));
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

    /// What the media threads did, and what more they can do.
    pub fn reading(&self) -> MediaReading {
        let threads = self.plane.thread_statistics();
        MediaReading {
            statistics: self.plane.statistics(),
            busy: threads.iter().map(|thread| thread.busy).sum(),
            relayed: threads.iter().map(|thread| thread.relayed).sum(),
            relay_dropped: threads.iter().map(|thread| thread.relay_dropped).sum(),
            lowered: threads.iter().map(|thread| thread.lowered).max().unwrap_or(0),
            camera_headroom: lock(&self.capacity).headroom(),
        }
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

    /// Whether a connection may send one more picture: asked once for each that is switched on.
    pub fn admits_picture(&self, peer: PeerId) -> bool {
        let thread = self.spread().thread_of(peer);
        thread.is_some_and(|thread| lock(&self.hub.capacity).admit(thread))
    }

    /// Whether the room's next connection might send a picture.
    pub fn has_room_for_picture(&self) -> bool {
        let thread = self.spread().next(self.room);
        lock(&self.hub.capacity).has_room(thread)
    }

    /// Removes a connection from the plane, and its events from everywhere.
    pub fn remove(&self, peer: PeerId) {
        self.registry().remove(&peer);
        lock(&self.hub.capacity).shows(peer, 0);
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
                    if let Command::Allow { peer, uplinks } = &command {
                        let pictures = uplinks.iter().filter(|uplink| **uplink != Uplink::Microphone).count();
                        lock(&self.hub.capacity).shows(*peer, u8::try_from(pictures).unwrap_or(u8::MAX));
                    }
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
        lock(&self.hub.spread)
    }

    fn registry(&self) -> MutexGuard<'_, HashMap<PeerId, Addr<TrackRouter>>> {
        lock(&self.hub.registry)
    }
}

/// What lies behind these locks is changed in single steps: a panic elsewhere cannot leave it half-changed.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Measures the threads' loads as long as there are any.
async fn measure(plane: Weak<MediaPlane>, spread: Arc<Mutex<Spread>>, capacity: Arc<Mutex<Capacity>>) {
    let mut clock = tokio::time::interval(MEASURE);
    let mut before: Option<Totals> = None;
    loop {
        clock.tick().await;
        let Some(plane) = plane.upgrade() else { return };
        let now = Totals::read(&plane);
        if let Some(before) = &before {
            let busy = now.busy_since(before);
            let share = |busy: &Duration| u32::try_from(busy.as_millis() * 1000 / MEASURE.as_millis());
            lock(&spread).measured(busy.iter().map(|busy| share(busy).unwrap_or(1000)));
            let process = now.process.zip(before.process);
            lock(&capacity).measured(&Used {
                span: MEASURE,
                threads: &busy,
                lowered: &now.threads.iter().map(|thread| thread.lowered > 0).collect::<Vec<_>>(),
                packets: now.packets.saturating_sub(before.packets),
                process: process.map(|(now, before)| now.saturating_sub(before)),
            });
        }
        before = Some(now);
    }
}

/// Sums since the start.
struct Totals {
    threads: Vec<ThreadStatistics>,
    packets: u64,
    process: Option<Duration>,
}

impl Totals {
    fn read(plane: &MediaPlane) -> Self {
        let sum = plane.statistics();
        Self {
            threads: plane.thread_statistics(),
            packets: sum.packets_in + sum.packets_out,
            process: ProcessUse::read().map(|used| used.cpu),
        }
    }

    fn busy_since(&self, before: &Self) -> Vec<Duration> {
        let since = self.threads.iter().zip(&before.threads);
        since.map(|(now, before)| now.busy.saturating_sub(before.busy)).collect()
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
    let registry = lock(registry);
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
