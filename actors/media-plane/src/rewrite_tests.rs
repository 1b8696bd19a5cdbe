use std::time::Duration;

use super::*;
use crate::api::{PeerId, Publication, Uplink};

const ONE: TrackKey = TrackKey { track: 1, epoch: 10 };
const TWO: TrackKey = TrackKey { track: 2, epoch: 20 };

fn feed(peer: u64) -> Feed {
    Feed::Publication(Publication { peer: PeerId(peer), uplink: Uplink::Camera })
}

fn video(key: TrackKey, index: u64, timestamp: u32, key_frame: bool, picture: u16) -> Incoming {
    let [high, low] = (picture | 0x8000).to_be_bytes();
    let payload = [0x90, 0xe0, high, low, 9, 0x20, u8::from(!key_frame), 0];
    Incoming { key, index, timestamp, vp8: Descriptor::parse(&payload) }
}

fn audio(key: TrackKey, index: u64, timestamp: u32) -> Incoming {
    Incoming { key, index, timestamp, vp8: None }
}

#[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
fn slot(id: SlotId) -> (Instant, Slot) {
    (Instant::now(), Slot::new(id, 0x1234_5678_9abc_def0))
}

fn forwarded(taken: Taken) -> Rewritten {
    match taken {
        Taken::Forward(rewritten) => rewritten,
        Taken::Ignore | Taken::NeedsKeyframe => panic!("not forwarded: {taken:?}"),
    }
}

#[test]
fn video_keeps_the_old_picture_until_the_new_key_frame_and_numbers_go_on() {
    let (start, mut slot) = slot(SlotId::Video(0));
    slot.set_feed(feed(1), Some(1));
    assert_eq!(slot.take(start, &video(ONE, 100, 5000, false, 7)), Taken::NeedsKeyframe);
    let first = forwarded(slot.take(start, &video(ONE, 101, 5000, true, 8)));
    assert_eq!(first.announce, Some(feed(1)));
    let second = forwarded(slot.take(start, &video(ONE, 102, 5000, false, 8)));
    assert_eq!((second.index, second.timestamp, second.announce), (first.index + 1, first.timestamp, None));

    slot.set_feed(feed(2), Some(2));
    assert!(slot.waits());
    assert_eq!(slot.take(start, &video(TWO, 9000, 77, false, 500)), Taken::NeedsKeyframe);
    let third = forwarded(slot.take(start, &video(ONE, 103, 8000, false, 9)));
    assert_eq!((third.index, third.timestamp, third.left), (second.index + 1, second.timestamp + 3000, None));
    let now = start + Duration::from_millis(100);
    let switched = forwarded(slot.take(now, &video(TWO, 9001, 777, true, 501)));
    assert_eq!((switched.index, switched.left, switched.announce), (third.index + 1, Some(1), Some(feed(2))));
    assert_eq!(switched.timestamp, third.timestamp.wrapping_add(9000), "100 ms at 90 kHz");
    let one = Shift { picture: first.shift.picture, tl0: first.shift.tl0 };
    assert_eq!(switched.shift.picture.wrapping_add(501) & 0x7fff, (one.picture.wrapping_add(9) & 0x7fff) + 1);
    assert_eq!(switched.shift.tl0.wrapping_add(9), one.tl0.wrapping_add(9).wrapping_add(1));
    assert_eq!(slot.take(now, &video(ONE, 104, 9000, true, 10)), Taken::Ignore);
    assert_eq!(slot.take(now, &video(TWO, 9000, 77, false, 500)), Taken::Ignore, "from before the switch");
}

#[test]
fn audio_switches_at_once_and_silence_is_immediate() {
    let (start, mut slot) = slot(SlotId::Audio(0));
    slot.set_feed(feed(1), Some(1));
    let first = forwarded(slot.take(start, &audio(ONE, 70_000, 123)));
    slot.set_feed(feed(2), Some(2));
    let second = forwarded(slot.take(start + Duration::from_millis(5), &audio(TWO, 5, 9)));
    assert_eq!((second.index, second.timestamp), (first.index + 1, first.timestamp.wrapping_add(960)));
    slot.set_feed(Feed::Silence, None);
    assert_eq!(slot.take(start, &audio(TWO, 6, 969)), Taken::Ignore);
    slot.set_feed(feed(2), Some(2));
    let later = forwarded(slot.take(start + Duration::from_millis(1005), &audio(TWO, 50, 48_009)));
    assert_eq!((later.index, later.timestamp), (second.index + 1, second.timestamp.wrapping_add(48_000)));
}

#[test]
fn reordered_packets_keep_their_place() {
    let (start, mut slot) = slot(SlotId::Audio(0));
    slot.set_feed(feed(1), Some(1));
    let first = forwarded(slot.take(start, &audio(ONE, 100, 0)));
    let ahead = forwarded(slot.take(start, &audio(ONE, 103, 2880)));
    let late = forwarded(slot.take(start, &audio(ONE, 101, 960)));
    assert_eq!((ahead.index - first.index, late.index - first.index), (3, 1));
    slot.set_feed(feed(2), Some(2));
    assert_eq!(
        forwarded(slot.take(start, &audio(TWO, 1, 0))).index,
        ahead.index + 1,
        "after the highest, not the last"
    );
}

#[test]
fn an_interrupted_source_begins_anew_at_a_key_frame() {
    let (start, mut slot) = slot(SlotId::Video(3));
    slot.set_feed(feed(1), Some(1));
    let first = forwarded(slot.take(start, &video(ONE, 10, 0, true, 1)));
    let again = TrackKey { epoch: 11, ..ONE };
    assert_eq!(slot.take(start, &video(again, 500, 9, false, 90)), Taken::NeedsKeyframe);
    let second = forwarded(slot.take(start, &video(again, 501, 9, true, 91)));
    assert_eq!((second.index, second.left, second.announce), (first.index + 1, None, None));
}

#[test]
fn what_was_sent_is_found_again_across_segments_and_the_wrap() {
    let (start, mut slot) = slot(SlotId::Video(0));
    slot.index = 65_530;
    slot.set_feed(feed(1), Some(1));
    for index in 100..110 {
        slot.take(start, &video(ONE, index, 0, true, index as u16));
    }
    slot.set_feed(feed(2), Some(2));
    for index in 7..12 {
        slot.take(start, &video(TWO, index, 0, true, index as u16));
    }
    let found = slot.find(65_535).unwrap();
    assert_eq!((found.key, found.source_index, found.index), (ONE, 104, 65_535));
    let found = slot.find(5).unwrap();
    assert_eq!((found.key, found.source_index, found.index), (TWO, 7, 65_541));
    assert_eq!(slot.find(10), None, "never sent");
    assert_eq!(slot.find(65_530), None, "before the first");
}

#[test]
fn a_track_that_is_gone_leaves_silence() {
    let (start, mut slot) = slot(SlotId::Audio(1));
    slot.set_feed(feed(1), Some(1));
    slot.take(start, &audio(ONE, 1, 0));
    slot.set_feed(feed(2), Some(2));
    slot.forget(1);
    assert_eq!((slot.playing(), slot.wanted()), (None, Some(2)));
    slot.forget(2);
    assert_eq!((slot.feed(), slot.waits()), (Feed::Silence, false));
}
