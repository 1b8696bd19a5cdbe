//! One person in one room: their socket, their media connection, their place.
//!
//! The actor survives sockets: it is kept for a while after one closes unexpectedly, so that a reload or a dropped
//! network brings the same person back. It decides nothing about the room; it asks.

mod actor;
mod id;
mod messages;
mod negotiation;
mod notice;
mod stream_offer;
mod streaming;
mod watched;

pub use actor::{Line, Participant, ParticipantParts};
pub use id::ParticipantId;
/// How slots and layers are named, for the edge, which does not know the media plane.
pub use media_plane::{Bitrate, LayerSet, Reason, Rid, SlotId, SlotQuality};
pub use messages::*;
pub use notice::*;
pub use stream_offer::{IceFragment, IceSession, OfferRefused, StreamOffer};
