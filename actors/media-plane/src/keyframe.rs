//! When to ask a source for a key frame: all wishes merged, at most one request per 500 ms, repeated while unanswered.
//! (libwebrtc answers at most one in 300 ms anyway: MEDIA.md §2.)

use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_millis(500);
/// A source that never answers is not asked for ever; the next packet without a key frame asks anew.
const TRIES_MAX: u8 = 10;

#[derive(Default)]
pub(crate) struct KeyframeRequests {
    last: Option<Instant>,
    tries_left: u8,
}

impl KeyframeRequests {
    /// Somebody needs a key frame.
    pub(crate) fn ask(&mut self) {
        self.tries_left = TRIES_MAX;
    }

    /// One is here.
    pub(crate) fn arrived(&mut self) {
        self.tries_left = 0;
    }

    /// When the next request is due, if one is wanted.
    pub(crate) fn deadline(&self, now: Instant) -> Option<Instant> {
        (self.tries_left > 0).then(|| self.last.map_or(now, |last| last + INTERVAL))
    }

    /// Whether to send a request now.
    pub(crate) fn take_due(&mut self, now: Instant) -> bool {
        let due = self.deadline(now).is_some_and(|at| at <= now);
        if due {
            self.last = Some(now);
            self.tries_left -= 1;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn wishes_are_merged_and_repeated() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut requests = KeyframeRequests::default();
        assert_eq!((requests.deadline(start), requests.take_due(start)), (None, false));
        requests.ask();
        requests.ask();
        assert!(requests.take_due(at(0)));
        assert!(!requests.take_due(at(499)));
        assert_eq!(requests.deadline(at(499)), Some(at(500)));
        assert!(requests.take_due(at(500)), "again while unanswered");
        requests.arrived();
        assert!(!requests.take_due(at(5000)));
        requests.ask();
        requests.arrived();
        requests.ask();
        assert!(requests.take_due(at(5000)));
        let more = (0..100).filter(|i| requests.take_due(at(6000 + 500 * i))).count();
        assert_eq!(more, usize::from(TRIES_MAX) - 1);
    }
}
