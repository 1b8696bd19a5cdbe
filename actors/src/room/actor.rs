//! The `Room` actor: carries between people, their connections, the board and the store.

use super::messages::{Drain, Enter, FindDrawer, FromParticipant, Visitor};
use super::people::{Denied, Entered, Fresh, People, Person};
use crate::authority::{Action, Place, Role, may};
use crate::clock::{WallClock, day_of};
use crate::ids::random_text;
use crate::load::SharedFigures;
use crate::participant::{
    ComeBack, Farewell, Line, MediaState, MeetingSettings, Notice, Participant, ParticipantId,
    ParticipantParts, Refusal, RoomFace, WelcomeNotice,
};
use crate::room_directory::{LiveCount, RoomDeleted, RoomSaved, wipe_board};
use crate::sfu::{MediaLink, TrackRouter};
use crate::store::{Keeping, RoomRecord, SharedStore};
use crate::whiteboard::{BoardLimits, Drawer, DrawingRefused, Flush, RemoveDrawer, Whiteboard};
use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, MessageResult, ResponseFuture,
    WrapFuture,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Messages that may wait for a room.
const MAILBOX: usize = 4_096;
/// Why it wakes up: the board's time runs out, parts of the room may have crashed, settings may have changed on disk.
const TICK: Duration = Duration::from_secs(1);
/// The store is asked once in so many ticks, for what the command line changed.
const TICKS_PER_RECHECK: u64 = 5;

/// What a room is made of.
pub struct RoomParts {
    /// As its owner made it.
    pub record: RoomRecord,
    /// Where settings and kept boards live.
    pub store: SharedStore,
    /// Where people are counted.
    pub figures: SharedFigures,
    /// Its media thread.
    pub link: MediaLink,
    /// Speakers heard at once.
    pub audio_slots: u8,
    /// How long the board stays after the last person left.
    pub board_grace: Duration,
    /// How much its board holds.
    pub board_limits: BoardLimits,
    /// Tells the time of day.
    pub clock: WallClock,
    /// Its board's name in the board's URL.
    pub board_id: String,
    /// Its own count of people, for the directory.
    pub count: Arc<LiveCount>,
}

/// See the module's text.
pub struct Room {
    pub(super) parts: RoomParts,
    pub(super) people: People,
    pub(super) participants: HashMap<ParticipantId, Addr<Participant>>,
    router: Addr<TrackRouter>,
    board: Option<Addr<Whiteboard>>,
    empty_since: Option<Instant>,
    /// What is to be done with the board at its end is not done yet.
    closing: bool,
    publications: i64,
    ticks: u64,
}

impl Room {
    /// Ready to be started; must be called in the arbiter where the room is to live.
    pub fn new(parts: RoomParts) -> Self {
        parts.figures.rooms.add(1);
        let router = TrackRouter::new(parts.link.clone(), parts.audio_slots).start();
        Self {
            parts,
            people: People::default(),
            participants: HashMap::new(),
            router,
            board: None,
            empty_since: None,
            closing: false,
            publications: 0,
            ticks: 0,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the shell is where the clock is read")]
    pub(super) fn now() -> Instant {
        Instant::now()
    }

    pub(super) fn tell(&self, id: &ParticipantId, notice: Notice) {
        if let Some(participant) = self.participants.get(id) {
            Participant::tell(participant, notice);
        }
    }

    pub(super) fn participant(&self, id: &ParticipantId) -> Option<&Addr<Participant>> {
        self.participants.get(id)
    }

    pub(super) fn tell_inside(&self, except: Option<&ParticipantId>, notice: &Notice) {
        for person in self.people.inside().iter().filter(|person| Some(&person.keys.id) != except) {
            self.tell(&person.keys.id, notice.clone());
        }
    }

    pub(super) fn tell_lobby(&self) {
        for (id, ahead) in self.people.lobby.queue() {
            self.tell(id, Notice::Waiting { ahead });
        }
        let knocks = self.people.lobby.knocks(Self::now());
        for host in self.people.hosts() {
            self.tell(host, Notice::Knocks(knocks.clone()));
        }
    }

    fn face(&self) -> RoomFace {
        let record = &self.parts.record;
        RoomFace { name: record.name.clone(), colour: record.colour, emoji: record.emoji.clone() }
    }

    fn settings(&self) -> MeetingSettings {
        let record = &self.parts.record;
        MeetingSettings { drawing: record.drawing, cursors: record.cursors, keeping: record.keeping }
    }

    pub(super) fn room_changed(&self, person: &Person, drawers: Arc<[ParticipantId]>) -> Notice {
        let (room, settings) = (self.face(), self.settings());
        Notice::RoomChanged { room, settings, may_draw: self.may_draw(person), drawers }
    }

    pub(super) fn may_draw(&self, person: &Person) -> bool {
        may(self.people.standing(&person.keys.id), &self.parts.record, Action::Draw)
    }

    /// Whether somebody's media is forwarded, and others' to them.
    pub(super) fn takes_part(&self, id: &ParticipantId) -> bool {
        may(self.people.standing(id), &self.parts.record, Action::TakePart)
    }

    pub(super) fn board(&self) -> Option<&Addr<Whiteboard>> {
        self.board.as_ref()
    }

    /// The room's board, opened with the first person inside.
    fn open_board(&mut self, ctx: &Context<Self>) {
        self.empty_since = None;
        if self.board.is_none() {
            self.note_visit();
        }
        let parts = &self.parts;
        self.board.get_or_insert_with(|| {
            let record = &parts.record;
            let (store, figures) = (parts.store.clone(), parts.figures.clone());
            let notices = ctx.address().recipient();
            let clock = parts.clock.clone();
            let (id, keeping, limits) = (record.id.clone(), record.keeping, parts.board_limits);
            Whiteboard::new(id, keeping, store, figures, clock, notices, limits).start()
        });
    }

    /// Somebody is inside from now on, or is back: they learn everything, the others learn of them.
    pub(super) fn welcome(&mut self, id: &ParticipantId, back: bool, ctx: &Context<Self>) {
        if self.people.has_people() {
            self.open_board(ctx);
            self.hide_cursors();
        }
        let Some(person) = self.people.person(id) else { return };
        let knocks = match person.role {
            Role::Host => self.people.lobby.knocks(Self::now()),
            Role::Guest => Vec::new(),
        };
        let record = &self.parts.record;
        let profiles = self.people.inside().iter().map(|person| person.profile(record));
        let welcome = WelcomeNotice {
            participants: profiles.collect(),
            settings: self.settings(),
            board: self.parts.board_id.clone(),
            ticket: person.keys.ticket.clone(),
            may_draw: self.may_draw(person),
            knocks,
            slots: Vec::new(),
        };
        let profile = person.profile(record);
        let news =
            if back { Notice::ParticipantChanged(profile) } else { Notice::ParticipantJoined(profile) };
        self.tell(id, Notice::Welcome(Box::new(welcome)));
        self.tell_inside(Some(id), &news);
    }

    /// Takes somebody out of the room and of all its parts. Their own actor ends with the farewell, if there is one.
    pub(super) fn depart(&mut self, id: &ParticipantId, farewell: Option<Farewell>) {
        let was_inside = self.people.place(id) == Place::Inside;
        if self.people.remove(id).is_none() {
            return;
        }
        if let Some(participant) = self.participants.remove(id)
            && let Some(farewell) = farewell
        {
            Participant::tell(&participant, Notice::Bye(farewell));
        }
        if was_inside {
            self.tell_board(RemoveDrawer(id.clone()));
            self.tell_inside(None, &Notice::ParticipantLeft(id.clone()));
        } else {
            self.tell_lobby();
        }
        if !self.people.has_people() && self.board.is_some() {
            self.empty_since.get_or_insert_with(Self::now);
        }
        self.recount();
        if let Some(watcher) = self.people.left_watching().first() {
            self.depart(watcher, Some(Farewell::Left));
        }
    }

    /// Sends to the board; its mailbox is bounded and a full one is logged.
    pub(super) fn tell_board<M>(&self, message: M)
    where
        M: actix::Message<Result = ()> + Send + 'static,
        Whiteboard: Handler<M>,
    {
        if let Some(board) = self.board()
            && board.try_send(message).is_err()
        {
            tracing::error!("a board does not keep up with its room");
        }
    }

    /// Brings the public sums up to date with this room.
    pub(super) fn recount(&mut self) {
        let on = |person: &Person| person.media.publications();
        let publications: i64 = self.people.inside().iter().map(on).sum();
        let figures = &self.parts.figures;
        let (present, waiting) = (self.people.inside().len(), self.people.lobby.len());
        let (before_present, before_waiting) = self.parts.count.set(present, waiting);
        figures.participants.add(difference(present, before_present));
        figures.waiting.add(difference(waiting, before_waiting));
        figures.publications.add(publications - self.publications);
        self.publications = publications;
    }

    fn let_in(&mut self, enter: Enter, ctx: &Context<Self>) -> Result<Addr<Participant>, Denied> {
        let fresh =
            Fresh { id: ParticipantId(random_text(11)), resume: random_text(22), ticket: random_text(22) };
        let media = enter.arrival.media;
        let entered = self.people.arrive(&self.parts.record, enter.arrival, fresh, Self::now())?;
        let known = self.participants.get(&entered.id).cloned();
        let addr = match known {
            Some(addr) => {
                let back = ComeBack { out: enter.out, media };
                addr.try_send(back).map_err(|_full_or_gone| Denied::Full)?;
                addr
            }
            None => self.start_participant(&entered, Line::Socket(enter.out), MediaState::default(), ctx),
        };
        match entered.place {
            Place::Inside => self.welcome(&entered.id, entered.back, ctx),
            Place::Waiting | Place::Outside => self.tell_lobby(),
        }
        self.recount();
        Ok(addr)
    }

    /// `before` is what they sent until now by an older connection, if they had one.
    pub(super) fn start_participant(
        &mut self,
        entered: &Entered,
        line: Line,
        before: MediaState,
        ctx: &Context<Self>,
    ) -> Addr<Participant> {
        let person = self.people.person(&entered.id).expect("whoever entered is in the room's list");
        let addr = Participant::new(ParticipantParts {
            id: entered.id.clone(),
            resume: person.keys.resume.clone(),
            role: person.role,
            takes_part: self.takes_part(&entered.id),
            face: self.face(),
            media: person.media,
            before,
            line,
            room: ctx.address(),
            router: self.router.clone(),
            link: self.parts.link.clone(),
            figures: self.parts.figures.clone(),
            audio_slots: self.parts.audio_slots,
        })
        .start();
        self.participants.insert(entered.id.clone(), addr.clone());
        addr
    }

    /// Everybody is told the same last word, and the room ends.
    fn close(&mut self, farewell: Farewell) {
        for (_, participant) in self.participants.drain() {
            Participant::tell(&participant, Notice::Bye(farewell));
        }
        self.people = People::default();
        self.recount();
    }

    fn tick(&mut self, ctx: &mut Context<Self>) {
        self.ticks += 1;
        let board_lost = self.board().is_some_and(|board| !board.connected());
        if board_lost || !self.router.connected() {
            tracing::error!("a part of a room crashed; the room starts anew");
            self.close(Farewell::Restarting);
            return ctx.stop();
        }
        let over = |since: &Instant| Self::now().saturating_duration_since(*since) >= self.parts.board_grace;
        if self.empty_since.as_ref().is_some_and(over) {
            self.empty_since = None;
            self.forget_board(ctx);
        }
        if self.participants.is_empty() && self.board.is_none() && !self.closing {
            return ctx.stop();
        }
        if self.ticks.is_multiple_of(TICKS_PER_RECHECK) {
            self.recheck(ctx);
            self.recheck_tokens(ctx);
        }
    }

    /// The board's time is over: what is kept is on disk first, everything else is gone with the actor.
    fn forget_board(&mut self, ctx: &mut Context<Self>) {
        if let Some(board) = self.board.take() {
            self.closing = true;
            let ended = self.end_board(board);
            ctx.spawn(ended.into_actor(self).map(|(), room, _| room.closing = false));
            self.note_visit();
        }
    }

    /// What is kept is on disk, of everything else nothing is left.
    fn end_board(&self, board: Addr<Whiteboard>) -> impl Future<Output = ()> + use<> {
        let (record, store) = (self.parts.record.clone(), self.parts.store.clone());
        let figures = self.parts.figures.clone();
        async move {
            if board.send(Flush).await.is_err() {
                tracing::error!("a board closed without an answer");
            }
            drop(board);
            if !record.keeping.keeps()
                && let Err(error) = wipe_board(&store, &figures, &record.id).await
            {
                tracing::error!(%error, "a board could not be wiped; the next start of the server tries again");
            }
        }
    }

    /// For boards that are kept for days after the last visit. Of others the store notes nothing.
    pub(super) fn note_visit(&self) {
        let (store, id) = (self.parts.store.clone(), self.parts.record.id.clone());
        if !matches!(self.parts.record.keeping, Keeping::Days(_)) {
            return;
        }
        let today = day_of((self.parts.clock)());
        // Also when the room ends meanwhile.
        actix::spawn(async move {
            if let Err(error) = store.shelf().visited(&id, today).await {
                tracing::error!(%error, "a visit could not be noted");
            }
        });
    }

    /// The command line and other processes write to the store while the room is live.
    fn recheck(&self, ctx: &mut Context<Self>) {
        let (store, id) = (self.parts.store.clone(), self.parts.record.id.clone());
        let found = async move { store.room(&id).await };
        ctx.spawn(found.into_actor(self).map(|found, room, ctx| match found {
            Ok(Some(record)) => room.apply(record, ctx),
            Ok(None) => room.gone(ctx),
            Err(error) => tracing::error!(%error, "a live room's settings could not be read"),
        }));
    }

    fn gone(&mut self, ctx: &mut Context<Self>) {
        self.close(Farewell::RoomGone);
        ctx.stop();
    }
}

impl Drop for Room {
    /// Also after a panic: the sums must not keep a room that is gone.
    fn drop(&mut self) {
        self.people = People::default();
        self.recount();
        self.parts.figures.rooms.add(-1);
    }
}

fn difference(now: usize, before: usize) -> i64 {
    i64::try_from(now).unwrap_or(i64::MAX) - i64::try_from(before).unwrap_or(i64::MAX)
}

impl Actor for Room {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        ctx.run_interval(TICK, Self::tick);
    }
}

impl Handler<Enter> for Room {
    type Result = Result<Addr<Participant>, Denied>;

    fn handle(&mut self, enter: Enter, ctx: &mut Self::Context) -> Self::Result {
        self.let_in(enter, ctx)
    }
}

impl Handler<FromParticipant> for Room {
    type Result = ();

    fn handle(&mut self, FromParticipant { from, request }: FromParticipant, ctx: &mut Self::Context) {
        if let Err(refusal) = self.consider(&from, request, ctx) {
            self.tell(&from, Notice::Refused(refusal));
        }
    }
}

impl Handler<FindDrawer> for Room {
    type Result = MessageResult<FindDrawer>;

    fn handle(&mut self, find: FindDrawer, _: &mut Self::Context) -> Self::Result {
        MessageResult(self.visitor(&find.ticket))
    }
}

impl Room {
    fn visitor(&self, ticket: &str) -> Option<Visitor> {
        let person = self.people.by_ticket(ticket)?;
        let standing = self.people.standing(&person.keys.id);
        let board = self.board().filter(|_| may(standing, &self.parts.record, Action::WatchBoard))?;
        let drawer = Drawer {
            participant: person.keys.id.clone(),
            name: person.name.clone(),
            ball: person.ball,
            may_draw: self.may_draw(person),
        };
        let moderates = may(standing, &self.parts.record, Action::Moderate);
        Some(Visitor { room: self.parts.record.id.clone(), board: board.clone(), drawer, moderates })
    }
}

impl Handler<DrawingRefused> for Room {
    type Result = ();

    fn handle(&mut self, DrawingRefused(participant): DrawingRefused, _: &mut Self::Context) {
        self.tell(&participant, Notice::Refused(Refusal::DrawingNotAllowed));
    }
}

impl Handler<RoomSaved> for Room {
    type Result = ();

    fn handle(&mut self, RoomSaved(record): RoomSaved, ctx: &mut Self::Context) {
        self.apply(record, ctx);
    }
}

impl Handler<RoomDeleted> for Room {
    type Result = ();

    fn handle(&mut self, _: RoomDeleted, ctx: &mut Self::Context) {
        self.gone(ctx);
    }
}

impl Handler<Drain> for Room {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, Drain: Drain, _: &mut Self::Context) -> Self::Result {
        self.close(Farewell::Restarting);
        match self.board.take() {
            Some(board) => Box::pin(self.end_board(board)),
            None => Box::pin(async {}),
        }
    }
}
