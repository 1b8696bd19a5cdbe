//! What waits to be written to one TCP connection, and what of it a slow reader misses.
//!
//! A live stream has no use for what comes late, so the queue is short, and old pictures go first:
//! - A picture that has waited for [`STALE`] is dropped, with all of its packets that are here.
//! - With more than [`BYTES_MAX`] waiting, the oldest pictures are dropped until [`BYTES_KEPT`] are left.
//! - Audio, RTCP, DTLS and STUN stay. They alone are no more than about 10 kB a second; when they fill the queue
//!   nobody has read for many seconds, and the connection is given up.
//!
//! A packet that has been written in part stays, whatever it is: the reader would lose the framing. To the receiver
//! a dropped picture is loss, repaired as any other: by a key frame, or by a NACK when the line has room again.
//!
//! Pure. Packets lie framed in one buffer, so that one write takes many; the buffers are used again, so that nothing
//! is allocated in steady state.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::framing::LENGTH;
use crate::plane::Class;

/// How long a picture may wait.
pub(crate) const STALE: Duration = Duration::from_millis(200);
/// About 200 ms at 10 Mbit/s, which is sixteen pictures.
pub(crate) const BYTES_MAX: usize = 256 * 1024;
/// What is left of pictures when there were too many.
const BYTES_KEPT: usize = BYTES_MAX / 2;
/// Written bytes at the front are cut off when they are more than this.
const CUT: usize = 64 * 1024;

/// Even without its pictures the queue is full.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Overfull;

#[derive(Clone, Copy)]
struct Entry {
    /// With its length in front.
    len: usize,
    since: Instant,
    class: Class,
}

/// One connection's queue.
#[derive(Default)]
pub(crate) struct Outbox {
    /// Framed packets, from `start` on; before it lies what was written.
    bytes: Vec<u8>,
    start: usize,
    /// Of the first entry: bytes that were written.
    begun: usize,
    entries: VecDeque<Entry>,
}

impl Outbox {
    /// What is to be written next.
    pub(crate) fn unwritten(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Drops pictures that have waited for too long; how many packets.
    pub(crate) fn freshen(&mut self, now: Instant) -> usize {
        self.make_room(now, 0)
    }

    /// Appends a packet. Returns how many others were dropped for it.
    pub(crate) fn push(&mut self, now: Instant, class: Class, packet: &[u8]) -> Result<usize, Overfull> {
        let dropped = self.make_room(now, packet.len());
        let Ok(length) = u16::try_from(packet.len()) else { return Ok(dropped + 1) };
        if self.unwritten().len() + packet.len() > BYTES_MAX {
            return if class == Class::Needed { Err(Overfull) } else { Ok(dropped + 1) };
        }
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(packet);
        self.entries.push_back(Entry { len: LENGTH + packet.len(), since: now, class });
        Ok(dropped)
    }

    /// So many bytes were written.
    pub(crate) fn written(&mut self, count: usize) {
        self.start += count;
        self.begun += count;
        while let Some(first) = self.entries.front().filter(|first| first.len <= self.begun) {
            self.begun -= first.len;
            self.entries.pop_front();
        }
        if self.entries.is_empty() {
            self.bytes.clear();
            self.start = 0;
        } else if self.start > CUT {
            self.bytes.drain(..self.start - self.begun);
            self.start = self.begun;
        }
    }

    /// Drops pictures that are too old or too many; how many packets.
    fn make_room(&mut self, now: Instant, more: usize) -> usize {
        let old = |entry: &Entry| now.duration_since(entry.since) >= STALE;
        let whole = usize::from(self.begun > 0);
        // They lie in the order of their coming.
        let mut oldest = self.entries.iter().skip(whole).take_while(|entry| old(entry));
        let stale = oldest.any(|entry| entry.class != Class::Needed);
        let full = self.unwritten().len() + more + LENGTH > BYTES_MAX;
        if !stale && !full {
            return 0;
        }
        let mut surplus = if full { self.unwritten().len().saturating_sub(BYTES_KEPT) } else { 0 };
        let mut doomed: Vec<Class> = Vec::new();
        for entry in self.entries.iter().skip(whole) {
            if entry.class == Class::Needed {
                continue;
            }
            if doomed.contains(&entry.class) {
                surplus = surplus.saturating_sub(entry.len);
            } else if old(entry) || surplus > 0 {
                doomed.push(entry.class);
                surplus = surplus.saturating_sub(entry.len);
            }
        }
        self.retain(|entry| !doomed.contains(&entry.class))
    }

    /// Takes out whatever is not to be kept, but for a packet that was begun; how many.
    fn retain(&mut self, keep: impl Fn(&Entry) -> bool) -> usize {
        let before = self.entries.len();
        let first = self.start - self.begun;
        let (mut read, mut write) = (first, 0);
        let (bytes, begun) = (&mut self.bytes, self.begun);
        self.entries.retain(|entry| {
            let kept = (read == first && begun > 0) || keep(entry);
            if kept {
                bytes.copy_within(read..read + entry.len, write);
                write += entry.len;
            }
            read += entry.len;
            kept
        });
        bytes.truncate(write);
        self.start = begun;
        before - self.entries.len()
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
