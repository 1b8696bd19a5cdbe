//! A plane and its peers in made-up time: sealed datagrams go in and out, without sockets and handshakes.
#![allow(dead_code, reason = "every test uses its own part of this")]

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Batch, Plane, WallClock};
use crate::api::{Command, Event, Feed, IceCredentials, PeerId, Publication, SlotCount, SlotId, Uplink};
use crate::bandwidth::{Arrivals, line::Line};
use crate::codec::Codec;
use crate::description::{Remote, TRANSPORT_CC_EXTENSION, UplinkParameters};
use crate::route::Route;
use crate::rtp::Header;
use crate::transport::{Identity, Inbound, Outbound, equal_keys};

/// A media packet that arrived at a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) seq_no: u16,
    pub(crate) timestamp: u32,
    pub(crate) payload: Vec<u8>,
}

/// A client that is connected.
pub(crate) struct Guest {
    pub(crate) peer: PeerId,
    pub(crate) got: Vec<Got>,
    /// Plain compound packets.
    pub(crate) reports: Vec<Vec<u8>>,
    address: Route,
    seal: Outbound,
    open: Inbound,
    /// What lies between the plane and it; `None` for a line that takes no time.
    pub(crate) downlink: Option<Downlink>,
}

/// A line down, and a receiver that gives transport-wide feedback.
pub(crate) struct Downlink {
    pub(crate) line: Line,
    pub(crate) lost: usize,
    under_way: VecDeque<(i64, Vec<u8>)>,
    arrivals: Arrivals,
    told_us: i64,
}

impl Downlink {
    pub(crate) fn new(line: Line) -> Self {
        Self { line, lost: 0, under_way: VecDeque::new(), arrivals: Arrivals::new(), told_us: 0 }
    }

    fn push(&mut self, now_us: i64, datagram: &[u8]) {
        match self.line.carry(now_us, datagram.len()) {
            Some(at) => self.under_way.push_back((at, datagram.to_vec())),
            None => self.lost += 1,
        }
    }

    fn arrived(&mut self, now_us: i64) -> Vec<(i64, Vec<u8>)> {
        let passed = self.under_way.iter().take_while(|(at, _)| *at <= now_us).count();
        self.under_way.drain(..passed).collect()
    }

    fn feedback(&mut self, now_us: i64) -> Option<Vec<u8>> {
        if now_us - self.told_us < 100_000 || !self.arrivals.fresh() {
            return None;
        }
        self.told_us = now_us;
        self.arrivals.feedback(now_us, 1, 2)
    }
}

pub(crate) struct Hall {
    pub(crate) plane: Plane,
    pub(crate) now: Instant,
    pub(crate) guests: Vec<Guest>,
    pub(crate) events: Vec<Event>,
    identity: Arc<Identity>,
}

const ANSWER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
    a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n\
    a=setup:active\r\na=ice-ufrag:guest\r\na=ice-pwd:password-of-a-guest-000\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:mic\r\na=sendonly\r\n\
    a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
    a=rtpmap:111 opus/48000/2\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:cam\r\na=sendonly\r\n\
    a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n\
    a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";

#[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
fn origin() -> Instant {
    // Far enough from the clock's own beginning that the past can be subtracted.
    Instant::now() + Duration::from_secs(3600)
}

impl Hall {
    pub(crate) fn new() -> Self {
        let now = origin();
        let identity = Arc::new(Identity::generate().expect("a certificate"));
        let plane = Plane::new(identity.clone(), WallClock { at: now, ntp: 1 << 60 }, 7, &[]);
        Self { plane, now, guests: Vec::new(), events: Vec::new(), identity }
    }

    /// Two planes, 0 and 1, joined by rings.
    pub(crate) fn neighbours() -> [Self; 2] {
        let (mut here, mut there) = (Self::new(), Self::new());
        there.now = here.now;
        for (number, (hall, ends)) in
            [&mut here, &mut there].into_iter().zip(crate::relay::mesh(2)).enumerate()
        {
            for (thread, outlet, inlet) in ends {
                assert_ne!(thread, number);
                hall.plane.join(thread, outlet, inlet);
            }
        }
        [here, there]
    }

    /// A guest with 3 audio and 4 video slots.
    pub(crate) fn join(&mut self, number: u64) -> usize {
        self.join_with(number, "")
    }

    /// The same; `more` ends its answer.
    pub(crate) fn join_with(&mut self, number: u64, more: &str) -> usize {
        self.join_as(number, Remote::parse_answer(&format!("{ANSWER}{more}")).expect("an answer"))
    }

    /// One whose camera has another codec than VP8, under the payload types of that.
    pub(crate) fn join_sending(&mut self, number: u64, codec: Codec) -> usize {
        let mut remote = Remote::parse_answer(ANSWER).expect("an answer");
        remote.camera = Some(UplinkParameters { codec, ..remote.camera.expect("a camera") });
        self.join_as(number, remote)
    }

    fn join_as(&mut self, number: u64, remote: Remote) -> usize {
        let peer = PeerId(number);
        let ice = IceCredentials { ufrag: format!("uf{number:06}"), pwd: "p".repeat(24) };
        self.command(Command::AddPeer { peer, ice, slots: SlotCount { audio: 3, video: 4 } });
        self.command(Command::SetRemote { peer, remote: Box::new(remote) });
        let address = Route::Udp(SocketAddr::from((Ipv4Addr::LOCALHOST, 10_000 + number as u16)));
        let (inbound, outbound) = equal_keys(&self.identity);
        self.plane.connect(peer, address, inbound, outbound);
        let (open, seal) = equal_keys(&self.identity);
        let (got, reports) = (Vec::new(), Vec::new());
        self.guests.push(Guest { peer, got, reports, address, seal, open, downlink: None });
        self.guests.len() - 1
    }

    /// A guest answers again.
    pub(crate) fn answer(&mut self, guest: usize, more: &str) {
        let peer = self.guests[guest].peer;
        let remote = Remote::parse_answer(&format!("{ANSWER}{more}")).expect("an answer");
        self.command(Command::SetRemote { peer, remote: Box::new(remote) });
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.plane.command(self.now, command);
    }

    pub(crate) fn allow(&mut self, guest: usize, uplink: Uplink) {
        let peer = self.guests[guest].peer;
        self.command(Command::Allow { peer, uplinks: vec![uplink] });
    }

    pub(crate) fn feed(&mut self, guest: usize, slot: SlotId, publisher: u64, uplink: Uplink) {
        let feed = Feed::Publication(Publication { peer: PeerId(publisher), uplink });
        self.command(Command::SetFeeds(vec![(self.guests[guest].peer, slot, feed)]));
    }

    /// A packet of a guest's microphone (with its level, 0 … 127) or camera.
    pub(crate) fn send(
        &mut self,
        guest: usize,
        level: Option<u8>,
        seq_no: u16,
        timestamp: u32,
        payload: &[u8],
    ) {
        let (from, mut packet) = self.sealed(guest, level, seq_no, timestamp, payload);
        self.plane.datagram(self.now, from, &mut packet);
    }

    /// The same as it goes over the wire, and where it comes from. A packet of a camera is a whole picture.
    pub(crate) fn sealed(
        &mut self,
        guest: usize,
        level: Option<u8>,
        seq_no: u16,
        timestamp: u32,
        payload: &[u8],
    ) -> (Route, Vec<u8>) {
        self.seal(guest, (level, true), seq_no, timestamp, payload)
    }

    /// A packet of a camera's picture, as it goes over the wire; `last` ends the picture.
    pub(crate) fn sealed_part(
        &mut self,
        guest: usize,
        seq_no: u16,
        timestamp: u32,
        payload: &[u8],
        last: bool,
    ) -> (Route, Vec<u8>) {
        self.seal(guest, (None, last), seq_no, timestamp, payload)
    }

    fn seal(
        &mut self,
        guest: usize,
        (level, last): (Option<u8>, bool),
        seq_no: u16,
        timestamp: u32,
        payload: &[u8],
    ) -> (Route, Vec<u8>) {
        let guest = &mut self.guests[guest];
        let camera = 96 | u8::from(last) << 7;
        let (kind, mid, number) = if level.is_some() { (111, b"mic", 0) } else { (camera, b"cam", 1) };
        let mut packet = vec![0x90, kind];
        packet.extend(seq_no.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend((100 * guest.peer.0 as u32 + number).to_be_bytes());
        packet.extend([0xbe, 0xde, 0, 2, 0x12]);
        packet.extend(mid);
        packet.extend(level.map_or([0; 4], |level| [0x40, 127 - level, 0, 0]));
        let header = packet.len();
        packet.extend(payload);
        assert!(guest.seal.seal(&mut packet, 0, header, u64::from(seq_no)));
        (guest.address, packet)
    }

    /// A packet of one of a guest's layers.
    pub(crate) fn send_layer(&mut self, guest: usize, rid: u8, seq_no: u16, timestamp: u32, payload: &[u8]) {
        let guest = &mut self.guests[guest];
        let mut packet = vec![0x90, 96 | 0x80];
        packet.extend(seq_no.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend((5000 + u32::from(rid)).to_be_bytes());
        packet.extend([0xbe, 0xde, 0, 2, 0x12, b'c', b'a', b'm', 0x20, rid, 0, 0]);
        let header = packet.len();
        packet.extend(payload);
        assert!(guest.seal.seal(&mut packet, 0, header, u64::from(seq_no)));
        self.plane.datagram(self.now, guest.address, &mut packet);
    }

    pub(crate) fn send_rtcp(&mut self, guest: usize, plain: &[u8]) {
        let guest = &mut self.guests[guest];
        let mut sealed = guest.seal.seal_rtcp(plain).expect("a report");
        self.plane.datagram(self.now, guest.address, &mut sealed);
    }

    /// Time passes; what is due happens, and what is sent arrives.
    pub(crate) fn pass(&mut self, ms: u64) {
        for _ in 0..ms {
            self.now += Duration::from_millis(1);
            self.turn();
        }
    }

    /// What is due now.
    pub(crate) fn turn(&mut self) {
        let now_us = self.plane.micros(self.now);
        while self.plane.relayed(self.now) {}
        self.plane.timeout(self.now);
        let mut batch = Batch::default();
        let mut more = true;
        while more {
            batch.clear();
            more = self.plane.fill(self.now, &mut batch);
            for message in &batch.messages {
                let Some(guest) =
                    self.guests.iter_mut().find(|guest| guest.address == Route::Udp(message.to))
                else {
                    continue;
                };
                for datagram in
                    batch.bytes[message.start..message.start + message.len].chunks(message.segment)
                {
                    match &mut guest.downlink {
                        Some(downlink) => downlink.push(now_us, datagram),
                        None => drop(guest.receive(&self.identity, datagram)),
                    }
                }
            }
        }
        self.deliver(now_us);
        self.events.extend(std::iter::from_fn(|| self.plane.next_event()));
    }
}

impl Hall {
    /// What has passed the lines by now, and what their receivers say of it.
    fn deliver(&mut self, now_us: i64) {
        for number in 0..self.guests.len() {
            let guest = &mut self.guests[number];
            let arrived = guest.downlink.as_mut().map(|downlink| downlink.arrived(now_us));
            for (at, datagram) in arrived.into_iter().flatten() {
                let transport = guest.receive(&self.identity, &datagram);
                if let (Some(downlink), Some(seq_no)) = (&mut guest.downlink, transport) {
                    downlink.arrivals.arrived(at, seq_no);
                }
            }
            let feedback = guest.downlink.as_mut().and_then(|downlink| downlink.feedback(now_us));
            if let Some(feedback) = feedback {
                self.send_rtcp(number, &feedback);
            }
        }
    }
}

/// Time passes on two threads.
pub(crate) fn pass(halls: &mut [Hall; 2], ms: u64) {
    for _ in 0..ms {
        for hall in &mut *halls {
            hall.now += Duration::from_millis(1);
        }
        // What one says the other hears in the same millisecond.
        for number in [0, 1, 0] {
            halls[number].turn();
        }
    }
}

impl Guest {
    /// The transport-wide number of a media packet, if it has one.
    fn receive(&mut self, identity: &Identity, datagram: &[u8]) -> Option<u16> {
        match datagram[1] {
            192..=223 => {
                self.reports.extend(self.open.open_rtcp(identity, datagram).map(|plain| plain.to_vec()));
                None
            }
            _ if datagram[0] & 0xc0 == 0x80 => {
                let mut packet = datagram.to_vec();
                let header = Header::parse(&packet).expect("a header");
                let (length, _) = self.open.open(identity, &mut packet, &header).expect("authentic");
                let payload = header.payload(&packet[..length]).expect("a payload").to_vec();
                let Header { ssrc, payload_type, seq_no, timestamp, .. } = header;
                self.got.push(Got { ssrc, payload_type, seq_no, timestamp, payload });
                let number = header.extension(&packet, TRANSPORT_CC_EXTENSION)?;
                number.try_into().ok().map(u16::from_be_bytes)
            }
            _ => None,
        }
    }

    /// Whether a feedback packet of this type and format is among the reports.
    pub(crate) fn feedback(&self, kind: u8, format: u8) -> usize {
        let mut count = 0;
        for compound in &self.reports {
            let mut rest = compound.as_slice();
            while rest.len() >= 4 {
                count += usize::from(rest[1] == kind && rest[0] & 31 == format);
                rest = &rest[4 * (usize::from(u16::from_be_bytes([rest[2], rest[3]])) + 1)..];
            }
        }
        count
    }
}

impl Plane {
    /// As if checks and handshake had succeeded.
    fn connect(&mut self, id: PeerId, address: Route, inbound: Inbound, outbound: Outbound) {
        let at = self.by_id[&id];
        let peer = self.peers.get_mut(at).expect("the peer was added");
        peer.ice.dtls_from(address);
        (peer.inbound, peer.outbound) = (Some(inbound), Some(outbound));
        self.by_tuple.insert(address, at);
    }
}
