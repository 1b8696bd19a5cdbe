//! The board as an actor: carries messages to `Board`, its effects to sockets, store and room, and reads the
//! clock for them.
//!
//! Limits: 4,096 messages may wait (frames are none: they wait in `intake`); each socket's queues are bounded
//! (`intake`, `outlet`).

use super::board::{Board, Effect};
use super::compaction::Horizon;
use super::intake::Arrivals;
use super::join::join;
use super::messages::{
    Arrived, BoardLimits, CloseSocket, DrawingRefused, Flush, HideCursors, OpenSocket, Opened, RemoveDrawer,
    SetKeeping, SetRight, SocketId,
};
use super::outlet::BoardOutlet;
use super::persistence::{Job, Persistence};
use super::record;
use super::versions::{VersionReason, Versions};
use crate::clock::WallClock;
use crate::load::SharedFigures;
use crate::store::{Keeping, RoomId, SharedStore, StoreError, StoredBoard};
use actix::fut::{ActorFutureExt, WrapFuture};
use actix::{Actor, AsyncContext, Context, Handler, MessageResult, Recipient, ResponseFuture, SpawnHandle};
use bytes::Bytes;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// One room's board. Stops when nobody holds its address any more; `Flush` first.
pub struct Whiteboard {
    pub(super) room: RoomId,
    pub(super) store: SharedStore,
    pub(super) clock: WallClock,
    pub(super) versions: Versions,
    pub(super) figures: SharedFigures,
    /// Where refusals are told; a full mailbox misses one, the next second brings another.
    room_notices: Recipient<DrawingRefused>,
    board: Board,
    persistence: Persistence,
    arrivals: Arrivals,
    /// When the board last took what had arrived.
    looked: Option<Duration>,
    outlets: HashMap<SocketId, BoardOutlet>,
    flushes: Vec<oneshot::Sender<()>>,
    wake: Option<(Duration, SpawnHandle)>,
    started: Instant,
}

impl Whiteboard {
    /// A board that loads what is kept of it when it starts, or (`Wipe`) forgets what is left of it.
    pub fn new(
        room: RoomId,
        keeping: Keeping,
        store: SharedStore,
        figures: SharedFigures,
        wall: WallClock,
        room_notices: Recipient<DrawingRefused>,
        limits: BoardLimits,
    ) -> Self {
        let mut board = Board::new(limits);
        board.set_keeping(keeping);
        Self {
            room,
            store,
            clock: wall,
            versions: Versions::default(),
            figures,
            room_notices,
            board,
            persistence: Persistence::new(keeping.keeps()),
            arrivals: Arrivals::default(),
            looked: None,
            outlets: HashMap::new(),
            flushes: Vec::new(),
            wake: None,
            started: clock(),
        }
    }

    pub(super) fn now(&self) -> Duration {
        clock().saturating_duration_since(self.started)
    }

    pub(super) fn keeps(&self) -> bool {
        self.persistence.keeps()
    }

    pub(super) fn snapshot(&mut self) -> Option<Bytes> {
        self.board.snapshot()
    }

    /// When the hour of a kept board that changed is over.
    fn version_due(&self) -> Option<Duration> {
        self.versions.due().filter(|_| self.keeps())
    }

    /// When to take what has arrived: a tick after the last time; nothing while the board rests.
    fn look_due(&self) -> Option<Duration> {
        let due = self.looked.map_or(Duration::ZERO, |looked| looked + self.board.tick_length());
        self.arrivals.is_awake().then_some(due)
    }

    /// Takes what has arrived.
    fn look(&mut self, now: Duration) {
        self.looked = Some(now);
        for arrival in self.arrivals.take() {
            let began = clock();
            let spent = || clock().saturating_duration_since(began);
            self.board.receive(now, arrival.socket, &arrival.frame, &spent);
        }
    }

    /// After anything happened: takes frames if it is time, carries out effects, starts a job, answers flushes, sets
    /// the alarm.
    fn settle(&mut self, ctx: &mut Context<Self>) {
        let now = self.now();
        if self.look_due().is_some_and(|due| due <= now) {
            self.look(now);
        }
        if self.board.next_tick().is_some_and(|due| due <= now) {
            let lagging = self.outlets.values().filter(|outlet| outlet.waiting() > 0).count();
            self.board.note_lag(self.outlets.len(), lagging);
        }
        for socket in self.board.behind() {
            let unwritten = self.outlets.get(&socket).map_or(0, BoardOutlet::unwritten);
            self.board.catch_up(now, socket, unwritten);
        }
        self.board.tick(now);
        loop {
            let effects = self.board.take_effects();
            if effects.is_empty() {
                break;
            }
            for effect in effects {
                self.carry_out(now, effect);
            }
        }
        if self.version_due().is_some_and(|due| due <= now) {
            self.add_hourly_version();
        }
        if let Some(job) = self.persistence.start(now) {
            self.run(job, ctx);
        }
        if self.persistence.is_settled() || self.persistence.failures() >= FLUSH_ATTEMPTS {
            for flushed in self.flushes.drain(..) {
                // Whoever asked may have stopped waiting.
                flushed.send(()).ok();
            }
        }
        self.set_alarm(now, ctx);
    }

    fn carry_out(&mut self, now: Duration, effect: Effect) {
        match effect {
            Effect::Send(socket, frame) => {
                let Some(outlet) = self.outlets.get(&socket) else {
                    return;
                };
                if outlet.send(frame.clone()).is_err() {
                    self.board.fall_behind(now, socket, &frame);
                }
            }
            Effect::Close(socket, code) => self.close_outlet(socket, code),
            Effect::Clearing(before) => self.add_version_aside(VersionReason::BeforeClearing, before),
            // Full or gone: the room is told again when they try again.
            Effect::DrawingRefused(participant) => {
                self.room_notices.try_send(DrawingRefused(participant)).ok();
            }
            Effect::Compacted => self.persistence.replace(now),
            Effect::Save(update) => {
                self.figures.board_updates.add(1);
                self.versions.changed(now);
                self.persistence.add(now, update);
            }
        }
    }

    fn close_outlet(&mut self, socket: SocketId, code: u16) {
        if let Some(outlet) = self.outlets.remove(&socket) {
            outlet.close(code);
        }
    }

    fn run(&mut self, job: Job, ctx: &mut Context<Self>) {
        let (store, room) = (self.store.clone(), self.room.clone());
        let row = matches!(job, Job::Compact | Job::SetAside).then(|| self.board.row()).flatten();
        let stored = async move {
            match (job, row) {
                (Job::Append(updates), _) => {
                    let updates = join(&updates).map_or(updates, |joined| vec![joined]);
                    let rows = updates.iter().map(|update| record::write(update, &Horizon::new())).collect();
                    store.append_board(&room, rows).await.map(|()| 0)
                }
                (Job::Compact, Some(row)) => {
                    let bytes = row.len();
                    store.compact_board(&room, row).await.map(|()| bytes)
                }
                (Job::SetAside, Some(row)) => {
                    let bytes = row.len();
                    store.set_board_aside(&room, row).await.map(|()| bytes)
                }
                (Job::Compact | Job::SetAside, None) => Err(StoreError::Failed("no snapshot".to_owned())),
                (Job::Delete, _) => store.delete_board(&room).await.map(|()| 0),
            }
        };
        ctx.spawn(stored.into_actor(self).map(|result, this, ctx| {
            if let Err(error) = &result {
                tracing::error!(%error, "a board could not be written; trying again");
            }
            this.persistence.finished(this.now(), result.map_err(drop));
            this.board.saved(this.persistence.saved());
            this.settle(ctx);
        }));
    }

    /// Wakes for what is due next: frames collected for this tick, a question to a socket, or a write.
    fn set_alarm(&mut self, now: Duration, ctx: &mut Context<Self>) {
        let dues = [self.board.next_tick(), self.persistence.due(), self.look_due(), self.version_due()];
        let Some(due) = dues.into_iter().flatten().min() else { return };
        if let Some((at, handle)) = self.wake {
            if at <= due {
                return;
            }
            ctx.cancel_future(handle);
        }
        let handle = ctx.run_later(due.saturating_sub(now), |this, ctx| {
            this.wake = None;
            this.settle(ctx);
        });
        self.wake = Some((due, handle));
    }

    /// Whether the board is all that was ever kept.
    fn loaded(&mut self, stored: Result<Option<StoredBoard>, StoreError>) -> bool {
        match stored {
            Ok(None) => true,
            Ok(Some(stored)) => {
                let aside = stored.aside;
                let snapshot_bytes = stored.snapshot.as_ref().map_or(0, Vec::len);
                self.persistence.loaded(snapshot_bytes, stored.updates.iter().map(Vec::len));
                let sound = self.board.restore(stored.snapshot.into_iter().chain(stored.updates));
                if !sound {
                    tracing::error!(
                        "a kept board is damaged; its sound parts are used, and what was on disk is set aside"
                    );
                    self.persistence.set_aside(self.now());
                }
                sound && !aside
            }
            Err(error) => {
                tracing::error!(%error, "a kept board could not be read; it starts empty and is only added to");
                self.persistence.protect();
                self.board.damaged = true;
                false
            }
        }
    }
}

impl Actor for Whiteboard {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        if !self.persistence.keeps() {
            self.settle(ctx);
            return;
        }
        let (store, room) = (self.store.clone(), self.room.clone());
        let load = async move { (store.load_board(&room).await, store.shelf().files(&room).await) };
        // Nobody is served before what was kept is there.
        ctx.wait(load.into_actor(self).map(|(stored, files), this, ctx| {
            let sound = this.loaded(stored);
            match files {
                Ok(files) if sound => this.collect_files(files),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "the files of a board could not be looked at"),
            }
            this.settle(ctx);
        }));
    }
}

impl Handler<OpenSocket> for Whiteboard {
    type Result = MessageResult<OpenSocket>;

    fn handle(&mut self, message: OpenSocket, ctx: &mut Self::Context) -> Self::Result {
        let socket = self.board.open(self.now(), message.drawer, message.notices);
        self.outlets.insert(socket, message.out);
        let intake = self.arrivals.intake(socket, ctx.address().recipient());
        self.settle(ctx);
        MessageResult(Opened { socket, intake })
    }
}

impl Handler<Arrived> for Whiteboard {
    type Result = ();

    fn handle(&mut self, _: Arrived, ctx: &mut Self::Context) {
        self.settle(ctx);
    }
}

impl Handler<CloseSocket> for Whiteboard {
    type Result = ();

    fn handle(&mut self, CloseSocket(socket): CloseSocket, ctx: &mut Self::Context) {
        self.look(self.now());
        self.board.close(socket);
        self.outlets.remove(&socket);
        self.settle(ctx);
    }
}

impl Handler<SetRight> for Whiteboard {
    type Result = ();

    fn handle(&mut self, message: SetRight, ctx: &mut Self::Context) {
        self.board.set_right(self.now(), &message.participant, message.may_draw);
        self.settle(ctx);
    }
}

impl Handler<RemoveDrawer> for Whiteboard {
    type Result = ();

    fn handle(&mut self, RemoveDrawer(participant): RemoveDrawer, ctx: &mut Self::Context) {
        self.board.remove(&participant);
        self.settle(ctx);
    }
}

impl Handler<HideCursors> for Whiteboard {
    type Result = ();

    fn handle(&mut self, HideCursors(hidden): HideCursors, _: &mut Self::Context) {
        self.board.hide_cursors(hidden);
    }
}

impl Handler<SetKeeping> for Whiteboard {
    type Result = ();

    fn handle(&mut self, SetKeeping(keeping): SetKeeping, ctx: &mut Self::Context) {
        self.persistence.set_keep(self.now(), keeping.keeps());
        self.board.set_keeping(keeping);
        self.settle(ctx);
    }
}

impl Handler<Flush> for Whiteboard {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Flush, ctx: &mut Self::Context) -> Self::Result {
        let (flushed, answer) = oneshot::channel();
        self.look(self.now());
        self.flushes.push(flushed);
        self.persistence.hurry(self.now());
        self.settle(ctx);
        // An error means that the board has stopped: then there is nothing left to wait for.
        Box::pin(async move { answer.await.unwrap_or_default() })
    }
}

/// Messages that may wait; senders beyond that wait themselves (`send`) or are refused (`try_send`).
const MAILBOX: usize = 4_096;
/// A flush gives up after so many failures in a row.
const FLUSH_ATTEMPTS: u32 = 3;

#[expect(clippy::disallowed_methods, reason = "the actor is the board's outermost shell")]
fn clock() -> Instant {
    Instant::now()
}

#[cfg(test)]
#[path = "actor_tests.rs"]
mod tests;
