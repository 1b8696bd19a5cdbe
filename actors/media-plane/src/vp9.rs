//! Where a key frame of VP9 begins in RTP (RFC 9628 §4.2). Pure; any bytes are answered.
//!
//! The descriptor should say so (P, "inter-picture predicted"), but FFmpeg's never does: the frame itself is asked, too.

const PICTURE_ID: u8 = 0x80;
const PREDICTED: u8 = 0x40;
const LAYERS: u8 = 0x20;
const FLEXIBLE: u8 = 0x10;
const BEGINS: u8 = 0x08;
const STRUCTURE: u8 = 0x02;

/// Whether a decoder may begin with this payload: the start of a key frame in the lowest spatial layer.
pub(crate) fn begins_key_frame(payload: &[u8]) -> bool {
    // The uncompressed header of profile 0 (VP9 §6.2): frame marker, profile, no frame shown again, frame type.
    frame(payload).and_then(<[u8]>::first).is_some_and(|head| head & 0xfc == 0x80)
}

/// What is behind the descriptor of the first packet of a frame that needs no other.
fn frame(payload: &[u8]) -> Option<&[u8]> {
    let (first, mut rest) = payload.split_first()?;
    let has = |flag: u8| first & flag != 0;
    if !has(BEGINS) || has(PREDICTED) {
        return None;
    }
    if has(PICTURE_ID) {
        let wide = rest.first()? & 0x80 != 0;
        rest = rest.get(1 + usize::from(wide)..)?;
    }
    if has(LAYERS) {
        if rest.first()? >> 1 & 7 != 0 {
            return None;
        }
        // Without flexible mode the number of the base layer's picture follows.
        rest = rest.get(1 + usize::from(!has(FLEXIBLE))..)?;
    }
    if has(STRUCTURE) { behind_structure(rest) } else { Some(rest) }
}

/// Behind the scalability structure: sizes of spatial layers (Y), and a group of pictures (G) with their references.
fn behind_structure(structure: &[u8]) -> Option<&[u8]> {
    let (head, mut rest) = structure.split_first()?;
    if head & 0x10 != 0 {
        rest = rest.get(4 * (usize::from(head >> 5) + 1)..)?;
    }
    if head & 0x08 != 0 {
        let (pictures, more) = rest.split_first()?;
        rest = more;
        for _ in 0..*pictures {
            let references = rest.first()? >> 2 & 3;
            rest = rest.get(1 + usize::from(references)..)?;
        }
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chromium_says_what_its_frames_are() {
        // Flexible mode, a picture id of 15 bits, and at key frames the structure: one spatial layer of 640×480.
        let key = [0x9b, 0xbb, 0xf7, 0x10, 0x02, 0x80, 0x01, 0xe0, 0x82, 0x49, 0x83, 0x42, 0x00, 0x27, 0xf0];
        assert!(begins_key_frame(&key));
        assert!((0..9).all(|length| !begins_key_frame(&key[..length])), "cut off");
        assert!(!begins_key_frame(&[0x91, 0xbb, 0xf7, 0x57, 0x9b, 0x72, 0x72]), "its second packet");
        assert!(!begins_key_frame(&[0xd9, 0xbb, 0xf8, 0x02, 0x86, 0x00, 0x40]), "a frame that needs another");
    }

    #[test]
    fn only_the_lowest_spatial_layer_begins() {
        let layer = |sid: u8| [0xa8, 0x12, sid << 1, 0x07, 0x82, 0x49];
        assert!(begins_key_frame(&layer(0)) && !begins_key_frame(&layer(1)));
        // Two layers with their sizes, and a group of two pictures with one and no reference.
        let structure = [0x0a, 0x38, 1, 0, 1, 0, 2, 0, 2, 0, 2, 0x04, 1, 0x20, 0x82, 0x49];
        assert!(begins_key_frame(&structure));
    }

    #[test]
    fn ffmpegs_key_frames_are_known_by_the_frame_alone() {
        let key = [0x0c, 0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xf0, 0x0e, 0xf6];
        assert!(begins_key_frame(&key));
        let delta = [0x08, 0x86, 0x00, 0x40, 0x92, 0x9c, 0x00, 0x49, 0x40, 0x01];
        assert!(!begins_key_frame(&delta));
        let later = [0x00, 0x82, 0x49, 0x83];
        assert!(!begins_key_frame(&later));
    }
}
