//! A board's rows on disk: what SQLite gives back is believed only when its checksum fits.
//!
//! SQLite notices a torn page of its log, not a flipped bit in a row. So a row is a version (1), the CRC-32 of all that follows, the
//! horizon up to which its history was compacted (a state vector with its length; empty where that was never) and the update.
//! Points to go back to have the same checksum in a column of their own.
//! Pure.

use super::compaction::Horizon;
use super::validator;
use super::wire::{Reader, put_buffer, put_uint};

const VERSION: u8 = 1;

/// A row that holds an update.
pub(super) fn write(update: &[u8], horizon: &Horizon) -> Vec<u8> {
    let mut body = Vec::with_capacity(update.len() + 16);
    put_buffer(&mut body, &state_vector(horizon));
    body.extend_from_slice(update);
    let mut row = Vec::with_capacity(body.len() + 5);
    row.push(VERSION);
    row.extend_from_slice(&crc32(&body).to_be_bytes());
    row.append(&mut body);
    row
}

/// What a row holds; nothing when it is damaged.
pub(super) fn read(row: &[u8]) -> Option<(Horizon, &[u8])> {
    let (&[VERSION, a, b, c, d], body) = row.split_first_chunk::<5>()? else { return None };
    if crc32(body) != u32::from_be_bytes([a, b, c, d]) {
        return None;
    }
    let mut reader = Reader::new(body);
    let horizon = validator::state_vector(reader.buffer().ok()?).ok()?;
    Some((horizon, reader.take(reader.left()).ok()?))
}

/// As the y-protocols write it.
pub(super) fn state_vector(clocks: &Horizon) -> Vec<u8> {
    let mut out = Vec::with_capacity(clocks.len() * 8 + 2);
    put_uint(&mut out, clocks.len() as u64);
    for (client, clock) in clocks {
        put_uint(&mut out, *client);
        put_uint(&mut out, u64::from(*clock));
    }
    out
}

/// CRC-32 of IEEE 802.3, reflected. Takes some milliseconds for each megabyte.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8);
    !bytes.iter().fold(!0, step)
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let (mut crc, mut bit) = (at as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[at] = crc;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_row_comes_back_and_a_flipped_bit_does_not_pass() {
        let horizon = Horizon::from([(7, 300), (8, 1)]);
        let row = write(b"an update", &horizon);
        assert_eq!(read(&row), Some((horizon, b"an update".as_slice())));
        for bit in 0..row.len() * 8 {
            let mut flipped = row.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&flipped), None, "bit {bit}");
        }
        for length in 0..row.len() {
            assert_eq!(read(&row[..length]), None, "{length} bytes");
        }
    }
}
