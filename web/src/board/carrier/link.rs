//! One board socket on the carrier's thread: TLS and WebSocket over a connection that never blocks.
//!
//! Reading and writing go on independently: who takes nothing may still draw. Nothing here reads the clock or waits.

use super::frames::{Heard, Incoming, Kind, control, head};
use crate::board::pace::Pace;
use actors::whiteboard::{BoardFrame, BoardInlet, NotTaken};
use bytes::{Buf, Bytes};
use mio::net::TcpStream;
use rustls::ServerConnection;
use std::io::{self, BufRead, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

const PING_EVERY: Duration = Duration::from_secs(15);
/// A client that is silent for so long, pongs included, is gone.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long the other side has to take our goodbye and what was to come before it.
const GOODBYE_PATIENCE: Duration = Duration::from_secs(1);
/// And then to close. A browser's client comes back only when the connection is closed.
const LINGER: Duration = Duration::from_millis(200);
/// When the board has no room for a frame it is offered again after this.
const OFFER_AGAIN: Duration = Duration::from_millis(10);
/// Bytes that are encrypted at once, about.
const BATCH: usize = 64 << 10;
/// How often in one turn; others want to write, too.
const BATCHES: u32 = 16;
/// How often in one turn the kernel is asked for more: a flood must not keep the thread from the others.
const RECEIVES: u32 = 64;

/// Where a socket's messages go.
pub(super) type Intake = Box<dyn FnMut(Bytes) -> Result<(), NotTaken> + Send>;

/// See the module's text.
pub(super) struct Link {
    tcp: TcpStream,
    tls: ServerConnection,
    incoming: Incoming,
    intake: Intake,
    inlet: BoardInlet,
    /// The board's word that it is over; nothing after it was heard.
    closing: Option<Pin<Box<dyn Future<Output = u16> + Send>>>,
    waker: Waker,
    may: May,
    pace: Pace,
    read_after: Option<Instant>,
    /// The board had no room for it.
    held: Option<Bytes>,
    /// Rest of what is being written.
    rest: Bytes,
    /// Its head is being written.
    payload: Option<Bytes>,
    pong: Option<Bytes>,
    ping: bool,
    goodbye: Option<u16>,
    heard: Instant,
    pinged: Instant,
    leave_at: Option<Instant>,
    /// The kernel has our goodbye.
    said: bool,
}

/// What the kernel may have for us or take, as far as is known.
struct May {
    read: bool,
    write: bool,
    /// The other side writes no more: read to the end.
    end: bool,
    /// It has said so in TLS, and everything before was read.
    ended: bool,
}

/// The connection is of no more use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Gone;

/// Why nothing more is read.
enum End {
    Gone,
    Code(u16),
}

impl From<Gone> for End {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

impl Link {
    /// `answer`, the end of the upgrade, is written first; `waker` is called when the board has something to say.
    pub(super) fn new(
        (tcp, tls): (std::net::TcpStream, ServerConnection),
        answer: Bytes,
        intake: Intake,
        inlet: BoardInlet,
        waker: Waker,
        now: Instant,
    ) -> io::Result<Self> {
        tcp.set_nonblocking(true)?;
        Ok(Self {
            tcp: TcpStream::from_std(tcp),
            tls,
            incoming: Incoming::new(),
            intake,
            closing: Some(Box::pin(inlet.closing())),
            inlet,
            waker,
            may: May { read: true, write: true, end: false, ended: false },
            pace: Pace::new(now),
            read_after: None,
            held: None,
            rest: answer,
            payload: None,
            pong: None,
            ping: false,
            goodbye: None,
            heard: now,
            pinged: now,
            leave_at: None,
            said: false,
        })
    }

    pub(super) fn source(&mut self) -> &mut TcpStream {
        &mut self.tcp
    }

    /// The kernel has news.
    pub(super) fn note(&mut self, event: &mio::event::Event) {
        self.may.read |= event.is_readable() || event.is_error();
        self.may.end |= event.is_read_closed() || event.is_error();
        self.may.write |= event.is_writable();
    }

    /// The server stops.
    pub(super) fn stop(&mut self, now: Instant) {
        self.leave(now, 1001);
    }

    /// Carries what there is; when to look again even if nothing happens.
    pub(super) fn turn(&mut self, now: Instant) -> Result<Instant, Gone> {
        let mut more = false;
        if self.leave_at.is_none() {
            match self.read(now) {
                Ok(unread) => more = unread,
                Err(End::Gone) => return Err(Gone),
                Err(End::Code(code)) => self.leave(now, code),
            }
        }
        let mut context = Context::from_waker(&self.waker);
        if let Some(closing) = &mut self.closing
            && let Poll::Ready(code) = closing.as_mut().poll(&mut context)
        {
            self.closing = None;
            self.leave(now, code);
        }
        if now.saturating_duration_since(self.heard) >= SILENCE_MAX {
            self.leave(now, 1000);
        }
        if now.saturating_duration_since(self.pinged) >= PING_EVERY {
            (self.pinged, self.ping) = (now, true);
        }
        more |= self.write()?;
        let at = match self.leave_at {
            Some(_) => {
                more |= self.drain()?;
                self.still_there(now)?
            }
            None => self.read_after.unwrap_or(now + PING_EVERY).min(self.pinged + PING_EVERY),
        };
        Ok(if more { now } else { at })
    }

    /// Whether somebody who was said goodbye to is still waited for, and until when.
    fn still_there(&mut self, now: Instant) -> Result<Instant, Gone> {
        let said = self.goodbye.is_none() && self.rest.is_empty() && !self.tls.wants_write();
        if said && !std::mem::replace(&mut self.said, true) {
            self.leave_at = self.leave_at.map(|at| at.min(now + LINGER));
        }
        self.leave_at.filter(|at| now < *at).ok_or(Gone)
    }

    /// Throws away what still comes: left unread when the connection closes, it would take our goodbye with it. Whether
    /// there may be more.
    fn drain(&mut self) -> Result<bool, Gone> {
        for _ in 0..RECEIVES {
            if !self.receive()? {
                return Ok(false);
            }
            self.incoming = Incoming::new();
        }
        Ok(true)
    }

    /// Says goodbye, once; what the board has to say is over.
    fn leave(&mut self, now: Instant, code: u16) {
        if self.leave_at.is_none() {
            self.goodbye = Some(code);
            self.leave_at = Some(now + GOODBYE_PATIENCE);
        }
    }

    /// Hands over what has come; whether there may be more at once.
    fn read(&mut self, now: Instant) -> Result<bool, End> {
        let mut receives = 0;
        loop {
            if self.read_after.is_some_and(|at| now < at) {
                return Ok(false);
            }
            self.read_after = None;
            let heard = match self.held.take() {
                Some(frame) => Some(Heard::Binary(frame)),
                None => self.incoming.next().map_err(|_malformed| End::Code(4400))?,
            };
            let Some(heard) = heard else {
                if receives == RECEIVES || !self.receive()? {
                    return Ok(receives == RECEIVES);
                }
                receives += 1;
                self.heard = now;
                continue;
            };
            let length = match heard {
                Heard::Binary(frame) => {
                    let length = frame.len();
                    match (self.intake)(frame) {
                        Ok(()) => length,
                        Err(NotTaken::Full(frame)) => {
                            self.held = Some(frame);
                            self.read_after = Some(now + OFFER_AGAIN);
                            // Silent are we, not they.
                            self.heard = now;
                            return Ok(false);
                        }
                        Err(NotTaken::Gone) => return Err(End::Code(4500)),
                    }
                }
                Heard::Ping(payload) => {
                    let length = payload.len();
                    // Of several that wait only the last one has to be answered (RFC 6455, section 5.5.3).
                    self.pong = Some(payload);
                    length
                }
                Heard::Piece | Heard::Pong => 0,
                Heard::Text => return Err(End::Code(4400)),
                Heard::Close => return Err(End::Code(1000)),
            };
            let pause = self.pace.count(now, length);
            if !pause.is_zero() {
                self.read_after = Some(now + pause);
            }
        }
    }

    /// Takes from the kernel; whether anything came.
    fn receive(&mut self) -> Result<bool, Gone> {
        if self.may.ended {
            return Err(Gone);
        }
        if !self.may.read {
            return Ok(false);
        }
        let mut source = Source { tcp: &mut self.tcp, drained: false };
        let taken = self.tls.read_tls(&mut source);
        let drained = source.drained && !self.may.end;
        match taken {
            Ok(0) => return Err(Gone),
            Ok(_) => self.may.read = !drained,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.may.read = false;
                return Ok(false);
            }
            Err(_broken) => return Err(Gone),
        }
        let state = self.tls.process_new_packets().map_err(|_not_tls| Gone)?;
        self.may.ended = state.peer_has_closed();
        let mut left = state.plaintext_bytes_to_read();
        while left > 0 {
            let mut reader = self.tls.reader();
            let plain = reader.fill_buf().map_err(|_broken| Gone)?;
            let length = plain.len();
            self.incoming.add(plain);
            reader.consume(length);
            left = if length == 0 { 0 } else { left - length };
        }
        Ok(true)
    }

    /// Gives to the kernel as much as it takes; whether there is more that it may take.
    fn write(&mut self) -> Result<bool, Gone> {
        for _ in 0..BATCHES {
            while self.tls.wants_write() {
                if !self.may.write {
                    return Ok(false);
                }
                match self.tls.write_tls(&mut self.tcp) {
                    Ok(0) => return Err(Gone),
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.may.write = false,
                    Err(_broken) => return Err(Gone),
                }
            }
            if !self.encrypt()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Encrypts what is to be said next; whether there was anything.
    fn encrypt(&mut self) -> Result<bool, Gone> {
        let mut encrypted = 0;
        while encrypted < BATCH {
            if self.rest.is_empty() && !self.say_next() {
                break;
            }
            let taken = self.tls.writer().write(&self.rest).map_err(|_broken| Gone)?;
            if taken == 0 {
                break;
            }
            self.rest.advance(taken);
            encrypted += taken;
        }
        Ok(encrypted > 0)
    }

    fn say_next(&mut self) -> bool {
        let mut context = Context::from_waker(&self.waker);
        self.rest = if let Some(payload) = self.payload.take() {
            payload
        } else if let Some(code) = self.goodbye.take() {
            control(Kind::Close, &code.to_be_bytes())
        } else if self.leave_at.is_some() {
            return false;
        } else if let Some(payload) = self.pong.take() {
            control(Kind::Pong, &payload)
        } else if std::mem::take(&mut self.ping) {
            control(Kind::Ping, b"")
        } else if let Poll::Ready(BoardFrame::Binary(payload)) = self.inlet.poll_next(&mut context) {
            let head = head(Kind::Binary, payload.len());
            self.payload = Some(payload);
            head
        } else {
            return false;
        };
        true
    }
}

/// Tells whether the kernel had less than was asked for: then it has no more, and need not be asked again.
struct Source<'a> {
    tcp: &'a mut TcpStream,
    drained: bool,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.tcp.read(buffer)?;
        self.drained = taken < buffer.len();
        Ok(taken)
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
