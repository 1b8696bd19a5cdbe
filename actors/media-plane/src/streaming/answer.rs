//! The answer: the client's m-lines in its order, with its numbers and our transport.

use std::net::SocketAddr;

use super::{Accepted, Codec, Section, Taken};
use crate::api::{IceCredentials, PeerId};
use crate::description::{DtlsRole, Transport, extension, line, write_sources};

/// Everything an answer says that is not in the offer.
pub(crate) struct Answer<'a> {
    pub(crate) peer: PeerId,
    pub(crate) ice: &'a IceCredentials,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) candidates: &'a [SocketAddr],
    /// Passive TCP candidates.
    pub(crate) tcp: &'a [SocketAddr],
    pub(crate) accepted: &'a Accepted,
}

impl Answer<'_> {
    pub(crate) fn write(&self) -> String {
        let offer = &self.accepted.offer;
        let setup = match offer.role {
            DtlsRole::Server => "passive",
            DtlsRole::Client => "active",
        };
        let Self { ice, fingerprint, candidates, tcp, .. } = *self;
        let transport = Transport { ice, fingerprint, candidates, tcp, setup }.write();
        let parts = || offer.sections.iter().zip(&self.accepted.taken);
        let mut out = String::with_capacity(8 * 1024);
        line(&mut out, format_args!("v=0\r\no=- {} 1 IN IP4 127.0.0.1", self.peer.0 & (u64::MAX >> 1)));
        line(&mut out, format_args!("s=-\r\nt=0 0"));
        if offer.bundle.is_some() {
            let taken = parts().filter(|(_, part)| **part != Taken::Refused);
            let mids: Vec<&str> = taken.filter_map(|(section, _)| section.mid.as_deref()).collect();
            line(&mut out, format_args!("a=group:BUNDLE {}", mids.join(" ")));
        }
        line(&mut out, format_args!("a=ice-lite\r\na=msid-semantic: WMS *"));
        for (section, part) in parts() {
            match (part, &section.codec) {
                (Taken::Refused, _) | (_, None) => refuse(&mut out, section),
                (part, Some(codec)) => take(&mut out, &transport, section, codec, *part),
            }
        }
        out
    }
}

fn refuse(out: &mut String, section: &Section) {
    let Section { media, protocol, format, .. } = section;
    line(out, format_args!("m={media} 0 {protocol} {format}\r\nc=IN IP4 0.0.0.0"));
    name(out, section);
    line(out, format_args!("a=inactive"));
}

fn name(out: &mut String, section: &Section) {
    if let Some(mid) = &section.mid {
        line(out, format_args!("a=mid:{mid}"));
    }
}

fn take(out: &mut String, transport: &str, section: &Section, codec: &Codec, part: Taken) {
    let Section { media, protocol, extensions, .. } = section;
    let rtx = codec.rtx_payload_type;
    let formats = rtx.map_or_else(String::new, |rtx| format!(" {rtx}"));
    // Port 9 also where the offer has 0 with bundle-only: it is taken into the bundle (RFC 8843 §7.3).
    line(out, format_args!("m={media} 9 {protocol} {}{formats}", codec.payload_type));
    out.push_str(transport);
    name(out, section);
    let direction = if matches!(part, Taken::Slot(_)) { "sendonly" } else { "recvonly" };
    line(out, format_args!("a={direction}"));
    let level = extensions.level.filter(|_| matches!(part, Taken::Uplink(_)));
    for (id, uri) in [
        (extensions.mid, extension::MID),
        (level, extension::AUDIO_LEVEL),
        (extensions.transport_cc, extension::TRANSPORT_CC),
    ] {
        if let Some(id) = id {
            line(out, format_args!("a=extmap:{id} {uri}"));
        }
    }
    write_codec(out, media == "audio", codec);
    if let Taken::Slot(slot) = part {
        line(out, format_args!("a=msid:{slot} {slot}"));
        write_sources(out, slot, rtx.is_some());
    }
}

fn write_codec(out: &mut String, audio: bool, codec: &Codec) {
    let kind = codec.payload_type;
    let name = if audio { "opus/48000/2" } else { "VP8/90000" };
    line(out, format_args!("a=rtpmap:{kind} {name}"));
    for feedback in &codec.feedback {
        line(out, format_args!("a=rtcp-fb:{kind} {feedback}"));
    }
    if audio {
        line(out, format_args!("a=fmtp:{kind} minptime=10;useinbandfec=1"));
    }
    if let Some(rtx) = codec.rtx_payload_type {
        line(out, format_args!("a=rtpmap:{rtx} rtx/90000\r\na=fmtp:{rtx} apt={kind}"));
    }
}
