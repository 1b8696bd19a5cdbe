//! The `RoomDirectory` actor.

use super::live_count::LiveCount;
use super::messages::{
    CountPeople, DrainAll, FindBoard, Join, JoinError, JoinStream, Occupancy, RoomDeleted, RoomSaved,
    TokenDeleted,
};
use crate::clock::WallClock;
use crate::ids::random_text;
use crate::load::SharedFigures;
use crate::participant::Participant;
use crate::room::people::Denied;
use crate::room::{Drain, Enter, EnterStream, FindDrawer, Room, RoomParts, Visitor};
use crate::sfu::MediaHub;
use crate::store::{Door, RoomId, RoomRecord, SharedStore, StoreError, StreamRight};
use crate::whiteboard::BoardLimits;
use actix::{
    Actor, ActorFutureExt, Addr, Arbiter, AsyncContext, Context, Handler, ResponseActFuture, ResponseFuture,
    WrapFuture,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Messages that may wait for the directory; web answers 503 beyond.
const MAILBOX: usize = 4_096;
/// Why it wakes up: rooms that ended are struck off.
const SWEEP: Duration = Duration::from_secs(5);

/// What the directory is made of.
pub struct DirectoryParts {
    /// Where doors are looked up.
    pub store: SharedStore,
    /// Where people are counted.
    pub figures: SharedFigures,
    /// The media plane.
    pub media: MediaHub,
    /// Speakers that each receiver hears at once.
    pub audio_slots: u8,
    /// How long a board stays after the last person left.
    pub board_grace: Duration,
    /// How much a board holds.
    pub board_limits: BoardLimits,
    /// Tells the time of day.
    pub clock: WallClock,
    /// Arbiters for rooms, ≥ 1; usually one per core.
    pub arbiters: usize,
}

struct Live {
    room: Addr<Room>,
    board: String,
    count: Arc<LiveCount>,
}

/// See the module's text.
pub struct RoomDirectory {
    pub(super) parts: DirectoryParts,
    arbiters: Vec<Arbiter>,
    next: usize,
    live: HashMap<RoomId, Live>,
    draining: bool,
    /// Rooms whose boards are being wiped; each receiver ends with the wipe.
    pub(super) wiping: HashMap<RoomId, watch::Receiver<()>>,
}

impl RoomDirectory {
    /// Starts the arbiters; must be called inside an actix system.
    pub fn new(parts: DirectoryParts) -> Self {
        let arbiters = (0..parts.arbiters.max(1)).map(|_| Arbiter::new()).collect();
        Self { parts, arbiters, next: 0, live: HashMap::new(), draining: false, wiping: HashMap::new() }
    }

    /// The live room, started now if it is not, and anew if it crashed.
    fn room(&mut self, record: RoomRecord) -> Addr<Room> {
        if let Some(live) = self.live.get(&record.id).filter(|live| live.room.connected()) {
            return live.room.clone();
        }
        let id = record.id.clone();
        let (board, count) = (random_text(22), Arc::<LiveCount>::default());
        let parts = RoomParts {
            record,
            store: self.parts.store.clone(),
            figures: self.parts.figures.clone(),
            link: self.parts.media.link(),
            audio_slots: self.parts.audio_slots,
            board_grace: self.parts.board_grace,
            board_limits: self.parts.board_limits,
            clock: self.parts.clock.clone(),
            board_id: board.clone(),
            count: count.clone(),
        };
        self.next = (self.next + 1) % self.arbiters.len();
        let room = Room::start_in_arbiter(&self.arbiters[self.next].handle(), move |_| Room::new(parts));
        self.live.insert(id, Live { room: room.clone(), board, count });
        room
    }

    /// The room to go into, once nothing is being wiped there.
    fn opened(&mut self, record: RoomRecord) -> ResponseActFuture<Self, Result<Addr<Room>, JoinError>> {
        if self.draining {
            return Box::pin(actix::fut::err(JoinError::Draining));
        }
        let Some(mut wiping) = self.wiping.get(&record.id).cloned() else {
            return Box::pin(actix::fut::ok(self.room(record)));
        };
        let wiped = async move { while wiping.changed().await.is_ok() {} };
        Box::pin(wiped.into_actor(self).then(|(), directory, _| directory.opened(record)))
    }

    pub(super) fn live_rooms(&self) -> Vec<RoomId> {
        self.live.keys().filter(|id| self.is_live(id)).cloned().collect()
    }

    pub(super) fn is_live(&self, id: &RoomId) -> bool {
        self.live.get(id).is_some_and(|live| live.room.connected())
    }

    fn tell<M>(&self, id: &RoomId, message: M)
    where
        M: actix::Message<Result = ()> + Send + 'static,
        Room: Handler<M>,
    {
        if let Some(live) = self.live.get(id)
            && let Err(actix::dev::SendError::Full(_)) = live.room.try_send(message)
        {
            tracing::error!("a room does not keep up; it reads its settings from the store soon");
        }
    }
}

impl Actor for RoomDirectory {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        ctx.run_interval(SWEEP, |directory, _| directory.live.retain(|_, live| live.room.connected()));
        self.start_sweeping(ctx);
    }
}

impl Handler<Join> for RoomDirectory {
    type Result = ResponseActFuture<Self, Result<Addr<Participant>, JoinError>>;

    fn handle(&mut self, join: Join, _: &mut Self::Context) -> Self::Result {
        let store = self.parts.store.clone();
        let mut arrival = join.arrival;
        arrival.by_short_name = matches!(join.door, Door::ShortName(_));
        let (door, out) = (join.door, join.out);
        let found = async move { store.room_by_door(&door).await };
        let opened = found.into_actor(self).then(|found, directory, _| match behind_door(found) {
            Ok(record) => directory.opened(record),
            Err(refused) => Box::pin(actix::fut::err(refused)),
        });
        Box::pin(opened.then(move |room, directory, _| {
            let entering = async move { answered(room?.send(Enter { arrival, out }).await) };
            entering.into_actor(directory)
        }))
    }
}

impl Handler<JoinStream> for RoomDirectory {
    type Result = ResponseActFuture<Self, Result<Addr<Participant>, JoinError>>;

    fn handle(&mut self, join: JoinStream, _: &mut Self::Context) -> Self::Result {
        let (store, JoinStream { link, token, offer }) = (self.parts.store.clone(), join);
        let found = async move { store.room_by_door(&Door::Link(link)).await };
        let (room, right) = (token.room.clone(), token.right);
        let opened = found.into_actor(self).then(move |found, directory, _| match behind_door(found) {
            Ok(record) if record.id != room => Box::pin(actix::fut::err(JoinError::DoorUnknown)),
            Ok(_) if directory.draining => Box::pin(actix::fut::err(JoinError::Draining)),
            Ok(record) if right == StreamRight::Watch && !directory.is_live(&record.id) => {
                Box::pin(actix::fut::err(JoinError::Empty))
            }
            Ok(record) => directory.opened(record),
            Err(refused) => Box::pin(actix::fut::err(refused)),
        });
        Box::pin(opened.then(move |room, directory, _| {
            let entering = async move { answered(room?.send(EnterStream { token, offer }).await) };
            entering.into_actor(directory)
        }))
    }
}

/// What the store knows of a door, in the words of joining.
fn behind_door(found: Result<Option<RoomRecord>, StoreError>) -> Result<RoomRecord, JoinError> {
    match found {
        Ok(record) => record.ok_or(JoinError::DoorUnknown),
        Err(error) => {
            tracing::error!(%error, "a door could not be looked up");
            Err(JoinError::Internal)
        }
    }
}

/// The room's answer, in the words of joining.
fn answered(
    answer: Result<Result<Addr<Participant>, Denied>, actix::MailboxError>,
) -> Result<Addr<Participant>, JoinError> {
    match answer {
        Ok(Ok(participant)) => Ok(participant),
        Ok(Err(Denied::DoorUnknown)) => Err(JoinError::DoorUnknown),
        Ok(Err(Denied::Full)) => Err(JoinError::Full),
        Ok(Err(Denied::Empty)) => Err(JoinError::Empty),
        Ok(Err(Denied::ServerFull)) => Err(JoinError::ServerFull),
        // The room crashed or ended between being found and being asked: the next try starts it anew.
        Err(_ended) => Err(JoinError::Internal),
    }
}

impl Handler<TokenDeleted> for RoomDirectory {
    type Result = ();

    fn handle(&mut self, deleted: TokenDeleted, _: &mut Self::Context) {
        self.tell(&deleted.0.clone(), deleted);
    }
}

impl Handler<FindBoard> for RoomDirectory {
    type Result = ResponseFuture<Option<Visitor>>;

    fn handle(&mut self, find: FindBoard, _: &mut Self::Context) -> Self::Result {
        let room = self.live.values().find(|live| live.board == find.board).map(|live| live.room.clone());
        Box::pin(async move { room?.send(FindDrawer { ticket: find.ticket }).await.ok().flatten() })
    }
}

impl Handler<RoomSaved> for RoomDirectory {
    type Result = ();

    fn handle(&mut self, saved: RoomSaved, ctx: &mut Self::Context) {
        let id = saved.0.id.clone();
        // A live room does so itself when everybody has left.
        if !saved.0.keeping.keeps() && !self.is_live(&id) {
            ctx.spawn(self.wipe(vec![id.clone()]));
        }
        self.tell(&id, saved);
    }
}

impl Handler<RoomDeleted> for RoomDirectory {
    type Result = ();

    fn handle(&mut self, deleted: RoomDeleted, _: &mut Self::Context) {
        self.tell(&deleted.0.clone(), deleted);
    }
}

impl Handler<CountPeople> for RoomDirectory {
    type Result = actix::MessageResult<CountPeople>;

    fn handle(&mut self, CountPeople(rooms): CountPeople, _: &mut Self::Context) -> Self::Result {
        let live = |id: RoomId| -> Option<(RoomId, Occupancy)> {
            let live = self.live.get(&id).filter(|live| live.room.connected())?;
            Some((id, live.count.get()))
        };
        actix::MessageResult(rooms.into_iter().filter_map(live).collect())
    }
}

impl Handler<DrainAll> for RoomDirectory {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, DrainAll: DrainAll, _: &mut Self::Context) -> Self::Result {
        self.draining = true;
        let rooms: Vec<Addr<Room>> = self.live.drain().map(|(_, live)| live.room).collect();
        Box::pin(async move {
            // All rooms drain at once; each answers when its board is on disk.
            let waiting: Vec<_> = rooms.iter().map(|room| room.send(Drain)).collect();
            for drained in waiting {
                if drained.await.is_err() {
                    tracing::error!("a room ended before it was drained");
                }
            }
        })
    }
}
