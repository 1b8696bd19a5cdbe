//! One person in one room, as the control plane sees them.

mod id;

pub use id::ParticipantId;
