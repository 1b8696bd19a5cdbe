//! The room and the tape: a stereo bus that is a circle, a reverb and filters whose tails go around it.
//! Everything here runs around the circle twice and keeps the second time, so that the end already rings in the beginning.

use std::f64::consts::TAU;

/// Stereo samples, left and right, that wrap around.
#[derive(Clone, PartialEq, Debug)]
pub struct Tape {
    /// Left.
    pub left: Vec<f32>,
    /// Right.
    pub right: Vec<f32>,
}

impl Tape {
    /// Silence.
    pub fn new(length: usize) -> Self {
        Self { left: vec![0.0; length], right: vec![0.0; length] }
    }

    /// Mixes mono samples in from `at` on, around the end. `pan` is −1 (left) to 1, at constant power.
    pub fn add(&mut self, at: usize, samples: &[f32], gain: f64, pan: f64) {
        let angle = (pan + 1.0) * TAU / 8.0;
        let (l, r) = ((gain * angle.cos()) as f32, (gain * angle.sin()) as f32);
        let length = self.left.len();
        for (i, s) in samples.iter().enumerate() {
            let at = (at + i) % length;
            self.left[at] += s * l;
            self.right[at] += s * r;
        }
    }

    /// Mixes another tape of the same length in.
    pub fn mix(&mut self, other: &Self, gain: f32) {
        for (mine, theirs) in [(&mut self.left, &other.left), (&mut self.right, &other.right)] {
            for (a, b) in mine.iter_mut().zip(theirs) {
                *a += gain * b;
            }
        }
    }

    /// Runs both channels through a filter each (made anew for each), twice around.
    pub fn filter<F: FnMut(f64) -> f64>(&mut self, make: impl Fn() -> F) {
        for channel in [&mut self.left, &mut self.right] {
            let mut filter = make();
            for s in channel.iter() {
                filter(f64::from(*s));
            }
            for s in channel.iter_mut() {
                *s = filter(f64::from(*s)) as f32;
            }
        }
    }

    /// A slow sway of loudness, `cycles` whole times around; `together` in both ears, or else from one to the other.
    pub fn sway(&mut self, cycles: u32, depth: f64, together: bool) {
        let length = self.left.len() as f64;
        for i in 0..self.left.len() {
            let wave = depth * (TAU * f64::from(cycles) * i as f64 / length).sin();
            self.left[i] *= (1.0 + wave) as f32;
            self.right[i] *= (1.0 + if together { wave } else { -wave }) as f32;
        }
    }

    /// Largest absolute sample.
    pub fn peak(&self) -> f32 {
        self.left.iter().chain(&self.right).fold(0.0, |most, s| most.max(s.abs()))
    }
}

/// First-order low-pass; `share` of the new value per sample.
pub fn low_pass(share: f64) -> impl FnMut(f64) -> f64 {
    let mut state = 0.0;
    move |x| {
        state += share * (x - state);
        state
    }
}

/// First-order high-pass: what the low-pass leaves over.
pub fn high_pass(share: f64) -> impl FnMut(f64) -> f64 {
    let mut low = low_pass(share);
    move |x| x - low(x)
}

const LINES: usize = 8;
/// Primes between 31 and 83 ms: no two lines share an echo.
const DELAYS: [usize; LINES] = [1_493, 1_759, 2_011, 2_357, 2_699, 3_049, 3_511, 3_967];

/// A small wooden room: eight delay lines fed back through a Householder matrix (Jot 1991), 60 dB in about 1.5 s, highs sooner.
pub fn reverb(dry: &Tape) -> Tape {
    let mut room = Room::new();
    let mut wet = Tape::new(dry.left.len());
    for lap in 0..2 {
        for i in 0..dry.left.len() {
            let (l, r) = room.step(f64::from(dry.left[i]), f64::from(dry.right[i]));
            if lap == 1 {
                (wet.left[i], wet.right[i]) = (l as f32, r as f32);
            }
        }
    }
    wet
}

struct Room {
    lines: [Vec<f64>; LINES],
    at: [usize; LINES],
    dark: [f64; LINES],
    gain: [f64; LINES],
}

impl Room {
    fn new() -> Self {
        Self {
            lines: DELAYS.map(|d| vec![0.0; d]),
            at: [0; LINES],
            dark: [0.0; LINES],
            gain: DELAYS.map(|d| 10_f64.powf(-3.0 * d as f64 / 48_000.0 / 1.5)),
        }
    }

    fn step(&mut self, left: f64, right: f64) -> (f64, f64) {
        let mut heard = [0.0; LINES];
        for (i, out) in heard.iter_mut().enumerate() {
            self.dark[i] += 0.42 * (self.lines[i][self.at[i]] - self.dark[i]);
            *out = self.dark[i] * self.gain[i];
        }
        let shared = 2.0 / LINES as f64 * heard.iter().sum::<f64>();
        for (i, &out) in heard.iter().enumerate() {
            let fed = if i % 2 == 0 { left } else { right };
            self.lines[i][self.at[i]] = fed + out - shared;
            self.at[i] = (self.at[i] + 1) % DELAYS[i];
        }
        let sum = |first: usize| {
            heard.iter().skip(first).step_by(2).zip([1.0, -1.0, 1.0, -1.0]).map(|(h, s)| h * s).sum()
        };
        (sum(0), sum(1))
    }
}
