//! Where a run stands: people come, a moment of calm, the measurement, the end. With `--ramp` windows of two seconds
//! are measured while people come.

use super::client::Client;
use super::{Measured, sum};
use crate::options::Run;
use crate::process::{Usage, usage};
use crate::report::{Percentiles, Report};
use std::time::{Duration, Instant};

/// Between the last arrival and the measurement.
const CALM: Duration = Duration::from_secs(2);
/// How long the last ones may take beyond the pace of joining.
const LATE: Duration = Duration::from_secs(20);
const TICK: Duration = Duration::from_millis(100);
const WINDOW: Duration = Duration::from_secs(2);
/// What ends a ramp.
const RAMP_LOSS: f64 = 0.001;
const RAMP_DELAY: u32 = 50_000;

/// What to do next.
pub(super) enum Step {
    Go,
    End,
}

#[derive(Clone, Copy)]
enum State {
    Joining { until: Instant },
    Calm { until: Instant },
    Measuring { since: Instant, until: Instant },
    Over,
}

pub(super) struct Phase {
    run: Run,
    state: State,
    tick: Instant,
    window: Instant,
    empty: Option<Usage>,
    full: Option<Usage>,
    at_end: Option<Usage>,
    length: Duration,
    /// Packets in the measurement.
    datagrams: u64,
    /// People with media at the last good window of a ramp.
    good: usize,
}

impl Phase {
    pub(super) fn new(run: &Run, now: Instant) -> Self {
        let pace = Duration::from_secs_f64(run.people() as f64 / run.join_rate);
        Self {
            run: run.clone(),
            state: State::Joining { until: now + pace + LATE },
            tick: now,
            window: now + WINDOW,
            empty: run.pid.and_then(usage),
            full: None,
            at_end: None,
            length: Duration::ZERO,
            datagrams: 0,
            good: 0,
        }
    }

    /// When [`Self::step`] wants to be called.
    pub(super) fn deadline(&self) -> Instant {
        self.tick
    }

    pub(super) fn step(&mut self, now: Instant, clients: &mut [Client], measured: &mut Measured) -> Step {
        if now < self.tick {
            return Step::Go;
        }
        self.tick = now + TICK;
        match self.state {
            State::Joining { until } => {
                let here = clients.iter().filter(|client| client.has_media()).count();
                let wanted = self.expected().saturating_sub(measured.failures.len());
                if self.run.ramp && self.window <= now && self.broke(now, here, clients, measured) {
                    self.state = State::Over;
                } else if here >= wanted || now >= until {
                    self.state = State::Calm { until: now + CALM };
                }
            }
            State::Calm { until } if until <= now => {
                clients.iter_mut().for_each(|client| client.account.mark());
                measured.delays.clear();
                self.datagrams = measured.datagrams;
                self.full = self.run.pid.and_then(usage);
                self.state =
                    State::Measuring { since: now, until: now + Duration::from_secs(self.run.seconds) };
            }
            State::Calm { .. } => {}
            State::Measuring { since, until } if until <= now => {
                self.at_end = self.run.pid.and_then(usage);
                self.length = now - since;
                self.state = State::Over;
            }
            State::Measuring { .. } => {}
            State::Over => return Step::End,
        }
        Step::Go
    }

    /// Who can receive something: a lone publisher cannot.
    fn expected(&self) -> usize {
        let alone = self.run.publishers == 1 || self.run.publishers == 0;
        self.run.people() - if alone { self.run.publishers * self.run.rooms.len() } else { 0 }
    }

    /// Whether this window of a ramp was too much.
    fn broke(&mut self, now: Instant, here: usize, clients: &mut [Client], measured: &mut Measured) -> bool {
        self.window = now + WINDOW;
        let loss = sum(clients).loss();
        let delay = Percentiles::of(&mut measured.delays);
        clients.iter_mut().for_each(|client| client.account.mark());
        measured.delays.clear();
        let broken = loss > RAMP_LOSS || delay.p99 > RAMP_DELAY;
        if !broken {
            self.good = here;
        }
        broken
    }

    pub(super) fn report(&self, run: &Run, clients: &[Client], mut measured: Measured) -> Report {
        let sum = sum(clients);
        let cpu = self.full.zip(self.at_end).map(|(before, after)| {
            (after.cpu.saturating_sub(before.cpu), after.media_cpu.saturating_sub(before.media_cpu))
        });
        let million = sum.received as f64 / 1e6;
        let seconds = self.length.as_secs_f64();
        let per_million = |cpu: Duration| if million > 0.0 { cpu.as_secs_f64() / million } else { 0.0 };
        let share = |cpu: Duration| if seconds > 0.0 { cpu.as_secs_f64() / seconds } else { 0.0 };
        let connected = clients.iter().filter(|client| client.link.is_connected()).count();
        Report {
            people: run.people(),
            connected,
            with_media: clients.iter().filter(|client| client.has_media()).count(),
            expected: self.expected(),
            failures: measured.failures.clone(),
            seconds,
            packets: sum.received,
            packets_per_second: if seconds > 0.0 { sum.received as f64 / seconds } else { 0.0 },
            packets_per_receive_call: measured.datagrams as f64 / measured.receive_calls.max(1) as f64,
            loss: sum.loss(),
            delay_us: Percentiles::of(&mut measured.delays),
            join_us: Percentiles::of(&mut measured.joins),
            cpu_seconds_per_million: cpu.map(|(all, _)| per_million(all)),
            media_cpu_seconds_per_million: cpu.map(|(_, media)| per_million(media)),
            server_cores: cpu.map(|(all, _)| share(all)),
            memory_idle: self.empty.map(|usage| usage.memory),
            memory_per_person: self
                .empty
                .zip(self.full)
                .map(|(empty, full)| full.memory.saturating_sub(empty.memory) / connected.max(1) as u64),
            nacks: measured.nacks,
            key_frames_asked: measured.key_frames_asked,
            good_until: run.ramp.then_some(if self.full.is_some() { connected } else { self.good }),
        }
    }
}
