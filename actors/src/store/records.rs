//! The records of the store: plain data, validated at the edges that make them.

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// An account's id: 16 random characters, never shown.
    AccountId
);
text_id!(
    /// A room's id: 16 random characters, for its owner's API calls. Not a secret: it opens no door.
    RoomId
);

text_id!(
    /// A stream token's id: 16 random characters, for its owner's API calls. Not the token: it opens nothing.
    TokenId
);

/// Days since 1970-01-01 (UTC): all the time that sessions know.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(pub u32);

/// What an account keeps: no e-mail, no last login.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Login name as typed; unique in lower case.
    pub login: String,
    /// PHC string (argon2id).
    pub password_hash: String,
}

/// A browser that is logged in.
#[derive(Clone, Debug)]
pub struct Session {
    /// SHA-256 of the cookie's token: the file on disk opens no session.
    pub token_hash: [u8; 32],
    /// Whose.
    pub account: AccountId,
    /// Last day on which it is good.
    pub expires: Day,
}

/// Who may come in by the link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LobbyPolicy {
    /// Everyone with the link.
    Open,
    /// A host admits each.
    Knock,
    /// Hosts only; to everyone else the door does not exist.
    Closed,
}

/// Who may draw.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
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

/// What becomes of the board when everybody has left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Keeping {
    /// It is wiped a minute later.
    #[default]
    Wipe,
    /// It is wiped when nobody has come for so many days, 1 to [`KEEP_DAYS_MAX`].
    Days(u16),
    /// It stays until somebody deletes it.
    Keep,
}

/// The longest time for [`Keeping::Days`].
pub const KEEP_DAYS_MAX: u16 = 365;

impl Keeping {
    /// Whether the board outlives the meeting.
    pub fn keeps(self) -> bool {
        self != Self::Wipe
    }

    /// Whether the number of days is one that can be asked for.
    pub fn is_valid(self) -> bool {
        match self {
            Self::Wipe | Self::Keep => true,
            Self::Days(days) => (1..=KEEP_DAYS_MAX).contains(&days),
        }
    }
}

/// The eight washes of the design.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomColour {
    /// `--room-honey`
    Honey,
    /// `--room-pine`
    Pine,
    /// `--room-fluff`
    Fluff,
    /// `--room-brick`
    Brick,
    /// `--room-sky`
    Sky,
    /// `--room-plum`
    Plum,
    /// `--room-moss`
    Moss,
    /// `--room-chalk`
    Chalk,
}

impl RoomColour {
    /// All of them, in the design's order.
    pub const ALL: [Self; 8] =
        [Self::Honey, Self::Pine, Self::Fluff, Self::Brick, Self::Sky, Self::Plum, Self::Moss, Self::Chalk];
}

/// A room as its owner made it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoomRecord {
    /// Its id.
    pub id: RoomId,
    /// Whose.
    pub owner: AccountId,
    /// 1–64 characters, text.
    pub name: String,
    /// The secret: 22 characters of base64url (132 bits).
    pub link: String,
    /// 3–20 characters of `a-z0-9-`; unique.
    pub short_name: Option<String>,
    /// One of the design's washes.
    pub colour: RoomColour,
    /// One emoji, shown by the system's font.
    pub emoji: Option<String>,
    /// Who may come in by the link.
    pub lobby: LobbyPolicy,
    /// Who may draw.
    pub drawing: DrawingRight,
    /// Whether everybody's cursors are shown on the board, or only those of presenter and hosts.
    pub cursors: bool,
    /// What becomes of the board when everybody has left.
    pub keeping: Keeping,
}

/// What a stream token lets its holder do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamRight {
    /// Send sound and pictures into the room, and receive nothing (WHIP).
    Publish,
    /// Receive what the room hears and sees, and send nothing (WHEP).
    Watch,
}

/// What lets a program stream into or out of a room, minted by the room's owner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamToken {
    /// Its id.
    pub id: TokenId,
    /// The room it is good for.
    pub room: RoomId,
    /// What it lets do.
    pub right: StreamRight,
    /// The name that people in the room see.
    pub name: String,
    /// SHA-256 of the token: the file on disk opens no room.
    pub hash: [u8; 32],
    /// Unix seconds from which it begins nothing any more.
    pub expires: Option<u64>,
}

/// What somebody typed or clicked to come in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Door {
    /// The secret link part.
    Link(String),
    /// The public short name: one always knocks.
    ShortName(String),
}

impl Door {
    /// Links have 22 and more characters, short names at most 20: length tells them apart.
    pub fn parse(text: &str) -> Self {
        if text.chars().count() >= 22 {
            Self::Link(text.to_owned())
        } else {
            Self::ShortName(text.to_lowercase())
        }
    }
}

/// A kept board.
#[derive(Clone, Default, Debug)]
pub struct StoredBoard {
    /// Yjs update v1 of everything up to the last compaction.
    pub snapshot: Option<Vec<u8>>,
    /// Updates since, oldest first.
    pub updates: Vec<Vec<u8>>,
    /// Damaged rows of it were once set aside, for whoever wants to try.
    pub aside: bool,
}

/// One half-hour of the whole server: sums, no rooms, no persons.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct LoadSample {
    /// Start of the half-hour, unix seconds, a multiple of 1,800.
    pub start: u64,
    /// Most rooms live at once.
    pub rooms_max: u32,
    /// Most people at once.
    pub people_max: u32,
    /// Mean traffic of both directions, bits per second.
    pub traffic_bps: u64,
    /// Mean CPU use, thousandths of all cores.
    pub cpu_permille: u16,
    /// Largest resident memory, thousandths of the machine's.
    pub memory_permille: u16,
}
