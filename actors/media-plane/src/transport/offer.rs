//! Reads a client's offer with `rtc-sdp`: any payload numbering, several codecs, with or without candidates.

use rtc_sdp::description::media::MediaDescription;

use super::answer::{Attributes, read, sha256, sources};
use crate::codec::Codec;
use crate::description::{DescriptionError, DtlsRole, extension};
use crate::streaming::{Extensions, Offer, Offered, Section};

/// Longest name of an m-line: it is repeated in the answer.
const MID_MAX: usize = 256;
/// What we understand of the feedback that clients offer.
const FEEDBACK: [&str; 5] = ["ccm fir", "nack", "nack pli", "goog-remb", TRANSPORT_CC];
const TRANSPORT_CC: &str = "transport-cc";

pub(crate) fn parse(sdp: &str) -> Result<Offer, DescriptionError> {
    let session = read(sdp)?;
    let whole = Attributes(&session.attributes);
    let media: Vec<Attributes<'_>> =
        session.media_descriptions.iter().map(|media| Attributes(&media.attributes)).collect();
    let everywhere = |key: &str| media.iter().find_map(|line| line.get(key)).or_else(|| whole.get(key));
    let role = match everywhere("setup") {
        Some("actpass" | "active") => DtlsRole::Server,
        Some("passive") => DtlsRole::Client,
        _ => return Err(DescriptionError("a=setup is missing or unknown")),
    };
    let ufrag = everywhere("ice-ufrag").filter(|ufrag| (4..=256).contains(&ufrag.len()));
    let pwd = everywhere("ice-pwd").filter(|pwd| (22..=256).contains(&pwd.len()));
    let (Some(ufrag), Some(pwd)) = (ufrag, pwd) else {
        return Err(DescriptionError("ICE credentials are missing"));
    };
    let fingerprint = media
        .iter()
        .chain([&whole])
        .flat_map(|line| line.all("fingerprint"))
        .find_map(sha256)
        .ok_or(DescriptionError("no SHA-256 fingerprint"))?;
    let bundle = whole.all("group").find_map(|group| group.strip_prefix("BUNDLE"));
    let bundle = bundle.map(|names| names.split_ascii_whitespace().map(str::to_owned).collect());
    let default = direction(&whole).unwrap_or("sendrecv");
    let sections = media.iter().zip(&session.media_descriptions);
    let sections = sections.map(|(attributes, media)| section(attributes, media, default)).collect();
    Ok(Offer { ufrag: ufrag.to_owned(), pwd: pwd.to_owned(), fingerprint, role, bundle, sections })
}

fn section(attributes: &Attributes<'_>, media: &MediaDescription, default: &str) -> Section {
    let name = &media.media_name;
    let direction = direction(attributes).unwrap_or(default);
    let protocol = name.protos.join("/");
    // RTCP would need a port of its own.
    let multiplexed = attributes.get("rtcp-mux").is_some() || attributes.get("bundle-only").is_some();
    let usable = protocol.ends_with("RTP/SAVPF") && multiplexed;
    let fits = |codec: Codec| usable && name.media == if codec.is_video() { "video" } else { "audio" };
    let codecs = attributes.codecs(&name.formats).into_iter().filter(|(codec, _)| fits(*codec));
    let codecs: Vec<Offered> = codecs
        .map(|(codec, format)| Offered {
            codec,
            format,
            parameters: codec.parameters(attributes.parameters(&format.payload_type.to_string())),
            feedback: feedback(attributes, format.payload_type),
        })
        .collect();
    let promised = |codec: &Offered| codec.feedback.iter().any(|feedback| feedback == TRANSPORT_CC);
    let transport_cc = attributes.extension(extension::TRANSPORT_CC);
    Section {
        media: name.media.clone(),
        protocol,
        format: name.formats.first().cloned().unwrap_or_else(|| "0".to_owned()),
        mid: attributes.get("mid").filter(|mid| mid.len() <= MID_MAX).map(str::to_owned),
        sends: matches!(direction, "sendonly" | "sendrecv"),
        receives: matches!(direction, "recvonly" | "sendrecv"),
        offered: name.port.value != 0 || attributes.get("bundle-only").is_some(),
        extensions: Extensions {
            mid: attributes.extension(extension::MID),
            level: attributes.extension(extension::AUDIO_LEVEL),
            transport_cc: transport_cc.filter(|_| codecs.iter().any(promised)),
        },
        codecs,
        sources: sources(attributes),
    }
}

fn direction<'a>(attributes: &Attributes<'a>) -> Option<&'a str> {
    attributes
        .0
        .iter()
        .map(|attribute| attribute.key.as_str())
        .find(|key| matches!(*key, "sendrecv" | "sendonly" | "recvonly" | "inactive"))
}

/// `*` stands for all payload types (RFC 4585 §4.2).
fn feedback(attributes: &Attributes<'_>, payload_type: u8) -> Vec<String> {
    let number = payload_type.to_string();
    let offered = attributes.all("rtcp-fb").filter_map(|line| line.split_once(' '));
    let ours = offered.filter(|(format, _)| *format == number || *format == "*").map(|(_, what)| what.trim());
    let known = |what: &&str| FEEDBACK.contains(what);
    let mut feedback: Vec<String> = ours.filter(known).map(str::to_owned).collect();
    feedback.dedup();
    feedback
}
