//! The data plane: plain threads that move media packets and know no rooms, names or JSON.
//!
//! Each thread owns one UDP port and its peers and shares nothing on the packet path. Commands go down and events come
//! up by bounded queues (see [`Command`], [`Event`]). The control plane chooses each peer's thread; a publication whose
//! receivers are on another thread crosses to it once, by a bounded ring (see `relay`).
//!
//! Inside: `plane` is the logic (no clock, no socket), `transport` the protocols (the only part that knows the `rtc-*`
//! crates), `worker` the thread, `datagram` the system calls.

pub mod description;
#[doc(hidden)]
pub mod floor;
#[doc(hidden)]
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod streaming;

mod allocation;
mod allotment;
mod api;
mod av1;
mod bandwidth;
mod codec;
mod counters;
mod datagram;
mod due;
mod framing;
mod h264;
mod history;
mod keyframe;
mod layers;
mod meter;
mod music;
mod onset;
mod outbox;
mod overload;
mod pace;
mod plane;
mod published;
mod reception;
mod relay;
mod rewrite;
mod route;
mod rtcp;
mod rtp;
mod sealed;
mod segments;
mod slab;
mod streams;
#[cfg(test)]
mod testing;
mod thinning;
mod track;
mod transport;
mod transport_cc;
mod vp8;
mod vp9;
mod wanted;
mod worker;

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

pub use api::*;
pub use codec::{Codec, Format, Formats};
pub use layers::*;

use plane::Plane;
use streams::Streams;
use transport::{Identity, Stun, StunKind};
use worker::{Shared, Worker, wall_clock};

/// Commands that wait for a thread. A room of 50 joining at once sends some hundreds.
const COMMANDS_MAX: usize = 4096;

/// Running figures of all threads, sums since the start.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// UDP datagrams received.
    pub packets_in: u64,
    /// UDP datagrams sent.
    pub packets_out: u64,
    /// UDP payload bytes received.
    pub bytes_in: u64,
    /// UDP payload bytes sent.
    pub bytes_out: u64,
    /// Media packets sealed for a subscriber.
    pub forwarded: u64,
    /// Those of them, and of the ones sent again, that left in a batch of four and more: one call of the kernel for all.
    pub batched: u64,
    /// Packets sent again on a NACK.
    pub retransmitted: u64,
    /// Datagrams that were refused: unknown tuple, bad integrity, replayed, malformed.
    pub refused: u64,
    /// Packets that were too late for a slow reader on TCP.
    pub missed: u64,
}

/// Running figures of one thread since its start.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct ThreadStatistics {
    /// How long it worked, as if it had a core for itself: its share of a span of time is its load. Told twice a second.
    pub busy: Duration,
    /// How far its pictures are lowered because it is overloaded: 0 not at all … 5.
    pub lowered: u8,
    /// Media packets given to other threads.
    pub relayed: u64,
    /// Media packets that other threads should have got, but that found their ring full.
    pub relay_dropped: u64,
}

/// Takes events out of a media thread. Called on that thread; must not block.
pub trait EventSink: Send + 'static {
    /// Gives the event back when there is no room for it now.
    fn try_event(&mut self, event: Event) -> Result<(), Event>;
}

/// The thread's command queue is full: the thread is in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the media thread's command queue is full")]
pub struct QueueFull;

/// The connection does not begin with a check for a peer of this plane, or its thread is in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody takes this connection")]
pub struct Unwanted;

/// The running plane. Dropping it stops the threads.
pub struct MediaPlane {
    identity: Arc<Identity>,
    threads: Vec<Thread>,
    tcp: Vec<SocketAddr>,
}

struct Thread {
    commands: SyncSender<Command>,
    shared: Arc<Shared>,
    candidates: Vec<SocketAddr>,
    handle: Option<JoinHandle<()>>,
}

impl MediaPlane {
    /// Opens the sockets and starts the threads; `sinks` makes each thread's event sink.
    pub fn start(
        config: Config,
        mut sinks: impl FnMut(usize) -> Box<dyn EventSink>,
    ) -> std::io::Result<Self> {
        let identity = Arc::new(Identity::generate()?);
        let tcp = config.announce_tcp.clone();
        let mut plane = Self { identity: identity.clone(), threads: Vec::new(), tcp };
        let threads = config.threads.max(1);
        let shared: Vec<_> =
            (0..threads).map(|_| Shared::new().map(Arc::new)).collect::<std::io::Result<_>>()?;
        for (number, rings) in relay::mesh(threads).into_iter().enumerate() {
            let port = if config.udp_port == 0 { 0 } else { port_of(config.udp_port, number)? };
            let socket = datagram::Socket::bind(SocketAddr::new(config.bind, port))?;
            let candidates = description::candidates(&config.announce, socket.port()?);
            let (commands, receiver) = sync_channel(COMMANDS_MAX);
            let mut seed = [0; 8];
            getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
            let seed = u64::from_le_bytes(seed);
            let mut own = Plane::new(identity.clone(), wall_clock(), seed, &config.music);
            for (thread, outlet, inlet) in rings {
                own.join(thread, outlet, inlet);
            }
            let worker = Worker {
                plane: own,
                socket,
                streams: Streams::new()?,
                commands: receiver,
                sink: sinks(number),
                overload: overload::Overload::new(config.busy_limit),
                shared: shared[number].clone(),
                neighbours: shared.clone(),
            };
            let name = format!("media-{number}");
            let handle = std::thread::Builder::new().name(name).spawn(move || worker.run())?;
            let shared = shared[number].clone();
            plane.threads.push(Thread { commands, shared, candidates, handle: Some(handle) });
        }
        Ok(plane)
    }

    /// Number of threads; rooms are spread over them by the control plane.
    pub fn threads(&self) -> usize {
        self.threads.len()
    }

    /// Puts a command into a thread's queue.
    pub fn send(&self, thread: usize, command: Command) -> Result<(), QueueFull> {
        let thread = self.threads.get(thread).ok_or(QueueFull)?;
        let sent = thread.commands.try_send(command).map_err(|refused| match refused {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => QueueFull,
        });
        thread.shared.ring();
        sent
    }

    /// The offer for a peer (SDP, JSEP): the same m-lines for everybody, in the fixed order of web/PROTOCOL.md §3.
    /// Of the slots only those for video may have become more since the peer's first offer.
    pub fn offer(
        &self,
        thread: usize,
        peer: PeerId,
        version: u32,
        ice: &IceCredentials,
        slots: SlotCount,
    ) -> String {
        let candidates = self.candidates(thread);
        let fingerprint = self.identity.fingerprint();
        description::Offer { peer, version, ice, fingerprint, candidates, tcp: &self.tcp, slots }.write()
    }

    /// Takes over a TCP connection that a client made to one of [`Config::announce_tcp`]. `first` is what was read from
    /// it: a whole framed check (RFC 4571), perhaps with more behind it. Its user name leads to the thread; whether
    /// the check is authentic is for the thread to see.
    pub fn adopt_stream(&self, stream: TcpStream, first: Vec<u8>) -> Result<(), Unwanted> {
        let thread = Self::thread_named(&first).ok_or(Unwanted)?;
        self.send(thread, Command::AdoptStream { stream, first }).map_err(|QueueFull| Unwanted)
    }

    fn thread_named(first: &[u8]) -> Option<usize> {
        let (length, packet) = first.split_first_chunk::<{ framing::LENGTH }>()?;
        let stun = Stun::parse(packet.get(..u16::from_be_bytes(*length).into())?)?;
        if stun.kind == StunKind::Request { IceCredentials::thread_of(&stun.local_ufrag()?) } else { None }
    }

    /// What each thread has done since its start.
    pub fn thread_statistics(&self) -> Vec<ThreadStatistics> {
        self.threads.iter().map(|thread| thread.shared.counters.load()).collect()
    }

    fn candidates(&self, thread: usize) -> &[SocketAddr] {
        self.threads.get(thread).map_or(&[][..], |thread| &thread.candidates)
    }

    /// The answer to a client that offered (SDP, JSEP).
    pub fn answer(
        &self,
        thread: usize,
        peer: PeerId,
        ice: &IceCredentials,
        accepted: &streaming::Accepted,
    ) -> String {
        let candidates = self.candidates(thread);
        let fingerprint = self.identity.fingerprint();
        streaming::Answer { peer, ice, fingerprint, candidates, tcp: &self.tcp, accepted }.write()
    }

    /// Sums over all threads.
    pub fn statistics(&self) -> Statistics {
        let mut sum = Statistics::default();
        for thread in &self.threads {
            thread.shared.counters.sum_into(&mut sum);
        }
        sum
    }
}

impl Drop for MediaPlane {
    fn drop(&mut self) {
        for thread in self.threads.drain(..) {
            let Thread { commands, shared, handle, .. } = thread;
            // Without its sender the thread finds the queue closed, even if it is full now.
            drop(commands);
            shared.bell.ring();
            if let Some(handle) = handle {
                // A panic of the thread was reported when it happened.
                drop(handle.join());
            }
        }
    }
}

fn port_of(first: u16, number: usize) -> std::io::Result<u16> {
    let port = u16::try_from(number).ok().and_then(|number| first.checked_add(number));
    port.ok_or_else(|| std::io::Error::other("the UDP ports end at 65535"))
}
