//! Voice leading: gives every chord of the piece its place on the keyboard so that the voices move as little as possible,
//! around the seam too. Shortest path over all placings (Viterbi), once for each placing of the first chord.

use crate::score::{BARS, Chord, chord_at};

/// Four MIDI numbers, lowest first.
pub type Voicing = [u8; 4];

const LOWEST: u8 = 52;
const HIGHEST: u8 = 70;
/// Where the hand would like to stay: the sum of the four voices.
const MIDDLE_SUM: i32 = 61 * 4;

/// One voicing per half-bar.
pub fn lead_voices() -> Vec<Voicing> {
    let choices: Vec<Vec<Voicing>> = (0..BARS * 2).map(|h| placings(chord_at(h))).collect();
    choices[0]
        .iter()
        .map(|&first| shortest_path(&choices, first))
        .min_by_key(|(cost, _)| *cost)
        .map(|(_, path)| path)
        .expect("every chord has a placing within the range")
}

fn shortest_path(choices: &[Vec<Voicing>], first: Voicing) -> (u32, Vec<Voicing>) {
    let mut costs = vec![(0_u32, first)];
    let mut back: Vec<Vec<usize>> = Vec::with_capacity(choices.len());
    for step in &choices[1..] {
        let mut best = Vec::with_capacity(step.len());
        let mut from = Vec::with_capacity(step.len());
        for &to in step {
            let (index, cost) = costs
                .iter()
                .enumerate()
                .map(|(i, &(cost, previous))| (i, cost + movement(previous, to) + stretch(to)))
                .min_by_key(|&(_, cost)| cost)
                .expect("every chord has a placing within the range");
            best.push((cost, to));
            from.push(index);
        }
        costs = best;
        back.push(from);
    }
    let (mut index, cost) = costs
        .iter()
        .enumerate()
        .map(|(i, &(cost, last))| (i, cost + movement(last, first)))
        .min_by_key(|&(_, cost)| cost)
        .expect("every chord has a placing within the range");
    let mut path = Vec::with_capacity(choices.len());
    for (from, step) in back.iter().zip(&choices[1..]).rev() {
        path.push(step[index]);
        index = from[index];
    }
    path.push(first);
    path.reverse();
    (cost, path)
}

/// Semitones moved, with leaps dearer than steps.
fn movement(from: Voicing, to: Voicing) -> u32 {
    from.iter().zip(&to).map(|(&a, &b)| u32::from(a.abs_diff(b))).map(|d| d + d.saturating_sub(3) * 2).sum()
}

/// How far from the middle of the keyboard.
fn stretch(voicing: Voicing) -> u32 {
    let sum: i32 = voicing.iter().map(|&v| i32::from(v)).sum();
    (sum - MIDDLE_SUM).unsigned_abs() / 6
}

/// All placings within the range that do not sound muddy.
fn placings(chord: Chord) -> Vec<Voicing> {
    let places = |tone: u8| (LOWEST..=HIGHEST).filter(move |note| note % 12 == tone);
    let mut found = Vec::new();
    for a in places(chord.tones[0]) {
        for b in places(chord.tones[1]) {
            for c in places(chord.tones[2]) {
                for d in places(chord.tones[3]) {
                    let mut voicing = [a, b, c, d];
                    voicing.sort_unstable();
                    if is_clear(voicing) && !found.contains(&voicing) {
                        found.push(voicing);
                    }
                }
            }
        }
    }
    found
}

/// No semitone at the bottom or the top, where it would bite, and a span that a hand could play.
fn is_clear(voicing: Voicing) -> bool {
    let gap = |i: usize| voicing[i + 1] - voicing[i];
    gap(0) >= 2 && gap(2) >= 2 && gap(1) >= 1 && (7..=16).contains(&(voicing[3] - voicing[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_move_by_steps() {
        let voicings = lead_voices();
        assert_eq!(voicings.len(), BARS * 2);
        let mut total = 0;
        let mut changes = 0;
        for i in 0..voicings.len() {
            let (from, to) = (voicings[i], voicings[(i + 1) % voicings.len()]);
            for (a, b) in from.iter().zip(&to) {
                assert!(a.abs_diff(*b) <= 5, "half-bar {i}: {from:?} → {to:?}");
                total += u32::from(a.abs_diff(*b));
            }
            changes += u32::from(from != to);
        }
        assert!(total <= changes * 4 * 2, "{total} semitones in {changes} changes");
    }
}
