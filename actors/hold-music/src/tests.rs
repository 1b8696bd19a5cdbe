//! The piece as sound.

use super::*;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

static PIECE: LazyLock<Tape> = LazyLock::new(compose);

fn hash(tape: &Tape) -> u64 {
    let mut hasher = DefaultHasher::new();
    for s in tape.left.iter().chain(&tape.right) {
        s.to_bits().hash(&mut hasher);
    }
    hasher.finish()
}

/// Largest step from one sample to the next within `range`, around the end.
fn largest_step(samples: &[f32], range: impl Iterator<Item = usize>) -> f32 {
    range.fold(0.0, |most, i| {
        let (a, b) = (samples[i % samples.len()], samples[(i + 1) % samples.len()]);
        most.max((b - a).abs())
    })
}

fn loudness_db(samples: &[f32]) -> f64 {
    let power = samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len() as f64;
    10.0 * power.log10()
}

#[test]
fn it_is_the_same_every_time_and_never_clips() {
    let tape = &*PIECE;
    assert_eq!(hash(tape), hash(&compose()));
    assert_eq!(tape.left.len(), LENGTH);
    assert!(LENGTH >= 90 * RATE as usize);
    assert!(tape.peak() < 0.7, "peak {}", tape.peak());
}

#[test]
fn the_end_runs_into_the_beginning() {
    let tape = &*PIECE;
    for samples in [&tape.left, &tape.right] {
        let seam = largest_step(samples, LENGTH - 5..LENGTH + 5);
        let anywhere = largest_step(samples, 0..LENGTH - 1);
        assert!(seam < anywhere / 2.0, "a step of {seam} at the seam, {anywhere} elsewhere");
        let second = RATE as usize;
        let before = loudness_db(&samples[LENGTH - second..]);
        let after = loudness_db(&samples[..second]);
        assert!((before - after).abs() < 6.0, "{before} dB before the seam, {after} dB after");
    }
}

/// Every two seconds of it are about as loud as the whole, both ears get as much, and the highs are gentle.
#[test]
fn it_is_even_and_soft() {
    let mut tape = PIECE.clone();
    let whole = loudness_db(&tape.left);
    assert!((loudness_db(&tape.right) - whole).abs() < 1.5);
    for (i, piece) in tape.left.chunks(2 * RATE as usize).enumerate() {
        let here = loudness_db(piece);
        assert!((here - whole).abs() < 5.0, "{here} dB in piece {i}, {whole} dB in all");
    }
    tape.filter(|| studio::high_pass(0.5));
    let highs = loudness_db(&tape.left);
    assert!(highs < whole - 20.0, "{highs} dB above 5 kHz, {whole} dB in all");
}
