//! The VP8 payload descriptor (RFC 7741 §4.2) and the head of a key frame (RFC 6386 §9.1): enough to know key frames,
//! their sizes and temporal layers, and to renumber pictures. Pure.

/// Where a payload's numbers are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Descriptor {
    /// This packet begins a key frame.
    pub(crate) key_frame: bool,
    /// Temporal layer of the frame; 0 when it does not say.
    pub(crate) temporal: u8,
    /// The frame needs no other than the base layer: whoever has that can go on from here (Y).
    pub(crate) sync: bool,
    /// Where the frame itself begins.
    body: u8,
    picture: Option<Picture>,
    /// Position and value of TL0PICIDX.
    tl0: Option<(u8, u8)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Picture {
    at: u8,
    /// 15 bits instead of 7.
    wide: bool,
    id: u16,
}

impl Descriptor {
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let mut at = 1;
        let (mut picture, mut tl0, mut temporal, mut sync) = (None, None, 0, false);
        if first & 0x80 != 0 {
            let present = *payload.get(at)?;
            at += 1;
            if present & 0x80 != 0 {
                let high = *payload.get(at)?;
                let wide = high & 0x80 != 0;
                let id = if wide {
                    u16::from_be_bytes([high & 0x7f, *payload.get(at + 1)?])
                } else {
                    u16::from(high)
                };
                picture = Some(Picture { at: at as u8, wide, id });
                at += 1 + usize::from(wide);
            }
            if present & 0x40 != 0 {
                tl0 = Some((at as u8, *payload.get(at)?));
                at += 1;
            }
            if present & 0x30 != 0 {
                let layer = *payload.get(at)?;
                if present & 0x20 != 0 {
                    (temporal, sync) = (layer >> 6, layer & 0x20 != 0);
                }
                at += 1;
            }
        }
        let begins_frame = first & 0x10 != 0 && first & 7 == 0;
        let key_frame = begins_frame && payload.get(at)? & 1 == 0;
        Some(Self { key_frame, temporal, sync, body: at as u8, picture, tl0 })
    }

    /// Width and height of the key frame that begins in this payload.
    pub(crate) fn size(&self, payload: &[u8]) -> Option<(u16, u16)> {
        let head = payload.get(usize::from(self.body)..)?.first_chunk::<10>()?;
        let begins = self.key_frame && head[3..6] == [0x9d, 0x01, 0x2a];
        // Two bits of each are a scale, which nobody uses.
        let length = |low: u8, high: u8| u16::from_le_bytes([low, high]) & 0x3fff;
        let (width, height) = (length(head[6], head[7]), length(head[8], head[9]));
        (begins && width > 0 && height > 0).then_some((width, height))
    }

    /// 7 or 15 bits.
    pub(crate) fn picture_id(&self) -> Option<u16> {
        self.picture.map(|picture| picture.id)
    }

    pub(crate) fn tl0(&self) -> Option<u8> {
        self.tl0.map(|(_, value)| value)
    }

    /// The number after shifting, as wide as the field.
    pub(crate) fn shifted_picture_id(&self, by: u16) -> Option<u16> {
        let picture = self.picture?;
        Some(picture.id.wrapping_add(by) & if picture.wide { 0x7fff } else { 0x7f })
    }

    /// Renumbers a copy of the payload that this was read from.
    pub(crate) fn renumber(&self, payload: &mut [u8], picture_by: u16, tl0_by: u8) {
        if let (Some(Picture { at, wide, .. }), Some(id)) =
            (self.picture, self.shifted_picture_id(picture_by))
        {
            let at = usize::from(at);
            if wide && let Some(field) = payload.get_mut(at..at + 2) {
                field.copy_from_slice(&(id | 0x8000).to_be_bytes());
            } else if !wide && let Some(field) = payload.get_mut(at) {
                *field = id as u8;
            }
        }
        if let Some((at, value)) = self.tl0
            && let Some(field) = payload.get_mut(usize::from(at))
        {
            *field = value.wrapping_add(tl0_by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn knows_key_frames_by_their_first_packet_only() {
        let key = [0x90, 0xe0, 0x81, 0x23, 7, 0x20, 0x50, 1, 2];
        assert!(Descriptor::parse(&key).unwrap().key_frame);
        let mut later = key;
        later[0] = 0x80;
        assert!(!Descriptor::parse(&later).unwrap().key_frame);
        let mut delta = key;
        delta[6] = 0x51;
        assert!(!Descriptor::parse(&delta).unwrap().key_frame);
        assert!(Descriptor::parse(&[0x10, 0x00]).unwrap().key_frame, "without extended numbers");
    }

    #[test]
    fn reads_sizes_from_key_frames_and_temporal_layers_from_descriptors() {
        let mut key =
            vec![0x90, 0xe0, 0x81, 0x23, 7, 0x20, 0x50, 1, 2, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0x01];
        let descriptor = Descriptor::parse(&key).unwrap();
        assert_eq!((descriptor.temporal, descriptor.sync), (0, true));
        assert_eq!(descriptor.size(&key), Some((640, 360)), "without the scale");
        assert_eq!(descriptor.size(&key[..15]), None, "cut off");
        key[9] = 0;
        assert_eq!(descriptor.size(&key), None, "no start code");
        let second = Descriptor::parse(&[0x90, 0xe0, 0x81, 0x24, 7, 0x80, 0x51]).unwrap();
        assert_eq!((second.temporal, second.sync, second.size(&key)), (2, false, None));
        let keyidx_only = Descriptor::parse(&[0x90, 0x10, 0xff, 0x51]).unwrap();
        assert_eq!((keyidx_only.temporal, keyidx_only.sync), (0, false));
    }

    #[test]
    fn renumbers_in_place_and_wraps_at_the_fields_width() {
        let mut wide = [0x90, 0xe0, 0xff, 0xfe, 250, 0x20, 0x50];
        let descriptor = Descriptor::parse(&wide).unwrap();
        assert_eq!((descriptor.picture_id(), descriptor.tl0()), (Some(0x7ffe), Some(250)));
        descriptor.renumber(&mut wide, 3, 10);
        assert_eq!(wide, [0x90, 0xe0, 0x80, 0x01, 4, 0x20, 0x50]);
        let mut narrow = [0x90, 0x80, 0x7e, 0x50];
        let descriptor = Descriptor::parse(&narrow).unwrap();
        descriptor.renumber(&mut narrow, 3, 10);
        assert_eq!(narrow, [0x90, 0x80, 0x01, 0x50]);
    }

    #[test]
    fn any_bytes_are_answered_without_panic() {
        let mut random = Random::new(5);
        for _ in 0..100_000 {
            let length = random.below(10);
            let mut payload = random.bytes(length);
            if let Some(descriptor) = Descriptor::parse(&payload) {
                let cut = random.below(payload.len() + 1);
                descriptor.renumber(&mut payload[..cut], random.next() as u16, random.next() as u8);
                assert!(descriptor.picture_id().is_none_or(|id| id < 0x8000) && descriptor.temporal < 4);
                descriptor.size(&payload[..cut]);
            }
        }
    }
}
