//! Hold music: the built-in piece, and reading the operator's own `.opus` files (Ogg/Opus, RFC 7845).
//!
//! Pure: bytes in, Opus packets of 20 ms out, as the media plane sends them. Nothing is decoded; a packet is judged by its
//! first bytes (RFC 6716 §3.1). A file that would not play well is refused with a sentence that says what to do about it.

use bytes::Bytes;
use ogg::{Packet, PacketReader};
use std::io::Cursor;

/// Why a file is no hold music. The sentences are for the operator and follow the file's name and a colon.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MusicError {
    /// Larger than 20 MB.
    #[error("the file is larger than 20 MB; a piece of a few minutes at 64 kbit/s has about 2 MB")]
    TooLarge,
    /// No Ogg page at its start.
    #[error("this is not an Ogg file; make one with: opusenc --framesize 20 music.wav music.opus")]
    NotOgg,
    /// Ogg with something else in it.
    #[error("this Ogg file does not hold Opus; make one with: opusenc --framesize 20 music.wav music.opus")]
    NotOpus,
    /// Surround, or several streams in one file.
    #[error("the file has more than two channels or more than one stream; use one stream, mono or stereo")]
    TooManyChannels,
    /// Packets of another length.
    #[error(
        "a packet of the file does not last 20 ms; encode it with: opusenc --framesize 20 music.wav music.opus"
    )]
    NotTwentyMilliseconds,
    /// A checksum is wrong, or the file ends too early.
    #[error("the file is damaged; copy or encode it again")]
    Damaged,
    /// Under a second.
    #[error("the file is shorter than one second")]
    TooShort,
}

const LARGEST_BYTES: usize = 20_000_000;
const PACKETS_PER_SECOND: usize = 50;

/// “Linoleum um halb neun”: composed, played and committed by `actors/hold-music`; CC0.
static BUILT_IN: &[u8] = include_bytes!("../hold-music/hold-music.opus");

/// The packets of the built-in piece. Played again and again they have no seam.
pub fn built_in() -> Vec<Bytes> {
    parse_opus(BUILT_IN).expect("the built-in piece is a sound Opus file of 20 ms packets")
}

/// The 20 ms Opus packets of an Ogg/Opus file, without its two headers and without empty packets.
pub fn parse_opus(file: &[u8]) -> Result<Vec<Bytes>, MusicError> {
    if file.len() > LARGEST_BYTES {
        return Err(MusicError::TooLarge);
    }
    if !file.starts_with(b"OggS") {
        return Err(MusicError::NotOgg);
    }
    let mut reader = PacketReader::new(Cursor::new(file));
    let head = next(&mut reader)?.ok_or(MusicError::NotOpus)?;
    check_head(&head.data)?;
    let tags = next(&mut reader)?.ok_or(MusicError::NotOpus)?;
    if !tags.data.starts_with(b"OpusTags") {
        return Err(MusicError::NotOpus);
    }
    let mut packets = Vec::new();
    while let Some(packet) = next(&mut reader)? {
        if packet.stream_serial() != head.stream_serial() {
            return Err(MusicError::TooManyChannels);
        }
        if packet.data.is_empty() {
            continue;
        }
        if duration_us(&packet.data) != Some(20_000) {
            return Err(MusicError::NotTwentyMilliseconds);
        }
        packets.push(Bytes::from(packet.data));
    }
    if packets.len() < PACKETS_PER_SECOND {
        return Err(MusicError::TooShort);
    }
    Ok(packets)
}

fn next(reader: &mut PacketReader<Cursor<&[u8]>>) -> Result<Option<Packet>, MusicError> {
    reader.read_packet().map_err(|_error| MusicError::Damaged)
}

/// RFC 7845 §5.1: magic, major version 0, channels, …, mapping family 0 (mono or stereo).
fn check_head(head: &[u8]) -> Result<(), MusicError> {
    if !head.starts_with(b"OpusHead") {
        return Err(MusicError::NotOpus);
    }
    let (Some(version), Some(channels), Some(family)) = (head.get(8), head.get(9), head.get(18)) else {
        return Err(MusicError::Damaged);
    };
    if version >> 4 != 0 {
        return Err(MusicError::NotOpus);
    }
    if !(1..=2).contains(channels) || *family != 0 {
        return Err(MusicError::TooManyChannels);
    }
    Ok(())
}

/// How long a packet plays (RFC 6716 §3.1): the mode's frame length times the number of frames.
fn duration_us(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let config = usize::from(toc >> 3);
    let frame_us = match config {
        0..=11 => [10_000, 20_000, 40_000, 60_000][config % 4],
        12..=15 => [10_000, 20_000][config % 2],
        _ => [2_500, 5_000, 10_000, 20_000][config % 4],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1)? & 0x3F),
    };
    Some(frame_us * frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ogg::{PacketWriteEndInfo, PacketWriter};

    /// CELT, full band, 20 ms, stereo, one frame.
    const TOC: u8 = 31 << 3 | 4;

    fn head(channels: u8, family: u8) -> Vec<u8> {
        let mut head = b"OpusHead\x01".to_vec();
        head.push(channels);
        head.extend_from_slice(&[0x38, 0x01, 0x80, 0xBB, 0, 0, 0, 0, family]);
        head
    }

    fn ogg(packets: &[Vec<u8>]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = PacketWriter::new(&mut file);
        for (i, packet) in packets.iter().enumerate() {
            let end = match i {
                0 | 1 => PacketWriteEndInfo::EndPage,
                _ if i + 1 == packets.len() => PacketWriteEndInfo::EndStream,
                _ => PacketWriteEndInfo::NormalPacket,
            };
            writer.write_packet(packet.clone(), 1, end, (i as u64).saturating_sub(1) * 960).unwrap();
        }
        drop(writer);
        file
    }

    fn piece(channels: u8, family: u8, packets: &[Vec<u8>]) -> Vec<u8> {
        let mut all = vec![head(channels, family), b"OpusTags\0\0\0\0\0\0\0\0".to_vec()];
        all.extend_from_slice(packets);
        ogg(&all)
    }

    fn sound(count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|i| vec![TOC, i as u8, 7]).collect()
    }

    #[test]
    fn the_built_in_piece_lasts_more_than_ninety_seconds() {
        let packets = built_in();
        assert!(packets.len() >= 90 * PACKETS_PER_SECOND);
        // One mode throughout: a change of mode at the seam could be heard.
        assert!(packets.iter().all(|p| p[0] == TOC && p.len() > 2));
        assert!(BUILT_IN.len() < 1_000_000);
    }

    #[test]
    fn packets_come_out_as_they_went_in() {
        let mut packets = sound(60);
        packets.insert(10, Vec::new());
        let read = parse_opus(&piece(2, 0, &packets)).unwrap();
        assert_eq!(read, sound(60));
        assert_eq!(parse_opus(&piece(1, 0, &sound(50))).unwrap().len(), 50);
    }

    #[test]
    fn what_is_not_ogg_opus_is_refused() {
        assert_eq!(parse_opus(b""), Err(MusicError::NotOgg));
        assert_eq!(parse_opus(b"RIFF\0\0\0\0WAVE"), Err(MusicError::NotOgg));
        let vorbis = ogg(&[b"\x01vorbis\0\0\0\0".to_vec(), b"\x03vorbis".to_vec(), vec![1]]);
        assert_eq!(parse_opus(&vorbis), Err(MusicError::NotOpus));
        let untagged = ogg(&[head(2, 0), vec![TOC], vec![TOC]]);
        assert_eq!(parse_opus(&untagged), Err(MusicError::NotOpus));
    }

    #[test]
    fn surround_and_several_streams_are_refused() {
        assert_eq!(parse_opus(&piece(6, 1, &sound(60))), Err(MusicError::TooManyChannels));
        let mut chained = piece(2, 0, &sound(60));
        let mut file = Vec::new();
        let mut writer = PacketWriter::new(&mut file);
        writer.write_packet(head(2, 0), 2, PacketWriteEndInfo::EndStream, 0).unwrap();
        drop(writer);
        chained.extend_from_slice(&file);
        assert_eq!(parse_opus(&chained), Err(MusicError::TooManyChannels));
    }

    #[test]
    fn other_packet_lengths_are_refused() {
        for toc in [30 << 3, 31 << 3 | 1, 3 << 3, 12 << 3, 31 << 3 | 3] {
            let mut packets = sound(60);
            packets[30] = vec![toc, 2, 0];
            assert_eq!(
                parse_opus(&piece(2, 0, &packets)),
                Err(MusicError::NotTwentyMilliseconds),
                "TOC {toc:#x}"
            );
        }
    }

    /// 20 ms in all of RFC 6716's ways: SILK, hybrid, CELT, two frames of 10 ms, four of 5 ms.
    #[test]
    fn every_way_to_twenty_milliseconds_is_known() {
        for packet in [[1 << 3, 0], [13 << 3, 0], [19 << 3, 0], [30 << 3 | 1, 0], [29 << 3 | 3, 4]] {
            assert_eq!(duration_us(&packet), Some(20_000), "{packet:?}");
        }
        assert_eq!(duration_us(&[3]), None);
    }

    #[test]
    fn damage_is_noticed_wherever_it_is() {
        let whole = piece(2, 0, &sound(60));
        let mut flipped = whole.clone();
        let last = flipped.len() - 1;
        flipped[last] ^= 1;
        assert_eq!(parse_opus(&flipped), Err(MusicError::Damaged));
        assert_eq!(parse_opus(&whole[..whole.len() - 1]), Err(MusicError::Damaged));
        for length in 0..whole.len() {
            assert!(parse_opus(&whole[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn too_large_and_too_short_are_refused() {
        assert_eq!(parse_opus(&vec![0; LARGEST_BYTES + 1]), Err(MusicError::TooLarge));
        assert_eq!(parse_opus(&piece(2, 0, &sound(49))), Err(MusicError::TooShort));
    }
}
