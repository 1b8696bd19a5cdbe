//! What stands in front of every handler: limits on guessing, and what every answer carries.

mod rate_limits;

pub use rate_limits::{Attempt, RateLimits};
