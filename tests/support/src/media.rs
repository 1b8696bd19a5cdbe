//! A media client on the `webrtc` crate: answers the server's offers, sends synthetic Opus and VP8, and keeps account
//! of what arrives in which slot and from whom.

use crate::packets::{Opus, Vp8};
use crate::received::{Account, Received};
use bytes::Bytes;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp::{Header, Packet};
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RTCRtpHeaderExtensionCapability, RTCRtpRtxParameters, RtpCodecKind,
};
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::interval;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_local::{TrackLocal, TrackLocalEvent};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCPeerConnectionState,
    RTCSessionDescription, Registry, SettingEngineBuilder, configure_nack, configure_rtcp_reports,
};

const OPUS: u8 = 111;
const VP8: u8 = 96;
const RTX: u8 = 97;
/// Header extensions, as web/PROTOCOL.md §3 numbers them.
const MID: u8 = 1;
const AUDIO_LEVEL: u8 = 4;

/// One participant's media.
pub struct MediaClient {
    connection: Arc<dyn PeerConnection>,
    seen: Arc<Seen>,
    microphone: Arc<Uplink>,
    camera: Arc<Uplink>,
    screen: Arc<Uplink>,
    tasks: Vec<JoinHandle<()>>,
}

/// What the connection's callbacks tell.
#[derive(Default)]
struct Seen {
    account: Mutex<Account>,
    connected: AtomicBool,
    ended: AtomicBool,
}

/// One sending m-line.
struct Uplink {
    mid: &'static str,
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    on: AtomicBool,
    /// Loudness in −dBov (RFC 6464): 0 is the loudest.
    level: AtomicU32,
    key_frame_wanted: AtomicBool,
    key_frames_asked: AtomicU64,
    sent: AtomicU32,
}

struct Handler(Arc<Seen>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.0.connected.store(state == RTCPeerConnectionState::Connected, Relaxed);
        let over = matches!(state, RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed);
        self.0.ended.fetch_or(over, Relaxed);
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let seen = Arc::clone(&self.0);
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                    seen.account.lock().expect("no booking panics").book(&packet);
                }
            }
        });
    }
}

impl Uplink {
    fn new(mid: &'static str, kind: RtpCodecKind, ssrc: u32) -> Arc<Self> {
        let video = kind == RtpCodecKind::Video;
        let coding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(ssrc),
                rtx: video.then_some(RTCRtpRtxParameters { ssrc: ssrc + 1 }),
                ..Default::default()
            },
            active: true,
            codec: if video { vp8() } else { opus() },
            ..Default::default()
        };
        let track = MediaStreamTrack::new(mid.to_owned(), mid.to_owned(), mid.to_owned(), kind, vec![coding]);
        Arc::new(Self {
            mid,
            track: Arc::new(TrackLocalStaticRTP::new(track)),
            ssrc,
            on: AtomicBool::new(false),
            level: AtomicU32::new(20),
            key_frame_wanted: AtomicBool::new(true),
            key_frames_asked: AtomicU64::new(0),
            sent: AtomicU32::new(0),
        })
    }

    async fn send(&self, seq_no: &mut u16, timestamp: u32, marker: bool, payload: Bytes) {
        let mut header = Header {
            version: 2,
            marker,
            payload_type: if self.mid == "mic" { OPUS } else { VP8 },
            sequence_number: *seq_no,
            timestamp,
            ssrc: self.ssrc,
            ..Default::default()
        };
        *seq_no = seq_no.wrapping_add(1);
        header.set_extension(MID, Bytes::from_static(self.mid.as_bytes())).expect("a short extension");
        if self.mid == "mic" {
            let level = u8::try_from(self.level.load(Relaxed)).expect("0 to 127") | 0x80;
            header.set_extension(AUDIO_LEVEL, Bytes::copy_from_slice(&[level])).expect("a short extension");
        }
        // Fails only while the connection is not up yet or is no more: such a packet is lost like any other.
        self.track.write_rtp(Packet { header, payload }).await.ok();
        self.sent.fetch_add(1, Relaxed);
    }

    /// 50 packets a second while it is on.
    async fn talk(self: Arc<Self>, tag: u8) {
        let (mut opus, mut clock, mut seq_no, mut timestamp) =
            (Opus::new(tag), interval(Duration::from_millis(20)), 65_400u16, 0u32);
        loop {
            clock.tick().await;
            timestamp = timestamp.wrapping_add(960);
            if self.on.load(Relaxed) {
                self.send(&mut seq_no, timestamp, false, opus.packet()).await;
            }
        }
    }

    /// 25 frames a second while it is on; a key frame first and whenever one is asked for.
    async fn film(self: Arc<Self>, tag: u8) {
        let (mut vp8, mut clock, mut seq_no, mut timestamp) =
            (Vp8::new(tag), interval(Duration::from_millis(40)), 65_300u16, 0u32);
        loop {
            clock.tick().await;
            timestamp = timestamp.wrapping_add(3_600);
            if self.on.load(Relaxed) {
                let frame = vp8.frame(self.key_frame_wanted.swap(false, Relaxed));
                let last = frame.len() - 1;
                for (part, payload) in frame.into_iter().enumerate() {
                    self.send(&mut seq_no, timestamp, part == last, payload).await;
                }
            }
        }
    }

    /// Obeys requests for key frames.
    async fn obey(self: Arc<Self>) {
        while let Some(event) = self.track.poll().await {
            if let TrackLocalEvent::OnRtcpPacket(packets) = event {
                let asked = packets.iter().any(|packet| packet.as_any().is::<PictureLossIndication>());
                if asked {
                    self.key_frames_asked.fetch_add(1, Relaxed);
                    self.key_frame_wanted.store(true, Relaxed);
                }
            }
        }
    }
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    }
}

fn vp8() -> RTCRtpCodec {
    RTCRtpCodec { mime_type: MIME_TYPE_VP8.to_owned(), clock_rate: 90_000, ..Default::default() }
}

fn engine() -> MediaEngine {
    let mut engine = MediaEngine::default();
    let rtx = RTCRtpCodec {
        mime_type: "video/rtx".to_owned(),
        clock_rate: 90_000,
        sdp_fmtp_line: format!("apt={VP8}"),
        ..Default::default()
    };
    for (rtp_codec, payload_type, kind) in [
        (opus(), OPUS, RtpCodecKind::Audio),
        (vp8(), VP8, RtpCodecKind::Video),
        (rtx, RTX, RtpCodecKind::Video),
    ] {
        engine
            .register_codec(RTCRtpCodecParameters { rtp_codec, payload_type }, kind)
            .expect("a codec of the protocol");
    }
    for (uri, kind) in [
        ("urn:ietf:params:rtp-hdrext:sdes:mid", RtpCodecKind::Audio),
        ("urn:ietf:params:rtp-hdrext:sdes:mid", RtpCodecKind::Video),
        ("urn:ietf:params:rtp-hdrext:ssrc-audio-level", RtpCodecKind::Audio),
    ] {
        let extension = RTCRtpHeaderExtensionCapability { uri: uri.to_owned() };
        engine.register_header_extension(extension, kind, None).expect("an extension of the protocol");
    }
    engine
}

impl MediaClient {
    /// A client whose packets carry `tag` (1 … 255, one for each client of a story).
    pub async fn new(tag: u8) -> Self {
        let seen = Arc::new(Seen::default());
        let mut engine = engine();
        let registry = configure_rtcp_reports(configure_nack(Registry::new(), &mut engine));
        let settings = SettingEngineBuilder::new()
            .with_include_loopback_candidate(true)
            // The crate would be the DTLS server towards an ICE-lite peer; ours always is.
            .with_answering_dtls_role(RTCDtlsRole::Client)
            .build();
        let connection = PeerConnectionBuilder::new()
            .with_media_engine(engine)
            .with_setting_engine(settings)
            .with_interceptor_registry(registry)
            .with_handler(Arc::new(Handler(Arc::clone(&seen))))
            .with_udp_addrs(vec![(Ipv4Addr::LOCALHOST, 0)])
            .build()
            .await
            .expect("a peer connection");
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        let ssrc = u32::from(tag) << 8;
        let microphone = Uplink::new("mic", RtpCodecKind::Audio, ssrc | 1);
        let camera = Uplink::new("cam", RtpCodecKind::Video, ssrc | 2);
        let screen = Uplink::new("scr", RtpCodecKind::Video, ssrc | 4);
        // In the order of the offer's m-lines, which is how they find each other.
        for uplink in [&microphone, &camera, &screen] {
            let init = RTCRtpTransceiverInit {
                direction: RTCRtpTransceiverDirection::Sendonly,
                streams: vec![],
                send_encodings: vec![],
            };
            let track = Arc::clone(&uplink.track) as Arc<dyn TrackLocal>;
            connection.add_transceiver_from_track(track, Some(init)).await.expect("a transceiver");
        }
        let tasks = vec![
            tokio::spawn(Arc::clone(&microphone).talk(tag)),
            tokio::spawn(Arc::clone(&camera).film(tag)),
            tokio::spawn(Arc::clone(&screen).film(tag)),
            tokio::spawn(Arc::clone(&camera).obey()),
            tokio::spawn(Arc::clone(&screen).obey()),
        ];
        Self { connection, seen, microphone, camera, screen, tasks }
    }

    /// Takes an offer, gives the answer.
    pub async fn answer(&self, offer: &str) -> String {
        self.seen.account.lock().expect("no booking panics").read_offer(offer);
        let offer = RTCSessionDescription::offer(offer.to_owned()).expect("the offer is SDP");
        self.connection.set_remote_description(offer).await.expect("the offer is taken");
        let answer = self.connection.create_answer(None).await.expect("an answer");
        self.connection.set_local_description(answer.clone()).await.expect("the answer is taken");
        answer.sdp
    }

    /// Whether ICE and DTLS are done and hold.
    pub fn is_connected(&self) -> bool {
        self.seen.connected.load(Relaxed)
    }

    /// Whether the connection is over for good.
    pub fn has_ended(&self) -> bool {
        self.seen.ended.load(Relaxed)
    }

    /// Talks, as loud as `level` in −dBov says (0 is the loudest, 127 is silence).
    pub fn speak(&self, level: u8) {
        self.microphone.level.store(level.into(), Relaxed);
        self.microphone.on.store(true, Relaxed);
    }

    /// Stops sending audio.
    pub fn be_quiet(&self) {
        self.microphone.on.store(false, Relaxed);
    }

    /// Sends the camera's picture or stops.
    pub fn film(&self, on: bool) {
        self.camera.on.store(on, Relaxed);
    }

    /// Sends the screen's picture or stops.
    pub fn share(&self, on: bool) {
        self.screen.on.store(on, Relaxed);
    }

    /// Packets that the camera has sent, and how often a key frame of it was asked for.
    pub fn camera_sent(&self) -> (u32, u64) {
        (self.camera.sent.load(Relaxed), self.camera.key_frames_asked.load(Relaxed))
    }

    /// What has arrived in a slot so far.
    pub fn received(&self, mid: &str) -> Received {
        self.seen.account.lock().expect("no booking panics").slots.get(mid).cloned().unwrap_or_default()
    }

    /// The slots in which anything has arrived so far, with what it was.
    pub fn all_received(&self) -> Vec<(String, Received)> {
        let account = self.seen.account.lock().expect("no booking panics");
        assert_eq!(account.strays, 0, "the server sent packets that belong to no slot");
        account.slots.iter().map(|(mid, received)| (mid.clone(), received.clone())).collect()
    }

    /// Different packets of a sender in all slots of a kind: `a` for speakers, `v` for pictures.
    pub fn count_from(&self, tag: u8, slots: char) -> usize {
        let all = self.all_received();
        all.iter()
            .filter(|(mid, _)| mid.starts_with(slots))
            .map(|(_, received)| received.count_from(tag))
            .sum()
    }

    /// Says goodbye to the server's media plane (DTLS close).
    pub async fn close(&self) {
        self.connection.close().await.expect("closing never fails");
    }
}

impl Drop for MediaClient {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
