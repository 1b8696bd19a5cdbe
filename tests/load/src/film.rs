//! What publishers send: VP8-like frames of packets that differ by a byte at most, as libwebrtc cuts them, and
//! Opus-like packets. The server may look at descriptor and key frame header; the rest is a stamp and filler.
//!
//! Pure: the time of sending is written into each packet when it is sent.

use std::time::Duration;

/// Names of the layers, the smallest first.
pub(crate) const RIDS: [&str; 3] = ["l", "m", "h"];
/// 30 frames a second.
pub(crate) const FRAME: Duration = Duration::from_micros(33_333);
/// 50 packets a second.
pub(crate) const VOICE: Duration = Duration::from_millis(20);

/// As much as libwebrtc puts into a packet.
const PAYLOAD_MAX: usize = 1_100;
/// The smallest packet has room for the stamp.
const PAYLOAD_MIN: usize = 48;
/// Where the stamp stands in a payload, behind everything that a server may read or rewrite.
const STAMP_AT: usize = 24;
const MAGIC: [u8; 4] = *b"KGLB";

/// One encoding of a camera.
pub(crate) struct Film {
    pub(crate) ssrc: u32,
    pub(crate) rid: Option<&'static str>,
    pub(crate) key_frame_wanted: bool,
    size: (u16, u16),
    frame_bytes: usize,
    seq_no: u16,
    timestamp: u32,
    picture: u16,
    frames: u32,
}

/// A microphone.
pub(crate) struct Voice {
    pub(crate) ssrc: u32,
    /// −dBov.
    level: u8,
    seq_no: u16,
    timestamp: u32,
}

/// The headers' common part.
struct Head {
    kind: u8,
    marker: bool,
    seq_no: u16,
    timestamp: u32,
    ssrc: u32,
}

impl Film {
    /// The encodings of a camera of `kbit` at most: one, or a tenth, a third and all of it.
    pub(crate) fn encodings(ssrc: u32, kbit: u32, layers: usize) -> Vec<Self> {
        let all = [(10, (320, 180)), (3, (640, 360)), (1, (1280, 720))];
        let encodings = all.into_iter().zip(RIDS).skip(if layers == 1 { 2 } else { 0 });
        let films = encodings.zip(ssrc..).map(|(((divisor, size), rid), ssrc)| Self {
            ssrc,
            rid: (layers > 1).then_some(rid),
            key_frame_wanted: true,
            size,
            frame_bytes: (kbit / divisor) as usize * 1000 / 8 / 30,
            seq_no: ssrc as u16,
            timestamp: ssrc.wrapping_mul(7),
            picture: ssrc as u16 & 0x7fff,
            frames: 0,
        });
        films.collect()
    }

    /// The plain packets of the next frame.
    pub(crate) fn frame(&mut self) -> Vec<Vec<u8>> {
        let key = std::mem::take(&mut self.key_frame_wanted);
        self.frames += 1;
        self.timestamp = self.timestamp.wrapping_add(3_000);
        self.picture = (self.picture + 1) & 0x7fff;
        // Frames differ by a fifth up and down; key frames are three times as large.
        let percent = 80 + self.frames.wrapping_mul(2_654_435_761) % 41;
        let bytes = (self.frame_bytes * percent as usize / 100 * if key { 3 } else { 1 }).max(PAYLOAD_MIN);
        let count = bytes.div_ceil(PAYLOAD_MAX);
        let packets = (0..count).map(|part| {
            // As equal as can be: the first ones take a byte of the remainder.
            let length = (bytes / count + usize::from(part < bytes % count)).max(PAYLOAD_MIN);
            let head = Head {
                kind: 96,
                marker: part + 1 == count,
                seq_no: self.seq_no.wrapping_add(part as u16),
                timestamp: self.timestamp,
                ssrc: self.ssrc,
            };
            let mut packet = head.write(&[(1, b"cam"), (2, self.rid.unwrap_or_default().as_bytes())]);
            let begin = packet.len();
            let [high, low] = (0x8000 | self.picture).to_be_bytes();
            // X, S on the first packet; I, L, T; picture id, TL0PICIDX, TID 0.
            packet.extend([if part == 0 { 0x90 } else { 0x80 }, 0xe0, high, low, self.frames as u8, 0x20]);
            if part == 0 {
                packet.extend([if key { 0x10 } else { 0x11 }, 0, 0]);
                if key {
                    packet.extend([0x9d, 0x01, 0x2a]);
                    packet.extend(self.size.0.to_le_bytes());
                    packet.extend(self.size.1.to_le_bytes());
                }
            }
            packet.resize(begin + length, 0x5a);
            packet[begin + STAMP_AT..][..4].copy_from_slice(&MAGIC);
            packet
        });
        let packets = packets.collect();
        self.seq_no = self.seq_no.wrapping_add(count as u16);
        packets
    }
}

impl Voice {
    pub(crate) fn new(ssrc: u32, level: u8) -> Self {
        Self { ssrc, level, seq_no: ssrc as u16, timestamp: ssrc.wrapping_mul(11) }
    }

    /// The next plain packet: 32 kbit/s, of varying size as speech is.
    pub(crate) fn packet(&mut self) -> Vec<u8> {
        self.seq_no = self.seq_no.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(960);
        let (seq_no, timestamp, ssrc) = (self.seq_no, self.timestamp, self.ssrc);
        let mut packet = Head { kind: 111, marker: false, seq_no, timestamp, ssrc }
            .write(&[(1, b"mic"), (4, &[self.level | 0x80])]);
        let begin = packet.len();
        let length = 70 + usize::from(self.seq_no.wrapping_mul(40_503) >> 8) % 21;
        packet.resize(begin + length, 0x5a);
        packet[begin] = 0xf8;
        packet[begin + STAMP_AT..][..4].copy_from_slice(&MAGIC);
        packet
    }
}

impl Head {
    /// With one-byte header extensions (RFC 8285); empty ones are left out.
    fn write(&self, extensions: &[(u8, &[u8])]) -> Vec<u8> {
        let mut packet = Vec::with_capacity(1_200);
        packet.extend([0x90, self.kind | u8::from(self.marker) << 7]);
        packet.extend(self.seq_no.to_be_bytes());
        packet.extend(self.timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend([0xbe, 0xde, 0, 0]);
        for (id, value) in extensions.iter().filter(|(_, value)| !value.is_empty()) {
            packet.push(id << 4 | (value.len() - 1) as u8);
            packet.extend(*value);
        }
        packet.resize(packet.len().next_multiple_of(4), 0);
        packet[15] = (packet.len() / 4 - 4) as u8;
        packet
    }
}

/// Length of the header of a plain or sealed packet.
pub(crate) fn header_len(packet: &[u8]) -> Option<usize> {
    let first = *packet.first()?;
    let fixed = 12 + 4 * usize::from(first & 15);
    if first & 0x10 == 0 {
        return Some(fixed);
    }
    let words = u16::from_be_bytes(*packet.get(fixed + 2..)?.first_chunk()?);
    Some(fixed + 4 + 4 * usize::from(words))
}

/// Writes the time of sending into a plain packet.
pub(crate) fn stamp(packet: &mut [u8], wall: Duration) {
    if let Some(at) = header_len(packet).map(|header| header + STAMP_AT + MAGIC.len())
        && let Some(place) = packet.get_mut(at..at + 8)
    {
        place.copy_from_slice(&(wall.as_nanos() as u64).to_be_bytes());
    }
}

/// When a plain packet that one of our publishers made was sent.
pub(crate) fn sent_at(packet: &[u8]) -> Option<Duration> {
    let at = header_len(packet)? + STAMP_AT;
    let stamp = packet.get(at..at + 12)?.strip_prefix(&MAGIC)?;
    Some(Duration::from_nanos(u64::from_be_bytes(*stamp.first_chunk()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packets_of_a_frame_differ_by_a_byte_and_carry_the_stamp() {
        let mut film = Film::encodings(1000, 1500, 1).remove(0);
        assert!(film.frame().len() > 12, "a key frame comes first");
        let mut frame = film.frame();
        let lengths: Vec<usize> = frame.iter().map(Vec::len).collect();
        assert!((5..=7).contains(&lengths.len()), "{lengths:?}");
        assert!(lengths.iter().max().unwrap() - lengths.iter().min().unwrap() <= 1, "{lengths:?}");
        let marked: Vec<bool> = frame.iter().map(|packet| packet[1] & 0x80 != 0).collect();
        assert_eq!(marked.iter().filter(|marked| **marked).count(), 1);
        assert_eq!(marked.last(), Some(&true));
        let wall = Duration::from_nanos(1_234_567_890_123);
        stamp(&mut frame[1], wall);
        assert_eq!(sent_at(&frame[1]), Some(wall));
        assert_eq!(sent_at(&[0x80; 60]), None);
    }

    #[test]
    fn a_camera_of_three_layers_keeps_its_rate() {
        let mut films = Film::encodings(1, 900, 3);
        assert_eq!(films.iter().map(|film| film.rid.unwrap()).collect::<Vec<_>>(), RIDS);
        let rates: Vec<usize> = films
            .iter_mut()
            .map(|film| {
                film.frame();
                let bytes: usize = (0..300).flat_map(|_| film.frame()).map(|packet| packet.len()).sum();
                bytes * 8 / 10_000
            })
            .collect();
        for (rate, wanted) in rates.iter().zip([90, 300, 900]) {
            assert!(rate.abs_diff(wanted) < wanted / 7 + 10, "{rates:?}");
        }
    }
}
