//! One reading of everything that is counted: the control plane's figures, the media plane's, the process's.

use super::figures::{JOIN_BUCKETS_MS, SharedFigures};
use super::process::{Machine, ProcessUse};
use media_plane::Statistics;
use std::sync::Arc;
use std::time::Duration;

/// All figures of one moment. Counters are sums since the start of the process.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct Snapshot {
    /// Rooms that are live.
    pub rooms: u64,
    /// Participants inside rooms.
    pub participants: u64,
    /// Participants in lobbies.
    pub waiting: u64,
    /// Publications that are switched on.
    pub publications: u64,
    /// Board updates accepted.
    pub board_updates: u64,
    /// Disk space of files and versions of boards.
    pub board_files_bytes: u64,
    /// Joins by duration, not cumulative; bounds in [`JOIN_BUCKETS_MS`], the last bucket has none.
    pub join_buckets: [u64; JOIN_BUCKETS_MS.len() + 1],
    /// Sum of all joins' durations, milliseconds.
    pub join_sum_ms: u64,
    /// UDP datagrams received.
    pub packets_in: u64,
    /// UDP datagrams sent.
    pub packets_out: u64,
    /// UDP payload bytes received.
    pub bytes_in: u64,
    /// UDP payload bytes sent.
    pub bytes_out: u64,
    /// Media packets sealed for a subscriber.
    pub forwarded: u64,
    /// Packets sent again on a NACK.
    pub retransmitted: u64,
    /// Datagrams refused.
    pub refused: u64,
    /// Packets that were too late for a slow reader on TCP.
    pub missed: u64,
    /// Time that media threads worked, all together.
    pub media_busy: Duration,
    /// Packets that one media thread gave to another.
    pub relayed: u64,
    /// Packets that one media thread could not give to another in time.
    pub relay_dropped: u64,
    /// How far pictures are lowered on the thread that has most to do, 0 (not at all) … 5.
    pub lowered: u8,
    /// About how many more cameras there is room for.
    pub camera_headroom: u32,
    /// What the process uses; absent where the system does not say.
    pub process: Option<ProcessUse>,
}

/// What the media threads did since the start, and what more they can do now.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct MediaReading {
    /// Sums over all threads.
    pub statistics: Statistics,
    /// Time that they worked, all together.
    pub busy: Duration,
    /// Packets that one gave to another.
    pub relayed: u64,
    /// Packets that one could not give to another in time.
    pub relay_dropped: u64,
    /// How far pictures are lowered on the one that has most to do, 0 (not at all) … 5.
    pub lowered: u8,
    /// About how many more cameras there is room for.
    pub camera_headroom: u32,
}

/// Reads all figures. Cheap enough for every second: some atomics and two small files of `/proc`.
pub struct Meter {
    figures: SharedFigures,
    media: Box<dyn Fn() -> MediaReading + Send + Sync>,
    machine: Machine,
}

/// Shared handle.
pub type SharedMeter = Arc<Meter>;

impl Meter {
    /// `media` reads the media threads.
    pub fn new(figures: SharedFigures, media: impl Fn() -> MediaReading + Send + Sync + 'static) -> Self {
        Self { figures, media: Box::new(media), machine: Machine::read() }
    }

    /// What the process may use.
    pub fn machine(&self) -> Machine {
        self.machine
    }

    /// All figures of this moment.
    pub fn snapshot(&self) -> Snapshot {
        let (join_buckets, join_sum_ms) = self.figures.join_durations();
        let reading = (self.media)();
        let media = reading.statistics;
        Snapshot {
            rooms: self.figures.rooms.get(),
            participants: self.figures.participants.get(),
            waiting: self.figures.waiting.get(),
            publications: self.figures.publications.get(),
            board_updates: self.figures.board_updates.get(),
            board_files_bytes: self.figures.board_files_bytes.get(),
            join_buckets,
            join_sum_ms,
            packets_in: media.packets_in,
            packets_out: media.packets_out,
            bytes_in: media.bytes_in,
            bytes_out: media.bytes_out,
            forwarded: media.forwarded,
            retransmitted: media.retransmitted,
            refused: media.refused,
            missed: media.missed,
            media_busy: reading.busy,
            relayed: reading.relayed,
            relay_dropped: reading.relay_dropped,
            lowered: reading.lowered,
            camera_headroom: reading.camera_headroom,
            process: ProcessUse::read(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_counted_is_in_the_snapshot() {
        let figures = SharedFigures::default();
        figures.rooms.add(2);
        figures.participants.add(5);
        figures.waiting.add(1);
        figures.publications.add(7);
        figures.board_updates.add(11);
        figures.board_files_bytes.set(12);
        figures.joined(Duration::from_millis(80));
        let statistics = Statistics {
            packets_in: 1,
            packets_out: 2,
            bytes_in: 3,
            bytes_out: 4,
            forwarded: 5,
            retransmitted: 6,
            refused: 7,
            missed: 8,
        };
        let media = MediaReading {
            statistics,
            busy: Duration::from_secs(9),
            relayed: 12,
            relay_dropped: 10,
            lowered: 2,
            camera_headroom: 11,
        };
        let meter = Meter::new(figures, move || media);
        let process = meter.snapshot().process.expect("this system has /proc");
        assert!(process.resident_bytes > 100_000);
        let expected = Snapshot {
            rooms: 2,
            participants: 5,
            waiting: 1,
            publications: 7,
            board_updates: 11,
            board_files_bytes: 12,
            join_buckets: [0, 1, 0, 0, 0, 0, 0, 0, 0],
            join_sum_ms: 80,
            packets_in: 1,
            packets_out: 2,
            bytes_in: 3,
            bytes_out: 4,
            forwarded: 5,
            retransmitted: 6,
            refused: 7,
            missed: 8,
            media_busy: Duration::from_secs(9),
            relayed: 12,
            relay_dropped: 10,
            lowered: 2,
            camera_headroom: 11,
            process: None,
        };
        let read = Snapshot { process: None, ..meter.snapshot() };
        assert_eq!(read, expected);
        assert!(meter.machine().cores >= 1);
    }
}
