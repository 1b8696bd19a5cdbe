//! How much of the board's time one participant's updates may take.
//!
//! Why: what an update costs cannot be told from its bytes; a hundred of them that all want the same place in a long list take
//! milliseconds each. Who has used up their time is not thrown out, because a machine that stood still for a moment looks the
//! same from here: their updates are postponed until there is time for them again. Pure.

use std::time::Duration;

/// At once: a restored board of 1 MiB takes a tenth of it.
const BURST: Duration = Duration::from_secs(1);
/// What grows back in a second. Drawing takes 2 ms of a second.
const PER_SECOND: f64 = 0.1;

/// One participant's time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    left: Duration,
    at: Duration,
}

impl Allowance {
    /// All of it.
    pub(super) fn new(now: Duration) -> Self {
        Self { left: BURST, at: now }
    }

    /// What is left now.
    pub(super) fn left(&mut self, now: Duration) -> Duration {
        self.left = BURST.min(self.left + now.saturating_sub(self.at).mul_f64(PER_SECOND));
        self.at = now;
        self.left
    }

    /// Takes some of it, or what is left.
    pub(super) fn spend(&mut self, spent: Duration) {
        self.left = self.left.saturating_sub(spent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_used_up_and_grows_back() {
        let s = Duration::from_secs;
        let mut allowance = Allowance::new(s(5));
        allowance.spend(s(3));
        assert_eq!(allowance.left(s(5)), Duration::ZERO);
        assert_eq!(allowance.left(s(7)), Duration::from_millis(200));
        assert_eq!(allowance.left(s(100)), BURST);
    }
}
