//! Who is in a room and who waits for it. Pure: ids, secrets and time are arguments.
//!
//! Invariants: an id stands in one place only; a ball colour is dealt in order of arrival; a resume token names
//! one person of this room and nothing else.

use crate::authority::{Action, Place, Role, Standing, may, role_of};
use crate::lobby::Lobby;
use crate::participant::{MediaState, ParticipantId, Profile};
use crate::store::{AccountId, RoomRecord, StreamRight, TokenId};
use std::time::Instant;

/// How many may be inside; the next one is told that the room is full.
pub const INSIDE_MAX: usize = 500;

/// Ids and secrets for somebody new, from the operating system's randomness.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Their id.
    pub id: ParticipantId,
    /// Token for coming back, ≥ 128 bits.
    pub resume: String,
    /// Ticket for the board's socket, ≥ 128 bits.
    pub ticket: String,
}

/// A stream's way in: which token, and what it is good for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamPass {
    /// The token.
    pub token: TokenId,
    /// What it lets do.
    pub right: StreamRight,
}

/// How somebody comes to the door.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Logged in as.
    pub account: Option<AccountId>,
    /// By the public short name.
    pub by_short_name: bool,
    /// Display name, already cleaned.
    pub name: String,
    /// What they are about to send.
    pub media: MediaState,
    /// Token of an earlier stay.
    pub resume: Option<String>,
    /// An encoder or a screen, not a person at a browser.
    pub stream: Option<StreamPass>,
}

/// Why somebody cannot come in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denied {
    /// To this person the door does not exist.
    DoorUnknown,
    /// The room or its lobby is full.
    Full,
    /// Nobody is inside to be watched.
    Empty,
    /// The server has no room for another picture.
    ServerFull,
}

/// Somebody's stay in this room.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their id and secrets.
    pub keys: Fresh,
    /// Host or guest.
    pub role: Role,
    /// Display name.
    pub name: String,
    /// What is switched on.
    pub media: MediaState,
    /// Ball colour; dealt at the door so that it does not change.
    pub ball: u8,
    /// Their socket is gone.
    pub away: bool,
    /// An encoder or a screen, not a person at a browser.
    pub stream: Option<StreamPass>,
    by_short_name: bool,
}

impl Person {
    /// As the others see them.
    pub fn profile(&self) -> Profile {
        Profile {
            id: self.keys.id.clone(),
            name: self.name.clone(),
            role: self.role,
            ball: self.ball,
            media: self.media,
            away: self.away,
        }
    }
}

/// What became of an arrival.
#[derive(Clone, Debug)]
pub struct Entered {
    /// Who.
    pub id: ParticipantId,
    /// Waiting or inside.
    pub place: Place,
    /// They came back by their token; they were never gone for the others.
    pub back: bool,
}

/// See the module's text.
#[derive(Default, Debug)]
pub struct People {
    inside: Vec<Person>,
    /// Whoever waits.
    pub lobby: Lobby<Person>,
    next_ball: u8,
}

impl People {
    /// Somebody comes to the door: back by token, in directly, to the lobby, or not at all.
    pub fn arrive(
        &mut self,
        room: &RoomRecord,
        arrival: Arrival,
        fresh: Fresh,
        now: Instant,
    ) -> Result<Entered, Denied> {
        let role = role_of(arrival.account.as_ref(), room);
        let outside = Standing { role, place: Place::Outside };
        if let Some(entered) = self.come_back(&arrival) {
            return Ok(entered);
        }
        if !may(outside, room, Action::SeeDoor) {
            return Err(Denied::DoorUnknown);
        }
        let id = fresh.id.clone();
        let name = arrival.name.clone();
        let action = match arrival.stream {
            Some(_) => Action::EnterByToken,
            None => Action::EnterDirectly { by_short_name: arrival.by_short_name },
        };
        let direct = may(outside, room, action);
        if direct && self.inside.len() >= INSIDE_MAX {
            return Err(Denied::Full);
        }
        let person = Person {
            keys: fresh,
            role,
            name: arrival.name,
            media: arrival.media,
            ball: self.next_ball,
            away: false,
            stream: arrival.stream,
            by_short_name: arrival.by_short_name,
        };
        let place = if direct {
            self.inside.push(person);
            Place::Inside
        } else {
            let knocked = self.lobby.knock(id.clone(), name, person, now);
            knocked.map_err(|_person| Denied::Full)?;
            Place::Waiting
        };
        self.next_ball = (self.next_ball + 1) % 8;
        Ok(Entered { id, place, back: false })
    }

    fn come_back(&mut self, arrival: &Arrival) -> Option<Entered> {
        let token = arrival.resume.as_ref()?;
        let id = self.id_by(|person| person.keys.resume == *token)?;
        let place = self.place(&id);
        let person = self.person_mut(&id)?;
        person.away = false;
        person.media = arrival.media;
        Some(Entered { id, place, back: true })
    }

    /// Takes somebody out of the lobby and in. `false` when they do not wait (any more), or the room is full.
    pub fn admit(&mut self, id: &ParticipantId) -> bool {
        if self.inside.len() >= INSIDE_MAX {
            return false;
        }
        let admitted = self.lobby.take(id);
        let found = admitted.is_some();
        self.inside.extend(admitted);
        found
    }

    /// Everyone who waits and would now come in directly, after the room's settings changed.
    pub fn admissible(&self, room: &RoomRecord) -> Vec<ParticipantId> {
        let direct = |person: &Person| {
            let standing = Standing { role: person.role, place: Place::Waiting };
            may(standing, room, Action::EnterDirectly { by_short_name: person.by_short_name })
        };
        let waiting = self.lobby.people();
        waiting.filter(|(_, person)| direct(person)).map(|(id, _)| id.clone()).collect()
    }

    /// Somebody is gone for good.
    pub fn remove(&mut self, id: &ParticipantId) -> Option<Person> {
        if let Some(index) = self.inside.iter().position(|person| person.keys.id == *id) {
            return Some(self.inside.remove(index));
        }
        self.lobby.take(id)
    }

    /// Where somebody is; `Outside` when they are not here.
    pub fn place(&self, id: &ParticipantId) -> Place {
        if self.inside.iter().any(|person| person.keys.id == *id) {
            Place::Inside
        } else if self.lobby.people().any(|(waiting, _)| waiting == id) {
            Place::Waiting
        } else {
            Place::Outside
        }
    }

    /// Somebody's standing, for [`may`].
    pub fn standing(&self, id: &ParticipantId) -> Standing {
        let role = self.person(id).map_or(Role::Guest, |person| person.role);
        Standing { role, place: self.place(id) }
    }

    /// Everyone inside, in order of arrival.
    pub fn inside(&self) -> &[Person] {
        &self.inside
    }

    /// Somebody, wherever they are.
    pub fn person(&self, id: &ParticipantId) -> Option<&Person> {
        let inside = self.inside.iter().find(|person| person.keys.id == *id);
        inside.or_else(|| self.lobby.people().find(|(waiting, _)| *waiting == id).map(|(_, person)| person))
    }

    /// Somebody, wherever they are.
    pub fn person_mut(&mut self, id: &ParticipantId) -> Option<&mut Person> {
        match self.inside.iter().position(|person| person.keys.id == *id) {
            Some(index) => self.inside.get_mut(index),
            None => self.lobby.person_mut(id),
        }
    }

    /// Whoever inside holds this board ticket.
    pub fn by_ticket(&self, ticket: &str) -> Option<&Person> {
        self.inside.iter().find(|person| person.keys.ticket == ticket)
    }

    /// Streams inside that came by a token.
    pub fn by_token(&self, token: &TokenId) -> Vec<ParticipantId> {
        let pass = |person: &&Person| person.stream.as_ref().is_some_and(|pass| pass.token == *token);
        self.inside.iter().filter(pass).map(|person| person.keys.id.clone()).collect()
    }

    /// Whether a person at a browser is inside: the board is there for them.
    pub fn has_people(&self) -> bool {
        self.inside.iter().any(|person| person.stream.is_none())
    }

    /// Screens that watch a room where nobody is and nothing comes any more.
    pub fn left_watching(&self) -> Vec<ParticipantId> {
        let watches =
            |person: &Person| person.stream.as_ref().is_some_and(|pass| pass.right == StreamRight::Watch);
        if self.inside.iter().all(watches) {
            self.inside.iter().map(|person| person.keys.id.clone()).collect()
        } else {
            Vec::new()
        }
    }

    /// Ids of all hosts inside.
    pub fn hosts(&self) -> impl Iterator<Item = &ParticipantId> {
        let hosts = self.inside.iter().filter(|person| person.role == Role::Host);
        hosts.map(|person| &person.keys.id)
    }

    fn id_by(&self, wanted: impl Fn(&Person) -> bool) -> Option<ParticipantId> {
        let waiting = self.lobby.people().map(|(_, person)| person);
        self.inside.iter().chain(waiting).find(|person| wanted(person)).map(|person| person.keys.id.clone())
    }
}

#[cfg(test)]
mod tests;
