//! What the fuzz targets call (`fuzz/`), and the unit tests with the kept seeds: each takes any bytes and panics only
//! when there is a bug. Not in the product: behind the feature `fuzzing`.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::api::{Command, Feed, IceCredentials, PeerId, Publication, SlotCount, SlotId, Uplink};
use crate::codec::{Codec, Head};
use crate::description::Remote;
use crate::framing::{Deframer, FRAME_MAX};
use crate::plane::{Batch, Plane};
use crate::rewrite::{Incoming, Report, Slot, Taken, TrackKey};
use crate::route::Route;
use crate::rtp::{Header, pad};
use crate::transport::Identity;
use crate::transport_cc::Feedback;
use crate::vp8::Descriptor;
use crate::worker::{clock, wall_clock};
use crate::{rtcp, transport_cc};

/// An entry's name, which is its target's and its seeds' too.
pub type Entry = (&'static str, fn(&[u8]));

/// All of them.
pub const ENTRIES: [Entry; 10] = [
    ("demultiplexer", demultiplexer),
    ("rtp", rtp),
    ("extensions", extensions),
    ("rtcp", rtcp),
    ("transport_feedback", transport_feedback),
    ("sdp", sdp),
    ("vp8", vp8),
    ("codecs", codecs),
    ("framing", framing),
    ("rewriting", rewriting),
];

/// A header and a payload lie inside the packet, and padding is taken off once.
pub fn rtp(bytes: &[u8]) {
    let Some(header) = Header::parse(bytes) else { return };
    assert!(header.len <= bytes.len() && header.len >= 12);
    let Some(payload) = header.payload(bytes) else { return };
    assert!(header.len + payload.len() <= bytes.len());
    let mut again = [&bytes[..header.len], payload].concat();
    again[0] &= !0x20;
    pad(&mut again, 0, 7);
    assert_eq!(Header::parse(&again).and_then(|header| header.payload(&again)), Some(payload));
}

/// The first byte chooses the form of the extensions, the rest are they.
pub fn extensions(bytes: &[u8]) {
    let Some((form, rest)) = bytes.split_first() else { return };
    let words = rest.len() / 4;
    let profile: u16 = if form & 1 == 0 { 0xBEDE } else { 0x1000 | u16::from(form >> 4) };
    let mut packet = vec![0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
    packet.extend(profile.to_be_bytes());
    packet.extend((words as u16).to_be_bytes());
    packet.extend(&rest[..4 * words]);
    let Some(header) = Header::parse(&packet) else { return };
    for id in 0..=255 {
        if let Some(value) = header.extension(&packet, id) {
            assert!(value.len() <= 4 * words);
        }
    }
}

/// Every part of a compound packet that is understood.
pub fn rtcp(bytes: &[u8]) {
    let mut named = 0;
    rtcp::read(bytes, |said| {
        if let rtcp::Said::Nack { pairs, .. } = said {
            named += rtcp::nacked(pairs).count();
        }
    });
    assert!(named <= 17 * bytes.len());
}

/// The fields of transport-wide feedback behind its SSRCs.
pub fn transport_feedback(bytes: &[u8]) {
    let Some(feedback) = Feedback::parse(bytes) else { return };
    let mut packets = 0;
    feedback.each(0, |_, _| packets += 1);
    assert!(packets <= transport_cc::STATUSES_MAX);
}

/// A client's answer, and a client's offer.
pub fn sdp(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(remote) = Remote::parse_answer(text)
    {
        assert!(!remote.ufrag.is_empty() && !remote.pwd.is_empty());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(crate::transport::parse_offer(text));
    }
}

/// The first three bytes are shifts, the rest a payload. Renumbering changes the numbers by the shifts and nothing else.
pub fn vp8(bytes: &[u8]) {
    let Some((&[high, low, tl0_by], payload)) = bytes.split_first_chunk() else { return };
    let Some(before) = Descriptor::parse(payload) else { return };
    let picture_by = u16::from_be_bytes([high, low]);
    let mut renumbered = payload.to_vec();
    before.renumber(&mut renumbered, picture_by, tl0_by);
    let after = Descriptor::parse(&renumbered);
    let after = after.as_ref();
    assert_eq!(after.and_then(Descriptor::picture_id), before.shifted_picture_id(picture_by));
    assert_eq!(after.and_then(Descriptor::tl0), before.tl0().map(|tl0| tl0.wrapping_add(tl0_by)));
    assert_eq!(after.map(|after| after.key_frame), Some(before.key_frame));
}

/// The first byte is a codec, the rest a payload of it. What begins a key frame does so whatever comes behind it.
pub fn codecs(bytes: &[u8]) {
    let Some((number, payload)) = bytes.split_first() else { return };
    let codec = Codec::ALL[usize::from(*number) % Codec::ALL.len()];
    let key_frame = codec.head(payload).key_frame;
    assert!(!key_frame || codec.is_video() && !payload.is_empty());
    for length in 0..payload.len().min(64) {
        let head = codec.head(&payload[..length]);
        assert!(!head.key_frame || key_frame, "{codec:?}");
        assert!(head.vp8.is_none() || codec == Codec::Vp8);
    }
}

/// Datagrams, each behind a byte with its length, from a tuple that is known and from one that is not.
pub fn demultiplexer(bytes: &[u8]) {
    static IDENTITY: OnceLock<Arc<Identity>> = OnceLock::new();
    let identity =
        IDENTITY.get_or_init(|| Arc::new(Identity::generate().expect("a certificate can be made")));
    let wall = wall_clock();
    let now = wall.at;
    let mut plane = Plane::new(identity.clone(), wall, 1, &[]);
    let ice = IceCredentials { ufrag: "fuzzfuzz".to_owned(), pwd: "f".repeat(24) };
    let peer = PeerId(1);
    plane.command(now, Command::AddPeer { peer, ice, slots: SlotCount { audio: 1, video: 1 } });
    let known = Route::Udp(SocketAddr::from((Ipv4Addr::LOCALHOST, 1)));
    let unknown = Route::Udp(SocketAddr::from((Ipv4Addr::LOCALHOST, 2)));
    plane.take_for_validated(peer, known);
    let mut rest = bytes;
    let mut batch = Batch::default();
    while let Some((&length, more)) = rest.split_first() {
        let (datagram, more) = more.split_at(usize::from(length).min(more.len()));
        rest = more;
        for from in [known, unknown] {
            plane.datagram(now, from, &mut datagram.to_vec());
        }
        batch.clear();
        plane.fill(now, &mut batch);
        let to_stranger =
            batch.messages.iter().any(|message| SocketAddr::from((Ipv4Addr::LOCALHOST, 2)) == message.to);
        // Only a check that carries the password is answered, and no bytes of chance do.
        assert!(!to_stranger, "a stranger was answered");
    }
}

/// A byte stream in pieces as long as the first byte says: frames come out bounded, until one cannot be.
pub fn framing(bytes: &[u8]) {
    let Some((&size, stream)) = bytes.split_first() else { return };
    let mut deframer = Deframer::default();
    let (mut stream, mut given) = (stream.to_vec(), 0);
    for piece in stream.chunks_mut(usize::from(size).max(1)) {
        let read = deframer.push(piece, |packet| {
            assert!((1..=FRAME_MAX).contains(&packet.len()));
            given += packet.len();
        });
        if read.is_err() {
            break;
        }
    }
    assert!(given <= bytes.len());
}

/// Bytes are steps in the life of a video slot: packets of three layers, late ones and lost ones, layers aimed at,
/// pauses, temporal layers. A number is never given twice, and every number leads back to its packet.
pub fn rewriting(bytes: &[u8]) {
    let now = clock();
    let publication = Publication { peer: PeerId(1), uplink: Uplink::Camera };
    let mut slot = Slot::new(SlotId::Video(0), 0x7ffe);
    slot.set_feed(Feed::Publication(publication));
    slot.aim(Some(0));
    let mut layers = [Layer::new(0), Layer::new(1), Layer::new(2)];
    let mut sent: HashMap<u64, (TrackKey, u64)> = HashMap::new();
    for (step, [what, detail]) in bytes.as_chunks::<2>().0.iter().take(4000).enumerate() {
        let now = now + Duration::from_millis(step as u64);
        let layer = &mut layers[usize::from(detail % 3)];
        match what % 8 {
            0 => slot.aim(Some(u32::from(detail % 3))),
            1 => slot.thin(detail % 4),
            2 => slot.pause(),
            3 => layer.epoch(),
            _ => {
                let packet = layer.packet(*what, *detail);
                take(&mut slot, now, &packet, &mut sent);
            }
        }
    }
}

struct Layer {
    key: TrackKey,
    index: u64,
    picture: u16,
}

impl Layer {
    fn new(track: u32) -> Self {
        Self { key: TrackKey { track, epoch: u64::from(track) }, index: 65_000, picture: 0x7ff0 }
    }

    fn epoch(&mut self) {
        self.key.epoch += 3;
    }

    /// The next packet, one after a hole, or an old one.
    fn packet(&mut self, what: u8, detail: u8) -> Incoming {
        let late = what & 0x40 != 0 && what & 0x10 != 0;
        self.index += if late { 0 } else { 1 + u64::from(detail >> 6) };
        let index = if late { self.index - u64::from(detail >> 2) } else { self.index };
        if what & 8 != 0 && !late {
            self.picture = self.picture.wrapping_add(1) & 0x7fff;
        }
        let [high, low] = (self.picture | 0x8000).to_be_bytes();
        let temporal = (detail >> 4 & 3) << 6 | (detail >> 3 & 1) << 5;
        let key_frame = u8::from(what & 0x20 == 0);
        let payload = [0x90, 0xe0, high, low, self.picture as u8, temporal, key_frame];
        let timestamp = u32::from(self.picture) * 3000;
        let publication = Publication { peer: PeerId(1), uplink: Uplink::Camera };
        let report = (detail & 4 != 0).then_some(Report { publication, ntp: index << 24, timestamp });
        // The third one has another codec.
        let head = match self.key.track {
            2 => Head { key_frame: key_frame == 0, vp8: None },
            _ => Codec::Vp8.head(&payload),
        };
        Incoming { key: self.key, index, timestamp, head, report }
    }
}

fn take(slot: &mut Slot, now: Instant, packet: &Incoming, sent: &mut HashMap<u64, (TrackKey, u64)>) {
    let Taken::Forward(rewritten) = slot.take(now, packet) else { return };
    let source = (packet.key, packet.index);
    let before = sent.insert(rewritten.index, source);
    // The same packet may come again here; the history in front of a slot sorts that out.
    assert!(before.is_none_or(|before| before == source), "a number was given twice");
    let found = slot.find(rewritten.index as u16).expect("what was just sent is found");
    assert_eq!((found.key, found.source_index, found.index), (packet.key, packet.index, rewritten.index));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn entries_take_their_seeds_and_what_becomes_of_them() {
        let mut random = Random::new(77);
        for (name, entry) in ENTRIES {
            let folder = format!("{}/fuzz/seeds/{name}", env!("CARGO_MANIFEST_DIR"));
            let seeds: Vec<Vec<u8>> = std::fs::read_dir(&folder)
                .unwrap_or_else(|error| panic!("{folder}: {error}"))
                .map(|file| std::fs::read(file.unwrap().path()).unwrap())
                .collect();
            assert!(!seeds.is_empty(), "{folder} has seeds");
            for seed in seeds {
                entry(&seed);
                for _ in 0..200 {
                    let mut bytes = seed.clone();
                    random.mutate(&mut bytes);
                    entry(&bytes);
                }
            }
        }
    }
}
