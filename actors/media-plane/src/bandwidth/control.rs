//! The rate that a receiver's line carries, from what the detector says of it (draft-ietf-rmcat-gcc-02 §5.5 and
//! libwebrtc's `AimdRateControl`), and a bound from loss (§6). Pure.
//!
//! Additive near the rate that was too much before, multiplicative elsewhere; never above one and a half times what
//! arrives, since more is not known to be there. What falls, falls to a part of what arrived.

use super::trend::Usage;

/// Nothing below this is worth a picture; audio has its own reserve.
pub(crate) const RATE_MIN_BPS: f64 = 60_000.0;
const RATE_MAX_BPS: f64 = 100_000_000.0;
/// draft §5.5: what is left of the arriving rate, growth per second.
const DECREASE: f64 = 0.85;
const GROWTH: f64 = 1.08;
/// Packet that an additive step adds per response time.
const PACKET_BITS: f64 = 9_600.0;
/// Waiting times below this are jitter; beyond it the queue is given time to drain.
const QUEUE_MS: f64 = 80.0;
/// At so much above that only half is sent.
const QUEUE_HALF_MS: f64 = 300.0;
/// draft §6: loss above this is congestion whatever the delay says.
const LOSS_HIGH: f64 = 0.10;
/// Loss so far above what the line always loses holds the growth.
const LOSS_RISE: f64 = 0.03;
/// What is believed of the first second, which the search for the rate may have spoilt.
const LOSS_FIRST: f64 = 0.02;
/// More than this is never taken for the line's nature.
const LOSS_INHERENT_MAX: f64 = 0.2;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Hold,
    Increase,
    Decrease,
}

/// Mean and deviation of the arriving rate when it was too much (libwebrtc `link_capacity_estimator.cc`), in kbit/s.
#[derive(Clone, Copy)]
struct Capacity {
    mean: f64,
    /// Variance in parts of the mean.
    variance: f64,
}

impl Capacity {
    fn learn(&mut self, sample: f64) {
        let error = self.mean - sample;
        self.mean = 0.95 * self.mean + 0.05 * sample;
        let part = error * error / self.mean.max(1.0);
        self.variance = (0.95 * self.variance + 0.05 * part).clamp(0.4, 2.5);
    }

    fn reach(&self) -> f64 {
        3.0 * (self.variance * self.mean).sqrt()
    }
}

/// What was measured of the line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) usage: Usage,
    /// Bits a second that arrive, over half a second and over the last moments.
    pub(crate) arriving_bps: Option<f64>,
    pub(crate) lately_bps: Option<f64>,
    pub(crate) queue_ms: f64,
    pub(crate) round_trip_us: i64,
}

pub(crate) struct Control {
    target_bps: f64,
    state: State,
    changed_us: Option<i64>,
    decreased_us: Option<i64>,
    capacity: Option<Capacity>,
    loss_bound_bps: Option<f64>,
    /// What the line loses at any rate, slowly learnt.
    inherent_loss: Option<f64>,
    loss_holds: bool,
    /// Rate and loss when loss first made the rate fall.
    loss_trial: Option<(f64, f64)>,
    drain: f64,
}

impl Control {
    pub(crate) fn new(start_bps: f64) -> Self {
        Self {
            target_bps: start_bps,
            state: State::Increase,
            changed_us: None,
            decreased_us: None,
            capacity: None,
            loss_bound_bps: None,
            inherent_loss: None,
            loss_holds: false,
            loss_trial: None,
            drain: 1.0,
        }
    }

    /// What may be sent.
    pub(crate) fn bps(&self) -> f64 {
        (self.bound_bps() * self.drain).max(RATE_MIN_BPS)
    }

    fn bound_bps(&self) -> f64 {
        self.loss_bound_bps.map_or(self.target_bps, |bound| bound.min(self.target_bps))
    }

    /// µs since the rate last fell.
    pub(crate) fn calm_us(&self, now_us: i64) -> i64 {
        self.decreased_us.map_or(i64::MAX, |at| now_us - at)
    }

    /// Whether the queue is being drained.
    pub(crate) fn drains(&self) -> bool {
        self.drain < 1.0
    }

    pub(crate) fn update(&mut self, now_us: i64, measured: &Measured) {
        self.drain = 1.0 - ((measured.queue_ms - QUEUE_MS) / (2.0 * QUEUE_HALF_MS)).clamp(0.0, 0.5);
        self.state = match (measured.usage, self.state) {
            (Usage::Over, _) => State::Decrease,
            (Usage::Under, _) => State::Hold,
            (Usage::Normal, State::Hold | State::Decrease) => {
                self.changed_us = Some(now_us);
                State::Increase
            }
            (Usage::Normal, State::Increase) => State::Increase,
        };
        match self.state {
            State::Hold => {}
            State::Increase if self.loss_holds || self.drains() => self.changed_us = Some(now_us),
            State::Increase => self.increase(now_us, measured),
            State::Decrease => self.decrease(now_us, measured),
        }
    }

    fn increase(&mut self, now_us: i64, measured: &Measured) {
        let passed = self.changed_us.map_or(0.0, |at| (now_us - at) as f64 / 1e6).clamp(0.0, 1.0);
        self.changed_us = Some(now_us);
        let Some(arriving) = measured.arriving_bps else { return };
        let limit = 1.5 * arriving + 10_000.0;
        if self.target_bps >= limit {
            return;
        }
        if self.capacity.is_some_and(|known| arriving / 1000.0 > known.mean + known.reach()) {
            self.capacity = None;
        }
        let near = self.capacity.is_some_and(|known| self.target_bps / 1000.0 > known.mean - known.reach());
        let grown = if near {
            let response = measured.round_trip_us as f64 / 1e6 + 0.1;
            self.target_bps + (PACKET_BITS / response).max(4_000.0) * passed
        } else {
            (self.target_bps * GROWTH.powf(passed)).max(self.target_bps + 1_000.0 * passed)
        };
        self.target_bps = grown.min(limit).min(RATE_MAX_BPS);
    }

    fn decrease(&mut self, now_us: i64, measured: &Measured) {
        let Some(arriving) = measured.arriving_bps else { return };
        // With a queue the line is busy: then the last moments tell its rate as well, and sooner.
        let lately = measured.lately_bps.filter(|_| measured.queue_ms > QUEUE_MS / 2.0).unwrap_or(arriving);
        let arriving = arriving.min(lately);
        let pause_us = measured.round_trip_us.clamp(10_000, 200_000) + 100_000;
        if self.calm_us(now_us) < pause_us && arriving > 0.5 * self.target_bps {
            return;
        }
        let sample = arriving / 1000.0;
        match &mut self.capacity {
            Some(known) if (sample - known.mean).abs() <= known.reach() => known.learn(sample),
            _ => self.capacity = Some(Capacity { mean: sample, variance: 0.4 }),
        }
        self.target_bps = self.target_bps.min(DECREASE * arriving).max(RATE_MIN_BPS);
        self.changed_us = Some(now_us);
        self.decreased_us = Some(now_us);
    }

    /// A probe has shown that the line carries so much.
    pub(crate) fn proven(&mut self, now_us: i64, bps: f64) {
        if bps > self.bound_bps() && self.state != State::Decrease {
            self.target_bps = bps.clamp(self.target_bps, RATE_MAX_BPS);
            self.loss_bound_bps = None;
            self.changed_us = Some(now_us);
            if self.capacity.is_some_and(|known| bps / 1000.0 > known.mean + known.reach()) {
                self.capacity = None;
            }
        }
    }

    /// The share of packets that was lost in the last second or so.
    pub(crate) fn lost(&mut self, now_us: i64, share: f64, arriving_bps: Option<f64>) {
        let inherent = *self.inherent_loss.get_or_insert(share.min(LOSS_FIRST));
        let usual = inherent + 0.05 * (share.min(LOSS_HIGH.max(inherent)) - inherent);
        self.inherent_loss = Some(usual);
        let rises = 1.5 * inherent + LOSS_RISE;
        self.loss_holds = share > rises;
        let bound = self.bound_bps();
        if share > LOSS_HIGH.max(rises) {
            let (before_bps, before) = *self.loss_trial.get_or_insert((bound, share));
            if bound < 0.85 * before_bps && share > 0.75 * before {
                // Less was sent and as much is lost: sending less does not help.
                self.inherent_loss = Some(share.min(LOSS_INHERENT_MAX));
                self.loss_trial = None;
                return;
            }
            // Never far below what did arrive: that much the line carries.
            let arrived = arriving_bps.unwrap_or(0.0).min(bound) * 0.95;
            self.loss_bound_bps =
                Some((bound * (1.0 - 0.5 * share)).max(arrived * (1.0 - share)).max(RATE_MIN_BPS));
            self.decreased_us = Some(now_us);
        } else if let Some(bound) = self.loss_bound_bps {
            let grown = bound * if self.loss_holds { 1.0 } else { GROWTH };
            self.loss_bound_bps = (grown < self.target_bps).then_some(grown);
            self.loss_trial = None;
        }
    }

    /// No feedback came for so long that the line may carry nothing.
    pub(crate) fn silence(&mut self, now_us: i64) {
        self.target_bps = (self.target_bps * 0.7).max(RATE_MIN_BPS);
        self.decreased_us = Some(now_us);
        self.changed_us = Some(now_us);
    }
}
