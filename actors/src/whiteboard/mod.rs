//! The room's board: one Yjs document behind one actor, spoken to in the y-protocols.
//!
//! A frame passes, in this order: its kind (`validator::frame`), the drawer's right, the outline of its bytes (`validator`), whose ids it adds
//! to (`ownership`), whether it fits what the board knows (`structure`), the board's size, and only then yrs (`document`). What was new
//! in it goes to the others with the next tick (`fanout`) and, while the board is kept, to the disk (`persistence`). Cursors
//! take the shorter way through `presence`. `board` ties these together and is as pure as they are; `actor` carries.
//!
//! Invariants: only `document` imports yrs. A refused frame changes nothing for anybody. What a drawing means is never looked at.

mod actor;
mod board;
mod document;
mod fanout;
mod messages;
mod outlet;
mod ownership;
mod persistence;
mod presence;
mod size;
mod structure;
#[cfg(test)]
mod testing;
mod validator;
mod waiting;
mod wire;

pub use actor::Whiteboard;
pub use messages::*;
pub use outlet::*;
