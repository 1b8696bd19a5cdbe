//! What an encoder or a screen brings instead of a browser's answer: an offer, answered once. Pure.

use super::MediaState;
use crate::store::StreamRight;
use media_plane::description::Remote;
use media_plane::streaming::{Accepted, Offer, Purpose, Unacceptable};
use media_plane::{SlotCount, Uplink};

/// An offer of which something can be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamOffer {
    accepted: Accepted,
    /// Names the ICE session to the client (RFC 9725 §4.3.1): changes with every restart.
    tag: u32,
}

/// Why an offer cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OfferRefused {
    /// It is no offer.
    #[error("The offer cannot be read: {0}.")]
    Malformed(&'static str),
    /// All of its m-lines point the other way.
    #[error("The offer has no m-line that points this way: publishing needs sendonly, watching recvonly.")]
    Direction,
    /// None of its codecs is forwarded.
    #[error(
        "None of the offered codecs can be used here. This server forwards Opus, VP8, H264, VP9 and AV1."
    )]
    Codec,
}

/// What a client says about its ICE session after the offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IceFragment {
    /// Its `ice-ufrag`.
    pub ufrag: String,
    /// Its `ice-pwd`.
    pub pwd: String,
}

/// Which ICE session a client means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IceSession {
    /// Whichever there is: it wants a new one.
    Any,
    /// The one of this tag.
    Tagged(u32),
}

/// What such a fragment leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    /// Candidates; this server needs none.
    Candidates,
    /// New credentials.
    Restart,
    /// It is about another ICE session than the one there is.
    OtherSession,
    /// It names the session there is and brings other credentials.
    Mismatch,
}

impl StreamOffer {
    /// Reads an offer for what the token lets do.
    pub fn read(sdp: &str, right: StreamRight) -> Result<Self, OfferRefused> {
        let offer = Offer::parse(sdp).map_err(|error| OfferRefused::Malformed(error.0))?;
        let purpose = match right {
            StreamRight::Publish => Purpose::Publish,
            StreamRight::Watch => Purpose::Watch,
        };
        let accepted = offer.accept(purpose).map_err(|refused| match refused {
            Unacceptable::Direction => OfferRefused::Direction,
            Unacceptable::Codec => OfferRefused::Codec,
        })?;
        Ok(Self { accepted, tag: 1 })
    }

    /// What it publishes.
    pub fn media(&self) -> MediaState {
        MediaState {
            microphone: self.accepted.publishes(Uplink::Microphone),
            camera: self.accepted.publishes(Uplink::Camera),
            screen: self.accepted.publishes(Uplink::Screen),
        }
    }

    pub(super) fn accepted(&self) -> &Accepted {
        &self.accepted
    }

    pub(super) fn remote(&self) -> Remote {
        self.accepted.remote()
    }

    pub(super) fn slots(&self) -> SlotCount {
        self.accepted.slots()
    }

    /// Whether it receives: then what it sees follows who speaks.
    pub(super) fn watches(&self) -> bool {
        let slots = self.slots();
        slots.audio > 0 || slots.video > 0
    }

    pub(super) fn tag(&self) -> u32 {
        self.tag
    }

    pub(super) fn meaning(&self, session: &IceSession, fragment: &IceFragment) -> Meaning {
        let (ufrag, pwd) = self.accepted.credentials();
        let same = fragment.ufrag == ufrag && fragment.pwd == pwd;
        match session {
            IceSession::Tagged(tag) if *tag != self.tag => Meaning::OtherSession,
            IceSession::Any | IceSession::Tagged(_) if same => Meaning::Candidates,
            IceSession::Any => Meaning::Restart,
            IceSession::Tagged(_) => Meaning::Mismatch,
        }
    }

    pub(super) fn restart(&mut self, fragment: IceFragment) {
        self.accepted.restart(fragment.ufrag, fragment.pwd);
        self.tag += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = include_str!("../../media-plane/tests/offers/obs.sdp");

    fn fragment(ufrag: &str) -> IceFragment {
        IceFragment { ufrag: ufrag.into(), pwd: "8Fq0hlPDZ6WbGkNqOZiBtt".into() }
    }

    #[test]
    fn a_fragment_is_candidates_a_restart_or_a_mistake() {
        let mut offer = StreamOffer::read(OFFER, StreamRight::Publish).unwrap();
        assert_eq!(offer.media(), MediaState { microphone: true, camera: true, screen: false });
        let first = IceSession::Tagged(offer.tag());
        assert_eq!(offer.meaning(&first, &fragment("vQ7f")), Meaning::Candidates);
        assert_eq!(offer.meaning(&IceSession::Any, &fragment("vQ7f")), Meaning::Candidates);
        assert_eq!(offer.meaning(&first, &fragment("other")), Meaning::Mismatch);
        assert_eq!(offer.meaning(&IceSession::Any, &fragment("other")), Meaning::Restart);
        offer.restart(fragment("other"));
        assert_eq!(offer.meaning(&first, &fragment("other")), Meaning::OtherSession);
        assert_eq!(offer.meaning(&IceSession::Tagged(offer.tag()), &fragment("other")), Meaning::Candidates);
        assert_eq!(offer.remote().ufrag, "other");
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let refused = |sdp: &str, right| StreamOffer::read(sdp, right).unwrap_err();
        assert!(matches!(refused("x", StreamRight::Publish), OfferRefused::Malformed(_)));
        assert_eq!(refused(OFFER, StreamRight::Watch), OfferRefused::Direction);
        let other = OFFER.replace("opus", "G722").replace("VP8", "H263").replace("H264", "H265");
        assert_eq!(refused(&other, StreamRight::Publish), OfferRefused::Codec);
    }
}
