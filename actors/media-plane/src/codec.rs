//! The codecs that are forwarded, how descriptions name them, and what their payloads say. Pure.
//!
//! VP8 comes in layers and has numbers of its own that are rewritten. The other pictures pass as they are, as one layer
//! that begins at a key frame; what a payload is otherwise is nobody's business here.

use crate::vp8::Descriptor;
use crate::{av1, h264, vp9};

/// A codec, as far as receivers have to tell it from others. H.264 is one for each profile (RFC 6184 §8.1), in
/// packetization mode 1: who decodes a profile decodes those above it in this list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Codec {
    /// Audio (RFC 7587).
    Opus,
    /// RFC 7741.
    Vp8,
    /// Profile 0 (RFC 9628).
    Vp9,
    /// Main profile (AV1's own RTP specification).
    Av1,
    /// Baseline and its constrained form: what everybody has, and what OBS calls its own.
    H264Baseline,
    /// Main.
    H264Main,
    /// High and its constrained form.
    H264High,
    /// High 4:4:4 Predictive: what Chromium's own decoder says it has.
    H264High444,
}

/// Payload types of a codec on one m-line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Format {
    /// Of the media itself.
    pub payload_type: u8,
    /// Of retransmissions (RFC 4588); without it nothing is sent again.
    pub rtx: Option<u8>,
}

/// What a receiver takes on one m-line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Formats([Option<Format>; Codec::ALL.len()]);

/// What a payload says of its picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Head {
    /// A decoder may begin with this packet.
    pub(crate) key_frame: bool,
    pub(crate) vp8: Option<Descriptor>,
}

impl Codec {
    /// All, by their numbers.
    pub(crate) const ALL: [Self; 8] = [
        Self::Opus,
        Self::Vp8,
        Self::Vp9,
        Self::Av1,
        Self::H264Baseline,
        Self::H264Main,
        Self::H264High,
        Self::H264High444,
    ];

    /// What our own offers let a slot for pictures receive, the preferred first.
    pub(crate) const PICTURES: &[Self] = Self::ALL.split_at(1).1;

    pub(crate) fn is_video(self) -> bool {
        self != Self::Opus
    }

    /// As our own offers number it.
    pub(crate) const fn format(self) -> Format {
        let payload_type = match self {
            Self::Opus => return Format { payload_type: 111, rtx: None },
            Self::Vp8 => 96,
            Self::Vp9 => 98,
            Self::Av1 => 100,
            Self::H264Baseline => 102,
            Self::H264Main => 104,
            Self::H264High => 106,
            Self::H264High444 => 108,
        };
        Format { payload_type, rtx: Some(payload_type + 1) }
    }

    /// As `a=rtpmap` names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Opus => "opus/48000/2",
            Self::Vp8 => "VP8/90000",
            Self::Vp9 => "VP9/90000",
            Self::Av1 => "AV1/90000",
            Self::H264Baseline | Self::H264Main | Self::H264High | Self::H264High444 => "H264/90000",
        }
    }

    /// The codec of an `a=rtpmap` with its `a=fmtp`, if it is forwarded.
    pub(crate) fn from_description(name: &str, parameters: &str) -> Option<Self> {
        let encoding = name.split('/').next()?.to_ascii_lowercase();
        let main = |profile: &str| parameter(parameters, profile).is_none_or(|value| value == "0");
        match encoding.as_str() {
            "opus" => Some(Self::Opus),
            "vp8" => Some(Self::Vp8),
            "vp9" if main("profile-id") => Some(Self::Vp9),
            "av1" if main("profile") => Some(Self::Av1),
            "h264" if parameter(parameters, "packetization-mode") == Some("1") => {
                match profile_level_id(parameters).map(|id| id.to_ascii_lowercase()) {
                    // Without it Baseline is meant.
                    None => Some(Self::H264Baseline),
                    Some(id) if id.starts_with("42") => Some(Self::H264Baseline),
                    Some(id) if id.starts_with("4d") => Some(Self::H264Main),
                    Some(id) if id.starts_with("64") => Some(Self::H264High),
                    Some(id) if id.starts_with("f4") => Some(Self::H264High444),
                    Some(_) => None,
                }
            }
            _ => None,
        }
    }

    /// The `a=fmtp` that answers one of these parameters; for an offer of ours there are none.
    pub(crate) fn parameters(self, offered: &str) -> Option<String> {
        let profile = match self {
            Self::Opus => return Some("minptime=10;useinbandfec=1".to_owned()),
            Self::Vp8 => return None,
            Self::Vp9 => return Some("profile-id=0".to_owned()),
            Self::Av1 => return Some("level-idx=5;profile=0;tier=0".to_owned()),
            Self::H264Baseline => "42e01f",
            Self::H264Main => "4d001f",
            Self::H264High => "640c1f",
            Self::H264High444 => "f4001f",
        };
        // An answer has to repeat the profile as it was offered (RFC 6184 §8.2.2).
        let profile = profile_level_id(offered).unwrap_or(profile);
        Some(format!("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile}"))
    }

    /// What a payload of it says of its picture.
    pub(crate) fn head(self, payload: &[u8]) -> Head {
        let one_layer = |key_frame| Head { key_frame, vp8: None };
        match self {
            Self::Opus => Head::default(),
            Self::Vp8 => {
                let vp8 = Descriptor::parse(payload);
                Head { key_frame: vp8.is_some_and(|vp8| vp8.key_frame), vp8 }
            }
            Self::Vp9 => one_layer(vp9::begins_key_frame(payload)),
            Self::Av1 => one_layer(av1::begins_key_frame(payload)),
            Self::H264Baseline | Self::H264Main | Self::H264High | Self::H264High444 => {
                one_layer(h264::begins_key_frame(payload))
            }
        }
    }

    /// Under which codecs a receiver may take this one, the nearest first.
    fn decoders(self) -> &'static [Self] {
        const ALL: &[Codec] = &Codec::ALL;
        let number = self as usize;
        if number < Self::H264Baseline as usize { &ALL[number..=number] } else { &ALL[number..] }
    }
}

impl Formats {
    /// Only this codec, as our own offers number it.
    pub(crate) fn only(codec: Codec) -> Self {
        let mut formats = Self::default();
        formats.add(codec, codec.format());
        formats
    }

    /// One more codec; the first format of each counts.
    pub(crate) fn add(&mut self, codec: Codec, format: Format) {
        self.0[codec as usize].get_or_insert(format);
    }

    /// How the receiver takes a codec; `None` if it cannot.
    pub fn of(&self, codec: Codec) -> Option<Format> {
        codec.decoders().iter().find_map(|codec| self.0[*codec as usize])
    }

    /// A payload type for packets that are nothing but padding.
    pub(crate) fn rtx(&self) -> Option<u8> {
        self.0.iter().flatten().find_map(|format| format.rtx)
    }
}

impl Head {
    /// Temporal layer of the frame; 0 where there are none.
    pub(crate) fn temporal(&self) -> u8 {
        self.vp8.map_or(0, |vp8| vp8.temporal)
    }

    /// Width and height, where a key frame tells them cheaply.
    pub(crate) fn size(&self, payload: &[u8]) -> Option<(u16, u16)> {
        self.vp8?.size(payload)
    }
}

fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    let pairs = parameters.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// Six hexadecimal digits.
fn profile_level_id(parameters: &str) -> Option<&str> {
    parameter(parameters, "profile-level-id")
        .filter(|id| id.len() == 6 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn h264(id: &str) -> Option<Codec> {
        Codec::from_description("H264/90000", &format!("packetization-mode=1; Profile-Level-Id={id}"))
    }

    #[test]
    fn codecs_are_known_by_name_and_profile() {
        let of = Codec::from_description;
        for codec in Codec::ALL {
            assert_eq!(of(codec.name(), &codec.parameters("").unwrap_or_default()), Some(codec));
        }
        assert_eq!(of("Vp8/90000", "max-fs=12288;max-fr=60"), Some(Codec::Vp8));
        assert_eq!((of("VP9/90000", ""), of("VP9/90000", "profile-id=2")), (Some(Codec::Vp9), None));
        assert_eq!((of("AV1/90000", ""), of("AV1/90000", "profile=1")), (Some(Codec::Av1), None));
        assert_eq!(of("H265/90000", ""), None);
        assert_eq!(of("rtx/90000", "apt=96"), None);
        let profiles = ["42001f", "42E01F", "4d0032", "64001f", "f4001f", "58a01e"].map(h264);
        let baseline = Some(Codec::H264Baseline);
        assert_eq!(profiles[..2], [baseline; 2]);
        assert_eq!(
            profiles[2..],
            [Some(Codec::H264Main), Some(Codec::H264High), Some(Codec::H264High444), None]
        );
        assert_eq!(of("H264/90000", "packetization-mode=1"), baseline);
        assert_eq!(of("H264/90000", "profile-level-id=42e01f"), None, "mode 0");
    }

    #[test]
    fn a_profile_goes_to_whoever_decodes_it_or_a_larger_one() {
        let format = |payload_type| Format { payload_type, rtx: None };
        let mut formats = Formats::only(Codec::Vp8);
        formats.add(Codec::H264Main, format(50));
        formats.add(Codec::H264Main, format(51));
        formats.add(Codec::H264High444, format(60));
        assert_eq!(formats.of(Codec::H264Baseline), Some(format(50)));
        assert_eq!(formats.of(Codec::H264Main), Some(format(50)));
        assert_eq!(formats.of(Codec::H264High), Some(format(60)));
        assert_eq!(formats.of(Codec::Vp8), Some(Format { payload_type: 96, rtx: Some(97) }));
        assert_eq!([Codec::Vp9, Codec::Av1, Codec::Opus].map(|codec| formats.of(codec)), [None; 3]);
        assert_eq!(formats.rtx(), Some(97));
    }

    #[test]
    fn an_answer_repeats_the_profile_that_was_offered() {
        let answered = |offered| Codec::H264Baseline.parameters(offered).unwrap();
        assert!(answered("packetization-mode=1;profile-level-id=42001f").ends_with("=42001f"));
        assert!(
            answered("profile-level-id=42;x=1").ends_with("=42e01f"),
            "what is no profile is not repeated"
        );
    }
}
