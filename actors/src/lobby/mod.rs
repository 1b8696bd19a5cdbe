//! Where guests wait. Pure state of a room, not an actor of its own: admission is then one step of the room,
//! and there is no moment in which somebody is in both places or in neither.

use crate::participant::{KnockNotice, ParticipantId};
use std::time::Instant;

/// How many may wait at one door; the next one is told that the room is full.
pub const WAITING_MAX: usize = 100;

/// Somebody who waits.
#[derive(Debug)]
struct Waiting<P> {
    id: ParticipantId,
    name: String,
    since: Instant,
    person: P,
}

/// The waiting people, in the order of their knocks. `P` is whatever the room keeps of a person.
#[derive(Debug)]
pub struct Lobby<P> {
    waiting: Vec<Waiting<P>>,
}

impl<P> Default for Lobby<P> {
    fn default() -> Self {
        Self { waiting: Vec::new() }
    }
}

impl<P> Lobby<P> {
    /// Somebody knocks. `Err` gives the person back when the lobby is full.
    pub fn knock(&mut self, id: ParticipantId, name: String, person: P, now: Instant) -> Result<(), P> {
        if self.waiting.len() >= WAITING_MAX {
            return Err(person);
        }
        self.waiting.push(Waiting { id, name, since: now, person });
        Ok(())
    }

    /// Takes somebody out: admitted, refused or gone.
    pub fn take(&mut self, id: &ParticipantId) -> Option<P> {
        let index = self.waiting.iter().position(|waiting| waiting.id == *id)?;
        Some(self.waiting.remove(index).person)
    }

    /// Whoever waits under this id.
    pub fn person_mut(&mut self, id: &ParticipantId) -> Option<&mut P> {
        self.waiting.iter_mut().find(|waiting| waiting.id == *id).map(|waiting| &mut waiting.person)
    }

    /// Everyone who waits, first come first.
    pub fn people(&self) -> impl Iterator<Item = (&ParticipantId, &P)> {
        self.waiting.iter().map(|waiting| (&waiting.id, &waiting.person))
    }

    /// How many wait before each: pairs of id and number.
    pub fn queue(&self) -> impl Iterator<Item = (&ParticipantId, u32)> {
        self.waiting.iter().map(|waiting| &waiting.id).zip(0..)
    }

    /// The list that hosts see.
    pub fn knocks(&self, now: Instant) -> Vec<KnockNotice> {
        self.waiting
            .iter()
            .map(|waiting| KnockNotice {
                participant: waiting.id.clone(),
                name: waiting.name.clone(),
                waiting_seconds: u32::try_from(now.saturating_duration_since(waiting.since).as_secs())
                    .unwrap_or(u32::MAX),
            })
            .collect()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn id(n: usize) -> ParticipantId {
        ParticipantId(format!("p{n}"))
    }

    #[test]
    fn a_full_lobby_gives_the_person_back() {
        let now = crate::test_clock();
        let mut lobby = Lobby::default();
        for n in 0..WAITING_MAX {
            assert_eq!(lobby.knock(id(n), "Jana".into(), n, now), Ok(()));
        }
        assert_eq!(lobby.knock(id(999), "Jana".into(), 999, now), Err(999));
        assert_eq!(lobby.len(), WAITING_MAX);
    }

    #[test]
    fn the_queue_moves_up_when_somebody_is_taken_out() {
        let now = crate::test_clock();
        let mut lobby = Lobby::default();
        for n in 0..3 {
            assert_eq!(lobby.knock(id(n), format!("Gast {n}"), (), now), Ok(()));
        }
        assert_eq!(lobby.take(&id(0)), Some(()));
        let queue: Vec<_> = lobby.queue().map(|(id, ahead)| (id.0.clone(), ahead)).collect();
        assert_eq!(queue, [("p1".to_owned(), 0), ("p2".to_owned(), 1)]);
        let knocks = lobby.knocks(now + Duration::from_secs(20));
        assert_eq!(knocks[0].waiting_seconds, 20);
    }
}
