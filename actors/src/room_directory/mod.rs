//! Which rooms are live, and where.

mod messages;

pub use messages::*;
