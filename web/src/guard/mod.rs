//! What stands in front of every handler: limits on guessing and on slowness, and what every answer carries.

mod answers;
mod body;
mod rate_limits;

pub use answers::around;
pub use rate_limits::{Attempt, RateLimits};
