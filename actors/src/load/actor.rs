//! The shell around the sampler: reads meter and clock every ten seconds and carries finished half-hours to the store.
//!
//! One write at a time; what becomes due meanwhile waits in a single place, where a newer sample replaces an older one of
//! the same half-hour. A write that fails is reported and tried again with the next one.

use super::meter::SharedMeter;
use super::sampler::{HALF_HOUR, Sampler};
use crate::store::{LoadSample, SharedStore};
use actix::fut::{ActorFutureExt, WrapFuture};
use actix::{Actor, AsyncContext, Context};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Time between two readings.
const READ_EVERY: Duration = Duration::from_secs(10);
/// More half-hours than this are not kept waiting for a store that fails: the oldest goes.
const WAITING_MAX: usize = 48;

/// Watches the load as long as it lives; takes no messages.
pub struct Load {
    meter: SharedMeter,
    store: SharedStore,
    sampler: Sampler,
    waiting: Vec<LoadSample>,
    writing: bool,
}

impl Load {
    /// Not yet watching: `start()` it.
    pub fn new(meter: SharedMeter, store: SharedStore) -> Self {
        Self { sampler: Sampler::new(meter.machine()), meter, store, waiting: Vec::new(), writing: false }
    }

    fn read(&mut self, ctx: &mut Context<Self>) {
        if let Some(sample) = self.sampler.fold(unix_seconds(), &self.meter.snapshot()) {
            queue(&mut self.waiting, sample);
            self.write(ctx);
        }
    }

    fn write(&mut self, ctx: &mut Context<Self>) {
        if self.writing {
            return;
        }
        let Some(&sample) = self.waiting.first() else {
            return;
        };
        self.writing = true;
        let store = self.store.clone();
        let written = async move { store.put_load(sample).await }.into_actor(self);
        ctx.spawn(written.map(move |result, this, ctx| {
            this.writing = false;
            match result {
                Ok(()) => {
                    this.waiting.retain(|waiting| *waiting != sample);
                    this.write(ctx);
                }
                Err(error) => tracing::error!(%error, "the load figures were not saved"),
            }
        }));
    }
}

impl Actor for Load {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        // Nobody sends it anything.
        ctx.set_mailbox_capacity(1);
        let now = unix_seconds();
        let store = self.store.clone();
        let saved = async move { store.load_since(now - now % HALF_HOUR).await }.into_actor(self);
        ctx.wait(saved.map(move |saved, this, ctx| {
            match saved {
                Ok(samples) => samples.iter().for_each(|sample| this.sampler.resume(*sample, now)),
                Err(error) => tracing::error!(%error, "the load figures were not read"),
            }
            this.read(ctx);
            ctx.run_interval(READ_EVERY, Self::read);
        }));
    }
}

/// At the end, over an older state of the same half-hour.
fn queue(waiting: &mut Vec<LoadSample>, sample: LoadSample) {
    waiting.retain(|older| older.start != sample.start);
    if waiting.len() >= WAITING_MAX {
        waiting.remove(0);
    }
    waiting.push(sample);
}

#[expect(clippy::disallowed_methods, reason = "the load's one reading of the wall clock")]
fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_the_store_is_bounded_and_newest() {
        let sample = |start, people_max| LoadSample { start, people_max, ..LoadSample::default() };
        let mut waiting = Vec::new();
        for start in 0..60 {
            queue(&mut waiting, sample(start, 1));
        }
        queue(&mut waiting, sample(59, 2));
        assert_eq!(waiting.len(), WAITING_MAX);
        assert_eq!(waiting.first(), Some(&sample(12, 1)));
        assert_eq!(waiting.last(), Some(&sample(59, 2)));
    }
}
