//! What is said to a board.

use super::intake::BoardIntake;
use super::outlet::BoardOutlet;
use super::versions::VersionReason;
use crate::participant::ParticipantId;
use crate::store::{Keeping, StoreError, StoredVersion};
use bytes::Bytes;
use std::collections::HashSet;

/// How much a board holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BoardLimits {
    /// Bytes of one page's encoding, ≥ 1.
    pub page_bytes: usize,
    /// Shapes on one page, ≥ 1.
    pub page_shapes: usize,
    /// Bytes of the whole board's encoding, ≥ 1.
    pub board_bytes: usize,
}

impl Default for BoardLimits {
    fn default() -> Self {
        Self { page_bytes: 16_000_000, page_shapes: 20_000, board_bytes: 64_000_000 }
    }
}

/// Whom a board socket speaks for; stamped into their presence by the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drawer {
    /// Who.
    pub participant: ParticipantId,
    /// Display name.
    pub name: String,
    /// Ball colour, 0–7.
    pub ball: u8,
    /// Whether updates are accepted.
    pub may_draw: bool,
}

/// A board socket, named by the board.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SocketId(pub u64);

/// A drawer's socket opened; an older one of the same participant is closed with 4409.
#[derive(actix::Message)]
#[rtype(result = "Opened")]
pub struct OpenSocket {
    /// Whom it speaks for.
    pub drawer: Drawer,
    /// Whether it wants notices (type 100) beside the y-protocols.
    pub notices: bool,
    /// The queue to its writer, from `board_queue()`.
    pub out: BoardOutlet,
}

/// What its reader needs.
#[derive(Debug)]
pub struct Opened {
    /// The socket's name.
    pub socket: SocketId,
    /// Where its binary frames go, each one y-protocols message, not yet validated.
    pub intake: BoardIntake,
}

/// Frames have arrived at a board that rested.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct Arrived;

/// A socket closed. What it handed over before is taken first.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct CloseSocket(pub SocketId);

/// The participant's right to draw changed; takes effect on the next byte.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct SetRight {
    /// Whose.
    pub participant: ParticipantId,
    /// The right.
    pub may_draw: bool,
}

/// The participant left or was removed: their socket is closed with 1000.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct RemoveDrawer(pub ParticipantId);

/// Whose cursors are hidden from whom; nothing: nobody's from anybody. Counts from the next move of a cursor on.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct HideCursors(pub Option<HiddenCursors>);

/// Cursors are hidden, but not all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HiddenCursors {
    /// Whose are shown all the same.
    pub shown: HashSet<ParticipantId>,
    /// Who sees all of them.
    pub seen_by: HashSet<ParticipantId>,
}

/// The host's switch "keep the board".
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct SetKeeping(pub Keeping);

/// Answers when everything that is to be kept is on disk (or the store has refused it three times in a row,
/// which is in the log); used when the server drains and when the room closes.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct Flush;

/// The points to go back to, the newest first.
#[derive(actix::Message)]
#[rtype(result = "Result<Vec<StoredVersion>, StoreError>")]
pub struct ListVersions;

/// One of the board as it is now, please; nothing when one was made a moment ago.
#[derive(actix::Message)]
#[rtype(result = "Result<Option<StoredVersion>, StoreError>")]
pub struct MakeVersion(pub VersionReason);

/// What the board was at a point, as one Yjs update.
#[derive(actix::Message)]
#[rtype(result = "Result<Option<Bytes>, StoreError>")]
pub struct LoadVersion(pub String);

/// From the board to the room: this participant tried to draw without the right (at most one a second each).
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct DrawingRefused(pub ParticipantId);
