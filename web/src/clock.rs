//! The edge is an outermost shell: here, and only here, it reads the clock. Everything below gets time as an argument.

use actors::store::Day;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A moment of the monotonic clock.
#[expect(clippy::disallowed_methods, reason = "the edge's one reading of the monotonic clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// Time since 1970-01-01 (UTC).
#[expect(clippy::disallowed_methods, reason = "the edge's one reading of the wall clock")]
pub fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Today, as sessions know it.
pub fn today() -> Day {
    Day(u32::try_from(since_epoch().as_secs() / 86_400).unwrap_or(u32::MAX))
}
