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
    Incoming { key, index, timestamp, head: Codec::Vp8.head(&payload), report: None }
}

fn audio(key: TrackKey, index: u64, timestamp: u32) -> Incoming {
    Incoming { key, index, timestamp, head: Head::default(), report: None }
}

#[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
fn slot(id: SlotId) -> (Instant, Slot) {
    (Instant::now(), Slot::new(id, 0x1234_5678_9abc_def0))
}

/// Track n carries the camera of peer n.
fn show(slot: &mut Slot, n: u32) {
    slot.set_feed(feed(u64::from(n)));
    slot.aim(Some(n));
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
    show(&mut slot, 1);
    assert_eq!(slot.take(start, &video(ONE, 100, 5000, false, 7)), Taken::NeedsKeyframe);
    let first = forwarded(slot.take(start, &video(ONE, 101, 5000, true, 8)));
    assert_eq!(first.announce, Some(feed(1)));
    let second = forwarded(slot.take(start, &video(ONE, 102, 5000, false, 8)));
    assert_eq!((second.index, second.timestamp, second.announce), (first.index + 1, first.timestamp, None));

    show(&mut slot, 2);
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
    show(&mut slot, 1);
    let first = forwarded(slot.take(start, &audio(ONE, 70_000, 123)));
    show(&mut slot, 2);
    let second = forwarded(slot.take(start + Duration::from_millis(5), &audio(TWO, 5, 9)));
    assert_eq!((second.index, second.timestamp), (first.index + 1, first.timestamp.wrapping_add(960)));
    slot.set_feed(Feed::Silence);
    assert_eq!(slot.take(start, &audio(TWO, 6, 969)), Taken::Ignore);
    show(&mut slot, 2);
    let later = forwarded(slot.take(start + Duration::from_millis(1005), &audio(TWO, 50, 48_009)));
    assert_eq!((later.index, later.timestamp), (second.index + 1, second.timestamp.wrapping_add(48_000)));
}

#[test]
fn reordered_packets_keep_their_place() {
    let (start, mut slot) = slot(SlotId::Audio(0));
    show(&mut slot, 1);
    let first = forwarded(slot.take(start, &audio(ONE, 100, 0)));
    let ahead = forwarded(slot.take(start, &audio(ONE, 103, 2880)));
    let late = forwarded(slot.take(start, &audio(ONE, 101, 960)));
    assert_eq!((ahead.index - first.index, late.index - first.index), (3, 1));
    show(&mut slot, 2);
    assert_eq!(
        forwarded(slot.take(start, &audio(TWO, 1, 0))).index,
        ahead.index + 1,
        "after the highest, not the last"
    );
}

#[test]
fn an_interrupted_source_begins_anew_at_a_key_frame() {
    let (start, mut slot) = slot(SlotId::Video(3));
    show(&mut slot, 1);
    let first = forwarded(slot.take(start, &video(ONE, 10, 0, true, 1)));
    let again = TrackKey { epoch: 11, ..ONE };
    assert_eq!(slot.take(start, &video(again, 500, 9, false, 90)), Taken::NeedsKeyframe);
    let second = forwarded(slot.take(start, &video(again, 501, 9, true, 91)));
    assert_eq!((second.index, second.left, second.announce), (first.index + 1, None, None));
}

#[test]
fn what_was_sent_is_found_again_across_segments_and_the_wrap() {
    let (start, mut slot) = slot(SlotId::Video(0));
    slot.segments = Segments::new(65_530);
    show(&mut slot, 1);
    for index in 100..110 {
        slot.take(start, &video(ONE, index, 0, true, index as u16));
    }
    show(&mut slot, 2);
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
fn a_track_that_is_gone_is_waited_for_no_longer() {
    let (start, mut slot) = slot(SlotId::Audio(1));
    show(&mut slot, 1);
    slot.take(start, &audio(ONE, 1, 0));
    show(&mut slot, 2);
    slot.forget(1);
    assert_eq!((slot.playing(), slot.wanted()), (None, Some(2)));
    slot.forget(2);
    assert_eq!((slot.wanted(), slot.waits()), (None, false));
}

/// Two layers of one camera: one picture in 3000 ticks, the clocks differ by some constant.
fn layer(key: TrackKey, frame: u64, key_frame: bool, clock: u32) -> Incoming {
    let second = 1_u64 << 32;
    let publication = Publication { peer: PeerId(1), uplink: Uplink::Camera };
    // Said at the capture of picture 30 of the one layer, and of picture 60 of the other.
    let said = if key == ONE { 30 } else { 60 };
    let report = Report { publication, ntp: said * second / 30, timestamp: clock + said as u32 * 3000 };
    Incoming {
        report: Some(report),
        ..video(key, frame, clock.wrapping_add(frame as u32 * 3000), key_frame, frame as u16)
    }
}

#[test]
fn between_layers_of_a_publication_time_goes_on_by_its_own_clock() {
    let (start, mut slot) = slot(SlotId::Video(0));
    slot.set_feed(feed(1));
    slot.aim(Some(1));
    let first = forwarded(slot.take(start, &layer(ONE, 100, true, 7_000_000)));
    assert_eq!(first.announce, Some(feed(1)));
    slot.aim(Some(2));
    assert!(slot.waits());
    let second = forwarded(slot.take(start, &layer(ONE, 101, false, 7_000_000)));
    // The key frame of the other layer comes 300 ms late, but was taken 33 ms later.
    let now = start + Duration::from_millis(300);
    let third = forwarded(slot.take(now, &layer(TWO, 102, true, 500)));
    assert_eq!(third.timestamp, second.timestamp.wrapping_add(3000));
    assert_eq!((third.index, third.left, third.announce), (second.index + 1, Some(1), None));
    slot.aim(Some(1));
    // The same moment again, in another size: another picture all the same.
    let fourth = forwarded(slot.take(now, &layer(ONE, 102, true, 7_000_000)));
    assert_eq!((fourth.timestamp, fourth.index), (third.timestamp.wrapping_add(1), third.index + 1));
    // A clock that cannot be believed is not.
    let mut absurd = layer(TWO, 103, true, 500);
    absurd.report = absurd.report.map(|report| Report { ntp: report.ntp << 9, ..report });
    slot.aim(Some(2));
    let fifth = forwarded(slot.take(now + Duration::from_millis(50), &absurd));
    assert_eq!(fifth.timestamp, fourth.timestamp.wrapping_add(4500), "the time that passed");
}

fn temporal(index: u64, picture: u16, tid: u8, sync: bool) -> Incoming {
    let [high, low] = (picture | 0x8000).to_be_bytes();
    let payload = [0x90, 0xe0, high, low, 9, tid << 6 | u8::from(sync) << 5, 1, 0];
    let head = Codec::Vp8.head(&payload);
    Incoming { key: ONE, index, timestamp: u32::from(picture) * 3000, head, report: None }
}

#[test]
fn held_back_frames_leave_no_gap_and_repairs_still_find_their_packets() {
    let (start, mut slot) = slot(SlotId::Video(0));
    slot.segments = Segments::new(65_500);
    show(&mut slot, 1);
    slot.thin(0);
    forwarded(slot.take(start, &video(ONE, 1000, 0, true, 0x7ff0)));
    let mut sent = vec![(65_501, 1000)];
    let mut pictures = Vec::new();
    // Two packets a picture, every other picture in layer 1.
    for picture in 1..40_u16 {
        for part in 0..2 {
            let index = 1000 + 2 * u64::from(picture) + part - 1;
            let packet = temporal(index, (0x7ff0 + picture) & 0x7fff, picture as u8 % 2, true);
            if let Taken::Forward(rewritten) = slot.take(start, &packet) {
                sent.push((rewritten.index, index));
                let vp8 = packet.head.vp8.unwrap();
                pictures.push(vp8.shifted_picture_id(rewritten.shift.picture).unwrap());
            }
        }
    }
    assert_eq!(sent.len(), 1 + 2 * 19, "the even ones");
    for (before, after) in sent.iter().zip(&sent[1..]) {
        assert_eq!(after.0, before.0 + 1);
    }
    for (before, after) in pictures.chunks(2).zip(pictures.chunks(2).skip(1)) {
        assert_eq!((before[0], before[1]), (before[1], (after[0].wrapping_sub(1)) & 0x7fff));
    }
    for (number, source) in &sent[sent.len() - 20..] {
        let found = slot.find(*number as u16).unwrap();
        assert_eq!((found.index, found.source_index), (*number, *source));
    }
    slot.thin(3);
    assert_eq!(slot.take(start, &temporal(1100, 0x20, 1, false)), Taken::Ignore, "cannot be decoded");
    let up = forwarded(slot.take(start, &temporal(1101, 0x21, 1, true)));
    assert_eq!(up.index, sent.last().unwrap().0 + 1 + (1100 - 1079), "lost packets keep their numbers");
}

#[test]
fn a_paused_slot_begins_again_at_a_key_frame() {
    let (start, mut slot) = slot(SlotId::Video(0));
    show(&mut slot, 1);
    let first = forwarded(slot.take(start, &video(ONE, 10, 0, true, 1)));
    slot.pause();
    assert_eq!(slot.take(start, &video(ONE, 11, 3000, false, 2)), Taken::Ignore);
    slot.aim(Some(1));
    assert_eq!(slot.take(start, &video(ONE, 12, 6000, false, 3)), Taken::NeedsKeyframe);
    let again = forwarded(slot.take(start, &video(ONE, 13, 9000, true, 4)));
    assert_eq!((again.index, again.announce), (first.index + 1, None));
}
