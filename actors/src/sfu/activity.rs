//! How actively a microphone is spoken into. Pure.
//!
//! The measure of I. Volfin and I. Cohen, "Dominant Speaker Identification for Multipoint Videoconferencing" (IEEE 27th
//! Convention of Electrical and Electronics Engineers in Israel, 2012; extended in Computer Speech & Language 27, 2013):
//! activity is counted over three spans that lie inside each other, and each count becomes the logarithm of how much
//! likelier it is under speech (binomial) than under its absence (exponential). A click is active for a moment only, a
//! cough for a few tenths of a second, speech in all three.
//!
//! Adapted: the server never decodes, so that steps of loudness (RFC 6464) above the microphone's own noise stand for
//! the paper's active sub-bands; and counts stop where the score would fall again, so that louder is never less.

use std::time::{Duration, Instant};

/// A frame is a packet of Opus.
pub(super) const FRAME: Duration = Duration::from_millis(20);
/// Quieter is never speech: −55 dBov, quieter than speech at arm's length, louder than most rooms.
pub(super) const SPEECH: f32 = 127.0 - 55.0;
/// Louder is always speech, even if it never pauses: −40 dBov.
const LOUD: f32 = 127.0 - 40.0;
/// Speech is so many dB above the microphone's noise.
const ABOVE_NOISE: f32 = 9.0;
/// How fast the estimate of a microphone's noise follows a rise, in dB a second; it falls at once.
const NOISE_RISES: f32 = 3.0;
/// One step of loudness in dB, and how many there are in a frame: the paper's sub-bands.
const STEP: f32 = 4.0;
const STEPS: u32 = 13;
/// Frames of the medium span (100 ms), and how many of them make it active.
const FRAMES: u32 = 5;
const FRAMES_ACTIVE: u32 = 3;
/// Medium spans in the long one (2 s).
const BLOCKS: u32 = 20;
/// Whoever really spoke, for 400 ms at least, is not idle for another 3 s: people think before they go on.
const BLOCKS_SPOKEN: u32 = 4;
const THINKS: u64 = 150;
/// Decay constants of the exponential law without speech, one per span.
const LAMBDA: [f32; 3] = [0.78, 2.0, 2.5];
/// The score of what is no speech at all; only its logarithm is ever compared.
const NONE: f32 = 1e-3;

/// The three scores of the paper; each is at least [`NONE`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scores {
    pub(super) immediate: f32,
    pub(super) medium: f32,
    pub(super) long: f32,
}

/// What one microphone was like lately.
#[derive(Clone, Debug)]
pub(super) struct Activity {
    /// Number of the newest frame that was heard, and how loud its active part was in steps.
    frame: u64,
    steps: u32,
    /// Active frames, the newest in the lowest bit: the long span.
    active: u128,
    noise: f32,
    heard: Instant,
    /// Loudness of speech, smoothed.
    loudness: f32,
    /// The last active frame.
    last_active: Option<u64>,
    /// The last frame in which the long span held speech.
    last_spoken: Option<u64>,
}

impl Activity {
    /// Silence until `now`.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            frame: 0,
            steps: 0,
            active: 0,
            noise: 0.0,
            heard: now,
            loudness: 0.0,
            last_active: None,
            last_spoken: None,
        }
    }

    /// A report: the frame's number and its level, 0 … 127.
    pub(super) fn hear(&mut self, frame: u64, level: u8, now: Instant) {
        let level = f32::from(level);
        let passed = now.saturating_duration_since(self.heard).as_secs_f32();
        self.heard = now;
        // Noise is learnt from what is heard without a pause: with DTX nothing is, and nothing need be learnt.
        self.noise = if level < self.noise { level } else { (self.noise + passed * NOISE_RISES).min(level) };
        let floor = (self.noise + ABOVE_NOISE).clamp(SPEECH, LOUD);
        let active = level >= floor;
        let gap = frame.saturating_sub(self.frame);
        if gap > 0 {
            self.active = self.active_at(frame);
            // Packets come in pairs when the network jitters: one missing frame between two active ones is one of them.
            if gap == 2 && active && self.active & 0b100 != 0 {
                self.active |= 0b10;
            }
            (self.frame, self.steps) = (frame, 0);
        }
        if active {
            self.active |= 1;
            self.last_active = Some(frame);
            if self.blocks(frame) >= BLOCKS_SPOKEN {
                self.last_spoken = Some(frame);
            }
            // The first step is the threshold of the immediate score: whatever is active counts as speech there.
            let above = ((level - floor) / STEP) as u32;
            self.steps = self.steps.max((4 + above).min(STEPS - 4));
            self.loudness += (level - self.loudness) * if self.loudness < level { 0.5 } else { 0.05 };
        }
    }

    /// The active frames as seen from a later one.
    fn active_at(&self, frame: u64) -> u128 {
        u32::try_from(frame.saturating_sub(self.frame))
            .ok()
            .and_then(|gap| self.active.checked_shl(gap))
            .unwrap_or(0)
    }

    /// Active frames of the medium span.
    fn frames(&self, frame: u64) -> u32 {
        (self.active_at(frame) & 0b1_1111).count_ones()
    }

    /// Active medium spans of the long one.
    fn blocks(&self, frame: u64) -> u32 {
        let active = self.active_at(frame);
        let is_active = |block: &u32| (active >> (block * FRAMES) & 0b1_1111).count_ones() >= FRAMES_ACTIVE;
        (0..BLOCKS).filter(is_active).count() as u32
    }

    /// Neither speaking now nor lately: whoever needs their place may have it.
    pub(super) fn is_idle(&self, frame: u64) -> bool {
        let thinks = self.last_spoken.is_some_and(|spoken| frame.saturating_sub(spoken) <= THINKS);
        self.frames(frame) < 2 && !thinks
    }

    /// Whether speech is going on: more than a click.
    pub(super) fn speaks(&self, frame: u64) -> bool {
        self.frames(frame) >= FRAMES_ACTIVE
    }

    /// The scores of the three spans that end with this frame.
    pub(super) fn scores(&self, frame: u64) -> Scores {
        let steps = if frame.saturating_sub(self.frame) <= 1 { self.steps } else { 0 };
        Scores {
            immediate: score(STEPS, steps, LAMBDA[0]),
            medium: score(FRAMES, self.frames(frame), LAMBDA[1]),
            long: score(BLOCKS, self.blocks(frame), LAMBDA[2]),
        }
    }

    /// Loudness of the speech in the last two seconds, 0 without any.
    pub(super) fn loudness(&self, frame: u64) -> f32 {
        if self.active_at(frame) == 0 { 0.0 } else { self.loudness }
    }

    /// The last active frame's number, from 1; 0 if there was none.
    pub(super) fn last_active(&self) -> u64 {
        self.last_active.map_or(0, |frame| frame + 1)
    }
}

/// Equation 6 of the paper with p = ½: ln [C(n, v) p^v (1 − p)^(n − v)] − ln λ + λ v, not below [`NONE`].
fn score(n: u32, v: u32, lambda: f32) -> f32 {
    let choices: f32 = (1..=v).map(|k| ((n - k + 1) as f32 / k as f32).ln()).sum();
    (choices - n as f32 * std::f32::consts::LN_2 - lambda.ln() + lambda * v as f32).max(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn louder_and_longer_is_never_less() {
        for (n, last, lambda) in
            [(STEPS, STEPS - 4, LAMBDA[0]), (FRAMES, FRAMES, LAMBDA[1]), (BLOCKS, BLOCKS - 1, LAMBDA[2])]
        {
            let scores: Vec<f32> = (0..=last).map(|v| score(n, v, lambda)).collect();
            assert!(scores.windows(2).all(|pair| pair[0] <= pair[1]), "{scores:?}");
            assert_eq!(scores[0], NONE);
        }
    }

    #[test]
    fn spans_tell_a_click_from_a_cough_from_speech() {
        let start = crate::test_clock();
        let heard_for = |frames: u64| {
            let mut activity = Activity::new(start);
            for frame in 0..frames {
                activity.hear(frame, 100, start + FRAME * frame as u32);
            }
            activity.scores(frames - 1)
        };
        let (click, cough, speech) = (heard_for(1), heard_for(15), heard_for(40));
        assert!(click.immediate > 0.5 && click.medium <= NONE);
        assert!(cough.medium > 2.0 && cough.long <= NONE);
        assert!(speech.long > 10.0);
    }

    #[test]
    fn a_fan_becomes_noise_but_a_loud_voice_never() {
        let start = crate::test_clock();
        let mut fan = Activity::new(start);
        let mut organ = Activity::new(start);
        for frame in 0..3_000_u64 {
            let now = start + FRAME * frame as u32;
            fan.hear(frame, 78, now);
            organ.hear(frame, 95, now);
        }
        assert!(!fan.speaks(2_999) && organ.speaks(2_999));
        for frame in 3_000..3_005 {
            fan.hear(frame, 95, start + FRAME * frame as u32);
        }
        assert!(fan.speaks(3_004), "a voice over the fan");
    }

    #[test]
    fn a_single_frame_lost_to_jitter_is_filled() {
        let start = crate::test_clock();
        let mut activity = Activity::new(start);
        activity.hear(10, 100, start);
        activity.hear(12, 100, start);
        assert!(activity.speaks(12));
        activity.hear(20, 100, start);
        assert!(!activity.speaks(20));
    }
}
