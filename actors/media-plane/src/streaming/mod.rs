//! Descriptions the other way round: the client offers, the server answers (WHIP, RFC 9725; WHEP). Pure.
//!
//! Such a client numbers payload types and header extensions as it likes and knows nothing of our m-lines; so
//! [`Offer::accept`] gives each of its m-lines a publication or a slot of ours, and the answer repeats its own numbers.
//! Renegotiation does not exist: an offer is answered once.

mod answer;
#[cfg(test)]
mod tests;

pub(crate) use answer::Answer;

use crate::api::{SlotCount, SlotId, Uplink};
use crate::codec::{Codec, Format, Formats};
use crate::description::{DescriptionError, DtlsRole, Remote, SlotParameters, UplinkParameters};
use crate::transport;

/// More m-lines of a kind are refused: so many slots a connection may have.
const SLOTS_MAX: u8 = 25;

/// What a client wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// It sends: its first audio m-line is its microphone, its first video m-line its camera, the second its screen.
    Publish,
    /// It receives: every m-line is a slot.
    Watch,
}

/// Why none of an offer's m-lines can be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unacceptable {
    /// All of them point the other way.
    #[error("no m-line points this way")]
    Direction,
    /// None has a codec that is forwarded.
    #[error("no m-line has a codec that is forwarded (Opus, VP8, H264, VP9, AV1)")]
    Codec,
}

/// An offer that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    pub(crate) ufrag: String,
    pub(crate) pwd: String,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) role: DtlsRole,
    /// Names of the m-lines that share one transport; `None` when there is no such group.
    pub(crate) bundle: Option<Vec<String>>,
    pub(crate) sections: Vec<Section>,
}

/// One m-line of an offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Section {
    /// `audio`, `video`, `application`.
    pub(crate) media: String,
    pub(crate) protocol: String,
    /// The first one, which a refusal has to repeat.
    pub(crate) format: String,
    pub(crate) mid: Option<String>,
    pub(crate) sends: bool,
    pub(crate) receives: bool,
    /// Its port is not 0, or it is `bundle-only` (RFC 8843 §6).
    pub(crate) offered: bool,
    /// Those that are forwarded, in the client's order.
    pub(crate) codecs: Vec<Offered>,
    pub(crate) extensions: Extensions,
    /// SSRCs that it names, each with that of its retransmissions.
    pub(crate) sources: Vec<(u32, Option<u32>)>,
}

/// A codec, as the client numbers it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Offered {
    pub(crate) codec: Codec,
    pub(crate) format: Format,
    /// What the answer says of it (`a=fmtp`).
    pub(crate) parameters: Option<String>,
    /// What of the feedback offered we understand.
    pub(crate) feedback: Vec<String>,
}

/// Header extensions, as the client numbers them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Extensions {
    pub(crate) mid: Option<u8>,
    pub(crate) level: Option<u8>,
    /// Only where the codec has feedback about it.
    pub(crate) transport_cc: Option<u8>,
}

/// What an m-line became.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Taken {
    Uplink(Uplink),
    Slot(SlotId),
    /// Answered with port 0.
    Refused,
}

/// An offer and what becomes of each of its m-lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    pub(crate) offer: Offer,
    pub(crate) taken: Vec<Taken>,
}

impl Offer {
    /// Reads an offer of at most 64 KiB.
    pub fn parse(sdp: &str) -> Result<Self, DescriptionError> {
        transport::parse_offer(sdp)
    }

    /// Gives each m-line its part.
    pub fn accept(mut self, purpose: Purpose) -> Result<Accepted, Unacceptable> {
        if purpose == Purpose::Publish {
            // It is to send one codec: the first it would like. A watcher takes whatever it has.
            self.sections.iter_mut().for_each(|section| section.codecs.truncate(1));
        }
        let points = |section: &Section| match purpose {
            Purpose::Publish => section.sends,
            Purpose::Watch => section.receives,
        };
        let mut places = Places::default();
        let mut taken = Vec::new();
        for section in &self.sections {
            let usable = section.offered && points(section) && !section.codecs.is_empty();
            // Without a group each m-line would need a transport of its own: the first has ours.
            let reached = match (&self.bundle, &section.mid) {
                (Some(names), Some(mid)) => names.contains(mid),
                (Some(_), None) => false,
                (None, _) => taken.iter().all(|other| *other == Taken::Refused),
            };
            taken.push(if usable && reached { places.take(purpose, section) } else { Taken::Refused });
        }
        if taken.iter().all(|part| *part == Taken::Refused) {
            let any = self.sections.iter().any(|section| section.offered && points(section));
            return Err(if any { Unacceptable::Codec } else { Unacceptable::Direction });
        }
        Ok(Accepted { offer: self, taken })
    }
}

/// What is still to be had.
#[derive(Default)]
struct Places {
    audio: u8,
    video: u8,
}

impl Places {
    fn take(&mut self, purpose: Purpose, section: &Section) -> Taken {
        let audio = section.media == "audio";
        let count = if audio { &mut self.audio } else { &mut self.video };
        let number = *count;
        let part = match (purpose, audio, number) {
            (Purpose::Publish, true, 0) => Taken::Uplink(Uplink::Microphone),
            (Purpose::Publish, false, 0) => Taken::Uplink(Uplink::Camera),
            (Purpose::Publish, false, 1) => Taken::Uplink(Uplink::Screen),
            (Purpose::Watch, true, 0..SLOTS_MAX) => Taken::Slot(SlotId::Audio(number)),
            (Purpose::Watch, false, 0..SLOTS_MAX) => Taken::Slot(SlotId::Video(number)),
            (Purpose::Publish | Purpose::Watch, ..) => return Taken::Refused,
        };
        *count += 1;
        part
    }
}

impl Accepted {
    /// The slots that its m-lines are.
    pub fn slots(&self) -> SlotCount {
        let count = |video: bool| {
            let of_kind = |part: &&Taken| matches!(part, Taken::Slot(slot) if slot.is_video() == video);
            u8::try_from(self.taken.iter().filter(of_kind).count()).unwrap_or(SLOTS_MAX)
        };
        SlotCount { audio: count(false), video: count(true) }
    }

    /// What it publishes.
    pub fn publishes(&self, uplink: Uplink) -> bool {
        self.taken.contains(&Taken::Uplink(uplink))
    }

    /// The client's ICE credentials.
    pub fn credentials(&self) -> (&str, &str) {
        (&self.offer.ufrag, &self.offer.pwd)
    }

    /// The client restarted ICE: everything else stays as it was.
    pub fn restart(&mut self, ufrag: String, pwd: String) {
        (self.offer.ufrag, self.offer.pwd) = (ufrag, pwd);
    }

    /// What the plane needs of it.
    pub fn remote(&self) -> Remote {
        let offer = &self.offer;
        let mut remote = Remote {
            ufrag: offer.ufrag.clone(),
            pwd: offer.pwd.clone(),
            fingerprint: offer.fingerprint,
            role: offer.role,
            ..Remote::default()
        };
        for (section, part) in offer.sections.iter().zip(&self.taken) {
            match *part {
                Taken::Uplink(uplink) => *remote.uplink_mut(uplink) = section.sending(uplink),
                Taken::Slot(slot) => {
                    remote.slots.push((slot, section.receiving()));
                    // One number for a whole bundle (RFC 8843 §15.1).
                    let transport_cc = section.extensions.transport_cc;
                    remote.transport_cc_extension = remote.transport_cc_extension.or(transport_cc);
                }
                Taken::Refused => {}
            }
        }
        remote
    }
}

impl Section {
    fn sending(&self, uplink: Uplink) -> Option<UplinkParameters> {
        let Offered { codec, format, ref feedback, .. } = *self.codecs.first()?;
        Some(UplinkParameters {
            nack: codec.is_video() || feedback.iter().any(|known| known == "nack"),
            mid: self.mid.clone().unwrap_or_default(),
            codec,
            format,
            mid_extension: self.extensions.mid,
            level_extension: self.extensions.level,
            transport_cc_extension: self.extensions.transport_cc,
            sources: self.sources.clone(),
            ..UplinkParameters::new(uplink)
        })
    }

    fn receiving(&self) -> SlotParameters {
        let mut formats = Formats::default();
        self.codecs.iter().for_each(|offered| formats.add(offered.codec, offered.format));
        SlotParameters { mid: self.extensions.mid.zip(self.mid.clone()), formats }
    }
}
