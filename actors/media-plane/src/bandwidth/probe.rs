//! Whether the line carries more than is being sent: for a moment padding is sent beside the media, and the rate at
//! which both arrive is the answer (after libwebrtc's `ProbeController` and `ProbeBitrateEstimator`). Pure.
//!
//! Only when somebody would use more. A probe that finds no more than is known makes the next one wait longer; one that
//! found some goes on soon, whether the line carried all of it or its receiver's clock was disturbed by a busy machine.

use super::sent::Packet;

/// A probe lasts so long: its queue, if it is too much, is no longer than half of that.
const LENGTH_US: i64 = 60_000;
/// Padding is sent in steps.
const STEP_US: i64 = 5_000;
/// From the last packet of a probe to its judgement, beside the round trip.
const PATIENCE_US: i64 = 250_000;
const PAUSE_US: i64 = 200_000;
/// After a probe that found more, but not all.
const AGAIN_US: i64 = 1_000_000;
/// So much more is more.
const GAIN: f64 = 1.05;
const BACKOFF_MIN_US: i64 = 3_000_000;
const BACKOFF_MAX_US: i64 = 12_000_000;
/// So much more than the estimate is tried at once.
const FACTOR: f64 = 2.0;
const PACKETS_MIN: u32 = 5;

struct Probe {
    number: u8,
    bps: f64,
    /// What was estimated before it.
    known_bps: f64,
    /// When its first step was sent.
    began_us: i64,
    step_us: i64,
    sent_bytes: i64,
    arrived: Arrived,
}

#[derive(Default)]
struct Arrived {
    packets: u32,
    bytes: i64,
    /// Those of the first step, which the measure of time begins after.
    first_bytes: i64,
    first_sent_us: i64,
    last_sent_us: i64,
    first_us: i64,
    last_us: i64,
}

/// What a probe found.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Found {
    /// The line carried it all.
    Carried(f64),
    /// It carried so much of it.
    Limit(f64),
    /// Too little was heard of it.
    Nothing,
}

pub(crate) struct Prober {
    probe: Option<Probe>,
    number: u8,
    next_us: i64,
    backoff_us: i64,
}

impl Prober {
    pub(crate) fn new() -> Self {
        Self { probe: None, number: 0, next_us: i64::MIN, backoff_us: BACKOFF_MIN_US }
    }

    /// Begins a probe if one is allowed now.
    pub(crate) fn want(&mut self, now_us: i64, wanted_bps: f64, estimate_bps: f64) {
        if self.probe.is_some() || now_us < self.next_us || wanted_bps <= estimate_bps {
            return;
        }
        self.number = self.number % u8::MAX + 1;
        self.probe = Some(Probe {
            number: self.number,
            bps: wanted_bps.min(FACTOR * estimate_bps),
            known_bps: estimate_bps,
            began_us: now_us,
            step_us: now_us,
            sent_bytes: 0,
            arrived: Arrived::default(),
        });
    }

    /// The line has too much already.
    pub(crate) fn abort(&mut self, now_us: i64) {
        if self.probe.take().is_some() {
            self.fail(now_us);
        }
    }

    fn fail(&mut self, now_us: i64) {
        self.next_us = now_us + self.backoff_us;
        self.backoff_us = (self.backoff_us * 2).min(BACKOFF_MAX_US);
    }

    /// Number for the packets that are sent now; 0 outside of probes.
    pub(crate) fn number(&self, now_us: i64) -> u8 {
        let running = self.probe.as_ref().filter(|probe| now_us <= probe.began_us + LENGTH_US);
        running.map_or(0, |probe| probe.number)
    }

    /// A packet with the probe's number was sent.
    pub(crate) fn sent(&mut self, bytes: u16) {
        if let Some(probe) = &mut self.probe {
            probe.sent_bytes += i64::from(bytes);
        }
    }

    /// When the next padding, or the judgement, is due.
    pub(crate) fn deadline(&self) -> Option<i64> {
        self.probe.as_ref().map(|probe| probe.step_us)
    }

    /// Bytes of padding to send now.
    pub(crate) fn padding(&mut self, now_us: i64) -> usize {
        let Some(probe) = &mut self.probe else { return 0 };
        let last = probe.began_us + LENGTH_US;
        if probe.step_us > last || now_us < probe.step_us {
            return 0;
        }
        if now_us > last + STEP_US {
            // The thread was late; what was sent is judged.
            probe.step_us = now_us + PATIENCE_US;
            return 0;
        }
        let until = (now_us - probe.began_us + STEP_US).min(LENGTH_US + STEP_US);
        probe.step_us = now_us + STEP_US;
        if probe.step_us > last {
            probe.step_us = now_us + PATIENCE_US;
        }
        let wanted = (probe.bps * until as f64 / 8e6) as i64;
        (wanted - probe.sent_bytes).max(0) as usize
    }

    /// A packet with a probe's number arrived.
    pub(crate) fn arrived(&mut self, packet: &Packet, arrival_us: i64) {
        let Some(probe) = self.probe.as_mut().filter(|probe| probe.number == packet.probe) else { return };
        let seen = &mut probe.arrived;
        if seen.packets == 0 {
            (seen.first_sent_us, seen.first_us) = (packet.sent_us, arrival_us);
        }
        if packet.sent_us - seen.first_sent_us < STEP_US / 2 {
            seen.first_bytes += i64::from(packet.bytes);
            seen.first_us = seen.first_us.max(arrival_us);
        }
        seen.packets += 1;
        seen.bytes += i64::from(packet.bytes);
        seen.last_sent_us = seen.last_sent_us.max(packet.sent_us);
        seen.last_us = seen.last_us.max(arrival_us);
    }

    /// Judges the probe when its time has come, or everything of it arrived.
    pub(crate) fn judge(&mut self, now_us: i64, round_trip_us: i64) -> Option<Found> {
        let probe = self.probe.as_ref()?;
        let over = now_us > probe.began_us + LENGTH_US + STEP_US;
        let complete = probe.arrived.bytes >= probe.sent_bytes;
        let late = now_us > probe.began_us + LENGTH_US + PATIENCE_US + round_trip_us;
        if !over || !(complete || late) {
            return None;
        }
        let probe = self.probe.take()?;
        let found = probe.found();
        match found {
            Found::Carried(_) => {
                (self.next_us, self.backoff_us) = (now_us + PAUSE_US, BACKOFF_MIN_US);
            }
            Found::Limit(bps) if bps > GAIN * probe.known_bps => self.next_us = now_us + AGAIN_US,
            // Media came in a burst, so that there was no time to measure over.
            Found::Nothing if complete => self.next_us = now_us + PAUSE_US,
            Found::Limit(_) | Found::Nothing => self.fail(now_us),
        }
        Some(found)
    }
}

impl Probe {
    fn found(&self) -> Found {
        let seen = &self.arrived;
        let (sent_us, arrived_us) = (seen.last_sent_us - seen.first_sent_us, seen.last_us - seen.first_us);
        let enough = seen.packets >= PACKETS_MIN && seen.bytes * 2 > self.sent_bytes;
        if !enough || sent_us < LENGTH_US / 2 || arrived_us <= 0 {
            return Found::Nothing;
        }
        let bits = ((seen.bytes - seen.first_bytes) * 8) as f64 * 1e6;
        let (sent, arrived) = (bits / sent_us as f64, bits / arrived_us as f64);
        let lost = 1.0 - seen.bytes as f64 / self.sent_bytes as f64;
        if arrived >= 0.9 * sent && lost < 0.15 {
            Found::Carried(arrived.min(self.bps))
        } else {
            Found::Limit(0.9 * arrived.min(sent))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A probe of 2 Mbit/s where 1 is known, whose packets take `stretch` times as long to arrive as to be sent; then how
    /// long until the next one begins.
    fn next_after(stretch: i64, at_once: bool) -> (Found, i64) {
        let mut prober = Prober::new();
        let (mut now_us, mut found, mut under_way) = (1_000_000, None, Vec::new());
        let began_us = now_us;
        prober.want(now_us, 5e6, 1e6);
        while found.is_none() {
            let bytes = if at_once && now_us == began_us { 20_000 } else { prober.padding(now_us) };
            for _ in 0..bytes / 250 {
                let probe = prober.number(now_us);
                prober.sent(250);
                under_way.push(Packet { sent_us: now_us, bytes: 250, probe });
            }
            for packet in under_way.drain(..) {
                prober.arrived(&packet, began_us + (packet.sent_us - began_us) * stretch / 10);
            }
            now_us += 1_000;
            found = prober.judge(now_us, 10_000);
        }
        let judged_us = now_us;
        while prober.deadline().is_none() {
            now_us += 10_000;
            prober.want(now_us, 5e6, 1e6);
        }
        (found.unwrap(), (now_us - judged_us) / 1_000)
    }

    #[test]
    fn whoever_found_more_goes_on_soon() {
        let (found, pause_ms) = next_after(10, false);
        assert!(matches!(found, Found::Carried(bps) if (1.9e6..=2e6).contains(&bps)), "{found:?}");
        assert_eq!(pause_ms, 200);
        let (found, pause_ms) = next_after(15, false);
        assert!(matches!(found, Found::Limit(bps) if (1.1e6..1.3e6).contains(&bps)), "{found:?}");
        assert_eq!(pause_ms, 1_000);
        let (found, pause_ms) = next_after(20, false);
        assert!(matches!(found, Found::Limit(bps) if bps < 1e6), "{found:?}");
        assert_eq!(pause_ms, 3_000);
    }

    /// Key frames of several pictures, as when somebody comes in, leave no room for padding.
    #[test]
    fn a_burst_of_media_is_no_failed_probe() {
        assert_eq!(next_after(10, true), (Found::Nothing, 200));
    }
}
