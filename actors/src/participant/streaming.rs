//! A participant without a browser: no socket, an offer that is answered once, ICE restarts by request.

use super::actor::{Line, Participant};
use super::messages::{PatchStream, Patched, ReadAnswer, StreamAnswer};
use super::stream_offer::Meaning;
use crate::room::Request;
use actix::{ActorContext, Context, Handler};
use media_plane::{Command, Demand, Priority, SlotCount, SlotId};

/// A screen does not say how large it shows a picture: as large as there is, if the line carries it.
const SCREEN: Demand = Demand { width: 1920, height: 1080, priority: Priority::Stage };

impl Participant {
    /// The slots of a new connection; a stream's m-lines are its slots.
    pub(super) fn first_slots(&self, usual: SlotCount) -> SlotCount {
        match &self.parts.line {
            Line::Stream(offer) => offer.slots(),
            Line::Socket(_) => usual,
        }
    }

    /// What the media plane has to know of a stream's client; browsers answer later.
    pub(super) fn describe_stream(&self) {
        if let (Line::Stream(offer), Some(connection)) = (&self.parts.line, &self.connection) {
            let remote = Box::new(offer.remote());
            let peer = connection.peer;
            self.parts.link.command(Command::SetRemote { peer, remote });
            let pictures = (0..offer.slots().video).map(|slot| (SlotId::Video(slot), SCREEN));
            self.parts.link.command(Command::SetDemand { peer, demands: pictures.collect() });
        }
    }

    /// Whether what they see follows who speaks: a screen lays nothing out by itself.
    pub(super) fn follows_the_floor(&self) -> bool {
        matches!(&self.parts.line, Line::Stream(offer) if offer.watches())
    }

    /// A stream is its connection: without one it is over. A browser's participant waits for the page to come back.
    pub(super) fn stream_lost(&self, ctx: &mut Context<Self>) {
        if matches!(self.parts.line, Line::Stream(_)) {
            self.ask_room(Request::Leave);
            ctx.stop();
        }
    }

    fn stream_answer(&self) -> Option<StreamAnswer> {
        let (Line::Stream(offer), Some(connection)) = (&self.parts.line, &self.connection) else {
            return None;
        };
        let ice = connection.proposal().ice;
        let sdp = self.parts.link.answer(connection.peer, &ice, offer.accepted());
        Some(StreamAnswer { sdp, tag: offer.tag() })
    }
}

impl Handler<ReadAnswer> for Participant {
    type Result = Option<StreamAnswer>;

    fn handle(&mut self, ReadAnswer: ReadAnswer, _: &mut Self::Context) -> Self::Result {
        self.stream_answer()
    }
}

impl Handler<PatchStream> for Participant {
    type Result = Option<Patched>;

    fn handle(&mut self, patch: PatchStream, _: &mut Self::Context) -> Self::Result {
        let (Line::Stream(offer), Some(connection)) = (&mut self.parts.line, &mut self.connection) else {
            return None;
        };
        match offer.meaning(&patch.session, &patch.fragment) {
            Meaning::Candidates => Some(Patched::Noted),
            Meaning::OtherSession => Some(Patched::OtherSession),
            Meaning::Mismatch => Some(Patched::Mismatch),
            Meaning::Restart => {
                offer.restart(patch.fragment);
                let peer = connection.peer;
                let ice = self.parts.link.new_credentials(peer);
                connection.restart(ice.clone());
                self.parts.link.command(Command::RestartIce { peer, ice });
                self.describe_stream();
                self.stream_answer().map(Patched::Restarted)
            }
        }
    }
}
