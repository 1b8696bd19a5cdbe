//! One sending m-line of a media client, or one layer of it: what it sends, and that it obeys requests for key frames.

use crate::packets::{Opus, Vp8};
use bytes::Bytes;
use rtc::interceptor::{Interceptor, Packet as AnyPacket, StreamInfo, TaggedPacket};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp::{Header, Packet};
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpRtxParameters, RtpCodecKind,
};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::time::interval;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

/// Payload types and header extensions, as web/PROTOCOL.md §3 numbers them.
pub(crate) const OPUS: u8 = 111;
pub(crate) const VP8: u8 = 96;
pub(crate) const RTX: u8 = 97;
const MID: u8 = 1;
const RID: u8 = 2;
const AUDIO_LEVEL: u8 = 4;

/// One sending m-line, or one layer of it.
pub(crate) struct Uplink {
    mid: &'static str,
    /// Empty when there is one only.
    rid: &'static str,
    size: (u16, u16),
    pub(crate) track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    pub(crate) on: AtomicBool,
    /// Whether the server wants it.
    pub(crate) watched: AtomicBool,
    /// Loudness in −dBov (RFC 6464): 0 is the loudest.
    pub(crate) level: AtomicU32,
    key_frame_wanted: AtomicBool,
    pub(crate) key_frames_asked: AtomicU64,
    pub(crate) sent: AtomicU32,
    /// Whether packets carry the name of the m-line; our own offers number it, other negotiations may not.
    named: AtomicBool,
    /// Header extension of the loudness; 0 sends none.
    level_extension: AtomicU8,
}

impl Uplink {
    pub(crate) fn new(mid: &'static str, kind: RtpCodecKind, ssrc: u32) -> Arc<Self> {
        let track = track(mid, kind, vec![coding(kind, ssrc, "")]);
        Self::on_track(mid, track, "", ssrc, (640, 360))
    }

    /// A camera in three layers on one m-line, the smallest first.
    pub(crate) fn layers(mid: &'static str, ssrcs: [u32; 3]) -> [Arc<Self>; 3] {
        let rids = ["l", "m", "h"];
        let codings = ssrcs.iter().zip(rids).map(|(&ssrc, rid)| coding(RtpCodecKind::Video, ssrc, rid));
        let track = track(mid, RtpCodecKind::Video, codings.collect());
        let sizes = [(320, 180), (640, 360), (1280, 720)];
        std::array::from_fn(|layer| {
            Self::on_track(mid, Arc::clone(&track), rids[layer], ssrcs[layer], sizes[layer])
        })
    }

    fn on_track(
        mid: &'static str,
        track: Arc<TrackLocalStaticRTP>,
        rid: &'static str,
        ssrc: u32,
        size: (u16, u16),
    ) -> Arc<Self> {
        Arc::new(Self {
            mid,
            rid,
            size,
            track,
            ssrc,
            on: AtomicBool::new(false),
            watched: AtomicBool::new(true),
            level: AtomicU32::new(20),
            key_frame_wanted: AtomicBool::new(true),
            key_frames_asked: AtomicU64::new(0),
            sent: AtomicU32::new(0),
            named: AtomicBool::new(true),
            level_extension: AtomicU8::new(AUDIO_LEVEL),
        })
    }

    /// Numbers its header extensions as this client's own offer does; its SSRC names the m-line.
    pub(crate) fn follow_offer(&self, offer: &str) {
        let level = offer.lines().find(|line| line.ends_with("ssrc-audio-level"));
        let number =
            level.and_then(|line| line.strip_prefix("a=extmap:")?.split([' ', '/']).next()?.parse().ok());
        self.level_extension.store(number.unwrap_or(0), Relaxed);
        self.named.store(false, Relaxed);
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
        if self.named.load(Relaxed) {
            header.set_extension(MID, Bytes::from_static(self.mid.as_bytes())).expect("a short extension");
        }
        if !self.rid.is_empty() {
            header.set_extension(RID, Bytes::from_static(self.rid.as_bytes())).expect("a short extension");
        }
        let extension = self.level_extension.load(Relaxed);
        if self.mid == "mic" && extension > 0 {
            let level = u8::try_from(self.level.load(Relaxed)).expect("0 to 127") | 0x80;
            header.set_extension(extension, Bytes::copy_from_slice(&[level])).expect("a short extension");
        }
        // Fails only while the connection is not up yet or is no more: such a packet is lost like any other.
        self.track.write_rtp(Packet { header, payload }).await.ok();
        self.sent.fetch_add(1, Relaxed);
    }

    /// 50 packets a second while it is on.
    pub(crate) async fn talk(self: Arc<Self>, tag: u8) {
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
    pub(crate) async fn film(self: Arc<Self>, tag: u8) {
        let (width, height) = self.size;
        let (mut vp8, mut clock, mut seq_no, mut timestamp) =
            (Vp8::sized(tag, width, height), interval(Duration::from_millis(40)), 65_300u16, 0u32);
        loop {
            clock.tick().await;
            timestamp = timestamp.wrapping_add(3_600);
            if !self.watched.load(Relaxed) {
                // An encoding that starts again begins with a key frame.
                self.key_frame_wanted.store(true, Relaxed);
            } else if self.on.load(Relaxed) {
                let frame = vp8.frame(self.key_frame_wanted.swap(false, Relaxed));
                let last = frame.len() - 1;
                for (part, payload) in frame.into_iter().enumerate() {
                    self.send(&mut seq_no, timestamp, part == last, payload).await;
                }
            }
        }
    }

    fn want_key_frame(&self) {
        self.key_frames_asked.fetch_add(1, Relaxed);
        self.key_frame_wanted.store(true, Relaxed);
    }
}

fn coding(kind: RtpCodecKind, ssrc: u32, rid: &str) -> RTCRtpEncodingParameters {
    let video = kind == RtpCodecKind::Video;
    RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            rid: rid.to_owned(),
            ssrc: Some(ssrc),
            rtx: video.then_some(RTCRtpRtxParameters { ssrc: ssrc + 1 }),
            ..Default::default()
        },
        active: true,
        codec: if video { vp8() } else { opus() },
        ..Default::default()
    }
}

fn track(mid: &str, kind: RtpCodecKind, codings: Vec<RTCRtpEncodingParameters>) -> Arc<TrackLocalStaticRTP> {
    let track = MediaStreamTrack::new(mid.to_owned(), mid.to_owned(), mid.to_owned(), kind, codings);
    Arc::new(TrackLocalStaticRTP::new(track))
}

pub(crate) fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    }
}

pub(crate) fn vp8() -> RTCRtpCodec {
    RTCRtpCodec { mime_type: MIME_TYPE_VP8.to_owned(), clock_rate: 90_000, ..Default::default() }
}

/// Hands requests for key frames to the films they are about. Sits in the crate's chain of interceptors, where feedback
/// ends otherwise; lets everything pass.
pub(crate) struct KeyFrameRequests {
    films: Vec<Arc<Uplink>>,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl KeyFrameRequests {
    pub(crate) fn new(films: Vec<Arc<Uplink>>) -> Self {
        Self { films, reads: VecDeque::new(), writes: VecDeque::new() }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for KeyFrameRequests {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Error> {
        if let AnyPacket::Rtcp(packets) = &message.message.packet {
            let asked =
                packets.iter().filter_map(|packet| packet.as_any().downcast_ref::<PictureLossIndication>());
            for request in asked {
                self.films
                    .iter()
                    .filter(|film| film.ssrc == request.media_ssrc)
                    .for_each(|film| film.want_key_frame());
            }
        }
        self.reads.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        self.writes.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.writes.pop_front()
    }
}

impl Interceptor for KeyFrameRequests {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
