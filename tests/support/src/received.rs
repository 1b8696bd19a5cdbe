//! The account of what arrived.

use crate::packets;
use rtc::rtp::Packet;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What arrived in one slot.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// Packets, whoever sent them.
    pub packets: u64,
    /// Packets that begin a key frame.
    pub key_frames: u64,
    /// By sender's tag: the numbers of its packets.
    pub from: BTreeMap<u8, BTreeSet<u32>>,
    /// RTP sequence numbers, counted on across their wraps.
    seq_nos: BTreeSet<u64>,
}

impl Received {
    /// Different packets of a sender.
    pub fn count_from(&self, tag: u8) -> usize {
        self.from.get(&tag).map_or(0, BTreeSet::len)
    }

    /// Sequence numbers between the first and the last that have not arrived.
    pub fn holes(&self) -> u64 {
        let (first, last) = (self.seq_nos.first(), self.seq_nos.last());
        let span = first.zip(last).map_or(0, |(first, last)| last - first + 1);
        span - self.seq_nos.len() as u64
    }

    /// The last packet of a sender, counted from 0.
    pub fn last_from(&self, tag: u8) -> Option<u32> {
        self.from.get(&tag)?.last().copied()
    }

    /// Packets of a sender that are missing from number `first` up to `last`.
    pub fn missing_from(&self, tag: u8, first: u32, last: u32) -> usize {
        let arrived = self.from.get(&tag).map_or(0, |numbers| numbers.range(first..=last).count());
        (last - first) as usize + 1 - arrived
    }
}

/// All slots of a client, by `mid`.
#[derive(Default)]
pub(crate) struct Account {
    /// SSRC to `mid`, as the offers said.
    mids: HashMap<u32, String>,
    /// By `mid`.
    pub(crate) slots: BTreeMap<String, Received>,
    /// Packets that belong to no slot: the server must send none.
    pub(crate) strays: u64,
}

impl Account {
    /// Learns from an offer which SSRC belongs to which slot (its first `a=ssrc` line).
    pub(crate) fn read_offer(&mut self, offer: &str) {
        for section in offer.split("\r\nm=").skip(1) {
            let mid = section.lines().find_map(|line| line.strip_prefix("a=mid:"));
            let ssrc = section.lines().find_map(|line| line.strip_prefix("a=ssrc:"));
            let ssrc = ssrc.and_then(|line| line.split(' ').next()?.parse().ok());
            if let (Some(mid), Some(ssrc)) = (mid, ssrc) {
                self.mids.insert(ssrc, mid.to_owned());
            }
        }
    }

    /// The same from an answer, whose m-lines have the client's names: called `a0`, `v0`, … by their order.
    pub(crate) fn read_answer(&mut self, answer: &str) {
        let (mut audio, mut video) = (0, 0);
        for section in answer.split("\r\nm=").skip(1) {
            let (kind, count) =
                if section.starts_with("audio") { ("a", &mut audio) } else { ("v", &mut video) };
            let ssrc = section.lines().find_map(|line| line.strip_prefix("a=ssrc:"));
            if let Some(ssrc) = ssrc.and_then(|line| line.split(' ').next()?.parse().ok()) {
                self.mids.insert(ssrc, format!("{kind}{count}"));
                *count += 1;
            }
        }
    }

    /// Books a packet.
    pub(crate) fn book(&mut self, packet: &Packet) {
        let Some(mid) = self.mids.get(&packet.header.ssrc) else {
            self.strays += 1;
            return;
        };
        let slot = self.slots.entry(mid.clone()).or_default();
        slot.packets += 1;
        let last = slot.seq_nos.last().copied().unwrap_or(1 << 32 | u64::from(packet.header.sequence_number));
        let ahead = packet.header.sequence_number.wrapping_sub(last as u16) as i16;
        slot.seq_nos.insert(last.saturating_add_signed(ahead.into()));
        let video = mid.starts_with('v');
        slot.key_frames += u64::from(video && packets::begins_key_frame(&packet.payload));
        let stamp =
            if video { packets::read_vp8(&packet.payload) } else { packets::read_opus(&packet.payload) };
        // The music carries no stamp of ours; what its bytes would mean as one is of no interest.
        if let Some((tag, number)) = stamp.filter(|_| mid != "music") {
            slot.from.entry(tag).or_default().insert(number);
        }
    }
}
