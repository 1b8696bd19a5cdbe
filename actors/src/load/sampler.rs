//! Folds readings, taken every few seconds, into the half-hours of the store. Pure: time is an argument.
//!
//! A half-hour is given out when it is over, and every five minutes before: a crash loses at most those, and a
//! restart goes on with what was saved. Rates are means over the time that was really watched.

use super::meter::Snapshot;
use super::process::Machine;
use crate::store::LoadSample;

/// Seconds of a sample.
pub const HALF_HOUR: u64 = 1_800;
/// Seconds after which a half-hour that is not over yet is given out.
const SAVE_EVERY: u64 = 300;
/// Two readings that are further apart (the machine slept, the clock jumped) say nothing of the time between them.
const LARGEST_GAP: u64 = 60;

/// See the module's text.
pub struct Sampler {
    machine: Machine,
    last: Option<(u64, Snapshot)>,
    half: Half,
    saved_at: u64,
}

/// The half-hour so far.
#[derive(Clone, Copy, Default)]
struct Half {
    start: u64,
    rooms_max: u32,
    people_max: u32,
    memory_permille_max: u16,
    watched_seconds: u64,
    bits: u64,
    /// Thousandths of all cores, times seconds.
    cpu_permille_seconds: u64,
}

impl Sampler {
    /// For this machine, with nothing known yet.
    pub fn new(machine: Machine) -> Self {
        Self { machine, last: None, half: Half::default(), saved_at: 0 }
    }

    /// Goes on with a half-hour that was saved before a restart, as if it had been watched up to `now` (unix seconds).
    pub fn resume(&mut self, saved: LoadSample, now: u64) {
        if half_hour_of(now) != saved.start {
            return;
        }
        let watched_seconds = now - saved.start;
        self.half = Half {
            start: saved.start,
            rooms_max: saved.rooms_max,
            people_max: saved.people_max,
            memory_permille_max: saved.memory_permille,
            watched_seconds,
            bits: saved.traffic_bps.saturating_mul(watched_seconds),
            cpu_permille_seconds: u64::from(saved.cpu_permille) * watched_seconds,
        };
        self.saved_at = now;
    }

    /// Takes a reading at `now` (unix seconds); returns what is to be saved, if anything is due.
    pub fn fold(&mut self, now: u64, reading: &Snapshot) -> Option<LoadSample> {
        if let Some((then, before)) = self.last.replace((now, *reading)) {
            self.half.add_use(self.machine, now.saturating_sub(then), &before, reading);
        }
        let start = half_hour_of(now);
        let over = (self.half.start != start && self.half.start != 0).then(|| self.half.sample());
        if self.half.start != start {
            self.half = Half { start, ..Half::default() };
            self.saved_at = now;
        }
        self.half.see(self.machine, reading);
        if over.is_none() && now.saturating_sub(self.saved_at) >= SAVE_EVERY {
            self.saved_at = now;
            return Some(self.half.sample());
        }
        over
    }
}

impl Half {
    /// What stands at one moment.
    fn see(&mut self, machine: Machine, reading: &Snapshot) {
        let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        self.rooms_max = self.rooms_max.max(small(reading.rooms));
        // Who waits uses the server too.
        self.people_max = self.people_max.max(small(reading.participants + reading.waiting));
        if let (Some(process), Some(all)) = (reading.process, machine.memory_bytes) {
            let permille = process.resident_bytes.saturating_mul(1_000) / all.max(1);
            self.memory_permille_max = self.memory_permille_max.max(to_permille(permille));
        }
    }

    /// What was used between two readings.
    fn add_use(&mut self, machine: Machine, seconds: u64, before: &Snapshot, after: &Snapshot) {
        if seconds == 0 || seconds > LARGEST_GAP {
            return;
        }
        let bytes = |s: &Snapshot| s.bytes_in.saturating_add(s.bytes_out);
        let sent = bytes(after).saturating_sub(bytes(before)).saturating_mul(8);
        self.bits = self.bits.saturating_add(sent);
        self.watched_seconds += seconds;
        if let (Some(before), Some(after)) = (before.process, after.process) {
            let worked_ms = after.cpu.saturating_sub(before.cpu).as_millis();
            let worked_ms = u64::try_from(worked_ms).unwrap_or(u64::MAX);
            self.cpu_permille_seconds += worked_ms / u64::from(machine.cores.max(1));
        }
    }

    fn sample(&self) -> LoadSample {
        let watched = self.watched_seconds.max(1);
        LoadSample {
            start: self.start,
            rooms_max: self.rooms_max,
            people_max: self.people_max,
            traffic_bps: self.bits / watched,
            cpu_permille: to_permille(self.cpu_permille_seconds / watched),
            memory_permille: self.memory_permille_max,
        }
    }
}

fn half_hour_of(now: u64) -> u64 {
    now - now % HALF_HOUR
}

fn to_permille(value: u64) -> u16 {
    u16::try_from(value.min(1_000)).unwrap_or(1_000)
}

#[cfg(test)]
mod tests {
    use super::super::process::ProcessUse;
    use super::*;
    use std::time::Duration;

    const MACHINE: Machine = Machine { cores: 2, memory_bytes: Some(4_000_000_000) };
    /// The start of some half-hour.
    const START: u64 = 1_000_000 * HALF_HOUR;

    fn reading(people: u64, bytes: u64, cpu_ms: u64) -> Snapshot {
        Snapshot {
            rooms: people / 3,
            participants: people,
            waiting: 1,
            bytes_in: bytes / 4,
            bytes_out: bytes - bytes / 4,
            process: Some(ProcessUse {
                cpu: Duration::from_millis(cpu_ms),
                resident_bytes: 400_000_000 + people,
            }),
            ..Snapshot::default()
        }
    }

    /// Ten seconds apart, from `from` seconds after START: 1 MB and half a second of CPU each.
    fn run(sampler: &mut Sampler, from: u64, to: u64, people: impl Fn(u64) -> u64) -> Vec<LoadSample> {
        (from..to)
            .step_by(10)
            .filter_map(|s| sampler.fold(START + s, &reading(people(s), s * 100_000, s * 50)))
            .collect()
    }

    #[test]
    fn a_half_hour_has_the_highest_numbers_and_the_mean_rates() {
        let mut sampler = Sampler::new(MACHINE);
        let saved = run(&mut sampler, 0, 1_810, |s| if s == 900 { 30 } else { 12 });
        let last = saved.last().expect("the half-hour is over");
        assert_eq!(
            *last,
            LoadSample {
                start: START,
                rooms_max: 10,
                people_max: 31,
                traffic_bps: 800_000,
                cpu_permille: 25,
                memory_permille: 100,
            }
        );
        // And five times in between.
        assert_eq!(saved.len(), 6);
        assert!(saved.iter().all(|s| s.start == START));
        assert_eq!(saved[0].people_max, 13);
    }

    #[test]
    fn a_restart_goes_on_with_the_half_hour() {
        let mut first = Sampler::new(MACHINE);
        let saved = run(&mut first, 0, 901, |_| 40);
        let mut second = Sampler::new(MACHINE);
        second.resume(*saved.last().expect("saved before"), START + 900);
        let quiet = Snapshot { bytes_in: 5, ..Snapshot::default() };
        let rest: Vec<LoadSample> =
            (900..1_810).step_by(10).filter_map(|s| second.fold(START + s, &quiet)).collect();
        let over = rest.last().expect("the half-hour is over");
        assert_eq!((over.start, over.people_max, over.rooms_max), (START, 41, 13));
        assert_eq!(over.traffic_bps, 400_000);
        assert_eq!(over.cpu_permille, 12);
    }

    #[test]
    fn a_saved_half_hour_of_another_time_is_left_alone() {
        let mut sampler = Sampler::new(MACHINE);
        let old = LoadSample { start: START - HALF_HOUR, people_max: 99, ..LoadSample::default() };
        sampler.resume(old, START + 5);
        assert_eq!(run(&mut sampler, 10, 320, |_| 1)[0].people_max, 2);
    }

    #[test]
    fn a_gap_and_a_clock_that_goes_back_invent_nothing() {
        let mut sampler = Sampler::new(MACHINE);
        run(&mut sampler, 0, 100, |_| 1);
        // The machine slept for ten minutes and had sent a lot just before.
        assert!(sampler.fold(START + 700, &reading(1, 1 << 40, 90_000_000)).is_some());
        // An hour back.
        let over = sampler
            .fold(START - 3_000, &reading(1, 1 << 41, 90_000_000))
            .expect("the half-hour that was begun is given out");
        assert_eq!((over.start, over.traffic_bps, over.cpu_permille), (START, 800_000, 25));
    }

    #[test]
    fn without_figures_of_the_process_the_rest_is_still_there() {
        let mut sampler = Sampler::new(Machine { cores: 1, memory_bytes: None });
        let blind = |people| Snapshot { participants: people, ..Snapshot::default() };
        sampler.fold(START, &blind(4));
        let saved = sampler.fold(START + HALF_HOUR, &blind(2)).expect("over");
        assert_eq!((saved.people_max, saved.cpu_permille, saved.memory_permille), (4, 0, 0));
    }
}
