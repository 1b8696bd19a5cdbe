//! What one client received, by source, without opening it: sequence numbers tell what is missing.

/// Sources of one client: slots, their retransmissions, and some that changed.
const STREAMS_MAX: usize = 128;

/// One SSRC as it arrives.
pub(crate) struct Stream {
    pub(crate) ssrc: u32,
    first: u64,
    highest: u64,
    received: u64,
    /// `highest` and `received` when the measurement began.
    mark: (u64, u64),
    /// Middle bits of the last sender report's NTP time, and when it came (microseconds of the run).
    pub(crate) report: Option<(u32, u64)>,
}

/// Packets that came and that should have come.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) received: u64,
    pub(crate) expected: u64,
}

/// All sources of one client.
#[derive(Default)]
pub(crate) struct Account {
    streams: Vec<Stream>,
    last: usize,
}

impl Sum {
    pub(crate) fn add(&mut self, other: Self) {
        self.received += other.received;
        self.expected += other.expected;
    }

    /// Missing ones, as a share.
    pub(crate) fn loss(self) -> f64 {
        let missing = self.expected.saturating_sub(self.received);
        if self.expected == 0 { 0.0 } else { missing as f64 / self.expected as f64 }
    }
}

impl Account {
    /// Books a packet. The number of packets of its source so far; 1 for the first.
    pub(crate) fn book(&mut self, ssrc: u32, seq_no: u16) -> u64 {
        if self.streams.get(self.last).is_none_or(|stream| stream.ssrc != ssrc) {
            self.last = match self.streams.iter().position(|stream| stream.ssrc == ssrc) {
                Some(at) => at,
                None if self.streams.len() == STREAMS_MAX => return 0,
                None => {
                    // Far from zero, so that what overtook the first packet has a number too.
                    let first = (1 << 32) + u64::from(seq_no);
                    let mark = (first - 1, 0);
                    self.streams.push(Stream {
                        ssrc,
                        first,
                        highest: first - 1,
                        received: 0,
                        mark,
                        report: None,
                    });
                    self.streams.len() - 1
                }
            };
        }
        let stream = &mut self.streams[self.last];
        let ahead = i64::from(seq_no.wrapping_sub(stream.highest as u16) as i16);
        stream.highest = stream.highest.max(stream.highest.wrapping_add_signed(ahead));
        stream.received += 1;
        stream.received
    }

    /// The measurement begins, or begins anew.
    pub(crate) fn mark(&mut self) {
        for stream in &mut self.streams {
            stream.mark = (stream.highest, stream.received);
        }
    }

    /// Since the mark.
    pub(crate) fn since_mark(&self) -> Sum {
        let sums = self.streams.iter().map(|stream| Sum {
            received: stream.received - stream.mark.1,
            expected: stream.highest - stream.mark.0,
        });
        sums.fold(Sum::default(), |mut sum, one| {
            sum.add(one);
            sum
        })
    }

    pub(crate) fn streams(&self) -> &[Stream] {
        &self.streams
    }

    pub(crate) fn stream_mut(&mut self, ssrc: u32) -> Option<&mut Stream> {
        self.streams.iter_mut().find(|stream| stream.ssrc == ssrc)
    }
}

impl Stream {
    /// For report blocks: the extended highest number, and how many are missing since the beginning.
    pub(crate) fn reception(&self) -> (u32, u32) {
        let expected = self.highest + 1 - self.first;
        (self.highest as u32, expected.saturating_sub(self.received) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_count_across_a_wrap_and_late_packets_fill_them() {
        let mut account = Account::default();
        assert_eq!(account.book(7, 65_534), 1);
        account.book(9, 100);
        for seq_no in [65_535, 1, 2, 5] {
            account.book(7, seq_no);
        }
        assert_eq!(account.since_mark(), Sum { received: 6, expected: 9 });
        account.book(7, 0);
        assert_eq!(account.since_mark(), Sum { received: 7, expected: 9 });
        account.mark();
        assert_eq!(account.since_mark(), Sum::default());
        account.book(7, 7);
        assert_eq!(account.since_mark(), Sum { received: 1, expected: 2 });
        assert!((account.since_mark().loss() - 0.5).abs() < 1e-9);
        assert_eq!(account.streams()[0].reception().1, 3);
    }
}
