//! Frames of the y-protocols, as any Yjs client writes and reads them.

/// A sync message: kind 0 state vector, 1 answer, 2 update.
#[must_use]
pub fn sync_message(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut message = vec![0, kind];
    let mut length = payload.len();
    while length >= 0x80 {
        message.push(length as u8 | 0x80);
        length >>= 7;
    }
    message.push(length as u8);
    message.extend_from_slice(payload);
    message
}

/// What follows a length; nothing when there is none.
#[must_use]
pub fn after_length(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().position(|byte| *byte < 0x80)?;
    bytes.get(end + 1..)
}
