//! A browser in small: a socket, checks, DTLS as the active side, SRTP.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use media_plane::{PeerId, Uplink};
use rtc_crypto::{HashAlgorithm, RTCCryptoProvider, providers::RingProvider};
use rtc_dtls::config::{ConfigBuilder, ExtendedMasterSecretType};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile as Profile;
use rtc_shared::TransportProtocol;
use rtc_srtp::config::{Config, LABEL_EXTRACTOR_DTLS_SRTP};
use rtc_srtp::context::Context;
use rtc_srtp::protection_profile::ProtectionProfile;
use rtc_stun::attributes::{ATTR_USE_CANDIDATE, ATTR_USERNAME};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId};
use rtc_stun::textattrs::TextAttribute;
use rtc_stun::xoraddr::XorMappedAddress;

/// A received media packet, without its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub marker: bool,
    pub payload_type: u8,
    pub seq_no: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    /// Without padding.
    pub payload: Vec<u8>,
    pub padding: usize,
    pub transport_seq_no: Option<u16>,
}

pub struct Client {
    pub peer: PeerId,
    pub socket: UdpSocket,
    pub server: SocketAddr,
    pub packets: Vec<Packet>,
    /// Plain compound packets.
    pub reports: Vec<Vec<u8>>,
    pub checks_answered: usize,
    pub profile: Option<ProtectionProfile>,
    pub failed: bool,
    /// What the `a=fingerprint` of the answer says, if not the truth.
    pub claimed_fingerprint: Option<[u8; 32]>,
    pub offered_profiles: Vec<Profile>,
    /// Whether it sends and understands transport-wide sequence numbers, and how many it gave its pictures.
    pub transport_cc: bool,
    pub transport_sent: u16,
    ufrag: String,
    pwd: String,
    local: (String, String),
    provider: Arc<dyn RTCCryptoProvider>,
    certificate: Certificate,
    endpoint: Option<Endpoint>,
    send: Option<Context>,
    receive: Option<Context>,
}

/// A VP8 payload with a 15-bit picture id.
pub fn video_payload(key_frame: bool, picture: u16, length: usize) -> Vec<u8> {
    let [high, low] = (picture | 0x8000).to_be_bytes();
    let mut payload = vec![0x90, 0xe0, high, low, picture as u8, 0x20, u8::from(!key_frame)];
    payload.resize(length, 0x5a);
    payload
}

fn attribute<'a>(sdp: &'a str, key: &str) -> &'a str {
    let start = format!("a={key}:");
    sdp.lines().find_map(|line| line.strip_prefix(start.as_str())).unwrap()
}

impl Client {
    pub fn new(peer: PeerId, offer: &str) -> Self {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(RingProvider::new());
        let candidate: Vec<&str> = attribute(offer, "candidate").split(' ').collect();
        let socket = Self::new_socket();
        Self {
            peer,
            socket,
            server: format!("{}:{}", candidate[4], candidate[5]).parse().unwrap(),
            packets: Vec::new(),
            reports: Vec::new(),
            checks_answered: 0,
            profile: None,
            failed: false,
            claimed_fingerprint: None,
            // As Chromium orders them.
            offered_profiles: vec![
                Profile::Srtp_Aes128_Cm_Hmac_Sha1_80,
                Profile::Srtp_Aead_Aes_256_Gcm,
                Profile::Srtp_Aead_Aes_128_Gcm,
            ],
            transport_cc: false,
            transport_sent: 0,
            ufrag: attribute(offer, "ice-ufrag").to_owned(),
            pwd: attribute(offer, "ice-pwd").to_owned(),
            local: (format!("cl{:06}", peer.0), format!("password-of-client-{:06}", peer.0)),
            certificate: Certificate::generate_self_signed(vec!["x".to_owned()], provider.crypto()).unwrap(),
            provider,
            endpoint: None,
            send: None,
            receive: None,
        }
    }

    fn new_socket() -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        socket
    }

    /// The NAT gives another address.
    pub fn rebind(&mut self) -> UdpSocket {
        std::mem::replace(&mut self.socket, Self::new_socket())
    }

    pub fn set_offer(&mut self, offer: &str) {
        self.ufrag = attribute(offer, "ice-ufrag").to_owned();
        self.pwd = attribute(offer, "ice-pwd").to_owned();
    }

    pub fn answer(&self) -> String {
        let hash =
            self.provider.crypto().hash(HashAlgorithm::Sha256, &self.certificate.certificate[0]).unwrap();
        let fingerprint = self.claimed_fingerprint.map_or(hash, |claimed| claimed.to_vec());
        let fingerprint: Vec<String> = fingerprint.iter().map(|byte| format!("{byte:02X}")).collect();
        let mut sdp = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 {}\r\n\
             a=setup:active\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\n",
            fingerprint.join(":"),
            self.local.0,
            self.local.1
        );
        let mid = "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
        sdp += &format!(
            "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:mic\r\na=sendonly\r\n{mid}\
             a=extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=rtpmap:111 opus/48000/2\r\n"
        );
        let transport_cc = if self.transport_cc {
            "a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
        } else {
            ""
        };
        for name in ["cam", "scr"] {
            sdp += &format!(
                "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:{name}\r\na=sendonly\r\n{mid}\
                 a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
            );
            sdp += transport_cc;
        }
        if self.transport_cc {
            sdp += "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:v0\r\na=recvonly\r\n\
                a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
            sdp += transport_cc;
        }
        sdp
    }

    /// A check, then the ClientHello.
    pub fn connect(&mut self) {
        self.check(true);
        self.start_dtls();
    }

    pub fn is_connected(&self) -> bool {
        self.send.is_some()
    }

    pub fn check(&self, nominate: bool) {
        self.check_with(&self.pwd, nominate);
    }

    pub fn check_with(&self, pwd: &str, nominate: bool) {
        self.socket.send_to(&self.check_bytes(pwd, nominate), self.server).unwrap();
    }

    /// A binding request as it goes over the wire.
    pub fn check_bytes(&self, pwd: &str, nominate: bool) -> Vec<u8> {
        struct UseCandidate;
        impl Setter for UseCandidate {
            fn add_to(&self, message: &mut Message) -> rtc_shared::error::Result<()> {
                message.add(ATTR_USE_CANDIDATE, &[]);
                Ok(())
            }
        }
        let mut setters: Vec<Box<dyn Setter + '_>> = vec![
            Box::new(BINDING_REQUEST),
            Box::new(TransactionId::new()),
            Box::new(TextAttribute::new(ATTR_USERNAME, format!("{}:{}", self.ufrag, self.local.0))),
        ];
        if nominate {
            setters.push(Box::new(UseCandidate));
        }
        let crypto = self.provider.crypto();
        setters
            .push(Box::new(MessageIntegrity::new_short_term_integrity_with_provider(pwd.to_owned(), crypto)));
        setters.push(Box::new(FINGERPRINT));
        let mut message = Message::new();
        message.build(&setters).unwrap();
        message.raw
    }

    pub fn start_dtls(&mut self) {
        let config = ConfigBuilder::default()
            .with_crypto_provider(self.provider.clone())
            .with_certificates(vec![self.certificate.clone()])
            .with_insecure_skip_verify(true)
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            .with_flight_interval(Duration::from_millis(100))
            .with_srtp_protection_profiles(self.offered_profiles.clone())
            .build(true, None)
            .unwrap();
        let mut endpoint = Endpoint::new(self.socket.local_addr().unwrap(), TransportProtocol::UDP, None);
        endpoint.connect(super::now(), self.server, Arc::new(config), None).unwrap();
        self.endpoint = Some(endpoint);
        self.flush_dtls();
    }

    pub fn close(&mut self) {
        if let Some(endpoint) = &mut self.endpoint {
            drop(endpoint.stop(super::now(), self.server));
        }
        self.flush_dtls();
    }

    fn flush_dtls(&mut self) {
        while let Some(transmit) = self.endpoint.as_mut().and_then(Endpoint::poll_transmit) {
            self.socket.send_to(&transmit.message, self.server).unwrap();
        }
    }

    /// Takes what is there.
    pub fn pump(&mut self, now: Instant) {
        let mut buffer = [0; 2048];
        for _ in 0..64 {
            let Ok((length, _)) = self.socket.recv_from(&mut buffer) else { break };
            self.datagram(now, &buffer[..length]);
        }
        if let Some(endpoint) = &mut self.endpoint
            && endpoint.poll_timeout(&self.server).is_some_and(|at| at <= now)
        {
            self.failed |= endpoint.handle_timeout(self.server, now).is_err();
        }
        self.flush_dtls();
    }

    fn datagram(&mut self, now: Instant, datagram: &[u8]) {
        match datagram[0] {
            0..=3 => self.stun(datagram),
            20..=63 => self.dtls(now, datagram),
            _ if (192..=223).contains(&datagram[1]) => {
                let plain = self.receive.as_mut().and_then(|context| context.decrypt_rtcp(datagram).ok());
                self.reports.extend(plain.map(|plain| plain.to_vec()));
            }
            _ => {
                let plain = self.receive.as_mut().and_then(|context| context.decrypt_rtp(datagram).ok());
                self.packets.extend(plain.map(|plain| parse(&plain)));
            }
        }
    }

    fn stun(&mut self, datagram: &[u8]) {
        let mut message = Message::new();
        message.unmarshal_binary(datagram).unwrap();
        FINGERPRINT.check(&message).unwrap();
        let crypto = self.provider.crypto();
        if message.typ == BINDING_SUCCESS {
            MessageIntegrity::check(&mut message, self.pwd.as_bytes(), crypto).unwrap();
            self.checks_answered += 1;
        } else {
            MessageIntegrity::check(&mut message, self.local.1.as_bytes(), crypto).unwrap();
            let mut response = Message::new();
            let pwd = self.local.1.clone();
            let integrity = MessageIntegrity::new_short_term_integrity_with_provider(pwd, crypto);
            let address = XorMappedAddress { ip: self.server.ip(), port: self.server.port() };
            let setters: [Box<dyn Setter + '_>; 5] = [
                Box::new(BINDING_SUCCESS),
                Box::new(message.transaction_id),
                Box::new(address),
                Box::new(integrity),
                Box::new(FINGERPRINT),
            ];
            response.build(&setters).unwrap();
            self.socket.send_to(&response.raw, self.server).unwrap();
        }
    }

    fn dtls(&mut self, now: Instant, datagram: &[u8]) {
        let Some(endpoint) = &mut self.endpoint else { return };
        match endpoint.read(now, self.server, None, BytesMut::from(datagram)) {
            Err(_) => self.failed = true,
            Ok(events) => {
                if events.iter().any(|event| matches!(event, EndpointEvent::HandshakeComplete)) {
                    self.keys();
                }
            }
        }
        self.flush_dtls();
    }

    fn keys(&mut self) {
        let state = self.endpoint.as_ref().unwrap().get_connection_state(self.server).unwrap();
        let profile = match state.srtp_protection_profile() {
            Profile::Srtp_Aead_Aes_128_Gcm => ProtectionProfile::AeadAes128Gcm,
            Profile::Srtp_Aead_Aes_256_Gcm => ProtectionProfile::AeadAes256Gcm,
            _ => ProtectionProfile::Aes128CmHmacSha1_80,
        };
        let mut config = Config { profile, ..Default::default() };
        let length = config.keying_material_len();
        let material = state.export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], length).unwrap();
        config.set_session_keys_from_keying_material(material.as_ref(), true).unwrap();
        let (keys, crypto) = (config.keys, self.provider.crypto());
        let (key, salt) = (&keys.local_master_key, &keys.local_master_salt);
        self.send = Some(Context::new(key, salt, profile, None, None, crypto).unwrap());
        let (key, salt) = (&keys.remote_master_key, &keys.remote_master_salt);
        self.receive = Some(Context::new(key, salt, profile, None, None, crypto).unwrap());
        self.profile = Some(profile);
    }

    /// A sealed packet of an uplink, as it goes over the wire. SSRCs are 1000 and on, of retransmissions 2000.
    pub fn seal(
        &mut self,
        uplink: Uplink,
        (seq_no, timestamp, marker): (u16, u32, bool),
        payload: &[u8],
        retransmission: bool,
    ) -> Vec<u8> {
        let (mid, number) = match uplink {
            Uplink::Microphone => (b"mic", 0),
            Uplink::Camera => (b"cam", 1),
            Uplink::Screen => (b"scr", 2),
        };
        let kind = if uplink == Uplink::Microphone { 111 } else { 96 + u8::from(retransmission) };
        let ssrc = if retransmission { 2000 } else { 1000 } + number + 10 * self.peer.0 as u32;
        let mut packet = vec![0x90, kind | u8::from(marker) << 7];
        packet.extend(seq_no.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend(ssrc.to_be_bytes());
        packet.extend([0xbe, 0xde, 0, 2, 0x12]);
        packet.extend(mid);
        // A level of -30 dBov on the microphone.
        let [high, low] = self.transport_sent.to_be_bytes();
        packet.extend(match number {
            0 => [0x40, 30, 0, 0],
            _ if self.transport_cc => [0x51, high, low, 0],
            _ => [0; 4],
        });
        self.transport_sent = self.transport_sent.wrapping_add(1);
        packet.extend(payload);
        self.send.as_mut().unwrap().encrypt_rtp(&packet).unwrap().to_vec()
    }

    pub fn send_raw(&self, datagram: &[u8]) {
        self.socket.send_to(datagram, self.server).unwrap();
    }

    pub fn send_media(&mut self, uplink: Uplink, seq_no: u16, timestamp: u32, marker: bool, payload: &[u8]) {
        let sealed = self.seal(uplink, (seq_no, timestamp, marker), payload, false);
        self.send_raw(&sealed);
    }

    /// Retransmits as RFC 4588 has it.
    pub fn send_again(&mut self, rtx_seq_no: u16, original: u16, timestamp: u32, payload: &[u8]) {
        let mut repaired = original.to_be_bytes().to_vec();
        repaired.extend(payload);
        let sealed = self.seal(Uplink::Camera, (rtx_seq_no, timestamp, true), &repaired, true);
        self.send_raw(&sealed);
    }

    pub fn send_rtcp(&mut self, plain: &[u8]) {
        let sealed = self.send.as_mut().unwrap().encrypt_rtcp(plain).unwrap();
        self.send_raw(&sealed);
    }

    /// Packets of one payload type.
    pub fn of_type(&self, payload_type: u8) -> Vec<&Packet> {
        self.packets.iter().filter(|packet| packet.payload_type == payload_type).collect()
    }

    /// Feedback packets of this type and format, from all reports.
    pub fn feedback(&self, kind: u8, format: u8) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        for compound in &self.reports {
            let mut rest = compound.as_slice();
            while rest.len() >= 4 {
                let length = 4 * (usize::from(u16::from_be_bytes([rest[2], rest[3]])) + 1);
                if rest[1] == kind && rest[0] & 31 == format {
                    found.push(rest[..length].to_vec());
                }
                rest = &rest[length..];
            }
        }
        found
    }
}

fn parse(plain: &[u8]) -> Packet {
    let mut start = 12 + 4 * usize::from(plain[0] & 15);
    // The server's extensions: `mid`, then the transport-wide number.
    let after_mid = start + 5 + usize::from(plain[start + 4] & 15) + 1;
    let transport_seq_no =
        (plain[after_mid] == 0x51).then(|| u16::from_be_bytes([plain[after_mid + 1], plain[after_mid + 2]]));
    if plain[0] & 0x10 != 0 {
        start += 4 + 4 * usize::from(u16::from_be_bytes([plain[start + 2], plain[start + 3]]));
    }
    let padding = if plain[0] & 0x20 != 0 { usize::from(*plain.last().unwrap()) } else { 0 };
    Packet {
        marker: plain[1] & 0x80 != 0,
        payload_type: plain[1] & 0x7f,
        seq_no: u16::from_be_bytes([plain[2], plain[3]]),
        timestamp: u32::from_be_bytes(plain[4..8].try_into().unwrap()),
        ssrc: u32::from_be_bytes(plain[8..12].try_into().unwrap()),
        payload: plain[start..plain.len() - padding].to_vec(),
        padding,
        transport_seq_no,
    }
}
