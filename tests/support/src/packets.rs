//! Synthetic media: payloads that are valid where a server may look (descriptor, key frame header) and carry the
//! sender's tag and a running number everywhere else, so that a receiver can say whose they are and what is missing.

use bytes::Bytes;

/// Largest RTP payload that is made here, bytes.
const PAYLOAD_MAX: usize = 1_100;

/// Makes Opus packets of 20 ms.
pub struct Opus {
    tag: u8,
    number: u32,
}

/// Makes VP8 frames (RFC 7741), 15-bit picture ids.
pub struct Vp8 {
    tag: u8,
    size: (u16, u16),
    number: u32,
    picture: u16,
}

impl Opus {
    /// Of the sender `tag`.
    pub fn new(tag: u8) -> Self {
        Self { tag, number: 0 }
    }

    /// The next packet's payload.
    pub fn packet(&mut self) -> Bytes {
        // TOC byte (RFC 6716 §3.1): CELT, full band, 20 ms, mono, one frame.
        let mut payload = vec![0xf8];
        payload.extend(stamp(self.tag, &mut self.number));
        payload.resize(60, self.tag);
        payload.into()
    }
}

impl Vp8 {
    /// Of the sender `tag`, 640×360.
    pub fn new(tag: u8) -> Self {
        Self::sized(tag, 640, 360)
    }

    /// The same in another size.
    pub fn sized(tag: u8, width: u16, height: u16) -> Self {
        // Near the end of its range, so that every story sees it wrap.
        Self { tag, size: (width, height), number: 0, picture: 0x7ff0 }
    }

    /// The payloads of the next frame: a key frame of four packets or another of two.
    pub fn frame(&mut self, key: bool) -> Vec<Bytes> {
        let packets = if key { 4 } else { 2 };
        let picture = self.picture & 0x7fff;
        self.picture = self.picture.wrapping_add(1);
        (0..packets)
            .map(|part| {
                // Descriptor: X; S on the first packet; I with 15 bits.
                let start = if part == 0 { 0x10 } else { 0 };
                let [high, low] = (0x8000 | picture).to_be_bytes();
                let mut payload = vec![0x80 | start, 0x80, high, low];
                if part == 0 {
                    // Frame tag (RFC 6386 §9.1): bit 0 is 0 for a key frame, bit 4 is "show".
                    payload.extend([if key { 0x10 } else { 0x11 }, 0, 0]);
                    if key {
                        payload.extend([0x9d, 0x01, 0x2a]);
                        payload.extend(self.size.0.to_le_bytes());
                        payload.extend(self.size.1.to_le_bytes());
                    }
                }
                let keep = PAYLOAD_MAX - 5 - 3 * usize::from(part % 2 == 1);
                payload.resize(keep, self.tag);
                payload.extend(stamp(self.tag, &mut self.number));
                payload.into()
            })
            .collect()
    }
}

fn stamp(tag: u8, number: &mut u32) -> [u8; 5] {
    let [a, b, c, d] = number.to_be_bytes();
    *number += 1;
    [tag, a, b, c, d]
}

/// Sender and number of an Opus payload made here.
pub(crate) fn read_opus(payload: &[u8]) -> Option<(u8, u32)> {
    read(payload.get(1..6)?)
}

/// Sender and number of a VP8 payload made here.
pub(crate) fn read_vp8(payload: &[u8]) -> Option<(u8, u32)> {
    read(payload.get(payload.len().checked_sub(5)?..)?)
}

fn read(stamp: &[u8]) -> Option<(u8, u32)> {
    let [tag, number @ ..] = stamp else { return None };
    Some((*tag, u32::from_be_bytes(number.try_into().ok()?)))
}

/// Whether a VP8 payload begins a key frame.
pub(crate) fn begins_key_frame(payload: &[u8]) -> bool {
    // X, I and a 15-bit picture id: what servers write for us is what we sent, 4 bytes of descriptor.
    payload.first().is_some_and(|first| first & 0x10 != 0) && payload.get(4).is_some_and(|tag| tag & 1 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stamped_is_read() {
        let mut opus = Opus::new(7);
        assert_eq!(read_opus(&opus.packet()), Some((7, 0)));
        assert_eq!(read_opus(&opus.packet()), Some((7, 1)));
        let mut vp8 = Vp8::new(9);
        let key = vp8.frame(true);
        assert!(begins_key_frame(&key[0]) && !begins_key_frame(&key[1]));
        assert_eq!(
            key.iter().filter_map(|part| read_vp8(part)).collect::<Vec<_>>(),
            [(9, 0), (9, 1), (9, 2), (9, 3)]
        );
        assert!(!begins_key_frame(&vp8.frame(false)[0]));
    }
}
