//! Packets on a byte stream (RFC 4571): two bytes of length in network order, then the packet.
//!
//! Incremental and bounded: what is not whole yet is kept, and that is less than one frame. A length that no
//! client of ours has reason to send ends the stream, because nothing after it can be understood.

/// The longest packet that is taken. Media stays below 1,500 bytes, and a DTLS flight is cut to fit datagrams, too.
pub(crate) const FRAME_MAX: usize = 2048;
/// Bytes before each packet.
pub(crate) const LENGTH: usize = 2;

/// The stream cannot be read any further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Malformed;

/// The reading end of one stream.
#[derive(Default)]
pub(crate) struct Deframer {
    /// The beginning of a frame whose end has not arrived.
    held: Vec<u8>,
}

impl Deframer {
    /// Takes what was read and gives each packet that is whole by now to `take`, in order; empty ones mean nothing
    /// (RFC 4571 §2) and are left out. Bytes are handed out in place, to be opened there.
    pub(crate) fn push(
        &mut self,
        mut bytes: &mut [u8],
        mut take: impl FnMut(&mut [u8]),
    ) -> Result<(), Malformed> {
        while !self.held.is_empty() && !bytes.is_empty() {
            let missing = match length_of(&self.held)? {
                None => LENGTH - self.held.len(),
                Some(length) => LENGTH + length - self.held.len(),
            };
            let (more, rest) = bytes.split_at_mut(missing.min(bytes.len()));
            self.held.extend_from_slice(more);
            bytes = rest;
            if let Some(length) = length_of(&self.held)?
                && self.held.len() == LENGTH + length
            {
                give(&mut self.held[LENGTH..], &mut take);
                self.held.clear();
            }
        }
        while let Some(length) = length_of(bytes)? {
            if bytes.len() < LENGTH + length {
                break;
            }
            let (frame, rest) = bytes.split_at_mut(LENGTH + length);
            give(&mut frame[LENGTH..], &mut take);
            bytes = rest;
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }
}

fn give(packet: &mut [u8], take: &mut impl FnMut(&mut [u8])) {
    if !packet.is_empty() {
        take(packet);
    }
}

/// What the length before a packet says, if it is there.
fn length_of(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let Some(length) = bytes.first_chunk::<LENGTH>() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes(*length));
    if length > FRAME_MAX { Err(Malformed) } else { Ok(Some(length)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    fn framed(packets: &[&[u8]]) -> Vec<u8> {
        let frame = |packet: &&[u8]| [&(packet.len() as u16).to_be_bytes()[..], packet].concat();
        packets.iter().flat_map(frame).collect()
    }

    /// What comes out when the stream arrives in pieces of `sizes`, again and again.
    fn read(stream: &[u8], sizes: &[usize]) -> Result<Vec<Vec<u8>>, Malformed> {
        let (mut deframer, mut packets) = (Deframer::default(), Vec::new());
        let (mut rest, mut sizes) = (stream.to_vec(), sizes.iter().cycle());
        while !rest.is_empty() {
            let size = (*sizes.next().unwrap()).min(rest.len());
            let mut piece: Vec<u8> = rest.drain(..size).collect();
            deframer.push(&mut piece, |packet| packets.push(packet.to_vec()))?;
            assert!(deframer.held.len() < LENGTH + FRAME_MAX);
        }
        Ok(packets)
    }

    #[test]
    fn packets_come_out_whole_however_they_arrive() {
        let long = vec![7; FRAME_MAX];
        let stream = framed(&[b"one", b"", &long, b"3", b"four"]);
        let whole: Vec<Vec<u8>> = vec![b"one".to_vec(), long, b"3".to_vec(), b"four".to_vec()];
        for sizes in [&[1][..], &[2], &[3], &[5, 1, 700], &[4096], &[1, 2, 3, 2048]] {
            assert_eq!(read(&stream, sizes).as_ref(), Ok(&whole), "in pieces of {sizes:?}");
        }
    }

    #[test]
    fn a_length_that_nobody_sends_ends_the_stream() {
        let mut stream = framed(&[b"one"]);
        stream.extend((FRAME_MAX as u16 + 1).to_be_bytes());
        for size in [1, 2, 5, 7, 100] {
            assert_eq!(read(&stream, &[size]), Err(Malformed));
        }
        // What a TLS client would send first.
        assert_eq!(read(&[0x16, 0x03, 0x01, 0x02], &[4]), Err(Malformed));
    }

    #[test]
    fn any_bytes_are_taken_without_panic_and_without_growing() {
        let mut random = Random::new(11);
        for _ in 0..2_000 {
            let mut stream = framed(&[&[1; 40], &[2; 900], &[3; 3]]);
            random.mutate(&mut stream);
            let (small, large) = (read(&stream, &[1, 7, 30]), read(&stream, &[stream.len().max(1)]));
            assert_eq!(small, large, "the pieces make no difference");
        }
    }
}
