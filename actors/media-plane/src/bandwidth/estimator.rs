//! What one receiver's line carries: joins the history of what was sent, the detector, the control and the probes.
//! Pure: time comes in as µs of any clock that does not go backwards.

use super::control::{Control, Measured};
use super::probe::{Found, Prober};
use super::rates::{ArrivalRate, Loss};
use super::sent::{SentPackets, Told};
use super::trend::{Trend, Usage};
use crate::transport_cc::Feedback;

/// What is sent before anything is known.
pub(crate) const START_BPS: f64 = 1_000_000.0;
/// A receiver that promised feedback and sends none for so long is treated like one that never promised it.
const NEVER_US: i64 = 3_000_000;
/// Without feedback for so long while packets are out, less is sent.
const SILENCE_US: i64 = 1_000_000;
const SILENCE_AGAIN_US: i64 = 500_000;
/// No probe before the line was calm for so long, or with such a queue.
const CALM_US: i64 = 2_000_000;
const PROBE_QUEUE_MS: f64 = 30.0;
/// A queue that stays although less than the line carries is sent is the way itself.
const REBASE_US: i64 = 4_000_000;

pub(crate) struct Estimator {
    sent: SentPackets,
    trend: Trend,
    rate: ArrivalRate,
    loss: Loss,
    control: Control,
    prober: Prober,
    round_trip_us: i64,
    /// An arrival of before, to unwrap the receiver's clock.
    near_us: i64,
    began_us: Option<i64>,
    feedback_us: Option<i64>,
    silence_us: i64,
    /// What was estimated when feedback ceased, until it comes again.
    before_silence_bps: Option<f64>,
    drains_since_us: Option<i64>,
    wanted_bps: f64,
}

impl Estimator {
    pub(crate) fn new() -> Self {
        Self {
            sent: SentPackets::new(),
            trend: Trend::new(),
            rate: ArrivalRate::new(),
            loss: Loss::new(),
            control: Control::new(START_BPS),
            prober: Prober::new(),
            round_trip_us: 100_000,
            near_us: 0,
            began_us: None,
            feedback_us: None,
            silence_us: 0,
            before_silence_bps: None,
            drains_since_us: None,
            wanted_bps: 0.0,
        }
    }

    /// Of the packet that is sent next.
    pub(crate) fn next_seq_no(&self) -> u16 {
        self.sent.next_seq_no()
    }

    /// A packet was sealed: its transport-wide sequence number. The only work per packet.
    pub(crate) fn sent(&mut self, now_us: i64, bytes: u16) -> u16 {
        let probe = self.prober.number(now_us);
        if probe != 0 {
            self.prober.sent(bytes);
        }
        self.sent.push(now_us, bytes, probe)
    }

    /// Bits a second; `None` for a receiver that keeps silent about its line.
    pub(crate) fn bps(&self, now_us: i64) -> Option<f64> {
        let silent = self.feedback_us.is_none() && self.began_us.is_some_and(|at| now_us - at > NEVER_US);
        (!silent).then(|| self.control.bps())
    }

    /// Whether the line was calm for a while: nothing fell, no queue.
    pub(crate) fn is_calm(&self, now_us: i64, for_us: i64) -> bool {
        self.control.calm_us(now_us) >= for_us && !self.control.drains() && self.trend.usage() != Usage::Over
    }

    /// Feedback of the receiver.
    pub(crate) fn feedback(&mut self, now_us: i64, feedback: &Feedback<'_>) {
        if !self.sent.remembers(feedback.first) {
            return;
        }
        let Self { sent, trend, rate, loss, prober, .. } = self;
        let (mut newest, mut near_us) = (None, self.near_us);
        feedback.each(self.near_us, |seq_no, arrival_us| {
            match (sent.tell(now_us, seq_no, arrival_us.is_some()), arrival_us) {
                (Some(Told::Arrived { packet, late }), Some(arrival_us)) => {
                    near_us = arrival_us;
                    rate.arrived(arrival_us, packet.bytes);
                    if packet.probe == 0 {
                        loss.arrived(late);
                    } else {
                        prober.arrived(&packet, arrival_us);
                    }
                    trend.arrived(packet.sent_us, arrival_us);
                    newest = newest.max(Some(packet.sent_us));
                }
                (Some(Told::Absent { packet }), _) if packet.probe == 0 => loss.absent(),
                _ => {}
            }
        });
        self.near_us = near_us;
        let Some(newest) = newest else { return };
        self.feedback_us = Some(now_us);
        self.silence_us = now_us;
        self.before_silence_bps = None;
        let round_trip_us = (now_us - newest).clamp(0, 2_000_000);
        self.round_trip_us += (round_trip_us - self.round_trip_us) / 8;
        self.update(now_us);
    }

    fn update(&mut self, now_us: i64) {
        let measured = Measured {
            usage: self.trend.usage(),
            arriving_bps: self.rate.bps(false),
            lately_bps: self.rate.bps(true),
            queue_ms: self.trend.queue_ms(),
            round_trip_us: self.round_trip_us,
        };
        self.control.update(now_us, &measured);
        if let Some(share) = self.loss.take(now_us) {
            self.control.lost(now_us, share, measured.arriving_bps);
        }
        if measured.usage == Usage::Over {
            self.prober.abort(now_us);
        }
        match self.prober.judge(now_us, self.round_trip_us) {
            Some(Found::Carried(bps) | Found::Limit(bps)) => self.control.proven(now_us, bps),
            Some(Found::Nothing) | None => {}
        }
        let drains = self.control.drains() && measured.usage != Usage::Over;
        self.drains_since_us = if drains { self.drains_since_us.or(Some(now_us)) } else { None };
        if self.drains_since_us.is_some_and(|at| now_us - at > REBASE_US) {
            self.trend.rebase();
        }
    }

    /// The receiver is reached by another path: that the one before went silent says nothing of this one.
    pub(crate) fn moved(&mut self, now_us: i64) {
        if let Some(bps) = self.before_silence_bps.take() {
            (self.trend, self.rate, self.control) = (Trend::new(), ArrivalRate::new(), Control::new(bps));
            self.silence_us = now_us;
        }
    }

    /// What time alone brings about; to be called every 100 ms or so.
    pub(crate) fn tick(&mut self, now_us: i64) {
        if self.sent.awaits_feedback() {
            self.began_us.get_or_insert(now_us);
        }
        if self.feedback_us.is_none() {
            return;
        }
        if !self.sent.awaits_feedback() {
            self.silence_us = now_us;
        } else if now_us - self.silence_us > SILENCE_US {
            self.silence_us += SILENCE_AGAIN_US;
            self.before_silence_bps.get_or_insert(self.control.bps());
            self.control.silence(now_us);
        }
        match self.prober.judge(now_us, self.round_trip_us) {
            Some(Found::Carried(bps) | Found::Limit(bps)) => self.control.proven(now_us, bps),
            Some(Found::Nothing) | None => {}
        }
        self.want(now_us, self.wanted_bps);
    }

    /// Whether packets are out of which no feedback spoke.
    pub(crate) fn awaits_feedback(&self) -> bool {
        self.sent.awaits_feedback()
    }

    /// Somebody would use so much if it was there, until they say otherwise.
    pub(crate) fn want(&mut self, now_us: i64, wanted_bps: f64) {
        self.wanted_bps = wanted_bps;
        let quiet = self.trend.queue_ms() < PROBE_QUEUE_MS && self.loss.last() < 0.1;
        if self.feedback_us.is_some() && quiet && self.is_calm(now_us, CALM_US) {
            self.prober.want(now_us, wanted_bps, self.control.bps());
        }
    }

    /// When [`Self::padding`] is to be asked next.
    pub(crate) fn probe_deadline(&self) -> Option<i64> {
        self.prober.deadline()
    }

    /// Bytes of padding to be sent now.
    pub(crate) fn padding(&mut self, now_us: i64) -> usize {
        self.prober.padding(now_us)
    }
}
