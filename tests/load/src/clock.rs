//! The only place that reads clocks: this program measures, so it needs two of them.
#![expect(clippy::disallowed_methods, reason = "a measuring program reads the clock")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// For everything that is due.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Since 1970: the clock by which the kernel stamps what it receives.
pub(crate) fn wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
