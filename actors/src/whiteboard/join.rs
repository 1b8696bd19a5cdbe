//! Joins the updates of one tick into one, without decoding them.
//!
//! Each client's blocks follow each other as they arrived; deleted ranges are united. A value that is already deleted within
//! the tick is left out, and only its place in the history stays: whoever drags a shape sends fifty versions of it, and
//! a receiver who gets them late gets the last. Pure bytes: knows no document.

use super::pieces::{Ranges, put_deletes, united};
use super::sealed::ANY;
use super::validator::{self, Block, Id, Outline};
use super::wire::put_uint;
use bytes::Bytes;
use std::collections::BTreeMap;

/// Kinds of content.
const KIND: u8 = 0x1f;
const DELETED: u8 = 1;

/// All as one; nothing when they do not follow each other without a gap. Then each has to go alone.
pub(super) fn join(updates: &[Bytes]) -> Option<Bytes> {
    let outlines: Vec<Outline> =
        updates.iter().map(|update| validator::update(update, usize::MAX).ok()).collect::<Option<_>>()?;
    let mut sections = BTreeMap::<u64, Vec<(usize, &Block)>>::new();
    for (number, outline) in outlines.iter().enumerate() {
        for block in &outline.blocks {
            let section = sections.entry(block.id.client).or_default();
            if section.last().is_some_and(|(_, last)| last.end() != block.id.clock) {
                return None;
            }
            section.push((number, block));
        }
    }
    let deletes = united(outlines.iter().flat_map(|outline| &outline.deletes));
    let mut out = Vec::with_capacity(updates.iter().map(Bytes::len).sum());
    put_uint(&mut out, sections.len() as u64);
    for (client, blocks) in sections {
        put_uint(&mut out, blocks.len() as u64);
        put_uint(&mut out, client);
        put_uint(&mut out, u64::from(blocks.first()?.1.id.clock));
        for (number, block) in blocks {
            put_block(&mut out, updates.get(number)?, block, &deletes)?;
        }
    }
    put_deletes(&mut out, deletes);
    Some(out.into())
}

fn put_block(out: &mut Vec<u8>, update: &[u8], block: &Block, deletes: &Ranges) -> Option<()> {
    let written = update.get(block.bytes.0..block.bytes.1)?;
    let info = *written.first()?;
    if info & KIND == ANY && block.len == 1 && is_deleted(deletes, block.id) {
        out.push(info & !KIND | DELETED);
        out.extend_from_slice(update.get(block.bytes.0 + 1..block.content)?);
        put_uint(out, 1);
    } else {
        out.extend_from_slice(written);
    }
    Some(())
}

fn is_deleted(deletes: &Ranges, id: Id) -> bool {
    let Some(ranges) = deletes.get(&id.client) else { return false };
    let after = ranges.partition_point(|(start, _)| *start <= id.clock);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, end)| id.clock < *end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whiteboard::testing::{Peer, Random};

    #[test]
    fn a_tick_says_what_its_updates_say() {
        for seed in 0..60 {
            let mut random = Random(seed);
            let peers = [Peer::new(1), Peer::new(2), Peer::new(3)];
            let (reader, follower) = (Peer::new(8), Peer::new(9));
            for _ in 0..30 {
                let mut tick = Vec::new();
                for _ in 0..1 + random.below(8) {
                    let from = random.below(3);
                    let change = Bytes::from(peers[from].change_at_random(&mut random));
                    reader.apply(&change);
                    tick.push(change);
                    if random.below(3) == 0 {
                        peers[random.below(3)].apply(&reader.everything());
                    }
                }
                let joined = join(&tick).expect("each follows the last");
                assert!(validator::update(&joined, usize::MAX).is_ok());
                follower.apply(&joined);
            }
            assert_eq!(reader.content(), follower.content(), "seed {seed}");
            assert_eq!(reader.clocks().len(), follower.clocks().len(), "seed {seed}");
        }
    }

    #[test]
    fn of_a_dragged_shape_the_last_version_is_sent() {
        let peer = Peer::new(7);
        let versions: Vec<Bytes> =
            (0..50).map(|n| peer.set("a", format!("{n}{}", "x".repeat(700)).as_str()).into()).collect();
        let joined = join(&versions).unwrap();
        assert!(joined.len() < 2_000, "{}", joined.len());
        let reader = Peer::new(8);
        reader.apply(&joined);
        assert_eq!((reader.get("a"), reader.clocks()), (peer.get("a"), peer.clocks()));
    }

    #[test]
    fn deleted_ranges_are_united() {
        let deletes =
            [(5, 9), (0, 12), (2, 4), (12, 13), (20, 21)].map(|(clock, end)| (Id { client: 7, clock }, end));
        let ranges = united(deletes.iter());
        assert_eq!(ranges.get(&7), Some(&vec![(0, 13), (20, 21)]));
        let deleted = |clock| is_deleted(&ranges, Id { client: 7, clock });
        assert_eq!([4, 11, 12, 13, 20, 21].map(deleted), [true, true, true, false, true, false]);
    }

    #[test]
    fn what_does_not_follow_is_not_joined() {
        let peer = Peer::new(7);
        let updates: Vec<Bytes> = (0..3).map(|n| peer.set("a", n).into()).collect();
        assert_eq!(join(&[updates[0].clone(), updates[2].clone()]), None);
        assert_eq!(join(&[updates[1].clone(), updates[0].clone()]), None);
    }
}
