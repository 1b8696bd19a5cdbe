//! Who is in a room and who waits for it. Pure: ids, secrets and time are arguments.
//!
//! Invariants: an id stands in one place only; a ball colour is dealt in order of arrival; a resume token names
//! one person of this room and nothing else; at most one person presents, and they are inside.

use crate::authority::{Action, Place, Role, Standing, draws_by_mode, may, role_of};
use crate::lobby::Lobby;
use crate::participant::{MediaState, ParticipantId, Profile};
use crate::store::{AccountId, RoomRecord, StreamRight, TokenId};
use std::sync::Arc;
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
    /// Whether they present.
    pub presenter: bool,
    /// What a host chose for them alone about drawing.
    choice: Option<bool>,
    by_short_name: bool,
}

impl Person {
    /// As the others inside see them.
    pub fn profile(&self, room: &RoomRecord) -> Profile {
        Profile {
            id: self.keys.id.clone(),
            name: self.name.clone(),
            role: self.role,
            ball: self.ball,
            media: self.media,
            away: self.away,
            presenter: self.presenter,
            may_draw: may(self.standing(Place::Inside), room, Action::Draw),
        }
    }

    /// Their standing in this place, for [`may`].
    pub fn standing(&self, place: Place) -> Standing {
        Standing { role: self.role, place, presenter: self.presenter, choice: self.choice }
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
    /// Somebody has presented: from then on it is handed over by hand.
    presented: bool,
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
        let outside = Standing::new(role, Place::Outside);
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
            presenter: false,
            choice: None,
            by_short_name: arrival.by_short_name,
        };
        let place = if direct {
            self.come_in(person);
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
        let Some(admitted) = self.lobby.take(id) else { return false };
        self.come_in(admitted);
        true
    }

    /// The first host to come in presents.
    fn come_in(&mut self, mut person: Person) {
        person.presenter = person.role == Role::Host && person.stream.is_none() && !self.presented;
        self.presented |= person.presenter;
        self.inside.push(person);
    }

    /// This one presents from now on; who did before and who does now, or `None` when there is no such person inside.
    pub fn make_presenter(&mut self, id: &ParticipantId) -> Option<Vec<ParticipantId>> {
        let new = |person: &Person| person.keys.id == *id;
        self.inside.iter().find(|person| new(person) && person.stream.is_none())?;
        let changes = |person: &&mut Person| person.presenter != (person.keys.id == *id);
        self.presented = true;
        let changed = self.inside.iter_mut().filter(changes).map(|person| {
            person.presenter = !person.presenter;
            person.keys.id.clone()
        });
        Some(changed.collect())
    }

    /// Whether this one draws, whatever the mode says. Remembered only as far as it differs from what the mode says
    /// of them. `false` when there is no such person inside.
    pub fn choose(&mut self, id: &ParticipantId, may_draw: bool, room: &RoomRecord) -> bool {
        let found = self.inside.iter_mut().find(|person| person.keys.id == *id && person.stream.is_none());
        let Some(person) = found else { return false };
        let by_mode = draws_by_mode(person.standing(Place::Inside), room);
        person.choice = (by_mode != may_draw).then_some(may_draw);
        true
    }

    /// The mode of drawing changed: it decides for everybody again.
    pub fn forget_choices(&mut self) {
        for person in &mut self.inside {
            person.choice = None;
        }
    }

    /// Everyone inside who may draw.
    pub fn drawers(&self, room: &RoomRecord) -> Arc<[ParticipantId]> {
        let draws = |person: &&Person| may(person.standing(Place::Inside), room, Action::Draw);
        self.inside.iter().filter(draws).map(|person| person.keys.id.clone()).collect()
    }

    /// Everyone who waits and would now come in directly, after the room's settings changed.
    pub fn admissible(&self, room: &RoomRecord) -> Vec<ParticipantId> {
        let direct = |person: &Person| {
            may(
                person.standing(Place::Waiting),
                room,
                Action::EnterDirectly { by_short_name: person.by_short_name },
            )
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
        let place = self.place(id);
        self.person(id).map_or(Standing::new(Role::Guest, place), |person| person.standing(place))
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
