//! Applies an update to the document, whole or piece by piece while its sender has time, and tells what was new in it.
//!
//! `structure` learns of exactly what was applied. Knows neither whose the update is nor whether it may be taken: `drawing`
//! has seen to that.

use super::document::{Applied, ApplyError, Document};
use super::pieces::{Piece, with_deletes};
use super::structure::{Additions, Structure};
use super::validator::{self, Id};
use bytes::Bytes;

/// Why an update was not applied to its end.
#[derive(Clone, Copy)]
pub(super) enum Broken {
    /// It does not fit.
    Invalid,
    /// yrs panicked over it.
    Panicked,
    /// Its sender's time is over.
    Slow,
}

impl From<ApplyError> for Broken {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Invalid => Self::Invalid,
            ApplyError::Panicked => Self::Panicked,
        }
    }
}

/// What became of an update.
pub(super) struct Taken {
    /// What was new of it.
    pub(super) new: Option<Bytes>,
    /// How many of its additions are in the document now.
    pub(super) additions: usize,
    /// What was there and is deleted by it: the first of each range, and the clock at its end.
    pub(super) deleted: Vec<(Id, u32)>,
    /// Whether it was applied to its end.
    pub(super) end: Result<(), Broken>,
}

/// Where updates are applied.
pub(super) struct Site<'a> {
    /// What is drawn.
    pub(super) document: &'a mut Document,
    /// What is known of its history.
    pub(super) structure: &'a mut Structure,
}

impl Site<'_> {
    /// An update in one piece.
    pub(super) fn apply_whole(&mut self, piece: &Piece, additions: &Additions, all_new: bool) -> Taken {
        match self.document.apply(&piece.update, all_new) {
            Ok(applied) => {
                self.structure.commit(additions, piece.additions);
                let (new, deleted) = applied.map(|Applied { new, deleted }| (new, deleted)).unzip();
                let deleted = deleted.unwrap_or_default();
                Taken { new, additions: piece.additions, deleted, end: Ok(()) }
            }
            Err(error) => Taken { new: None, additions: 0, deleted: Vec::new(), end: Err(error.into()) },
        }
    }

    /// Pieces, one after the other.
    pub(super) fn apply_pieces(
        &mut self,
        pieces: &[Piece],
        additions: &Additions,
        has_time: &dyn Fn() -> bool,
    ) -> Taken {
        let mut taken = Taken { new: None, additions: 0, deleted: Vec::new(), end: Ok(()) };
        let Ok(before) = self.document.state_vector() else { return taken };
        let mut told = Vec::new();
        for piece in pieces {
            if !has_time() {
                taken.end = Err(Broken::Slow);
                break;
            }
            match self.document.apply(&piece.update, false) {
                Ok(None) => taken.additions += piece.additions,
                Ok(Some(Applied { new, deleted })) => {
                    taken.additions += piece.additions;
                    taken.deleted.extend(deleted);
                    told.extend(validator::update(&new, usize::MAX).unwrap_or_default().deletes);
                }
                Err(error) => {
                    taken.end = Err(error.into());
                    break;
                }
            }
        }
        self.structure.commit(additions, taken.additions);
        taken.new = self.since(&before, taken.additions > 0, &told);
        taken
    }

    /// One update of everything new since `before`.
    fn since(&mut self, before: &[u8], blocks: bool, deletes: &[(Id, u32)]) -> Option<Bytes> {
        if !blocks {
            return (!deletes.is_empty()).then(|| with_deletes(&[0], deletes));
        }
        let diff = self.document.diff(before).ok()?;
        let outline = validator::update(&diff, usize::MAX).ok()?;
        Some(with_deletes(diff.get(..outline.sections_end)?, deletes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whiteboard::pieces::cut;
    use crate::whiteboard::testing::{Peer, Random};

    #[test]
    fn what_was_new_of_many_pieces_is_an_update_that_can_be_read_again() {
        for seed in 0..40 {
            let mut random = Random(seed);
            let (peers, fresh) = ([Peer::new(1), Peer::new(2)], Peer::new(99));
            let (mut document, mut structure) = (Document::default(), Structure::default());
            let mut site = Site { document: &mut document, structure: &mut structure };
            for _ in 0..4 {
                for _ in 0..80 {
                    peers[random.below(2)].change_at_random(&mut random);
                }
                peers[0].apply(&peers[1].everything());
                peers[1].apply(&peers[0].everything());
                let update = Bytes::from(peers[0].everything());
                let outline = validator::update(&update, usize::MAX).unwrap();
                let additions = site.structure.admit(&outline).unwrap();
                let taken = site.apply_pieces(&cut(&update, &outline, &additions), &additions, &|| true);
                let new = taken.new.unwrap();
                assert!(validator::update(&new, usize::MAX).is_ok(), "seed {seed}");
                fresh.apply(&new);
                assert_eq!(fresh.content(), peers[0].content(), "seed {seed}");
            }
        }
    }
}
