//! A scene for the tests: a running plane on 127.0.0.1 and clients made of the same `rtc-*` crates.
#![allow(dead_code, unused_imports, unreachable_pub, reason = "every test file uses its own part of this")]
#![allow(clippy::unwrap_used, reason = "test code that is not itself a test")]

mod client;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use bytes::Bytes;
pub use client::{Client, Packet, video_payload};
use media_plane::description::Remote;
use media_plane::{
    Command, Config, Event, EventSink, Feed, IceCredentials, MediaPlane, PeerId, Publication, SlotCount,
    SlotId, Uplink,
};

/// Nothing on a loaded machine takes longer; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

struct Sink(SyncSender<Event>);

impl EventSink for Sink {
    fn try_event(&mut self, event: Event) -> Result<(), Event> {
        match self.0.try_send(event) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
            Err(TrySendError::Full(event)) => Err(event),
        }
    }
}

pub struct Scene {
    pub plane: MediaPlane,
    pub clients: Vec<Client>,
    pub events: Vec<Event>,
    incoming: Receiver<Event>,
    peers: u64,
    /// Of each client.
    threads: Vec<usize>,
    /// Of the next one.
    pub next: usize,
}

/// Pieces of music whose packets are their own numbers.
pub fn music(packets: u8) -> Vec<Arc<[Bytes]>> {
    vec![(0..packets).map(|number| Bytes::from(vec![0xfc, number, 1, 2, 3])).collect()]
}

pub fn camera(peer: PeerId) -> Feed {
    Feed::Publication(Publication { peer, uplink: Uplink::Camera })
}

pub fn microphone(peer: PeerId) -> Feed {
    Feed::Publication(Publication { peer, uplink: Uplink::Microphone })
}

#[expect(clippy::disallowed_methods, reason = "deadlines of a test over real sockets")]
pub fn now() -> Instant {
    Instant::now()
}

impl Scene {
    pub fn new() -> Self {
        Self::with_music(music(50))
    }

    pub fn with_music(music: Vec<Arc<[Bytes]>>) -> Self {
        Self::on_threads(1, music)
    }

    pub fn on_threads(threads: usize, music: Vec<Arc<[Bytes]>>) -> Self {
        let (sender, incoming) = sync_channel(4096);
        let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let config = Config {
            bind: localhost,
            udp_port: 0,
            threads,
            busy_limit: 2.0,
            announce: vec![localhost],
            announce_tcp: vec![],
            music,
        };
        let plane = MediaPlane::start(config, |_| Box::new(Sink(sender.clone()))).unwrap();
        Self {
            plane,
            clients: Vec::new(),
            events: Vec::new(),
            incoming,
            peers: 0,
            threads: Vec::new(),
            next: 0,
        }
    }

    pub fn send(&self, command: Command) {
        let client =
            command.peer().and_then(|peer| self.clients.iter().position(|client| client.peer == peer));
        let thread = client.map_or(self.next, |client| self.threads[client]);
        self.plane.send(thread, command).unwrap();
    }

    pub fn credentials(&self, number: u64) -> IceCredentials {
        IceCredentials { ufrag: format!("uf{number:06}"), pwd: format!("password-of-peer-{number:06}") }
    }

    /// A peer of the plane and its client, which knows the offer. The plane has no answer yet.
    pub fn add(&mut self, slots: SlotCount) -> usize {
        self.peers += 1;
        let peer = PeerId(self.peers);
        let ice = self.credentials(self.peers);
        let offer = self.plane.offer(self.next, peer, 1, &ice, slots);
        self.send(Command::AddPeer { peer, ice, slots });
        self.clients.push(Client::new(peer, &offer));
        self.threads.push(self.next);
        self.clients.len() - 1
    }

    pub fn answer(&self, client: usize) {
        let client = &self.clients[client];
        let remote = Remote::parse_answer(&client.answer()).unwrap();
        self.send(Command::SetRemote { peer: client.peer, remote: Box::new(remote) });
    }

    /// A connected client.
    pub fn join(&mut self) -> usize {
        self.join_with(|_| ())
    }

    /// The same with something of its own.
    pub fn join_with(&mut self, prepare: impl FnOnce(&mut Client)) -> usize {
        let client = self.add(SlotCount { audio: 3, video: 4 });
        prepare(&mut self.clients[client]);
        self.answer(client);
        self.clients[client].connect();
        let peer = self.clients[client].peer;
        self.until("connected", |scene| {
            scene.clients[client].is_connected() && scene.events.contains(&Event::Connected(peer))
        });
        client
    }

    pub fn allow(&self, client: usize, uplinks: &[Uplink]) {
        self.send(Command::Allow { peer: self.clients[client].peer, uplinks: uplinks.to_vec() });
    }

    pub fn feed(&self, client: usize, slot: SlotId, feed: Feed) {
        let thread = self.threads[client];
        if let Feed::Publication(publication) = feed
            && let Some(home) = self.clients.iter().position(|known| known.peer == publication.peer)
            && self.threads[home] != thread
        {
            let remote = Command::Remote(vec![(publication.peer, self.threads[home])]);
            self.plane.send(thread, remote).unwrap();
        }
        let feeds = Command::SetFeeds(vec![(self.clients[client].peer, slot, feed)]);
        self.plane.send(thread, feeds).unwrap();
    }

    /// Lets everybody work until the condition holds.
    pub fn until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let deadline = now() + PATIENCE;
        while !condition(self) {
            assert!(now() < deadline, "never: {what}; events: {:?}", self.events);
            self.turn();
        }
    }

    /// Everybody once.
    pub fn turn(&mut self) {
        for client in &mut self.clients {
            client.pump(now());
        }
        self.events.extend(self.incoming.try_iter());
    }

    /// Until the plane has done everything asked before: commands are in order, and so are a client's checks.
    pub fn settle(&mut self, client: usize) {
        let answered = self.clients[client].checks_answered;
        self.clients[client].check(false);
        self.until("a check is answered", |scene| scene.clients[client].checks_answered > answered);
    }
}
