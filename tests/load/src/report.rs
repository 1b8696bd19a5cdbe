//! Figures, for people and for programs.

use serde::Serialize;
use std::fmt::Write as _;

/// Of some microseconds.
#[derive(Clone, Copy, Default, Debug, Serialize, PartialEq, Eq)]
pub struct Percentiles {
    /// Half are no larger.
    pub p50: u32,
    /// 95 % are no larger.
    pub p95: u32,
    /// 99 % are no larger.
    pub p99: u32,
    /// The largest.
    pub max: u32,
}

/// What a run found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Who was to come.
    pub people: usize,
    /// Who has keys.
    pub connected: usize,
    /// Who received media.
    pub with_media: usize,
    /// People who can receive something.
    pub expected: usize,
    /// Who was not let in or thrown out, and why.
    pub failures: Vec<String>,
    /// Length of the measurement.
    pub seconds: f64,
    /// Received in it.
    pub packets: u64,
    /// Of all receivers together.
    pub packets_per_second: f64,
    /// How well the kernel merged what the server sent.
    pub packets_per_receive_call: f64,
    /// Missing ones as a share, told by sequence numbers.
    pub loss: f64,
    /// From the publisher's send to the arrival in the receiver's socket.
    pub delay_us: Percentiles,
    /// From `join` to the first media packet.
    pub join_us: Percentiles,
    /// Of the whole server, for a million packets that arrived.
    pub cpu_seconds_per_million: Option<f64>,
    /// Of its media threads.
    pub media_cpu_seconds_per_million: Option<f64>,
    /// CPU seconds a second.
    pub server_cores: Option<f64>,
    /// Bytes resident before anybody came.
    pub memory_idle: Option<u64>,
    /// Bytes for each connected person.
    pub memory_per_person: Option<u64>,
    /// Reports of missing packets from the server.
    pub nacks: u64,
    /// Requests of the server for key frames.
    pub key_frames_asked: u64,
    /// Of a ramp: people with media at the last good moment.
    pub good_until: Option<usize>,
}

impl Percentiles {
    /// Sorts the values; zeroes when there are none.
    pub(crate) fn of(values: &mut [u32]) -> Self {
        values.sort_unstable();
        let at = |percent: usize| {
            let place = (values.len() * percent).div_ceil(100).saturating_sub(1);
            values.get(place).copied().unwrap_or(0)
        };
        Self { p50: at(50), p95: at(95), p99: at(99), max: at(100) }
    }

    pub(crate) fn milliseconds(self) -> String {
        let ms = |us: u32| f64::from(us) / 1000.0;
        let (p50, p95, p99, max) = (ms(self.p50), ms(self.p95), ms(self.p99), ms(self.max));
        format!("p50 {p50:.2}  p95 {p95:.2}  p99 {p99:.2}  max {max:.2} ms")
    }
}

impl Report {
    /// In one line.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// For people.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: String| {
            writeln!(out, "{name:<28} {value}").ok();
        };
        line(
            "people",
            format!(
                "{}; {} connected, {} of {} receive",
                self.people, self.connected, self.with_media, self.expected
            ),
        );
        if let Some(good) = self.good_until {
            line("without loss or delay until", format!("{good} people"));
        }
        line(
            "packets received",
            format!("{} in {:.1} s, {:.0}/s", self.packets, self.seconds, self.packets_per_second),
        );
        line("packets in a receive call", format!("{:.1}", self.packets_per_receive_call));
        line("lost", format!("{:.4} %", self.loss * 100.0));
        line("forwarding delay", self.delay_us.milliseconds());
        line("join to first media packet", self.join_us.milliseconds());
        if let (Some(all), Some(media), Some(cores)) =
            (self.cpu_seconds_per_million, self.media_cpu_seconds_per_million, self.server_cores)
        {
            line("server CPU per million", format!("{all:.2} s, of it {media:.2} s in media threads"));
            line("server CPU", format!("{cores:.2} cores"));
        }
        if let (Some(idle), Some(each)) = (self.memory_idle, self.memory_per_person) {
            line("server memory", format!("{:.1} MB before, {} kB a person", idle as f64 / 1e6, each / 1000));
        }
        line("NACKs, key frames asked for", format!("{}, {}", self.nacks, self.key_frames_asked));
        for failure in self.failures.iter().take(5) {
            line("failure", failure.clone());
        }
        if self.failures.len() > 5 {
            line("failures", self.failures.len().to_string());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let mut values: Vec<u32> = (1..=200).rev().collect();
        assert_eq!(Percentiles::of(&mut values), Percentiles { p50: 100, p95: 190, p99: 198, max: 200 });
        assert_eq!(Percentiles::of(&mut []), Percentiles::default());
        assert_eq!(Percentiles::of(&mut [7]), Percentiles { p50: 7, p95: 7, p99: 7, max: 7 });
    }
}
