//! A media thread: socket, clock and queues around a [`Plane`]. The only place that reads a clock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::counters::Counters;
use crate::datagram::{Bell, Inbox, MESSAGES, Socket, thread_cpu};
use crate::overload::Overload;
use crate::pace::Pace;
use crate::plane::{Batch, Plane, WallClock};
use crate::route::Route;
use crate::streams::Streams;
use crate::{Command, Event, EventSink};

/// Rounds of receiving before anything is sent: bounds how long what came first waits.
const ROUNDS: usize = 4;
/// A datagram that seems to have waited for longer says that somebody has set the machine's clock.
const WAITED_MAX: Duration = Duration::from_millis(500);
/// Commands taken per wake-up.
const COMMANDS: usize = 64;
/// With so many events untold no further command is taken: then nothing new can come about, and the queue of
/// commands fills, which its senders notice.
const BACKLOG_MAX: usize = 4096;
/// How often a full event sink is tried again.
const RETRY: Duration = Duration::from_millis(5);

/// What a thread shares with its handle.
pub(crate) struct Shared {
    pub(crate) counters: Counters,
    pub(crate) bell: Bell,
    /// Whether the bell was rung since the thread last looked.
    pub(crate) rung: AtomicBool,
}

impl Shared {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self { counters: Counters::default(), bell: Bell::new()?, rung: AtomicBool::new(false) })
    }

    pub(crate) fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            self.bell.ring();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the outermost loop")]
pub(crate) fn clock() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "the outermost loop")]
fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// NTP time (RFC 5905), 32.32 bits, beside the monotonic clock.
pub(crate) fn wall_clock() -> WallClock {
    let since_1970 = since_1970();
    let seconds = since_1970.as_secs() + 2_208_988_800;
    let fraction = (u64::from(since_1970.subsec_nanos()) << 32) / 1_000_000_000;
    WallClock { at: clock(), ntp: seconds << 32 | fraction }
}

/// What a wake-up found in the socket.
struct Received {
    datagrams: usize,
    /// Nothing was left there: the kernel gave fewer messages than asked for.
    emptied: bool,
}

pub(crate) struct Worker {
    pub(crate) plane: Plane,
    pub(crate) socket: Socket,
    pub(crate) streams: Streams,
    pub(crate) commands: Receiver<Command>,
    pub(crate) sink: Box<dyn EventSink>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) overload: Overload,
    /// Of all threads, to wake those that something was relayed to.
    pub(crate) neighbours: Vec<Arc<Shared>>,
}

impl Worker {
    /// Until [`Command::Stop`], or until the handle is gone.
    pub(crate) fn run(mut self) {
        let (mut inbox, mut batch) = (Inbox::new(), Batch::default());
        let mut backlog: VecDeque<Event> = VecDeque::new();
        let mut more_commands = false;
        let (mut pace, mut emptied) = (Pace::default(), true);
        loop {
            let now = clock();
            let (wake, _reason) = self.plane.next_wake(now);
            let mut patience = wake.saturating_duration_since(now);
            if !backlog.is_empty() {
                patience = patience.min(RETRY);
            }
            if more_commands {
                patience = Duration::ZERO;
            }
            if let Some(sweep) = self.streams.next_sweep() {
                patience = patience.min(sweep.saturating_duration_since(now));
            }
            // A busy thread leaves its socket alone for a moment; commands wake it all the same.
            let (socket, patience) = match pace.rest(now) {
                _ if !emptied => (None, Duration::ZERO),
                Some(rest) => (None, patience.min(rest)),
                None => (Some(&self.socket), patience),
            };
            let ready = self.shared.bell.wait(socket, self.streams.readiness(), patience);
            let woken = clock();
            if ready.rung {
                self.shared.bell.silence();
                self.shared.rung.swap(false, Ordering::AcqRel);
                more_commands = true;
            }
            if more_commands && backlog.len() < BACKLOG_MAX {
                match self.take_commands() {
                    Some(more) => more_commands = more,
                    None => return,
                }
            }
            let count = self.receive(&mut inbox);
            emptied = count.emptied;
            let now = clock();
            pace.woke(now, count.datagrams);
            self.tend_streams(now, ready.streams);
            // The rest of a full ring waits for one turn, so that the own sockets have theirs.
            more_commands |= self.plane.relayed(now);
            self.plane.timeout(now);
            self.plane.wake_readers(|thread| self.neighbours[thread].ring());
            self.send(now, &mut batch);
            self.tell(&mut backlog);
            let mut statistics = self.plane.take_statistics();
            statistics.missed = self.streams.take_missed();
            self.shared.counters.add(&statistics);
            self.shared.counters.relayed(self.plane.take_relay_count());
            let rests = clock();
            let awake = rests.saturating_duration_since(woken);
            if let Some(measured) = self.overload.awake(rests, awake, thread_cpu) {
                self.shared.counters.worked(measured.busy);
                if let Some(ceiling) = measured.ceiling {
                    self.plane.set_ceiling(rests, ceiling);
                    self.shared.counters.lowered(ceiling);
                }
            }
        }
    }

    fn receive(&mut self, inbox: &mut Inbox) -> Received {
        let mut received = Received { datagrams: 0, emptied: false };
        for _ in 0..ROUNDS {
            // An error is that of some earlier datagram; there is nothing to be done about it.
            let count = self.socket.receive(inbox).unwrap_or(0);
            if count > 0 {
                let (now, wall) = (clock(), since_1970());
                for (from, arrived, datagram) in inbox.datagrams(count) {
                    received.datagrams += 1;
                    // On a crowded machine this thread comes late. A sender that was told so would send less.
                    let waited = arrived.map_or(Duration::ZERO, |arrived| wall.saturating_sub(arrived));
                    let arrived = now.checked_sub(waited.min(WAITED_MAX)).unwrap_or(now);
                    self.plane.datagram(arrived, Route::Udp(from), datagram);
                }
            }
            if count < MESSAGES {
                received.emptied = true;
                break;
            }
        }
        received
    }

    /// Reads from connections, and closes those that are nobody's. Costs nothing where there are none.
    fn tend_streams(&mut self, now: Instant, ready: bool) {
        let plane = &mut self.plane;
        if ready {
            self.streams.serve(now, |route, datagram| plane.datagram(now, route, datagram));
        }
        if self.streams.next_sweep().is_some_and(|at| at <= now) {
            self.streams.sweep(now, |route| plane.is_known(route));
        }
        for route in self.streams.take_ended() {
            plane.lost(route);
        }
    }

    /// Whether there may be more; `None` at the end.
    fn take_commands(&mut self) -> Option<bool> {
        let now = clock();
        for _ in 0..COMMANDS {
            match self.commands.try_recv() {
                Ok(Command::Stop) | Err(TryRecvError::Disconnected) => return None,
                Ok(Command::AdoptStream { stream, first }) => {
                    let plane = &mut self.plane;
                    self.streams.adopt(now, stream, first, |route, datagram| {
                        plane.datagram(now, route, datagram);
                    });
                }
                Ok(command) => self.plane.command(now, command),
                Err(TryRecvError::Empty) => return Some(false),
            }
        }
        Some(true)
    }

    fn send(&mut self, now: Instant, batch: &mut Batch) {
        loop {
            batch.clear();
            let more = self.plane.fill(now, batch);
            self.socket.send(batch);
            self.streams.send(now, batch);
            if !more {
                return;
            }
        }
    }

    /// Events in their order; when the sink is full, levels are dropped and the rest waits.
    fn tell(&mut self, backlog: &mut VecDeque<Event>) {
        while let Some(event) = self.plane.next_event() {
            if backlog.is_empty() || !matches!(event, Event::Levels(_)) {
                backlog.push_back(event);
            }
        }
        while let Some(event) = backlog.pop_front() {
            match self.sink.try_event(event) {
                Ok(()) | Err(Event::Levels(_)) => {}
                Err(event) => {
                    backlog.push_front(event);
                    return;
                }
            }
        }
    }
}
