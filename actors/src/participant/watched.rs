//! Which of one's own pictures are watched, as told to the client last. Pure.

use super::Notice;
use media_plane::{LayerSet, Uplink};

/// Before anything is told, a client sends everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Watched {
    camera: LayerSet,
    screen: bool,
}

impl Default for Watched {
    fn default() -> Self {
        Self { camera: LayerSet::ALL, screen: true }
    }
}

impl Watched {
    /// What to tell the client when these layers of a publication are wanted now; `None` if it knows.
    pub(super) fn set(&mut self, uplink: Uplink, layers: LayerSet) -> Option<Notice> {
        let before = *self;
        match uplink {
            Uplink::Camera => self.camera = layers,
            Uplink::Screen => self.screen = !layers.is_empty(),
            Uplink::Microphone => {}
        }
        (*self != before).then_some(Notice::Layers { camera: self.camera, screen: self.screen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media_plane::Rid;

    #[test]
    fn only_what_changes_is_told() {
        let mut watched = Watched::default();
        let small = LayerSet::from_iter([Rid::L]);
        assert_eq!(watched.set(Uplink::Camera, small), Some(Notice::Layers { camera: small, screen: true }));
        assert_eq!(watched.set(Uplink::Camera, small), None);
        assert_eq!(watched.set(Uplink::Screen, LayerSet::from_iter([Rid::H])), None, "it is sent already");
        assert_eq!(
            watched.set(Uplink::Screen, LayerSet::NONE),
            Some(Notice::Layers { camera: small, screen: false })
        );
    }
}
