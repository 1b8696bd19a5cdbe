//! Messages up: from the client to the server.

use super::down::DrawingRight;
use crate::keeping::Keeping;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The protocol's version, sent in `join`.
pub const PROTOCOL_VERSION: u32 = 1;

/// Which of one's publications are switched on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MediaState {
    /// The microphone is heard.
    pub microphone: bool,
    /// The camera is seen.
    pub camera: bool,
    /// The screen is shared.
    pub screen: bool,
}

/// What there is to see of somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// Their face.
    Camera,
    /// Their screen.
    Screen,
}

/// A picture that a client shows now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Whose.
    pub participant: String,
    /// Which of theirs.
    pub kind: PictureKind,
    /// Device pixels.
    pub width: u32,
    /// Device pixels.
    pub height: u32,
    /// Kept in view by hand: comes before what is not.
    pub pinned: bool,
}

/// Everything a client may say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// The first message.
    Join {
        /// [`PROTOCOL_VERSION`].
        protocol: u32,
        /// Link part or short name.
        door: String,
        /// Display name.
        name: String,
        /// Token of an earlier `joined` on this door.
        resume: Option<String>,
        /// What will be sent.
        media: MediaState,
    },
    /// The answer to the offer of this version.
    Answer {
        /// The offer's version.
        version: u32,
        /// Session description.
        sdp: String,
    },
    /// What is switched on now.
    SetMedia {
        /// The microphone is heard.
        microphone: bool,
        /// The camera is seen.
        camera: bool,
        /// The screen is shared.
        screen: bool,
    },
    /// What is shown now; what is not listed is hidden.
    View {
        /// Most important first; at most 256.
        show: Vec<Shown>,
    },
    /// Asks for an offer with new ICE credentials.
    RestartIce,
    /// Asks for a key frame in a video slot.
    NeedKeyframe {
        /// The slot.
        mid: String,
    },
    /// Answered by `pong`.
    Ping,
    /// Goodbye.
    Leave,
    /// Let this one in (hosts).
    Admit {
        /// Who waits.
        participant: String,
    },
    /// Turn this one away (hosts).
    Refuse {
        /// Who waits.
        participant: String,
    },
    /// Let everyone in who waits (hosts).
    AdmitAll,
    /// Turn everyone away who waits (hosts).
    RefuseAll,
    /// Send this one out of the room (hosts).
    Remove {
        /// Who.
        participant: String,
    },
    /// Change the meeting's settings (hosts).
    Configure {
        /// Who may draw; null leaves it.
        drawing: Option<DrawingRight>,
        /// Whether everybody's cursors are shown on the board; null leaves it.
        cursors: Option<bool>,
        /// What becomes of the board when everybody has left; null leaves it.
        keeping: Option<Keeping>,
    },
    /// This one presents from now on (hosts, and whoever presents).
    MakePresenter {
        /// Who.
        participant: String,
    },
    /// Whether this one draws, whatever the mode says (hosts).
    SetDrawing {
        /// Who.
        participant: String,
        /// Whether they may.
        may_draw: bool,
    },
}
