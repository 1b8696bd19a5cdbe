//! The Yjs document itself; the only file of the board that imports yrs.
//!
//! Takes only updates that `validator` and `structure` let pass. Whatever yrs does with them, a panic inside
//! it ends here: the document is dropped and built again from its last snapshot and the updates since, which
//! are kept for that (at most a quarter more than the snapshot). Inside, values are sealed (`sealed`). Knows neither
//! sockets nor rights nor the disk. Encodings of equal content differ, so nobody may compare them.

use super::sealed::{seal, unseal};
use super::validator::{self, Id};
use bytes::Bytes;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, OffsetKind, Options, ReadTxn, StateVector, Transact, Update};

/// Why an update was not applied. The document is as it was before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum ApplyError {
    /// yrs could not decode or integrate it.
    #[error("the update does not fit")]
    Invalid,
    /// yrs panicked over it.
    #[error("the update broke the document, which was built again")]
    Panicked,
}

/// The first of each range, and the clock at its end.
type Ranges = Vec<(Id, u32)>;

/// What an update did.
#[derive(Debug)]
pub(super) struct Applied {
    /// What was new in it.
    pub(super) new: Bytes,
    /// What was there and is deleted by it: the first of each range, and the clock at its end.
    pub(super) deleted: Vec<(Id, u32)>,
}

/// See the module's text.
pub(super) struct Document {
    doc: Doc,
    /// Sealed, as is the log.
    snapshot: Bytes,
    log: Vec<Bytes>,
    log_bytes: usize,
    rebuilt: u64,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            doc: new_doc(),
            snapshot: Bytes::from_static(Update::EMPTY_V1),
            log: Vec::new(),
            log_bytes: 0,
            rebuilt: 0,
        }
    }
}

impl Document {
    /// Applies an update and returns what it did; nothing when all of it was known. What was new in an update whose
    /// blocks are `all_new` is the update itself.
    pub(super) fn apply(&mut self, update: &Bytes, all_new: bool) -> Result<Option<Applied>, ApplyError> {
        let outline = validator::update(update, usize::MAX).map_err(|_malformed| ApplyError::Invalid)?;
        let sealed = seal(update, &outline);
        let applied = catch_unwind(AssertUnwindSafe(|| apply_to(&self.doc, &sealed, all_new)));
        match applied {
            Ok(Ok((None, deleted))) => {
                self.remember(sealed.into());
                Ok(Some(Applied { new: update.clone(), deleted }))
            }
            Ok(Ok((Some(new), _))) if new == Update::EMPTY_V1 => Ok(None),
            Ok(Ok((Some(new), deleted))) => {
                let opened = unseal(&new).ok_or(ApplyError::Invalid)?;
                self.remember(new.into());
                Ok(Some(Applied { new: opened.into(), deleted }))
            }
            Ok(Err(Halfway(false))) => Err(ApplyError::Invalid),
            Ok(Err(Halfway(true))) => {
                self.rebuild();
                Err(ApplyError::Invalid)
            }
            Err(_panic) => {
                self.rebuild();
                Err(ApplyError::Panicked)
            }
        }
    }

    /// What somebody with this (validated) state vector lacks, as an update.
    pub(super) fn diff(&mut self, state_vector: &[u8]) -> Result<Vec<u8>, ApplyError> {
        self.read(|doc| {
            let theirs = StateVector::decode_v1(state_vector).ok()?;
            unseal(&doc.transact().encode_diff_v1(&theirs))
        })
        .and_then(|diff| diff.ok_or(ApplyError::Invalid))
    }

    /// How far the document has come, for sync step 1.
    pub(super) fn state_vector(&mut self) -> Result<Vec<u8>, ApplyError> {
        self.read(|doc| doc.transact().state_vector().encode_v1())
    }

    /// Everything, as one update.
    pub(super) fn snapshot(&mut self) -> Result<Bytes, ApplyError> {
        unseal(&self.sealed_snapshot()?).map(Bytes::from).ok_or(ApplyError::Invalid)
    }

    /// Everything as it is inside.
    pub(super) fn sealed_snapshot(&mut self) -> Result<Bytes, ApplyError> {
        self.read(|doc| doc.transact().encode_diff_v1(&StateVector::default()).into())
    }

    /// Begins anew with a (sealed) snapshot that says the same. False, and nothing has changed, when it comes less far.
    pub(super) fn replace(&mut self, snapshot: Bytes) -> bool {
        let doc = new_doc();
        let taken = catch_unwind(AssertUnwindSafe(|| {
            apply_to(&doc, &snapshot, true).is_ok()
                && doc.transact().state_vector() == self.doc.transact().state_vector()
        }));
        let sound = taken.unwrap_or(false);
        if sound {
            (self.doc, self.snapshot) = (doc, snapshot);
            self.log.clear();
            self.log_bytes = 0;
        }
        sound
    }

    /// How many times it was built again; what others derived from it is stale then.
    pub(super) fn rebuilt(&self) -> u64 {
        self.rebuilt
    }

    fn read<T>(&mut self, read: impl FnOnce(&Doc) -> T) -> Result<T, ApplyError> {
        catch_unwind(AssertUnwindSafe(|| read(&self.doc))).map_err(|_panic| {
            self.rebuild();
            ApplyError::Panicked
        })
    }

    fn remember(&mut self, update: Bytes) {
        self.log_bytes += update.len();
        self.log.push(update);
        let full = self.log_bytes > LOG_BYTES.max(self.snapshot.len() / 4) || self.log.len() > LOG_UPDATES;
        if full && let Ok(snapshot) = self.sealed_snapshot() {
            self.snapshot = snapshot;
            self.log.clear();
            self.log_bytes = 0;
        }
    }

    /// Everything here was applied before without harm; what harms now is left out.
    fn rebuild(&mut self) {
        tracing::error!("a board's document was built again after a failure");
        self.rebuilt += 1;
        let broken = std::mem::replace(&mut self.doc, new_doc());
        // Its memory is sound even where its content is not; should its destructor object, it has had its
        // say.
        if catch_unwind(AssertUnwindSafe(move || drop(broken))).is_err() {
            tracing::error!("a board's broken document could not be dropped");
        }
        while let Some(harmful) = self.replay() {
            tracing::error!("part of a board could not be built again");
            self.doc = new_doc();
            match harmful {
                0 => self.snapshot = Bytes::from_static(Update::EMPTY_V1),
                number => drop(self.log.remove(number - 1)),
            }
        }
    }

    /// Applies snapshot (0) and log (1, …) to an empty document; the first that panics, if one does.
    fn replay(&self) -> Option<usize> {
        std::iter::once(&self.snapshot).chain(&self.log).position(|update| {
            catch_unwind(AssertUnwindSafe(|| drop(apply_to(&self.doc, update, true)))).is_err()
        })
    }
}

/// An error; true when part of the update is already in the document.
struct Halfway(bool);

/// What was new, or nothing when that is all of it (`all_new`), and what is deleted now that was not before.
fn apply_to(doc: &Doc, update: &[u8], all_new: bool) -> Result<(Option<Vec<u8>>, Ranges), Halfway> {
    let update = Update::decode_v1(update).map_err(|_invalid| Halfway(false))?;
    // A transaction commits when it is dropped. While a panic unwinds, a second one there would abort the
    // process: so a panic leaves it undropped: that document's memory is lost, which is why drawers who cause
    // panics are barred.
    let mut transaction = ManuallyDrop::new(doc.transact_mut());
    let applied = transaction.apply_update(update);
    transaction.commit();
    let new = (!all_new).then(|| transaction.encode_update_v1());
    let deleted = transaction.delete_set().iter().flat_map(|(client, ranges)| {
        let id = |clock| Id { client: client.get(), clock };
        ranges.iter().map(move |range| (id(range.start), range.end))
    });
    let deleted = deleted.collect();
    let gap = transaction.has_missing_updates();
    drop(ManuallyDrop::into_inner(transaction));
    if applied.is_err() || gap { Err(Halfway(true)) } else { Ok((new, deleted)) }
}

fn new_doc() -> Doc {
    // Yjs counts in UTF-16. The server draws nothing, so its client id never shows.
    Doc::with_options(Options {
        offset_kind: OffsetKind::Utf16,
        ..Options::with_client_id(ClientID::new(SERVER))
    })
}

const SERVER: u64 = 0;
/// The log is folded into the snapshot beyond this, or a quarter of the snapshot.
const LOG_BYTES: usize = 64 << 10;
const LOG_UPDATES: usize = 4_096;
