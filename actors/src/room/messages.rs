//! What is said to a room.

use super::people::{Arrival, Denied};
use crate::participant::{MediaState, Notice, Participant, ParticipantId, StreamOffer};
use crate::store::{DrawingRight, Keeping, RoomId, StreamToken};
use crate::whiteboard::{Drawer, Whiteboard};
use actix::Addr;
use tokio::sync::mpsc;

/// Somebody at the door.
#[derive(actix::Message)]
#[rtype(result = "Result<Addr<Participant>, Denied>")]
pub struct Enter {
    /// Who, and how they came.
    pub arrival: Arrival,
    /// Their socket's writer.
    pub out: mpsc::Sender<Notice>,
}

/// An encoder or a screen at the door.
#[derive(actix::Message)]
#[rtype(result = "Result<Addr<Participant>, Denied>")]
pub struct EnterStream {
    /// What it came with.
    pub token: StreamToken,
    /// What it offers.
    pub offer: Box<StreamOffer>,
}

/// What somebody asks of the room.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// Let this one in (hosts).
    Admit(ParticipantId),
    /// Let everyone in who waits (hosts).
    AdmitAll,
    /// Turn this one away (hosts).
    Refuse(ParticipantId),
    /// Turn everyone away who waits (hosts).
    RefuseAll,
    /// Send this one out (hosts).
    Remove(ParticipantId),
    /// Change the meeting's settings; `None` leaves as it is (hosts).
    Configure {
        /// Who may draw.
        drawing: Option<DrawingRight>,
        /// Whether everybody's cursors are shown.
        cursors: Option<bool>,
        /// What becomes of the board.
        keeping: Option<Keeping>,
    },
    /// This one presents from now on (hosts, and whoever presents).
    MakePresenter(ParticipantId),
    /// Whether this one draws, whatever the mode says (hosts).
    SetDrawing {
        /// Who.
        participant: ParticipantId,
        /// Whether they may.
        may_draw: bool,
    },
    /// What they have switched on.
    SetMedia(MediaState),
    /// Their socket is gone, or back.
    SetAway(bool),
    /// They leave for good.
    Leave,
}

/// A request, with whose it is; the sender is the participant's own actor, never a message from outside.
#[derive(actix::Message, Debug)]
#[rtype(result = "()")]
pub struct FromParticipant {
    /// Who asks.
    pub from: ParticipantId,
    /// What.
    pub request: Request,
}

/// Whose board ticket is this?
#[derive(actix::Message, Clone)]
#[rtype(result = "Option<Visitor>")]
pub struct FindDrawer {
    /// The ticket from `welcome`.
    pub ticket: String,
}

/// Somebody who may watch the board, and what else they may at this moment.
#[derive(Clone)]
pub struct Visitor {
    /// The room.
    pub room: RoomId,
    /// Its board.
    pub board: Addr<Whiteboard>,
    /// Who they are to it.
    pub drawer: Drawer,
    /// Whether they moderate.
    pub moderates: bool,
}

/// Say goodbye to everybody and write what is to be kept.
#[derive(actix::Message, Clone, Copy)]
#[rtype(result = "()")]
pub struct Drain;
