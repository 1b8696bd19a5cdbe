//! A token bucket that may be overdrawn: it does not refuse, but says how long to wait. Pure.

use std::time::{Duration, Instant};

/// Fills up steadily; what is taken beyond has to be waited for.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    level: f64,
    per_second: f64,
    burst: f64,
    at: Instant,
}

impl TokenBucket {
    /// A full one.
    pub(crate) fn new(per_second: f64, burst: f64, now: Instant) -> Self {
        Self { level: burst, per_second, burst, at: now }
    }

    /// Takes so much; how long until that is paid back.
    pub(crate) fn take(&mut self, now: Instant, amount: f64) -> Duration {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.level = (self.level + passed * self.per_second).min(self.burst) - amount;
        Duration::from_secs_f64((-self.level / self.per_second).max(0.0))
    }
}
