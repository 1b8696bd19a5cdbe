//! A line in made-up time, for the tests: capacity over time, a queue that overflows, seeded loss and jitter; and a
//! call over it: an estimator, frames and audio as the plane sends them, a receiver that gives feedback.

use super::{Arrivals, Estimator};
use crate::testing::Random;
use crate::transport_cc::Feedback;

/// What a line does with a packet.
pub(crate) struct Line {
    /// Bits a second at a moment in µs.
    pub(super) capacity: fn(i64) -> f64,
    pub(super) queue_ms_max: f64,
    pub(super) loss: f64,
    pub(super) jitter_us: i64,
    pub(super) delay_us: i64,
    random: Random,
    free_us: i64,
    last_us: i64,
}

impl Line {
    pub(crate) fn new(seed: u64, capacity: fn(i64) -> f64) -> Self {
        let random = Random::new(seed);
        let (queue_ms_max, loss, jitter_us, delay_us) = (300.0, 0.0, 0, 25_000);
        Self { capacity, queue_ms_max, loss, jitter_us, delay_us, random, free_us: 0, last_us: 0 }
    }

    pub(crate) fn queue_ms(&self, now_us: i64) -> f64 {
        (self.free_us - now_us).max(0) as f64 / 1000.0
    }

    /// When the packet arrives, if it does.
    pub(crate) fn carry(&mut self, now_us: i64, bytes: usize) -> Option<i64> {
        if self.queue_ms(now_us) > self.queue_ms_max {
            return None;
        }
        let takes_us = (bytes as f64 * 8e6 / (self.capacity)(now_us)) as i64;
        self.free_us = self.free_us.max(now_us) + takes_us;
        let lost = (self.random.below(1_000_000) as f64) < self.loss * 1e6;
        let jitter_us = self.random.below(1 + self.jitter_us as usize) as i64;
        // Jitter delays, it does not reorder.
        self.last_us = self.last_us.max(self.free_us + self.delay_us + jitter_us);
        (!lost).then_some(self.last_us)
    }
}

/// How much video a call sends.
#[derive(Clone, Copy)]
pub(super) enum Video {
    /// As much as is estimated, up to this.
    UpTo(f64),
    /// So much, whatever is estimated.
    Fixed(f64),
}

/// One receiver and what is sent to it.
pub(super) struct Call {
    pub(super) estimator: Estimator,
    pub(super) video: Video,
    arrivals: Arrivals,
    /// Packets and feedback on their way: when they arrive.
    down: Vec<(i64, u16)>,
    up: Vec<(i64, Vec<u8>)>,
    feedback_us: i64,
    pub(super) padding_bytes: usize,
    /// Estimates, ten a second.
    pub(super) estimates: Vec<f64>,
}

const AUDIO_BYTES: usize = 100;
const VIDEO_BYTES: usize = 1200;
const PADDING_BYTES: usize = 295;

impl Call {
    pub(super) fn new(video: Video) -> Self {
        Self {
            estimator: Estimator::new(),
            video,
            arrivals: Arrivals::new(),
            down: Vec::new(),
            up: Vec::new(),
            feedback_us: 0,
            padding_bytes: 0,
            estimates: Vec::new(),
        }
    }

    fn send(&mut self, now_us: i64, line: &mut Line, bytes: usize) {
        let seq_no = self.estimator.sent(now_us, bytes as u16);
        self.down.extend(line.carry(now_us, bytes).map(|at| (at, seq_no)));
    }

    /// One millisecond.
    pub(super) fn step(&mut self, now_us: i64, line: &mut Line) {
        let ms = now_us / 1000;
        for (at, seq_no) in self.down.extract_if(.., |(at, _)| *at <= now_us) {
            self.arrivals.arrived(at, seq_no);
        }
        if now_us - self.feedback_us >= 100_000 && self.arrivals.fresh() {
            self.feedback_us = now_us;
            // The receiver's clock is another one.
            let packet = self.arrivals.feedback(now_us, 1, 2).map(|packet| (now_us + line.delay_us, packet));
            self.up.extend(packet);
        }
        for (_, packet) in self.up.extract_if(.., |(at, _)| *at <= now_us) {
            self.estimator.feedback(now_us, &Feedback::parse(&packet[12..]).unwrap());
        }
        if ms % 100 == 0 {
            self.estimator.tick(now_us);
            self.estimates.push(self.estimator.bps(now_us).unwrap());
        }
        if ms % 20 == 0 {
            self.send(now_us, line, AUDIO_BYTES);
        }
        let bps = match self.video {
            Video::UpTo(most) => (self.estimator.bps(now_us).unwrap() - 40_000.0).clamp(30_000.0, most),
            Video::Fixed(bps) => bps,
        };
        if let Video::UpTo(most) = self.video {
            self.estimator.want(now_us, most + 40_000.0);
        }
        if ms % 40 == 5 {
            let mut rest = (bps / 25.0 / 8.0) as usize;
            while rest > 0 {
                let bytes = rest.min(VIDEO_BYTES);
                self.send(now_us, line, bytes);
                rest -= bytes;
            }
        }
        let mut padding = self.estimator.padding(now_us);
        self.padding_bytes += padding;
        while padding > 0 {
            self.send(now_us, line, PADDING_BYTES);
            padding = padding.saturating_sub(PADDING_BYTES);
        }
    }

    /// Mean of the estimates between two moments.
    pub(super) fn mean(&self, from_s: f64, to_s: f64) -> f64 {
        let part = self.between(from_s, to_s);
        part.iter().sum::<f64>() / part.len() as f64
    }

    pub(super) fn deviation(&self, from_s: f64, to_s: f64) -> f64 {
        let (part, mean) = (self.between(from_s, to_s), self.mean(from_s, to_s));
        (part.iter().map(|bps| (bps - mean).powi(2)).sum::<f64>() / part.len() as f64).sqrt()
    }

    pub(super) fn between(&self, from_s: f64, to_s: f64) -> &[f64] {
        &self.estimates[(from_s * 10.0) as usize..(to_s * 10.0) as usize]
    }
}

/// Runs calls over one line; tells the queue of each 100 ms.
pub(super) fn run(line: &mut Line, calls: &mut [Call], seconds: i64) -> Vec<f64> {
    let mut queues = Vec::new();
    for ms in 0..seconds * 1000 {
        // No clock begins at zero.
        let now_us = 1_000 * ms + 7_000_000;
        for call in calls.iter_mut() {
            call.step(now_us, line);
        }
        if ms % 100 == 0 {
            queues.push(line.queue_ms(now_us));
        }
    }
    queues
}
