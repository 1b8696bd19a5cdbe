//! Media that crosses from the thread a publication lives on to a thread that serves receivers of it: once, however
//! many receivers there are.
//!
//! What is said is plain bytes, so that the same records can join nodes one day; inside a process they pass through a
//! ring of bytes between each two threads (one writer, one reader, no lock, no allocation). Each thread writes into its
//! [`Outlet`]s what its own publications send, and what it wants of the others'.
//!
//! A full ring: a video packet is refused when a quarter of the ring is left, and its track is silent there until the
//! next key frame; audio passes while an eighth is left; requests while there is any room, and else wait.

use crate::api::{PeerId, Publication, Uplink};
use crate::codec::Codec;
use crate::layers::{LayerSet, Rid};

/// Bytes of a ring: half a second of 8 Mbit/s. Its memory is touched only as far as it is used.
const RING_BYTES: usize = 512 * 1024;
/// What stays free of video, and of audio.
const VIDEO_RESERVE: usize = RING_BYTES / 4;
const AUDIO_RESERVE: usize = RING_BYTES / 8;

/// A packet of a publication, without the source's header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RelayedPacket<'a> {
    pub(crate) publication: Publication,
    pub(crate) rid: Rid,
    pub(crate) codec: Codec,
    /// Changes when the numbers begin anew: another source, an interruption, packets that were left out.
    pub(crate) stream: u64,
    /// Extended sequence number.
    pub(crate) index: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    /// Loudness of audio, 0 … 127.
    pub(crate) level: u8,
    pub(crate) payload: &'a [u8],
}

/// What a thread says to another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Relayed<'a> {
    /// Media of one of its publications.
    Packet(RelayedPacket<'a>),
    /// When one of its sources captured what: its own report, and when that came in the server's NTP time.
    Clock { publication: Publication, rid: Rid, server_ntp: u64, ntp: u64, timestamp: u32 },
    /// It wants something of the other's publication.
    Request(RelayedRequest),
}

/// What a thread wants of another one's publication.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RelayedRequest {
    /// Its packets, from the next key frames on.
    Subscribe(Publication),
    /// No more of them.
    Unsubscribe(Publication),
    /// A key frame of a layer.
    Keyframe(Publication, Rid),
    /// These layers are needed.
    Wanted(Publication, LayerSet),
}

impl RelayedRequest {
    /// Of which publication.
    pub(crate) fn publication(self) -> Publication {
        match self {
            Self::Subscribe(publication)
            | Self::Unsubscribe(publication)
            | Self::Keyframe(publication, _)
            | Self::Wanted(publication, _) => publication,
        }
    }
}

/// The writing end of a ring.
pub(crate) struct Outlet {
    ring: rtrb::Producer<u8>,
    scratch: Vec<u8>,
    /// Something was written since the reader was woken.
    written: bool,
}

/// The reading end of a ring.
pub(crate) struct Inlet {
    ring: rtrb::Consumer<u8>,
    record: Vec<u8>,
}

/// A ring from one thread to another.
pub(crate) fn ring() -> (Outlet, Inlet) {
    let (producer, consumer) = rtrb::RingBuffer::new(RING_BYTES);
    let outlet = Outlet { ring: producer, scratch: Vec::with_capacity(64), written: false };
    (outlet, Inlet { ring: consumer, record: Vec::with_capacity(2048) })
}

/// The ends of the rings between all threads: for each thread, per other thread, what it writes and what it reads.
pub(crate) fn mesh(threads: usize) -> Vec<Vec<(usize, Outlet, Inlet)>> {
    let mut ends: Vec<Vec<_>> = (0..threads).map(|_| Vec::new()).collect();
    for one in 0..threads {
        for other in 0..one {
            let ((there, from_there), (back, from_back)) = (ring(), ring());
            ends[one].push((other, there, from_back));
            ends[other].push((one, back, from_there));
        }
    }
    ends
}

impl Outlet {
    /// False when there is no room for it.
    pub(crate) fn send(&mut self, relayed: &Relayed<'_>) -> bool {
        let (reserve, payload) = match relayed {
            Relayed::Packet(packet) if packet.publication.uplink == Uplink::Microphone => {
                (AUDIO_RESERVE, packet.payload)
            }
            Relayed::Packet(packet) => (VIDEO_RESERVE, packet.payload),
            Relayed::Clock { .. } => (AUDIO_RESERVE, &[][..]),
            Relayed::Request(_) => (0, &[][..]),
        };
        self.scratch.clear();
        write_head(&mut self.scratch, relayed);
        let length = self.scratch.len() + payload.len();
        let total = length + 2;
        if self.ring.slots() < reserve + total || u16::try_from(length).is_err() {
            return false;
        }
        let Ok(mut chunk) = self.ring.write_chunk(total) else { return false };
        let (first, second) = chunk.as_mut_slices();
        let mut out = Split { first, second };
        out.put(&(length as u16).to_be_bytes());
        out.put(&self.scratch);
        out.put(payload);
        chunk.commit_all();
        self.written = true;
        true
    }

    /// Whether the reader has to be woken.
    pub(crate) fn take_written(&mut self) -> bool {
        std::mem::take(&mut self.written)
    }
}

impl Inlet {
    /// The next record. The writer is our own code: what cannot be read is passed over.
    pub(crate) fn next(&mut self) -> Option<Option<Relayed<'_>>> {
        let mut length = [0; 2];
        self.copy(&mut length)?;
        self.record.resize(usize::from(u16::from_be_bytes(length)), 0);
        let mut record = std::mem::take(&mut self.record);
        let copied = self.copy(&mut record);
        self.record = record;
        copied?;
        Some(read(&self.record))
    }

    fn copy(&mut self, into: &mut [u8]) -> Option<()> {
        let chunk = self.ring.read_chunk(into.len()).ok()?;
        let (first, second) = chunk.as_slices();
        into[..first.len()].copy_from_slice(first);
        into[first.len()..].copy_from_slice(second);
        chunk.commit_all();
        Some(())
    }
}

/// The free part of a ring: to its end, and from its beginning.
struct Split<'a> {
    first: &'a mut [u8],
    second: &'a mut [u8],
}

impl Split<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let (now, later) = bytes.split_at(bytes.len().min(self.first.len()));
        for (part, bytes) in [(&mut self.first, now), (&mut self.second, later)] {
            let (here, rest) = std::mem::take(part).split_at_mut(bytes.len());
            here.copy_from_slice(bytes);
            *part = rest;
        }
    }
}

fn write_head(out: &mut Vec<u8>, relayed: &Relayed<'_>) {
    // The third byte is a layer, or the set of layers that is wanted.
    let (kind, publication, layers) = match *relayed {
        Relayed::Packet(packet) => (0, packet.publication, packet.rid as u8),
        Relayed::Clock { publication, rid, .. } => (1, publication, rid as u8),
        Relayed::Request(RelayedRequest::Subscribe(publication)) => (2, publication, 0),
        Relayed::Request(RelayedRequest::Unsubscribe(publication)) => (3, publication, 0),
        Relayed::Request(RelayedRequest::Keyframe(publication, rid)) => (4, publication, rid as u8),
        Relayed::Request(RelayedRequest::Wanted(publication, wanted)) => {
            (5, publication, wanted.iter().fold(0, |bits, rid| bits | 1 << rid as u8))
        }
    };
    out.extend([kind, publication.uplink as u8, layers]);
    out.extend(publication.peer.0.to_be_bytes());
    match relayed {
        Relayed::Packet(packet) => {
            out.extend([packet.codec as u8, u8::from(packet.marker), packet.level]);
            out.extend(packet.stream.to_be_bytes());
            out.extend(packet.index.to_be_bytes());
            out.extend(packet.timestamp.to_be_bytes());
        }
        Relayed::Clock { server_ntp, ntp, timestamp, .. } => {
            out.extend(server_ntp.to_be_bytes());
            out.extend(ntp.to_be_bytes());
            out.extend(timestamp.to_be_bytes());
        }
        Relayed::Request(_) => {}
    }
}

fn read(record: &[u8]) -> Option<Relayed<'_>> {
    let ([kind, uplink, layers], rest) = record.split_first_chunk::<3>()?;
    let (peer, rest) = number(rest)?;
    let uplink = *Uplink::ALL.get(usize::from(*uplink))?;
    let publication = Publication { peer: PeerId(peer), uplink };
    let rid = Rid::ALL.get(usize::from(*layers)).copied();
    Some(match kind {
        0 => {
            let ([codec, marker, level], rest) = rest.split_first_chunk::<3>()?;
            let codec = *Codec::ALL.get(usize::from(*codec))?;
            let (stream, rest) = number(rest)?;
            let (index, rest) = number(rest)?;
            let (timestamp, payload) = rest.split_first_chunk::<4>()?;
            let timestamp = u32::from_be_bytes(*timestamp);
            let marker = *marker != 0;
            let (rid, level) = (rid?, *level);
            Relayed::Packet(RelayedPacket {
                publication,
                rid,
                codec,
                stream,
                index,
                timestamp,
                marker,
                level,
                payload,
            })
        }
        1 => {
            let (server_ntp, rest) = number(rest)?;
            let (ntp, rest) = number(rest)?;
            let timestamp = u32::from_be_bytes(rest.try_into().ok()?);
            Relayed::Clock { publication, rid: rid?, server_ntp, ntp, timestamp }
        }
        2 => Relayed::Request(RelayedRequest::Subscribe(publication)),
        3 => Relayed::Request(RelayedRequest::Unsubscribe(publication)),
        4 => Relayed::Request(RelayedRequest::Keyframe(publication, rid?)),
        5 => {
            let wanted = Rid::ALL.into_iter().filter(|rid| layers & 1 << *rid as u8 != 0);
            Relayed::Request(RelayedRequest::Wanted(publication, wanted.collect()))
        }
        _ => return None,
    })
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*number), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uplink: Uplink) -> Publication {
        Publication { peer: PeerId(0x0102_0304_0506), uplink }
    }

    fn packet(uplink: Uplink, index: u64, payload: &[u8]) -> Relayed<'_> {
        let (timestamp, marker, level) = (7, index.is_multiple_of(2), 99);
        let codec = if uplink == Uplink::Microphone { Codec::Opus } else { Codec::H264High444 };
        Relayed::Packet(RelayedPacket {
            publication: of(uplink),
            rid: Rid::M,
            codec,
            stream: 1 << 40,
            index,
            timestamp,
            marker,
            level,
            payload,
        })
    }

    #[test]
    fn everything_arrives_as_it_was_said_around_the_end_of_the_ring() {
        let (mut outlet, mut inlet) = ring();
        let camera = of(Uplink::Camera);
        let others = [
            Relayed::Clock { publication: camera, rid: Rid::H, server_ntp: u64::MAX, ntp: 1, timestamp: 2 },
            Relayed::Request(RelayedRequest::Subscribe(camera)),
            Relayed::Request(RelayedRequest::Unsubscribe(of(Uplink::Screen))),
            Relayed::Request(RelayedRequest::Keyframe(camera, Rid::L)),
            Relayed::Request(RelayedRequest::Wanted(camera, [Rid::L, Rid::H].into_iter().collect())),
        ];
        for index in 0..5000 {
            let payload = vec![index as u8; (index as usize * 31) % 1400];
            let said = packet(Uplink::Camera, index, &payload);
            assert!(outlet.send(&said));
            assert!(outlet.take_written());
            assert_eq!(inlet.next(), Some(Some(said)));
            let other = &others[index as usize % 5];
            assert!(outlet.send(other));
            assert_eq!(inlet.next(), Some(Some(*other)));
        }
        assert_eq!(inlet.next(), None);
    }

    #[test]
    fn in_a_full_ring_video_goes_first_then_audio_and_requests_last() {
        let (mut outlet, mut inlet) = ring();
        let payload = [5; 1200];
        let mut sent = 0;
        while outlet.send(&packet(Uplink::Camera, sent, &payload)) {
            sent += 1;
        }
        assert!(sent > 300, "{sent}");
        let small = [1; 80];
        let mut audio = 0;
        while outlet.send(&packet(Uplink::Microphone, audio, &small)) {
            audio += 1;
        }
        assert!(audio > 500, "{audio}");
        assert!(!outlet.send(&packet(Uplink::Screen, 0, &payload)));
        assert!(outlet.send(&Relayed::Request(RelayedRequest::Keyframe(of(Uplink::Camera), Rid::H))));
        for index in 0..sent {
            assert_eq!(inlet.next(), Some(Some(packet(Uplink::Camera, index, &payload))));
        }
        assert!(outlet.send(&packet(Uplink::Camera, 1, &payload)), "there is room again");
    }

    #[test]
    fn nothing_that_is_cut_off_is_read() {
        let (mut outlet, _inlet) = ring();
        assert!(outlet.send(&packet(Uplink::Camera, 1, &[1, 2, 3])));
        let whole = outlet.scratch.clone();
        assert!(whole.len() <= 64, "no room was asked for but at the start");
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length]), None);
        }
    }
}
