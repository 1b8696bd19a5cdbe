//! How long the thread rests between two turns. Pure.
//!
//! Each turn costs a wake-up, which is dear, and looks at every socket that has something, which is cheap. When the turns
//! would come one after the other, the thread waits a little so that more is done in each of them.

use crate::token_bucket::TokenBucket;
use std::time::{Duration, Instant};

/// Turns that may follow each other at once: a lone stroke is read and written in two.
const BURST: f64 = 6.0;
/// Then one each 4 ms.
const TURNS_PER_SECOND: f64 = 250.0;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Rest(TokenBucket);

impl Rest {
    pub(super) fn new(now: Instant) -> Self {
        Self(TokenBucket::new(TURNS_PER_SECOND, BURST, now))
    }

    /// A turn has ended; how long to rest before the next.
    pub(super) fn after_turn(&mut self, now: Instant) -> Duration {
        self.0.take(now, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_turns_follow_at_once_and_many_at_their_pace() {
        let mut now = crate::clock::now();
        let mut rest = Rest::new(now);
        assert!((0..6).all(|_| rest.after_turn(now).is_zero()));
        let began = now;
        for _ in 0..100 {
            now += rest.after_turn(now) + Duration::from_micros(100);
        }
        assert_eq!((now - began).as_millis().div_ceil(10), 40, "a turn each 4 ms");
        now += Duration::from_secs(1);
        assert!((0..6).all(|_| rest.after_turn(now).is_zero()));
    }
}
