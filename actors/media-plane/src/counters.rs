//! Figures that threads write and anybody reads: relaxed, because each is only ever a sum.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use crate::overload::Ceiling;
use crate::plane::RelayCount;
use crate::{Statistics, ThreadStatistics};

#[derive(Default)]
pub(crate) struct Counters {
    packets_in: AtomicU64,
    packets_out: AtomicU64,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    forwarded: AtomicU64,
    batched: AtomicU64,
    retransmitted: AtomicU64,
    refused: AtomicU64,
    busy_nanos: AtomicU64,
    missed: AtomicU64,
    relayed: AtomicU64,
    relay_dropped: AtomicU64,
    lowered: AtomicU8,
}

impl Counters {
    pub(crate) fn add(&self, more: &Statistics) {
        for (sum, more) in [
            (&self.packets_in, more.packets_in),
            (&self.packets_out, more.packets_out),
            (&self.bytes_in, more.bytes_in),
            (&self.bytes_out, more.bytes_out),
            (&self.forwarded, more.forwarded),
            (&self.batched, more.batched),
            (&self.retransmitted, more.retransmitted),
            (&self.refused, more.refused),
            (&self.missed, more.missed),
        ] {
            if more > 0 {
                sum.fetch_add(more, Ordering::Relaxed);
            }
        }
    }

    /// Time that the thread worked.
    pub(crate) fn worked(&self, time: Duration) {
        self.busy_nanos.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
    }

    pub(crate) fn lowered(&self, ceiling: Ceiling) {
        self.lowered.store(ceiling.step(), Ordering::Relaxed);
    }

    pub(crate) fn relayed(&self, count: RelayCount) {
        for (sum, more) in [(&self.relayed, count.relayed), (&self.relay_dropped, count.dropped)] {
            if more > 0 {
                sum.fetch_add(more, Ordering::Relaxed);
            }
        }
    }

    /// What the thread has done since its start.
    pub(crate) fn load(&self) -> ThreadStatistics {
        ThreadStatistics {
            busy: self.busy(),
            lowered: self.lowered.load(Ordering::Relaxed),
            relayed: self.relayed.load(Ordering::Relaxed),
            relay_dropped: self.relay_dropped.load(Ordering::Relaxed),
        }
    }

    fn busy(&self) -> Duration {
        Duration::from_nanos(self.busy_nanos.load(Ordering::Relaxed))
    }

    /// Adds these figures to `sum`.
    pub(crate) fn sum_into(&self, sum: &mut Statistics) {
        sum.packets_in += self.packets_in.load(Ordering::Relaxed);
        sum.packets_out += self.packets_out.load(Ordering::Relaxed);
        sum.bytes_in += self.bytes_in.load(Ordering::Relaxed);
        sum.bytes_out += self.bytes_out.load(Ordering::Relaxed);
        sum.forwarded += self.forwarded.load(Ordering::Relaxed);
        sum.batched += self.batched.load(Ordering::Relaxed);
        sum.retransmitted += self.retransmitted.load(Ordering::Relaxed);
        sum.refused += self.refused.load(Ordering::Relaxed);
        sum.missed += self.missed.load(Ordering::Relaxed);
    }
}
