//! How full the board is: bytes of its encoding, memory of its decoded values, blocks.
//!
//! What is drawn over shrinks again in the document, which is costly to measure: so additions are summed up,
//! and the board measures anew only when the sum says "full", and once a second at most.

/// Memory of the decoded board for each byte that it may have, estimated.
const WEIGHT_PER_BYTE: u64 = 24;
/// Blocks, each a change that has not been joined with its neighbours.
const BLOCKS_MAX: usize = 1_000_000;

/// See the module's text.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Size {
    bytes: usize,
    weight: u64,
    blocks: usize,
}

impl Size {
    /// Just measured.
    pub(super) fn measured(bytes: usize, weight: u64, blocks: usize) -> Self {
        Self { bytes, weight, blocks }
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
    }

    /// Whether so much more has room in a board of so many bytes.
    pub(super) fn fits(&self, bytes_max: usize, bytes: usize, weight: u64, blocks: usize) -> bool {
        self.bytes + bytes <= bytes_max
            && self.weight + weight <= bytes_max as u64 * WEIGHT_PER_BYTE
            && self.blocks + blocks <= BLOCKS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_measure_has_its_limit() {
        let fits = |bytes, weight, blocks| Size::measured(10, 10, 10).fits(1_000, bytes, weight, blocks);
        assert!(fits(990, 23_990, BLOCKS_MAX - 10));
        assert!(!fits(991, 0, 0) && !fits(0, 23_991, 0) && !fits(0, 0, BLOCKS_MAX - 9));
        let mut size = Size::default();
        size.add(600, 1, 1);
        assert!(size.fits(1_000, 400, 0, 0) && !size.fits(1_000, 401, 0, 0));
    }
}
