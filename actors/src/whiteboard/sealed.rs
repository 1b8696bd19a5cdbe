//! Values as sealed bytes: what a drawing means is never looked at, so the document need not decode it either.
//!
//! A value (`ContentAny` of one) becomes a byte string (`ContentBinary`) around the same bytes on its way into the document, and
//! itself again on its way out. The document then takes about the memory of its encoding, where decoded values take five
//! times that, and applying and encoding copy bytes. Nobody else may bring byte strings: `validator` refuses them. Pure.

use super::validator::{self, Block, Outline};
use super::wire::{Reader, put_buffer};

/// Kinds of content.
pub(super) const ANY: u8 = 8;
const BINARY: u8 = 3;
const KIND: u8 = 0x1f;

/// A validated update as the document takes it.
pub(super) fn seal(update: &[u8], outline: &Outline) -> Vec<u8> {
    rewrite(update, outline, |out, block, written| {
        let &[info, ref rest @ ..] = written else { return false };
        if info & KIND != ANY || block.len != 1 {
            return false;
        }
        let (header, content) = rest.split_at(block.content - block.bytes.0 - 1);
        out.push(info & !KIND | BINARY);
        out.extend_from_slice(header);
        put_buffer(out, content);
        true
    })
}

/// What the document encoded, as everybody else takes it; nothing when it is no update.
pub(super) fn unseal(update: &[u8]) -> Option<Vec<u8>> {
    let outline = validator::sealed_update(update).ok()?;
    Some(rewrite(update, &outline, |out, block, written| {
        let &[info, ref rest @ ..] = written else { return false };
        if info & KIND != BINARY {
            return false;
        }
        let (header, content) = rest.split_at(block.content - block.bytes.0 - 1);
        let Ok(content) = Reader::new(content).buffer() else { return false };
        out.push(info & !KIND | ANY);
        out.extend_from_slice(header);
        out.extend_from_slice(content);
        true
    }))
}

/// Copies an update; `put` may write a block differently, and tells whether it has.
fn rewrite(update: &[u8], outline: &Outline, put: impl Fn(&mut Vec<u8>, &Block, &[u8]) -> bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(update.len() + 3 * outline.blocks.len());
    let mut done = 0;
    for block in &outline.blocks {
        let (Some(between), Some(written)) =
            (update.get(done..block.bytes.0), update.get(block.bytes.0..block.bytes.1))
        else {
            continue;
        };
        out.extend_from_slice(between);
        if !put(&mut out, block, written) {
            out.extend_from_slice(written);
        }
        done = block.bytes.1;
    }
    out.extend_from_slice(update.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whiteboard::testing::{Peer, Random};

    #[test]
    fn what_is_sealed_comes_out_as_it_was() {
        for seed in 0..40 {
            let mut random = Random(seed);
            let peers = [Peer::new(1), Peer::new(2)];
            for _ in 0..60 {
                let from = random.below(2);
                let change = peers[from].change_at_random(&mut random);
                let outline = validator::update(&change, usize::MAX).unwrap();
                let sealed = seal(&change, &outline);
                assert_eq!(unseal(&sealed).unwrap(), change, "seed {seed}");
                peers[1 - from].apply(&peers[from].everything());
            }
            let all = peers[0].everything();
            let sealed = seal(&all, &validator::update(&all, usize::MAX).unwrap());
            assert_eq!(unseal(&sealed).unwrap(), all, "seed {seed}");
        }
    }

    #[test]
    fn values_are_sealed() {
        let update = Peer::new(1).set("a", "text");
        let outline = validator::update(&update, usize::MAX).unwrap();
        let sealed = seal(&update, &outline);
        assert!(validator::update(&sealed, usize::MAX).is_err());
        assert!(validator::sealed_update(&sealed).is_ok());
    }
}
