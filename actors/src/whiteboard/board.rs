//! The board without its actor: sockets, rights, the document, presence, and what is to be sent to whom.
//!
//! Pure: every method takes the time since the board's start and leaves effects, which the actor carries out
//! in their order. Bad input ends its sender's socket or is refused to its sender; the others notice nothing.

use super::catching_up::Behind;
use super::compaction::Horizon;
use super::drawing::{Drawing, Offence, Outcome, Stroke};
use super::fanout::{Departure, Fanout};
use super::join::join;
use super::messages::{BoardLimits, Drawer, HiddenCursors, SocketId};
use super::notices::{self, Marks};
use super::ownership::Adding;
use super::presence::{Presence, Told};
use super::record;
use super::validator::{self, Frame};
use super::wire::{STEP_1, STEP_2, UPDATE, awareness_message, sync_message};
use crate::participant::ParticipantId;
use crate::store::Keeping;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

/// Close codes, see PROTOCOL.md §2 and §4.
pub(super) const CLOSE_NORMAL: u16 = 1000;
/// The reader takes nothing.
pub(super) const CLOSE_SLOW: u16 = 1013;
/// The client broke the protocol.
pub(super) const CLOSE_PROTOCOL: u16 = 4400;
/// The board is full.
pub(super) const CLOSE_FULL: u16 = 4408;
/// The client's copy builds on what was compacted: it opens the board anew.
pub(super) const CLOSE_STALE: u16 = 4410;
/// The participant has a newer socket.
pub(super) const CLOSE_ELSEWHERE: u16 = 4409;
/// Too many requests.
pub(super) const CLOSE_TOO_MANY: u16 = 4429;

/// What the actor does for the board.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Effect {
    /// Queue a frame to a socket; when its queue is full, call `fall_behind`.
    Send(SocketId, Bytes),
    /// Close a socket, which the board has forgotten already.
    Close(SocketId, u16),
    /// Tell the room.
    DrawingRefused(ParticipantId),
    /// The history was compacted: a new snapshot is smaller than what is on disk.
    Compacted,
    /// Much was deleted at once: this is what the board was before.
    Clearing(Bytes),
    /// An update was applied: count it and, while the board is kept, save it.
    Save(Bytes),
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Board {
    pub(super) drawing: Drawing,
    presence: Presence,
    fanout: Fanout,
    pub(super) sockets: BTreeMap<SocketId, Socket>,
    next_socket: u64,
    /// Rights that the room has told, also of people without a socket: whoever asked the room for a socket
    /// before a lock and opens it after that is locked.
    rights: HashMap<ParticipantId, bool>,
    /// Who left last; for the same reason.
    gone: VecDeque<ParticipantId>,
    refusal_told: HashMap<ParticipantId, Duration>,
    pub(super) effects: Vec<Effect>,
    /// How far the board had come when frames last left, and the time before: that much is in the queues.
    departed: Horizon,
    pub(super) sent: Horizon,
    /// When the sockets that are behind were last looked at.
    pub(super) behind_seen: Duration,
    /// How many updates were given to be saved, and how many of them are on disk.
    pub(super) saves: u64,
    pub(super) saved: u64,
    pub(super) keeping: Keeping,
    /// Not all of what was kept could be read.
    pub(super) damaged: bool,
    hidden_cursors: Option<HiddenCursors>,
}

pub(super) struct Socket {
    pub(super) drawer: Drawer,
    /// The client id under which it has presence.
    presence: Option<u64>,
    /// Full syncs it may still ask for, and since when that is so.
    syncs: (f64, Duration),
    /// When it was last asked for what the board lacks, and how long not to ask again.
    asked: (Duration, Duration),
    /// It has something that the board lacks.
    ask_again: bool,
    /// It wants notices; what it is still to be told is on disk.
    pub(super) notices: Option<Marks>,
    /// Its queue was full, and it gets nothing until it is empty.
    pub(super) behind: Option<Behind>,
}

impl Socket {
    fn new(now: Duration, drawer: Drawer, notices: bool) -> Self {
        let (syncs, asked) = ((SYNCS_BURST, now), (now, ASK_PAUSE));
        let notices = notices.then(Marks::default);
        Self { drawer, presence: None, syncs, asked, ask_again: false, notices, behind: None }
    }

    fn ask_due(&self) -> Option<Duration> {
        self.ask_again.then_some(self.asked.0 + self.asked.1)
    }
}

impl Board {
    /// An empty board that may hold so much.
    pub(super) fn new(limits: BoardLimits) -> Self {
        Self { drawing: Drawing::new(limits), ..Self::default() }
    }

    /// Takes the rows that were kept. Damaged ones are left out; true when there were none.
    pub(super) fn restore(&mut self, rows: impl IntoIterator<Item = Vec<u8>>) -> bool {
        let mut horizon = Horizon::new();
        for row in rows {
            let piece = record::read(&row);
            self.damaged |= !piece.as_ref().is_some_and(|(_, update)| self.drawing.restore(update));
            // Only the snapshot has one.
            horizon.extend(piece.into_iter().flat_map(|(horizon, _)| horizon));
        }
        self.drawing.restored(horizon);
        !self.damaged
    }

    /// What becomes of what is drawn.
    pub(super) fn set_keeping(&mut self, keeping: Keeping) {
        self.keeping = keeping;
        self.notify(&notices::kept(keeping));
    }

    /// A drawer's socket opened. Their older one is closed.
    pub(super) fn open(&mut self, now: Duration, mut drawer: Drawer, notices: bool) -> SocketId {
        if let Some(older) = self.socket_of(&drawer.participant) {
            self.shut(older, CLOSE_ELSEWHERE);
        }
        self.next_socket += 1;
        let id = SocketId(self.next_socket);
        if self.gone.contains(&drawer.participant) {
            self.effects.push(Effect::Close(id, CLOSE_NORMAL));
            return id;
        }
        drawer.may_draw = self.rights.get(&drawer.participant).copied().unwrap_or(drawer.may_draw);
        let may_draw = drawer.may_draw;
        self.sockets.insert(id, Socket::new(now, drawer, notices));
        if notices {
            self.effects.push(Effect::Send(id, notices::kept(self.keeping)));
            let damaged = self.damaged.then(|| Effect::Send(id, notices::damaged()));
            self.effects.extend(damaged);
            let (full, limits) = (self.drawing.nearly_full(), self.drawing.limits());
            let full = full.iter().map(|full| Effect::Send(id, notices::nearly_full(full, limits)));
            self.effects.extend(full);
        }
        if may_draw {
            self.ask(now, id);
        }
        self.send_presence(id);
        id
    }

    /// A socket closed, from whichever side. Fine when the board has forgotten it already.
    pub(super) fn close(&mut self, socket: SocketId) {
        if self.sockets.contains_key(&socket) {
            if let Some(client) = self.presence.close(socket) {
                self.fanout.add_presence(None, client);
            }
            self.sockets.remove(&socket);
            self.drawing.forget_socket(socket);
        }
    }

    /// A right changed. Who may draw now is asked for what they drew before in vain.
    pub(super) fn set_right(&mut self, now: Duration, participant: &ParticipantId, may_draw: bool) {
        self.rights.insert(participant.clone(), may_draw);
        let Some(id) = self.socket_of(participant) else {
            return;
        };
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        let granted = may_draw && !socket.drawer.may_draw;
        socket.drawer.may_draw = may_draw;
        if granted {
            self.ask(now, id);
        } else if !may_draw {
            self.drawing.forget_socket(id);
        }
    }

    /// Whose cursors are hidden from whom, from the next move of each on.
    pub(super) fn hide_cursors(&mut self, hidden: Option<HiddenCursors>) {
        self.hidden_cursors = hidden;
    }

    /// The participant is no longer in the room.
    pub(super) fn remove(&mut self, participant: &ParticipantId) {
        if let Some(id) = self.socket_of(participant) {
            self.shut(id, CLOSE_NORMAL);
        }
        self.drawing.forget_participant(participant);
        self.rights.remove(participant);
        self.refusal_told.remove(participant);
        self.gone.push_back(participant.clone());
        if self.gone.len() > GONE_MAX {
            self.gone.pop_front();
        }
    }

    /// A frame arrived. `spent` tells for how long the board has been at it.
    pub(super) fn receive(
        &mut self,
        now: Duration,
        socket: SocketId,
        frame: &Bytes,
        spent: &dyn Fn() -> Duration,
    ) {
        let Some(drawer) = self.sockets.get(&socket).map(|socket| &socket.drawer) else { return };
        let (may_draw, who) = (drawer.may_draw, drawer.participant.clone());
        let stroke =
            |update, who, adding| Stroke { from: socket, who, update: frame.slice_ref(update), adding };
        let result = match validator::frame(frame) {
            Err(malformed) => Err(Offence::from(malformed)),
            Ok(Frame::Step1(state_vector)) => return self.answer_sync(now, socket, state_vector),
            Ok(Frame::QueryAwareness) => return self.answer_query(now, socket),
            Ok(Frame::Awareness(payload)) => self.point(socket, &who, payload),
            // A client answers step 1 without being asked to draw: no reason to bother a person.
            Ok(Frame::Step2(_)) if !may_draw => Ok(()),
            Ok(Frame::Update(_)) if !may_draw => {
                self.tell_refusal(now, who);
                Ok(())
            }
            Ok(Frame::Step2(update)) => self.draw(now, &stroke(update, who, Adding::Restoring), spent),
            Ok(Frame::Update(update)) => self.draw(now, &stroke(update, who, Adding::Live), spent),
        };
        self.punish(socket, result);
        while let Some(waited) = self.drawing.take_waiting() {
            let result = self.draw(now, &waited, spent);
            self.punish(waited.from, result);
        }
    }

    /// How long frames are collected at the moment.
    pub(super) fn tick_length(&self) -> Duration {
        self.fanout.tick_length()
    }

    /// When `tick` is to be called next.
    pub(super) fn next_tick(&self) -> Option<Duration> {
        let asking = self.sockets.values().filter_map(Socket::ask_due);
        asking.chain(self.fanout.due()).chain(self.behind_due()).min()
    }

    /// Time has come: what was collected leaves.
    pub(super) fn tick(&mut self, now: Duration) {
        let due = |socket: &Socket| socket.ask_due().is_some_and(|due| due <= now);
        let asking: Vec<SocketId> =
            self.sockets.iter().filter(|(_, socket)| due(socket)).map(|(id, _)| *id).collect();
        for socket in asking {
            self.ask(now, socket);
        }
        if let Some(departure) = self.fanout.depart(now) {
            self.send_departure(departure);
            self.sent = std::mem::replace(&mut self.departed, self.drawing.clocks());
            if self.drawing.compact(now) {
                self.effects.push(Effect::Compacted);
            }
        }
    }

    /// What the actor is to do now, in this order.
    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The whole board as one update.
    pub(super) fn snapshot(&mut self) -> Option<Bytes> {
        self.drawing.snapshot()
    }

    /// The whole board as a row for the disk.
    pub(super) fn row(&mut self) -> Option<Vec<u8>> {
        let snapshot = self.drawing.snapshot()?;
        Some(record::write(&snapshot, self.drawing.horizon()))
    }

    /// How many people are there, and how many of their writers have not yet taken the last frame.
    pub(super) fn note_lag(&mut self, people: usize, lagging: usize) {
        self.fanout.note_lag(people, lagging);
    }

    fn answer_sync(&mut self, now: Duration, id: SocketId, state_vector: &[u8]) {
        if self.spend_sync(now, id) {
            self.mark_all(id);
            if let Some(behind) = self.sockets.get_mut(&id).and_then(|socket| socket.behind.as_mut()) {
                behind.has = state_vector.to_vec();
                return;
            }
            match self.drawing.diff(state_vector) {
                Ok(diff) => self.effects.push(Effect::Send(id, sync_message(STEP_2, &diff))),
                Err(offence) => self.punish(id, Err(offence)),
            }
        }
    }

    fn answer_query(&mut self, now: Duration, id: SocketId) {
        if self.spend_sync(now, id) {
            self.send_presence(id);
        }
    }

    /// The answer may be the whole board: a client needs one at its start, not one after the other.
    fn spend_sync(&mut self, now: Duration, id: SocketId) -> bool {
        let Some(socket) = self.sockets.get_mut(&id) else { return false };
        let (left, since) = socket.syncs;
        let left = SYNCS_BURST.min(left + now.saturating_sub(since).as_secs_f64() * SYNCS_PER_SECOND);
        if left < 1.0 {
            self.shut(id, CLOSE_TOO_MANY);
            return false;
        }
        socket.syncs = (left - 1.0, now);
        true
    }

    fn point(&mut self, id: SocketId, who: &ParticipantId, payload: &[u8]) -> Result<(), Offence> {
        for entry in validator::awareness(payload)? {
            let Some(socket) = self.sockets.get_mut(&id) else { return Ok(()) };
            let first = socket.presence.is_none() && entry.state != "null";
            if first && self.drawing.claim(who, entry.client) {
                socket.presence = Some(entry.client);
                self.mark_all(id);
            }
            let Some(socket) = self.sockets.get(&id) else { return Ok(()) };
            if socket.presence == Some(entry.client) && self.presence.update(id, entry) {
                self.fanout.add_presence(Some(id), entry.client);
            }
        }
        Ok(())
    }

    fn draw(&mut self, now: Duration, stroke: &Stroke, spent: &dyn Fn() -> Duration) -> Result<(), Offence> {
        let outcome = self.drawing.draw(now, stroke, spent)?;
        self.effects.extend(self.drawing.take_cleared().map(Effect::Clearing));
        self.tell_filled();
        let Some(socket) = self.sockets.get_mut(&stroke.from) else { return Ok(()) };
        socket.ask_again |= matches!(outcome, Outcome::Postponed | Outcome::Partly(_));
        let (new, result) = match outcome {
            Outcome::Known | Outcome::Postponed => (None, Ok(())),
            Outcome::Partly(new) => (new, Ok(())),
            Outcome::Broken(new) => (new, Err(Offence::Protocol)),
            Outcome::Drawn(new) => {
                socket.asked.1 = ASK_PAUSE;
                (Some(new), Ok(()))
            }
        };
        if let Some(new) = new {
            self.saves += 1;
            self.effects.push(Effect::Save(new.clone()));
            self.fanout.add_update(stroke.from, new);
            let touched = self.drawing.touched();
            self.mark(stroke.from, touched);
        }
        result
    }

    pub(super) fn punish(&mut self, socket: SocketId, result: Result<(), Offence>) {
        match result {
            Ok(()) => {}
            Err(Offence::Protocol) => self.shut(socket, CLOSE_PROTOCOL),
            Err(Offence::Full) => self.shut(socket, CLOSE_FULL),
            Err(Offence::Stale) => self.shut(socket, CLOSE_STALE),
        }
    }

    /// Sync step 1: "this is what I have; give me what I lack". Who gives nothing of use is asked less and
    /// less.
    fn ask(&mut self, now: Duration, id: SocketId) {
        let Some(state_vector) = self.drawing.state_vector() else { return };
        if let Some(socket) = self.sockets.get_mut(&id) {
            let pause = if socket.ask_again { ASK_PAUSE_MAX.min(socket.asked.1 * 2) } else { ASK_PAUSE };
            (socket.asked, socket.ask_again) = ((now, pause), false);
            self.effects.push(Effect::Send(id, sync_message(STEP_1, &state_vector)));
        }
    }

    fn tell_refusal(&mut self, now: Duration, participant: ParticipantId) {
        let told = self.refusal_told.get(&participant);
        if told.is_none_or(|told| now.saturating_sub(*told) >= REFUSAL_PAUSE) {
            self.refusal_told.insert(participant.clone(), now);
            self.effects.push(Effect::DrawingRefused(participant));
        }
    }

    fn send_departure(&mut self, departure: Departure) {
        let updates = match departure.updates.len() {
            0 | 1 => departure.updates,
            _ => join(&departure.updates).map_or(departure.updates, |merged| vec![merged]),
        };
        for update in updates {
            self.send_to_others(departure.updates_from, sync_message(UPDATE, &update));
        }
        if let Some(told) = self.tell_presence(departure.presence.into_iter()) {
            let from = departure.presence_from;
            let others = self.sockets.iter().filter(|(id, _)| Some(**id) != from);
            let frames = others.map(|(id, socket)| Effect::Send(*id, self.told_to(socket, &told)));
            self.effects.extend(frames.collect::<Vec<_>>());
        }
    }

    fn send_to_others(&mut self, from: Option<SocketId>, frame: Bytes) {
        let others = self.sockets.iter().filter(|(id, socket)| Some(**id) != from && socket.behind.is_none());
        self.effects.extend(others.map(|(id, _)| Effect::Send(*id, frame.clone())));
    }

    pub(super) fn send_presence(&mut self, to: SocketId) {
        let here = self.presence.clients();
        if let Some(told) = self.tell_presence(here.into_iter())
            && let Some(socket) = self.sockets.get(&to)
        {
            self.effects.push(Effect::Send(to, self.told_to(socket, &told)));
        }
    }

    /// Frames of presence: as everybody gets it, or as those do who see all cursors and those who do not.
    fn tell_presence(&mut self, clients: impl Iterator<Item = u64>) -> Option<Told<Bytes>> {
        let (sockets, hidden) = (&self.sockets, self.hidden_cursors.as_ref());
        let drawer_of = |id| sockets.get(&id).map(|socket| &socket.drawer);
        let told = self.presence.encode(clients, drawer_of, hidden.map(|hidden| &hidden.shown))?;
        let reduced = told.reduced.map(|payload| awareness_message(&payload));
        Some(Told { full: awareness_message(&told.full), reduced })
    }

    fn told_to(&self, socket: &Socket, told: &Told<Bytes>) -> Bytes {
        let hidden = self.hidden_cursors.as_ref();
        let sees_all = hidden.is_none_or(|hidden| hidden.seen_by.contains(&socket.drawer.participant));
        let reduced = told.reduced.as_ref().filter(|_| !sees_all);
        reduced.unwrap_or(&told.full).clone()
    }

    fn socket_of(&self, participant: &ParticipantId) -> Option<SocketId> {
        let mut sockets = self.sockets.iter();
        sockets.find(|(_, socket)| socket.drawer.participant == *participant).map(|(id, _)| *id)
    }

    pub(super) fn shut(&mut self, socket: SocketId, code: u16) {
        self.close(socket);
        self.effects.push(Effect::Close(socket, code));
    }
}

/// Whole boards a socket may ask for at once, and how fast that grows back.
const SYNCS_BURST: f64 = 8.0;
const SYNCS_PER_SECOND: f64 = 0.5;
/// People who left, remembered for as long as a socket may take from its ticket to its opening.
const GONE_MAX: usize = 256;
/// A socket is not asked for what is missing more often, and in the end not more often than that.
const ASK_PAUSE: Duration = Duration::from_secs(1);
const ASK_PAUSE_MAX: Duration = Duration::from_secs(60);
/// A participant's refusals reach the room not more often.
const REFUSAL_PAUSE: Duration = Duration::from_secs(1);

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
