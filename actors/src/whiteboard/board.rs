//! The board without its actor: sockets, rights, the document, presence, and what is to be sent to whom.
//!
//! Pure: every method takes the time since the board's start and leaves effects, which the actor carries out in their order.
//! Bad input ends its sender's socket or is refused to its sender; the others notice nothing.

use super::document::{ApplyError, Document, merge};
use super::fanout::{Departure, Fanout};
use super::messages::{Drawer, SocketId};
use super::ownership::{Adding, Owners};
use super::presence::Presence;
use super::size::Size;
use super::structure::{Misfit, Structure};
use super::validator::{self, Frame, Outline};
use super::waiting::Waiting;
use super::wire::{STEP_1, STEP_2, UPDATE, awareness_message, sync_message};
use crate::participant::ParticipantId;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

/// Close codes, see PROTOCOL.md §2 and §4.
pub(super) const CLOSE_NORMAL: u16 = 1000;
/// The queue to the reader is full.
pub(super) const CLOSE_SLOW: u16 = 1013;
/// The client broke the protocol.
pub(super) const CLOSE_PROTOCOL: u16 = 4400;
/// The board is full.
pub(super) const CLOSE_FULL: u16 = 4408;
/// The participant has a newer socket.
pub(super) const CLOSE_ELSEWHERE: u16 = 4409;
/// Too many requests.
pub(super) const CLOSE_TOO_MANY: u16 = 4429;

/// What the actor does for the board.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Effect {
    /// Queue a frame to a socket; when its queue is full, call `close` and close it with `CLOSE_SLOW`.
    Send(SocketId, Bytes),
    /// Close a socket, which the board has forgotten already.
    Close(SocketId, u16),
    /// Tell the room.
    DrawingRefused(ParticipantId),
    /// An update was applied: count it and, while the board is kept, save it.
    Save(Bytes),
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Board {
    document: Document,
    structure: Structure,
    owners: Owners,
    presence: Presence,
    fanout: Fanout,
    size: Size,
    waiting: Waiting,
    sockets: BTreeMap<SocketId, Socket>,
    next_socket: u64,
    /// Rights that the room has told, also of people without a socket: whoever asked the room for a socket before a lock
    /// and opens it after that is locked.
    rights: HashMap<ParticipantId, bool>,
    /// Who left last; for the same reason.
    gone: VecDeque<ParticipantId>,
    refusal_told: HashMap<ParticipantId, Duration>,
    failures_caused: HashMap<ParticipantId, u32>,
    /// How often the document had been built again when `structure` was learned from it.
    learned: u64,
    effects: Vec<Effect>,
}

struct Socket {
    drawer: Drawer,
    /// The client id under which it has presence.
    presence: Option<u64>,
    /// Full syncs it may still ask for, and since when that is so.
    syncs: (f64, Duration),
    /// When it was last asked for what the board lacks.
    asked: Duration,
    /// It has something the board lacks; ask again when a second has passed.
    ask_again: bool,
}

impl Socket {
    fn new(now: Duration, drawer: Drawer) -> Self {
        Self {
            drawer,
            presence: None,
            syncs: (SYNCS_BURST, now),
            asked: now,
            ask_again: false,
        }
    }
}

impl Board {
    /// Takes what was kept. Damaged pieces are left out; true when there were none.
    pub(super) fn restore(&mut self, pieces: impl IntoIterator<Item = Vec<u8>>) -> bool {
        let mut sound = true;
        for piece in pieces {
            sound &= self.restore_piece(&piece).is_some();
        }
        sound
    }

    /// A drawer's socket opened. Their older one is closed.
    pub(super) fn open(&mut self, now: Duration, mut drawer: Drawer) -> SocketId {
        if let Some(older) = self.socket_of(&drawer.participant) {
            self.shut(older, CLOSE_ELSEWHERE);
        }
        self.next_socket += 1;
        let id = SocketId(self.next_socket);
        if self.gone.contains(&drawer.participant) {
            self.effects.push(Effect::Close(id, CLOSE_NORMAL));
            return id;
        }
        drawer.may_draw = self
            .rights
            .get(&drawer.participant)
            .copied()
            .unwrap_or(drawer.may_draw);
        let may_draw = drawer.may_draw;
        self.sockets.insert(id, Socket::new(now, drawer));
        if may_draw {
            self.ask(now, id);
        }
        let here = self.presence.clients();
        if let Some(frame) = self.presence_frame(here.into_iter()) {
            self.effects.push(Effect::Send(id, frame));
        }
        id
    }

    /// A socket closed, from whichever side. Fine when the board has forgotten it already.
    pub(super) fn close(&mut self, socket: SocketId) {
        if self.sockets.contains_key(&socket) {
            if let Some(client) = self.presence.close(socket) {
                self.fanout.add_presence(None, client);
            }
            self.sockets.remove(&socket);
            self.waiting.forget(socket);
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
            self.waiting.forget(id);
        }
    }

    /// The participant is no longer in the room.
    pub(super) fn remove(&mut self, participant: &ParticipantId) {
        if let Some(id) = self.socket_of(participant) {
            self.shut(id, CLOSE_NORMAL);
        }
        self.owners.release(participant);
        self.rights.remove(participant);
        self.refusal_told.remove(participant);
        self.failures_caused.remove(participant);
        self.gone.push_back(participant.clone());
        if self.gone.len() > GONE_MAX {
            self.gone.pop_front();
        }
    }

    /// A frame arrived.
    pub(super) fn receive(&mut self, now: Duration, socket: SocketId, frame: &Bytes) {
        let Some(drawer) = self.sockets.get(&socket).map(|socket| &socket.drawer) else {
            return;
        };
        let (may_draw, participant) = (drawer.may_draw, drawer.participant.clone());
        let result = match validator::frame(frame) {
            Err(malformed) => Err(malformed.into()),
            Ok(Frame::Step1(state_vector)) => self.answer_sync(now, socket, state_vector),
            Ok(Frame::Awareness(payload)) => self.point(socket, &participant, payload),
            Ok(Frame::QueryAwareness) => self.answer_query(now, socket),
            Ok(Frame::Step2(_)) if !may_draw => Ok(()),
            Ok(Frame::Update(_)) if !may_draw => {
                self.tell_refusal(now, participant);
                Ok(())
            }
            Ok(Frame::Step2(update)) => self.draw(socket, &frame.slice_ref(update), Adding::Restoring),
            Ok(Frame::Update(update)) => self.draw(socket, &frame.slice_ref(update), Adding::Live),
        };
        if let Err(Offence(code)) = result {
            self.shut(socket, code);
        }
        self.relearn();
        self.retry_waiting();
    }

    /// When `tick` is to be called next.
    pub(super) fn next_tick(&self) -> Option<Duration> {
        let asking = self
            .sockets
            .values()
            .filter(|socket| socket.ask_again)
            .map(|socket| socket.asked + ASK_PAUSE);
        asking.chain(self.fanout.due()).min()
    }

    /// Time has come: what was collected leaves.
    pub(super) fn tick(&mut self, now: Duration) {
        let due = |socket: &Socket| socket.ask_again && socket.asked + ASK_PAUSE <= now;
        let asking: Vec<SocketId> = self
            .sockets
            .iter()
            .filter(|(_, s)| due(s))
            .map(|(id, _)| *id)
            .collect();
        for socket in asking {
            self.ask(now, socket);
        }
        if let Some(departure) = self.fanout.depart(now) {
            self.send_departure(departure);
        }
    }

    /// What the actor is to do now, in this order.
    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The whole board as one update, for the disk.
    pub(super) fn snapshot(&mut self) -> Option<Bytes> {
        self.document.snapshot().ok()
    }

    fn answer_sync(&mut self, now: Duration, id: SocketId, state_vector: &[u8]) -> Result<(), Offence> {
        validator::state_vector(state_vector)?;
        self.spend_sync(now, id)?;
        let diff = self
            .document
            .diff(state_vector)
            .map_err(|_failed| Offence(CLOSE_PROTOCOL))?;
        self.effects.push(Effect::Send(id, sync_message(STEP_2, &diff)));
        Ok(())
    }

    fn answer_query(&mut self, now: Duration, id: SocketId) -> Result<(), Offence> {
        self.spend_sync(now, id)?;
        let here = self.presence.clients();
        if let Some(frame) = self.presence_frame(here.into_iter()) {
            self.effects.push(Effect::Send(id, frame));
        }
        Ok(())
    }

    /// The answer may be the whole board: a client needs one at its start, not one after the other.
    fn spend_sync(&mut self, now: Duration, id: SocketId) -> Result<(), Offence> {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return Ok(());
        };
        let (left, since) = socket.syncs;
        let left = SYNCS_BURST.min(left + now.saturating_sub(since).as_secs_f64() * SYNCS_PER_SECOND);
        if left < 1.0 {
            return Err(Offence(CLOSE_TOO_MANY));
        }
        socket.syncs = (left - 1.0, now);
        Ok(())
    }

    fn point(&mut self, id: SocketId, who: &ParticipantId, payload: &[u8]) -> Result<(), Offence> {
        for entry in validator::awareness(payload)? {
            let Some(socket) = self.sockets.get_mut(&id) else {
                return Ok(());
            };
            if socket.presence.is_none()
                && entry.state != "null"
                && self.owners.claim(who, entry.client).is_ok()
            {
                socket.presence = Some(entry.client);
            }
            if socket.presence == Some(entry.client) && self.presence.update(id, entry) {
                self.fanout.add_presence(Some(id), entry.client);
            }
        }
        Ok(())
    }

    fn draw(&mut self, id: SocketId, update: &Bytes, adding: Adding) -> Result<(), Offence> {
        let outline = validator::update(update, BLOCKS_PER_UPDATE)?;
        let Some(socket) = self.sockets.get_mut(&id) else {
            return Ok(());
        };
        let who = socket.drawer.participant.clone();
        if self
            .failures_caused
            .get(&who)
            .is_some_and(|failures| *failures >= FAILURES_MAX)
        {
            return Ok(());
        }
        let clients = self.structure.added_clients(&outline);
        let foretold = self.structure.foretold_deletes(&outline);
        let foreign = foretold
            .iter()
            .any(|client| self.owners.is_foreign(&who, *client));
        if foreign || self.owners.check(&who, &clients, adding).is_err() {
            // An honest client comes here when it restores somebody's strokes at the moment they do so themselves: asked again, it
            // gives only what is still missing.
            socket.ask_again = true;
            return Ok(());
        }
        let additions = match self.structure.admit(&outline) {
            Ok(additions) => additions,
            Err(Misfit::Gap(missing)) => {
                socket.ask_again = true;
                self.waiting.add(id, missing, update.clone(), adding);
                return Ok(());
            }
            Err(Misfit::TooDeep | Misfit::Impossible) => return Err(Offence(CLOSE_PROTOCOL)),
            Err(Misfit::TooManyClients) => return Err(Offence(CLOSE_FULL)),
        };
        self.check_size(update, &outline)?;
        match self.document.apply(update) {
            Ok(new) => {
                self.structure.commit(additions);
                if adding == Adding::Live {
                    for client in clients {
                        let claimed = self.owners.claim(&who, client);
                        debug_assert!(claimed.is_ok(), "the check above allowed it");
                    }
                }
                if let Some(new) = new {
                    self.size.add(new.len(), outline.weight, outline.blocks.len());
                    self.effects.push(Effect::Save(new.clone()));
                    self.fanout.add_update(id, new);
                }
                Ok(())
            }
            Err(error) => {
                *self.failures_caused.entry(who).or_default() += u32::from(error == ApplyError::Panicked);
                Err(Offence(CLOSE_PROTOCOL))
            }
        }
    }

    /// Updates that waited for what has arrived now.
    fn retry_waiting(&mut self) {
        while let Some((id, update, adding)) =
            self.waiting.take_ready(|missing| self.structure.knows(missing))
        {
            if let Err(Offence(code)) = self.draw(id, &update, adding) {
                self.shut(id, code);
            }
        }
    }

    fn check_size(&mut self, update: &[u8], outline: &Outline) -> Result<(), Offence> {
        let fits = |size: &Size| size.fits(update.len(), outline.weight, outline.blocks.len());
        if !fits(&self.size) && self.size.is_stale() {
            self.relearn_size();
        }
        if fits(&self.size) {
            Ok(())
        } else {
            Err(Offence(CLOSE_FULL))
        }
    }

    /// After the document was built again: learns from it what it holds.
    fn relearn(&mut self) {
        if self.document.rebuilt() == self.learned {
            return;
        }
        self.learned = self.document.rebuilt();
        let Ok(snapshot) = self.document.snapshot() else {
            return;
        };
        let Ok(outline) = validator::update(&snapshot, usize::MAX) else {
            return;
        };
        let mut structure = Structure::default();
        if let Ok(additions) = structure.admit(&outline) {
            structure.commit(additions);
            self.structure = structure;
        }
        self.size = Size::measured(snapshot.len(), outline.weight, outline.blocks.len());
    }

    fn relearn_size(&mut self) {
        let Ok(snapshot) = self.document.snapshot() else {
            return;
        };
        if let Ok(outline) = validator::update(&snapshot, usize::MAX) {
            self.size = Size::measured(snapshot.len(), outline.weight, outline.blocks.len());
        }
    }

    fn restore_piece(&mut self, piece: &[u8]) -> Option<()> {
        let outline = validator::update(piece, usize::MAX).ok()?;
        let additions = self.structure.admit(&outline).ok()?;
        let applied = self.document.apply(piece);
        if applied.is_err() {
            self.relearn();
        }
        applied.ok()?;
        self.structure.commit(additions);
        self.size.add(piece.len(), outline.weight, outline.blocks.len());
        Some(())
    }

    /// Sync step 1: "this is what I have; give me what I lack".
    fn ask(&mut self, now: Duration, id: SocketId) {
        let Ok(state_vector) = self.document.state_vector() else {
            return;
        };
        if let Some(socket) = self.sockets.get_mut(&id) {
            (socket.asked, socket.ask_again) = (now, false);
            self.effects
                .push(Effect::Send(id, sync_message(STEP_1, &state_vector)));
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
            _ => merge(&departure.updates).map_or(departure.updates, |merged| vec![merged]),
        };
        for update in updates {
            self.send_to_others(departure.updates_from, sync_message(UPDATE, &update));
        }
        if let Some(frame) = self.presence_frame(departure.presence.into_iter()) {
            self.send_to_others(departure.presence_from, frame);
        }
    }

    fn send_to_others(&mut self, from: Option<SocketId>, frame: Bytes) {
        let others = self.sockets.keys().filter(|id| Some(**id) != from);
        self.effects
            .extend(others.map(|id| Effect::Send(*id, frame.clone())));
    }

    fn presence_frame(&mut self, clients: impl Iterator<Item = u64>) -> Option<Bytes> {
        let sockets = &self.sockets;
        let payload = self
            .presence
            .encode(clients, |id| sockets.get(&id).map(|socket| &socket.drawer))?;
        Some(awareness_message(&payload))
    }

    fn socket_of(&self, participant: &ParticipantId) -> Option<SocketId> {
        let mut sockets = self.sockets.iter();
        sockets
            .find(|(_, socket)| socket.drawer.participant == *participant)
            .map(|(id, _)| *id)
    }

    fn shut(&mut self, socket: SocketId, code: u16) {
        self.close(socket);
        self.effects.push(Effect::Close(socket, code));
    }
}

/// The sender's socket is closed with this code.
struct Offence(u16);

impl From<super::wire::Malformed> for Offence {
    fn from(_malformed: super::wire::Malformed) -> Self {
        Self(CLOSE_PROTOCOL)
    }
}

/// Whole boards a socket may ask for at once, and how fast that grows back.
const SYNCS_BURST: f64 = 8.0;
const SYNCS_PER_SECOND: f64 = 0.5;
/// People who left, remembered for as long as a socket may take from its ticket to its opening.
const GONE_MAX: usize = 256;
/// A socket is not asked for what is missing more often.
const ASK_PAUSE: Duration = Duration::from_secs(1);
/// A participant's refusals reach the room not more often.
const REFUSAL_PAUSE: Duration = Duration::from_secs(1);
/// Blocks of one update; a frame of 1 MiB cannot hold many more.
const BLOCKS_PER_UPDATE: usize = 65_536;
/// Who broke the document this often draws no more.
const FAILURES_MAX: u32 = 3;

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
