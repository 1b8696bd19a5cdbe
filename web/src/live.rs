//! What the API asks of, and tells, the rooms that are live. The store has the truth: when the directory is too busy
//! to listen, the change stands and the directory learns of it by itself.

use actix::Addr;
use actors::room_directory::{CountPeople, Occupancy, RoomDeleted, RoomDirectory, RoomSaved, TokenDeleted};
use actors::store::{RoomId, RoomRecord, TokenId};
use std::collections::HashMap;
use std::time::Duration;

/// Nobody's click waits longer than this for a busy directory.
const PATIENCE: Duration = Duration::from_secs(2);

/// The directory, as far as the API needs it.
#[derive(Clone)]
pub struct LiveRooms {
    /// Takes changed rooms.
    pub saved: actix::Recipient<RoomSaved>,
    /// Takes deleted rooms.
    pub deleted: actix::Recipient<RoomDeleted>,
    /// Takes deleted tokens.
    pub token_deleted: actix::Recipient<TokenDeleted>,
    /// Counts who is in.
    pub count: actix::Recipient<CountPeople>,
}

impl From<Addr<RoomDirectory>> for LiveRooms {
    fn from(directory: Addr<RoomDirectory>) -> Self {
        Self {
            saved: directory.clone().recipient(),
            deleted: directory.clone().recipient(),
            token_deleted: directory.clone().recipient(),
            count: directory.recipient(),
        }
    }
}

impl LiveRooms {
    /// Whoever is inside learns the room's new settings.
    pub async fn tell_saved(&self, room: RoomRecord) {
        delivered(tokio::time::timeout(PATIENCE, self.saved.send(RoomSaved(room))).await);
    }

    /// Whoever is inside leaves.
    pub async fn tell_deleted(&self, room: RoomId) {
        delivered(tokio::time::timeout(PATIENCE, self.deleted.send(RoomDeleted(room))).await);
    }

    /// Whoever streams by this token leaves.
    pub async fn tell_token_deleted(&self, room: RoomId, token: TokenId) {
        delivered(tokio::time::timeout(PATIENCE, self.token_deleted.send(TokenDeleted(room, token))).await);
    }

    /// How many are inside each of these rooms; nobody, where the directory does not say.
    pub async fn count(&self, rooms: Vec<RoomId>) -> HashMap<RoomId, Occupancy> {
        delivered(tokio::time::timeout(PATIENCE, self.count.send(CountPeople(rooms))).await)
            .unwrap_or_default()
    }
}

fn delivered<T, E, F>(answer: Result<Result<T, E>, F>) -> Option<T> {
    let answer = answer.ok().and_then(Result::ok);
    if answer.is_none() {
        tracing::error!("the room directory does not answer");
    }
    answer
}
