//! The API's wire types. Rust is the source; `web/client/src/generated/api.ts` is made from these.

use crate::keeping::Keeping;
use actors::store;
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// This server, as anybody may see it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct Server {
    /// The running version.
    pub version: String,
    /// Whether anybody may make an account.
    pub sign_up: bool,
    /// Whether the first account is still to be made.
    pub setup: bool,
    /// Who runs it.
    pub operator: Operator,
}

/// Who runs this server.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS, ToSchema)]
pub struct Operator {
    /// Name of the club.
    pub name: Option<String>,
    /// Link to the imprint.
    pub imprint_url: Option<String>,
    /// Link to the privacy statement.
    pub privacy_url: Option<String>,
    /// Link to the source of the running version.
    pub source_url: Option<String>,
}

/// Whether this browser is logged in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct Session {
    /// Null when not logged in.
    pub account: Option<Account>,
}

/// An account, as its owner sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct Account {
    /// Login name as typed.
    pub login: String,
}

/// A login name and a password.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// 2–32 characters of `a-zA-Z0-9._-`.
    pub login: String,
    /// 10–256 characters.
    pub password: String,
}

/// What makes the first account.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// What stands behind `#` in the set-up link.
    pub token: String,
    /// 2–32 characters of `a-zA-Z0-9._-`.
    pub login: String,
    /// 10–256 characters.
    pub password: String,
}

macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl From<store::$name> for $name {
            fn from(value: store::$name) -> Self {
                match value { $(store::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for store::$name {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

mirrored!(
    /// The eight washes of the design.
    RoomColour {
        /// Honey.
        Honey,
        /// Pine.
        Pine,
        /// Fluff.
        Fluff,
        /// Brick.
        Brick,
        /// Sky.
        Sky,
        /// Plum.
        Plum,
        /// Moss.
        Moss,
        /// Chalk.
        Chalk,
    }
);

mirrored!(
    /// Who may come in by the link.
    LobbyPolicy {
        /// Everyone with the link.
        Open,
        /// A host admits each.
        Knock,
        /// Hosts only; to everyone else the door does not exist.
        Closed,
    }
);

mirrored!(
    /// Who may draw.
    DrawingRight {
        /// Everyone in the room, but those whom a host stopped.
        Everyone,
        /// Those whom a host chose, the presenter, and hosts.
        Chosen,
        /// The presenter and hosts.
        Presenter,
        /// Hosts; the others watch.
        Hosts,
    }
);

mirrored!(
    /// What a token lets its holder do.
    StreamRight {
        /// Send into the room, receive nothing (WHIP).
        Publish,
        /// Receive from the room, send nothing (WHEP).
        Watch,
    }
);

/// A stream token, as the room's owner sees it: everything but the token itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct Token {
    /// For API calls; opens nothing.
    pub id: String,
    /// What it lets do.
    pub right: StreamRight,
    /// The name that people in the room see: text, never markup.
    pub name: String,
    /// Where its holder posts an offer to.
    pub url: String,
    /// Unix seconds from which it begins nothing any more; null when it has no end.
    pub expires: Option<u64>,
    /// Whether that moment is past.
    pub expired: bool,
}

/// A token that was just made.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct MadeToken {
    /// What can be listed of it later.
    pub details: Token,
    /// The token: told here and never again.
    pub token: String,
}

/// A token to be made.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields)]
pub struct NewToken {
    /// What it is to let do.
    pub right: StreamRight,
    /// 1–64 characters: the name that people in the room see.
    pub name: String,
    /// Seconds until it begins nothing any more; without an end when left out.
    pub expires_in: Option<u64>,
}

/// A room, as its owner sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct Room {
    /// For API calls; opens no door.
    pub id: String,
    /// Its name: text, never markup.
    pub name: String,
    /// One of the eight washes.
    pub colour: RoomColour,
    /// One emoji.
    pub emoji: Option<String>,
    /// The secret part of the link.
    pub link: String,
    /// The whole link.
    pub url: String,
    /// What can be typed on the start page, if anything.
    pub short_name: Option<String>,
    /// Who may come in by the link.
    pub lobby: LobbyPolicy,
    /// Who may draw.
    pub drawing: DrawingRight,
    /// Whether everybody's cursors are shown on the board, or only those of presenter and hosts.
    pub cursors: bool,
    /// What becomes of the board when everybody has left.
    pub keeping: Keeping,
    /// How many are inside right now.
    pub present: u32,
    /// How many wait right now.
    pub waiting: u32,
}

/// A room to be made.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields)]
pub struct NewRoom {
    /// 1–64 characters.
    pub name: String,
    /// One of the eight washes; one is dealt when left out.
    pub colour: Option<RoomColour>,
    /// One emoji.
    pub emoji: Option<String>,
}

/// What is to be changed; what is left out stays.
#[derive(Clone, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[ts(optional_fields)]
pub struct RoomChanges {
    /// 1–64 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One of the eight washes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<RoomColour>,
    /// One emoji; null takes it away.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub emoji: Option<Option<String>>,
    /// 3–20 characters of `a-z0-9-`; null takes it away.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub short_name: Option<Option<String>>,
    /// Who may come in by the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lobby: Option<LobbyPolicy>,
    /// Who may draw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawing: Option<DrawingRight>,
    /// Whether everybody's cursors are shown on the board.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursors: Option<bool>,
    /// What becomes of the board when everybody has left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeping: Option<Keeping>,
}

/// Tells `null` (take it away) from a field that was left out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(value).map(Some)
}

/// What somebody learns before a door.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct Door {
    /// The room's name: text, never markup.
    pub name: String,
    /// One of the eight washes.
    pub colour: RoomColour,
    /// One emoji.
    pub emoji: Option<String>,
    /// Whether you will have to be let in.
    pub you_knock: bool,
    /// Whether you are a host here.
    pub host: bool,
    /// Whether somebody is in.
    pub open: bool,
}
