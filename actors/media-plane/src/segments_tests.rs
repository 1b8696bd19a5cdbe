use super::*;
use crate::testing::Random;

const ONE: TrackKey = TrackKey { track: 1, epoch: 1 };
const TWO: TrackKey = TrackKey { track: 2, epoch: 2 };

fn begun(key: TrackKey, index: u64) -> Segments {
    let mut segments = Segments::new(65_530);
    segments.begin(key, index, 0, Shift { picture: 100, tl0: 0 });
    segments
}

fn out(segments: &mut Segments, key: TrackKey, index: u64) -> Option<u64> {
    segments.number(key, index).map(|(out, _)| out)
}

#[test]
fn what_is_held_back_leaves_no_hole_in_numbers_or_pictures() {
    let mut segments = begun(ONE, 10);
    assert_eq!([10, 11].map(|index| out(&mut segments, ONE, index)), [Some(65_531), Some(65_532)]);
    segments.hold_back(12, true);
    segments.hold_back(13, false);
    segments.hold_back(14, true);
    let (number, segment) = segments.number(ONE, 15).unwrap();
    assert_eq!((number, segment.shift.picture), (65_533, 98));
    assert_eq!(out(&mut segments, ONE, 13), None, "late, and held back");
    assert_eq!(out(&mut segments, ONE, 16), Some(65_534));
}

#[test]
fn what_is_missing_keeps_its_number_wherever_it_belongs() {
    let mut segments = begun(ONE, 10);
    assert_eq!(out(&mut segments, ONE, 10), Some(65_531));
    // 11 is missing; 12 is held back, 13 is missing, 14 is held back, 15 is missing.
    segments.hold_back(12, true);
    segments.hold_back(14, true);
    assert_eq!(out(&mut segments, ONE, 16), Some(65_535));
    assert_eq!(
        [11, 13, 15].map(|index| out(&mut segments, ONE, index)),
        [Some(65_532), Some(65_533), Some(65_534)]
    );
    assert_eq!([12, 14].map(|index| out(&mut segments, ONE, index)), [None, None]);
    let sources: Vec<u64> = (65_531..=65_535).map(|seq_no| segments.find(seq_no).unwrap().0).collect();
    assert_eq!(sources, [10, 11, 13, 15, 16]);
}

#[test]
fn another_source_begins_behind_what_is_kept_free() {
    let mut segments = begun(ONE, 10);
    out(&mut segments, ONE, 10);
    // 11 and 12 are missing, and may still come.
    segments.hold_back(13, true);
    segments.begin(TWO, 500, 0, Shift::default());
    assert_eq!(out(&mut segments, TWO, 500), Some(65_534));
    assert_eq!(out(&mut segments, ONE, 11), None, "over");
    assert_eq!(segments.find(65_534u64 as u16).unwrap().2.key, TWO);
}

/// The invariant, on any order of losses, late arrivals, packets held back and changes of source.
#[test]
fn no_number_is_given_twice_and_every_number_is_found_again() {
    let mut random = Random::new(77);
    for _ in 0..200 {
        let mut segments = Segments::new(random.next() & 0x7fff);
        let (mut key, mut next) = (ONE, 0);
        let mut given = std::collections::HashMap::new();
        let mut late: Vec<u64> = Vec::new();
        segments.begin(key, next, 0, Shift::default());
        for _ in 0..300 {
            match random.below(20) {
                0 => {
                    key.epoch += 1;
                    late.clear();
                    next = random.next() >> 40;
                    segments.begin(key, next, 0, Shift::default());
                }
                1..=3 => late.push(next),
                4..=7 if segments.is_ahead(next) => segments.hold_back(next, true),
                8 | 9 if !late.is_empty() => {
                    let index = late.swap_remove(random.below(late.len()));
                    if let Some(number) = out(&mut segments, key, index) {
                        assert_eq!(given.insert(number, (key, index)), None, "twice");
                    }
                    continue;
                }
                _ => {
                    let number = out(&mut segments, key, next).expect("in order");
                    assert_eq!(given.insert(number, (key, next)), None, "twice");
                    let (source, index, segment) = segments.find(number as u16).expect("just sent");
                    assert_eq!((source, index, segment.key), (next, number, key));
                }
            }
            next += 1;
        }
    }
}
