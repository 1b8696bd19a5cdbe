//! What the control plane and the data plane say to each other: commands down, events up, plain data only.
//!
//! Ids are given by the control plane and mean nothing here. Both directions are bounded queues:
//! a full command queue is an error to the caller (it retires the peer), a full event queue drops levels and
//! statistics first and never a state change (those wait in the thread until there is room).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::layers::{Bitrate, Demand, LayerSet, SlotQuality};

/// One participant's media connection, named by the control plane. Never reused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PeerId(pub u64);

/// One of a peer's three sending m-lines.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Uplink {
    /// `mic`: Opus.
    Microphone,
    /// `cam`: a picture.
    Camera,
    /// `scr`: a picture.
    Screen,
}

/// A stream that a peer sends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Publication {
    /// Who sends it.
    pub peer: PeerId,
    /// On which of its m-lines.
    pub uplink: Uplink,
}

/// One receiving m-line of a peer; its `mid` is the `Display` form: `a0`, `music`, `v3`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum SlotId {
    /// A speaker's slot, counted from 0.
    Audio(u8),
    /// The server's own audio.
    Music,
    /// A picture's slot, counted from 0.
    Video(u8),
}

/// What a slot is to carry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Feed {
    /// Nothing.
    Silence,
    /// Piece `n` of [`Config::music`], looped; all listeners hear the same moment of it.
    Music(u16),
    /// Somebody's publication. A video slot keeps its old picture until the new one's key frame is there.
    Publication(Publication),
}

/// How many receiving m-lines a peer has. They only ever grow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlotCount {
    /// Speakers' slots.
    pub audio: u8,
    /// Pictures' slots.
    pub video: u8,
}

/// ICE credentials (RFC 8445 §5.3), made by the control plane from the operating system's randomness.
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredentials {
    /// `ice-ufrag`, 8 characters of `ice-char`; the first one names the thread.
    pub ufrag: String,
    /// `ice-pwd`, 24 characters of `ice-char`.
    pub pwd: String,
}

impl IceCredentials {
    /// The first character of a `ufrag` names the thread, so that a TCP connection finds it.
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// Credentials of a peer on this thread from random `ice-char` texts, 7 characters or more for `ufrag`.
    pub fn for_thread(thread: usize, ufrag: &str, pwd: String) -> Self {
        let letter = char::from(Self::LETTERS[thread % Self::LETTERS.len()]);
        Self { ufrag: format!("{letter}{ufrag}"), pwd }
    }

    /// The thread that a `ufrag` names.
    pub(crate) fn thread_of(ufrag: &str) -> Option<usize> {
        let letter = ufrag.bytes().next()?;
        Self::LETTERS.iter().position(|known| *known == letter)
    }
}

/// What the control plane asks for.
pub enum Command {
    /// A new peer; it may send at once after this (STUN is answered before the description is known).
    AddPeer {
        /// Its name from now on.
        peer: PeerId,
        /// What the offer told the client.
        ice: IceCredentials,
        /// Its receiving m-lines.
        slots: SlotCount,
    },
    /// The client's answer.
    SetRemote {
        /// Whose.
        peer: PeerId,
        /// The parsed answer.
        remote: Box<crate::description::Remote>,
    },
    /// New local credentials were offered (ICE restart, RFC 8445 §9); the old ones stay valid for 30 s.
    RestartIce {
        /// Whose.
        peer: PeerId,
        /// What the offer told the client.
        ice: IceCredentials,
    },
    /// More slots were offered.
    GrowSlots {
        /// Whose.
        peer: PeerId,
        /// The new totals.
        slots: SlotCount,
    },
    /// Which publications of this peer are forwarded at all; whatever else arrives is decrypted and dropped.
    Allow {
        /// Whose.
        peer: PeerId,
        /// The allowed ones. Empty at the start.
        uplinks: Vec<Uplink>,
    },
    /// The forwarding table's changes, applied together.
    SetFeeds(Vec<(PeerId, SlotId, Feed)>),
    /// How large and how important a peer's video slots are to it. Slots that are not named keep what they have;
    /// [`Demand::default`] at the start.
    SetDemand {
        /// Whose.
        peer: PeerId,
        /// The changed ones.
        demands: Vec<(SlotId, Demand)>,
    },
    /// Ask the sender for a key frame (throttled to one per 500 ms).
    RequestKeyframe(Publication),
    /// Peers whose home is another thread: their publications may be named in feeds of this thread's peers, and come by
    /// the ring between the two.
    Remote(Vec<(PeerId, usize)>),
    /// Forget a peer. Nothing is sent to it afterwards.
    RemovePeer(PeerId),
    /// A TCP connection that a client made, and what was read from it so far (see [`crate::MediaPlane::adopt_stream`]).
    AdoptStream {
        /// The connection.
        stream: std::net::TcpStream,
        /// Its first bytes: a framed check that names a peer of this thread.
        first: Vec<u8>,
    },
    /// Stop the thread.
    Stop,
}

impl Command {
    /// The connection that it is about, if it is about one.
    pub fn peer(&self) -> Option<PeerId> {
        match self {
            Self::AddPeer { peer, .. }
            | Self::SetRemote { peer, .. }
            | Self::RestartIce { peer, .. }
            | Self::GrowSlots { peer, .. }
            | Self::Allow { peer, .. }
            | Self::SetDemand { peer, .. }
            | Self::RequestKeyframe(Publication { peer, .. })
            | Self::RemovePeer(peer) => Some(*peer),
            _ => None,
        }
    }
}

/// What happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// ICE and DTLS are done; media flows both ways.
    Connected(PeerId),
    /// Nothing authenticated came from the peer for some seconds (5), or again after that.
    Silent(PeerId, bool),
    /// The peer is no longer reachable: consent ended 30 s ago (RFC 7675), or DTLS failed or was closed. Remove it.
    Gone(PeerId, GoneReason),
    /// A slot's first packet of its newest feed was sent, or its receiver does not have the codec of that.
    SlotRunning(PeerId, SlotId, Feed),
    /// The first packet of a publication arrived and was authenticated.
    PublicationSeen(Publication),
    /// Which layers of a publication anybody needs now: at once when one is needed, 3 s after it was needed last. Before
    /// the first one all are.
    LayersWanted(Publication, LayerSet),
    /// What a receiver's video slots carry, of those that changed, and what its line is estimated to carry. At most once
    /// a second.
    Quality(PeerId, Vec<(SlotId, SlotQuality)>, Option<Bitrate>),
    /// Loudness of allowed microphones since the last report, about every 20 ms while anybody is heard:
    /// 0 (digital silence) … 127 (full scale), i.e. 127 minus the level of RFC 6464. Only those above silence.
    Levels(Vec<(PeerId, u8)>),
}

/// Why a peer is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GoneReason {
    /// Consent to send ended (RFC 7675).
    ConsentExpired,
    /// The DTLS handshake failed: wrong fingerprint, no common SRTP profile, time-out.
    HandshakeFailed,
    /// The client closed the DTLS association.
    Closed,
}

/// How to start the plane.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address that the UDP sockets bind to.
    pub bind: IpAddr,
    /// UDP port of the first thread; the next ones follow. 0 lets the system choose (tests).
    pub udp_port: u16,
    /// Number of threads and ports, ≥ 1.
    pub threads: usize,
    /// Share of its time, 0–1, from which on a thread lowers and then pauses pictures.
    pub busy_limit: f64,
    /// Addresses named as ICE candidates, best first; not empty.
    pub announce: Vec<IpAddr>,
    /// Addresses named as passive TCP candidates (RFC 6544), best first; whoever listens there hands the connections
    /// over. Empty: no TCP.
    pub announce_tcp: Vec<SocketAddr>,
    /// Opus packets of 20 ms each, one list per piece; [`Feed::Music`] counts into this.
    pub music: Vec<Arc<[bytes::Bytes]>>,
}
