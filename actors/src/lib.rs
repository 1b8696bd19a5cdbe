//! The control plane: who is here, who may do what, who sees which track, what the board says.
//!
//! Knows no HTTP. Actors are thin shells around pure structs; `store` is the only way to the disk.

pub mod authority;
pub mod clock;
pub mod ids;
pub mod load;
pub mod lobby;
pub mod music;
pub mod participant;
pub mod room;
pub mod room_directory;
pub mod sfu;
pub mod store;
pub mod whiteboard;

/// A point in time for tests that move time by hand.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests need one point in time to count from")]
pub(crate) fn test_clock() -> std::time::Instant {
    std::time::Instant::now()
}
