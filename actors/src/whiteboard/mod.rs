//! The room's board: one Yjs document behind one actor.

mod messages;

pub use messages::*;
