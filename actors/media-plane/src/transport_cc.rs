//! Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which packets of a transport
//! arrived, and when. Read from and written to plain RTCP. Pure; any bytes are answered, and no feedback makes more
//! work than [`STATUSES_MAX`] packets are worth, whatever it claims.

/// A feedback that speaks of more packets than a history holds is none of ours.
pub(crate) const STATUSES_MAX: usize = 2048;
/// One unit of a delta, in µs.
pub(crate) const DELTA_US: i64 = 250;
/// One unit of the reference time, in µs.
const REFERENCE_US: i64 = 64_000;
/// The reference time has 24 bits and wraps.
const REFERENCE_MASK: i64 = 0xff_ffff;

const ABSENT: u8 = 0;
const SMALL: u8 = 1;
const LARGE: u8 = 2;

/// One feedback message, in place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Feedback<'a> {
    /// The first packet that it speaks of.
    pub(crate) first: u16,
    count: u16,
    reference: i64,
    chunks: &'a [u8],
    deltas: &'a [u8],
}

impl<'a> Feedback<'a> {
    /// `fields` is the RTCP packet after its two SSRCs. `None` if it cannot be, or speaks of too many packets.
    pub(crate) fn parse(fields: &'a [u8]) -> Option<Self> {
        let (head, rest) = fields.split_first_chunk::<8>()?;
        let count = u16::from_be_bytes([head[2], head[3]]);
        if usize::from(count) > STATUSES_MAX {
            return None;
        }
        let reference = i64::from(u32::from_be_bytes([0, head[4], head[5], head[6]]));
        let mut missing = usize::from(count);
        let mut length = 0;
        while missing > 0 {
            let chunk = Chunk::read(rest.get(length..)?)?;
            missing = missing.saturating_sub(chunk.count());
            length += 2;
        }
        let (chunks, deltas) = rest.split_at_checked(length)?;
        Some(Self { first: u16::from_be_bytes([head[0], head[1]]), count, reference, chunks, deltas })
    }

    /// Each packet with its arrival in µs of the receiver's clock. That clock wraps: `near_us` is an arrival of
    /// before, and the next one is taken to be within three days of it. Ends where the bytes end.
    pub(crate) fn each(&self, near_us: i64, mut each: impl FnMut(u16, Option<i64>)) {
        let near = near_us.div_euclid(REFERENCE_US);
        let ahead = (self.reference - near) & REFERENCE_MASK;
        let ahead = if ahead > REFERENCE_MASK / 2 { ahead - REFERENCE_MASK - 1 } else { ahead };
        let mut time_us = (near + ahead) * REFERENCE_US;
        let mut deltas = self.deltas;
        let symbols = self.chunks.chunks_exact(2).filter_map(Chunk::read).flat_map(Chunk::symbols);
        for (number, symbol) in (0..self.count).zip(symbols) {
            let delta = match symbol {
                SMALL => deltas.split_first().map(|(byte, rest)| (i64::from(*byte), rest)),
                LARGE => deltas
                    .split_first_chunk::<2>()
                    .map(|(bytes, rest)| (i64::from(i16::from_be_bytes(*bytes)), rest)),
                _ => {
                    each(self.first.wrapping_add(number), None);
                    continue;
                }
            };
            let Some((delta, rest)) = delta else { return };
            deltas = rest;
            time_us += delta * DELTA_US;
            each(self.first.wrapping_add(number), Some(time_us));
        }
    }
}

#[derive(Clone, Copy)]
enum Chunk {
    Run { symbol: u8, count: u16 },
    Bits(u16),
    Pairs(u16),
}

impl Chunk {
    fn read(bytes: &[u8]) -> Option<Self> {
        let word = u16::from_be_bytes(*bytes.first_chunk()?);
        Some(match word >> 14 {
            0 | 1 => Self::Run { symbol: (word >> 13 & 3) as u8, count: word & 0x1fff },
            2 => Self::Bits(word),
            _ => Self::Pairs(word),
        })
    }

    fn count(self) -> usize {
        match self {
            Self::Run { count, .. } => usize::from(count),
            Self::Bits(_) => 14,
            Self::Pairs(_) => 7,
        }
    }

    fn symbols(self) -> impl Iterator<Item = u8> {
        (0..self.count()).map(move |at| match self {
            Self::Run { symbol, .. } => symbol,
            Self::Bits(word) => (word >> (13 - at) & 1) as u8,
            Self::Pairs(word) => (word >> (12 - 2 * at) & 3) as u8,
        })
    }
}

/// Where the server's own feedback is written.
pub(crate) struct Writer {
    first: u16,
    number: u8,
    reference: i64,
    /// In units of [`DELTA_US`], since the reference time.
    last: i64,
    symbols: Vec<u8>,
    deltas: Vec<u8>,
}

impl Writer {
    /// `number` counts the feedbacks of a transport; `base_us` is at or a little before the first arrival.
    pub(crate) fn new(first: u16, number: u8, base_us: i64) -> Self {
        let reference = base_us.div_euclid(REFERENCE_US);
        let last = reference * (REFERENCE_US / DELTA_US);
        Self { first, number, reference, last, symbols: Vec::new(), deltas: Vec::new() }
    }

    /// The next packet. False when it does not fit any more: then it begins another feedback.
    pub(crate) fn push(&mut self, arrival_us: Option<i64>) -> bool {
        if self.symbols.len() >= STATUSES_MAX {
            return false;
        }
        let Some(arrival_us) = arrival_us else {
            self.symbols.push(ABSENT);
            return true;
        };
        let ticks = arrival_us.div_euclid(DELTA_US);
        let delta = ticks - self.last;
        if let Ok(small) = u8::try_from(delta) {
            self.symbols.push(SMALL);
            self.deltas.push(small);
        } else if let Ok(large) = i16::try_from(delta) {
            self.symbols.push(LARGE);
            self.deltas.extend(large.to_be_bytes());
        } else {
            return false;
        }
        self.last = ticks;
        true
    }

    /// The whole RTCP packet, from `ours` about `theirs`.
    pub(crate) fn finish(self, ours: u32, theirs: u32) -> Vec<u8> {
        let mut out = vec![0x8f, 205, 0, 0];
        out.extend(ours.to_be_bytes());
        out.extend(theirs.to_be_bytes());
        out.extend(self.first.to_be_bytes());
        out.extend((self.symbols.len() as u16).to_be_bytes());
        out.extend(((self.reference & REFERENCE_MASK) as u32).to_be_bytes()[1..].iter());
        out.push(self.number);
        let mut rest = self.symbols.as_slice();
        while !rest.is_empty() {
            let (chunk, taken) = next_chunk(rest);
            out.extend(chunk.to_be_bytes());
            rest = &rest[taken..];
        }
        out.extend(&self.deltas);
        let padding = (4 - out.len() % 4) % 4;
        if padding > 0 {
            out[0] |= 0x20;
            out.resize(out.len() + padding - 1, 0);
            out.push(padding as u8);
        }
        let words = (out.len() / 4 - 1) as u16;
        out[2..4].copy_from_slice(&words.to_be_bytes());
        out
    }
}

/// The chunk that says most of what comes next, and how many packets it says it of.
fn next_chunk(symbols: &[u8]) -> (u16, usize) {
    let first = symbols.first().copied().unwrap_or(ABSENT);
    let run = symbols.iter().take(0x1fff).take_while(|symbol| **symbol == first).count();
    let bits = symbols.iter().take(14).take_while(|symbol| **symbol != LARGE).count();
    let all_bits = bits == symbols.len().min(14);
    if run > 14 || (run > 7 && !all_bits) || run == symbols.len() {
        return (u16::from(first) << 13 | run as u16, run);
    }
    if all_bits {
        let word = symbols[..bits].iter().fold(0, |word, symbol| word << 1 | u16::from(*symbol));
        return (0x8000 | word << (14 - bits), bits);
    }
    let pairs = symbols.len().min(7);
    let word = symbols[..pairs].iter().fold(0, |word, symbol| word << 2 | u16::from(*symbol));
    (0xc000 | word << (14 - 2 * pairs), pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    fn read(packet: &[u8], near_us: i64) -> Vec<(u16, Option<i64>)> {
        let mut all = Vec::new();
        Feedback::parse(&packet[12..]).unwrap().each(near_us, |seq_no, arrival| all.push((seq_no, arrival)));
        all
    }

    fn write(first: u16, arrivals: &[Option<i64>]) -> Vec<u8> {
        let base = arrivals.iter().flatten().next().copied().unwrap_or(0);
        let mut writer = Writer::new(first, 7, base);
        assert!(arrivals.iter().all(|arrival| writer.push(*arrival)));
        writer.finish(1, 9)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut random = Random::new(3);
        for round in 0..2000 {
            let lossy = random.below(3) == 0;
            let mut time = 1_000_000_000 + round * 77_000;
            let arrivals: Vec<Option<i64>> = (0..1 + random.below(400))
                .map(|_| {
                    let step = [0, 250, 1000, 60_000, 300_000][random.below(5)] as i64;
                    time += if random.below(9) == 0 { -step / 2 } else { step };
                    (!lossy || random.below(4) > 0).then_some(time.div_euclid(250) * 250)
                })
                .collect();
            let first = random.next() as u16;
            let packet = write(first, &arrivals);
            assert_eq!(packet.len() % 4, 0);
            assert_eq!(usize::from(u16::from_be_bytes([packet[2], packet[3]])) * 4 + 4, packet.len());
            let expected: Vec<(u16, Option<i64>)> =
                (0..).map(|number| first.wrapping_add(number)).zip(arrivals).collect();
            assert_eq!(read(&packet, time - 900_000_000), expected);
        }
    }

    #[test]
    fn a_frame_after_frame_is_small() {
        let arrivals: Vec<Option<i64>> = (0..100).map(|number| Some(64_000 * 5 + number * 2_000)).collect();
        assert_eq!(write(0, &arrivals).len(), 20 + 2 + 100 + 2);
    }

    /// Draft §3.1.3 and §3.1.4: a run, a vector of bits, a vector of pairs.
    #[test]
    fn chunks_are_read_as_the_draft_draws_them() {
        let mut fields = vec![0, 10, 0, 3 + 14 + 7, 0, 0, 1, 0];
        fields.extend([0x00, 0x03, 0b1001_0000, 0b0000_0001, 0b1110_0100, 0]);
        fields.extend([4, 8, 0xff, 0xfc, 12]);
        let mut seen = Vec::new();
        let feedback = Feedback::parse(&fields).unwrap();
        feedback.each(0, |seq_no, arrival| seen.extend(arrival.map(|arrival| (seq_no, arrival))));
        assert_eq!(seen, [(14, 65_000), (26, 67_000), (27, 66_000), (28, 69_000)]);
    }

    #[test]
    fn the_receivers_clock_may_wrap() {
        let wrap = (REFERENCE_MASK + 1) * REFERENCE_US;
        let packet = write(5, &[Some(wrap + 64_000)]);
        assert_eq!(read(&packet, wrap - 1_000_000), [(5, Some(wrap + 64_000))]);
        assert_eq!(read(&packet, 1_000_000), [(5, Some(64_000))]);
        let before = write(5, &[Some(wrap - 64_000)]);
        assert_eq!(read(&before, wrap + 64_000), [(5, Some(wrap - 64_000))]);
    }

    #[test]
    fn a_jump_of_the_clock_begins_another_feedback() {
        let mut writer = Writer::new(0, 0, 0);
        assert!(writer.push(Some(0)));
        assert!(writer.push(Some(8_000_000)));
        assert!(!writer.push(Some(17_000_000)));
        assert_eq!(read(&writer.finish(1, 2), 0).len(), 2);
    }

    #[test]
    fn any_bytes_are_answered_without_panic() {
        let mut random = Random::new(4);
        let whole = write(65_500, &(0..200).map(|number| Some(number * 90_000)).collect::<Vec<_>>());
        let mut parsed = 0;
        for _ in 0..50_000 {
            let mut bytes = whole[12..].to_vec();
            random.mutate(&mut bytes);
            let Some(feedback) = Feedback::parse(&bytes) else { continue };
            parsed += 1;
            let mut count = 0;
            feedback.each(random.next() as i64 >> 8, |_, _| count += 1);
            assert!(count <= STATUSES_MAX);
        }
        assert!(parsed > 1000);
        assert_eq!(Feedback::parse(&[0, 0, 0xff, 0xff, 0, 0, 0, 0, 0x1f, 0xff]), None);
    }
}
