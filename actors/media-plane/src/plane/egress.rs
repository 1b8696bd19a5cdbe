//! What is sent: per peer, packets are written one after the other into one buffer, padded to equal sizes, sealed in
//! place, and described so that the kernel takes each run of them as one datagram to cut up (UDP_SEGMENT).
//!
//! libwebrtc's packets of one frame differ by a byte (MEDIA.md §4): up to 16 bytes of padding make a frame one send.
//! The history keeps the unpadded packet.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::peer::{Peer, Waiting};
use super::{LANES, Lane, Plane};
use crate::route::{Route, StreamId};
use crate::rtp::pad;
use crate::slab::Slab;
use crate::track::Track;

/// Padding per packet at most.
const PAD_MAX: usize = 16;
/// Segments the kernel takes in one send (UDP_MAX_SEGMENTS of older kernels), and bytes (a UDP datagram).
const SEGMENTS_MAX: usize = 64;
const RUN_BYTES_MAX: usize = 60_000;
/// So many packets in one send count as a batch in the figures.
const BATCHED_MIN: u64 = 4;
/// A batch goes to the kernel at about this size: it stays in the second-level cache.
const BATCH_BYTES: usize = 192 * 1024;
const BATCH_MESSAGES: usize = 64;
/// Video that follows video closer than this waits for company, and a picture for its last packet: nobody can show a part of one.
pub(super) const HOLD: Duration = Duration::from_millis(2);

/// One send: `len` bytes at `start`, cut into datagrams of `segment` bytes (the last may be shorter).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    pub(crate) to: SocketAddr,
    pub(crate) start: usize,
    pub(crate) len: usize,
    pub(crate) segment: usize,
}

/// What one packet on a TCP connection is: decides what a slow reader misses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// STUN, DTLS, RTCP, audio: the last to be given up.
    Needed,
    /// A part of a picture, also when it is sent again. Parts of the same picture are equal.
    Picture { slot: u16, timestamp: u32 },
}

/// One packet for a TCP connection: `len` bytes at `start`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Streamed {
    pub(crate) to: StreamId,
    pub(crate) start: usize,
    pub(crate) len: usize,
    pub(crate) class: Class,
}

/// Datagrams ready for the kernel. Used again and again.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    pub(crate) messages: Vec<Message>,
    /// What goes by TCP, in its order.
    pub(crate) streamed: Vec<Streamed>,
}

impl Batch {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.messages.clear();
        self.streamed.clear();
    }

    pub(crate) fn is_full(&self) -> bool {
        self.bytes.len() >= BATCH_BYTES || self.messages.len() >= BATCH_MESSAGES
    }

    /// Everything from `start` on is one send; on a connection it is one packet of the class.
    pub(super) fn close(&mut self, to: Route, start: usize, segment: usize, class: Class) {
        let len = self.bytes.len() - start;
        match to {
            _ if len == 0 => {}
            Route::Udp(to) => self.messages.push(Message { to, start, len, segment }),
            Route::Stream(to, _) => self.streamed.push(Streamed { to, start, len, class }),
        }
    }
}

impl Plane {
    /// Fills the empty batch with what is to be sent now. True when there may be more.
    pub(crate) fn fill(&mut self, now: Instant, batch: &mut Batch) -> bool {
        for (to, datagram) in self.control.drain(..) {
            let start = batch.bytes.len();
            batch.bytes.extend_from_slice(&datagram);
            batch.close(to, start, datagram.len(), Class::Needed);
            self.counted.packets_out += 1;
        }
        let now_us = self.micros(now);
        self.fill_padding(now_us, batch);
        for lane in LANES {
            if lane == Lane::Video && !self.video_is_due(now) {
                continue;
            }
            while let Some(at) = self.waiting[lane as usize].pop() {
                self.fill_lane(now, at, lane, batch);
                if batch.is_full() {
                    self.counted.bytes_out += batch.bytes.len() as u64;
                    return true;
                }
            }
            if lane == Lane::Video {
                (self.video_sent, self.picture_open) = (Some(now), None);
            }
        }
        self.counted.bytes_out += batch.bytes.len() as u64;
        false
    }

    /// Until when video waits, if any does.
    pub(super) fn video_deadline(&self, now: Instant) -> Option<Instant> {
        let waits = !self.waiting[Lane::Video as usize].is_empty();
        let since = self.video_sent.max(self.picture_open);
        waits.then(|| since.map_or(now, |since| since + HOLD))
    }

    fn video_is_due(&self, now: Instant) -> bool {
        self.video_deadline(now).is_some_and(|at| at <= now)
    }

    fn fill_lane(&mut self, now: Instant, at: u32, lane: Lane, batch: &mut Batch) {
        self.line_used(now);
        let now_us = self.micros(now);
        let Some(peer) = self.peers.get_mut(at) else { return };
        let waiting = peer.take_lane(lane);
        if let Some(to) = peer.reachable() {
            let mut rest = waiting.as_slice();
            while !rest.is_empty() {
                let (run, size) = if to.is_stream() { (1, 0) } else { next_run(peer, rest) };
                let class = class_of(peer, &rest[0]);
                let start = batch.bytes.len();
                let (mut segment, mut written) = (0, 0);
                for (position, packet) in rest[..run].iter().enumerate() {
                    let last = position + 1 == run;
                    let begin = batch.bytes.len();
                    if write(peer, &self.tracks, packet, if last { 0 } else { size }, &mut batch.bytes)
                        .is_some()
                    {
                        let bytes = batch.bytes.len() - begin;
                        peer.budget.sent(now_us, bytes);
                        segment = segment.max(bytes);
                        written += 1;
                        let kind = if packet.resend.is_some() {
                            &mut self.counted.retransmitted
                        } else {
                            &mut self.counted.forwarded
                        };
                        *kind += 1;
                    } else {
                        batch.bytes.truncate(begin);
                    }
                }
                self.counted.packets_out += written;
                if written >= BATCHED_MIN {
                    self.counted.batched += written;
                }
                batch.close(to, start, segment, class);
                rest = &rest[run..];
            }
        }
        peer.give_back(lane, waiting);
    }
}

fn class_of(peer: &Peer, packet: &Waiting) -> Class {
    let slot = peer.slots.get(usize::from(packet.slot));
    if slot.is_some_and(|slot| slot.id.is_video()) {
        Class::Picture { slot: packet.slot, timestamp: packet.timestamp }
    } else {
        Class::Needed
    }
}

/// Length of a packet before padding and sealing.
fn plain_len(peer: &Peer, packet: &Waiting) -> usize {
    let slot = peer.slots.get(usize::from(packet.slot));
    let header = slot.map_or(0, |slot| slot.template.len());
    header + usize::from(packet.payload) + if packet.resend.is_some() { 2 } else { 0 }
}

/// How many of the packets go out as one send, and the size to pad all but the last of them to.
fn next_run(peer: &Peer, packets: &[Waiting]) -> (usize, usize) {
    let Some(first) = packets.first() else { return (0, 0) };
    let mut last = plain_len(peer, first);
    let (mut largest, mut smallest_before, mut count) = (last, usize::MAX, 1);
    for packet in packets[1..].iter().take(SEGMENTS_MAX - 1) {
        let len = plain_len(peer, packet);
        let (larger, smaller) = (largest.max(len), smallest_before.min(last));
        if larger - smaller > PAD_MAX || (larger + 16) * (count + 1) > RUN_BYTES_MAX {
            break;
        }
        (largest, smallest_before, last, count) = (larger, smaller, len, count + 1);
    }
    (count, largest)
}

/// Writes one packet, padded to `size` at least, and seals it. `None` if it is no longer to be had.
fn write(
    peer: &mut Peer,
    tracks: &Slab<Track>,
    packet: &Waiting,
    size: usize,
    out: &mut Vec<u8>,
) -> Option<()> {
    let track = tracks.get(packet.key.track).filter(|track| track.key == packet.key)?;
    let stored = track.history.get(packet.source_index)?;
    let slot = peer.slots.get(usize::from(packet.slot))?;
    let format = slot.format(track.codec)?;
    let (start, transport) = (out.len(), peer.budget.next_seq_no());
    let (template, index) = match packet.resend {
        Some(index) => {
            let (seq_no, kind) = (index as u16, format.rtx?);
            slot.rtx_template.write(out, stored.marker, kind, seq_no, packet.timestamp, transport);
            out.extend_from_slice(&(packet.index as u16).to_be_bytes());
            (&slot.rtx_template, index)
        }
        None => {
            let (seq_no, kind) = (packet.index as u16, format.payload_type);
            slot.template.write(out, stored.marker, kind, seq_no, packet.timestamp, transport);
            (&slot.template, packet.index)
        }
    };
    let payload = out.len();
    out.extend_from_slice(&stored.payload);
    if let Some(vp8) = stored.head.vp8 {
        vp8.renumber(&mut out[payload..], packet.picture_by, packet.tl0_by);
    }
    let missing = (start + size).saturating_sub(out.len());
    pad(out, start, missing);
    let header = template.len();
    if !peer.outbound.as_mut()?.seal(out, start, header, index) {
        return None;
    }
    if let Some(sealed) = peer.slots[usize::from(packet.slot)].sealed.as_mut() {
        sealed.keep(index as u16, &out[start..]);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{SlotId, Uplink};
    use crate::plane::testing::Hall;

    const MS: Duration = Duration::from_millis(1);

    /// How many packets each send has that leaves now.
    fn sends(hall: &mut Hall) -> Vec<usize> {
        let mut batch = Batch::default();
        hall.plane.fill(hall.now, &mut batch);
        let packets = |message: &Message| message.len.div_ceil(message.segment);
        batch.messages.iter().map(packets).collect()
    }

    /// A guest that watches another's camera, and has seen its key frame.
    fn watched() -> (Hall, usize) {
        let mut hall = Hall::new();
        let publisher = hall.join(1);
        hall.allow(publisher, Uplink::Camera);
        let guest = hall.join(2);
        hall.feed(guest, SlotId::Video(0), 1, Uplink::Camera);
        hall.part(publisher, 0, true);
        hall.pass(100);
        hall.plane.take_statistics();
        (hall, publisher)
    }

    impl Hall {
        /// A packet of a picture whose packets differ by a byte, as libwebrtc's do.
        fn part(&mut self, publisher: usize, number: u16, last: bool) {
            let mut payload = vec![0x90, 0x80, 0x80, 1, if number == 0 { 0x10 } else { 0x11 }];
            payload.resize(1100 + usize::from(number % 2), 0x5a);
            let (from, mut packet) =
                self.sealed_part(publisher, number, 3000 * u32::from(number > 0), &payload, last);
            self.plane.datagram(self.now, from, &mut packet);
        }
    }

    #[test]
    fn a_picture_that_comes_piece_by_piece_leaves_as_one_send() {
        let (mut hall, publisher) = watched();
        for number in 1..=6 {
            assert_eq!(sends(&mut hall), [0; 0], "nobody can show a part of a picture");
            hall.part(publisher, number, number == 6);
            hall.now += MS / 5;
        }
        assert_eq!(sends(&mut hall), [6]);
        let counted = hall.plane.take_statistics();
        assert_eq!((counted.forwarded, counted.batched), (6, 6));
    }

    #[test]
    fn a_picture_whose_end_does_not_come_is_not_waited_for_for_long() {
        let (mut hall, publisher) = watched();
        for number in 1..=3 {
            hall.part(publisher, number, false);
        }
        hall.now += MS;
        assert_eq!(sends(&mut hall), [0; 0]);
        assert_eq!(hall.plane.video_deadline(hall.now), Some(hall.now + MS));
        hall.now += MS;
        assert_eq!(sends(&mut hall), [3]);
        assert_eq!(hall.plane.take_statistics().batched, 0, "three are no batch");
    }
}
