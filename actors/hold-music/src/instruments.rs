//! The band: each function plays one note as mono samples from its start to the end of its tail.

use crate::score::RATE;
use std::f64::consts::TAU;

/// A note as an instrument gets it.
#[derive(Clone, Copy, Debug)]
pub struct Play {
    /// MIDI number; fractions are detuning.
    pub pitch: f64,
    /// 0 to 1.
    pub velocity: f64,
    /// Seconds until it is let go.
    pub seconds: f64,
}

/// Deterministic noise (xorshift64*, Vigna 2016): the same piece every time.
pub struct Noise(u64);

impl Noise {
    /// From a seed, which must not be 0.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// −1 to 1.
    pub fn sample(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        bits as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// Equal temperament, A4 = 440 Hz.
fn hertz(pitch: f64) -> f64 {
    440.0 * ((pitch - 69.0) / 12.0).exp2()
}

fn render(seconds: f64, sample: impl FnMut(f64) -> f64) -> Vec<f32> {
    let count = (seconds * f64::from(RATE)) as usize;
    // The last 10 ms fade out, so that a cut tail never clicks.
    let fade = RATE as usize / 100;
    (0..count)
        .map(|i| i as f64 / f64::from(RATE))
        .map(sample)
        .enumerate()
        .map(|(i, s)| (s * ((count - i) as f64 / fade as f64).min(1.0)) as f32)
        .collect()
}

/// Falls from 1 at the moment of letting go.
fn release(t: f64, seconds: f64, fall: f64) -> f64 {
    if t < seconds { 1.0 } else { (-(t - seconds) / fall).exp() }
}

/// A mellow electric piano: two-operator FM (Chowning 1973) whose brightness fades faster than its tone, and a quiet tine.
pub fn electric_piano(play: Play) -> Vec<f32> {
    let f = hertz(play.pitch);
    let body = 1.5 * (262.0 / f).powf(0.4);
    render(play.seconds + 0.9, |t| {
        let phase = TAU * f * t;
        let index = play.velocity * (0.9 * (-t / 0.30).exp() + 0.22);
        let tone = (phase + index * phase.sin()).sin();
        let tine = 0.05 * play.velocity * (-t / 0.10).exp() * (phase * 6.0).sin();
        let envelope =
            (1.0 - (-t / 0.005).exp()) * (0.7 * (-t / body).exp() + 0.3 * (-t / (2.2 * body)).exp());
        play.velocity * envelope * release(t, play.seconds, 0.18) * (tone + tine)
    })
}

/// A vibraphone with soft mallets: the bar's first three modes are tuned 1 : 4 : 10.
pub fn vibraphone(play: Play) -> Vec<f32> {
    let f = hertz(play.pitch);
    let ring = 1.7 * (523.0 / f).powf(0.5);
    render(play.seconds + 1.6, |t| {
        let phase = TAU * f * t;
        let tone = (-t / ring).exp() * phase.sin()
            + 0.10 * play.velocity * (-t / 0.22).exp() * (4.0 * phase).sin()
            + 0.015 * (-t / 0.03).exp() * (10.0 * phase).sin();
        play.velocity * (1.0 - (-t / 0.003).exp()) * release(t, play.seconds, 0.45) * tone
    })
}

/// An upright bass, plucked with the flesh of the finger.
pub fn bass(play: Play) -> Vec<f32> {
    let f = hertz(play.pitch);
    render(play.seconds + 0.35, |t| {
        let phase = TAU * f * t;
        let tone = phase.sin()
            + 0.45 * (-t / 0.50).exp() * (2.0 * phase).sin()
            + 0.16 * (-t / 0.25).exp() * (3.0 * phase).sin()
            + 0.06 * (-t / 0.12).exp() * (4.0 * phase).sin();
        let envelope = (1.0 - (-t / 0.009).exp()) * (-t / 1.1).exp();
        play.velocity * envelope * release(t, play.seconds, 0.07) * tone
    })
}

/// A nylon string: Karplus and Strong's loop (1983) with Jaffe and Smith's all-pass for the tuning, plucked softly.
pub fn nylon_guitar(play: Play, noise: &mut Noise) -> Vec<f32> {
    let period = f64::from(RATE) / hertz(play.pitch);
    // The loop's two-point average delays by half a sample.
    let whole = (period - 0.5 - 0.1).floor();
    let fraction = period - 0.5 - whole;
    let allpass = (1.0 - fraction) / (1.0 + fraction);
    let mut string = pluck(whole as usize, noise);
    // 60 dB in about 3.5 s at 200 Hz, sooner for high notes.
    let loss = (-6.91 * period / f64::from(RATE) / 3.5).exp();
    let (mut at, mut previous, mut x1, mut y1) = (0, 0.0, 0.0, 0.0);
    render(play.seconds + 0.5, |t| {
        let out = string[at];
        let averaged = loss * (0.5 * out + 0.5 * previous);
        previous = out;
        let tuned = allpass * averaged + x1 - allpass * y1;
        (x1, y1) = (averaged, tuned);
        string[at] = tuned;
        at = (at + 1) % string.len();
        play.velocity * release(t, play.seconds, 0.08) * out
    })
}

/// The string's first shape: noise through a fingertip (low-pass), plucked at a fifth of its length (comb), without a mean.
fn pluck(length: usize, noise: &mut Noise) -> Vec<f64> {
    let mut smooth = [0.0; 3];
    let mut raw: Vec<f64> = (0..length * 2)
        .map(|_| {
            let mut value = noise.sample();
            for stage in &mut smooth {
                *stage += 0.16 * (value - *stage);
                value = *stage;
            }
            value
        })
        .collect();
    raw.drain(..length);
    let point = length / 5;
    let shape: Vec<f64> = (0..length).map(|i| raw[i] - 0.8 * raw[(i + length - point) % length]).collect();
    let mean = shape.iter().sum::<f64>() / length as f64;
    let power = shape.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / length as f64;
    shape.iter().map(|s| 0.35 * (s - mean) / power.sqrt()).collect()
}

/// A brush tapped on the snare: noise without its lows and its highs, gone in a tenth of a second.
pub fn brush_tap(velocity: f64, noise: &mut Noise) -> Vec<f32> {
    let (mut low, mut dark) = (0.0, [0.0; 3]);
    render(0.30, |t| {
        let n = noise.sample();
        low += 0.12 * (n - low);
        let mut band = n - low;
        for stage in &mut dark {
            *stage += 0.50 * (band - *stage);
            band = *stage;
        }
        velocity * (1.0 - (-t / 0.010).exp()) * (-t / 0.060).exp() * band
    })
}

/// The stick laid across the rim: a small wooden knock.
pub fn cross_stick(velocity: f64) -> Vec<f32> {
    render(0.20, |t| {
        let knock =
            (TAU * 620.0 * t).sin() * (-t / 0.018).exp() + 0.5 * (TAU * 980.0 * t).sin() * (-t / 0.012).exp();
        velocity * (1.0 - (-t / 0.001).exp()) * knock
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Autocorrelation over whole periods finds the pitch that was asked for, within 3 cents.
    #[test]
    fn the_string_is_in_tune() {
        for pitch in [52.0, 57.0, 64.0, 70.0] {
            let play = Play { pitch, velocity: 1.0, seconds: 1.5 };
            let samples = nylon_guitar(play, &mut Noise::new(7));
            let heard = measured_hertz(&samples[9_600..], hertz(pitch));
            let cents = 1_200.0 * (heard / hertz(pitch)).log2();
            assert!(cents.abs() < 3.0, "MIDI {pitch} is {cents:.1} cents off");
        }
    }

    /// The loudest of 201 sines around the expected one.
    fn measured_hertz(samples: &[f32], expected: f64) -> f64 {
        let strength = |f: f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for (i, &s) in samples.iter().enumerate() {
                let phase = TAU * f * i as f64 / f64::from(RATE);
                re += f64::from(s) * phase.cos();
                im += f64::from(s) * phase.sin();
            }
            re.hypot(im)
        };
        (-100..=100)
            .map(|i| expected * (f64::from(i) / 5.0 / 1_200.0).exp2())
            .max_by(|a, b| strength(*a).total_cmp(&strength(*b)))
            .expect("there are candidates")
    }
}
