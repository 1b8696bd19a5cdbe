//! The room's board: one Yjs document behind one actor, spoken to in the y-protocols.
//!
//! A frame's kind is told (`validator::frame`) and the drawer's right checked before anything is decoded;
//! then an update goes its way through `drawing` into the Yjs document (`application`). What was new in it goes to the others
//! with the next tick (`fanout`) and, while the board is kept, to the disk (`persistence`). Cursors take the
//! shorter way through `presence`. Frames come in by `intake`. `board` ties these together and is as pure as they are; `actor` carries
//! between it and the sockets (each behind an `outlet`), the store and the room.
//!
//! `versions` says when a point to go back to is made; `version_keeping` carries those. `unused_files` collects pictures
//! and slides that nothing shows any more. Both go through whole boards on threads for such work (`aside`).
//!
//! Invariants: only `document` imports yrs. A refused frame changes nothing for anybody. What an element
//! is, is never looked at; only that it has its measures (`schema`).

mod actor;
mod allowance;
mod application;
mod aside;
mod board;
mod catching_up;
mod compaction;
mod document;
mod drawing;
mod fanout;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod history;
mod intake;
mod join;
mod messages;
mod notices;
mod outlet;
mod ownership;
mod pages;
mod persistence;
mod pieces;
mod presence;
mod record;
mod schema;
mod sealed;
#[cfg(test)]
mod shelf_testing;
mod size;
mod structure;
#[cfg(test)]
mod testing;
mod unused_files;
mod validator;
mod version_keeping;
mod versions;
mod waiting;
mod wire;

pub use actor::Whiteboard;
pub use intake::{BoardIntake, NotTaken};
pub use messages::*;
pub use outlet::*;
pub use versions::VersionReason;
