//! Selective forwarding, control side: who is in which slot, and the link to the media plane.

mod activity;
mod capacity;
mod link;
mod messages;
mod router;
mod slots;
mod speakers;
mod spread;
mod track_router;
mod view;

pub use link::{MediaHub, MediaLink};
pub use media_plane::Config as MediaConfig;
pub use messages::*;
pub use slots::VIDEO_STEPS;
pub use track_router::TrackRouter;
