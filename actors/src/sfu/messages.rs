//! What is said to a room's track router.

use crate::participant::{MediaState, Participant, ParticipantId, Shown};
use actix::Addr;
use media_plane::{Event, PeerId, SlotCount};

/// A new connection.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct AddReceiver {
    /// The connection.
    pub peer: PeerId,
    /// Whose.
    pub participant: ParticipantId,
    /// Their actor.
    pub addr: Addr<Participant>,
    /// Its receiving m-lines.
    pub slots: SlotCount,
    /// What they send.
    pub media: MediaState,
    /// Inside, or waiting.
    pub inside: bool,
    /// Whether pictures come in the order in which people last had the floor, instead of that of arrival.
    pub follows_the_floor: bool,
}

/// They come in from the lobby.
#[derive(actix::Message, Clone, Copy)]
#[rtype(result = "()")]
pub struct AdmitReceiver(pub PeerId);

/// What they have switched on.
#[derive(actix::Message, Clone, Copy)]
#[rtype(result = "()")]
pub struct SwitchMedia {
    /// Whose.
    pub peer: PeerId,
    /// What.
    pub media: MediaState,
}

/// More slots were agreed.
#[derive(actix::Message, Clone, Copy)]
#[rtype(result = "()")]
pub struct SlotsGrown {
    /// Whose.
    pub peer: PeerId,
    /// The totals.
    pub slots: SlotCount,
}

/// What a receiver shows from now on.
#[derive(actix::Message, Clone, Debug)]
#[rtype(result = "()")]
pub struct SetView {
    /// Whose screen.
    pub peer: PeerId,
    /// The most important first.
    pub shown: Vec<Shown>,
}

/// Ask for a key frame of whatever is in this video slot.
#[derive(actix::Message, Clone, Copy)]
#[rtype(result = "()")]
pub struct NeedKeyframe {
    /// Whose slot.
    pub peer: PeerId,
    /// Which.
    pub slot: u8,
}

/// The connection is gone.
#[derive(actix::Message, Clone, Copy)]
#[rtype(result = "()")]
pub struct RemoveReceiver(pub PeerId);

/// The media plane reports.
#[derive(actix::Message, Clone, Debug)]
#[rtype(result = "()")]
pub struct Happened(pub Event);
