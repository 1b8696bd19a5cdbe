//! A publication as its thread knows it: its layers, the slots that show it, and what its sender is told to send.

use crate::api::{Publication, Uplink};
use crate::codec::Codec;
use crate::layers::Rid;
use crate::plane::RelayTo;
use crate::track::Subscriber;
use crate::wanted::Wanted;

pub(crate) struct Published {
    pub(crate) id: Publication,
    pub(crate) allowed: bool,
    /// `None` before its sender has said, or for another thread's before its first packet.
    pub(crate) codec: Option<Codec>,
    /// Whether anything has come of it.
    pub(crate) seen: bool,
    /// Its tracks by rid, each from its first packet on.
    pub(crate) layers: [Option<u32>; 3],
    /// Slots whose feed it is, whatever layer they carry.
    pub(crate) watchers: Vec<Subscriber>,
    pub(crate) wanted: Wanted,
    /// Other threads that it goes to.
    pub(crate) relayed_to: Vec<RelayTo>,
}

impl Published {
    pub(crate) fn new(id: Publication) -> Self {
        Self {
            id,
            allowed: false,
            codec: None,
            seen: false,
            layers: [None; 3],
            watchers: Vec::new(),
            wanted: Wanted::new(),
            relayed_to: Vec::new(),
        }
    }

    pub(crate) fn is_video(&self) -> bool {
        self.id.uplink != Uplink::Microphone
    }

    pub(crate) fn track(&self, rid: Rid) -> Option<u32> {
        self.layers[rid as usize]
    }

    pub(crate) fn tracks(&self) -> impl Iterator<Item = u32> + use<> {
        self.layers.into_iter().flatten()
    }
}
