//! Whose Yjs client ids are whose: a socket adds to the board only under ids that are its participant's own.
//!
//! Why: blocks are named by client id and clock. Whoever adds blocks under another's id takes the clocks of
//! that person's next strokes, and those strokes are then ignored everywhere as already known.
//!
//! The rule. An id belongs to whoever shows it first, in their presence or by drawing under it, until they
//! leave the room. An id that belongs to somebody else is *foreign*. Ids of nobody (from an earlier life of
//! the server, or of people who left) may be restored from anybody's copy: those are the board's history, and
//! their maker, coming back, can still make them their own.

use crate::participant::ParticipantId;
use std::collections::HashMap;

/// Ids one participant may own: each page load makes a new one.
pub(super) const OWNED_MAX: usize = 64;

/// Ids of nobody that one update may restore: a board of a thousand page loads.
pub(super) const RESTORED_MAX: usize = 1_024;

/// How an update adds blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Adding {
    /// Drawing, now: takes possession of ids that are nobody's.
    Live,
    /// Giving the board what it lacks: leaves ids that are nobody's as they are.
    Restoring,
}

/// Somebody else's id, or one too many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("that client id is foreign")]
pub(super) struct Foreign;

/// See the module's text.
#[derive(Default)]
pub(super) struct Owners {
    owner: HashMap<u64, ParticipantId>,
    owned: HashMap<ParticipantId, usize>,
}

impl Owners {
    /// Whether `who` may add blocks under these ids.
    pub(super) fn check(&self, who: &ParticipantId, clients: &[u64], adding: Adding) -> Result<(), Foreign> {
        let mut unowned = 0;
        for client in clients {
            match self.owner.get(client) {
                Some(owner) if owner == who => {}
                Some(_somebody_else) => return Err(Foreign),
                None => unowned += 1,
            }
        }
        let owned = self.owned.get(who).copied().unwrap_or(0);
        let fine = match adding {
            Adding::Live => owned + unowned <= OWNED_MAX,
            Adding::Restoring => unowned <= RESTORED_MAX,
        };
        if fine { Ok(()) } else { Err(Foreign) }
    }

    /// Makes an id the participant's own. Fine when it is already.
    pub(super) fn claim(&mut self, who: &ParticipantId, client: u64) -> Result<(), Foreign> {
        self.check(who, &[client], Adding::Live)?;
        if self.owner.insert(client, who.clone()).is_none() {
            *self.owned.entry(who.clone()).or_default() += 1;
        }
        Ok(())
    }

    /// Their ids.
    pub(super) fn of(&self, who: &ParticipantId) -> Vec<u64> {
        self.owner.iter().filter(|(_, owner)| *owner == who).map(|(client, _)| *client).collect()
    }

    /// Whether the id belongs to somebody other than `who`.
    pub(super) fn is_foreign(&self, who: &ParticipantId, client: u64) -> bool {
        self.owner.get(&client).is_some_and(|owner| owner != who)
    }

    /// The participant left the room: their ids are nobody's again, so that they can come back with the same
    /// page.
    pub(super) fn release(&mut self, who: &ParticipantId) {
        if self.owned.remove(who).is_some() {
            self.owner.retain(|_, owner| owner != who);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> ParticipantId {
        ParticipantId(name.to_owned())
    }

    #[test]
    fn an_id_belongs_to_whoever_shows_it_first() {
        let (anna, ben) = (person("anna"), person("ben"));
        let mut owners = Owners::default();
        owners.claim(&anna, 7).unwrap();
        assert_eq!(owners.claim(&anna, 7), Ok(()));
        assert_eq!(owners.claim(&ben, 7), Err(Foreign));
        assert_eq!(owners.check(&ben, &[8, 7], Adding::Live), Err(Foreign));
        assert_eq!(owners.check(&ben, &[7], Adding::Restoring), Err(Foreign));
        assert_eq!(owners.check(&ben, &[8, 9], Adding::Restoring), Ok(()));
        assert!(owners.is_foreign(&ben, 7) && !owners.is_foreign(&anna, 7) && !owners.is_foreign(&ben, 8));
    }

    #[test]
    fn ids_of_those_who_left_can_be_claimed_again() {
        let (anna, again) = (person("anna"), person("anna, back after a nap"));
        let mut owners = Owners::default();
        owners.claim(&anna, 7).unwrap();
        owners.release(&anna);
        assert_eq!(owners.claim(&again, 7), Ok(()));
    }

    #[test]
    fn nobody_owns_more_than_their_share() {
        let (anna, ben) = (person("anna"), person("ben"));
        let mut owners = Owners::default();
        for client in 0..OWNED_MAX as u64 {
            owners.claim(&anna, client).unwrap();
        }
        assert_eq!(owners.claim(&anna, 1_000), Err(Foreign));
        assert_eq!(owners.check(&anna, &[1_000], Adding::Live), Err(Foreign));
        let history: Vec<u64> = (1_000..1_500).collect();
        assert_eq!(owners.check(&anna, &history, Adding::Restoring), Ok(()));
        assert_eq!(owners.claim(&ben, 1_000), Ok(()));
    }
}
