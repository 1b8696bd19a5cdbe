//! The last packets of a voice exactly as they were sent, for a receiver that asks again (RFC 4585 §6.2.1).
//!
//! Browsers have no retransmission stream (RFC 4588) for audio: they take the same packet once more. It has to be the same
//! to the byte: other bytes under a number that was used would give AES-GCM's key away (RFC 7714 §8.1). So what is kept is
//! sealed already. Kept from the first loss on: a line without losses costs nothing.

/// 320 ms of 20 ms packets: what comes later is not played any more.
const PACKETS: usize = 16;
/// The same packet goes out so often beside the first time.
const REPEATS: u8 = 2;

#[derive(Default)]
struct Entry {
    seq_no: u16,
    repeats: u8,
    bytes: Vec<u8>,
}

/// See the module's text.
#[derive(Default)]
pub(crate) struct SealedPackets {
    ring: [Entry; PACKETS],
}

impl SealedPackets {
    /// A packet that leaves now. Its place in the ring is that of an old one, whose buffer is used again.
    pub(crate) fn keep(&mut self, seq_no: u16, sealed: &[u8]) {
        let entry = &mut self.ring[usize::from(seq_no) % PACKETS];
        (entry.seq_no, entry.repeats) = (seq_no, 0);
        entry.bytes.clear();
        entry.bytes.extend_from_slice(sealed);
    }

    /// The packet to be sent again, if it is there and was not sent too often.
    pub(crate) fn again(&mut self, seq_no: u16) -> Option<&[u8]> {
        let entry = &mut self.ring[usize::from(seq_no) % PACKETS];
        if entry.seq_no != seq_no || entry.bytes.is_empty() || entry.repeats == REPEATS {
            return None;
        }
        entry.repeats += 1;
        Some(&entry.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_come_again_unchanged_and_not_for_ever() {
        let mut sealed = SealedPackets::default();
        assert_eq!(sealed.again(0), None, "nothing was kept");
        for seq_no in 65_530..65_536_u32 + 20 {
            sealed.keep(seq_no as u16, &[seq_no as u8; 90]);
        }
        assert_eq!(sealed.again(3), None, "too old");
        assert_eq!(sealed.again(4), Some(&[4; 90][..]));
        assert_eq!(sealed.again(19), Some(&[19; 90][..]));
        assert_eq!(sealed.again(20), None, "not sent yet");
        assert_eq!(sealed.again(4), Some(&[4; 90][..]));
        assert_eq!(sealed.again(4), None, "it does not get there");
    }
}
