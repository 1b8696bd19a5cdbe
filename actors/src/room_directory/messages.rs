//! What is asked of the directory.

use crate::participant::{Notice, Participant, StreamOffer};
use crate::room::Visitor;
use crate::room::people::Arrival;
use crate::store::{Day, Door, RoomId, RoomRecord, StreamToken, TokenId};
use actix::Addr;
use std::collections::HashMap;
use tokio::sync::mpsc;

/// Somebody wants to come in. Everything they are told comes through `out`, beginning with `Joined`.
#[derive(actix::Message)]
#[rtype(result = "Result<Addr<Participant>, JoinError>")]
pub struct Join {
    /// What they hold.
    pub door: Door,
    /// Who, and how they come; `by_short_name` is set by the directory.
    pub arrival: Arrival,
    /// Their socket's writer; its capacity is the limit of what may wait for them.
    pub out: mpsc::Sender<Notice>,
}

/// An encoder or a screen comes with a token that the edge has found good, and an offer.
#[derive(actix::Message)]
#[rtype(result = "Result<Addr<Participant>, JoinError>")]
pub struct JoinStream {
    /// The room's link part.
    pub link: String,
    /// What it came with.
    pub token: StreamToken,
    /// What it offers.
    pub offer: Box<StreamOffer>,
}

/// A token was deleted (already in the store): whoever streams by it leaves.
#[derive(actix::Message, Clone)]
#[rtype(result = "()")]
pub struct TokenDeleted(pub RoomId, pub TokenId);

/// Why somebody cannot come in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JoinError {
    /// Unknown, deleted, changed or closed: all the same.
    #[error("There is nothing behind this door. Maybe the link lacks a character.")]
    DoorUnknown,
    /// The room or its lobby is full.
    #[error("This room is full at the moment. Try again when somebody has left.")]
    Full,
    /// Nobody to be watched is inside.
    #[error("Nobody is in this room at the moment. Try again later.")]
    Empty,
    /// No room for another picture on the whole server.
    #[error("The server has no room for another picture at the moment. Try again later.")]
    ServerFull,
    /// The server is about to restart.
    #[error("The server is restarting. Try again in a moment.")]
    Draining,
    /// Our fault.
    #[error("Something broke on our side. Try again in a moment.")]
    Internal,
}

impl JoinError {
    /// Stable code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::DoorUnknown => "door_unknown",
            Self::Full => "room_full",
            Self::Empty => "nobody_there",
            Self::ServerFull => "server_full",
            Self::Draining => "restarting",
            Self::Internal => "internal",
        }
    }
}

/// Whose board ticket is this? `None` for anything that does not fit together.
#[derive(actix::Message, Clone)]
#[rtype(result = "Option<Visitor>")]
pub struct FindBoard {
    /// The last part of the board's URL.
    pub board: String,
    /// The ticket from `welcome`.
    pub ticket: String,
}

/// The owner changed a room's settings (already in the store): tell whoever is inside.
#[derive(actix::Message, Clone)]
#[rtype(result = "()")]
pub struct RoomSaved(pub RoomRecord);

/// The room was deleted (already in the store): everybody leaves.
#[derive(actix::Message, Clone)]
#[rtype(result = "()")]
pub struct RoomDeleted(pub RoomId);

/// Wipe the boards whose days have passed. Answers when they are gone. The directory says it to itself every hour.
#[derive(actix::Message, Clone, Copy)]
#[rtype(result = "()")]
pub struct SweepBoards(pub Day);

/// How many are inside each of these rooms right now; rooms that are not live are left out.
#[derive(actix::Message)]
#[rtype(result = "HashMap<RoomId, Occupancy>")]
pub struct CountPeople(pub Vec<RoomId>);

/// The server stops: everybody is told, boards are written. Answers when all of that is done.
#[derive(actix::Message, Clone, Copy)]
#[rtype(result = "()")]
pub struct DrainAll;

/// Who is in a room, counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Occupancy {
    /// Inside.
    pub present: u32,
    /// In the lobby.
    pub waiting: u32,
}
