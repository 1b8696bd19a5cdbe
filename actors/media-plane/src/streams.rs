//! A media thread's TCP connections (ICE-TCP, RFC 6544): reading and writing them, how many there may be, and for how
//! long somebody who has not shown that they belong here may hold one.
//!
//! A shell: framing is in `framing`, what is dropped for slow readers in `outbox`, and what a packet means in `plane`.
//! Connections come from the control plane with the first bytes read from them; nothing here accepts or connects.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::datagram::{Readiness, set_live};
use crate::framing::Deframer;
use crate::outbox::Outbox;
use crate::plane::Batch;
use crate::route::{Route, StreamId};

/// Connections of one thread; more are closed at once. A participant has one or two.
const STREAMS_MAX: usize = 2048;
/// Of these, connections that no authenticated check has come by; then the oldest of them is closed for a new one.
const UNKNOWN_MAX: usize = 256;
/// A connection by which nobody is known is closed after this.
const UNKNOWN_PATIENCE: Duration = Duration::from_secs(10);
/// How often that is looked at.
const SWEEP: Duration = Duration::from_secs(1);
/// Bytes read at once, and reads of one connection before the others have their turn.
const BUFFER: usize = 64 * 1024;
const READS: usize = 4;

struct Stream {
    socket: TcpStream,
    address: SocketAddr,
    deframer: Deframer,
    outbox: Outbox,
    /// Since when nobody is known by it.
    unknown_since: Option<Instant>,
    /// Room to write is being waited for.
    blocked: bool,
}

/// The connections of one thread.
pub(crate) struct Streams {
    readiness: Readiness,
    by_id: HashMap<StreamId, Stream>,
    next: u32,
    sweep_at: Option<Instant>,
    buffer: Vec<u8>,
    ready: Vec<u32>,
    touched: Vec<StreamId>,
    /// Connections that ended and of which the plane has not heard.
    ended: Vec<Route>,
    /// Packets that slow readers missed.
    missed: u64,
}

impl Streams {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            readiness: Readiness::new()?,
            by_id: HashMap::new(),
            next: 0,
            sweep_at: None,
            buffer: Vec::new(),
            ready: Vec::new(),
            touched: Vec::new(),
            ended: Vec::new(),
            missed: 0,
        })
    }

    /// What to wait for, if there are any.
    pub(crate) fn readiness(&self) -> Option<&Readiness> {
        (!self.by_id.is_empty()).then_some(&self.readiness)
    }

    /// When to call [`Self::sweep`].
    pub(crate) fn next_sweep(&self) -> Option<Instant> {
        self.sweep_at
    }

    /// Takes a connection and the bytes that were read from it already.
    pub(crate) fn adopt(
        &mut self,
        now: Instant,
        socket: TcpStream,
        mut first: Vec<u8>,
        mut packet: impl FnMut(Route, &mut [u8]),
    ) {
        self.make_room();
        let prepared = socket.set_nonblocking(true).and_then(|()| socket.peer_addr());
        let Ok(address) = prepared.map(canonical) else { return };
        set_live(&socket);
        self.next = self.next.wrapping_add(1);
        let id = StreamId(self.next);
        if self.by_id.len() >= STREAMS_MAX || self.readiness.watch(&socket, id.0, false, false).is_err() {
            return;
        }
        let mut stream = Stream {
            socket,
            address,
            deframer: Deframer::default(),
            outbox: Outbox::default(),
            unknown_since: Some(now),
            blocked: false,
        };
        let route = Route::Stream(id, address);
        if stream.deframer.push(&mut first, |datagram| packet(route, datagram)).is_ok() {
            self.by_id.insert(id, stream);
            self.sweep_at.get_or_insert(now + SWEEP);
        }
    }

    /// The oldest connection by which nobody is known makes room when there are many such ones.
    fn make_room(&mut self) {
        let unknown = || self.by_id.iter().filter_map(|(id, stream)| Some((stream.unknown_since?, *id)));
        if self.by_id.len() < UNKNOWN_MAX || unknown().count() < UNKNOWN_MAX {
            return;
        }
        if let Some((_, oldest)) = unknown().min() {
            self.end(oldest);
        }
    }

    /// Reads what has arrived, and goes on writing where there is room again.
    pub(crate) fn serve(&mut self, now: Instant, mut packet: impl FnMut(Route, &mut [u8])) {
        self.buffer.resize(BUFFER, 0);
        let mut ready = std::mem::take(&mut self.ready);
        self.readiness.ready(&mut ready);
        for id in ready.iter().copied().map(StreamId) {
            let Some(stream) = self.by_id.get_mut(&id) else { continue };
            let route = Route::Stream(id, stream.address);
            let read = stream.read(&mut self.buffer, |datagram| packet(route, datagram));
            if read.is_err() {
                self.end(id);
            } else if self.by_id.get(&id).is_some_and(|stream| stream.blocked) {
                self.flush(now, id);
            }
        }
        self.ready = ready;
    }

    /// Queues a batch's packets and writes what the connections take.
    pub(crate) fn send(&mut self, now: Instant, batch: &Batch) {
        for streamed in &batch.streamed {
            let Some(stream) = self.by_id.get_mut(&streamed.to) else { continue };
            let bytes = &batch.bytes[streamed.start..streamed.start + streamed.len];
            match stream.outbox.push(now, streamed.class, bytes) {
                Ok(missed) => self.missed += missed as u64,
                Err(_overfull) => {
                    self.end(streamed.to);
                    continue;
                }
            }
            if self.touched.last() != Some(&streamed.to) {
                self.touched.push(streamed.to);
            }
        }
        for at in 0..self.touched.len() {
            let id = self.touched[at];
            if self.by_id.get(&id).is_some_and(|stream| !stream.blocked) {
                self.flush(now, id);
            }
        }
        self.touched.clear();
    }

    fn flush(&mut self, now: Instant, id: StreamId) {
        let Some(stream) = self.by_id.get_mut(&id) else { return };
        self.missed += stream.outbox.freshen(now) as u64;
        let blocked = match stream.write() {
            Ok(blocked) => blocked,
            Err(_closed) => return self.end(id),
        };
        if blocked != stream.blocked {
            stream.blocked = blocked;
            if self.readiness.watch(&stream.socket, id.0, blocked, true).is_err() {
                self.end(id);
            }
        }
    }

    /// Closes connections that have been nobody's for too long.
    pub(crate) fn sweep(&mut self, now: Instant, is_known: impl Fn(Route) -> bool) {
        self.sweep_at = None;
        let mut over = Vec::new();
        for (id, stream) in &mut self.by_id {
            if is_known(Route::Stream(*id, stream.address)) {
                stream.unknown_since = None;
            } else if now.duration_since(*stream.unknown_since.get_or_insert(now)) >= UNKNOWN_PATIENCE {
                over.push(*id);
            }
        }
        over.into_iter().for_each(|id| self.end(id));
        if !self.by_id.is_empty() {
            self.sweep_at = Some(now + SWEEP);
        }
    }

    fn end(&mut self, id: StreamId) {
        if let Some(stream) = self.by_id.remove(&id) {
            self.ended.push(Route::Stream(id, stream.address));
        }
    }

    /// Connections that ended since the last call.
    pub(crate) fn take_ended(&mut self) -> Vec<Route> {
        std::mem::take(&mut self.ended)
    }

    /// Packets that slow readers missed since the last call.
    pub(crate) fn take_missed(&mut self) -> u64 {
        std::mem::take(&mut self.missed)
    }
}

impl Stream {
    /// An error when the connection is over, for whatever reason.
    fn read(&mut self, buffer: &mut [u8], mut packet: impl FnMut(&mut [u8])) -> io::Result<()> {
        for _ in 0..READS {
            match self.socket.read(buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    let pushed = self.deframer.push(&mut buffer[..count], &mut packet);
                    pushed.map_err(|_malformed| io::Error::from(ErrorKind::InvalidData))?;
                    if count < buffer.len() {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether something is left for which there is no room.
    fn write(&mut self) -> io::Result<bool> {
        while !self.outbox.unwritten().is_empty() {
            match self.socket.write(self.outbox.unwritten()) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.outbox.written(count),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

/// IPv4 peers of an IPv6 socket by their own address.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
#[path = "streams_tests.rs"]
mod tests;
