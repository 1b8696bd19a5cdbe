//! The media of everybody in one thread: a socket each, `recvmmsg` with GRO, and a heap of what is due when.
//!
//! Every packet is counted by source and number; one in [`OPENED`] of a source is authenticated and tells its delay.

mod client;
mod phase;

use crate::account::Sum;
use crate::crowd::{Crowd, Newcomer, News, Signalling};
use crate::film::{FRAME, VOICE};
use crate::link::Identity;
use crate::options::Run;
use crate::report::Report;
use crate::{Failure, clock};
use client::Client;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};
use phase::{Phase, Step};
use quinn_udp::{BATCH_SIZE, RecvMeta};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::IoSliceMut;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

/// One packet of so many is opened.
pub(crate) const OPENED: u64 = 16;
/// Delays kept for the percentiles.
const DELAYS_MAX: usize = 2_000_000;
/// News that wait for this thread.
const NEWS_MAX: usize = 256;
const EVENTS_MAX: usize = 256;
/// The largest datagram that the kernel merges (GRO).
const BUFFER: usize = 65_536;
const WAKER: Token = Token(usize::MAX);

const HANDSHAKE: Duration = Duration::from_millis(50);
const CONSENT: Duration = Duration::from_millis(2_500);
const REPORT: Duration = Duration::from_secs(1);
const TRANSPORT: Duration = Duration::from_millis(100);

/// What is due, and for whom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Due {
    Handshake(usize),
    Consent(usize),
    Report(usize),
    Transport(usize),
    Frame(usize),
    Voice(usize),
}

/// What was measured, as it is measured.
#[derive(Default)]
pub(crate) struct Measured {
    /// Of opened packets, microseconds.
    pub(crate) delays: Vec<u32>,
    /// From `join` to the first media packet, microseconds.
    pub(crate) joins: Vec<u32>,
    pub(crate) datagrams: u64,
    pub(crate) receive_calls: u64,
    pub(crate) sent: u64,
    pub(crate) nacks: u64,
    pub(crate) key_frames_asked: u64,
    pub(crate) failures: Vec<String>,
}

struct Engine {
    run: Run,
    identity: Arc<Identity>,
    poll: Poll,
    news: Receiver<News>,
    clients: Vec<Client>,
    due: BinaryHeap<Reverse<(Instant, Due)>>,
    began: Instant,
    measured: Measured,
}

/// Runs a crowd to its end.
pub fn run(run: &Run) -> Result<Report, Failure> {
    run.check()?;
    let identity = Arc::new(Identity::new()?);
    let poll = Poll::new()?;
    let (sender, news) = sync_channel(NEWS_MAX);
    let waker = Waker::new(poll.registry(), WAKER)?;
    let crowd = Crowd::new(run.clone(), identity.fingerprint.clone(), sender, waker)?;
    let mut engine = Engine {
        run: run.clone(),
        identity,
        poll,
        news,
        clients: Vec::new(),
        due: BinaryHeap::new(),
        began: clock::now(),
        measured: Measured::default(),
    };
    let mut phase = Phase::new(run, clock::now());
    let signalling = Signalling::start(crowd)?;
    let outcome = engine.work(&mut phase);
    signalling.end();
    outcome?;
    Ok(phase.report(run, &engine.clients, engine.measured))
}

impl Engine {
    fn work(&mut self, phase: &mut Phase) -> Result<(), Failure> {
        let mut events = Events::with_capacity(EVENTS_MAX);
        let mut buffers = vec![0; BATCH_SIZE * BUFFER];
        let mut slices: Vec<IoSliceMut<'_>> = buffers.chunks_mut(BUFFER).map(IoSliceMut::new).collect();
        loop {
            let now = clock::now();
            let next = self.due.peek().map(|Reverse((at, _))| *at).into_iter();
            let wake = next.fold(phase.deadline(), Instant::min);
            match self.poll.poll(&mut events, Some(wake.saturating_duration_since(now))) {
                Err(error) if error.kind() != std::io::ErrorKind::Interrupted => return Err(error.into()),
                Ok(()) | Err(_) => {}
            }
            for event in &events {
                if event.token() == WAKER {
                    self.hear_news()?;
                } else {
                    self.receive(event.token().0, &mut slices);
                }
            }
            self.do_due();
            match phase.step(clock::now(), &mut self.clients, &mut self.measured) {
                Step::Go => {}
                Step::End => return Ok(()),
            }
        }
    }

    fn hear_news(&mut self) -> Result<(), Failure> {
        while let Ok(news) = self.news.try_recv() {
            match news {
                News::Came(newcomer) => self.welcome(newcomer)?,
                News::Failed(why) => self.measured.failures.push(why),
            }
        }
        Ok(())
    }

    fn welcome(&mut self, newcomer: Newcomer) -> Result<(), Failure> {
        let (at, now, number) = (self.clients.len(), clock::now(), newcomer.number);
        let mut client = Client::new(&self.run, Arc::clone(&self.identity), newcomer)?;
        let descriptor = client.socket.as_raw_fd();
        self.poll.registry().register(&mut SourceFd(&descriptor), Token(at), Interest::READABLE)?;
        client.connect(now, &mut self.measured);
        self.clients.push(client);
        // Spread evenly: everybody's clocks begin at moments of their own.
        let phase = |period: Duration| period.mul_f64((number as f64 * 0.618_034).fract());
        let mut plan = |period: Duration, due: Due| self.due.push(Reverse((now + phase(period), due)));
        plan(HANDSHAKE, Due::Handshake(at));
        plan(CONSENT, Due::Consent(at));
        plan(REPORT, Due::Report(at));
        if self.run.twcc {
            plan(TRANSPORT, Due::Transport(at));
        }
        let client = &self.clients[at];
        if !client.films.is_empty() {
            plan(FRAME, Due::Frame(at));
        }
        if client.voice.is_some() {
            plan(VOICE, Due::Voice(at));
        }
        Ok(())
    }

    /// Everything that waits in a client's socket: a short batch means that it was emptied.
    fn receive(&mut self, at: usize, slices: &mut [IoSliceMut<'_>]) {
        let Some(client) = self.clients.get_mut(at) else { return };
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        loop {
            let taken = client.state.recv((&client.socket).into(), slices, &mut metas);
            self.measured.receive_calls += 1;
            let count = taken.unwrap_or(0);
            let now = clock::now();
            for (slice, meta) in slices.iter_mut().zip(&metas[..count]) {
                for datagram in slice[..meta.len].chunks(meta.stride.max(1)) {
                    self.measured.datagrams += 1;
                    let run_time = now.saturating_duration_since(self.began).as_micros() as u64;
                    client.datagram(now, run_time, meta.timestamp, datagram, &mut self.measured);
                }
            }
            client.flush(&mut self.measured);
            if count < BATCH_SIZE {
                return;
            }
        }
    }

    fn do_due(&mut self) {
        let now = clock::now();
        let run_time = now.saturating_duration_since(self.began).as_micros() as u64;
        while let Some(Reverse((at, due))) = self.due.peek().copied().filter(|Reverse((at, _))| *at <= now) {
            self.due.pop();
            let (who, period) = match due {
                Due::Handshake(who) => (who, HANDSHAKE),
                Due::Consent(who) => (who, CONSENT),
                Due::Report(who) => (who, REPORT),
                Due::Transport(who) => (who, TRANSPORT),
                Due::Frame(who) => (who, FRAME),
                Due::Voice(who) => (who, VOICE),
            };
            let Some(client) = self.clients.get_mut(who) else { continue };
            match due {
                Due::Handshake(_) if client.link.is_connected() || client.link.failed => continue,
                Due::Handshake(_) => client.link.tick(now),
                Due::Consent(_) => client.link.check(),
                Due::Report(_) => client.report(run_time),
                Due::Transport(_) => client.transport_feedback(),
                Due::Frame(_) => client.film(&mut self.measured),
                Due::Voice(_) => client.speak(&mut self.measured),
            }
            client.flush(&mut self.measured);
            // What is late stays in its rhythm, but does not pile up.
            let next = (at + period).max(now.checked_sub(period).unwrap_or(now));
            self.due.push(Reverse((next, due)));
        }
    }
}

impl Measured {
    /// A packet was opened and is this old.
    pub(crate) fn delay(&mut self, delay: Duration) {
        if self.delays.len() < DELAYS_MAX {
            self.delays.push(delay.as_micros().min(u128::from(u32::MAX)) as u32);
        }
    }
}

/// Over all clients, since the mark.
pub(crate) fn sum(clients: &[Client]) -> Sum {
    clients.iter().fold(Sum::default(), |mut sum, client| {
        sum.add(client.account.since_mark());
        sum
    })
}
