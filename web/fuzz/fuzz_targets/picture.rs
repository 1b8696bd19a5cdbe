//! Any bytes as a picture: nothing is added, how they are cut changes nothing, and what passed passes again as it is.
//! The sieve is taken alone, without the crate around it: it needs nothing else of it.
#![no_main]

#[allow(dead_code, reason = "slides and media types are no part of this")]
#[path = "../../src/board/sieve/mod.rs"]
mod sieve;

use sieve::{Kind, Sieve, Unfit};

fn passes(kind: Kind, bytes: &[u8], piece: usize) -> Result<Vec<u8>, Unfit> {
    let (mut sieve, mut out) = (Sieve::new(kind), Vec::new());
    for (number, piece) in bytes.chunks(piece).enumerate() {
        let before = out.len();
        sieve.push(piece, &mut out)?;
        // What is gathered may come out later, a segment of 64 KiB at most.
        assert!(out.len() - before <= piece.len() + (64 << 10), "piece {number}");
    }
    sieve.finish().map(|()| out)
}

libfuzzer_sys::fuzz_target!(|input: (u8, u8, &[u8])| {
    let (kind, piece, bytes) = input;
    let kind = [Kind::Png, Kind::Jpeg, Kind::Webp][usize::from(kind % 3)];
    let whole = passes(kind, bytes, usize::MAX);
    assert_eq!(passes(kind, bytes, usize::from(piece).max(1)), whole);
    if let Ok(out) = whole {
        assert!(out.len() <= bytes.len());
        assert_eq!(passes(kind, &out, usize::MAX), Ok(out));
    }
});
