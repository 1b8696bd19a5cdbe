//! What anybody may know of the load. Pure.
//!
//! Invariants: nothing younger than 30 minutes after the end of its half-hour; every number in a step; with fewer than
//! ten people a half-hour says "a few" and nothing that would give them away (their rooms, their traffic, their CPU).

use super::sampler::HALF_HOUR;
use crate::store::LoadSample;

/// Seconds of samples that [`publish`] wants: 30 days and the one that has begun.
pub const HISTORY: u64 = 31 * DAY;

const DAY: u64 = 86_400;
const DAYS: u64 = 30;
const SHOWN: u64 = DAY;
/// Seconds after a half-hour's end before it is shown.
const LATE: u64 = 1_800;
const FEW: u32 = 10;
const PINS: u32 = 9;
/// Traffic is shown in steps of this many bits per second.
const TRAFFIC_STEP_BPS: u64 = 10_000_000;

/// The public figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicLoad {
    /// Free ninths of the machine in the last half-hour that may be known.
    pub standing_pins: u8,
    /// The same as a key for a sentence.
    pub verdict: Verdict,
    /// The last 24 hours, oldest first. Half-hours in which the server did not run are missing.
    pub samples: Vec<PublicSample>,
    /// The last 30 days (UTC), oldest first.
    pub days: Vec<PublicDay>,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to do.
    All,
    /// Plenty of room.
    Calm,
    /// Well attended.
    Busy,
    /// Nearly full.
    Tight,
    /// Full.
    Full,
}

/// A range, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// Smallest.
    pub from: u32,
    /// Largest.
    pub to: u32,
}

/// One half-hour. What is absent is "a few", or what would tell how few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicSample {
    /// Unix seconds.
    pub start: u64,
    /// Rooms live at once.
    pub rooms: Option<Bin>,
    /// People at once.
    pub people: Option<Bin>,
    /// Mbit/s, both directions, down to the step below.
    pub traffic_mbps: Option<u32>,
    /// Per cent of all cores, to the nearest 5.
    pub cpu_percent: Option<u8>,
    /// Per cent of the machine's memory, to the nearest 10: for all meetings together, always there.
    pub memory_percent: u8,
}

/// One day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicDay {
    /// Unix seconds of its midnight, UTC.
    pub start: u64,
    /// Ninths of the machine in use in its fullest hour; absent when the server did not run.
    pub fallen_pins: Option<u8>,
}

/// What may be known at `now` (unix seconds). `samples`: what the store has of the last [`HISTORY`], oldest first.
pub fn publish(samples: &[LoadSample], now: u64) -> PublicLoad {
    let ripe = now.saturating_sub(HALF_HOUR + LATE);
    let ripe = samples.partition_point(|s| s.start <= ripe);
    let samples = &samples[..ripe];
    // A server that was off half an hour ago was free.
    let used = samples.last().filter(|s| s.start + 2 * (HALF_HOUR + LATE) > now).map_or(0, used_permille);
    let standing_pins = (PINS - u32::from(fallen(used))) as u8;
    PublicLoad {
        standing_pins,
        verdict: Verdict::of(standing_pins),
        samples: samples.iter().filter(|s| s.start + SHOWN + LATE >= now).map(PublicSample::of).collect(),
        days: days(samples, now),
    }
}

impl Verdict {
    fn of(standing_pins: u8) -> Self {
        match standing_pins {
            9.. => Self::All,
            6..=8 => Self::Calm,
            4 | 5 => Self::Busy,
            1..=3 => Self::Tight,
            0 => Self::Full,
        }
    }
}

impl PublicSample {
    fn of(sample: &LoadSample) -> Self {
        let many = sample.people_max >= FEW;
        let traffic = sample.traffic_bps / TRAFFIC_STEP_BPS * (TRAFFIC_STEP_BPS / 1_000_000);
        Self {
            start: sample.start,
            rooms: many.then(|| rooms_bin(sample.rooms_max)),
            people: many.then(|| people_bin(sample.people_max)),
            traffic_mbps: many.then(|| u32::try_from(traffic).unwrap_or(u32::MAX)),
            cpu_percent: many.then(|| nearest_percent(sample.cpu_permille, 5)),
            memory_percent: nearest_percent(sample.memory_permille, 10),
        }
    }
}

/// By twos up to ten, then by tens: 1–2, 3–4, … 9–10, 11–20, …
fn rooms_bin(rooms: u32) -> Bin {
    let width = if rooms <= 10 { 2 } else { 10 };
    let to = rooms.max(1).div_ceil(width) * width;
    Bin { from: to - width + 1, to }
}

/// By tens up to 99, then by hundreds.
fn people_bin(people: u32) -> Bin {
    let width = if people < 100 { 10 } else { 100 };
    let from = people / width * width;
    Bin { from, to: from + width - 1 }
}

fn nearest_percent(permille: u16, step: u16) -> u8 {
    let steps = (permille.min(1_000) + step * 5) / (step * 10);
    (steps * step).min(100) as u8
}

/// The scarcer of the two.
fn used_permille(sample: &LoadSample) -> u16 {
    sample.cpu_permille.max(sample.memory_permille)
}

/// Ninths in use, to the nearest.
fn fallen(used_permille: u16) -> u8 {
    ((u32::from(used_permille.min(1_000)) * PINS + 500) / 1_000) as u8
}

fn days(samples: &[LoadSample], now: u64) -> Vec<PublicDay> {
    let today = now - now % DAY;
    let first = today.saturating_sub((DAYS - 1) * DAY);
    (0..DAYS)
        .map(|i| first + i * DAY)
        .map(|start| {
            let from = samples.partition_point(|s| s.start < start);
            let to = samples.partition_point(|s| s.start < start + DAY);
            PublicDay { start, fallen_pins: fullest_hour(&samples[from..to]).map(fallen) }
        })
        .collect()
}

/// The mean of the half-hours of each hour; the largest of those.
fn fullest_hour(samples: &[LoadSample]) -> Option<u16> {
    let hour = |s: &LoadSample| s.start / (2 * HALF_HOUR);
    samples
        .chunk_by(|a, b| hour(a) == hour(b))
        .map(|halves| halves.iter().map(|s| u32::from(used_permille(s))).sum::<u32>() / halves.len() as u32)
        .max()
        .and_then(|used| u16::try_from(used).ok())
}

#[cfg(test)]
#[path = "public_tests.rs"]
mod tests;
