//! The alphabet of the y-protocols: lib0's variable-length integers, strings and buffers, read without trust
//! and written plainly.
//!
//! Knows nothing of updates or presence. A read never panics, never allocates, and never goes beyond the
//! bytes it was given; every length is compared with the bytes that are left before anything else happens.

use bytes::Bytes;

/// Why bytes from a socket were refused. The text is for tests and never leaves the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("malformed: {0}")]
pub(super) struct Malformed(pub(super) &'static str);

/// Kinds of y-protocols messages, as `y-websocket` numbers them.
pub(super) const SYNC: u8 = 0;
pub(super) const AWARENESS: u8 = 1;
pub(super) const QUERY_AWARENESS: u8 = 3;
/// Kinds of sync messages.
pub(super) const STEP_1: u8 = 0;
pub(super) const STEP_2: u8 = 1;
pub(super) const UPDATE: u8 = 2;

/// A cursor over untrusted bytes.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Bytes not yet read.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn end(&self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed("trailing bytes")) }
    }

    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        let (&first, rest) = self.rest.split_first().ok_or(Malformed("ends early"))?;
        self.rest = rest;
        Ok(first)
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed("ends early"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// A varint below 2^63, as far as lib0 and yrs agree on it.
    pub(super) fn uint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed("varint too long"))
    }

    pub(super) fn uint32(&mut self) -> Result<u32, Malformed> {
        u32::try_from(self.uint()?).map_err(|_too_large| Malformed("more than 32 bits"))
    }

    /// A signed varint; its value is of no interest here.
    pub(super) fn skip_int(&mut self) -> Result<(), Malformed> {
        for _ in 0..9 {
            if self.byte()? & 0x80 == 0 {
                return Ok(());
            }
        }
        Err(Malformed("varint too long"))
    }

    /// How many elements follow, each of at least `bytes_each` bytes.
    pub(super) fn count(&mut self, bytes_each: u64) -> Result<u32, Malformed> {
        let claimed = self.uint32()?;
        if u64::from(claimed) * bytes_each > self.left() as u64 {
            return Err(Malformed("claims more than is there"));
        }
        Ok(claimed)
    }

    pub(super) fn buffer(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.uint()?;
        let length = usize::try_from(length).map_err(|_too_large| Malformed("ends early"))?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.buffer()?).map_err(|_invalid| Malformed("not UTF-8"))
    }
}

/// Appends a varint.
pub(super) fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a length and the bytes.
pub(super) fn put_buffer(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// A sync message: `kind` is `STEP_1`, `STEP_2` or `UPDATE`.
pub(super) fn sync_message(kind: u8, payload: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(payload.len() + 12);
    out.extend_from_slice(&[SYNC, kind]);
    put_buffer(&mut out, payload);
    out.into()
}

/// An awareness message.
pub(super) fn awareness_message(payload: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(payload.len() + 11);
    out.push(AWARENESS);
    put_buffer(&mut out, payload);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_varint_comes_back() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), (1 << 53) - 1, (1 << 63) - 1] {
            let mut bytes = Vec::new();
            put_uint(&mut bytes, value);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.uint(), Ok(value));
            assert_eq!(reader.end(), Ok(()));
        }
    }

    #[test]
    fn an_endless_varint_is_refused() {
        assert_eq!(Reader::new(&[0xff; 40]).uint(), Err(Malformed("varint too long")));
        assert_eq!(Reader::new(&[0xff; 40]).skip_int(), Err(Malformed("varint too long")));
        assert_eq!(Reader::new(&[0xff; 4]).uint(), Err(Malformed("ends early")));
    }

    #[test]
    fn a_claimed_length_beyond_the_bytes_is_refused() {
        let mut bytes = Vec::new();
        put_uint(&mut bytes, 250_000_000);
        bytes.extend_from_slice(&[0; 8]);
        assert!(Reader::new(&bytes).buffer().is_err());
        assert!(Reader::new(&bytes).count(1).is_err());
    }
}
