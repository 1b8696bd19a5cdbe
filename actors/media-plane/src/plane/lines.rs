//! The lines of the peers: feedback to publishers, estimates towards receivers, and the padding of probes.
//!
//! One tick of 100 ms for all peers of the thread, and only while something arrives or is sent.

use std::time::{Duration, Instant};

use super::egress::{Batch, Class};
use super::{Plane, peer::Peer};
use crate::api::Event;
use crate::layers::Bitrate;
use crate::rtcp::OURS;
use crate::rtp::pad;

pub(super) const TICK: Duration = Duration::from_millis(100);
/// A line is allotted anew so often, and when its estimate fell.
const ALLOT_US: i64 = 500_000;
/// Between two notices to a client.
const QUALITY_US: i64 = 1_000_000;
/// The most that padding can be (RFC 3550 §5.1): a packet of a probe is nothing else.
const PADDING: usize = 255;

/// Padding to be sent to a peer on a slot's retransmission source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Padding {
    at: u32,
    packets: usize,
}

impl Plane {
    /// µs since the thread began: the time of everything about lines.
    pub(super) fn micros(&self, now: Instant) -> i64 {
        now.saturating_duration_since(self.wall.at).as_micros() as i64
    }

    pub(super) fn lines_deadline(&self) -> Option<Instant> {
        [self.lines_due, self.probes_due].into_iter().flatten().min()
    }

    pub(super) fn lines_timeout(&mut self, now: Instant) {
        if self.lines_due.is_some_and(|at| at <= now) {
            self.lines_due = None;
            for at in self.peers.numbers() {
                self.feed_back(now, at);
                self.estimate(now, at);
                self.allot(now, at);
                self.tell_quality(now, at);
            }
        }
        if self.probes_due.is_some_and(|at| at <= now) {
            self.probes_due = None;
            for at in self.peers.numbers() {
                self.probe_line(now, at);
            }
        }
    }

    /// Something arrived or was sent: the next tick has something to do.
    pub(super) fn line_used(&mut self, now: Instant) {
        self.lines_due.get_or_insert(now + TICK);
    }

    /// Tells a publisher what arrived of it.
    fn feed_back(&mut self, now: Instant, at: u32) {
        let now_us = self.micros(now);
        let Some(peer) = self.peers.get_mut(at).filter(|peer| peer.arrivals.fresh()) else { return };
        let theirs = peer.sources.keys().next().copied().unwrap_or(0);
        let feedback = peer.arrivals.feedback(now_us, OURS, theirs);
        let more = peer.arrivals.fresh();
        let sealed = feedback.and_then(|plain| peer.outbound.as_mut()?.seal_rtcp(&plain));
        if let (Some(to), Some(sealed)) = (peer.reachable(), sealed) {
            self.control.push((to, sealed));
        }
        if more {
            self.line_used(now);
        }
    }

    fn estimate(&mut self, now: Instant, at: u32) {
        let now_us = self.micros(now);
        let Some(estimator) = self.peers.get_mut(at).and_then(|peer| peer.budget.estimator_mut()) else {
            return;
        };
        estimator.tick(now_us);
        if estimator.awaits_feedback() {
            self.line_used(now);
        }
        self.probe_line(now, at);
    }

    /// Allots a receiver's line anew: at once when it carries less, else now and then.
    fn allot(&mut self, now: Instant, at: u32) {
        let now_us = self.micros(now);
        let Some(peer) = self.peers.get(at).filter(|peer| peer.reachable().is_some()) else { return };
        let Some(bps) = peer.budget.bps(now_us) else { return };
        let (since_us, budget) = peer.allotted;
        if now_us - since_us >= ALLOT_US || (bps as u64) < budget / 100 * 97 {
            self.review(now, at);
        }
    }

    /// Tells a client what became of its slots, once a second at most.
    fn tell_quality(&mut self, now: Instant, at: u32) {
        let now_us = self.micros(now);
        let Some(peer) = self.peers.get_mut(at) else { return };
        let changed = peer.views.iter().any(|view| view.quality.is_some() && view.quality != view.told);
        if !changed {
            return;
        }
        if now_us - peer.told_us < QUALITY_US {
            return self.line_used(now);
        }
        peer.told_us = now_us;
        let mut slots = Vec::new();
        for (slot, view) in peer.slots.iter().zip(&mut peer.views) {
            if view.quality != view.told {
                view.told = view.quality;
                slots.extend(view.quality.map(|quality| (slot.id, quality)));
            }
        }
        let estimate = peer.budget.bps(now_us).map(|bps| Bitrate(bps as u64));
        let event = Event::Quality(peer.id, slots, estimate);
        self.events.push_back(event);
    }

    /// The next step of a peer's probe.
    pub(super) fn probe_line(&mut self, now: Instant, at: u32) {
        let now_us = self.micros(now);
        // A probe that cannot be sent would say that the line carries nothing.
        let peer = self.peers.get_mut(at).filter(|peer| peer.reachable().is_some());
        let Some(estimator) = peer.and_then(|peer| peer.budget.estimator_mut()) else { return };
        let packets = estimator.padding(now_us).div_ceil(PADDING);
        let next_us = estimator.probe_deadline();
        if packets > 0 {
            self.padding.push(Padding { at, packets });
        }
        if let Some(next_us) = next_us {
            let next = self.wall.at + Duration::from_micros(next_us.max(now_us + 1000) as u64);
            self.probes_due = Some(self.probes_due.map_or(next, |due| due.min(next)));
        }
    }

    /// Writes the padding that is due.
    pub(super) fn fill_padding(&mut self, now_us: i64, batch: &mut Batch) {
        while let Some(Padding { at, packets }) = self.padding.pop() {
            let Some(peer) = self.peers.get_mut(at) else { continue };
            let Some(to) = peer.reachable() else { continue };
            let Some(number) = peer.slots.iter().position(|slot| slot.id.is_video()) else { continue };
            let class = Class::Picture { slot: number as u16, timestamp: 0 };
            let (mut start, first) = (batch.bytes.len(), batch.bytes.len());
            for _ in 0..packets {
                let begin = batch.bytes.len();
                if write_padding(peer, number, now_us, &mut batch.bytes).is_none() {
                    batch.bytes.truncate(begin);
                    break;
                }
                self.counted.packets_out += 1;
                if to.is_stream() {
                    batch.close(to, start, 0, class);
                    start = batch.bytes.len();
                }
            }
            let segment = (batch.bytes.len() - first) / packets.max(1);
            batch.close(to, start, segment, class);
        }
    }
}

fn write_padding(peer: &mut Peer, number: usize, now_us: i64, out: &mut Vec<u8>) -> Option<()> {
    let slot = peer.slots.get_mut(number)?;
    let (kind, timestamp) = (slot.padding_type()?, slot.timestamp());
    let (start, index) = (out.len(), slot.rtx_index);
    slot.rtx_index += 1;
    let transport = peer.budget.next_seq_no();
    slot.rtx_template.write(out, false, kind, index as u16, timestamp, transport);
    let header = slot.rtx_template.len();
    pad(out, start, PADDING);
    if !peer.outbound.as_mut()?.seal(out, start, header, index) {
        return None;
    }
    peer.budget.sent(now_us, out.len() - start);
    Some(())
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
