//! What pictures may cost when a thread nears its limit. Pure.
//!
//! [`Overload`] measures the share of its time that a thread works, as if it had a core for itself: other programs that keep
//! it waiting are no work of its own. It becomes a [`Ceiling`] for the pictures that the thread sends: layers
//! fall first, then the pictures of people who neither speak nor are pinned pause; sound is never touched. It falls a
//! step at a time and waits until that is felt, or two when the thread is full; it rises after a calm while, which grows
//! each time that a step had to be taken back, so that pictures do not come and go.

use std::time::{Duration, Instant};

use crate::layers::{Priority, Rid};
use crate::thinning::TEMPORAL_MAX;

/// Time over which a share is measured.
const WINDOW: Duration = Duration::from_millis(500);
/// Layers are switched at key frames, of which there is one in half a second: so long a step takes to be felt.
const SETTLE: Duration = Duration::from_millis(1500);
/// A thread that worked for so much of its time is late with everything.
const FULL: f64 = 0.95;
/// Below this part of the limit it is calm.
const CALM: f64 = 0.7;
/// How long it must be calm for a step up: at first, and at most.
const CALM_MIN: Duration = Duration::from_secs(5);
const CALM_MAX: Duration = Duration::from_secs(80);
/// A step down so soon after a step up says that the step up was wrong.
const TAKEN_BACK: Duration = Duration::from_secs(10);

/// How far pictures are lowered: 0 not at all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Ceiling(u8);

/// The most that a slot may carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cap {
    /// Its layer; of pictures without layers the only one passes. `None`: nothing.
    pub(crate) layer: Option<Rid>,
    /// Its highest temporal layer.
    pub(crate) temporal: u8,
}

impl Cap {
    pub(crate) const NONE: Self = Self { layer: Some(Rid::H), temporal: TEMPORAL_MAX };
}

impl Ceiling {
    const LOWEST: u8 = 5;

    #[cfg(test)]
    pub(crate) fn at(step: u8) -> Self {
        Self(step.min(Self::LOWEST))
    }

    /// 0 (nothing is lowered) … 5.
    pub(crate) fn step(self) -> u8 {
        self.0
    }

    /// What a slot of this priority may carry.
    pub(crate) fn cap(self, priority: Priority) -> Cap {
        let (layer, temporal) = match (priority, self.0) {
            (_, 0) | (Priority::Screen, 1..=4) | (Priority::Stage, 1) => return Cap::NONE,
            (Priority::Screen, _) => (Some(Rid::H), 0),
            (Priority::Stage, 2) | (Priority::Rest, 1) => (Some(Rid::M), TEMPORAL_MAX),
            (Priority::Stage, 3 | 4) | (Priority::Rest, 2) => (Some(Rid::L), TEMPORAL_MAX),
            (Priority::Stage, _) | (Priority::Rest, 3) => (Some(Rid::L), 0),
            (Priority::Rest, _) => (None, 0),
        };
        Cap { layer, temporal }
    }
}

/// What a window showed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Measured {
    /// How long of it the thread would have worked with a core for itself.
    pub(crate) busy: Duration,
    /// The ceiling, if it is another one now.
    pub(crate) ceiling: Option<Ceiling>,
}

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Overload {
    limit: f64,
    ceiling: Ceiling,
    window: Option<Instant>,
    /// Time in this window that the thread was not waiting for something to do.
    awake: Duration,
    /// Its CPU time when the window began.
    cpu: Duration,
    changed: Option<Instant>,
    rose: Option<Instant>,
    calm_since: Option<Instant>,
    calm: Duration,
}

impl Overload {
    /// `limit`: share of its time, 0–1, from which on a thread's pictures are lowered.
    pub(crate) fn new(limit: f64) -> Self {
        Self {
            limit,
            ceiling: Ceiling::default(),
            window: None,
            awake: Duration::ZERO,
            cpu: Duration::ZERO,
            changed: None,
            rose: None,
            calm_since: None,
            calm: CALM_MIN,
        }
    }

    /// The thread was awake for a while, until `now`. `cpu` reads all its CPU time so far; it is asked once for a window,
    /// at whose end there is an answer.
    pub(crate) fn awake(
        &mut self,
        now: Instant,
        time: Duration,
        cpu: impl FnOnce() -> Duration,
    ) -> Option<Measured> {
        let Some(begun) = self.window else {
            (self.window, self.cpu) = (Some(now), cpu());
            return None;
        };
        self.awake += time;
        let span = now.saturating_duration_since(begun);
        if span < WINDOW {
            return None;
        }
        let total = cpu();
        let worked = total.saturating_sub(self.cpu).as_secs_f64();
        let idle = span.saturating_sub(self.awake).as_secs_f64();
        let share = if worked > 0.0 { worked / (worked + idle) } else { 0.0 };
        (self.window, self.awake, self.cpu) = (Some(now), Duration::ZERO, total);
        let before = self.ceiling;
        self.step(now, begun, share);
        let ceiling = (self.ceiling != before).then_some(self.ceiling);
        Some(Measured { busy: span.mul_f64(share), ceiling })
    }

    /// A window that began at `begun` and ends now.
    fn step(&mut self, now: Instant, begun: Instant, share: f64) {
        if share >= self.limit {
            self.calm_since = None;
            let felt = self.changed.is_none_or(|at| begun.saturating_duration_since(at) >= SETTLE);
            if felt && self.ceiling.0 < Ceiling::LOWEST {
                self.fall(now, if share >= FULL { 2 } else { 1 });
            }
        } else if share >= self.limit * CALM {
            self.calm_since = None;
        } else if self.ceiling.0 > 0 {
            let since = *self.calm_since.get_or_insert(begun);
            if now.saturating_duration_since(since) >= self.calm {
                self.ceiling.0 -= 1;
                (self.changed, self.rose, self.calm_since) = (Some(now), Some(now), None);
            }
        }
        if self.rose.is_some_and(|at| now.saturating_duration_since(at) > TAKEN_BACK) {
            self.rose = None;
            self.calm = CALM_MIN;
        }
    }

    fn fall(&mut self, now: Instant, steps: u8) {
        self.ceiling.0 = (self.ceiling.0 + steps).min(Ceiling::LOWEST);
        self.changed = Some(now);
        if self.rose.take().is_some_and(|at| now.saturating_duration_since(at) <= TAKEN_BACK) {
            self.calm = (self.calm * 2).min(CALM_MAX);
        }
    }
}

#[cfg(test)]
#[path = "overload_tests.rs"]
mod tests;
