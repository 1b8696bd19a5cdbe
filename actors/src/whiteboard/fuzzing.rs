//! What the fuzz targets call (`actors/fuzz`): each takes any bytes, and panics only when there is a bug. Not in the product:
//! behind the feature `fuzzing`.

use super::compaction::{Horizon, compact};
use super::drawing::{Drawing, Stroke};
use super::join::join;
use super::messages::SocketId;
use super::ownership::Adding;
use super::sealed::{seal, unseal};
use super::{record, validator};
use crate::participant::ParticipantId;
use bytes::Bytes;
use std::time::Duration;

/// An update that passes comes out of its seal as it was, joins, is taken or refused by a board, and the board that
/// took it can be compacted and read again.
pub fn update(bytes: &[u8]) {
    let Ok(outline) = validator::update(bytes, 4_096) else { return };
    assert_eq!(unseal(&seal(bytes, &outline)).as_deref(), Some(bytes));
    if let Some(joined) = join(&[Bytes::copy_from_slice(bytes)]) {
        assert!(validator::update(&joined, usize::MAX).is_ok());
    }
    let mut drawing = Drawing::default();
    let who = ParticipantId("somebody".to_owned());
    let stroke =
        Stroke { from: SocketId(1), who, update: Bytes::copy_from_slice(bytes), adding: Adding::Live };
    // Refused or taken: both are fine.
    drop(drawing.draw(Duration::ZERO, &stroke, &|| Duration::ZERO));
    let Some(snapshot) = drawing.snapshot() else { return };
    let whole = validator::update(&snapshot, usize::MAX).expect("a document writes what passes");
    let horizon: Horizon = drawing.clocks();
    if let Some(compacted) = compact(&snapshot, &whole, &horizon) {
        assert!(validator::update(&compacted.update, usize::MAX).is_ok());
        assert!(Drawing::default().restore(&compacted.update));
    }
}

/// A state vector that passes is written as it reads.
pub fn state_vector(bytes: &[u8]) {
    let Ok(clocks) = validator::state_vector(bytes) else { return };
    assert_eq!(validator::state_vector(&record::state_vector(&clocks)), Ok(clocks));
    // Whatever it says, a board answers or refuses.
    drop(Drawing::default().diff(bytes));
}

/// Presence and whole frames.
pub fn awareness(bytes: &[u8]) {
    if let Ok(entries) = validator::awareness(bytes) {
        for entry in entries {
            validator::json_nesting(entry.state);
        }
    }
    drop(validator::frame(bytes));
    drop(record::read(bytes));
}
