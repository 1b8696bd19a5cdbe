//! When what leaves for whom: within one tick, all drawers' updates and cursors become one frame of each sort
//! per receiver.
//!
//! N people drawing then cost O(N) frames a tick, not O(N²). A lone stroke does not wait: a quiet board sends
//! at once, and only what follows within the tick is collected. An update is not sent back to its drawer when
//! it is alone in its frame; in a merged frame it is, which Yjs ignores as known. The more people, the longer the tick (what
//! a frame costs is paid for each of them), and when the writers do not keep up it grows until they do: what is drawn over
//! within a tick is not sent, so that less time to send in is also less to send. Pure: time is the duration since the
//! board's start.

use super::messages::SocketId;
use bytes::Bytes;
use std::collections::BTreeSet;
use std::time::Duration;

/// 25 ms: 40 frames a second look continuous.
pub(super) const TICK: Duration = Duration::from_millis(25);
/// Of it for each person, up to twice the tick: from 40 people on 20 frames a second, as many as a browser draws changes.
const TICK_PER_PERSON: Duration = Duration::from_micros(1_250);
/// In a crowd the bytes of what is drawn cost most, to everybody, and less of it is sent the more is drawn over: from 150 people
/// on the tick grows again, to 10 frames a second with 300.
const TICK_PER_HEAD: Duration = Duration::from_micros(333);
/// How long it may get when the writers do not keep up.
const TICK_MAX: Duration = Duration::from_millis(250);

/// What leaves now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Departure {
    /// Updates, to be merged into one.
    pub(super) updates: Vec<Bytes>,
    /// The only socket the updates came from.
    pub(super) updates_from: Option<SocketId>,
    /// Client ids whose presence changed.
    pub(super) presence: BTreeSet<u64>,
    /// The only socket whose presence changed.
    pub(super) presence_from: Option<SocketId>,
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Fanout {
    collected: Departure,
    last: Option<Duration>,
    /// Of the shortest tick for so many people, per cent; 0 before anything was known.
    stretch: u32,
    people: u32,
}

impl Fanout {
    /// An update was applied.
    pub(super) fn add_update(&mut self, from: SocketId, update: Bytes) {
        let alone = self.collected.updates.is_empty() || self.collected.updates_from == Some(from);
        self.collected.updates_from = alone.then_some(from);
        self.collected.updates.push(update);
    }

    /// Somebody's presence changed; `from` is the socket that knows already.
    pub(super) fn add_presence(&mut self, from: Option<SocketId>, client: u64) {
        let alone = self.collected.presence.is_empty() || self.collected.presence_from == from;
        self.collected.presence_from = from.filter(|_| alone);
        self.collected.presence.insert(client);
    }

    /// How long frames are collected at the moment.
    pub(super) fn tick_length(&self) -> Duration {
        let few = (TICK_PER_PERSON * self.people).clamp(TICK, 2 * TICK);
        let shortest = few.max(TICK_PER_HEAD * self.people);
        (shortest * self.stretch.max(100) / 100).min(TICK_MAX)
    }

    /// How many people are there, and how many of their writers have not yet taken the last frame.
    pub(super) fn note_lag(&mut self, people: usize, lagging: usize) {
        self.people = people as u32;
        self.stretch = if lagging > people / 4 {
            (self.stretch.max(100) * 5 / 4).min(1_000)
        } else {
            (self.stretch * 19 / 20).max(100)
        };
    }

    /// When the next frame is due; nothing when there is nothing to send.
    pub(super) fn due(&self) -> Option<Duration> {
        let waiting = !self.collected.updates.is_empty() || !self.collected.presence.is_empty();
        waiting.then(|| self.last.map_or(Duration::ZERO, |last| last + self.tick_length()))
    }

    /// What leaves, if it is time.
    pub(super) fn depart(&mut self, now: Duration) -> Option<Departure> {
        self.due().filter(|due| *due <= now)?;
        self.last = Some(now);
        Some(std::mem::take(&mut self.collected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: SocketId = SocketId(1);
    const B: SocketId = SocketId(2);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn stroke(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    #[test]
    fn a_lone_stroke_leaves_at_once_and_not_to_its_drawer() {
        let mut fanout = Fanout::default();
        assert_eq!(fanout.depart(ms(0)), None);
        fanout.add_update(A, stroke("one"));
        let departure = fanout.depart(ms(0)).unwrap();
        assert_eq!((departure.updates.len(), departure.updates_from), (1, Some(A)));
        assert_eq!(fanout.due(), None);
        fanout.add_update(B, stroke("two"));
        assert_eq!(fanout.depart(ms(1_000)).unwrap().updates_from, Some(B));
    }

    #[test]
    fn what_follows_within_a_tick_leaves_together() {
        let mut fanout = Fanout::default();
        fanout.add_update(A, stroke("one"));
        fanout.depart(ms(100)).unwrap();
        fanout.add_update(A, stroke("two"));
        fanout.add_update(B, stroke("three"));
        fanout.add_presence(Some(A), 7);
        fanout.add_presence(Some(A), 7);
        assert_eq!(fanout.due(), Some(ms(125)));
        assert_eq!(fanout.depart(ms(124)), None);
        let departure = fanout.depart(ms(125)).unwrap();
        assert_eq!((departure.updates.len(), departure.updates_from), (2, None));
        assert_eq!((departure.presence.len(), departure.presence_from), (1, Some(A)));
    }

    #[test]
    fn frames_per_tick_do_not_grow_with_the_drawers() {
        let mut fanout = Fanout::default();
        let mut frames = 0;
        for now in 0..1_000 {
            for drawer in 0..50 {
                fanout.add_update(SocketId(drawer), stroke("stroke"));
                fanout.add_presence(Some(SocketId(drawer)), drawer);
            }
            frames += u32::from(fanout.depart(ms(now)).is_some());
        }
        assert_eq!(frames, 40);
    }

    #[test]
    fn the_tick_grows_with_people_and_with_writers_that_lag() {
        let mut fanout = Fanout::default();
        let mut after = |people, lagging, times| {
            for _ in 0..times {
                fanout.note_lag(people, lagging);
            }
            fanout.tick_length()
        };
        assert_eq!(after(2, 0, 1), ms(25));
        assert_eq!(after(30, 7, 1), Duration::from_micros(37_500));
        assert_eq!(after(150, 37, 1), ms(50));
        assert_eq!(after(100, 26, 3), ms(97) + Duration::from_micros(500));
        assert_eq!(after(100, 100, 100), TICK_MAX);
        assert_eq!(after(100, 0, 100), ms(50));
        assert_eq!(after(300, 0, 1), TICK_PER_HEAD * 300);
        assert_eq!(after(3_000, 0, 1), TICK_MAX);
    }

    #[test]
    fn presence_of_several_goes_to_everybody() {
        let mut fanout = Fanout::default();
        fanout.add_presence(Some(A), 1);
        fanout.add_presence(None, 2);
        assert_eq!(fanout.depart(ms(0)).unwrap().presence_from, None);
        fanout.add_presence(None, 2);
        fanout.add_presence(Some(A), 1);
        assert_eq!(fanout.depart(ms(50)).unwrap().presence_from, None);
    }
}
