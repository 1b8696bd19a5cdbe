//! What is asked of the directory.

use crate::store::{RoomId, RoomRecord};
use std::collections::HashMap;

/// The owner changed a room's settings (already in the store): tell whoever is inside.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct RoomSaved(pub RoomRecord);

/// The room was deleted (already in the store): everybody leaves.
#[derive(actix::Message)]
#[rtype(result = "()")]
pub struct RoomDeleted(pub RoomId);

/// How many are inside each of these rooms right now; rooms that are not live are left out.
#[derive(actix::Message)]
#[rtype(result = "HashMap<RoomId, Occupancy>")]
pub struct CountPeople(pub Vec<RoomId>);

/// Who is in a room, counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Occupancy {
    /// Inside.
    pub present: u32,
    /// In the lobby.
    pub waiting: u32,
}
