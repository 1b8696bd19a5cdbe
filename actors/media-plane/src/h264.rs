//! Where a key frame of H.264 begins in RTP (RFC 6184 §5), packetization mode 1. Pure; any bytes are answered.
//!
//! That is its sequence parameter set, where a sender repeats that, or else the first slice of an IDR picture, in a packet of
//! its own (§5.6), aggregated (§5.7.1) or fragmented (§5.8).

/// NAL unit types (table 1, and H.264 table 7-1).
const IDR: u8 = 5;
const SPS: u8 = 7;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// Whether a decoder may begin with this payload.
pub(crate) fn begins_key_frame(payload: &[u8]) -> bool {
    let Some((first, rest)) = payload.split_first() else { return false };
    match first & 31 {
        STAP_A => units(rest).any(|unit| unit.split_first().is_some_and(|(head, body)| begins(*head, body))),
        // S: the fragment is the unit's first.
        FU_A => rest.split_first().is_some_and(|(head, body)| head & 0x80 != 0 && begins(*head, body)),
        _ => begins(*first, rest),
    }
}

fn begins(head: u8, body: &[u8]) -> bool {
    match head & 31 {
        SPS => true,
        // `first_mb_in_slice` is 0, which Exp-Golomb writes as a single one (H.264 §7.3.3).
        IDR => body.first().is_some_and(|byte| byte & 0x80 != 0),
        _ => false,
    }
}

/// The units of a STAP-A, each behind its size.
fn units(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (size, more) = rest.split_first_chunk::<2>()?;
        let (unit, more) = more.split_at_checked(usize::from(u16::from_be_bytes(*size)))?;
        rest = more;
        Some(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_sets_begin_however_they_are_packed() {
        // aiortc: SPS, PPS and a whole IDR slice in one STAP-A.
        let aggregated = [
            0x78, 0x00, 0x17, 0x67, 0x42, 0xc0, 0x1f, 0xd9, 0x01, 0x41, 0xfa, 0x10, 0x00, 0x00, 0x03, 0x00,
            0x10, 0x00, 0x00, 0x03, 0x03, 0xc8, 0xf1, 0x83, 0x24, 0x80, 0x00, 0x04, 0x68, 0xcb, 0x8c, 0xb2,
        ];
        assert!(begins_key_frame(&aggregated));
        assert!(!begins_key_frame(&aggregated[..25]), "cut off");
        let unit = &aggregated[3..26];
        assert!(begins_key_frame(unit));
        assert!(!begins_key_frame(&aggregated[28..]), "a picture parameter set");
        // The same in two fragments.
        let fragment = |marks: u8, body: &[u8]| [&[0x60 | FU_A, marks | SPS], body].concat();
        assert!(begins_key_frame(&fragment(0x80, &unit[1..9])));
        assert!(!begins_key_frame(&fragment(0x40, &unit[9..])));
    }

    #[test]
    fn chromium_packs_parameter_sets_and_cuts_the_picture() {
        let sets = [
            0x78, 0x00, 0x12, 0x67, 0x42, 0xc0, 0x1f, 0x8c, 0x8d, 0x40, 0x50, 0x1e, 0xd3, 0x50, 0x60, 0x60,
            0x60, 0x78, 0x44, 0x23, 0x50, 0x00, 0x04, 0x68, 0xce, 0x3c, 0x80,
        ];
        assert!(begins_key_frame(&sets));
        assert!(begins_key_frame(&[0x7c, 0x85, 0xb8, 0x00, 0x04]), "its first fragment");
        assert!(!begins_key_frame(&[0x7c, 0x05, 0xa9, 0x55, 0x1b]));
        assert!(!begins_key_frame(&[0x61, 0xe0, 0x00, 0x40, 0x00]), "the next picture");
    }

    #[test]
    fn pictures_begin_with_their_first_slice() {
        assert!(begins_key_frame(&[0x65, 0x88, 0x82, 0x01]));
        assert!(!begins_key_frame(&[0x65, 0x08, 0x82, 0x01]), "another slice of the picture");
        assert!(begins_key_frame(&[0x7c, 0x85, 0x88, 0x82]));
        assert!(!begins_key_frame(&[0x7c, 0x85, 0x08, 0x82]));
        assert!(!begins_key_frame(&[0x7c, 0x45, 0x88, 0x82]), "the last fragment");
        assert!(begins_key_frame(&[0x78, 0x00, 0x04, 0x65, 0x88, 0x82, 0x01]));
        assert!(!begins_key_frame(&[0x78, 0x00, 0x02, 0x65, 0x08, 0x00, 0x01, 0x65]));
    }

    #[test]
    fn other_pictures_begin_nothing() {
        // aiortc: two slices of a predicted picture in one STAP-A; FFmpeg: the first fragment of one.
        let slices = [
            0x58, 0x00, 0x07, 0x41, 0x9a, 0x38, 0x0d, 0x5e, 0x02, 0x86, 0x00, 0x09, 0x41, 0x01, 0x42, 0x68,
            0xe0, 0x35, 0x78, 0x08, 0xd8,
        ];
        assert!(!begins_key_frame(&slices));
        assert!(!begins_key_frame(&[0x5c, 0x81, 0x88, 0x8a, 0xff, 0x4f]));
        assert!(!begins_key_frame(&[]) && !begins_key_frame(&[0x65]) && !begins_key_frame(&[0x7c]));
    }
}
