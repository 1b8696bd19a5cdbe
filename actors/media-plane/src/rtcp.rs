//! RTCP as browsers speak it (RFC 3550, 4585, 5104, REMB): read from and written to plain compound packets. Pure.

use crate::transport_cc::Feedback;

/// SSRC of the server in what it says about others' streams; any constant does.
pub(crate) const OURS: u32 = 1;
const FEEDBACK_TRANSPORT: u8 = 205;
const FEEDBACK_PAYLOAD: u8 = 206;

/// One thing that a client said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Said<'a> {
    /// At this NTP time (64 bits) the source's clock showed this.
    SenderReport { ssrc: u32, ntp: u64, timestamp: u32 },
    /// A report block about one of our slots.
    Reception { ssrc: u32, fraction_lost: u8, last_sr: u32, delay: u32 },
    /// Packets of a slot are missing: pairs of first number and mask (RFC 4585 §6.2.1).
    Nack { ssrc: u32, pairs: &'a [u8] },
    /// What arrived of everything that was sent, and when.
    Arrivals(Feedback<'a>),
    /// The receiver's own estimate of its line (REMB), in bits a second.
    Estimate { bps: u64 },
    /// A slot needs a key frame (PLI or FIR).
    KeyframeNeeded { ssrc: u32 },
}

/// Tells `each` everything known in a compound packet; stops at the first malformed part.
pub(crate) fn read(compound: &[u8], mut each: impl FnMut(Said<'_>)) {
    let mut rest = compound;
    while let Some(head) = rest.first_chunk::<4>() {
        let length = 4 * (usize::from(u16::from_be_bytes([head[2], head[3]])) + 1);
        let Some(packet) = rest.get(..length) else { return };
        if head[0] >> 6 != 2 || read_one(packet, head[0] & 31, head[1], &mut each).is_none() {
            return;
        }
        rest = &rest[length..];
    }
}

fn read_one(packet: &[u8], count: u8, kind: u8, each: &mut impl FnMut(Said<'_>)) -> Option<()> {
    match (kind, count) {
        (200, _) => {
            let ntp = u64::from(word(packet, 8)?) << 32 | u64::from(word(packet, 12)?);
            each(Said::SenderReport { ssrc: word(packet, 4)?, ntp, timestamp: word(packet, 16)? });
            read_blocks(packet, 28, count, each)?;
        }
        (201, _) => read_blocks(packet, 8, count, each)?,
        (FEEDBACK_TRANSPORT, 1) => each(Said::Nack { ssrc: word(packet, 8)?, pairs: packet.get(12..)? }),
        (FEEDBACK_TRANSPORT, 15) => {
            if let Some(feedback) = packet.get(12..).and_then(Feedback::parse) {
                each(Said::Arrivals(feedback));
            }
        }
        (FEEDBACK_PAYLOAD, 15) if packet.get(12..16) == Some(b"REMB") => {
            let value = word(packet, 16)?;
            let (exponent, mantissa) = (value >> 18 & 63, u64::from(value & 0x3_ffff));
            each(Said::Estimate { bps: mantissa.saturating_mul(1 << exponent) });
        }
        (FEEDBACK_PAYLOAD, 1) => each(Said::KeyframeNeeded { ssrc: word(packet, 8)? }),
        (FEEDBACK_PAYLOAD, 4) => {
            for entry in packet.get(12..)?.chunks_exact(8) {
                each(Said::KeyframeNeeded { ssrc: word(entry, 0)? });
            }
        }
        _ => {}
    }
    Some(())
}

fn read_blocks(packet: &[u8], from: usize, count: u8, each: &mut impl FnMut(Said<'_>)) -> Option<()> {
    for block in packet.get(from..)?.chunks_exact(24).take(usize::from(count)) {
        let (ssrc, last_sr, delay) = (word(block, 0)?, word(block, 16)?, word(block, 20)?);
        each(Said::Reception { ssrc, fraction_lost: block[4], last_sr, delay });
    }
    Some(())
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The sequence numbers of NACK pairs.
pub(crate) fn nacked(pairs: &[u8]) -> impl Iterator<Item = u16> {
    pairs.chunks_exact(4).flat_map(|pair| {
        let first = u16::from_be_bytes([pair[0], pair[1]]);
        let mask = u32::from(u16::from_be_bytes([pair[2], pair[3]])) << 1 | 1;
        (0..17).filter(move |bit| mask >> bit & 1 == 1).map(move |bit| first.wrapping_add(bit))
    })
}

/// A report block (RFC 3550 §6.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Block {
    pub(crate) ssrc: u32,
    /// 256ths.
    pub(crate) fraction_lost: u8,
    /// 24 bits, signed.
    pub(crate) total_lost: i32,
    pub(crate) highest: u32,
    pub(crate) jitter: u32,
    /// Middle 32 bits of the NTP time of the last sender report.
    pub(crate) last_sr: u32,
    /// 65,536ths of a second since that.
    pub(crate) delay: u32,
}

/// Begins a compound packet: an RR of at most 31 blocks.
pub(crate) fn receiver_report(blocks: &[Block]) -> Vec<u8> {
    let blocks = &blocks[..blocks.len().min(31)];
    let mut out = Vec::with_capacity(64 + 24 * blocks.len());
    head(&mut out, blocks.len() as u8, 201, 1 + 6 * blocks.len(), OURS);
    for block in blocks {
        words(
            &mut out,
            &[
                block.ssrc,
                u32::from(block.fraction_lost) << 24
                    | (block.total_lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff),
                block.highest,
                block.jitter,
                block.last_sr,
                block.delay,
            ],
        );
    }
    out
}

/// REMB for these video sources together.
pub(crate) fn estimate(out: &mut Vec<u8>, bits_per_second: u32, sources: &[u32]) {
    let exponent = (32 - bits_per_second.leading_zeros()).saturating_sub(18);
    let mantissa = bits_per_second >> exponent;
    head(out, 15, FEEDBACK_PAYLOAD, 4 + sources.len(), OURS);
    words(out, &[0, u32::from_be_bytes(*b"REMB"), (sources.len() as u32) << 24 | exponent << 18 | mantissa]);
    words(out, sources);
}

/// A sender report of one slot.
pub(crate) fn sender_report(ssrc: u32, ntp: u64, timestamp: u32, packets: u32, octets: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(28);
    head(&mut out, 0, 200, 6, ssrc);
    words(&mut out, &[(ntp >> 32) as u32, ntp as u32, timestamp, packets, octets]);
    out
}

/// Asks a source for a key frame.
pub(crate) fn picture_loss(ssrc: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(12);
    head(&mut out, 1, FEEDBACK_PAYLOAD, 2, OURS);
    words(&mut out, &[ssrc]);
    out
}

/// Asks a source for packets again; `seq_nos` in ascending order.
pub(crate) fn nack(ssrc: u32, seq_nos: &[u16]) -> Vec<u8> {
    let mut pairs: Vec<(u16, u16)> = Vec::new();
    for &seq_no in seq_nos {
        match pairs.last_mut() {
            Some((first, mask)) if (1..=16).contains(&seq_no.wrapping_sub(*first)) => {
                *mask |= 1 << (seq_no.wrapping_sub(*first) - 1);
            }
            _ => pairs.push((seq_no, 0)),
        }
    }
    let mut out = Vec::with_capacity(12 + 4 * pairs.len());
    head(&mut out, 1, FEEDBACK_TRANSPORT, 2 + pairs.len(), OURS);
    words(&mut out, &[ssrc]);
    words(
        &mut out,
        &pairs.iter().map(|(first, mask)| u32::from(*first) << 16 | u32::from(*mask)).collect::<Vec<_>>(),
    );
    out
}

fn head(out: &mut Vec<u8>, count: u8, kind: u8, words_after: usize, ssrc: u32) {
    out.extend([0x80 | count, kind]);
    out.extend((words_after as u16).to_be_bytes());
    out.extend(ssrc.to_be_bytes());
}

fn words(out: &mut Vec<u8>, words: &[u32]) {
    for word in words {
        out.extend(word.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    fn said(compound: &[u8]) -> Vec<String> {
        let mut all = Vec::new();
        read(compound, |said| all.push(format!("{said:?}")));
        all
    }

    #[test]
    fn what_is_written_is_read_back() {
        let block =
            Block { ssrc: 7, fraction_lost: 6, last_sr: 8, delay: 9, total_lost: -1, ..Block::default() };
        let mut compound = receiver_report(&[block]);
        compound.extend(sender_report(5, 0x0102_0304_0506_0708, 99, 3, 4));
        compound.extend(picture_loss(6));
        assert_eq!(
            said(&compound),
            [
                "Reception { ssrc: 7, fraction_lost: 6, last_sr: 8, delay: 9 }",
                "SenderReport { ssrc: 5, ntp: 72623859790382856, timestamp: 99 }",
                "KeyframeNeeded { ssrc: 6 }",
            ]
        );
    }

    #[test]
    fn nacks_are_packed_and_unpacked_across_the_wrap() {
        let missing = [65_530, 65_534, 3, 11, 300];
        let packet = nack(42, &missing);
        assert_eq!(packet.len(), 12 + 3 * 4);
        let mut seen = Vec::new();
        read(&packet, |said| {
            if let Said::Nack { ssrc: 42, pairs } = said {
                seen.extend(nacked(pairs));
            }
        });
        assert_eq!(seen, missing);
    }

    #[test]
    fn estimates_have_eighteen_bits_of_mantissa() {
        let mut out = Vec::new();
        estimate(&mut out, 2_500_000, &[1, 2]);
        assert_eq!(out.len(), 28);
        let value = u32::from_be_bytes([0, out[17], out[18], out[19]]);
        let bits = (value & 0x3_ffff) << (value >> 18);
        assert!((2_499_968..=2_500_000).contains(&bits), "{bits}");
        assert_eq!(out[16], 2);
        assert_eq!(said(&out), [format!("Estimate {{ bps: {bits} }}")]);
        out[17..20].fill(0xff);
        assert_eq!(said(&out), [format!("Estimate {{ bps: {} }}", u64::MAX)]);
    }

    #[test]
    fn fir_names_its_targets() {
        let mut fir = vec![0x84, 206, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0];
        fir.extend([0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0]);
        assert_eq!(said(&fir), ["KeyframeNeeded { ssrc: 9 }", "KeyframeNeeded { ssrc: 8 }"]);
    }

    #[test]
    fn any_bytes_are_answered_without_panic() {
        let mut random = Random::new(2);
        let mut whole = receiver_report(&[Block::default(), Block::default()]);
        whole.extend(nack(1, &[1, 2, 3, 100]));
        for _ in 0..50_000 {
            let mut bytes = whole.clone();
            random.mutate(&mut bytes);
            let mut count = 0;
            read(&bytes, |said| {
                if let Said::Nack { pairs, .. } = said {
                    count += nacked(pairs).count();
                }
            });
            assert!(count <= 17 * bytes.len());
        }
    }
}
