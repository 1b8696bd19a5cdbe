//! Reads a client's answer with `rtc-sdp` into what the plane needs.

use std::io::Cursor;

use rtc_sdp::description::common::Attribute;
use rtc_sdp::description::session::SessionDescription;

use crate::api::{SlotId, Uplink};
use crate::codec::{Codec, Format, Formats};
use crate::description::{DescriptionError, Remote, SlotParameters, UplinkParameters, extension};
use crate::layers::Rid;

const BYTES_MAX: usize = 64 * 1024;
const LINES_MAX: usize = 4096;
const MEDIA_MAX: usize = 128;
/// As many as there are payload types; each is looked up among all the lines of its m-line.
const FORMATS_MAX: usize = 128;

/// A description within its limits.
pub(super) fn read(sdp: &str) -> Result<SessionDescription, DescriptionError> {
    if sdp.len() > BYTES_MAX {
        return Err(DescriptionError("longer than 64 KiB"));
    }
    if sdp.lines().count() > LINES_MAX {
        return Err(DescriptionError("too many lines"));
    }
    if sdp.lines().filter(|line| line.starts_with("m=")).count() > MEDIA_MAX {
        return Err(DescriptionError("too many media"));
    }
    SessionDescription::unmarshal(&mut Cursor::new(sdp)).map_err(|_malformed| DescriptionError("malformed"))
}

pub(crate) fn parse(sdp: &str) -> Result<Remote, DescriptionError> {
    let session = read(sdp)?;
    let media: Vec<Attributes<'_>> =
        session.media_descriptions.iter().map(|media| Attributes(&media.attributes)).collect();
    let everywhere = |key: &str| {
        media
            .iter()
            .find_map(|attributes| attributes.get(key))
            .or_else(|| Attributes(&session.attributes).get(key))
    };
    if everywhere("setup") != Some("active") {
        return Err(DescriptionError("the client must be the active side of DTLS"));
    }
    let ufrag = everywhere("ice-ufrag").filter(|ufrag| (4..=256).contains(&ufrag.len()));
    let pwd = everywhere("ice-pwd").filter(|pwd| (22..=256).contains(&pwd.len()));
    let (Some(ufrag), Some(pwd)) = (ufrag, pwd) else {
        return Err(DescriptionError("ICE credentials are missing"));
    };
    let fingerprint =
        everywhere("fingerprint").and_then(sha256).ok_or(DescriptionError("no SHA-256 fingerprint"))?;
    let mut remote =
        Remote { ufrag: ufrag.to_owned(), pwd: pwd.to_owned(), fingerprint, ..Remote::default() };
    for (attributes, description) in media.iter().zip(&session.media_descriptions) {
        let accepted = description.media_name.port.value != 0;
        let Some(mid) = attributes.get("mid").filter(|_| accepted) else { continue };
        let Some(uplink) = uplink(mid) else {
            let transport_cc = attributes.extension(extension::TRANSPORT_CC);
            remote.transport_cc_extension = remote.transport_cc_extension.or(transport_cc);
            if let Some(slot) = SlotId::from_mid(mid) {
                let formats = attributes.formats(&description.media_name.formats, slot.is_video());
                remote.slots.push((slot, SlotParameters { formats, ..SlotParameters::new(slot) }));
            }
            continue;
        };
        *remote.uplink_mut(uplink) = Some(parameters(attributes, &description.media_name.formats, uplink));
    }
    Ok(remote)
}

fn uplink(mid: &str) -> Option<Uplink> {
    Some(match mid {
        "mic" => Uplink::Microphone,
        "cam" => Uplink::Camera,
        "scr" => Uplink::Screen,
        _ => return None,
    })
}

fn parameters(attributes: &Attributes<'_>, formats: &[String], uplink: Uplink) -> UplinkParameters {
    let formats = attributes.codecs(formats).into_iter();
    let format = formats.filter(|(codec, _)| *codec == uplink.codec()).map(|(_, format)| format).next();
    let mut parameters = UplinkParameters {
        mid_extension: attributes.extension(extension::MID),
        rid_extension: attributes.extension(extension::RID),
        repaired_rid_extension: attributes.extension(extension::REPAIRED_RID),
        level_extension: attributes.extension(extension::AUDIO_LEVEL),
        transport_cc_extension: attributes.extension(extension::TRANSPORT_CC),
        ..UplinkParameters::new(uplink)
    };
    if attributes.get("simulcast").is_some_and(|simulcast| simulcast.starts_with("send")) {
        parameters.rids = attributes.all("rid").filter_map(sent_rid).collect();
    }
    parameters.format = format.unwrap_or(parameters.format);
    parameters.sources = sources(attributes);
    parameters
}

/// SSRCs that an m-line names, each with that of its retransmissions.
pub(super) fn sources(attributes: &Attributes<'_>) -> Vec<(u32, Option<u32>)> {
    let mut sources: Vec<(u32, Option<u32>)> = Vec::new();
    for group in attributes.all("ssrc-group") {
        if let Some((main, rtx)) = group.strip_prefix("FID ").and_then(|pair| pair.split_once(' '))
            && let (Ok(main), Ok(rtx)) = (main.trim().parse(), rtx.trim().parse())
        {
            sources.push((main, Some(rtx)));
        }
    }
    for line in attributes.all("ssrc") {
        let Some(ssrc) = line.split(' ').next().and_then(|ssrc| ssrc.parse().ok()) else { continue };
        let known = sources.iter().any(|(main, rtx)| *main == ssrc || *rtx == Some(ssrc));
        if !known {
            sources.push((ssrc, None));
        }
    }
    sources.truncate(UplinkParameters::SOURCES_MAX);
    sources
}

/// `m send`, perhaps with restrictions after that (RFC 8851).
fn sent_rid(line: &str) -> Option<Rid> {
    let (name, rest) = line.split_once(' ')?;
    Rid::from_name(name.as_bytes()).filter(|_| rest.split(' ').next() == Some("send"))
}

/// `sha-256 AB:CD:…` (RFC 8122), letters of either case.
pub(super) fn sha256(value: &str) -> Option<[u8; 32]> {
    let (hash, hex) = value.split_once(' ')?;
    if !hash.eq_ignore_ascii_case("sha-256") {
        return None;
    }
    let mut fingerprint = [0; 32];
    let mut pairs = hex.trim().split(':');
    for byte in &mut fingerprint {
        let pair = pairs.next().filter(|pair| pair.len() == 2)?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    pairs.next().is_none().then_some(fingerprint)
}

pub(super) struct Attributes<'a>(pub(super) &'a [Attribute]);

impl<'a> Attributes<'a> {
    pub(super) fn all(&self, key: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |attribute| attribute.key == key).map(|a| a.value.as_deref().unwrap_or(""))
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.all(key).next()
    }

    /// Firefox writes `2/sendonly` (MEDIA.md §8).
    pub(super) fn extension(&self, uri: &str) -> Option<u8> {
        self.all("extmap").find_map(|line| {
            let (id, rest) = line.split_once(' ')?;
            let id = id.split('/').next()?.parse().ok()?;
            (rest.split(' ').next() == Some(uri) && (1..=14).contains(&id)).then_some(id)
        })
    }

    /// The formats of an m-line that are forwarded, in its order, with their retransmissions.
    pub(super) fn codecs(&self, formats: &[String]) -> Vec<(Codec, Format)> {
        let codecs = formats.iter().take(FORMATS_MAX).filter_map(|format| {
            let payload_type = format.parse().ok().filter(|number: &u8| *number < 128)?;
            let codec = Codec::from_description(self.of(format, "rtpmap")?, self.parameters(format))?;
            let rtx = self.rtx(payload_type).filter(|_| codec.is_video());
            Some((codec, Format { payload_type, rtx }))
        });
        codecs.collect()
    }

    /// The same of one kind, for a slot.
    fn formats(&self, formats: &[String], video: bool) -> Formats {
        let mut taken = Formats::default();
        for (codec, format) in self.codecs(formats).into_iter().filter(|(codec, _)| codec.is_video() == video)
        {
            taken.add(codec, format);
        }
        taken
    }

    /// What `a=fmtp` says of a format.
    pub(super) fn parameters(&self, format: &str) -> &'a str {
        self.of(format, "fmtp").unwrap_or("")
    }

    fn of(&self, format: &str, key: &str) -> Option<&'a str> {
        let lines = self.all(key).filter_map(|line| line.split_once(' '));
        lines.into_iter().find(|(number, _)| *number == format).map(|(_, rest)| rest.trim())
    }

    fn rtx(&self, payload_type: u8) -> Option<u8> {
        self.all("fmtp").find_map(|line| {
            let (number, parameters) = line.split_once(' ')?;
            let apt = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("apt="))?;
            (apt.parse() == Ok(payload_type))
                .then(|| number.parse().ok().filter(|number: &u8| *number < 128))?
        })
    }
}
