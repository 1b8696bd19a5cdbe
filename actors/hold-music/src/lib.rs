//! Composes and plays the hold music, “Linoleum um halb neun”: electric piano, nylon guitar, vibraphone, bass and brushes.
//!
//! Pure: the same samples every time on one machine (other machines may round a sine differently in the last bit).
//! The piece is a circle: every tail and echo of its end already sounds in its beginning, so it loops without a seam.
//! The piece and its recording are dedicated to the public domain (CC0 1.0, see LICENSE in this folder).

pub mod encode;
pub mod instruments;
pub mod score;
pub mod studio;
pub mod voicing;

pub use score::{LENGTH, RATE};
pub use studio::Tape;

use instruments::{Noise, Play};
use score::{BARS, EIGHTH, chord_at};
use voicing::Voicing;

/// Title, as written into the file.
pub const TITLE: &str = "Linoleum um halb neun";

/// Brings the mix to −20 LUFS (measured with ffmpeg's ebur128; the peak is then −7 dBFS).
const MASTER_GAIN: f32 = 0.79;

/// Who plays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Chords, held.
    Piano,
    /// Chords, plucked off the beat.
    Guitar,
    /// The tune.
    Vibraphone,
    /// Roots and fifths.
    Bass,
    /// Brushes and cross-stick.
    Drums,
}

/// Everybody.
pub const BAND: [Part; 5] = [Part::Piano, Part::Guitar, Part::Vibraphone, Part::Bass, Part::Drums];

/// The whole piece, once around.
pub fn compose() -> Tape {
    record(&BAND)
}

/// The piece played by some of the band only.
pub fn record(parts: &[Part]) -> Tape {
    let voicings = voicing::lead_voices();
    let mut mix = Tape::new(LENGTH);
    let mut sent = Tape::new(LENGTH);
    for &part in parts {
        let (tape, room) = match part {
            Part::Piano => (piano(&voicings), 0.20),
            Part::Guitar => (guitar(&voicings), 0.22),
            Part::Vibraphone => (vibraphone(), 0.34),
            Part::Bass => (bass(), 0.03),
            Part::Drums => (drums(), 0.16),
        };
        mix.mix(&tape, 1.0);
        sent.mix(&tape, room);
    }
    sent.filter(|| studio::high_pass(0.025));
    sent.filter(|| studio::low_pass(0.55));
    mix.mix(&studio::reverb(&sent), 0.8);
    // Below 30 Hz there is nothing to hear, above 9 kHz nothing to like.
    mix.filter(|| studio::high_pass(0.004));
    mix.filter(|| studio::low_pass(0.70));
    let mut master = Tape::new(LENGTH);
    master.mix(&mix, MASTER_GAIN);
    master
}

/// A little late, never early at the first beat: people play like that. Samples, up to 9 ms.
fn human(noise: &mut Noise) -> usize {
    (220.0 * (1.0 + noise.sample())) as usize
}

fn seconds(eighths: f64) -> f64 {
    eighths * EIGHTH as f64 / f64::from(RATE)
}

/// A chord at each change, rolled from the bottom, and a quieter answer in the second half of bars without one.
fn piano(voicings: &[Voicing]) -> Tape {
    let mut tape = Tape::new(LENGTH);
    let mut noise = Noise::new(0x11);
    for (half, voicing) in voicings.iter().enumerate() {
        let changes = half % 2 == 0 || chord_at(half) != chord_at(half + BARS * 2 - 1);
        let (offset, loud, eighths) = match (changes, half % 4) {
            (true, _) if half % 2 == 0 && chord_at(half) == chord_at(half + 1) => (0, 0.62, 4.6),
            (true, _) => (0, 0.60, 3.4),
            (false, 1) => (1, 0.42, 2.6),
            (false, _) => (2, 0.38, 1.7),
        };
        for (voice, &pitch) in voicing.iter().enumerate() {
            let velocity = loud * (1.0 + 0.08 * noise.sample()) * if voice == 3 { 1.08 } else { 0.92 };
            let at = (half * 4 + offset) * EIGHTH + human(&mut noise) + voice * 420;
            // Half a cent apart: wide in two ears, and in one loudspeaker the pair does not cancel within a note.
            for (detune, pan) in [(-0.0025, -0.45), (0.0025, 0.45)] {
                let play = Play { pitch: f64::from(pitch) + detune, velocity, seconds: seconds(eighths) };
                tape.add(at, &instruments::electric_piano(play), 0.083, pan);
            }
        }
    }
    tape.filter(|| studio::low_pass(0.38));
    // About one sway in two seconds, from ear to ear.
    tape.sway(52, 0.16, false);
    tape
}

/// Two bars of bossa: off the beat, and the next chord comes an eighth early.
const GUITAR_PATTERN: [(usize, f64, f64); 6] =
    [(3, 0.80, 1.6), (6, 0.70, 1.8), (10, 0.78, 1.4), (12, 0.55, 0.8), (13, 0.72, 1.7), (15, 0.86, 2.6)];

fn guitar(voicings: &[Voicing]) -> Tape {
    let mut tape = Tape::new(LENGTH);
    let mut noise = Noise::new(0x22);
    for pair in 0..BARS / 2 {
        for (eighth, loud, length) in GUITAR_PATTERN {
            let at = pair * 16 + eighth;
            // An eighth before the bar line belongs to the next bar.
            let half = if at % 8 == 7 { (at + 1) / 4 } else { at / 4 };
            for (voice, &pitch) in voicings[half % voicings.len()].iter().enumerate().skip(1) {
                let play = Play {
                    pitch: f64::from(pitch),
                    velocity: loud * (1.0 + 0.10 * noise.sample()),
                    seconds: seconds(length),
                };
                let start = at * EIGHTH + human(&mut noise) + voice * 260;
                let samples = instruments::nylon_guitar(play, &mut noise);
                tape.add(start, &samples, 0.21, -0.30);
            }
        }
    }
    tape.filter(|| studio::high_pass(0.016));
    tape.filter(|| studio::low_pass(0.40));
    tape
}

fn vibraphone() -> Tape {
    let mut tape = Tape::new(LENGTH);
    let mut noise = Noise::new(0x33);
    for section in 0..6 {
        for note in score::melody(section) {
            let accent = if note.length >= 3 { 0.78 } else { 0.62 };
            let play = Play {
                pitch: f64::from(note.pitch),
                velocity: accent * (1.0 + 0.08 * noise.sample()),
                seconds: seconds(note.length as f64 * 0.95),
            };
            let at = (section * 64 + note.at) * EIGHTH + human(&mut noise);
            tape.add(at, &instruments::vibraphone(play), 0.150, 0.22);
        }
    }
    // The motor: four turns a second, hardly there.
    tape.sway(430, 0.10, true);
    tape
}

/// Root, and the fifth from the third beat; the eighth before each is played short, as upright players do.
fn bass() -> Tape {
    let mut tape = Tape::new(LENGTH);
    let mut noise = Noise::new(0x44);
    let mut play = |eighth: usize, pitch: u8, velocity: f64, length: f64, noise: &mut Noise| {
        let note = Play {
            pitch: f64::from(pitch),
            velocity: velocity * (1.0 + 0.05 * noise.sample()),
            seconds: seconds(length),
        };
        tape.add(eighth * EIGHTH + human(noise), &instruments::bass(note), 0.20, 0.0);
    };
    for bar in 0..BARS {
        let (first, second) = (chord_at(bar * 2), chord_at(bar * 2 + 1));
        let third_beat = if first == second { first.fifth } else { second.root };
        play(bar * 8, first.root, 0.85, 2.7, &mut noise);
        play(bar * 8 + 4, third_beat, 0.78, 2.7, &mut noise);
        if bar % 2 == 1 {
            play(bar * 8 + 3, third_beat, 0.45, 0.7, &mut noise);
        }
        if bar % 4 == 3 {
            play(bar * 8 + 7, chord_at(bar * 2 + 2).root, 0.45, 0.7, &mut noise);
        }
    }
    tape.filter(|| studio::low_pass(0.14));
    tape
}

/// Brush on every eighth, two and four a little more; cross-stick in the bossa's five strokes, hardly louder.
fn drums() -> Tape {
    const STICK: [usize; 5] = [0, 3, 6, 10, 13];
    let mut tape = Tape::new(LENGTH);
    let mut noise = Noise::new(0x55);
    for eighth in 0..BARS * 8 {
        // The walk through A flat goes without the stick, and the brush only whispers.
        let walking = eighth / 64 == 4;
        let loud = match eighth % 8 {
            2 | 6 if walking => 0.60,
            2 | 6 => 0.95,
            0 | 4 => 0.50,
            _ => 0.34,
        };
        let velocity = loud * (1.0 + 0.12 * noise.sample());
        let at = eighth * EIGHTH + human(&mut noise);
        let samples = instruments::brush_tap(velocity, &mut noise);
        tape.add(at, &samples, 0.30, 0.35);
        if STICK.contains(&(eighth % 16)) && !walking {
            let velocity = 0.8 + 0.1 * noise.sample();
            tape.add(at, &instruments::cross_stick(velocity), 0.10, -0.15);
        }
    }
    tape
}

#[cfg(test)]
mod tests;
