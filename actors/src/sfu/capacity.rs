//! How many more cameras the machine carries, and whether a new one may come. Pure: measurements in, answers out.
//!
//! What a camera costs is measured: the time that the media threads work, by the pictures that are on. While there are
//! few of those, the cost of a packet on this machine times the packets of a usual camera counts as well. A camera that
//! was let in counts with that cost until it shows in a measurement, so that many at once are not one too many.

use media_plane::PeerId;
use std::collections::HashMap;
use std::time::Duration;

/// Packets a second for a usual camera: 60 of its own to six others, and the voices that come with it.
const USUAL_PACKETS: f64 = 420.0;
/// So many usual pictures count beside those that are on.
const USUAL_PICTURES: f64 = 4.0;
/// Seconds of a thread's time for a packet, before it is measured, and how many packets that counts for.
const PACKET_COST: f64 = 4e-6;
const PACKET_WEIGHT: f64 = 50_000.0;
/// What remains of older packets with each measurement.
const FADE: f64 = 0.97;
/// Weight of the newest measurement of a load.
const NEWEST: f64 = 0.5;
/// Measurements until a new picture shows in them.
const SHOWS_AFTER: u8 = 3;
/// A thread that reached its limit has room again below this part of it.
const CALM: f64 = 0.85;

/// What was used since the last measurement.
pub(super) struct Used<'a> {
    /// Time between the two.
    pub(super) span: Duration,
    /// How long each thread worked.
    pub(super) threads: &'a [Duration],
    /// Threads whose pictures are lowered.
    pub(super) lowered: &'a [bool],
    /// Datagrams received and sent.
    pub(super) packets: u64,
    /// Time of the whole process on all cores; `None` where the system does not say.
    pub(super) process: Option<Duration>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Load {
    share: f64,
    full: bool,
}

/// See the module's text.
#[derive(Debug)]
pub(super) struct Capacity {
    limit: f64,
    cores: f64,
    threads: Vec<Load>,
    process: f64,
    /// Seconds of work and packets, the newest counting most.
    worked: f64,
    packets: f64,
    pictures: HashMap<PeerId, u8>,
    /// Measurements since each picture that was let in and does not show yet; never longer than the room there was.
    fresh: Vec<u8>,
}

impl Capacity {
    /// `limit`: share of a thread's time, 0–1, that may be used; `cores`: of the machine.
    pub(super) fn new(limit: f64, cores: u32, threads: usize) -> Self {
        Self {
            limit,
            cores: f64::from(cores),
            threads: vec![Load::default(); threads],
            process: 0.0,
            worked: 0.0,
            packets: 0.0,
            pictures: HashMap::new(),
            fresh: Vec::new(),
        }
    }

    /// A new measurement.
    pub(super) fn measured(&mut self, used: &Used<'_>) {
        let span = used.span.as_secs_f64();
        if span <= 0.0 {
            return;
        }
        for (load, (worked, lowered)) in self.threads.iter_mut().zip(used.threads.iter().zip(used.lowered)) {
            let share = worked.as_secs_f64() / span;
            load.share += (share - load.share) * NEWEST;
            let room = if load.full { self.limit * CALM } else { self.limit };
            load.full = *lowered || load.share >= room;
        }
        let process = used.process.map_or(0.0, |time| time.as_secs_f64() / span);
        self.process += (process - self.process) * NEWEST;
        self.worked = self.worked * FADE + used.threads.iter().map(Duration::as_secs_f64).sum::<f64>();
        self.packets = self.packets * FADE + used.packets as f64;
        self.fresh.iter_mut().for_each(|age| *age += 1);
        self.fresh.retain(|age| *age < SHOWS_AFTER);
    }

    /// So many pictures of a connection are forwarded from now on.
    pub(super) fn shows(&mut self, peer: PeerId, pictures: u8) {
        if pictures > 0 {
            self.pictures.insert(peer, pictures);
        } else {
            self.pictures.remove(&peer);
        }
    }

    /// Whether one more picture may come on a thread; if so, it counts from now on.
    pub(super) fn admit(&mut self, thread: usize) -> bool {
        let room = self.has_room(thread);
        if room {
            self.fresh.push(0);
        }
        room
    }

    /// Whether one more picture could come on a thread.
    pub(super) fn has_room(&self, thread: usize) -> bool {
        let full = self.threads.get(thread).is_some_and(|load| load.full);
        !full && self.headroom() > 0
    }

    /// About how many more cameras there is room for.
    pub(super) fn headroom(&self) -> u32 {
        let free: f64 = self.threads.iter().map(|load| (self.limit - load.share).max(0.0)).sum();
        // The other parts of the server need the same cores.
        let free = free.min(self.limit * self.cores - self.process);
        let room = (free / self.picture_cost()) as u32;
        room.saturating_sub(u32::try_from(self.fresh.len()).unwrap_or(u32::MAX))
    }

    /// Share of a thread's time for one picture.
    fn picture_cost(&self) -> f64 {
        let packet = (self.worked + PACKET_COST * PACKET_WEIGHT) / (self.packets + PACKET_WEIGHT);
        let pictures: f64 = self.pictures.values().copied().map(f64::from).sum();
        let used: f64 = self.threads.iter().map(|load| load.share).sum();
        (used + packet * USUAL_PACKETS * USUAL_PICTURES) / (pictures + USUAL_PICTURES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Duration = Duration::from_secs(2);

    /// The same for `times` measurements: the thread's share of work, the process's, and packets a second.
    fn measure(capacity: &mut Capacity, times: usize, share: f64, process: f64, packets: u64) {
        let threads = vec![SPAN.mul_f64(share); capacity.threads.len()];
        let used = Used {
            span: SPAN,
            threads: &threads,
            lowered: &vec![false; threads.len()],
            packets: packets * 2,
            process: Some(SPAN.mul_f64(process)),
        };
        (0..times).for_each(|_| capacity.measured(&used));
    }

    #[test]
    fn an_idle_machine_has_room_by_what_packets_usually_cost() {
        let idle = Capacity::new(0.8, 2, 2);
        assert_eq!(idle.headroom(), (1.6 / (420.0 * 4e-6)) as u32);
        let mut slow = Capacity::new(0.8, 2, 2);
        // A slow machine: 10 µs a packet.
        measure(&mut slow, 200, 0.05, 0.1, 10_000);
        assert!(slow.headroom() * 2 < idle.headroom(), "{} and {}", slow.headroom(), idle.headroom());
    }

    #[test]
    fn the_cost_of_pictures_that_are_on_tells_the_room_for_more() {
        let mut capacity = Capacity::new(0.8, 4, 1);
        (0..100).for_each(|peer| capacity.shows(PeerId(peer), 1));
        measure(&mut capacity, 20, 0.4, 0.5, 100_000);
        let room = capacity.headroom();
        assert!((95..=105).contains(&room), "{room}: half of the limit is used by 100");
        (0..50).for_each(|peer| capacity.shows(PeerId(peer), 0));
        assert!(capacity.headroom() < room * 6 / 10, "the same work for half of them");
        measure(&mut capacity, 20, 0.7, 0.9, 200_000);
        assert!(capacity.headroom() < 10);
    }

    #[test]
    fn what_other_parts_of_the_server_use_is_not_there_for_cameras() {
        let mut capacity = Capacity::new(0.8, 2, 2);
        measure(&mut capacity, 20, 0.1, 1.7, 1000);
        assert_eq!(capacity.headroom(), 0);
        assert!(!capacity.admit(0));
    }

    #[test]
    fn many_at_once_are_not_one_too_many() {
        let mut capacity = Capacity::new(0.8, 1, 1);
        (0..10).for_each(|peer| capacity.shows(PeerId(peer), 1));
        measure(&mut capacity, 20, 0.7, 0.7, 70_000);
        let room = capacity.headroom();
        assert!(room > 0);
        let admitted = (0..100).filter(|_| capacity.admit(0)).count();
        assert_eq!((admitted, capacity.headroom()), (room as usize, 0));
        // They show in what is measured, or are gone again.
        measure(&mut capacity, 3, 0.7, 0.7, 70_000);
        assert_eq!(capacity.headroom(), room);
    }

    #[test]
    fn a_thread_that_was_full_takes_more_when_it_is_calm() {
        let mut capacity = Capacity::new(0.8, 4, 2);
        let mut thread = |first: f64, lowered: bool| {
            let threads = [SPAN.mul_f64(first), Duration::ZERO];
            let lowered = [lowered, false];
            let used =
                Used { span: SPAN, threads: &threads, lowered: &lowered, packets: 400_000, process: None };
            (0..20).for_each(|_| capacity.measured(&used));
            (capacity.admit(0), capacity.admit(1))
        };
        assert_eq!(thread(0.79, false), (true, true));
        assert_eq!(thread(0.9, false), (false, true));
        assert_eq!(thread(0.7, false), (false, true), "not calm yet");
        assert_eq!(thread(0.6, false), (true, true));
        assert_eq!(thread(0.1, true), (false, true), "its pictures are lowered");
    }
}
