//! A thread's turns: waits for news of its sockets, looks at each that has some, and rests.

use super::link::Link;
use super::rest::Rest;
use super::{Bell, Parts};
use crate::clock;
use actix::Addr;
use actors::whiteboard::{CloseSocket, SocketId, Whiteboard};
use mio::{Events, Interest, Poll, Token};
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::Receiver;
use std::task::Waker;
use std::time::{Duration, Instant};

/// Sockets of one thread.
const SOCKETS_MAX: usize = 8_000;
/// Events that are looked at in one go; more wait in the kernel.
const EVENTS: usize = 1_024;
/// A board whose mailbox was full is told again after this.
const TELL_AGAIN: Duration = Duration::from_millis(100);

/// One thread's sockets.
pub(super) struct Turns {
    poll: Poll,
    bell: Arc<Bell>,
    adopted: Receiver<Parts>,
    seats: HashMap<usize, Seat>,
    next: usize,
    /// The seats' moments, in their order.
    due: BTreeSet<(Instant, usize)>,
    /// Boards whose mailboxes were full.
    unclosed: Vec<(Addr<Whiteboard>, SocketId)>,
}

struct Seat {
    link: Link,
    /// When to look at it even if nothing happens.
    due: Instant,
    board: Addr<Whiteboard>,
    socket: SocketId,
}

impl Turns {
    pub(super) fn new(poll: Poll, bell: Arc<Bell>, adopted: Receiver<Parts>) -> Self {
        let (seats, due) = (HashMap::new(), BTreeSet::new());
        Self { poll, bell, adopted, seats, next: 0, due, unclosed: Vec::new() }
    }

    /// Until the server stops and everybody has gone.
    #[expect(
        clippy::disallowed_methods,
        reason = "the rest between turns is a real sleep; how long is decided in `rest`"
    )]
    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(EVENTS);
        let mut rest = Rest::new(clock::now());
        let mut stopping = false;
        while !(stopping && self.seats.is_empty()) {
            match self.poll.poll(&mut events, self.sleep(clock::now())) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    tracing::error!(%error, "board sockets cannot be waited for");
                    return;
                }
            }
            let now = clock::now();
            if self.bell.stopping.load(SeqCst) && !stopping {
                stopping = true;
                self.seats.values_mut().for_each(|seat| seat.link.stop(now));
            }
            for link in self.ready(&events, now, stopping) {
                self.turn(link, now);
            }
            self.unclosed.retain(|(board, socket)| is_full(board, *socket));
            std::thread::sleep(rest.after_turn(clock::now()));
        }
    }

    /// How long nothing is to be done if nothing happens; nothing: for ever.
    fn sleep(&self, now: Instant) -> Option<Duration> {
        let due = self.due.first().map(|(at, _)| at.saturating_duration_since(now));
        let again = (!self.unclosed.is_empty()).then_some(TELL_AGAIN);
        due.into_iter().chain(again).min()
    }

    /// Whose turn it is.
    fn ready(&mut self, events: &Events, now: Instant, stopping: bool) -> BTreeSet<usize> {
        let mut ready = BTreeSet::new();
        for event in events {
            if let Some(seat) = self.seats.get_mut(&event.token().0) {
                seat.link.note(event);
                ready.insert(event.token().0);
            }
        }
        // Whoever rings from now on is heard in the next turn.
        if self.bell.rung.swap(false, SeqCst) {
            ready.extend(self.bell.called());
            while let Ok(parts) = self.adopted.try_recv() {
                if stopping {
                    self.forget(parts.board, parts.socket);
                } else {
                    ready.extend(self.adopt(parts, now));
                }
            }
        }
        if stopping {
            ready.extend(self.seats.keys());
        }
        ready.extend(self.due.iter().take_while(|(at, _)| *at <= now).map(|(_, link)| *link));
        ready
    }

    fn adopt(&mut self, parts: Parts, now: Instant) -> Option<usize> {
        let number = self.next;
        self.next += 1;
        let Parts { connection, answer, board, socket, intake, inlet } = parts;
        let waker = Waker::from(self.bell.call_for(number));
        let intake = Box::new(move |frame| intake.push(frame));
        let link = Link::new(connection, answer, intake, inlet, waker, now).and_then(|mut link| {
            let interest = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(link.source(), Token(number), interest)?;
            Ok(link)
        });
        match link {
            Ok(link) if self.seats.len() < SOCKETS_MAX => {
                self.seats.insert(number, Seat { link, due: now, board, socket });
                Some(number)
            }
            Ok(_) | Err(_) => {
                self.forget(board, socket);
                None
            }
        }
    }

    fn turn(&mut self, number: usize, now: Instant) {
        let Some(seat) = self.seats.get_mut(&number) else { return };
        self.due.remove(&(seat.due, number));
        // Whatever breaks in one socket is that socket's end and no other's.
        if let Ok(Ok(at)) = catch_unwind(AssertUnwindSafe(|| seat.link.turn(now))) {
            seat.due = at;
            self.due.insert((at, number));
        } else if let Some(Seat { mut link, board, socket, .. }) = self.seats.remove(&number) {
            // Closing it would do, too.
            self.poll.registry().deregister(link.source()).ok();
            self.forget(board, socket);
        }
    }

    /// Tells the board that a socket has closed, again and again while its mailbox is full.
    fn forget(&mut self, board: Addr<Whiteboard>, socket: SocketId) {
        if is_full(&board, socket) {
            self.unclosed.push((board, socket));
        }
    }
}

/// Whether the board could not be told.
fn is_full(board: &Addr<Whiteboard>, socket: SocketId) -> bool {
    matches!(board.try_send(CloseSocket(socket)), Err(actix::dev::SendError::Full(_)))
}
