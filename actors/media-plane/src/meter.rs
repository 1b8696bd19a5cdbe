//! How many bits a second a track brings, by temporal layer. Pure.

use std::time::{Duration, Instant};

use crate::layers::Bitrate;
use crate::thinning::TEMPORAL_MAX;

/// How long is counted before the figure changes: longer than the pattern of temporal layers, shorter than people wait.
const WINDOW: Duration = Duration::from_millis(500);
/// What a packet is larger on the wire than its payload: RTP header with extensions, authentication tag, padding.
const OVERHEAD: u32 = 44;

#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Meter {
    since: Option<Instant>,
    bytes: [u32; TEMPORAL_MAX as usize + 1],
    bits: Option<[u64; TEMPORAL_MAX as usize + 1]>,
}

impl Meter {
    pub(crate) fn add(&mut self, now: Instant, temporal: u8, payload: usize) {
        let since = *self.since.get_or_insert(now);
        let passed = now.saturating_duration_since(since);
        if passed >= WINDOW {
            let per_second = |bytes: u32| (f64::from(bytes) * 8.0 / passed.as_secs_f64()) as u64;
            let measured = self.bytes.map(per_second);
            // After a pause it is likely to go on as before.
            let paused = passed >= 4 * WINDOW;
            let parts = if paused { 4 } else { 2 };
            self.bits = match self.bits {
                Some(before) => {
                    Some(std::array::from_fn(|layer| (before[layer] * (parts - 1) + measured[layer]) / parts))
                }
                None => (!paused).then_some(measured),
            };
            (self.since, self.bytes) = (Some(now), Default::default());
        }
        let layer = usize::from(temporal.min(TEMPORAL_MAX));
        self.bytes[layer] = self.bytes[layer].saturating_add(payload as u32 + OVERHEAD);
    }

    /// Bits a second of the frames up to each temporal layer; nothing while it is not known.
    pub(crate) fn rates(&self) -> [Bitrate; TEMPORAL_MAX as usize + 1] {
        let mut sum = 0;
        self.bits.unwrap_or_default().map(|bits| {
            sum += bits;
            Bitrate(sum)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn rates_add_up_and_follow_within_a_second() {
        let start = Instant::now();
        let mut meter = Meter::default();
        assert_eq!(meter.rates(), [Bitrate(0); 4]);
        // 100 packets a second of 1,000 bytes, every other one in layer 1: 800 kbit/s.
        for packet in 0..=100 {
            meter.add(start + Duration::from_millis(10 * packet), packet as u8 % 2, 1000 - OVERHEAD as usize);
        }
        let [base, all, _, top] = meter.rates().map(|rate| rate.0);
        assert!((380_000..420_000).contains(&base) && (760_000..840_000).contains(&all), "{base} {all}");
        assert_eq!(top, all);
        // A pause is no low rate; one that really is low is believed in time.
        meter.add(start + Duration::from_secs(60), 0, 1000);
        assert!((550_000..650_000).contains(&meter.rates()[3].0));
        (61..75).for_each(|second| meter.add(start + Duration::from_secs(second), 0, 1000));
        assert!(meter.rates()[3].0 < 20_000);
        let mut meter = Meter::default();
        meter.add(start, 0, 1000);
        meter.add(start + Duration::from_secs(60), 0, 1000);
        assert_eq!(meter.rates(), [Bitrate(0); 4], "nothing was measured yet");
    }
}
