//! A live room: who is in it, who waits, what they may do.
//!
//! The actor lives from the first arrival until nobody is left and the board's time has run out. Its state is
//! [`people::People`] (pure); rights are asked of `authority::may`; media and board are actors of their own.

mod actor;
mod messages;
mod moderation;
pub mod people;
mod streams;

pub use actor::{Room, RoomParts};
pub use messages::*;
