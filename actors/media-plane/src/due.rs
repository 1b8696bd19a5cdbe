//! When each peer wants to be looked at: a heap with one valid entry per peer, so that a wake-up costs those who are due
//! and nobody else. Pure.
//!
//! An earlier wish replaces a later one; the replaced entry stays in the heap and is passed over. Peers ask a few times
//! a second, so the heap holds a few entries per peer.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

#[derive(Default)]
pub(crate) struct Due {
    heap: BinaryHeap<Reverse<(Instant, u32)>>,
    /// The valid entry of each peer.
    wanted: Vec<Option<Instant>>,
}

impl Due {
    /// Wants this peer to be looked at by then; an earlier wish stands.
    pub(crate) fn ask(&mut self, peer: u32, by: Instant) {
        let place = peer as usize;
        if self.wanted.len() <= place {
            self.wanted.resize(place + 1, None);
        }
        if self.wanted[place].is_none_or(|known| by < known) {
            self.wanted[place] = Some(by);
            self.heap.push(Reverse((by, peer)));
        }
    }

    /// The peer is gone.
    pub(crate) fn forget(&mut self, peer: u32) {
        if let Some(wanted) = self.wanted.get_mut(peer as usize) {
            *wanted = None;
        }
    }

    /// When [`Self::take`] finds somebody next. May be early, by an entry that was replaced.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    /// Somebody who is due; their wish is fulfilled.
    pub(crate) fn take(&mut self, now: Instant) -> Option<u32> {
        while let Some(Reverse((at, peer))) = self.heap.peek().copied().filter(|Reverse((at, _))| *at <= now)
        {
            self.heap.pop();
            let wanted = self.wanted.get_mut(peer as usize);
            if let Some(wanted) = wanted.filter(|wanted| **wanted == Some(at)) {
                *wanted = None;
                return Some(peer);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn each_peer_is_due_once_at_its_earliest_wish() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut due = Due::default();
        assert_eq!((due.next(), due.take(at(0))), (None, None));
        due.ask(3, at(50));
        due.ask(1, at(20));
        due.ask(3, at(10));
        due.ask(3, at(30));
        assert_eq!(due.next(), Some(at(10)));
        assert_eq!(due.take(at(9)), None);
        assert_eq!(due.take(at(60)), Some(3));
        assert_eq!(due.take(at(60)), Some(1));
        assert_eq!(due.take(at(60)), None, "the later wishes of 3 were replaced");
        due.ask(1, at(70));
        due.forget(1);
        assert_eq!(due.take(at(80)), None);
        due.ask(1, at(90));
        assert_eq!(due.take(at(90)), Some(1), "another peer under the same number");
    }
}
