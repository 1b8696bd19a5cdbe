//! Applies an update to the document, whole or piece by piece while its sender has time, and tells what was new in it.
//!
//! `structure` learns of exactly what was applied. Knows neither whose the update is nor whether it may be taken: `drawing`
//! has seen to that.

use super::document::{ApplyError, Document};
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

/// Where updates are applied.
pub(super) struct Site<'a> {
    /// What is drawn.
    pub(super) document: &'a mut Document,
    /// What is known of its history.
    pub(super) structure: &'a mut Structure,
}

impl Site<'_> {
    /// What was new of an update in one piece; nothing when all of it was known.
    pub(super) fn apply_whole(
        &mut self,
        piece: &Piece,
        additions: &Additions,
        all_new: bool,
    ) -> (Option<Bytes>, Result<(), Broken>) {
        match self.document.apply(&piece.update, all_new) {
            Ok(new) => {
                self.structure.commit(additions, piece.additions);
                (new, Ok(()))
            }
            Err(error) => (None, Err(error.into())),
        }
    }

    /// What was new of the pieces that were applied, and whether they were all.
    pub(super) fn apply_pieces(
        &mut self,
        pieces: &[Piece],
        additions: &Additions,
        has_time: &dyn Fn() -> bool,
    ) -> (Option<Bytes>, Result<(), Broken>) {
        let Ok(before) = self.document.state_vector() else { return (None, Ok(())) };
        let (mut applied, mut deletes, mut result) = (0, Vec::new(), Ok(()));
        for piece in pieces {
            if !has_time() {
                result = Err(Broken::Slow);
                break;
            }
            match self.document.apply(&piece.update, false) {
                Ok(new) => {
                    applied += piece.additions;
                    let outline = new.and_then(|new| validator::update(&new, usize::MAX).ok());
                    deletes.extend(outline.unwrap_or_default().deletes);
                }
                Err(error) => {
                    result = Err(error.into());
                    break;
                }
            }
        }
        self.structure.commit(additions, applied);
        (self.since(&before, applied > 0, &deletes), result)
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
