//! Boards that are kept for a number of days are wiped when that many days have passed since the last visit.
//!
//! A live room counts as visited. While a board is wiped, whoever comes to its room waits, so that nobody draws on
//! what is about to go.

use super::RoomDirectory;
use super::messages::SweepBoards;
use crate::clock::day_of;
use crate::load::SharedFigures;
use crate::store::{Day, RoomId, SharedStore, StoreError};
use actix::{ActorFutureExt, AsyncContext, Context, Handler, ResponseActFuture, WrapFuture};
use std::time::Duration;
use tokio::sync::watch;

/// Why it wakes up: a day may have passed.
const SWEEP_BOARDS: Duration = Duration::from_secs(3_600);

impl RoomDirectory {
    /// Now, and then every hour.
    pub(super) fn start_sweeping(&self, ctx: &mut Context<Self>) {
        ctx.notify(SweepBoards(self.today()));
        ctx.run_interval(SWEEP_BOARDS, |directory, ctx| ctx.notify(SweepBoards(directory.today())));
    }

    fn today(&self) -> Day {
        day_of((self.parts.clock)())
    }

    /// Wipes boards of rooms where nobody is.
    pub(super) fn wipe(&mut self, rooms: Vec<RoomId>) -> ResponseActFuture<Self, ()> {
        let is_idle = |room: &RoomId| !self.is_live(room) && !self.wiping.contains_key(room);
        let idle: Vec<RoomId> = rooms.into_iter().filter(is_idle).collect();
        let (end, wiping) = watch::channel(());
        self.wiping.extend(idle.iter().map(|room| (room.clone(), wiping.clone())));
        let (store, figures) = (self.parts.store.clone(), self.parts.figures.clone());
        let wiped = async move {
            for room in &idle {
                if let Err(error) = wipe_board(&store, &figures, room).await {
                    tracing::error!(%error, "a board whose time is over could not be wiped; trying again in an hour");
                }
            }
            idle
        };
        Box::pin(wiped.into_actor(self).map(|idle, directory, _| {
            for room in &idle {
                directory.wiping.remove(room);
            }
            drop(end);
        }))
    }
}

/// Everything of a board is gone, and the sum of all files is less by it.
pub(crate) async fn wipe_board(
    store: &SharedStore,
    figures: &SharedFigures,
    room: &RoomId,
) -> Result<(), StoreError> {
    store.shelf().wipe_board(room).await?;
    figures.board_files_bytes.set(store.shelf().shelf_bytes().await?);
    Ok(())
}

impl Handler<SweepBoards> for RoomDirectory {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, SweepBoards(today): SweepBoards, _: &mut Self::Context) -> Self::Result {
        let (store, live) = (self.parts.store.clone(), self.live_rooms());
        let expired = async move {
            for room in &live {
                store.shelf().visited(room, today).await?;
            }
            store.shelf().expired_boards(today).await
        };
        Box::pin(expired.into_actor(self).then(|expired, directory, _| {
            let expired = expired.unwrap_or_else(|error| {
                tracing::error!(%error, "boards whose time is over could not be found");
                Vec::new()
            });
            directory.wipe(expired)
        }))
    }
}
