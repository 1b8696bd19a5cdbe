//! RTCP of a client: what the server asks for, and reports to it (RFC 3550, 4585, transport-wide feedback). Pure.

use crate::account::Account;

const OURS: u32 = 1;
/// Report blocks in one report.
const BLOCKS_MAX: usize = 31;

/// What a server says that matters here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    /// The encoding with this SSRC shall begin anew.
    KeyFrameWanted(u32),
    /// The clock of a source: the middle of the NTP time.
    SenderReport { ssrc: u32, ntp_middle: u32 },
    /// Packets are missing there; this program does not send them again.
    Nack,
}

/// Reads a plain compound packet; stops where it is malformed.
pub(crate) fn read(compound: &[u8], mut each: impl FnMut(Said)) {
    let word = |packet: &[u8], at: usize| Some(u32::from_be_bytes(*packet.get(at..)?.first_chunk()?));
    let mut rest = compound;
    while let Some(head) = rest.first_chunk::<4>() {
        let length = 4 * (usize::from(u16::from_be_bytes([head[2], head[3]])) + 1);
        let Some(packet) = rest.get(..length) else { return };
        match (head[1], head[0] & 31) {
            (200, _) => {
                if let (Some(ssrc), Some(high), Some(low)) =
                    (word(packet, 4), word(packet, 8), word(packet, 12))
                {
                    each(Said::SenderReport { ssrc, ntp_middle: high << 16 | low >> 16 });
                }
            }
            (205, 1) => each(Said::Nack),
            (206, 1) => word(packet, 8).into_iter().for_each(|ssrc| each(Said::KeyFrameWanted(ssrc))),
            (206, 4) => {
                let entries = packet.get(12..).unwrap_or_default().chunks_exact(8);
                entries.filter_map(|entry| word(entry, 0)).for_each(|ssrc| each(Said::KeyFrameWanted(ssrc)));
            }
            _ => {}
        }
        rest = &rest[length..];
    }
}

/// A receiver report; `now` is in microseconds of the run.
pub(crate) fn receiver_report(account: &Account, now: u64) -> Vec<u8> {
    let streams = &account.streams()[..account.streams().len().min(BLOCKS_MAX)];
    let mut out = Vec::with_capacity(8 + 24 * streams.len());
    out.extend([0x80 | streams.len() as u8, 201]);
    out.extend((1 + 6 * streams.len() as u16).to_be_bytes());
    out.extend(OURS.to_be_bytes());
    for stream in streams {
        let (highest, missing) = stream.reception();
        let (last, delay) = stream
            .report
            .map_or((0, 0), |(ntp, at)| (ntp, (now.saturating_sub(at) * 65_536 / 1_000_000) as u32));
        for word in [stream.ssrc, missing & 0x7f_ffff, highest, 0, last, delay] {
            out.extend(word.to_be_bytes());
        }
    }
    out
}

/// Transport-wide numbers as they arrive (draft-holmer-rmcat-transport-wide-cc-extensions-01), fed back in one piece.
#[derive(Default)]
pub(crate) struct Transport {
    arrivals: Vec<(u16, u64)>,
    count: u8,
}

impl Transport {
    /// Packets between two feedbacks at most; what is beyond is not told.
    const ARRIVALS_MAX: usize = 1_000;

    /// A packet; `now` is in microseconds.
    pub(crate) fn arrived(&mut self, number: u16, now: u64) {
        if self.arrivals.len() < Self::ARRIVALS_MAX {
            self.arrivals.push((number, now));
        }
    }

    /// What has arrived since the last time, if anything.
    pub(crate) fn feedback(&mut self) -> Option<Vec<u8>> {
        let mut arrivals = std::mem::take(&mut self.arrivals);
        let first = arrivals
            .iter()
            .map(|arrival| arrival.0)
            .reduce(|a, b| if (b.wrapping_sub(a) as i16) < 0 { b } else { a })?;
        arrivals.sort_by_key(|arrival| arrival.0.wrapping_sub(first));
        arrivals.dedup_by_key(|arrival| arrival.0);
        let count = arrivals.last().map_or(0, |last| last.0.wrapping_sub(first)).saturating_add(1);
        let begin = arrivals[0].1 / 64_000;
        let (mut symbols, mut deltas) = (vec![0_u8; usize::from(count).next_multiple_of(7)], Vec::new());
        let mut clock = begin * 256;
        for (number, at) in &arrivals {
            let ticks = at / 250;
            let delta = ticks as i64 - clock as i64;
            clock = ticks;
            let symbol = &mut symbols[usize::from(number.wrapping_sub(first))];
            if let Ok(small) = u8::try_from(delta) {
                *symbol = 1;
                deltas.push(small);
            } else {
                *symbol = 2;
                deltas.extend((delta.clamp(-32_768, 32_767) as i16).to_be_bytes());
            }
        }
        let mut out = vec![0x8f, 205, 0, 0];
        out.extend(OURS.to_be_bytes());
        out.extend([0; 4]);
        out.extend(first.to_be_bytes());
        out.extend(count.to_be_bytes());
        out.extend(((begin as u32 & 0xff_ffff) << 8 | u32::from(self.count)).to_be_bytes());
        for seven in symbols.chunks(7) {
            // A vector of seven two-bit symbols.
            let bits = seven.iter().fold(0_u16, |bits, symbol| bits << 2 | u16::from(*symbol));
            out.extend((0xc000 | bits).to_be_bytes());
        }
        out.extend(deltas);
        out.resize(out.len().next_multiple_of(4), 0);
        let words = (out.len() / 4 - 1) as u16;
        out[2..4].copy_from_slice(&words.to_be_bytes());
        self.count = self.count.wrapping_add(1);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_clocks_are_read() {
        let mut compound = vec![0x80, 200, 0, 6];
        for word in [5_u32, 0x0001_0002, 0x0003_0004, 0, 0, 0] {
            compound.extend(word.to_be_bytes());
        }
        compound.extend([0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9]);
        compound.extend([0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
        compound.extend([0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 9, 0, 1, 0, 0]);
        let mut said = Vec::new();
        read(&compound, |one| said.push(one));
        let clock = Said::SenderReport { ssrc: 5, ntp_middle: 0x0002_0003 };
        assert_eq!(said, [clock, Said::KeyFrameWanted(9), Said::KeyFrameWanted(8), Said::Nack]);
    }

    #[test]
    fn transport_feedback_names_what_came_and_what_did_not() {
        let mut transport = Transport::default();
        assert_eq!(transport.feedback(), None);
        for (number, at) in [(65_535, 64_000), (1, 65_000), (0, 64_500)] {
            transport.arrived(number, at);
        }
        transport.arrived(4, 164_000);
        let feedback = transport.feedback().unwrap();
        assert_eq!(feedback[12..16], [0xff, 0xff, 0, 6], "the first number and how many");
        assert_eq!(feedback[16..20], [0, 0, 1, 0], "64 ms, the first feedback");
        // Received small, small, small, missing, missing, received large, padding.
        assert_eq!(feedback[20..22], (0xc000_u16 | 0b01_01_01_00_00_10_00).to_be_bytes());
        assert_eq!(feedback[22..27], [0, 2, 2, 1, 140]);
        assert_eq!(feedback.len() % 4, 0);
        assert_eq!(usize::from(feedback[3]), feedback.len() / 4 - 1);
    }
}
