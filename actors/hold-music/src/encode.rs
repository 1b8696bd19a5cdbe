//! From samples to the committed file.
//!
//! Debian's `opusenc` (opus-tools) encodes the piece played twice; only the packets of the second time are kept. The encoder met the
//! beginning of that second time with the end of the piece behind it, just as a decoder does that loops the packets: the states match.
//! An Opus packet decodes to sound that is the encoder's look-ahead (pre-skip) later; in a circle that only turns the circle a little.

use crate::score::{LENGTH, RATE};
use crate::studio::Tape;
use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};
use std::io::{self, Cursor, Write};

/// Samples of a packet: 20 ms.
const FRAME: usize = RATE as usize / 50;
/// Any fixed number: the file is the same each time.
const SERIAL: u32 = 0x4B65_6765;

/// The piece played twice, as a WAV file of 24 bits (16 would need dither).
pub fn twice_as_wav(tape: &Tape) -> Vec<u8> {
    let bytes = (LENGTH * 2 * 2 * 3) as u32;
    let mut wav = Vec::with_capacity(bytes as usize + 44);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(bytes + 36).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    wav.extend_from_slice(&RATE.to_le_bytes());
    wav.extend_from_slice(&(RATE * 6).to_le_bytes());
    wav.extend_from_slice(&[6, 0, 24, 0]);
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&bytes.to_le_bytes());
    for _ in 0..2 {
        for (l, r) in tape.left.iter().zip(&tape.right) {
            for s in [l, r] {
                let value = (f64::from(s.clamp(-1.0, 1.0)) * 8_388_607.0).round() as i32;
                wav.extend_from_slice(&value.to_le_bytes()[..3]);
            }
        }
    }
    wav
}

/// All packets of an Ogg file, the two headers first.
pub fn packets(file: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    let mut reader = PacketReader::new(Cursor::new(file));
    let mut packets = Vec::new();
    while let Some(packet) = reader.read_packet().map_err(io::Error::other)? {
        packets.push(packet.data);
    }
    Ok(packets)
}

/// Cuts `opusenc`'s file down to the second time around and writes our own head.
pub fn keep_second_time(encoded: &[u8]) -> io::Result<Vec<u8>> {
    let packets = packets(encoded)?;
    let head = packets.first().ok_or_else(|| io::Error::other("opusenc wrote nothing"))?;
    let pre_skip = head
        .get(10..12)
        .map(|b| u16::from_le_bytes([b[0], b[1]]))
        .ok_or_else(|| io::Error::other("opusenc wrote no head"))?;
    let count = LENGTH / FRAME;
    // Two header packets, then the first time around.
    let second = packets
        .get(2 + count..2 + 2 * count)
        .ok_or_else(|| io::Error::other("opusenc wrote too few packets; is the frame size 20 ms?"))?;
    write_ogg(second, pre_skip)
}

/// An Ogg file of Opus packets of 20 ms (RFC 7845): head, tags, then the packets, each page's granule position counting samples with the pre-skip.
pub fn write_ogg(packets: &[Vec<u8>], pre_skip: u16) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut writer = PacketWriter::new(&mut file);
    writer.write_packet(head(pre_skip), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
    writer.write_packet(tags(), SERIAL, PacketWriteEndInfo::EndPage, 0)?;
    for (i, packet) in packets.iter().enumerate() {
        let end = match i + 1 {
            n if n == packets.len() => PacketWriteEndInfo::EndStream,
            n if n % 50 == 0 => PacketWriteEndInfo::EndPage,
            _ => PacketWriteEndInfo::NormalPacket,
        };
        writer.write_packet(packet.clone(), SERIAL, end, ((i + 1) * FRAME) as u64)?;
    }
    drop(writer);
    Ok(file)
}

fn head(pre_skip: u16) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x02".to_vec();
    head.extend_from_slice(&pre_skip.to_le_bytes());
    head.extend_from_slice(&RATE.to_le_bytes());
    // Output gain 0, channel mapping family 0.
    head.extend_from_slice(&[0, 0, 0]);
    head
}

fn tags() -> Vec<u8> {
    let texts = [
        format!("TITLE={}", crate::TITLE),
        "ARTIST=Kegelbahn".to_owned(),
        "LICENSE=https://creativecommons.org/publicdomain/zero/1.0/".to_owned(),
        "COPYRIGHT=CC0 1.0: no rights reserved".to_owned(),
    ];
    let mut tags = b"OpusTags".to_vec();
    let mut push = |text: &str| {
        tags.extend_from_slice(&(text.len() as u32).to_le_bytes());
        tags.extend_from_slice(text.as_bytes());
    };
    push("kegelbahn hold-music");
    let count = texts.len() as u32;
    tags.extend_from_slice(&count.to_le_bytes());
    for text in &texts {
        tags.extend_from_slice(&(text.len() as u32).to_le_bytes());
        tags.extend_from_slice(text.as_bytes());
    }
    tags
}

/// Runs `opusenc` on a WAV file's bytes and returns its Ogg file.
pub fn opusenc(wav: &[u8]) -> io::Result<Vec<u8>> {
    use std::process::{Command, Stdio};
    let folder = std::env::temp_dir().join(format!("hold-music-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let (input, output) = (folder.join("twice.wav"), folder.join("twice.opus"));
    let result = (|| {
        std::fs::File::create(&input)?.write_all(wav)?;
        let status = Command::new("opusenc")
            .args(["--quiet", "--music", "--vbr", "--bitrate", "56", "--comp", "10", "--framesize", "20"])
            .args(["--discard-comments", "--discard-pictures", "--serial", "1"])
            .args([&input, &output])
            .stdin(Stdio::null())
            .status()
            .map_err(|e| {
                io::Error::new(e.kind(), format!("opusenc (Debian: opus-tools) does not start: {e}"))
            })?;
        if !status.success() {
            return Err(io::Error::other("opusenc failed"));
        }
        std::fs::read(&output)
    })();
    std::fs::remove_dir_all(&folder)?;
    result
}
