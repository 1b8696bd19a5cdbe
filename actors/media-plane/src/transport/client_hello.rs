//! Reads the SRTP profiles out of a client's first ClientHello, before any DTLS state exists.
//!
//! `rtc-dtls` takes the first profile of the *client's* list that the server knows too, and browsers list AES-CM
//! first. So the server looks at the list itself and then offers a list of one (MEDIA.md §1).
//! Both browsers split the ClientHello over two datagrams.

/// What the held datagrams say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Hello {
    /// More datagrams are needed.
    Incomplete,
    /// The `use_srtp` list (RFC 5764 §4.1.2); empty when the extension is missing.
    Profiles(Vec<u16>),
    /// Not a ClientHello, or one that contradicts itself.
    Malformed,
}

/// Handshake messages longer than this are no ClientHello of a browser.
const LENGTH_MAX: usize = 16_384;
const RECORD_HEADER: usize = 13;
const HANDSHAKE_HEADER: usize = 12;

pub(super) fn peek(datagrams: &[Vec<u8>]) -> Hello {
    let mut message: Vec<u8> = Vec::new();
    let mut have: Vec<bool> = Vec::new();
    for datagram in datagrams {
        let mut rest = datagram.as_slice();
        while let Some((record, after)) = split_record(rest) {
            rest = after;
            let Some(fragment) = first_flight_fragment(record) else { continue };
            let end = fragment.offset + fragment.bytes.len();
            if fragment.total > LENGTH_MAX || end > fragment.total {
                return Hello::Malformed;
            }
            if message.len() != fragment.total {
                message = vec![0; fragment.total];
                have = vec![false; fragment.total];
            }
            message[fragment.offset..end].copy_from_slice(fragment.bytes);
            have[fragment.offset..end].fill(true);
        }
    }
    if message.is_empty() || have.contains(&false) {
        return Hello::Incomplete;
    }
    use_srtp(&message).map_or(Hello::Malformed, Hello::Profiles)
}

/// Type and body.
type Record<'a> = (u8, &'a [u8]);

/// One DTLS record: its type and body, and what follows it.
fn split_record(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let header = bytes.get(..RECORD_HEADER)?;
    let length = usize::from(u16::from_be_bytes([header[11], header[12]]));
    let body = bytes.get(RECORD_HEADER..RECORD_HEADER + length)?;
    Some(((header[0], body), &bytes[RECORD_HEADER + length..]))
}

struct Fragment<'a> {
    total: usize,
    offset: usize,
    bytes: &'a [u8],
}

/// A fragment of a ClientHello with `message_seq` 0.
fn first_flight_fragment((kind, body): Record<'_>) -> Option<Fragment<'_>> {
    let header = body.get(..HANDSHAKE_HEADER)?;
    if kind != 22 || header[0] != 1 || header[4..6] != [0, 0] {
        return None;
    }
    let u24 = |at: usize| {
        usize::from(header[at]) << 16 | usize::from(header[at + 1]) << 8 | usize::from(header[at + 2])
    };
    let bytes = body.get(HANDSHAKE_HEADER..HANDSHAKE_HEADER + u24(9))?;
    Some(Fragment { total: u24(1), offset: u24(6), bytes })
}

/// Walks version, random, session id, cookie, suites and compression to the extension 14.
fn use_srtp(message: &[u8]) -> Option<Vec<u16>> {
    let u16_at = |bytes: &[u8], at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    let mut at = 34;
    at += 1 + usize::from(*message.get(at)?);
    at += 1 + usize::from(*message.get(at)?);
    at += 2 + usize::from(u16_at(message, at)?);
    at += 1 + usize::from(*message.get(at)?);
    at += 2;
    while at + 4 <= message.len() {
        let length = usize::from(u16_at(message, at + 2)?);
        let body = message.get(at + 4..at + 4 + length)?;
        if u16_at(message, at)? == 14 {
            let list = usize::from(u16_at(body, 0)?);
            let list = body.get(2..2 + list)?;
            return Some(list.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect());
        }
        at += 4 + length;
    }
    Some(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![0xfe, 0xfd];
        body.extend([7; 32]);
        body.extend([0, 0, 0, 2, 0xc0, 0x2b, 1, 0]);
        body.extend((extensions.len() as u16).to_be_bytes());
        body.extend(extensions);
        body
    }

    fn record(total: usize, offset: usize, part: &[u8]) -> Vec<u8> {
        let u24 = |n: usize| [(n >> 16) as u8, (n >> 8) as u8, n as u8];
        let mut out = vec![22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
        out.extend(((HANDSHAKE_HEADER + part.len()) as u16).to_be_bytes());
        out.push(1);
        out.extend(u24(total));
        out.extend([0, 0]);
        out.extend(u24(offset));
        out.extend(u24(part.len()));
        out.extend(part);
        out
    }

    #[test]
    fn reads_the_list_from_two_datagrams_in_any_order() {
        let body = hello(&[0, 14, 0, 9, 0, 6, 0, 1, 0, 8, 0, 7, 0]);
        let (first, second) = body.split_at(20);
        let parts = [record(body.len(), 20, second), record(body.len(), 0, first)];
        assert_eq!(peek(&parts[..1]), Hello::Incomplete);
        assert_eq!(peek(&parts), Hello::Profiles(vec![1, 8, 7]));
    }

    #[test]
    fn without_the_extension_the_list_is_empty() {
        let body = hello(&[]);
        assert_eq!(peek(&[record(body.len(), 0, &body)]), Hello::Profiles(vec![]));
    }

    #[test]
    fn contradicting_lengths_are_malformed() {
        assert_eq!(peek(&[record(10, 8, &[1, 2, 3, 4])]), Hello::Malformed);
        let body = hello(&[0, 14, 0, 3, 0, 60, 0]);
        assert_eq!(peek(&[record(body.len(), 0, &body)]), Hello::Malformed);
    }

    #[test]
    fn any_bytes_are_answered_without_panic() {
        let body = hello(&[0, 14, 0, 9, 0, 6, 0, 1, 0, 8, 0, 7, 0]);
        let whole = record(body.len(), 0, &body);
        let mut random = crate::testing::Random::new(7);
        for _ in 0..20_000 {
            let mut bytes = whole.clone();
            random.mutate(&mut bytes);
            peek(&[bytes]);
        }
        assert_eq!(peek(&[whole]), Hello::Profiles(vec![1, 8, 7]));
    }
}
