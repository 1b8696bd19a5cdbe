//! How much of what was sent arrived, per second of the receiver's clock; and how much was lost. Pure.

/// Time is counted in buckets; the rate is that of the whole ones before the newest.
const BUCKET_US: i64 = 50_000;
const BUCKETS: usize = 11;
/// Loss is judged over the packets of about a second.
const LOSS_US: i64 = 1_000_000;
const LOSS_PACKETS_MIN: u32 = 20;

/// The bit rate that arrives.
pub(crate) struct ArrivalRate {
    bytes: [u64; BUCKETS],
    /// Number of the newest bucket since the clock's zero, and of the first ever.
    newest: Option<i64>,
    first: i64,
}

impl ArrivalRate {
    pub(crate) fn new() -> Self {
        Self { bytes: [0; BUCKETS], newest: None, first: 0 }
    }

    pub(crate) fn arrived(&mut self, arrival_us: i64, bytes: u16) {
        let bucket = arrival_us.div_euclid(BUCKET_US);
        let newest = *self.newest.get_or_insert_with(|| {
            self.first = bucket;
            bucket
        });
        if bucket > newest {
            for between in (newest + 1..=bucket).take(BUCKETS) {
                self.bytes[Self::place(between)] = 0;
            }
            if bucket - newest > BUCKETS as i64 {
                self.bytes = [0; BUCKETS];
                self.first = bucket;
            }
            self.newest = Some(bucket);
        } else if newest - bucket >= BUCKETS as i64 {
            return;
        }
        self.bytes[Self::place(bucket)] += u64::from(bytes);
    }

    fn place(bucket: i64) -> usize {
        bucket.rem_euclid(BUCKETS as i64) as usize
    }

    /// Bits a second over the last half second, or, `briefly`, over the last 200 ms. `None` before enough came.
    pub(crate) fn bps(&self, briefly: bool) -> Option<f64> {
        let newest = self.newest?;
        let wanted = if briefly { 4 } else { BUCKETS as i64 - 1 };
        let whole = (newest - self.first).min(wanted);
        if whole < 3 {
            return None;
        }
        let bytes: u64 = (newest - whole..newest).map(|bucket| self.bytes[Self::place(bucket)]).sum();
        Some(bytes as f64 * 8e6 / (whole * BUCKET_US) as f64)
    }
}

/// The share of packets that is lost.
pub(crate) struct Loss {
    since_us: i64,
    arrived: u32,
    absent: u32,
    last: Option<f64>,
}

impl Loss {
    pub(crate) fn new() -> Self {
        Self { since_us: 0, arrived: 0, absent: 0, last: None }
    }

    pub(crate) fn arrived(&mut self, late: bool) {
        self.arrived += 1;
        if late {
            self.absent = self.absent.saturating_sub(1);
        }
    }

    pub(crate) fn absent(&mut self) {
        self.absent += 1;
    }

    /// The share of the window that ended now, if one did.
    pub(crate) fn take(&mut self, now_us: i64) -> Option<f64> {
        let packets = self.arrived + self.absent;
        // A burst of losses is judged sooner: it is what a full queue does.
        let bad = packets >= LOSS_PACKETS_MIN && self.absent * 5 > packets;
        let due = if bad { LOSS_US / 4 } else { LOSS_US };
        if now_us - self.since_us < due || packets < LOSS_PACKETS_MIN {
            return None;
        }
        let share = f64::from(self.absent) / f64::from(packets);
        *self = Self { since_us: now_us, arrived: 0, absent: 0, last: Some(share) };
        Some(share)
    }

    /// That of the last window.
    pub(crate) fn last(&self) -> f64 {
        self.last.unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_half_second() {
        let mut rate = ArrivalRate::new();
        for ms in 0..2_000 {
            rate.arrived(ms * 1000, if ms < 1_000 { 500 } else { 125 });
        }
        assert_eq!((rate.bps(false), rate.bps(true)), (Some(1e6), Some(1e6)));
        rate.arrived(60_000_000, 500);
        assert_eq!(rate.bps(false), None, "an interruption begins anew");
    }

    #[test]
    fn loss_is_judged_by_the_second_and_sooner_when_it_is_bad() {
        let mut loss = Loss::new();
        for number in 0..100 {
            if number % 10 == 0 { loss.absent() } else { loss.arrived(false) }
        }
        loss.arrived(true);
        assert_eq!(loss.take(900_000), None);
        assert_eq!(loss.take(1_000_000).map(|share| (share * 1000.0).round()), Some(90.0));
        for _ in 0..20 {
            loss.absent();
        }
        assert_eq!((loss.take(1_250_000), loss.last()), (Some(1.0), 1.0));
    }
}
