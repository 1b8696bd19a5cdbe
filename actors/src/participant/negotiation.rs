//! One connection's offers and answers. Pure.
//!
//! The server always offers; versions count up; an answer counts only for the newest version. While an answer is
//! outstanding, more slots are remembered and offered with the next one, so that offers never overlap.

use media_plane::{IceCredentials, PeerId, SlotCount};

/// What to offer.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    /// Its version.
    pub(super) version: u32,
    /// Local ICE credentials.
    pub(super) ice: IceCredentials,
    /// Receiving m-lines.
    pub(super) slots: SlotCount,
}

/// What an answer leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answered {
    /// It answers an offer that is no longer the newest: ignore it.
    Stale,
    /// It counts. `grown` tells the new slots if there are any.
    Current {
        /// Slots that exist from now on.
        grown: Option<SlotCount>,
    },
}

/// One peer connection, as negotiated so far.
pub(super) struct Negotiation {
    /// The media plane's name of it.
    pub(super) peer: PeerId,
    version: u32,
    answered: u32,
    ice: IceCredentials,
    slots: SlotCount,
    agreed: SlotCount,
    wanted_video: u8,
}

impl Negotiation {
    /// A new connection; [`Self::proposal`] is its first offer.
    pub(super) fn new(peer: PeerId, ice: IceCredentials, slots: SlotCount) -> Self {
        Self { peer, version: 1, answered: 0, ice, slots, agreed: slots, wanted_video: slots.video }
    }

    /// The newest offer.
    pub(super) fn proposal(&self) -> Proposal {
        Proposal { version: self.version, ice: self.ice.clone(), slots: self.slots }
    }

    /// The client answered.
    pub(super) fn answer(&mut self, version: u32) -> Answered {
        if version != self.version {
            return Answered::Stale;
        }
        self.answered = version;
        let grown = (self.agreed != self.slots).then_some(self.slots);
        self.agreed = self.slots;
        Answered::Current { grown }
    }

    /// More pictures are to be seen. Returns whether an offer has to be sent now.
    pub(super) fn want_video(&mut self, slots: u8) -> bool {
        self.wanted_video = self.wanted_video.max(slots);
        self.settled() && self.grow()
    }

    /// After an answer: whether a remembered wish needs an offer now.
    pub(super) fn next_offer(&mut self) -> bool {
        self.settled() && self.grow()
    }

    /// New credentials (RFC 8445 §9). The offer has to be sent.
    pub(super) fn restart(&mut self, ice: IceCredentials) {
        self.ice = ice;
        self.version += 1;
        self.grow_silently();
    }

    fn settled(&self) -> bool {
        self.answered == self.version
    }

    fn grow(&mut self) -> bool {
        let more = self.wanted_video > self.slots.video;
        if more {
            self.version += 1;
            self.grow_silently();
        }
        more
    }

    fn grow_silently(&mut self) {
        self.slots.video = self.slots.video.max(self.wanted_video);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ice(ufrag: &str) -> IceCredentials {
        IceCredentials { ufrag: ufrag.into(), pwd: "p".repeat(24) }
    }

    fn started() -> Negotiation {
        Negotiation::new(PeerId(1), ice("first"), SlotCount { audio: 3, video: 4 })
    }

    #[test]
    fn growth_waits_for_the_outstanding_answer() {
        let mut negotiation = started();
        assert!(!negotiation.want_video(9), "the first offer is not answered yet");
        assert_eq!(negotiation.answer(1), Answered::Current { grown: None });
        assert!(negotiation.next_offer());
        let proposal = negotiation.proposal();
        assert_eq!((proposal.version, proposal.slots.video), (2, 9));
        let grown = Some(SlotCount { audio: 3, video: 9 });
        assert_eq!(negotiation.answer(2), Answered::Current { grown });
        assert!(!negotiation.next_offer());
    }

    #[test]
    fn an_old_answer_is_ignored_and_a_restart_changes_the_credentials() {
        let mut negotiation = started();
        negotiation.restart(ice("second"));
        assert_eq!(negotiation.answer(1), Answered::Stale);
        assert!(negotiation.proposal().ice == ice("second"));
        assert_eq!(negotiation.answer(2), Answered::Current { grown: None });
    }

    #[test]
    fn slots_never_shrink() {
        let mut negotiation = started();
        negotiation.answer(1);
        assert!(negotiation.want_video(9));
        assert!(!negotiation.want_video(4));
        assert_eq!(negotiation.proposal().slots.video, 9);
    }
}
