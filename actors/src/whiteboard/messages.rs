//! What is said to a board.

use crate::participant::ParticipantId;
use bytes::Bytes;
use tokio::sync::mpsc;

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

/// One frame to a board socket's writer task. The queue is bounded; a full one closes the socket with 1013.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BoardFrame {
    /// One y-protocols message.
    Binary(Bytes),
    /// Close with this code and say no more.
    Close(u16),
}

/// A board socket, named by the board.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SocketId(pub u64);

/// A drawer's socket opened; an older one of the same participant is closed with 4409.
#[derive(actix::Message)]
#[rtype(result = "SocketId")]
pub struct OpenSocket {
    /// Whom it speaks for.
    pub drawer: Drawer,
    /// Its writer.
    pub out: mpsc::Sender<BoardFrame>,
}

/// A binary frame arrived.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct Receive {
    /// On which socket.
    pub socket: SocketId,
    /// One y-protocols message, not yet validated.
    pub frame: Bytes,
}

/// A socket closed.
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

/// The host's switch "keep the board".
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct SetKeep(pub bool);

/// Write everything that is to be kept, then answer; used when the server drains and when the room closes.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct Flush;

/// From the board to the room: this participant tried to draw without the right (at most one a second each).
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct DrawingRefused(pub ParticipantId);
