//! A media client on the `webrtc` crate: answers the server's offers, sends synthetic Opus and VP8, and keeps account
//! of what arrives in which slot and from whom.

use crate::received::{Account, Received};
use crate::uplink::{KeyFrameRequests, OPUS, RTX, Uplink, VP8, opus, vp8};
use rtc::interceptor::Slot;
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCPeerConnectionState,
    RTCSessionDescription, Registry, SettingEngineBuilder, configure_nack, configure_rtcp_reports,
};

/// One participant's media.
pub struct MediaClient {
    connection: Arc<dyn PeerConnection>,
    seen: Arc<Seen>,
    microphone: Arc<Uplink>,
    /// Its layers, the smallest first; or the only one.
    camera: Vec<Arc<Uplink>>,
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
        ("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", RtpCodecKind::Video),
        ("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", RtpCodecKind::Video),
        ("urn:ietf:params:rtp-hdrext:ssrc-audio-level", RtpCodecKind::Audio),
    ] {
        let extension = RTCRtpHeaderExtensionCapability { uri: uri.to_owned() };
        engine.register_header_extension(extension, kind, None).expect("an extension of the protocol");
    }
    engine
}

fn transceiver(direction: RTCRtpTransceiverDirection) -> RTCRtpTransceiverInit {
    RTCRtpTransceiverInit { direction, streams: vec![], send_encodings: vec![] }
}

impl MediaClient {
    /// A client whose packets carry `tag` (1 … 255, one for each client of a story).
    pub async fn new(tag: u8) -> Self {
        Self::unused(tag).await.ready_to_send().await
    }

    /// One whose camera comes in three layers, 320×180, 640×360 and 1280×720, with the tags from `tag` on: a story's next
    /// client has that three higher. It sends those that the server wants.
    pub async fn in_layers(tag: u8) -> Self {
        let ssrc = u32::from(tag) << 8;
        let camera = Uplink::layers("cam", [ssrc | 2, ssrc | 6, ssrc | 8]);
        Self::with_camera(tag, camera.into()).await.ready_to_send().await
    }

    async fn ready_to_send(self) -> Self {
        // In the order of the offer's m-lines, which is how they find each other.
        for uplink in [&self.microphone, &self.camera[0], &self.screen] {
            self.add_sending(uplink).await;
        }
        self
    }

    /// An encoder: offers a microphone and a camera.
    pub async fn publisher(tag: u8) -> Self {
        let client = Self::unused(tag).await;
        for uplink in [&client.microphone, &client.camera[0]] {
            client.add_sending(uplink).await;
        }
        client
    }

    /// A screen: offers to receive so many sounds and pictures.
    pub async fn watcher(audio: usize, video: usize) -> Self {
        let client = Self::unused(u8::MAX).await;
        for (kind, count) in [(RtpCodecKind::Audio, audio), (RtpCodecKind::Video, video)] {
            for _ in 0..count {
                let init = transceiver(RTCRtpTransceiverDirection::Recvonly);
                let added = client.connection.add_transceiver_from_kind(kind, Some(init)).await;
                added.expect("a transceiver");
            }
        }
        client
    }

    async fn add_sending(&self, uplink: &Uplink) {
        let init = transceiver(RTCRtpTransceiverDirection::Sendonly);
        let track = Arc::clone(&uplink.track) as Arc<dyn TrackLocal>;
        self.connection.add_transceiver_from_track(track, Some(init)).await.expect("a transceiver");
    }

    async fn unused(tag: u8) -> Self {
        let camera = Uplink::new("cam", RtpCodecKind::Video, u32::from(tag) << 8 | 2);
        Self::with_camera(tag, vec![camera]).await
    }

    async fn with_camera(tag: u8, camera: Vec<Arc<Uplink>>) -> Self {
        let seen = Arc::new(Seen::default());
        let ssrc = u32::from(tag) << 8;
        let microphone = Uplink::new("mic", RtpCodecKind::Audio, ssrc | 1);
        let screen = Uplink::new("scr", RtpCodecKind::Video, ssrc | 4);
        let films = camera.iter().chain([&screen]).map(Arc::clone).collect();
        let mut engine = engine();
        let registry = configure_rtcp_reports(configure_nack(Registry::new(), &mut engine))
            .with(Slot::from(14_000), KeyFrameRequests::new(films));
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
        let mut tasks = vec![
            tokio::spawn(Arc::clone(&microphone).talk(tag)),
            tokio::spawn(Arc::clone(&screen).film(tag)),
        ];
        for (layer, tag) in camera.iter().zip(tag..) {
            tasks.push(tokio::spawn(Arc::clone(layer).film(tag)));
        }
        Self { connection, seen, microphone, camera, screen, tasks }
    }

    /// Makes an offer, to be answered by [`Self::take_answer`].
    pub async fn offer(&self) -> String {
        let offer = self.connection.create_offer(None).await.expect("an offer");
        self.connection.set_local_description(offer.clone()).await.expect("the offer is taken");
        for uplink in [&self.microphone, &self.camera[0]] {
            uplink.follow_offer(&offer.sdp);
        }
        offer.sdp
    }

    /// Takes the answer to its offer.
    pub async fn take_answer(&self, answer: &str) {
        self.seen.account.lock().expect("no booking panics").read_answer(answer);
        let answer = RTCSessionDescription::answer(answer.to_owned()).expect("the answer is SDP");
        self.connection.set_remote_description(answer).await.expect("the answer is taken");
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
        for layer in &self.camera {
            layer.on.store(on, Relaxed);
        }
    }

    /// Sends only these layers of the camera from now on, by rid.
    pub fn send_layers(&self, rids: &[&str]) {
        for (layer, rid) in self.camera.iter().zip(["l", "m", "h"]).filter(|_| self.camera.len() > 1) {
            layer.watched.store(rids.contains(&rid), Relaxed);
        }
    }

    /// Sends the screen's picture or stops.
    pub fn share(&self, on: bool) {
        self.screen.on.store(on, Relaxed);
    }

    /// Packets that the camera has sent, and how often a key frame of it was asked for.
    pub fn camera_sent(&self) -> (u32, u64) {
        let sum = |(sent, asked): (u32, u64), layer: &Arc<Uplink>| {
            (sent + layer.sent.load(Relaxed), asked + layer.key_frames_asked.load(Relaxed))
        };
        self.camera.iter().fold((0, 0), sum)
    }

    /// Packets that each layer of the camera has sent, the smallest first.
    pub fn layers_sent(&self) -> Vec<u32> {
        self.camera.iter().map(|layer| layer.sent.load(Relaxed)).collect()
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
