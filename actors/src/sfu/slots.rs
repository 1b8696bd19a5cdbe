//! One receiver's slots: which publication sits where. Pure.
//!
//! A publication keeps its slot as long as it is wanted, so that pictures do not jump; a freed slot is reused first.

use media_plane::{Feed, Publication, SlotCount, SlotId};

/// Totals of video slots that a connection may have, in growing order.
pub const VIDEO_STEPS: [u8; 4] = [4, 9, 16, 25];

/// The slots of one receiver and what the server wants in them.
#[derive(Clone, Debug)]
pub(super) struct SlotTable {
    audio: Vec<Option<Publication>>,
    video: Vec<Option<Publication>>,
}

impl SlotTable {
    /// An empty table.
    pub(super) fn new(count: SlotCount) -> Self {
        Self { audio: vec![None; usize::from(count.audio)], video: vec![None; usize::from(count.video)] }
    }

    /// More slots were offered; there are never fewer.
    pub(super) fn grow(&mut self, count: SlotCount) {
        self.audio.resize(usize::from(count.audio).max(self.audio.len()), None);
        self.video.resize(usize::from(count.video).max(self.video.len()), None);
    }

    /// Puts `audio` and `video`, most important first, into the slots; what does not fit is left out.
    /// Returns the slots whose feed changed.
    pub(super) fn assign(&mut self, audio: &[Publication], video: &[Publication]) -> Vec<(SlotId, Feed)> {
        let mut changes = Vec::new();
        place(&mut self.audio, audio, SlotId::Audio, &mut changes);
        place(&mut self.video, video, SlotId::Video, &mut changes);
        changes
    }

    /// The video slots and what is in them.
    pub(super) fn pictures(&self) -> impl Iterator<Item = (SlotId, Option<Publication>)> {
        (0..).zip(&self.video).map(|(number, picture)| (SlotId::Video(number), *picture))
    }

    /// Number of video slots now.
    pub(super) fn video_slots(&self) -> usize {
        self.video.len()
    }
}

/// The step that holds `wanted` pictures, or the largest there is.
pub(super) fn video_step(wanted: usize) -> u8 {
    VIDEO_STEPS
        .into_iter()
        .find(|&step| usize::from(step) >= wanted)
        .unwrap_or(VIDEO_STEPS[VIDEO_STEPS.len() - 1])
}

fn place(
    slots: &mut [Option<Publication>],
    wanted: &[Publication],
    name: impl Fn(u8) -> SlotId,
    changes: &mut Vec<(SlotId, Feed)>,
) {
    let wanted = &wanted[..wanted.len().min(slots.len())];
    let before = slots.to_vec();
    for slot in slots.iter_mut() {
        if slot.is_some_and(|publication| !wanted.contains(&publication)) {
            *slot = None;
        }
    }
    for &publication in wanted {
        if !slots.contains(&Some(publication)) {
            let free = slots
                .iter_mut()
                .find(|slot| slot.is_none())
                .expect("no more publications are wanted than there are slots");
            *free = Some(publication);
        }
    }
    for (index, (old, new)) in before.iter().zip(slots.iter()).enumerate() {
        if old != new {
            let index = u8::try_from(index).expect("there are at most 25 slots of a kind");
            changes.push((name(index), new.map_or(Feed::Silence, Feed::Publication)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media_plane::{PeerId, Uplink};

    fn camera(peer: u64) -> Publication {
        Publication { peer: PeerId(peer), uplink: Uplink::Camera }
    }

    fn table(video: u8) -> SlotTable {
        SlotTable::new(SlotCount { audio: 3, video })
    }

    #[test]
    fn pictures_keep_their_slots_when_somebody_leaves() {
        let mut table = table(4);
        table.assign(&[], &[camera(1), camera(2), camera(3)]);
        let changes = table.assign(&[], &[camera(1), camera(3)]);
        assert_eq!(changes, [(SlotId::Video(1), Feed::Silence)]);
        let changes = table.assign(&[], &[camera(1), camera(3), camera(4)]);
        assert_eq!(changes, [(SlotId::Video(1), Feed::Publication(camera(4)))]);
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_nothing_panics() {
        let mut table = table(2);
        let many: Vec<_> = (0..50).map(camera).collect();
        assert_eq!(table.assign(&[], &many).len(), 2);
        assert!(table.assign(&[], &many).is_empty());
    }

    #[test]
    fn the_first_wanted_displaces_the_last() {
        let mut table = table(2);
        table.assign(&[], &[camera(1), camera(2)]);
        let changes = table.assign(&[], &[camera(9), camera(1), camera(2)]);
        assert_eq!(changes, [(SlotId::Video(1), Feed::Publication(camera(9)))]);
    }

    #[test]
    fn steps_grow_with_what_is_wanted_and_stop_at_the_last() {
        assert_eq!([0, 4, 5, 9, 10, 100].map(video_step), [4, 4, 9, 9, 16, 25]);
    }
}
