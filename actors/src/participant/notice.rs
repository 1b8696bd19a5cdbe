//! What a participant is told. Plain data; the edge turns it into the wire's words.

use super::ParticipantId;
use crate::authority::Role;
use crate::store::{DrawingRight, Keeping, RoomColour};
use media_plane::{Bitrate, LayerSet, SlotId, SlotQuality};
use std::sync::Arc;

/// What somebody has switched on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MediaState {
    /// The microphone is heard.
    pub microphone: bool,
    /// The camera is seen.
    pub camera: bool,
    /// The screen is shared.
    pub screen: bool,
}

impl MediaState {
    /// Without the pictures that are on here and not in `before` and that `admits` refuses: it is asked once for each.
    pub(crate) fn limited(self, before: Self, mut admits: impl FnMut() -> bool) -> Self {
        let camera = self.camera && (before.camera || admits());
        let screen = self.screen && (before.screen || admits());
        Self { camera, screen, ..self }
    }

    /// Number of publications that are on.
    pub fn publications(self) -> i64 {
        i64::from(self.microphone) + i64::from(self.camera) + i64::from(self.screen)
    }
}

/// A room's face.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoomFace {
    /// Its name.
    pub name: String,
    /// Its wash.
    pub colour: RoomColour,
    /// Its emoji.
    pub emoji: Option<String>,
}

/// The settings that everybody in a meeting sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MeetingSettings {
    /// Who may draw.
    pub drawing: DrawingRight,
    /// Whether everybody's cursors are shown.
    pub cursors: bool,
    /// What becomes of the board when everybody has left.
    pub keeping: Keeping,
}

/// Somebody in the room, as the others see them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// Their id.
    pub id: ParticipantId,
    /// Display name.
    pub name: String,
    /// Host or guest.
    pub role: Role,
    /// Ball colour, 0–7.
    pub ball: u8,
    /// What is switched on.
    pub media: MediaState,
    /// Their socket is gone; they may come back.
    pub away: bool,
    /// They present.
    pub presenter: bool,
    /// They may draw.
    pub may_draw: bool,
}

/// What a slot carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SlotSource {
    /// Nothing.
    Empty,
    /// The server's music.
    Music,
    /// Somebody's voice.
    Microphone(ParticipantId),
    /// Somebody's face.
    Camera(ParticipantId),
    /// Somebody's screen.
    Screen(ParticipantId),
}

/// A slot and what it carries from now on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlotNotice {
    /// Which.
    pub slot: SlotId,
    /// What.
    pub source: SlotSource,
}

/// What there is to see of somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture {
    /// Their face.
    Camera,
    /// Their screen.
    Screen,
}

/// A picture that somebody's client shows now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Whose.
    pub participant: ParticipantId,
    /// Which of theirs.
    pub picture: Picture,
    /// Device pixels.
    pub width: u16,
    /// Device pixels.
    pub height: u16,
    /// Kept in view by hand.
    pub pinned: bool,
}

/// Somebody at the door, as hosts see them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnockNotice {
    /// Their id.
    pub participant: ParticipantId,
    /// Display name.
    pub name: String,
    /// How long they have waited.
    pub waiting_seconds: u32,
}

/// What somebody new learns first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JoinedNotice {
    /// Their id.
    pub you: ParticipantId,
    /// Their token for coming back.
    pub resume: String,
    /// Host or guest.
    pub role: Role,
    /// The room's face.
    pub room: RoomFace,
    /// The offer's version.
    pub version: u32,
    /// The offer.
    pub sdp: String,
}

/// What somebody learns who comes in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WelcomeNotice {
    /// Everyone inside.
    pub participants: Vec<Profile>,
    /// The meeting's settings.
    pub settings: MeetingSettings,
    /// Last part of the board's URL.
    pub board: String,
    /// Names this participant to the board's socket.
    pub ticket: String,
    /// Whether they may draw.
    pub may_draw: bool,
    /// Who waits; empty for guests.
    pub knocks: Vec<KnockNotice>,
    /// What their slots carry already.
    pub slots: Vec<SlotNotice>,
}

/// Why it is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Farewell {
    /// Turned away at the door.
    Refused,
    /// Sent out by a host.
    Removed,
    /// The room was deleted or closed.
    RoomGone,
    /// The same participant came in by another socket.
    Elsewhere,
    /// The server or the room restarts; coming back works.
    Restarting,
    /// They said goodbye.
    Left,
}

/// A refusal that leaves the socket open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The right is missing.
    #[error("Only hosts of this room may do that.")]
    Forbidden,
    /// They are gone.
    #[error("That person is no longer here.")]
    ParticipantUnknown,
    /// They watch at the moment.
    #[error("You may only watch this board at the moment.")]
    DrawingNotAllowed,
    /// No such number of days.
    #[error("A board can be kept for 1 to 365 days.")]
    KeepingInvalid,
    /// The session description was not understood.
    #[error("Your browser's answer could not be read. Reload the page to try again.")]
    AnswerInvalid,
    /// The disk did not take it.
    #[error("The setting could not be saved. Please try again in a moment.")]
    NotSaved,
    /// The server has no room for another picture.
    #[error(
        "The server has no room for another picture at the moment. You are still heard. Try again when somebody has switched theirs off."
    )]
    ServerFull,
}

impl Refusal {
    /// Stable code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::ParticipantUnknown => "participant_unknown",
            Self::DrawingNotAllowed => "drawing_not_allowed",
            Self::KeepingInvalid => "keeping_invalid",
            Self::AnswerInvalid => "answer_invalid",
            Self::NotSaved => "not_saved",
            Self::ServerFull => "server_full",
        }
    }
}

/// Everything a participant can be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Notice {
    /// The answer to joining.
    Joined(Box<JoinedNotice>),
    /// In the lobby, with so many ahead.
    Waiting {
        /// How many wait before them.
        ahead: u32,
    },
    /// Inside.
    Welcome(Box<WelcomeNotice>),
    /// Somebody came in.
    ParticipantJoined(Profile),
    /// Somebody changed.
    ParticipantChanged(Profile),
    /// Somebody left.
    ParticipantLeft(ParticipantId),
    /// Slots changed hands.
    Slots(Vec<SlotNotice>),
    /// Who is heard, the loudest first.
    Speaking(Vec<ParticipantId>),
    /// Who waits (hosts).
    Knocks(Vec<KnockNotice>),
    /// The room's face or settings changed.
    RoomChanged {
        /// The face.
        room: RoomFace,
        /// The settings.
        settings: MeetingSettings,
        /// Whether this participant may draw now.
        may_draw: bool,
        /// Everyone who may draw now.
        drawers: Arc<[ParticipantId]>,
    },
    /// A new offer.
    Offer {
        /// Its version.
        version: u32,
        /// Session description.
        sdp: String,
    },
    /// Their media connection works, or has gone quiet.
    Media {
        /// Whether it works.
        connected: bool,
    },
    /// Which of their own pictures anybody watches.
    Layers {
        /// Layers of the camera.
        camera: LayerSet,
        /// Whether the screen is watched.
        screen: bool,
    },
    /// How well they are served.
    Quality {
        /// The video slots that changed.
        slots: Vec<(SlotId, SlotQuality)>,
        /// What their line is estimated to carry.
        estimate: Option<Bitrate>,
    },
    /// Something they asked for was refused.
    Refused(Refusal),
    /// The last word.
    Bye(Farewell),
}
