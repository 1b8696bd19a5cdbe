//! What is said to a participant.

use super::{IceFragment, IceSession, MediaState, Notice, Shown};
use tokio::sync::mpsc;

/// How many notices may wait for a slow reader; one more ends the socket.
pub const OUTBOX_LIMIT: usize = 256;

/// Somebody's socket asks for something.
#[derive(actix::Message, Clone, PartialEq, Eq, Debug)]
#[rtype(result = "()")]
pub enum Ask {
    /// The answer to an offer.
    Answer {
        /// The offer's version.
        version: u32,
        /// Session description.
        sdp: String,
    },
    /// What is switched on now.
    SetMedia(MediaState),
    /// What is shown now, the most important first; what is not named is hidden.
    View(Vec<Shown>),
    /// New ICE credentials, please.
    RestartIce,
    /// A key frame in this video slot, please.
    NeedKeyframe(u8),
    /// Goodbye.
    Leave,
    /// To the room.
    Room(crate::room::Request),
}

/// The room has something to tell.
#[derive(actix::Message, Clone, Debug)]
#[rtype(result = "()")]
pub struct Tell(pub Notice);

/// The participant is inside from now on.
#[derive(actix::Message, Clone, Copy, Debug)]
#[rtype(result = "()")]
pub struct ComeIn;

/// More pictures are to be seen than this connection has slots.
#[derive(actix::Message, Clone, Copy, Debug)]
#[rtype(result = "()")]
pub struct WantSlots(pub u8);

/// What the media plane reports of this participant's connection.
#[derive(actix::Message, Clone, Debug)]
#[rtype(result = "()")]
pub struct MediaReport(pub media_plane::Event);

/// A new socket for somebody who came back.
#[derive(actix::Message, Debug)]
#[rtype(result = "()")]
pub struct ComeBack {
    /// Its writer.
    pub out: mpsc::Sender<Notice>,
    /// What they are about to send.
    pub media: MediaState,
}

/// A socket closed without a goodbye. An older socket than the current one changes nothing.
#[derive(actix::Message, Debug)]
#[rtype(result = "()")]
pub struct SocketGone {
    /// Its writer, to tell it from a newer one.
    pub out: mpsc::Sender<Notice>,
    /// The browser said that it goes away (tab closed, reload): a shorter grace.
    pub going_away: bool,
}

/// The answer to a stream's offer. Nothing for anybody else.
#[derive(actix::Message, Clone, Copy, Debug)]
#[rtype(result = "Option<StreamAnswer>")]
pub struct ReadAnswer;

/// What a stream's client learns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamAnswer {
    /// Session description.
    pub sdp: String,
    /// Names the ICE session.
    pub tag: u32,
}

/// A stream's client speaks of its ICE session.
#[derive(actix::Message, Clone, Debug)]
#[rtype(result = "Option<Patched>")]
pub struct PatchStream {
    /// Which session it means.
    pub session: IceSession,
    /// What it says.
    pub fragment: IceFragment,
}

/// What that led to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Patched {
    /// It brought candidates, of which this server needs none.
    Noted,
    /// A new ICE session begins.
    Restarted(StreamAnswer),
    /// It was about another ICE session.
    OtherSession,
    /// Its credentials are not those of the session that it names.
    Mismatch,
}
