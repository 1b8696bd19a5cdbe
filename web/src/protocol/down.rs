//! Messages down: from the server to the client.

use crate::keeping::Keeping;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who may draw.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DrawingRight {
    /// Everyone in the room, but those whom a host stopped.
    Everyone,
    /// Those whom a host chose, the presenter, and hosts.
    Chosen,
    /// The presenter and hosts.
    Presenter,
    /// Hosts; the others watch.
    Hosts,
}

/// What somebody is in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The room's owner.
    Host,
    /// Everyone else.
    Guest,
}

/// A room's face.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct RoomFace {
    /// Its name: text, never markup.
    pub name: String,
    /// One of the eight washes, e.g. `fluff`.
    pub colour: String,
    /// One emoji.
    pub emoji: Option<String>,
}

/// The meeting's settings that everybody sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct MeetingSettings {
    /// Who may draw.
    pub drawing: DrawingRight,
    /// Whether everybody's cursors are shown on the board, or only those of presenter and hosts.
    pub cursors: bool,
    /// What becomes of the board when everybody has left.
    pub keeping: Keeping,
}

/// Somebody in the room.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Participant {
    /// Their id for this stay.
    pub id: String,
    /// Display name: text, never markup.
    pub name: String,
    /// Host or guest.
    pub role: Role,
    /// Ball colour, 0–7.
    pub ball: u8,
    /// The microphone is switched on.
    pub microphone: bool,
    /// The camera is switched on.
    pub camera: bool,
    /// The screen is shared.
    pub screen: bool,
    /// Their socket is gone; they may come back.
    pub away: bool,
    /// They present; at most one does.
    pub presenter: bool,
    /// They may draw.
    pub may_draw: bool,
}

/// What a slot may carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Somebody's voice.
    Microphone,
    /// Somebody's face.
    Camera,
    /// Somebody's screen.
    Screen,
    /// The server's music.
    Music,
}

/// What a slot carries.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Source {
    /// Whose; null for music.
    pub participant: Option<String>,
    /// What.
    pub kind: SourceKind,
}

/// A receiving m-line and what it carries.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Slot {
    /// The m-line's `mid`.
    pub mid: String,
    /// Null: nothing.
    pub source: Option<Source>,
}

/// Somebody at the door.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Knock {
    /// Their id.
    pub participant: String,
    /// Display name: text, never markup.
    pub name: String,
    /// How long they have waited.
    pub waiting_seconds: u32,
}

/// A session description to answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Offer {
    /// Counts up; named in the answer.
    pub version: u32,
    /// Session description.
    pub sdp: String,
}

/// A TURN or STUN server, as `RTCIceServer`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct IceServer {
    /// Its addresses.
    pub urls: Vec<String>,
    /// Short-lived user name.
    pub username: Option<String>,
    /// Short-lived password.
    pub credential: Option<String>,
}

/// Where the board is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct BoardTicket {
    /// The last part of the board's URL.
    pub id: String,
    /// Names the participant to the board's socket.
    pub ticket: String,
}

/// What the server knows of one's media connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MediaConnection {
    /// Media can flow both ways.
    Connected,
    /// Nothing has come for some seconds.
    Lost,
}

/// A layer of a video publication, by its `rid`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The smallest.
    L,
    /// The middle one.
    M,
    /// The largest; also the only one of a publication without layers.
    H,
}

/// Why a slot carries the layer that it carries and not a larger one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QualityReason {
    /// It is the best there is.
    Full,
    /// The shown size needs no more.
    Size,
    /// This receiver's line carries no more.
    Line,
    /// The publisher does not send more.
    Source,
    /// The server is overloaded.
    Server,
    /// Nothing is sent, because of the line or the server.
    Paused,
    /// Nothing is sent, because this client did not accept the publication's codec.
    Codec,
}

/// What a video slot carries.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct SlotQuality {
    /// The m-line's `mid`.
    pub mid: String,
    /// Null: nothing.
    pub layer: Option<Layer>,
    /// Why not more.
    pub reason: QualityReason,
}

/// Why it is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ByeReason {
    /// Turned away at the door.
    Refused,
    /// Sent out by a host.
    Removed,
    /// The room was deleted or closed.
    RoomGone,
    /// The same participant came in by another socket.
    Elsewhere,
    /// The server restarts; come back by yourself.
    Restarting,
    /// You said goodbye.
    Left,
}

/// Everything the server may say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The answer to `join`.
    Joined {
        /// Your id.
        you: String,
        /// For coming back.
        resume: String,
        /// Host or guest.
        role: Role,
        /// The room's face.
        room: RoomFace,
        /// To be answered.
        offer: Offer,
        /// TURN servers, if any.
        ice_servers: Vec<IceServer>,
    },
    /// You are in the lobby.
    Waiting {
        /// How many wait before you.
        ahead: u32,
    },
    /// You are in.
    Welcome {
        /// Everyone, you too.
        participants: Vec<Participant>,
        /// All slots.
        slots: Vec<Slot>,
        /// The meeting's settings.
        settings: MeetingSettings,
        /// Where the board is.
        board: BoardTicket,
        /// Whether you may draw.
        may_draw: bool,
        /// Who waits (hosts; empty for guests).
        knocks: Vec<Knock>,
    },
    /// Somebody came in.
    ParticipantJoined {
        /// Who.
        participant: Participant,
    },
    /// Somebody changed.
    ParticipantChanged {
        /// Who, as they are now.
        participant: Participant,
    },
    /// Somebody left.
    ParticipantLeft {
        /// Who.
        participant: String,
    },
    /// Slots changed hands.
    Slots {
        /// Only those that changed.
        slots: Vec<Slot>,
    },
    /// Who is heard, the loudest first.
    Speaking {
        /// Their ids.
        participants: Vec<String>,
    },
    /// Who waits (hosts).
    Knocks {
        /// The whole list.
        knocks: Vec<Knock>,
    },
    /// The room or its settings changed.
    RoomChanged {
        /// The room's face.
        room: RoomFace,
        /// The meeting's settings.
        settings: MeetingSettings,
        /// Whether you may draw now.
        may_draw: bool,
        /// Everyone who may draw now; brings every `Participant.may_draw` up to date.
        drawers: Vec<String>,
    },
    /// More slots or an ICE restart: answer it.
    Offer {
        /// Counts up; named in the answer.
        version: u32,
        /// Session description.
        sdp: String,
    },
    /// What the server knows of your media connection.
    Media {
        /// The state now.
        state: MediaConnection,
    },
    /// Which of your own pictures anybody watches now: send exactly these.
    Layers {
        /// Encodings of the camera, the smallest first; empty: none.
        camera: Vec<Layer>,
        /// Whether the screen is watched.
        screen: bool,
    },
    /// How well you are served.
    Quality {
        /// Only the video slots that changed.
        slots: Vec<SlotQuality>,
        /// Bits a second that your line is estimated to carry; null: not known.
        estimate: Option<u64>,
    },
    /// Something was refused; the socket stays open.
    Error {
        /// Stable, snake_case.
        code: String,
        /// A sentence for people.
        message: String,
    },
    /// The answer to `ping`.
    Pong,
    /// The last message.
    Bye {
        /// Why.
        reason: ByeReason,
    },
}
