//! RTP headers (RFC 3550 §5.1, RFC 8285), read in place and written from a template. Pure; any bytes are answered.

use crate::description::SlotParameters;

/// Where things are in a packet whose header is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Header {
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) seq_no: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    /// Length of the header with its extensions: the payload begins there.
    pub(crate) len: usize,
    extensions: Option<Extensions>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Extensions {
    profile: u16,
    start: usize,
    end: usize,
}

const ONE_BYTE: u16 = 0xBEDE;

impl Header {
    pub(crate) fn parse(packet: &[u8]) -> Option<Self> {
        let fixed = packet.first_chunk::<12>()?;
        if fixed[0] >> 6 != 2 {
            return None;
        }
        let mut len = 12 + 4 * usize::from(fixed[0] & 15);
        let mut extensions = None;
        if fixed[0] & 0x10 != 0 {
            let head = packet.get(len..len + 4)?;
            let words = usize::from(u16::from_be_bytes([head[2], head[3]]));
            let (start, end) = (len + 4, len + 4 + 4 * words);
            extensions = Some(Extensions { profile: u16::from_be_bytes([head[0], head[1]]), start, end });
            len = end;
        }
        (packet.len() >= len).then_some(Self {
            marker: fixed[1] & 0x80 != 0,
            payload_type: fixed[1] & 0x7f,
            seq_no: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            len,
            extensions,
        })
    }

    /// The payload of a plain packet without its padding; `None` when the padding is impossible.
    pub(crate) fn payload<'a>(&self, packet: &'a [u8]) -> Option<&'a [u8]> {
        let payload = packet.get(self.len..)?;
        if packet.first()? & 0x20 == 0 {
            return Some(payload);
        }
        let padding = usize::from(*payload.last()?);
        if padding == 0 { None } else { payload.get(..payload.len().checked_sub(padding)?) }
    }

    /// A header extension, in the one-byte or the two-byte form.
    pub(crate) fn extension<'a>(&self, packet: &'a [u8], id: u8) -> Option<&'a [u8]> {
        let Extensions { profile, start, end } = self.extensions?;
        let mut rest = packet.get(start..end)?;
        loop {
            let first = *rest.first()?;
            if first == 0 {
                rest = &rest[1..];
                continue;
            }
            let (found, head, length) = match profile {
                ONE_BYTE if first >> 4 == 15 => return None,
                ONE_BYTE => (first >> 4, 1, usize::from(first & 15) + 1),
                profile if profile & 0xfff0 == 0x1000 => (first, 2, usize::from(*rest.get(1)?)),
                _ => return None,
            };
            let value = rest.get(head..head + length)?;
            if found == id {
                return Some(value);
            }
            rest = &rest[head + length..];
        }
    }
}

/// The header that a slot writes: its SSRC and `mid` never change, so its length is constant, which is what makes
/// the packets of a frame equal in size (MEDIA.md §4).
#[derive(Clone, Debug)]
pub(crate) struct Template {
    bytes: [u8; Template::LEN_MAX],
    len: usize,
    /// Where the transport-wide sequence number goes, 0 for nowhere.
    transport_at: usize,
}

impl Template {
    const LEN_MAX: usize = 36;

    /// Longest `mid` that goes into the header (one-byte form, RFC 8285 §4.2, and a round length).
    pub(crate) const MID_MAX: usize = 15;

    /// A `mid` that is empty or longer than [`Self::MID_MAX`] is left out: the SSRC names the m-line, too.
    pub(crate) fn new(ssrc: u32, parameters: &SlotParameters) -> Self {
        let mut bytes = [0; Self::LEN_MAX];
        bytes[8..12].copy_from_slice(&ssrc.to_be_bytes());
        let fits = |mid: &str| (1..=Self::MID_MAX).contains(&mid.len());
        let Some((extension, mid)) = parameters.mid.as_ref().filter(|(_, mid)| fits(mid)) else {
            bytes[0] = 0x80;
            return Self { bytes, len: 12, transport_at: 0 };
        };
        let mid = mid.as_bytes();
        let words = (1 + mid.len()).div_ceil(4);
        bytes[0] = 0x90;
        bytes[12..14].copy_from_slice(&ONE_BYTE.to_be_bytes());
        bytes[15] = words as u8;
        bytes[16] = extension << 4 | (mid.len() - 1) as u8;
        bytes[17..17 + mid.len()].copy_from_slice(mid);
        Self { bytes, len: 16 + 4 * words, transport_at: 0 }
    }

    /// Leaves room for a transport-wide sequence number under this extension id.
    pub(crate) fn number_transport(&mut self, id: u8) {
        if self.transport_at == 0 {
            let at = if self.len == 12 { 16 } else { 17 + usize::from(self.bytes[16] & 15) + 1 };
            self.bytes[0] = 0x90;
            self.bytes[12..14].copy_from_slice(&ONE_BYTE.to_be_bytes());
            self.bytes[at] = id << 4 | 1;
            self.transport_at = at + 1;
            let words = (at + 3 - 16).div_ceil(4);
            self.bytes[15] = words as u8;
            self.len = 16 + 4 * words;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn write(
        &self,
        out: &mut Vec<u8>,
        marker: bool,
        payload_type: u8,
        seq_no: u16,
        timestamp: u32,
        transport_seq_no: u16,
    ) {
        let mut bytes = self.bytes;
        bytes[1] = payload_type | u8::from(marker) << 7;
        bytes[2..4].copy_from_slice(&seq_no.to_be_bytes());
        bytes[4..8].copy_from_slice(&timestamp.to_be_bytes());
        if self.transport_at > 0 {
            bytes[self.transport_at..self.transport_at + 2].copy_from_slice(&transport_seq_no.to_be_bytes());
        }
        out.extend_from_slice(&bytes[..self.len]);
    }
}

/// Appends padding (RFC 3550 §5.1) to the packet that begins at `start`: at most 255 bytes, the last one counts them.
pub(crate) fn pad(out: &mut Vec<u8>, start: usize, count: usize) {
    if count == 0 {
        return;
    }
    out[start] |= 0x20;
    out.resize(out.len() + count - 1, 0);
    out.push(count as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::SlotId;
    use crate::codec::Formats;
    use crate::testing::Random;

    #[test]
    fn what_the_template_writes_is_read_back() {
        let template = Template::new(0x1000_2000, &SlotParameters::new(SlotId::Video(24)));
        let mut packet = Vec::new();
        template.write(&mut packet, true, 96, 65_535, 77, 9);
        assert_eq!(packet.len(), template.len());
        packet.extend([9; 5]);
        pad(&mut packet, 0, 3);
        let header = Header::parse(&packet).unwrap();
        assert_eq!((header.marker, header.payload_type, header.seq_no), (true, 96, 65_535));
        assert_eq!((header.timestamp, header.ssrc, header.len), (77, 0x1000_2000, template.len()));
        assert_eq!(header.extension(&packet, 1), Some(&b"v24"[..]));
        assert_eq!(header.extension(&packet, 2), None);
        assert_eq!(header.payload(&packet), Some(&[9; 5][..]));
    }

    fn named(mid: &str) -> SlotParameters {
        let mid = Some((1, mid.to_owned()));
        SlotParameters { mid, formats: Formats::default() }
    }

    #[test]
    fn transport_numbers_keep_the_length_constant() {
        for mid in ["v0", "v10", "music", "fifteen-letters"] {
            let mut template = Template::new(5, &named(mid));
            template.number_transport(5);
            template.number_transport(5);
            let mut packet = Vec::new();
            template.write(&mut packet, false, 96, 1, 2, 0xabcd);
            assert_eq!(packet.len(), template.len());
            let header = Header::parse(&packet).unwrap();
            assert_eq!(header.len, packet.len());
            assert_eq!(header.extension(&packet, 1), Some(mid.as_bytes()));
            assert_eq!(header.extension(&packet, 5), Some(&[0xab, 0xcd][..]));
        }
    }

    #[test]
    fn a_name_too_long_for_the_header_is_left_out() {
        let mid = Some((5, "{9b2c55a1-7d1f-4f5e}".to_owned()));
        let parameters = SlotParameters { mid, formats: Formats::default() };
        let template = Template::new(7, &parameters);
        let mut packet = Vec::new();
        template.write(&mut packet, false, 100, 1, 2, 3);
        let header = Header::parse(&packet).unwrap();
        assert_eq!((header.ssrc, header.len, header.extension(&packet, 5)), (7, 12, None));
        let mut numbered = Template::new(7, &parameters);
        numbered.number_transport(6);
        numbered.write(&mut packet, false, 100, 1, 2, 0xabcd);
        let packet = &packet[12..];
        let header = Header::parse(packet).unwrap();
        assert_eq!((header.len, header.extension(packet, 6)), (20, Some(&[0xab, 0xcd][..])));
    }

    #[test]
    fn both_forms_of_extensions_are_read() {
        let mut packet = vec![0x90, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0x10, 0x00, 0, 2];
        packet.extend([4, 1, 0x85, 0, 1, 2, b'a', b'0', 42]);
        let header = Header::parse(&packet).unwrap();
        assert_eq!(header.extension(&packet, 4), Some(&[0x85][..]));
        assert_eq!(header.extension(&packet, 1), Some(&b"a0"[..]));
        packet[12..14].copy_from_slice(&[0xBE, 0xDE]);
        packet[16..24].copy_from_slice(&[0x40, 0x85, 0, 0x11, b'a', b'0', 0xf0, 0]);
        let header = Header::parse(&packet).unwrap();
        assert_eq!(header.extension(&packet, 4), Some(&[0x85][..]));
        assert_eq!(header.extension(&packet, 1), Some(&b"a0"[..]));
    }

    #[test]
    fn impossible_padding_is_no_payload() {
        let mut packet = vec![0xa0, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 9];
        assert_eq!(Header::parse(&packet).unwrap().payload(&packet), None);
        packet[14] = 0;
        assert_eq!(Header::parse(&packet).unwrap().payload(&packet), None);
        packet[14] = 3;
        assert_eq!(Header::parse(&packet).unwrap().payload(&packet), Some(&[][..]));
    }

    #[test]
    fn any_bytes_are_answered_without_panic() {
        let mut random = Random::new(1);
        let mut parsed = 0;
        for _ in 0..100_000 {
            let length = random.below(64);
            let mut packet = random.bytes(length);
            if let Some(first) = packet.first_mut() {
                *first = 0x80 | (*first & 0x3f);
            }
            let Some(header) = Header::parse(&packet) else { continue };
            parsed += 1;
            assert!(header.len <= packet.len());
            assert!(header.payload(&packet).is_none_or(|payload| payload.len() <= packet.len() - header.len));
            for id in 0..16 {
                assert!(header.extension(&packet, id).is_none_or(|value| value.len() <= 255));
            }
        }
        assert!(parsed > 10_000);
    }
}
