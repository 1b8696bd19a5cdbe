//! Who is speaking, and whose microphone deserves a slot. Pure: levels and time in, decisions out.
//!
//! The rule of Volfin and Cohen's dominant speaker identification (see [`super::activity`]), adapted from one dominant
//! speaker to the few on stage. A challenger is somebody off stage who speaks, for three frames at least: a keyboard's
//! click never is. They take the place of whoever on stage has been idle for longest, at once: with 20 ms between
//! reports that is 80 ms after the first sound. Where nobody on stage is idle, the least active has to fall behind in
//! all three spans by the paper's thresholds, so a cough takes no speaker's place, people in dialogue keep theirs in
//! each other's sentences, and equal voices do not swap: that is the hysteresis.

use super::activity::{Activity, FRAME, Scores};
use media_plane::PeerId;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// By how much (natural logarithm of the quotient) a challenger's score of each span has to exceed the speaker's: the
/// paper's C1, C2 and C3. The first two ask for a pause of the speaker, the third for half as much again over 2 s.
const C1: f32 = 3.0;
const C2: f32 = 2.0;
const C3: f32 = 0.4;
/// How much louder in dB the last on stage must be than another to change places with them.
const MARGIN: f32 = 6.0;
/// How long somebody stays marked as speaking after their last speech.
const HOLD: Duration = Duration::from_millis(400);

#[derive(Clone, Debug)]
struct Voice {
    activity: Activity,
    spoke: Option<Instant>,
}

/// The microphones of one room and the few that are on stage.
#[derive(Debug)]
pub(super) struct Speakers {
    places: usize,
    start: Option<Instant>,
    voices: BTreeMap<PeerId, Voice>,
    stage: Vec<PeerId>,
    announced: Vec<PeerId>,
}

impl Speakers {
    /// `places`: how many microphones are forwarded at once.
    pub(super) fn new(places: usize) -> Self {
        Self { places, start: None, voices: BTreeMap::new(), stage: Vec::new(), announced: Vec::new() }
    }

    /// Frames since the first microphone, from 1000 on so that the past has numbers, too.
    fn frame(&mut self, now: Instant) -> u64 {
        let start = *self.start.get_or_insert(now);
        1000 + (now.saturating_duration_since(start).as_millis() / FRAME.as_millis()) as u64
    }

    /// A microphone was switched on. It gets a place at once while there is one free.
    pub(super) fn add(&mut self, peer: PeerId, now: Instant) {
        self.voices.entry(peer).or_insert_with(|| Voice { activity: Activity::new(now), spoke: None });
        if self.stage.len() < self.places && !self.stage.contains(&peer) {
            self.stage.push(peer);
        }
    }

    /// A microphone was switched off or its owner left. Its place goes to the most active of the others.
    pub(super) fn remove(&mut self, peer: PeerId, now: Instant) {
        let frame = self.frame(now);
        self.voices.remove(&peer);
        self.stage.retain(|&other| other != peer);
        self.announced.retain(|&other| other != peer);
        while self.stage.len() < self.places {
            let off_stage = self.voices.iter().filter(|(candidate, _)| !self.stage.contains(candidate));
            let next = off_stage.max_by(|(_, a), (_, b)| {
                let (a, b) = (&a.activity, &b.activity);
                let by_scores = a.scores(frame).long.total_cmp(&b.scores(frame).long);
                by_scores.then(a.last_active().cmp(&b.last_active()))
            });
            match next {
                Some((&candidate, _)) => self.stage.push(candidate),
                None => break,
            }
        }
    }

    /// A report of levels. Returns whether the stage changed.
    pub(super) fn hear(&mut self, levels: &[(PeerId, u8)], now: Instant) -> bool {
        let frame = self.frame(now);
        for &(peer, level) in levels {
            if let Some(voice) = self.voices.get_mut(&peer) {
                voice.activity.hear(frame, level, now);
                if voice.activity.speaks(frame) {
                    voice.spoke = Some(now);
                }
            }
        }
        let mut changed = false;
        // Each turn takes a challenger on stage who then stands no more against others: at most so many places change.
        for _ in 0..self.stage.len() {
            let Some((challenger, place)) = self.challenge(frame) else { break };
            self.stage[place] = challenger;
            changed = true;
        }
        self.put_quietest_last(frame) || changed
    }

    /// Somebody off stage who shall have a place on it.
    fn challenge(&self, frame: u64) -> Option<(PeerId, usize)> {
        let challengers = self
            .voices
            .iter()
            .filter(|(peer, voice)| voice.activity.speaks(frame) && !self.stage.contains(peer));
        let (&challenger, voice) = challengers.max_by(|(_, a), (_, b)| {
            let (first, second) = (a.activity.scores(frame), b.activity.scores(frame));
            let by_span = first.long.total_cmp(&second.long).then(first.medium.total_cmp(&second.medium));
            by_span.then(a.activity.loudness(frame).total_cmp(&b.activity.loudness(frame)))
        })?;
        let on_stage: Vec<(usize, &Activity, Scores)> = (self.stage.iter().enumerate())
            .filter_map(|(place, peer)| Some((place, &self.voices.get(peer)?.activity)))
            .map(|(place, activity)| (place, activity, activity.scores(frame)))
            .collect();
        let idle = on_stage.iter().filter(|(_, activity, _)| activity.is_idle(frame));
        if let Some((place, ..)) = idle.min_by_key(|(_, activity, _)| activity.last_active()) {
            return Some((challenger, *place));
        }
        let (place, _, weakest) = on_stage.iter().min_by(|a, b| a.2.long.total_cmp(&b.2.long))?;
        let scores = voice.activity.scores(frame);
        let wins = |challenger: f32, speaker: f32, threshold: f32| (challenger / speaker).ln() > threshold;
        let all = wins(scores.immediate, weakest.immediate, C1)
            && wins(scores.medium, weakest.medium, C2)
            && wins(scores.long, weakest.long, C3);
        all.then_some((challenger, *place))
    }

    /// Who is not on stage has one slot less than the stage has places and misses the last: that has to be the quietest.
    fn put_quietest_last(&mut self, frame: u64) -> bool {
        let loudness = |place: &usize| {
            self.voices.get(&self.stage[*place]).map_or(0.0, |voice| voice.activity.loudness(frame))
        };
        let Some(last) = self.stage.len().checked_sub(1) else { return false };
        let speaks = self.voices.get(&self.stage[last]).is_some_and(|voice| voice.activity.speaks(frame));
        let quietest = (0..last).min_by(|a, b| loudness(a).total_cmp(&loudness(b)));
        match quietest {
            Some(place) if speaks && loudness(&last) > loudness(&place) + MARGIN => {
                self.stage.swap(place, last);
                true
            }
            Some(_) | None => false,
        }
    }

    /// The microphones on stage, at most `places`, in stable order but for the quietest, who stands last.
    pub(super) fn stage(&self) -> &[PeerId] {
        &self.stage
    }

    /// Who speaks now, the loudest first; `None` when the set is what was last returned.
    pub(super) fn speaking(&mut self, now: Instant) -> Option<Vec<PeerId>> {
        let frame = self.frame(now);
        let marked = |voice: &Voice| voice.spoke.is_some_and(|at| now.saturating_duration_since(at) <= HOLD);
        let same_set = self.announced.iter().all(|peer| self.voices.get(peer).is_some_and(marked))
            && self.voices.values().filter(|voice| marked(voice)).count() == self.announced.len();
        if same_set {
            return None;
        }
        let mut speaking: Vec<(PeerId, f32)> = (self.voices.iter())
            .filter(|(_, voice)| marked(voice))
            .map(|(&peer, voice)| (peer, voice.activity.loudness(frame)))
            .collect();
        speaking.sort_by(|a, b| b.1.total_cmp(&a.1));
        self.announced = speaking.into_iter().map(|(peer, _)| peer).collect();
        Some(self.announced.clone())
    }
}

#[cfg(test)]
#[path = "speakers_tests.rs"]
mod tests;
