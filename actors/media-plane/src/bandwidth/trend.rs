//! Whether the queue before a receiver grows: the delay-based detector of Google congestion control
//! (draft-ietf-rmcat-gcc-02 §5.2–5.4) with the trendline filter of libwebrtc in place of the Kalman filter. Pure.
//!
//! Packets that were sent within 5 ms make a group. A group is measured by its least delayed packet: a server that
//! forwards whole frames at once would otherwise measure the size of its own frames. For the same reason a queue
//! that has grown by one large frame and is draining is no over-use: it must still be growing after 60 ms.

use std::collections::VecDeque;

/// draft §5.2: packets sent within this time are one group.
const GROUP_US: i64 = 5_000;
/// libwebrtc `trendline_estimator.cc`: points of the line, smoothing of their delays, gain of the slope.
const POINTS: usize = 20;
const POINTS_MIN: usize = 6;
const SMOOTHING: f64 = 0.9;
const GAIN: f64 = 4.0;
const DELTAS_MAX: f64 = 60.0;
/// How long over-use must last, and from when on a queue must still be growing.
const OVERUSE_MS: f64 = 60.0;
/// draft §5.4: how fast the threshold follows, and between which values it stays.
const THRESHOLD_UP: f64 = 0.0087;
const THRESHOLD_DOWN: f64 = 0.039;
const THRESHOLD_START: f64 = 12.5;
const THRESHOLD_MIN: f64 = 6.0;
const THRESHOLD_MAX: f64 = 600.0;
/// The least delay counts for so long as that of the empty queue.
const BASE_US: i64 = 30_000_000;

/// What the receiver's line does with what it is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Usage {
    /// The queue stays as it is.
    Normal,
    /// It grows.
    Over,
    /// It shrinks.
    Under,
}

#[derive(Clone, Copy)]
struct Group {
    first_sent_us: i64,
    /// Of the least delayed packet.
    sent_us: i64,
    arrival_us: i64,
}

impl Group {
    fn delay_us(&self) -> i64 {
        self.arrival_us - self.sent_us
    }
}

#[derive(Clone, Copy)]
struct Point {
    arrival_ms: f64,
    smoothed_ms: f64,
    raw_ms: f64,
}

/// The least delay of the last half a minute, in two halves, so that clocks may drift.
#[derive(Clone, Copy)]
struct Base {
    since_us: i64,
    now_us: i64,
    before_us: i64,
}

pub(crate) struct Trend {
    group: Option<Group>,
    before: Option<Group>,
    points: VecDeque<Point>,
    origin_us: i64,
    deltas: f64,
    accumulated_ms: f64,
    smoothed_ms: f64,
    slope: f64,
    threshold: f64,
    measured_us: Option<i64>,
    over_ms: f64,
    base: Option<Base>,
    usage: Usage,
}

impl Trend {
    pub(crate) fn new() -> Self {
        Self {
            group: None,
            before: None,
            points: VecDeque::with_capacity(POINTS),
            origin_us: 0,
            deltas: 0.0,
            accumulated_ms: 0.0,
            smoothed_ms: 0.0,
            slope: 0.0,
            threshold: THRESHOLD_START,
            measured_us: None,
            over_ms: 0.0,
            base: None,
            usage: Usage::Normal,
        }
    }

    pub(crate) fn usage(&self) -> Usage {
        self.usage
    }

    /// How long packets wait in the queue, in ms: the least of the last points, above the least of all.
    pub(crate) fn queue_ms(&self) -> f64 {
        let recent = self.points.iter().rev().take(4).map(|point| point.raw_ms).reduce(f64::min);
        let (Some(recent), Some(base), Some(before)) = (recent, self.base, self.before) else { return 0.0 };
        // Raw delays are sums of differences: the newest is that of the group before.
        let newest = self.points.back().map_or(0.0, |point| point.raw_ms);
        let delay_us = before.delay_us() - base.now_us.min(base.before_us);
        (delay_us as f64 / 1000.0 + recent - newest).max(0.0)
    }

    /// What is measured now is the empty queue.
    pub(crate) fn rebase(&mut self) {
        if let (Some(base), Some(before)) = (&mut self.base, self.before) {
            (base.now_us, base.before_us) = (before.delay_us(), before.delay_us());
        }
    }

    /// A packet that arrived, in the order of sending.
    pub(crate) fn arrived(&mut self, sent_us: i64, arrival_us: i64) {
        let packet = Group { first_sent_us: sent_us, sent_us, arrival_us };
        let Some(group) = &mut self.group else {
            self.group = Some(packet);
            return;
        };
        if sent_us < group.first_sent_us {
            return;
        }
        if sent_us - group.first_sent_us <= GROUP_US {
            if packet.delay_us() < group.delay_us() {
                (group.sent_us, group.arrival_us) = (sent_us, arrival_us);
            }
            return;
        }
        let closed = std::mem::replace(group, packet);
        self.remember_base(&closed);
        if let Some(before) = self.before.replace(closed) {
            let sent_ms = (closed.sent_us - before.sent_us) as f64 / 1000.0;
            let arrived_ms = (closed.arrival_us - before.arrival_us) as f64 / 1000.0;
            self.measure(closed.arrival_us, sent_ms, arrived_ms - sent_ms);
        }
    }

    fn remember_base(&mut self, group: &Group) {
        let delay_us = group.delay_us();
        match &mut self.base {
            Some(base) if group.sent_us - base.since_us > BASE_US / 2 => {
                *base = Base { since_us: group.sent_us, now_us: delay_us, before_us: base.now_us };
            }
            Some(base) => base.now_us = base.now_us.min(delay_us),
            None => {
                self.base = Some(Base { since_us: group.sent_us, now_us: delay_us, before_us: delay_us });
            }
        }
    }

    fn measure(&mut self, arrival_us: i64, sent_ms: f64, delta_ms: f64) {
        if self.points.is_empty() {
            self.origin_us = arrival_us;
        }
        self.deltas = (self.deltas + 1.0).min(DELTAS_MAX);
        self.accumulated_ms += delta_ms;
        self.smoothed_ms = SMOOTHING * self.smoothed_ms + (1.0 - SMOOTHING) * self.accumulated_ms;
        if self.points.len() == POINTS {
            self.points.pop_front();
        }
        self.points.push_back(Point {
            arrival_ms: (arrival_us - self.origin_us) as f64 / 1000.0,
            smoothed_ms: self.smoothed_ms,
            raw_ms: self.accumulated_ms,
        });
        let slope = if self.points.len() >= POINTS_MIN { self.fit() } else { None }.unwrap_or(self.slope);
        self.detect(arrival_us, sent_ms, slope);
    }

    /// Slope of the least-squares line through the points.
    fn fit(&self) -> Option<f64> {
        let count = self.points.len() as f64;
        let mean = |of: fn(&Point) -> f64| self.points.iter().map(of).sum::<f64>() / count;
        let (x, y) = (mean(|point| point.arrival_ms), mean(|point| point.smoothed_ms));
        let (mut above, mut below) = (0.0, 0.0);
        for point in &self.points {
            above += (point.arrival_ms - x) * (point.smoothed_ms - y);
            below += (point.arrival_ms - x).powi(2);
        }
        (below > 0.0).then(|| above / below)
    }

    fn detect(&mut self, arrival_us: i64, sent_ms: f64, slope: f64) {
        let trend = self.deltas * slope * GAIN;
        if trend > self.threshold {
            self.over_ms += if self.over_ms == 0.0 { sent_ms / 2.0 } else { sent_ms };
            if self.over_ms > OVERUSE_MS && self.still_grows() {
                self.usage = Usage::Over;
            }
        } else {
            self.over_ms = 0.0;
            self.usage = if trend < -self.threshold { Usage::Under } else { Usage::Normal };
        }
        if self.usage == Usage::Over && !self.still_grows() {
            self.usage = Usage::Normal;
        }
        self.slope = slope;
        self.adapt(arrival_us, trend);
    }

    /// Whether the newest delay is above those of 60 ms ago and before.
    fn still_grows(&self) -> bool {
        let Some(newest) = self.points.back() else { return false };
        let before =
            self.points.iter().rev().find(|point| newest.arrival_ms - point.arrival_ms >= OVERUSE_MS);
        before.is_some_and(|before| newest.raw_ms > before.raw_ms)
    }

    /// draft §5.4: the threshold follows the trend, slowly upwards, so that a competing flow does not starve this one.
    fn adapt(&mut self, arrival_us: i64, trend: f64) {
        let passed =
            self.measured_us.map_or(0, |before| arrival_us - before).clamp(0, 100_000) as f64 / 1000.0;
        self.measured_us = Some(arrival_us);
        let size = trend.abs();
        if size > self.threshold + 15.0 {
            return;
        }
        let gain = if size < self.threshold { THRESHOLD_DOWN } else { THRESHOLD_UP };
        self.threshold =
            (self.threshold + gain * (size - self.threshold) * passed).clamp(THRESHOLD_MIN, THRESHOLD_MAX);
    }
}
