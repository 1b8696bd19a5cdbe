use super::*;
use crate::participant::Picture;
use media_plane::Priority;

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
fn whoever_leaves_is_in_no_slot_afterwards() {
    let (mut router, now) = room(3);
    let changes = router.remove(PeerId(1), now);
    assert!(changes.feeds.iter().all(|(_, _, feed)| *feed == Feed::Silence));
    assert_eq!(changes.feeds.len(), 4, "voice and face, for the two who stay");
    let gone = Publication { peer: PeerId(1), uplink: Uplink::Camera };
    assert_eq!(router.source(Feed::Publication(gone)), None);
}

fn tile(peer: u64, picture: Picture, height: u16, pinned: bool) -> Shown {
    Shown { participant: name(peer), picture, width: height / 9 * 16, height, pinned }
}

fn picture(peer: u64, uplink: Uplink) -> Feed {
    Feed::Publication(Publication { peer: PeerId(peer), uplink })
}

#[test]
fn what_is_not_shown_gets_no_slot_and_comes_back_with_its_size() {
    let (mut router, _) = room(4);
    let view = vec![tile(2, Picture::Camera, 720, true), tile(9, Picture::Camera, 90, false)];
    let changes = router.set_view(PeerId(0), view);
    let silent: Vec<_> = changes.feeds.iter().filter(|(_, _, feed)| *feed == Feed::Silence).collect();
    assert_eq!(silent.len(), 2, "1 and 3 are hidden, 2 stays where it is");
    assert_eq!(changes.emptied.len(), 2);
    let large = Demand { width: 1280, height: 720, priority: Priority::Stage };
    assert_eq!(changes.demands, [(PeerId(0), vec![(SlotId::Video(1), large)])]);
    let again = vec![tile(2, Picture::Camera, 720, true)];
    assert_eq!(router.set_view(PeerId(0), again), Changes::default(), "nothing new");
    let changes = router.set_view(PeerId(0), vec![tile(1, Picture::Camera, 180, false)]);
    assert!(changes.feeds.contains(&(PeerId(0), SlotId::Video(0), picture(1, Uplink::Camera))));
    let small = Demand { width: 320, height: 180, priority: Priority::Rest };
    assert_eq!(changes.demands, [(PeerId(0), vec![(SlotId::Video(0), small)])]);
}

#[test]
fn screens_come_first_then_what_is_pinned_then_the_order_of_the_list() {
    let (mut router, now) = room(7);
    router.set_media(PeerId(6), MediaState { screen: true, ..ALL_ON }, now);
    let mut view: Vec<Shown> = (1..7).map(|peer| tile(peer, Picture::Camera, 180, peer == 5)).collect();
    view.push(tile(6, Picture::Screen, 1080, false));
    router.set_view(PeerId(0), Vec::new());
    let changes = router.set_view(PeerId(0), view);
    assert_eq!(
        changes.feeds,
        [
            (PeerId(0), SlotId::Video(0), picture(6, Uplink::Screen)),
            (PeerId(0), SlotId::Video(1), picture(5, Uplink::Camera)),
            (PeerId(0), SlotId::Video(2), picture(1, Uplink::Camera)),
            (PeerId(0), SlotId::Video(3), picture(2, Uplink::Camera)),
        ]
    );
    assert_eq!(changes.demands[0].1[0].1.priority, Priority::Screen);
}

#[test]
fn who_speaks_is_more_important_to_everybody_else() {
    let (mut router, mut now) = room(3);
    for _ in 0..10 {
        now += Duration::from_millis(20);
        router.hear(&[(PeerId(1), 100)], now);
    }
    let (names, changes) = router.speaking(now).unwrap();
    assert_eq!(names, [name(1)]);
    let stage = Demand { priority: Priority::Stage, ..Demand::default() };
    assert_eq!(
        changes.demands,
        [(PeerId(0), vec![(SlotId::Video(0), stage)]), (PeerId(2), vec![(SlotId::Video(1), stage)]),]
    );
    assert_eq!(router.speaking(now), None);
}

#[test]
fn who_waits_shows_nothing() {
    let (mut router, now) = room(2);
    router.add(PeerId(9), name(9), SLOTS, ALL_ON, false, now);
    let changes = router.set_view(PeerId(9), vec![tile(1, Picture::Camera, 180, false)]);
    assert_eq!(changes, Changes::default());
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
