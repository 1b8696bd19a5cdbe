//! The answer: the client's m-lines in its order, with its numbers and our transport.

use std::net::SocketAddr;

use super::{Accepted, Offered, Section, Taken};
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
            match part {
                Taken::Refused => refuse(&mut out, section),
                Taken::Uplink(_) | Taken::Slot(_) => take(&mut out, &transport, section, *part),
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

fn take(out: &mut String, transport: &str, section: &Section, part: Taken) {
    let Section { media, protocol, extensions, codecs, .. } = section;
    let numbers = codecs.iter().flat_map(|codec| [Some(codec.format.payload_type), codec.format.rtx]);
    let numbers: Vec<String> = numbers.flatten().map(|number| number.to_string()).collect();
    // Port 9 also where the offer has 0 with bundle-only: it is taken into the bundle (RFC 8843 §7.3).
    line(out, format_args!("m={media} 9 {protocol} {}", numbers.join(" ")));
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
    codecs.iter().for_each(|codec| write_codec(out, codec));
    if let Taken::Slot(slot) = part {
        line(out, format_args!("a=msid:{slot} {slot}"));
        write_sources(out, slot, codecs.iter().any(|codec| codec.format.rtx.is_some()));
    }
}

fn write_codec(out: &mut String, Offered { codec, format, parameters, feedback }: &Offered) {
    let kind = format.payload_type;
    line(out, format_args!("a=rtpmap:{kind} {}", codec.name()));
    for feedback in feedback {
        line(out, format_args!("a=rtcp-fb:{kind} {feedback}"));
    }
    if let Some(parameters) = parameters {
        line(out, format_args!("a=fmtp:{kind} {parameters}"));
    }
    if let Some(rtx) = format.rtx {
        line(out, format_args!("a=rtpmap:{rtx} rtx/90000\r\na=fmtp:{rtx} apt={kind}"));
    }
}
