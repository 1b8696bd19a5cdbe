//! Session descriptions (SDP, RFC 8866): the offer is written from one template, answers are read with `rtc-sdp`.
//!
//! Every client gets the same m-lines, payload types and header extensions, so nothing is translated between
//! browsers. What each line is there for is in MEDIA.md §2 and §8; the order of the m-lines never changes
//! (JSEP), so slots that are added later come at the end.

use std::fmt::{self, Write as _};
use std::net::{IpAddr, SocketAddr};

use crate::api::{IceCredentials, PeerId, SlotCount, SlotId, Uplink};
use crate::codec::{Codec, Format, Formats};
use crate::layers::{LayerSet, Rid};
use crate::transport;

/// Header extension of `mid`, the same on every m-line.
pub(crate) const MID_EXTENSION: u8 = 1;
/// Header extension of transport-wide sequence numbers, the same on every m-line.
pub(crate) const TRANSPORT_CC_EXTENSION: u8 = 5;
/// Kilobits a second that a sender of video begins with; without it Chromium begins with 300.
const START_KBIT: u32 = 1200;

/// Header extensions by their names.
pub(crate) mod extension {
    pub(crate) const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
    pub(crate) const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    pub(crate) const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    pub(crate) const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    pub(crate) const TRANSPORT_CC: &str =
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
}

/// Which side begins the DTLS handshake (RFC 8842).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DtlsRole {
    /// The client does: the rule.
    #[default]
    Server,
    /// We do: a client that offers `setup:passive` leaves no choice.
    Client,
}

/// What the plane needs of a client's description, be it an answer or an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remote {
    /// `ice-ufrag` of the client.
    pub ufrag: String,
    /// `ice-pwd` of the client.
    pub pwd: String,
    /// SHA-256 fingerprint of its certificate.
    pub fingerprint: [u8; 32],
    /// Our part in the handshake.
    pub role: DtlsRole,
    /// How it takes the slots that it describes; the others are taken with Opus or VP8, as our own offer has them.
    pub slots: Vec<(SlotId, SlotParameters)>,
    /// What it says of `mic`; `None` when it refused the m-line.
    pub microphone: Option<UplinkParameters>,
    /// What it says of `cam`.
    pub camera: Option<UplinkParameters>,
    /// What it says of `scr`.
    pub screen: Option<UplinkParameters>,
    /// Header extension with transport-wide sequence numbers on what it receives, if it gives feedback about them.
    pub transport_cc_extension: Option<u8>,
}

/// How a client receives on one of its m-lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotParameters {
    /// Header extension that names the m-line, and its name; without it the SSRC has to do.
    pub mid: Option<(u8, String)>,
    /// What it takes there.
    pub formats: Formats,
}

impl SlotParameters {
    /// As our own offer has it, for a client that has not said more.
    pub(crate) fn new(slot: SlotId) -> Self {
        let codec = if slot.is_video() { Codec::Vp8 } else { Codec::Opus };
        Self { mid: Some((MID_EXTENSION, slot.to_string())), formats: Formats::only(codec) }
    }
}

/// How a client sends on one of its m-lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UplinkParameters {
    /// The m-line's name.
    pub mid: String,
    /// What it sends.
    pub codec: Codec,
    /// Under which payload types.
    pub format: Format,
    /// Header extension that names the m-line (RFC 8843).
    pub mid_extension: Option<u8>,
    /// Layers that it may send (RFC 8853); empty: a single one without a name.
    pub rids: LayerSet,
    /// Header extension that names the layer (RFC 8852).
    pub rid_extension: Option<u8>,
    /// The same on retransmissions.
    pub repaired_rid_extension: Option<u8>,
    /// Header extension with the loudness (RFC 6464).
    pub level_extension: Option<u8>,
    /// Header extension with transport-wide sequence numbers, if it wants feedback about them.
    pub transport_cc_extension: Option<u8>,
    /// Whether it sends lost packets again when it is asked to (RFC 4585 §6.2.1).
    pub nack: bool,
    /// SSRCs that the answer names, each with that of its retransmissions.
    pub sources: Vec<(u32, Option<u32>)>,
}

impl UplinkParameters {
    /// Sources beyond so many are ignored.
    pub(crate) const SOURCES_MAX: usize = 8;

    /// As the offer proposed it.
    pub(crate) fn new(uplink: Uplink) -> Self {
        let audio = uplink == Uplink::Microphone;
        let codec = uplink.codec();
        Self {
            mid: uplink.mid().to_owned(),
            codec,
            format: codec.format(),
            mid_extension: Some(MID_EXTENSION),
            rids: LayerSet::NONE,
            rid_extension: None,
            repaired_rid_extension: None,
            level_extension: audio.then_some(4),
            transport_cc_extension: None,
            // Chromium does so for audio, too, although its answers do not repeat it.
            nack: true,
            sources: Vec::new(),
        }
    }
}

/// Why an answer was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session description cannot be used: {0}")]
pub struct DescriptionError(pub &'static str);

impl Remote {
    /// Reads an answer of at most 64 KiB; more m-lines or attributes than any real client has are refused.
    pub fn parse_answer(sdp: &str) -> Result<Self, DescriptionError> {
        transport::parse_answer(sdp)
    }

    pub(crate) fn uplink(&self, uplink: Uplink) -> Option<&UplinkParameters> {
        match uplink {
            Uplink::Microphone => self.microphone.as_ref(),
            Uplink::Camera => self.camera.as_ref(),
            Uplink::Screen => self.screen.as_ref(),
        }
    }

    pub(crate) fn uplink_mut(&mut self, uplink: Uplink) -> &mut Option<UplinkParameters> {
        match uplink {
            Uplink::Microphone => &mut self.microphone,
            Uplink::Camera => &mut self.camera,
            Uplink::Screen => &mut self.screen,
        }
    }
}

impl Uplink {
    /// All, in the order of the m-lines.
    pub(crate) const ALL: [Self; 3] = [Self::Microphone, Self::Camera, Self::Screen];

    pub(crate) fn mid(self) -> &'static str {
        match self {
            Self::Microphone => "mic",
            Self::Camera => "cam",
            Self::Screen => "scr",
        }
    }

    /// What our own offers ask a client to send.
    pub(crate) fn codec(self) -> Codec {
        if self == Self::Microphone { Codec::Opus } else { Codec::Vp8 }
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Audio(n) => write!(f, "a{n}"),
            Self::Music => f.write_str("music"),
            Self::Video(n) => write!(f, "v{n}"),
        }
    }
}

impl SlotId {
    /// SSRC of the slot's media. Each peer connection has SSRCs of its own, so a constant per slot will do.
    pub(crate) fn ssrc(self) -> u32 {
        match self {
            Self::Audio(n) => 0x1000_0000 + 2 * u32::from(n),
            Self::Music => 0x1000_1000,
            Self::Video(n) => 0x1000_2000 + 2 * u32::from(n),
        }
    }

    /// SSRC of its retransmissions.
    pub(crate) fn rtx_ssrc(self) -> u32 {
        self.ssrc() + 1
    }

    pub(crate) fn is_video(self) -> bool {
        matches!(self, Self::Video(_))
    }

    /// The slot of a `mid` of ours.
    pub(crate) fn from_mid(mid: &str) -> Option<Self> {
        let number = |number: &str| number.parse().ok();
        match mid.split_at_checked(1)? {
            _ if mid == "music" => Some(Self::Music),
            ("a", rest) => number(rest).map(Self::Audio),
            ("v", rest) => number(rest).map(Self::Video),
            _ => None,
        }
    }
}

/// The slots in the order of their m-lines. Only video slots may be added to an existing connection.
pub(crate) fn slots(count: SlotCount) -> impl Iterator<Item = SlotId> {
    let audio = (0..count.audio).map(SlotId::Audio);
    audio.chain([SlotId::Music]).chain((0..count.video).map(SlotId::Video))
}

/// Everything an offer says that is not in the template.
pub(crate) struct Offer<'a> {
    pub(crate) peer: PeerId,
    pub(crate) version: u32,
    pub(crate) ice: &'a IceCredentials,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) candidates: &'a [SocketAddr],
    /// Passive TCP candidates.
    pub(crate) tcp: &'a [SocketAddr],
    pub(crate) slots: SlotCount,
}

impl Offer<'_> {
    pub(crate) fn write(&self) -> String {
        let mut out = String::with_capacity(16 * 1024);
        let mids: Vec<String> = Uplink::ALL
            .iter()
            .map(|uplink| uplink.mid().to_owned())
            .chain(slots(self.slots).map(|slot| slot.to_string()))
            .collect();
        let Self { ice, fingerprint, candidates, tcp, .. } = *self;
        let transport = Transport { ice, fingerprint, candidates, tcp, setup: "actpass" }.write();
        line(&mut out, format_args!("v=0"));
        line(
            &mut out,
            format_args!("o=- {} {} IN IP4 127.0.0.1", self.peer.0 & (u64::MAX >> 1), self.version),
        );
        line(&mut out, format_args!("s=-\r\nt=0 0\r\na=group:BUNDLE {}", mids.join(" ")));
        line(&mut out, format_args!("a=ice-lite\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS *"));
        for uplink in Uplink::ALL {
            write_uplink(&mut out, &transport, uplink);
        }
        for slot in slots(self.slots) {
            write_slot(&mut out, &transport, slot);
        }
        out
    }
}

/// Our end of the connection, repeated in every m-line: that is what both browsers were tested with.
pub(crate) struct Transport<'a> {
    pub(crate) ice: &'a IceCredentials,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) candidates: &'a [SocketAddr],
    pub(crate) tcp: &'a [SocketAddr],
    pub(crate) setup: &'static str,
}

impl Transport<'_> {
    pub(crate) fn write(&self) -> String {
        let mut out = String::new();
        line(&mut out, format_args!("c=IN IP4 0.0.0.0"));
        line(&mut out, format_args!("a=ice-ufrag:{}\r\na=ice-pwd:{}", self.ice.ufrag, self.ice.pwd));
        let pairs: Vec<String> = self.fingerprint.iter().map(|byte| format!("{byte:02X}")).collect();
        line(&mut out, format_args!("a=fingerprint:sha-256 {}", pairs.join(":")));
        line(&mut out, format_args!("a=setup:{}", self.setup));
        for (rank, candidate) in (0_u32..).zip(self.candidates) {
            let priority = (126 << 24) | ((65_535 - rank.min(65_535)) << 8) | 255;
            let (ip, port) = (candidate.ip(), candidate.port());
            line(&mut out, format_args!("a=candidate:{} 1 udp {priority} {ip} {port} typ host", rank + 1));
        }
        for (rank, candidate) in (0_u32..).zip(self.tcp) {
            // RFC 6544 §4.2: 4 is the direction preference of passive host candidates. 90 is what libwebrtc gives TCP:
            // every UDP candidate comes first.
            let priority = (90 << 24) | ((4 << 13 | (8_191 - rank.min(8_191))) << 8) | 255;
            let foundation = self.candidates.len() + rank as usize + 1;
            let (ip, port) = (candidate.ip(), candidate.port());
            line(
                &mut out,
                format_args!(
                    "a=candidate:{foundation} 1 tcp {priority} {ip} {port} typ host tcptype passive"
                ),
            );
        }
        line(&mut out, format_args!("a=end-of-candidates\r\na=rtcp-mux\r\na=rtcp-rsize"));
        out
    }
}

pub(crate) fn line(out: &mut String, text: fmt::Arguments<'_>) {
    write!(out, "{text}\r\n").expect("a String takes everything");
}

fn write_uplink(out: &mut String, transport: &str, uplink: Uplink) {
    let audio = uplink == Uplink::Microphone;
    let codecs = &[uplink.codec()];
    write_media(out, codecs, transport, uplink.mid(), "recvonly");
    if audio {
        line(out, format_args!("a=extmap:4 {}", extension::AUDIO_LEVEL));
    } else {
        line(out, format_args!("a=extmap:2 {}\r\na=extmap:3 {}", extension::RID, extension::REPAIRED_RID));
    }
    codecs.iter().for_each(|codec| write_codec(out, *codec));
    if !audio {
        let kind = uplink.codec().format().payload_type;
        line(out, format_args!("a=fmtp:{kind} x-google-start-bitrate={START_KBIT}"));
    }
    if uplink == Uplink::Camera {
        for rid in Rid::ALL {
            line(out, format_args!("a=rid:{} recv", rid.name()));
        }
        line(out, format_args!("a=simulcast:recv {}", Rid::ALL.map(Rid::name).join(";")));
    }
}

fn write_slot(out: &mut String, transport: &str, slot: SlotId) {
    let codecs = if slot.is_video() { Codec::PICTURES } else { &[Codec::Opus] };
    write_media(out, codecs, transport, &slot.to_string(), "sendonly");
    codecs.iter().for_each(|codec| write_codec(out, *codec));
    // A stream of its own for each slot: a common one makes browsers hold video back for audio (MEDIA.md §2).
    line(out, format_args!("a=msid:{slot} {slot}"));
    write_sources(out, slot, slot.is_video());
}

/// The SSRCs of a slot, with or without retransmissions.
pub(crate) fn write_sources(out: &mut String, slot: SlotId, repaired: bool) {
    let (main, rtx) = (slot.ssrc(), slot.rtx_ssrc());
    if repaired {
        // The primary line must come first, or Chromium takes the retransmissions for the media.
        line(out, format_args!("a=ssrc-group:FID {main} {rtx}"));
        line(out, format_args!("a=ssrc:{main} cname:kegelbahn\r\na=ssrc:{rtx} cname:kegelbahn"));
    } else {
        line(out, format_args!("a=ssrc:{main} cname:kegelbahn"));
    }
}

fn write_media(out: &mut String, codecs: &[Codec], transport: &str, mid: &str, direction: &str) {
    let media = if codecs.iter().any(|codec| codec.is_video()) { "video" } else { "audio" };
    let formats = codecs.iter().map(|codec| codec.format());
    let numbers = formats.flat_map(|format| [Some(format.payload_type), format.rtx]).flatten();
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    line(out, format_args!("m={media} 9 UDP/TLS/RTP/SAVPF {}", numbers.join(" ")));
    out.push_str(transport);
    line(out, format_args!("a=mid:{mid}\r\na={direction}\r\na=extmap:{MID_EXTENSION} {}", extension::MID));
    line(out, format_args!("a=extmap:{TRANSPORT_CC_EXTENSION} {}", extension::TRANSPORT_CC));
}

fn write_codec(out: &mut String, codec: Codec) {
    let Format { payload_type, rtx } = codec.format();
    line(out, format_args!("a=rtpmap:{payload_type} {}", codec.name()));
    let (parameters, feedback): (_, &[&str]) = match codec {
        // Nothing is sent in silence.
        Codec::Opus => (codec.parameters("").map(|known| known + ";usedtx=1"), &["nack", "transport-cc"]),
        Codec::Vp8 => (None, &["ccm fir", "nack", "nack pli", "goog-remb", "transport-cc"]),
        // Many lines in each of many slots: no more than is used.
        _ => (codec.parameters(""), &["nack", "nack pli", "transport-cc"]),
    };
    if let Some(parameters) = parameters {
        line(out, format_args!("a=fmtp:{payload_type} {parameters}"));
    }
    for feedback in feedback {
        line(out, format_args!("a=rtcp-fb:{payload_type} {feedback}"));
    }
    if let Some(rtx) = rtx {
        line(out, format_args!("a=rtpmap:{rtx} rtx/90000\r\na=fmtp:{rtx} apt={payload_type}"));
    }
}

/// Candidates of one thread: every announced address with its port.
pub(crate) fn candidates(announce: &[IpAddr], port: u16) -> Vec<SocketAddr> {
    announce.iter().map(|ip| SocketAddr::new(*ip, port)).collect()
}

#[cfg(test)]
#[path = "description_tests.rs"]
mod tests;
