//! What one receiver shows, and what that means for its video slots. Pure.

use crate::participant::{MediaState, ParticipantId, Picture, Shown};
use media_plane::{Demand, PeerId, Priority, Publication, SlotId, Uplink};
use std::collections::{BTreeMap, HashMap};

/// What there is to hear and to see in a room.
#[derive(Debug)]
pub(super) struct Room {
    /// Microphones on stage.
    pub(super) voices: Vec<Publication>,
    /// All pictures: screens first, then cameras, each in order of arrival.
    pub(super) pictures: Vec<Publication>,
    /// The same, cameras in the order in which their owners last had the floor.
    pub(super) by_floor: Vec<Publication>,
    /// Who is inside, over which connection, with what switched on.
    pub(super) inside: HashMap<ParticipantId, (PeerId, MediaState)>,
    /// Who is speaking.
    pub(super) loud: Vec<PeerId>,
}

impl Room {
    fn picture(&self, shown: &Shown) -> Option<Publication> {
        let (peer, media) = *self.inside.get(&shown.participant)?;
        let (on, uplink) = match shown.picture {
            Picture::Camera => (media.camera, Uplink::Camera),
            Picture::Screen => (media.screen, Uplink::Screen),
        };
        on.then_some(Publication { peer, uplink })
    }
}

/// See the module's text. Until a receiver has said what it shows, it shows everything in the usual size.
#[derive(Default, Debug)]
pub(super) struct View {
    shown: Option<Vec<Shown>>,
    told: BTreeMap<SlotId, Demand>,
}

impl View {
    /// What is shown from now on, the most important first.
    pub(super) fn show(&mut self, shown: Vec<Shown>) {
        self.shown = Some(shown);
    }

    /// The pictures to be sent, in the order in which they get slots: screens, what is pinned, the others.
    pub(super) fn pictures(&self, room: &Room) -> Vec<Publication> {
        let Some(shown) = &self.shown else { return room.pictures.clone() };
        let mut there: Vec<(&Shown, Publication)> =
            shown.iter().filter_map(|shown| Some((shown, room.picture(shown)?))).collect();
        there.sort_by_key(|(shown, _)| (shown.picture != Picture::Screen, !shown.pinned));
        let mut pictures = Vec::with_capacity(there.len());
        for (_, picture) in there {
            if !pictures.contains(&picture) {
                pictures.push(picture);
            }
        }
        pictures
    }

    /// What the slots with these pictures want, as far as that has changed.
    pub(super) fn demands(
        &mut self,
        room: &Room,
        slots: impl Iterator<Item = (SlotId, Option<Publication>)>,
    ) -> Vec<(SlotId, Demand)> {
        let filled = slots.filter_map(|(slot, picture)| Some((slot, picture?)));
        let shown: HashMap<Publication, &Shown> =
            self.shown.iter().flatten().filter_map(|shown| Some((room.picture(shown)?, shown))).collect();
        let mut changed = Vec::new();
        for (slot, picture) in filled {
            let shown = shown.get(&picture);
            let pinned = shown.is_some_and(|shown| shown.pinned);
            let priority = match picture.uplink {
                Uplink::Screen => Priority::Screen,
                _ if pinned || room.loud.contains(&picture.peer) => Priority::Stage,
                Uplink::Camera | Uplink::Microphone => Priority::Rest,
            };
            let usual = Demand::default();
            let (width, height) =
                shown.map_or((usual.width, usual.height), |shown| (shown.width, shown.height));
            let demand = Demand { width, height, priority };
            if self.told.insert(slot, demand).unwrap_or_default() != demand {
                changed.push((slot, demand));
            }
        }
        changed
    }
}
