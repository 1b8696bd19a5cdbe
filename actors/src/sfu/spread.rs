//! Which media thread a new connection is put on. Pure: measured loads in, a thread out.
//!
//! A room lives on one thread: there its packets cross nothing. A new room begins on the least loaded thread. A room
//! outgrows a thread when that thread is busy, or has very many of the room's connections; then its further
//! connections go to another thread, to which each publication crosses once. Nobody is ever moved.
//! Hysteresis: a thread counts as busy from [`BUSY`] until it falls below [`CALM`], and another one is opened to a room
//! only if it is less loaded by [`MARGIN`]; so that rooms at the limit do not scatter.

use media_plane::PeerId;
use std::collections::HashMap;

/// Share of a thread's time, in thousandths.
const BUSY: u32 = 600;
const CALM: u32 = 450;
const MARGIN: u32 = 150;
/// Connections of one room on one thread.
const ROOM_PEERS_MAX: usize = 250;
/// What a connection will cost before it is measured, in thousandths of a thread.
const PEER: u32 = 2;

/// What is known of one thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ThreadLoad {
    /// Share of its time that it worked lately, in thousandths.
    pub(super) busy: u32,
    /// Connections on it, of all rooms.
    pub(super) peers: u32,
    /// Connections put there since `busy` was measured.
    pub(super) fresh: u32,
    /// It was busy and has not been calm since.
    full: bool,
}

impl ThreadLoad {
    /// A new measurement.
    pub(super) fn measured(&mut self, busy: u32) {
        self.busy = busy;
        self.fresh = 0;
        self.full = if self.full { busy >= CALM } else { busy >= BUSY };
    }

    pub(super) fn joined(&mut self) {
        self.peers += 1;
        self.fresh += 1;
    }

    pub(super) fn left(&mut self) {
        self.peers = self.peers.saturating_sub(1);
    }

    /// Expected load.
    fn expected(&self) -> u32 {
        self.busy + self.fresh * PEER
    }

    fn is_full(&self) -> bool {
        self.full || self.expected() >= BUSY
    }
}

/// Names of rooms, for this file only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct RoomNumber(pub(super) u64);

/// Which connection is on which thread.
#[derive(Debug)]
pub(super) struct Spread {
    loads: Vec<ThreadLoad>,
    peers: HashMap<PeerId, (usize, RoomNumber)>,
    /// Connections of each room on each thread.
    rooms: HashMap<RoomNumber, Vec<usize>>,
}

impl Spread {
    pub(super) fn new(threads: usize) -> Self {
        Self { loads: vec![ThreadLoad::default(); threads], peers: HashMap::new(), rooms: HashMap::new() }
    }

    /// A new connection of a room; the thread it is put on.
    pub(super) fn join(&mut self, room: RoomNumber, peer: PeerId) -> usize {
        let threads = self.loads.len();
        let thread = self.next(room);
        self.rooms.entry(room).or_insert_with(|| vec![0; threads])[thread] += 1;
        self.loads[thread].joined();
        self.peers.insert(peer, (thread, room));
        thread
    }

    /// The thread for a room's next connection.
    pub(super) fn next(&self, room: RoomNumber) -> usize {
        place(&self.loads, self.rooms.get(&room).map_or(&[], Vec::as_slice))
    }

    /// A connection is gone; the threads that may know of it.
    pub(super) fn leave(&mut self, peer: PeerId) -> Vec<usize> {
        let Some((thread, room)) = self.peers.remove(&peer) else { return Vec::new() };
        self.loads[thread].left();
        let Some(own) = self.rooms.get_mut(&room) else { return vec![thread] };
        let known: Vec<usize> = (0..own.len()).filter(|thread| own[*thread] > 0).collect();
        own[thread] -= 1;
        if own.iter().all(|count| *count == 0) {
            self.rooms.remove(&room);
        }
        known
    }

    /// Where a connection is.
    pub(super) fn thread_of(&self, peer: PeerId) -> Option<usize> {
        self.peers.get(&peer).map(|(thread, _)| *thread)
    }

    /// Shares of their time that the threads worked since the last call, in thousandths.
    pub(super) fn measured(&mut self, busy: impl IntoIterator<Item = u32>) {
        for (load, busy) in self.loads.iter_mut().zip(busy) {
            load.measured(busy);
        }
    }
}

/// The thread for the next connection of a room that has `own` connections on each thread.
pub(super) fn place(loads: &[ThreadLoad], own: &[usize]) -> usize {
    let own = |thread: usize| own.get(thread).copied().unwrap_or(0);
    // Among equals the one with fewer connections: an idle server measures nothing.
    let order = |thread: &usize| loads.get(*thread).map(|load| (load.expected(), load.peers));
    let threads = || 0..loads.len();
    let room_for_more = |thread: &usize| own(*thread) < ROOM_PEERS_MAX && !loads[*thread].is_full();
    // Where the room is and fits, most of it first.
    if let Some(home) =
        threads().filter(|thread| own(*thread) > 0 && room_for_more(thread)).max_by_key(|thread| own(*thread))
    {
        return home;
    }
    let fresh = threads().filter(|thread| own(*thread) < ROOM_PEERS_MAX).min_by_key(order);
    let best = fresh.or_else(|| threads().min_by_key(order)).unwrap_or(0);
    let Some(known) = threads().filter(|thread| own(*thread) > 0).min_by_key(order) else { return best };
    let calmer = loads[best].expected() + MARGIN <= loads[known].expected();
    let crowded = threads().all(|thread| own(thread) == 0 || own(thread) >= ROOM_PEERS_MAX);
    if calmer || (crowded && !loads[best].is_full()) { best } else { known }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loads(busy: &[u32]) -> Vec<ThreadLoad> {
        busy.iter()
            .map(|busy| {
                let mut load = ThreadLoad::default();
                load.measured(*busy);
                load
            })
            .collect()
    }

    #[test]
    fn a_new_room_begins_on_the_least_loaded_thread() {
        assert_eq!(place(&loads(&[300, 100, 200]), &[0, 0, 0]), 1);
        let mut idle = loads(&[0, 0]);
        let first = place(&idle, &[0, 0]);
        idle[first].joined();
        assert_eq!((first, place(&idle, &[0, 0])), (0, 1), "in turn while nothing is measured");
    }

    #[test]
    fn a_room_stays_together_until_its_thread_is_busy() {
        assert_eq!(place(&loads(&[599, 0]), &[20, 0]), 0);
        assert_eq!(place(&loads(&[600, 0]), &[20, 0]), 1);
        assert_eq!(place(&loads(&[600, 0]), &[20, 3]), 1);
        assert_eq!(place(&loads(&[100, 100]), &[20, 30]), 1, "the larger part draws");
    }

    #[test]
    fn what_joins_at_once_counts_before_it_is_measured() {
        let mut loads = loads(&[0, 0]);
        let mut own = [0, 0];
        for _ in 0..500 {
            let thread = place(&loads, &own);
            own[thread] += 1;
            loads[thread].joined();
        }
        assert_eq!(own, [250, 250]);
        assert!(loads.iter().all(|load| load.peers == 250));
    }

    #[test]
    fn a_busy_thread_takes_more_only_when_it_is_calm_again() {
        let mut loads = loads(&[650, 100]);
        loads[0].measured(500);
        assert_eq!(place(&loads, &[10, 0]), 1, "not calm yet");
        loads[0].measured(449);
        assert_eq!(place(&loads, &[10, 0]), 0);
    }

    #[test]
    fn a_room_scatters_only_where_it_gains() {
        assert_eq!(place(&loads(&[700, 600]), &[10, 0]), 0, "both are busy");
        assert_eq!(place(&loads(&[900, 700]), &[10, 0]), 1);
        assert_eq!(place(&loads(&[100, 200, 150]), &[250, 250, 0]), 2, "crowded, not busy");
    }

    #[test]
    fn whoever_leaves_makes_room_and_one_thread_takes_all() {
        let mut one = loads(&[0]);
        assert_eq!(place(&one, &[5000]), 0);
        one[0].joined();
        one[0].left();
        one[0].left();
        assert_eq!(one[0].peers, 0);
    }

    #[test]
    fn connections_are_found_and_whoever_may_know_of_one_is_told_that_it_left() {
        let mut spread = Spread::new(2);
        let (room, other) = (RoomNumber(1), RoomNumber(2));
        assert_eq!(spread.join(room, PeerId(1)), 0);
        assert_eq!(spread.join(other, PeerId(2)), 1);
        spread.measured([700, 10]);
        assert_eq!(spread.join(room, PeerId(3)), 1, "the room outgrew its thread");
        assert_eq!((spread.thread_of(PeerId(1)), spread.thread_of(PeerId(3))), (Some(0), Some(1)));
        assert_eq!(spread.leave(PeerId(1)), [0, 1]);
        assert_eq!(spread.leave(PeerId(1)), [0; 0], "once");
        assert_eq!(spread.leave(PeerId(3)), [1]);
        assert!(spread.rooms.len() == 1 && spread.loads[1].peers == 1);
    }
}
