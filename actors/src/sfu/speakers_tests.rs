//! Conversations in made-up time: reports every 20 ms, as the media plane makes them.

use super::*;

const LOUD: u8 = 100;
const STEP: Duration = Duration::from_millis(20);

struct Talk {
    speakers: Speakers,
    now: Instant,
    /// Times at which the stage changed, since the start.
    changes: Vec<Duration>,
    start: Instant,
}

fn talk(places: usize, microphones: u64) -> Talk {
    let now = crate::test_clock();
    let mut speakers = Speakers::new(places);
    for peer in 0..microphones {
        speakers.add(PeerId(peer), now);
    }
    Talk { speakers, now, changes: Vec::new(), start: now }
}

impl Talk {
    /// `level(peer, ms)` for each microphone from now on; 0 is not reported, as with DTX.
    fn go_on(&mut self, ms: u64, level: impl Fn(u64, u64) -> u8) {
        for at in (0..ms).step_by(20) {
            let levels: Vec<(PeerId, u8)> = (self.speakers.voices.keys())
                .map(|peer| (*peer, level(peer.0, at)))
                .filter(|(_, level)| *level > 0)
                .collect();
            if !levels.is_empty() && self.speakers.hear(&levels, self.now) {
                self.changes.push(self.now - self.start);
            }
            self.now += STEP;
        }
    }

    fn on_stage(&self) -> Vec<u64> {
        let mut stage: Vec<u64> = self.speakers.stage().iter().map(|peer| peer.0).collect();
        stage.sort_unstable();
        stage
    }
}

/// Speech as it comes: syllables of 160 ms, pauses of 60, a breath of 300 ms now and then, each voice in its own phase.
fn speech(voice: u64, at: u64) -> u8 {
    let at = at + voice * 777;
    if at % 220 < 160 && at % 2300 > 300 { LOUD - (at % 7) as u8 } else { 40 }
}

#[test]
fn everyone_is_on_stage_while_there_is_room() {
    assert_eq!(talk(4, 3).on_stage(), [0, 1, 2]);
}

#[test]
fn a_new_speaker_is_on_stage_within_a_hundred_milliseconds() {
    let mut talk = talk(3, 30);
    // Two speak, at any moment of it the tenth begins.
    for begins in [3000, 3340, 4010, 5555] {
        talk.changes.clear();
        let since = talk.now - talk.start;
        talk.go_on(begins, |peer, at| if peer < 2 { speech(peer, at) } else { 0 });
        let new = 10 + begins % 13;
        talk.go_on(500, |peer, at| {
            if peer < 2 {
                speech(peer, at)
            } else if peer == new {
                LOUD
            } else {
                0
            }
        });
        let onset = since + Duration::from_millis(begins.next_multiple_of(20));
        let first = talk.changes.iter().find(|at| **at >= onset).expect("a change of the stage");
        // Three frames; the report of the first one may come a whole interval after its sound.
        assert!(*first - onset + STEP <= Duration::from_millis(100), "{:?}", *first - onset);
        assert_eq!(talk.on_stage(), [0, 1, new]);
    }
}

#[test]
fn clicks_and_coughs_take_no_speakers_place() {
    let mut talk = talk(2, 4);
    talk.go_on(20_000, |peer, at| match peer {
        // A dialogue in turns of 1.4 s, one falling silent as the other begins.
        0 | 1 if at / 1400 % 2 == peer => speech(peer, at),
        0 | 1 => 0,
        // Typing: eight loud clicks a second of two packets.
        2 if at % 120 < 40 => LOUD + 10,
        // A cough of 300 ms every 3 s, mostly in somebody's pauses.
        3 if at % 3000 < 300 && at > 2000 => LOUD + 15,
        _ => 0,
    });
    assert_eq!(talk.on_stage(), [0, 1]);
    assert_eq!(talk.changes.len(), 0, "{:?}", talk.changes);
}

#[test]
fn typing_takes_not_even_a_free_place() {
    let mut talk = talk(2, 3);
    talk.go_on(10_000, |peer, at| if peer == 2 && at % 120 < 40 { LOUD } else { 0 });
    assert_eq!(talk.on_stage(), [0, 1]);
}

#[test]
fn two_in_dialogue_stay_both_and_the_idle_one_makes_room() {
    let mut talk = talk(3, 5);
    talk.go_on(5_000, |peer, at| if peer == at / 1500 % 2 { speech(peer, at) } else { 0 });
    talk.go_on(1_000, |peer, at| if peer == 3 { speech(3, at) } else { 0 });
    talk.go_on(1_000, |peer, at| if peer == 4 { speech(4, at) } else { 0 });
    assert!(talk.on_stage().contains(&4) && talk.on_stage().contains(&3), "{:?}", talk.on_stage());
}

#[test]
fn equally_active_voices_do_not_flap() {
    let mut talk = talk(2, 5);
    talk.go_on(60_000, speech);
    let minute = talk.changes.len();
    assert!(minute <= 6, "{minute} changes in a minute of five people who speak at once");
}

#[test]
fn equally_loud_voices_without_a_pause_never_swap() {
    let mut talk = talk(2, 3);
    talk.go_on(200, |peer, _| if peer < 2 { LOUD } else { 0 });
    talk.changes.clear();
    talk.go_on(10_000, |peer, _| if peer < 2 { LOUD } else { LOUD + 2 });
    assert_eq!((talk.on_stage(), talk.changes.len()), (vec![0, 1], 0));
}

#[test]
fn whoever_stops_gives_way_to_whoever_goes_on() {
    let mut talk = talk(2, 3);
    talk.go_on(3_000, |peer, at| if peer < 2 { speech(peer, at) } else { 0 });
    talk.go_on(2_000, |peer, at| if peer > 0 { speech(peer, at) } else { 0 });
    assert_eq!(talk.on_stage(), [1, 2]);
}

#[test]
fn noise_takes_no_place() {
    let mut talk = talk(1, 3);
    talk.go_on(30_000, |peer, at| match peer {
        1 => 60 + (at % 9) as u8,
        _ => 0,
    });
    assert_eq!((talk.on_stage(), talk.speakers.speaking(talk.now)), (vec![0], None));
}

#[test]
fn silence_by_dtx_keeps_the_place_until_somebody_needs_it() {
    let mut talk = talk(1, 2);
    talk.go_on(1_000, |peer, at| if peer == 0 { speech(0, at) } else { 0 });
    // A packet of comfort noise every 400 ms, and nothing else for a minute.
    talk.go_on(60_000, |peer, at| if peer == 0 && at % 400 == 0 { 30 } else { 0 });
    assert_eq!(talk.on_stage(), [0]);
    talk.go_on(100, |peer, _| if peer == 1 { LOUD } else { 0 });
    assert_eq!(talk.on_stage(), [1]);
}

#[test]
fn the_quietest_on_stage_stands_last() {
    let mut talk = talk(4, 5);
    let level = |peer, _| [0, 75, 107, 102, 97][peer as usize];
    talk.go_on(400, level);
    let stage: Vec<u64> = talk.speakers.stage().iter().map(|peer| peer.0).collect();
    assert_eq!(stage, [4, 3, 2, 1]);
    talk.changes.clear();
    talk.go_on(2_000, level);
    assert_eq!(talk.changes.len(), 0, "and stays there");
}

#[test]
fn speaking_is_marked_soon_loudest_first_and_ends_after_a_hold() {
    let mut talk = talk(3, 3);
    talk.go_on(60, |peer, _| [0, 90, 105][peer as usize]);
    let last = talk.now - STEP;
    assert_eq!(talk.speakers.speaking(last), Some(vec![PeerId(2), PeerId(1)]));
    assert_eq!(talk.speakers.speaking(last + HOLD / 2), None);
    assert_eq!(talk.speakers.speaking(last + HOLD * 2), Some(vec![]));
}

#[test]
fn a_place_left_free_goes_to_the_most_active() {
    let mut talk = talk(1, 3);
    talk.go_on(2_000, |peer, at| if peer != 1 { speech(peer, at) } else { 0 });
    talk.speakers.remove(PeerId(0), talk.now);
    assert_eq!(talk.on_stage(), [2]);
}
