//! Where a key frame of AV1 begins in RTP ("RTP Payload Format For AV1" §4.4, v1.0). Pure; any bytes are answered.

const CONTINUES: u8 = 0x80;
const NEW_SEQUENCE: u8 = 0x08;
/// OBU type (AV1 §6.2.2).
const SEQUENCE_HEADER: u8 = 1;

/// Whether a decoder may begin with this payload: it is marked as the first of a coded video sequence (N), or begins with a
/// sequence header, for senders that mark nothing.
pub(crate) fn begins_key_frame(payload: &[u8]) -> bool {
    let Some((aggregation, elements)) = payload.split_first() else { return false };
    if aggregation & CONTINUES != 0 {
        return false;
    }
    // W, the number of elements: a single one goes to the end, without its size.
    let single = aggregation >> 4 & 3 == 1;
    let element = if single { elements } else { without_size(elements) };
    let is_header = |obu: &u8| obu >> 3 & 15 == SEQUENCE_HEADER;
    element.first().is_some_and(|obu| aggregation & NEW_SEQUENCE != 0 || is_header(obu))
}

/// Behind a number in LEB128 (AV1 §4.10.5), of at most 8 bytes.
fn without_size(bytes: &[u8]) -> &[u8] {
    let more = bytes.iter().take(8).take_while(|byte| **byte & 0x80 != 0).count();
    bytes.get(more + 1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_begins_where_it_is_marked_or_described() {
        // SVT-AV1 by FFmpeg: a sequence header of 12 bytes and a frame.
        let mut key = [
            0x28, 0x0c, 0x08, 0x00, 0x00, 0x00, 0x04, 0x3c, 0xff, 0xbc, 0x4a, 0xf9, 0x00, 0x40, 0x30, 0x10,
            0x00, 0x9d, 0x60, 0x8f,
        ];
        assert!(begins_key_frame(&key));
        // Chromium: the same, continued in the next packet.
        assert!(begins_key_frame(&[
            0x68, 0x0b, 0x08, 0, 0, 0, 0x24, 0xc4, 0xff, 0xdf, 0, 0x68, 0x02, 0x30, 0x10
        ]));
        assert!(!begins_key_frame(&[0x90, 0x35, 0x0c, 0x21, 0x0f, 0x9a]));
        key[0] &= !NEW_SEQUENCE;
        assert!(begins_key_frame(&key), "by its header");
        key[2] = 0x30;
        assert!(!begins_key_frame(&key));
        assert!(begins_key_frame(&[0x18, 0x30, 0x01]), "by its mark");
        assert!(begins_key_frame(&[0x10, 0x0a, 0x0b]), "a single header");
        assert!(begins_key_frame(&[0x00, 0x81, 0x01, 0x0a, 0x0b]), "behind a size of two bytes");
    }

    #[test]
    fn other_frames_begin_nothing() {
        let delta = [0x30, 0x15, 0x30, 0x28, 0x04, 0x00, 0x24, 0x92, 0x49, 0x11, 0x3e, 0xc0, 0x00];
        assert!(!begins_key_frame(&delta));
        assert!(!begins_key_frame(&[0x10, 0x18, 0xb8]));
        assert!(!begins_key_frame(&[0x50, 0x30, 0x30, 0xc0, 0x40, 0xfd]), "Chromium's");
        assert!(!begins_key_frame(&[0x98, 0x0a, 0x0b]), "the rest of something");
        assert!(!begins_key_frame(&[0x08]) && !begins_key_frame(&[]));
        assert!(!begins_key_frame(&[0x00, 0x80, 0x80, 0x80]), "a size that does not end");
    }
}
