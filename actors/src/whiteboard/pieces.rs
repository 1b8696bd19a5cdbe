//! Cuts a large update into small ones that can be applied one after the other, with a look at the clock between them.
//!
//! Why: a few blocks that all want the same place cost yrs (and every Yjs) a walk along everything there: 28 KB took ten
//! seconds; joining a long run of values in one transaction is quadratic, too: 123 KB took 25 seconds. Honest updates that
//! are large at all are restored boards, to which being cut costs nothing noticeable. Pure bytes: knows no document.

use super::structure::Additions;
use super::validator::{Id, Outline};
use super::wire::put_uint;
use bytes::Bytes;
use std::collections::BTreeMap;

/// Blocks of one piece: at 150 ns for each neighbour passed, a hostile piece on a board of a million blocks takes 2.4 s.
const PIECE_BLOCKS: usize = 16;
/// Deleted ranges of one piece: each may split a block, which moves the index of all later ones.
const PIECE_DELETES: usize = 256;

/// A part of an update, itself an update.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Piece {
    /// As an update.
    pub(super) update: Bytes,
    /// How many of the additions it has.
    pub(super) additions: usize,
}

/// The pieces, in an order in which each fits; one, the update itself, when it is small.
pub(super) fn cut(update: &Bytes, outline: &Outline, additions: &Additions) -> Vec<Piece> {
    let count = additions.blocks().len();
    if count <= PIECE_BLOCKS && outline.deletes.len() <= PIECE_DELETES {
        return vec![Piece { update: update.clone(), additions: count }];
    }
    let mut pieces = Vec::new();
    let blocks: Vec<usize> = additions.blocks().collect();
    // Blocks that stand together in the update stand together in a piece.
    for run in blocks.chunk_by(|left, right| follows(outline, *left, *right)) {
        pieces.extend(run.chunks(PIECE_BLOCKS).filter_map(|run| blocks_piece(update, outline, run)));
    }
    for deletes in outline.deletes.chunks(PIECE_DELETES) {
        pieces.push(Piece { update: with_deletes(&[0], deletes), additions: 0 });
    }
    pieces
}

/// An update of these (encoded) sections and these deleted ranges, which may come in any order.
pub(super) fn with_deletes(sections: &[u8], deletes: &[(Id, u32)]) -> Bytes {
    let mut out = sections.to_vec();
    put_deletes(&mut out, united(deletes));
    out.into()
}

/// Deleted ranges of each client, from and to.
pub(super) type Ranges = BTreeMap<u64, Vec<(u32, u32)>>;

/// Sorted, and without overlaps: yrs searches them so, and the validator believes no others.
pub(super) fn united<'a>(deletes: impl IntoIterator<Item = &'a (Id, u32)>) -> Ranges {
    let mut by_client = Ranges::new();
    for (id, end) in deletes {
        by_client.entry(id.client).or_default().push((id.clock, *end));
    }
    for ranges in by_client.values_mut() {
        ranges.sort_unstable();
        ranges.dedup_by(|later, earlier| {
            let touches = later.0 <= earlier.1;
            if touches {
                earlier.1 = earlier.1.max(later.1);
            }
            touches
        });
    }
    by_client
}

/// Appends deleted ranges of each client, from and to.
pub(super) fn put_deletes(out: &mut Vec<u8>, by_client: Ranges) {
    put_uint(out, by_client.len() as u64);
    for (client, ranges) in by_client {
        put_uint(out, client);
        put_uint(out, ranges.len() as u64);
        for (start, end) in ranges {
            put_uint(out, u64::from(start));
            put_uint(out, u64::from(end - start));
        }
    }
}

fn follows(outline: &Outline, left: usize, right: usize) -> bool {
    right == left + 1 && outline.blocks[left].id.client == outline.blocks[right].id.client
}

fn blocks_piece(update: &[u8], outline: &Outline, run: &[usize]) -> Option<Piece> {
    let (first, last) = (outline.blocks.get(*run.first()?)?, outline.blocks.get(*run.last()?)?);
    let bytes = update.get(first.bytes.0..last.bytes.1)?;
    let mut out = Vec::with_capacity(bytes.len() + 24);
    put_uint(&mut out, 1);
    put_uint(&mut out, run.len() as u64);
    put_uint(&mut out, first.id.client);
    put_uint(&mut out, u64::from(first.id.clock));
    out.extend_from_slice(bytes);
    out.push(0);
    Some(Piece { update: out.into(), additions: run.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whiteboard::structure::Structure;
    use crate::whiteboard::testing::{Peer, Random};
    use crate::whiteboard::validator;

    fn pieces_of(update: &[u8]) -> (Outline, Vec<Piece>) {
        let outline = validator::update(update, usize::MAX).unwrap();
        let additions = Structure::default().admit(&outline).unwrap();
        let pieces = cut(&Bytes::copy_from_slice(update), &outline, &additions);
        (outline, pieces)
    }

    #[test]
    fn a_small_update_stays_whole() {
        let update = Peer::new(7).set("a", 1);
        let (_, pieces) = pieces_of(&update);
        assert_eq!(pieces, [Piece { update: update.into(), additions: 1 }]);
    }

    #[test]
    fn pieces_fit_one_after_the_other_and_make_the_whole() {
        for seed in 0..20 {
            let mut random = Random(seed);
            let peers = [Peer::new(1), Peer::new(2), Peer::new(3)];
            for _ in 0..150 {
                let (from, to) = (random.below(3), random.below(3));
                peers[from].change_at_random(&mut random);
                if random.below(4) == 0 {
                    peers[to].apply(&peers[from].everything());
                }
            }
            peers[0].apply(&peers[1].everything());
            peers[0].apply(&peers[2].everything());
            let (outline, pieces) = pieces_of(&peers[0].everything());
            assert!(pieces.len() > 1, "seed {seed}");
            let (mut structure, fresh, mut blocks) = (Structure::default(), Peer::new(99), 0);
            for piece in &pieces {
                let outline = validator::update(&piece.update, PIECE_BLOCKS)
                    .unwrap_or_else(|_| validator::update(&piece.update, PIECE_DELETES).unwrap());
                let additions = structure.admit(&outline).expect("nothing is missing");
                structure.commit(&additions, usize::MAX);
                fresh.apply(&piece.update);
                blocks += piece.additions;
            }
            assert_eq!((blocks, fresh.content()), (outline.blocks.len(), peers[0].content()), "seed {seed}");
        }
    }
}
