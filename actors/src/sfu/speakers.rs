//! Who is speaking, and whose microphone deserves a slot. Pure: levels and time in, decisions out.
//!
//! Loudness comes as 127 minus the level of RFC 6464 (0 silence, 127 full scale), about every 60 ms. Each microphone's
//! score follows a rise at once and falls by [`DECAY_PER_SECOND`], so a pause between words does not cost the slot.
//! A challenger takes the quietest place only when it is louder by [`MARGIN`]: without that hysteresis two equally
//! loud voices would swap on every report.

use media_plane::PeerId;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Above this a microphone counts as speech: −55 dBov, quieter than speech at arm's length, louder than most rooms.
const SPEECH: f32 = 127.0 - 55.0;
/// How fast a score falls: 40 dB a second.
const DECAY_PER_SECOND: f32 = 40.0;
/// How much louder a challenger must be.
const MARGIN: f32 = 4.0;
/// How long somebody stays marked as speaking after the last loud report.
const HOLD: Duration = Duration::from_millis(400);

#[derive(Clone, Copy, Debug)]
struct Voice {
    score: f32,
    heard: Instant,
    loud: Option<Instant>,
}

impl Voice {
    fn score_at(&self, now: Instant) -> f32 {
        let age = now.saturating_duration_since(self.heard).as_secs_f32();
        (self.score - age * DECAY_PER_SECOND).max(0.0)
    }
}

/// The microphones of one room and the few that are on stage.
#[derive(Debug)]
pub(super) struct Speakers {
    places: usize,
    voices: BTreeMap<PeerId, Voice>,
    stage: Vec<PeerId>,
    announced: Vec<PeerId>,
}

impl Speakers {
    /// `places`: how many microphones are forwarded at once.
    pub(super) fn new(places: usize) -> Self {
        Self { places, voices: BTreeMap::new(), stage: Vec::new(), announced: Vec::new() }
    }

    /// A microphone was switched on. It gets a place at once while there is one free.
    pub(super) fn add(&mut self, peer: PeerId, now: Instant) {
        let silent = Voice { score: 0.0, heard: now, loud: None };
        self.voices.entry(peer).or_insert(silent);
        if self.stage.len() < self.places && !self.stage.contains(&peer) {
            self.stage.push(peer);
        }
    }

    /// A microphone was switched off or its owner left. Its place goes to the loudest of the others.
    pub(super) fn remove(&mut self, peer: PeerId, now: Instant) {
        self.voices.remove(&peer);
        self.stage.retain(|&other| other != peer);
        self.announced.retain(|&other| other != peer);
        while self.stage.len() < self.places {
            let next = self
                .voices
                .iter()
                .filter(|(candidate, _)| !self.stage.contains(candidate))
                .max_by(|a, b| a.1.score_at(now).total_cmp(&b.1.score_at(now)))
                .map(|(&candidate, _)| candidate);
            match next {
                Some(candidate) => self.stage.push(candidate),
                None => break,
            }
        }
    }

    /// A report of levels. Returns whether the stage changed.
    pub(super) fn hear(&mut self, levels: &[(PeerId, u8)], now: Instant) -> bool {
        for &(peer, level) in levels {
            if let Some(voice) = self.voices.get_mut(&peer) {
                let level = f32::from(level);
                voice.score = level.max(voice.score_at(now));
                voice.heard = now;
                if level >= SPEECH {
                    voice.loud = Some(now);
                }
            }
        }
        let mut changed = false;
        while let Some((challenger, place)) = self.challenge(now) {
            self.stage[place] = challenger;
            changed = true;
        }
        self.put_quietest_last(now) || changed
    }

    /// Who is not on stage has one slot less than the stage has places and misses the last: that has to be the quietest.
    fn put_quietest_last(&mut self, now: Instant) -> bool {
        let score =
            |&place: &usize| self.voices.get(&self.stage[place]).map_or(0.0, |voice| voice.score_at(now));
        let Some(last) = self.stage.len().checked_sub(1) else { return false };
        let quietest = (0..last).min_by(|a, b| score(a).total_cmp(&score(b)));
        match quietest {
            Some(place) if score(&last) >= SPEECH && score(&last) > score(&place) + MARGIN => {
                self.stage.swap(place, last);
                true
            }
            Some(_) | None => false,
        }
    }

    fn challenge(&self, now: Instant) -> Option<(PeerId, usize)> {
        let score = |peer: &PeerId| self.voices.get(peer).map_or(0.0, |voice| voice.score_at(now));
        let challenger = self
            .voices
            .keys()
            .filter(|peer| !self.stage.contains(peer) && score(peer) >= SPEECH)
            .max_by(|a, b| score(a).total_cmp(&score(b)))?;
        let place =
            (0..self.stage.len()).min_by(|&a, &b| score(&self.stage[a]).total_cmp(&score(&self.stage[b])))?;
        (score(challenger) > score(&self.stage[place]) + MARGIN).then_some((*challenger, place))
    }

    /// The microphones on stage, at most `places`, in stable order but for the quietest, who stands last.
    pub(super) fn stage(&self) -> &[PeerId] {
        &self.stage
    }

    /// Who speaks now, the loudest first; `None` when the set is what was last returned.
    pub(super) fn speaking(&mut self, now: Instant) -> Option<Vec<PeerId>> {
        let mut speaking: Vec<(PeerId, f32)> = self
            .voices
            .iter()
            .filter(|(_, voice)| voice.loud.is_some_and(|at| now.saturating_duration_since(at) <= HOLD))
            .map(|(&peer, voice)| (peer, voice.score_at(now)))
            .collect();
        speaking.sort_by(|a, b| b.1.total_cmp(&a.1));
        let speaking: Vec<PeerId> = speaking.into_iter().map(|(peer, _)| peer).collect();
        let same_set = speaking.len() == self.announced.len()
            && speaking.iter().all(|peer| self.announced.contains(peer));
        if same_set {
            return None;
        }
        self.announced.clone_from(&speaking);
        Some(speaking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOUD: u8 = 100;

    fn started(places: usize, microphones: u64) -> (Speakers, Instant) {
        let now = crate::test_clock();
        let mut speakers = Speakers::new(places);
        for peer in 0..microphones {
            speakers.add(PeerId(peer), now);
        }
        (speakers, now)
    }

    #[test]
    fn everyone_is_on_stage_while_there_is_room() {
        let (speakers, _) = started(4, 3);
        assert_eq!(speakers.stage(), [PeerId(0), PeerId(1), PeerId(2)]);
    }

    #[test]
    fn a_new_speaker_takes_the_quietest_place_with_the_first_report() {
        let (mut speakers, now) = started(2, 3);
        assert!(!speakers.hear(&[(PeerId(0), LOUD)], now));
        assert!(speakers.hear(&[(PeerId(2), LOUD)], now + Duration::from_millis(60)));
        assert_eq!(speakers.stage(), [PeerId(0), PeerId(2)]);
    }

    #[test]
    fn equally_loud_voices_do_not_swap() {
        let (mut speakers, mut now) = started(2, 3);
        speakers.hear(&[(PeerId(0), LOUD), (PeerId(1), LOUD)], now);
        for _ in 0..50 {
            now += Duration::from_millis(60);
            let levels = [(PeerId(0), LOUD), (PeerId(1), LOUD), (PeerId(2), LOUD + 2)];
            assert!(!speakers.hear(&levels, now));
        }
    }

    #[test]
    fn the_quietest_on_stage_stands_last() {
        let (mut speakers, now) = started(4, 5);
        let levels = [(PeerId(1), 67), (PeerId(2), 107), (PeerId(3), 102), (PeerId(4), 97)];
        assert!(speakers.hear(&levels, now));
        assert_eq!(speakers.stage(), [PeerId(4), PeerId(3), PeerId(2), PeerId(1)]);
        let later = now + Duration::from_millis(60);
        assert!(!speakers.hear(&levels, later), "and stays there");
    }

    #[test]
    fn noise_below_speech_takes_no_place() {
        let (mut speakers, now) = started(1, 2);
        assert!(!speakers.hear(&[(PeerId(1), 60)], now));
        assert_eq!(speakers.stage(), [PeerId(0)]);
    }

    #[test]
    fn speaking_starts_at_once_and_ends_after_a_hold() {
        let (mut speakers, now) = started(2, 2);
        speakers.hear(&[(PeerId(1), LOUD)], now);
        assert_eq!(speakers.speaking(now), Some(vec![PeerId(1)]));
        assert_eq!(speakers.speaking(now + HOLD / 2), None);
        assert_eq!(speakers.speaking(now + HOLD * 2), Some(vec![]));
    }

    #[test]
    fn a_place_left_free_is_filled() {
        let (mut speakers, now) = started(1, 2);
        speakers.remove(PeerId(0), now);
        assert_eq!(speakers.stage(), [PeerId(1)]);
    }
}
