//! The time of day, as the outermost shell gives it to those who need it; tests make it up.

use crate::store::Day;
use std::sync::Arc;
use std::time::Duration;

/// Tells the time since 1970-01-01 (UTC).
pub type WallClock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The day on which a moment lies.
pub fn day_of(since_epoch: Duration) -> Day {
    Day(u32::try_from(since_epoch.as_secs() / 86_400).unwrap_or(u32::MAX))
}
