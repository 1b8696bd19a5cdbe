//! How full the board is: bytes of its encoding, memory of its decoded values, blocks.
//!
//! What is drawn over shrinks again in the document, which is costly to measure: so additions are summed up,
//! and the board measures anew only when the sum says "full" and enough was added since the last time.

/// Bytes of the encoded board.
pub(super) const BYTES_MAX: usize = 16 << 20;
/// Memory of the decoded board, estimated: a value of one byte takes 32.
const WEIGHT_MAX: u64 = 384 << 20;
/// Blocks, each a change that has not been joined with its neighbours.
const BLOCKS_MAX: usize = 1_000_000;
/// A new measurement is worth its time after so many bytes.
const STALE_BYTES: usize = 256 << 10;

/// See the module's text.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Size {
    bytes: usize,
    weight: u64,
    blocks: usize,
    added_bytes: usize,
}

impl Size {
    /// Just measured.
    pub(super) fn measured(bytes: usize, weight: u64, blocks: usize) -> Self {
        Self { bytes, weight, blocks, added_bytes: 0 }
    }

    /// Blocks, where each change counts until it is measured anew.
    pub(super) fn blocks(&self) -> usize {
        self.blocks
    }

    /// Something was added.
    pub(super) fn add(&mut self, bytes: usize, weight: u64, blocks: usize) {
        self.bytes += bytes;
        self.weight += weight;
        self.blocks += blocks;
        self.added_bytes += bytes;
    }

    /// Whether so much more has room.
    pub(super) fn fits(&self, bytes: usize, weight: u64, blocks: usize) -> bool {
        self.bytes + bytes <= BYTES_MAX
            && self.weight + weight <= WEIGHT_MAX
            && self.blocks + blocks <= BLOCKS_MAX
    }

    /// Whether measuring anew may help.
    pub(super) fn is_stale(&self) -> bool {
        self.added_bytes >= STALE_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_measure_has_its_limit() {
        assert!(Size::default().fits(BYTES_MAX, WEIGHT_MAX, BLOCKS_MAX));
        assert!(!Size::default().fits(BYTES_MAX + 1, 0, 0));
        assert!(!Size::default().fits(0, WEIGHT_MAX + 1, 0));
        assert!(!Size::default().fits(0, 0, BLOCKS_MAX + 1));
    }

    #[test]
    fn measuring_is_worth_it_only_after_a_while() {
        let mut size = Size::measured(BYTES_MAX, 0, 0);
        assert!(!size.fits(1, 0, 0) && !size.is_stale());
        size.add(STALE_BYTES, 0, 1);
        assert!(size.is_stale());
        assert!(!Size::measured(BYTES_MAX, 0, 0).is_stale());
    }
}
