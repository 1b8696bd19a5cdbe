//! The control plane's end of the media plane: commands down, events up.
//!
//! The only file of the control plane that holds a [`MediaPlane`]. Events of a thread come through one bounded queue
//! ([`EVENT_QUEUE`]); when it is full the media thread keeps state changes and drops levels (see `media_plane::api`).

use super::messages::Happened;
use super::track_router::TrackRouter;
use crate::ids::random_ice_text;
use actix::Addr;
use media_plane::streaming::Accepted;
use media_plane::{
    Command, Config, Event, EventSink, IceCredentials, MediaPlane, PeerId, SlotCount, Statistics,
};
use std::collections::HashMap;
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// Events of one media thread that may wait for the control plane.
const EVENT_QUEUE: usize = 4_096;

/// Levels of one room's microphones, on their way to its router.
type RoomLevels = (Addr<TrackRouter>, Vec<(PeerId, u8)>);
type Registry = Arc<Mutex<HashMap<PeerId, Addr<TrackRouter>>>>;

/// The running media plane, shared by all rooms.
#[derive(Clone)]
pub struct MediaHub {
    plane: Arc<MediaPlane>,
    registry: Registry,
    peers: Arc<AtomicU64>,
    rooms: Arc<AtomicUsize>,
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
        Ok(Self {
            plane: Arc::new(plane),
            registry,
            peers: Arc::new(AtomicU64::new(1)),
            rooms: Arc::new(AtomicUsize::new(0)),
            pieces,
        })
    }

    /// A link for a new room: rooms are spread over the threads and the pieces of music in turn.
    pub fn link(&self) -> MediaLink {
        let turn = self.rooms.fetch_add(1, Relaxed);
        let piece = turn % usize::from(self.pieces.max(1));
        MediaLink {
            hub: self.clone(),
            thread: turn % self.plane.threads(),
            piece: u16::try_from(piece).unwrap_or(0),
        }
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

/// One room's way to its media thread.
#[derive(Clone)]
pub struct MediaLink {
    hub: MediaHub,
    thread: usize,
    /// The piece that this room's lobby hears.
    pub piece: u16,
}

impl MediaLink {
    /// A name for a new connection, never used before.
    pub fn new_peer(&self) -> PeerId {
        PeerId(self.hub.peers.fetch_add(1, Relaxed))
    }

    /// ICE credentials for a connection of this room (RFC 8445 §5.3): 42 random bits in the name, 144 in the password.
    pub fn new_credentials(&self) -> IceCredentials {
        IceCredentials::for_thread(self.thread, &random_ice_text(7), random_ice_text(24))
    }

    /// Events of this connection go to `router` from now on.
    pub fn register(&self, peer: PeerId, router: Addr<TrackRouter>) {
        self.registry().insert(peer, router);
    }

    /// Removes a connection from the plane, and its events from everywhere.
    pub fn remove(&self, peer: PeerId) {
        self.registry().remove(&peer);
        self.command(Command::RemovePeer(peer));
    }

    /// Puts a command into the thread's queue. A full queue means that the thread is in trouble: it is logged, and
    /// the connection concerned heals by the client's own reconnect.
    pub fn command(&self, command: Command) {
        if self.hub.plane.send(self.thread, command).is_err() {
            tracing::error!(thread = self.thread, "a media thread does not keep up with its commands");
        }
    }

    /// The offer for a connection.
    pub fn offer(&self, peer: PeerId, version: u32, ice: &IceCredentials, slots: SlotCount) -> String {
        self.hub.plane.offer(self.thread, peer, version, ice, slots)
    }

    /// The answer to a client that offered.
    pub fn answer(&self, peer: PeerId, ice: &IceCredentials, accepted: &Accepted) -> String {
        self.hub.plane.answer(self.thread, peer, ice, accepted)
    }

    fn registry(&self) -> std::sync::MutexGuard<'_, HashMap<PeerId, Addr<TrackRouter>>> {
        // The map is only ever inserted into and removed from: a panic elsewhere cannot leave it half-changed.
        self.hub.registry.lock().unwrap_or_else(PoisonError::into_inner)
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
