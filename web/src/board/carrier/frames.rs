//! WebSocket messages out of bytes and frames into bytes (RFC 6455). Pure.

use actix_http::ws::{Codec, Frame, Item};
use bytes::{BufMut, Bytes, BytesMut};
use tokio_util::codec::Decoder;

/// Longest message, bytes.
const MESSAGE_MAX: usize = 1 << 20;
/// Longest head of a frame, with its mask, bytes.
const HEAD_MAX: usize = 14;

/// The client does not keep to RFC 6455, or its message is too long.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no message of a WebSocket")]
pub(super) struct Malformed;

/// What a client said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Heard {
    /// A whole message.
    Binary(Bytes),
    /// A whole message, or the beginning of one; the board speaks none.
    Text,
    Ping(Bytes),
    Pong,
    Close,
    /// A frame of a message that goes on. Told because frames are counted.
    Piece,
}

/// Puts messages together as their bytes come.
pub(super) struct Incoming {
    codec: Codec,
    bytes: BytesMut,
    /// Of a message in several frames.
    pieces: BytesMut,
}

impl Incoming {
    pub(super) fn new() -> Self {
        let codec = Codec::new().max_size(MESSAGE_MAX);
        Self { codec, bytes: BytesMut::new(), pieces: BytesMut::new() }
    }

    /// Bytes came. Call `next` until it has nothing more before the next ones: only then are they bounded.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// What comes next.
    pub(super) fn next(&mut self) -> Result<Option<Heard>, Malformed> {
        if let Some(frame) = self.codec.decode(&mut self.bytes).map_err(|_protocol| Malformed)? {
            let heard = match frame {
                Frame::Binary(message) => Heard::Binary(message),
                Frame::Continuation(Item::FirstBinary(piece) | Item::Continue(piece)) => {
                    self.add_piece(&piece)?;
                    Heard::Piece
                }
                Frame::Continuation(Item::Last(piece)) => {
                    self.add_piece(&piece)?;
                    Heard::Binary(std::mem::take(&mut self.pieces).freeze())
                }
                Frame::Text(_) | Frame::Continuation(Item::FirstText(_)) => Heard::Text,
                Frame::Ping(payload) => Heard::Ping(payload),
                Frame::Pong(_) => Heard::Pong,
                Frame::Close(_) => Heard::Close,
            };
            return Ok(Some(heard));
        }
        // The codec refuses what is too long only when all of it is there, and a frame may claim 2⁶³ bytes.
        if self.bytes.len() > MESSAGE_MAX + HEAD_MAX {
            return Err(Malformed);
        }
        if self.bytes.is_empty() {
            // Gives back what a large message took.
            self.bytes = BytesMut::new();
        }
        Ok(None)
    }

    fn add_piece(&mut self, piece: &[u8]) -> Result<(), Malformed> {
        if self.pieces.len() + piece.len() > MESSAGE_MAX {
            return Err(Malformed);
        }
        self.pieces.extend_from_slice(piece);
        Ok(())
    }
}

/// A frame's kind: final, and its opcode (section 5.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    Binary = 0x82,
    Close = 0x88,
    Ping = 0x89,
    Pong = 0x8a,
}

/// The head of a frame from a server, which are not masked.
pub(super) fn head(kind: Kind, length: usize) -> Bytes {
    let mut head = BytesMut::with_capacity(10);
    head.put_u8(kind as u8);
    match length {
        0..126 => head.put_u8(length as u8),
        126..65_536 => {
            head.put_u8(126);
            head.put_u16(length as u16);
        }
        _ => {
            head.put_u8(127);
            head.put_u64(length as u64);
        }
    }
    head.freeze()
}

/// A whole frame that says something about the socket; at most 125 bytes (section 5.5).
pub(super) fn control(kind: Kind, payload: &[u8]) -> Bytes {
    let payload = payload.get(..125).unwrap_or(payload);
    let mut frame = BytesMut::from(head(kind, payload.len()));
    frame.extend_from_slice(payload);
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a client sends it: masked by zeroes.
    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = head(Kind::Binary, payload.len()).to_vec();
        frame[0] = first;
        frame[1] |= 0x80;
        frame.extend([0; 4]);
        frame.extend(payload);
        frame
    }

    fn heard(bytes: &[u8], step: usize) -> Result<Vec<Heard>, Malformed> {
        let (mut incoming, mut all) = (Incoming::new(), Vec::new());
        for piece in bytes.chunks(step) {
            incoming.add(piece);
            while let Some(heard) = incoming.next()? {
                all.push(heard);
            }
        }
        Ok(all)
    }

    #[test]
    fn messages_come_whole_however_their_bytes_are_cut() {
        let long = vec![7; 70_000];
        let said = [
            masked(0x82, b"one"),
            masked(0x89, b"there?"),
            masked(0x02, b"t"),
            masked(0x8a, b""),
            masked(0x00, b"w"),
            masked(0x80, b"o"),
            masked(0x82, &long),
            masked(0x88, &1000_u16.to_be_bytes()),
        ]
        .concat();
        let expected = [
            Heard::Binary(Bytes::from_static(b"one")),
            Heard::Ping(Bytes::from_static(b"there?")),
            Heard::Piece,
            Heard::Pong,
            Heard::Piece,
            Heard::Binary(Bytes::from_static(b"two")),
            Heard::Binary(long.into()),
            Heard::Close,
        ];
        for step in [1, 3, 4_096, said.len()] {
            assert_eq!(heard(&said, step).unwrap(), expected, "in pieces of {step}");
        }
    }

    #[test]
    fn what_is_too_long_or_no_frame_is_refused() {
        assert_eq!(heard(&masked(0x82, &vec![0; MESSAGE_MAX]), 4_096).unwrap().len(), 1);
        assert_eq!(heard(&masked(0x82, &vec![0; MESSAGE_MAX + 1]), 4_096), Err(Malformed));
        let half = vec![0; MESSAGE_MAX / 2 + 1];
        assert_eq!(heard(&[masked(0x02, &half), masked(0x80, &half)].concat(), 4_096), Err(Malformed));
        let mut claimed = vec![0x82, 0x80 | 127];
        claimed.extend((1_u64 << 40).to_be_bytes());
        claimed.resize(MESSAGE_MAX + 2 * 4_096, 0);
        assert_eq!(heard(&claimed, 4_096), Err(Malformed), "not waited for");
        assert_eq!(heard(&masked(0x83, b"reserved"), 100), Err(Malformed));
        assert_eq!(heard(&masked(0x80, b"continues nothing"), 100), Err(Malformed));
        let mut unmasked = control(Kind::Ping, b"client").to_vec();
        assert_eq!(heard(&unmasked, 100), Err(Malformed));
        unmasked.clear();
        assert_eq!(heard(&masked(0x81, b"words"), 100).unwrap(), [Heard::Text]);
    }

    #[test]
    fn heads_tell_the_length() {
        assert_eq!(head(Kind::Binary, 125)[..], [0x82, 125]);
        assert_eq!(head(Kind::Binary, 126)[..], [0x82, 126, 0, 126]);
        assert_eq!(head(Kind::Binary, 65_536)[..], [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(control(Kind::Close, &1000_u16.to_be_bytes())[..], [0x88, 2, 3, 0xe8]);
        assert_eq!(control(Kind::Pong, &[1; 200]).len(), 127);
    }
}
