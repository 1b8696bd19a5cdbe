//! Who sees and hears whom: the forwarding table of one room. Pure: what happens goes in, changes come out.
//!
//! Invariants: somebody waiting gets the music and nothing else, and nothing of theirs is allowed; nobody receives
//! their own publications; a publication that is switched off is in no slot.

use super::slots::{SlotTable, video_step};
use super::speakers::Speakers;
use crate::participant::{MediaState, ParticipantId, SlotNotice, SlotSource};
use media_plane::{Feed, PeerId, Publication, SlotCount, SlotId, Uplink};
use std::time::{Duration, Instant};

/// How long the music goes on after admission, while the client fades it out.
pub(super) const MUSIC_TAIL: Duration = Duration::from_millis(600);

/// What has to be done now; the shell does it.
#[derive(Default, Debug, PartialEq)]
pub(super) struct Changes {
    /// For the media plane.
    pub(super) feeds: Vec<(PeerId, SlotId, Feed)>,
    /// For the media plane: what of a peer is forwarded at all.
    pub(super) allow: Vec<(PeerId, Vec<Uplink>)>,
    /// Connections that want this many video slots.
    pub(super) grow: Vec<(PeerId, u8)>,
    /// Slots that are empty from now on, for their receivers.
    pub(super) emptied: Vec<(PeerId, SlotNotice)>,
}

#[derive(Debug)]
struct Member {
    peer: PeerId,
    participant: ParticipantId,
    inside: bool,
    media: MediaState,
    table: SlotTable,
    asked_slots: u8,
    music_until: Option<Instant>,
    follows_the_floor: bool,
}

/// See the module's text.
#[derive(Debug)]
pub(super) struct Router {
    piece: u16,
    members: Vec<Member>,
    speakers: Speakers,
    /// Who had the floor, the latest first.
    floor: Vec<ParticipantId>,
}

impl Router {
    /// `audio_slots`: speakers that each receiver hears at once; `piece`: the music of this room's lobby.
    pub(super) fn new(audio_slots: u8, piece: u16) -> Self {
        // One place more than slots: a speaker does not hear themselves and still hears as many others.
        Self {
            piece,
            members: Vec::new(),
            speakers: Speakers::new(usize::from(audio_slots) + 1),
            floor: Vec::new(),
        }
    }

    /// A new connection, in the lobby or inside.
    pub(super) fn add(
        &mut self,
        peer: PeerId,
        participant: ParticipantId,
        slots: SlotCount,
        media: MediaState,
        inside: bool,
        now: Instant,
    ) -> Changes {
        let mut changes = Changes::default();
        self.members.push(Member {
            peer,
            participant,
            inside,
            media,
            table: SlotTable::new(slots),
            asked_slots: slots.video,
            music_until: None,
            follows_the_floor: false,
        });
        if inside {
            self.open(peer, now, &mut changes);
        } else {
            changes.feeds.push((peer, SlotId::Music, Feed::Music(self.piece)));
        }
        changes
    }

    /// Somebody comes in from the lobby, over the same connection.
    pub(super) fn admit(&mut self, peer: PeerId, now: Instant) -> Changes {
        let mut changes = Changes::default();
        if let Some(member) = self.member_mut(peer).filter(|member| !member.inside) {
            member.inside = true;
            member.music_until = Some(now + MUSIC_TAIL);
            self.open(peer, now, &mut changes);
        }
        changes
    }

    /// What somebody has switched on.
    pub(super) fn set_media(&mut self, peer: PeerId, media: MediaState, now: Instant) -> Changes {
        let mut changes = Changes::default();
        let Some(member) = self.member_mut(peer) else {
            return changes;
        };
        member.media = media;
        if member.inside {
            self.open(peer, now, &mut changes);
        }
        changes
    }

    /// The connection has more slots now.
    pub(super) fn grown(&mut self, peer: PeerId, slots: SlotCount) -> Changes {
        let mut changes = Changes::default();
        if let Some(member) = self.member_mut(peer) {
            member.table.grow(slots);
            member.asked_slots = slots.video;
        }
        self.assign(&mut changes);
        changes
    }

    /// A connection is gone.
    pub(super) fn remove(&mut self, peer: PeerId, now: Instant) -> Changes {
        let mut changes = Changes::default();
        if let Some(participant) = self.member(peer).map(|member| member.participant.clone()) {
            self.floor.retain(|other| *other != participant);
        }
        self.members.retain(|member| member.peer != peer);
        self.speakers.remove(peer, now);
        self.assign(&mut changes);
        changes
    }

    /// A report of levels.
    pub(super) fn hear(&mut self, levels: &[(PeerId, u8)], now: Instant) -> Changes {
        let mut changes = Changes::default();
        if self.speakers.hear(levels, now) {
            self.assign(&mut changes);
        }
        changes
    }

    /// Time has passed: tails of music end.
    pub(super) fn tick(&mut self, now: Instant) -> Changes {
        let mut changes = Changes::default();
        for member in &mut self.members {
            if member.music_until.is_some_and(|until| now >= until) {
                member.music_until = None;
                changes.feeds.push((member.peer, SlotId::Music, Feed::Silence));
                changes.emptied.push((member.peer, empty(SlotId::Music)));
            }
        }
        changes
    }

    /// Who speaks now, the loudest first; `None` when nothing changed.
    pub(super) fn speaking(&mut self, now: Instant) -> Option<Vec<ParticipantId>> {
        let speaking = self.speakers.speaking(now)?;
        Some(
            speaking
                .into_iter()
                .filter_map(|peer| self.member(peer))
                .map(|member| member.participant.clone())
                .collect(),
        )
    }

    /// This connection gets pictures in the order in which people last had the floor: it has few slots and no layout
    /// of its own.
    pub(super) fn follow_the_floor(&mut self, peer: PeerId) -> Changes {
        let mut changes = Changes::default();
        if let Some(member) = self.member_mut(peer) {
            member.follows_the_floor = true;
            self.assign(&mut changes);
        }
        changes
    }

    /// Who speaks has changed. The floor passes only when whoever has it is silent: two who talk at the same time would
    /// otherwise swap pictures on every word.
    pub(super) fn pass_the_floor(&mut self, speaking: &[ParticipantId]) -> Changes {
        let mut changes = Changes::default();
        let keeps = self.floor.first().is_some_and(|holder| speaking.contains(holder));
        if let Some(next) = speaking.first().filter(|_| !keeps) {
            self.floor.retain(|other| other != next);
            self.floor.insert(0, next.clone());
            if self.members.iter().any(|member| member.follows_the_floor) {
                self.assign(&mut changes);
            }
        }
        changes
    }

    /// How a slot's feed is named to its receiver; `None` when its publisher has gone meanwhile.
    pub(super) fn source(&self, feed: Feed) -> Option<SlotSource> {
        match feed {
            Feed::Silence => Some(SlotSource::Empty),
            Feed::Music(_) => Some(SlotSource::Music),
            Feed::Publication(publication) => {
                let participant = self.member(publication.peer)?.participant.clone();
                Some(match publication.uplink {
                    Uplink::Microphone => SlotSource::Microphone(participant),
                    Uplink::Camera => SlotSource::Camera(participant),
                    Uplink::Screen => SlotSource::Screen(participant),
                })
            }
        }
    }

    /// Connections of people inside.
    pub(super) fn inside(&self) -> impl Iterator<Item = PeerId> {
        self.members.iter().filter(|member| member.inside).map(|member| member.peer)
    }

    fn member(&self, peer: PeerId) -> Option<&Member> {
        self.members.iter().find(|member| member.peer == peer)
    }

    fn member_mut(&mut self, peer: PeerId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.peer == peer)
    }

    /// Allows what somebody inside has switched on, and sorts everybody's slots anew.
    fn open(&mut self, peer: PeerId, now: Instant, changes: &mut Changes) {
        let Some(member) = self.member(peer) else { return };
        let media = member.media;
        let switches = [
            (media.microphone, Uplink::Microphone),
            (media.camera, Uplink::Camera),
            (media.screen, Uplink::Screen),
        ];
        let allowed = switches.into_iter().filter(|(on, _)| *on).map(|(_, uplink)| uplink);
        changes.allow.push((peer, allowed.collect()));
        if media.microphone {
            self.speakers.add(peer, now);
        } else {
            self.speakers.remove(peer, now);
        }
        self.assign(changes);
    }

    fn assign(&mut self, changes: &mut Changes) {
        let on_stage: Vec<Publication> = self
            .speakers
            .stage()
            .iter()
            .map(|&peer| Publication { peer, uplink: Uplink::Microphone })
            .collect();
        let pictures = self.pictures();
        let by_floor = self.by_floor(&pictures);
        for member in self.members.iter_mut().filter(|member| member.inside) {
            let others = |list: &[Publication]| -> Vec<Publication> {
                list.iter().copied().filter(|publication| publication.peer != member.peer).collect()
            };
            let pictures = if member.follows_the_floor { &by_floor } else { &pictures };
            let (audio, video) = (others(&on_stage), others(pictures));
            for (slot, feed) in member.table.assign(&audio, &video) {
                changes.feeds.push((member.peer, slot, feed));
                if feed == Feed::Silence {
                    changes.emptied.push((member.peer, empty(slot)));
                }
            }
            let step = video_step(video.len());
            if video.len() > member.table.video_slots() && step > member.asked_slots {
                member.asked_slots = step;
                changes.grow.push((member.peer, step));
            }
        }
    }

    /// The same pictures, cameras in the order in which their owners last had the floor.
    fn by_floor(&self, pictures: &[Publication]) -> Vec<Publication> {
        let rank = |publication: &Publication| {
            let spoke = self.member(publication.peer).and_then(|member| {
                self.floor.iter().position(|participant| *participant == member.participant)
            });
            (publication.uplink != Uplink::Screen, spoke.unwrap_or(usize::MAX))
        };
        let mut sorted = pictures.to_vec();
        sorted.sort_by_key(rank);
        sorted
    }

    /// All pictures of people inside: screens first, then cameras, each in order of arrival.
    fn pictures(&self) -> Vec<Publication> {
        let inside = || self.members.iter().filter(|member| member.inside);
        let screens = inside().filter(|member| member.media.screen).map(|member| (member, Uplink::Screen));
        let cameras = inside().filter(|member| member.media.camera).map(|member| (member, Uplink::Camera));
        screens.chain(cameras).map(|(member, uplink)| Publication { peer: member.peer, uplink }).collect()
    }
}

fn empty(slot: SlotId) -> SlotNotice {
    SlotNotice { slot, source: SlotSource::Empty }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL_ON: MediaState = MediaState { microphone: true, camera: true, screen: false };
    const SLOTS: SlotCount = SlotCount { audio: 3, video: 4 };

    fn name(n: u64) -> ParticipantId {
        ParticipantId(format!("p{n}"))
    }

    fn room(inside: u64) -> (Router, Instant) {
        let now = crate::test_clock();
        let mut router = Router::new(3, 0);
        for n in 0..inside {
            router.add(PeerId(n), name(n), SLOTS, ALL_ON, true, now);
        }
        (router, now)
    }

    #[test]
    fn two_people_get_each_other_and_never_themselves() {
        let (mut router, now) = room(1);
        let changes = router.add(PeerId(1), name(1), SLOTS, ALL_ON, true, now);
        let voice = |peer| Feed::Publication(Publication { peer: PeerId(peer), uplink: Uplink::Microphone });
        let face = |peer| Feed::Publication(Publication { peer: PeerId(peer), uplink: Uplink::Camera });
        assert_eq!(
            changes.feeds,
            [
                (PeerId(0), SlotId::Audio(0), voice(1)),
                (PeerId(0), SlotId::Video(0), face(1)),
                (PeerId(1), SlotId::Audio(0), voice(0)),
                (PeerId(1), SlotId::Video(0), face(0)),
            ]
        );
    }

    #[test]
    fn somebody_waiting_gets_the_music_and_is_not_allowed_anything() {
        let (mut router, now) = room(2);
        let changes = router.add(PeerId(9), name(9), SLOTS, ALL_ON, false, now);
        assert_eq!(changes.feeds, [(PeerId(9), SlotId::Music, Feed::Music(0))]);
        assert!(changes.allow.is_empty());
        let changes = router.set_media(PeerId(9), ALL_ON, now);
        assert_eq!(changes, Changes::default());
    }

    #[test]
    fn admission_opens_the_room_at_once_and_ends_the_music_later() {
        let (mut router, now) = room(1);
        router.add(PeerId(9), name(9), SLOTS, ALL_ON, false, now);
        let changes = router.admit(PeerId(9), now);
        assert!(changes.feeds.iter().any(|(peer, slot, _)| *peer == PeerId(9) && *slot == SlotId::Audio(0)));
        assert!(!changes.feeds.iter().any(|(_, slot, _)| *slot == SlotId::Music));
        assert!(router.tick(now + MUSIC_TAIL / 2).feeds.is_empty());
        let changes = router.tick(now + MUSIC_TAIL);
        assert_eq!(changes.feeds, [(PeerId(9), SlotId::Music, Feed::Silence)]);
    }

    #[test]
    fn a_fifth_picture_asks_for_more_slots_once() {
        let (mut router, now) = room(5);
        let changes = router.add(PeerId(5), name(5), SLOTS, ALL_ON, true, now);
        let mut asked: Vec<_> = changes.grow.iter().map(|(peer, step)| (peer.0, *step)).collect();
        asked.sort_unstable();
        assert_eq!(asked, [(0, 9), (1, 9), (2, 9), (3, 9), (4, 9), (5, 9)]);
        assert!(router.set_media(PeerId(5), ALL_ON, now).grow.is_empty());
        let changes = router.grown(PeerId(0), SlotCount { audio: 3, video: 9 });
        assert_eq!(changes.feeds.len(), 1, "the fifth picture of peer 0 gets its slot");
    }

    #[test]
    fn a_screen_comes_first_and_what_is_switched_off_leaves() {
        let (mut router, now) = room(2);
        let sharing = MediaState { microphone: false, camera: false, screen: true };
        let changes = router.set_media(PeerId(1), sharing, now);
        let screen = Publication { peer: PeerId(1), uplink: Uplink::Screen };
        assert!(changes.feeds.contains(&(PeerId(0), SlotId::Video(0), Feed::Publication(screen))));
        assert!(changes.feeds.contains(&(PeerId(0), SlotId::Audio(0), Feed::Silence)));
        assert_eq!(changes.allow, [(PeerId(1), vec![Uplink::Screen])]);
    }

    #[test]
    fn a_screen_of_one_slot_shows_who_has_the_floor_and_shared_screens_first() {
        let (mut router, now) = room(3);
        let one = SlotCount { audio: 1, video: 1 };
        let nothing = MediaState::default();
        router.add(PeerId(9), name(9), one, nothing, true, now);
        let face = |peer| Feed::Publication(Publication { peer: PeerId(peer), uplink: Uplink::Camera });
        let shown = |changes: &Changes| -> Vec<Feed> {
            let own = changes
                .feeds
                .iter()
                .filter(|(peer, slot, _)| *peer == PeerId(9) && matches!(slot, SlotId::Video(_)));
            own.map(|(_, _, feed)| *feed).collect()
        };
        router.follow_the_floor(PeerId(9));
        assert_eq!(shown(&router.pass_the_floor(&[name(2)])), [face(2)]);
        assert_eq!(shown(&router.pass_the_floor(&[name(1), name(2)])), [], "whoever has the floor keeps it");
        assert_eq!(shown(&router.pass_the_floor(&[])), [], "and in a pause");
        assert_eq!(shown(&router.pass_the_floor(&[name(1)])), [face(1)]);
        let sharing = MediaState { microphone: false, camera: true, screen: true };
        let screen = Feed::Publication(Publication { peer: PeerId(0), uplink: Uplink::Screen });
        assert_eq!(shown(&router.set_media(PeerId(0), sharing, now)), [screen]);
    }

    #[test]
    fn whoever_leaves_is_in_no_slot_afterwards() {
        let (mut router, now) = room(3);
        let changes = router.remove(PeerId(1), now);
        assert!(changes.feeds.iter().all(|(_, _, feed)| *feed == Feed::Silence));
        assert_eq!(changes.feeds.len(), 4, "voice and face, for the two who stay");
        let gone = Publication { peer: PeerId(1), uplink: Uplink::Camera };
        assert_eq!(router.source(Feed::Publication(gone)), None);
    }
}
