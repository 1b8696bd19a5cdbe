//! Rooms.

use crate::failed;
use actors::store::{
    AccountId, Door, DrawingRight, Keeping, LobbyPolicy, RoomColour, RoomId, RoomRecord, StoreError,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

pub(crate) async fn add(pool: &SqlitePool, room: &RoomRecord) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO rooms (id, owner, name, link, short_name, colour, emoji, lobby, drawing, cursors, keeping,
         keep_days) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&room.id.0)
    .bind(&room.owner.0)
    .bind(&room.name)
    .bind(&room.link)
    .bind(&room.short_name)
    .bind(colour_word(room.colour))
    .bind(&room.emoji)
    .bind(lobby_word(room.lobby))
    .bind(drawing_word(room.drawing))
    .bind(room.cursors)
    .bind(keeping_word(room.keeping))
    .bind(keep_days(room.keeping))
    .execute(pool)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(crate) async fn update(pool: &SqlitePool, room: &RoomRecord) -> Result<(), StoreError> {
    let changed = sqlx::query(
        "UPDATE rooms SET name = ?, link = ?, short_name = ?, colour = ?, emoji = ?, lobby = ?, drawing = ?,
         cursors = ?, keeping = ?, keep_days = ?,
         last_visit = CASE WHEN ? = 'days' THEN last_visit END WHERE id = ?",
    )
    .bind(&room.name)
    .bind(&room.link)
    .bind(&room.short_name)
    .bind(colour_word(room.colour))
    .bind(&room.emoji)
    .bind(lobby_word(room.lobby))
    .bind(drawing_word(room.drawing))
    .bind(room.cursors)
    .bind(keeping_word(room.keeping))
    .bind(keep_days(room.keeping))
    .bind(keeping_word(room.keeping))
    .bind(&room.id.0)
    .execute(pool)
    .await
    .map_err(failed)?;
    if changed.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Its board goes with it (`ON DELETE CASCADE`).
pub(crate) async fn delete(pool: &SqlitePool, id: &RoomId) -> Result<(), StoreError> {
    let deleted =
        sqlx::query("DELETE FROM rooms WHERE id = ?").bind(&id.0).execute(pool).await.map_err(failed)?;
    if deleted.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

pub(crate) async fn by_id(pool: &SqlitePool, id: &RoomId) -> Result<Option<RoomRecord>, StoreError> {
    one(pool, "SELECT * FROM rooms WHERE id = ?", &id.0).await
}

pub(crate) async fn by_door(pool: &SqlitePool, door: &Door) -> Result<Option<RoomRecord>, StoreError> {
    match door {
        Door::Link(link) => one(pool, "SELECT * FROM rooms WHERE link = ?", link).await,
        Door::ShortName(name) => one(pool, "SELECT * FROM rooms WHERE short_name = ?", name).await,
    }
}

pub(crate) async fn of(pool: &SqlitePool, owner: &AccountId) -> Result<Vec<RoomRecord>, StoreError> {
    sqlx::query("SELECT * FROM rooms WHERE owner = ? ORDER BY name, id")
        .bind(&owner.0)
        .try_map(record)
        .fetch_all(pool)
        .await
        .map_err(failed)
}

pub(crate) async fn all(pool: &SqlitePool) -> Result<Vec<RoomRecord>, StoreError> {
    sqlx::query("SELECT * FROM rooms ORDER BY name, id").try_map(record).fetch_all(pool).await.map_err(failed)
}

async fn one(pool: &SqlitePool, query: &'static str, key: &str) -> Result<Option<RoomRecord>, StoreError> {
    sqlx::query(query).bind(key).try_map(record).fetch_optional(pool).await.map_err(failed)
}

fn record(row: SqliteRow) -> Result<RoomRecord, sqlx::Error> {
    Ok(RoomRecord {
        id: RoomId(row.try_get("id")?),
        owner: AccountId(row.try_get("owner")?),
        name: row.try_get("name")?,
        link: row.try_get("link")?,
        short_name: row.try_get("short_name")?,
        colour: word(&row, "colour", &RoomColour::ALL, colour_word)?,
        emoji: row.try_get("emoji")?,
        lobby: word(&row, "lobby", &LOBBIES, lobby_word)?,
        drawing: word(&row, "drawing", &DRAWINGS, drawing_word)?,
        cursors: row.try_get("cursors")?,
        keeping: word(&row, "keeping", &keepings(row.try_get("keep_days")?), keeping_word)?,
    })
}

/// The one of `all` whose word stands in the column.
fn word<T: Copy>(
    row: &SqliteRow,
    column: &'static str,
    all: &[T],
    word_of: fn(T) -> &'static str,
) -> Result<T, sqlx::Error> {
    let found: &str = row.try_get(column)?;
    all.iter()
        .copied()
        .find(|&value| word_of(value) == found)
        .ok_or_else(|| sqlx::Error::Decode(format!("an unknown word in column {column}").into()))
}

const LOBBIES: [LobbyPolicy; 3] = [LobbyPolicy::Open, LobbyPolicy::Knock, LobbyPolicy::Closed];
const DRAWINGS: [DrawingRight; 4] =
    [DrawingRight::Everyone, DrawingRight::Chosen, DrawingRight::Presenter, DrawingRight::Hosts];

/// What a room with so many days in its column may say.
fn keepings(days: Option<u16>) -> [Keeping; 3] {
    [Keeping::Wipe, Keeping::Days(days.unwrap_or(1)), Keeping::Keep]
}

fn keeping_word(keeping: Keeping) -> &'static str {
    match keeping {
        Keeping::Wipe => "wipe",
        Keeping::Days(_) => "days",
        Keeping::Keep => "keep",
    }
}

fn keep_days(keeping: Keeping) -> Option<u16> {
    match keeping {
        Keeping::Days(days) => Some(days),
        Keeping::Wipe | Keeping::Keep => None,
    }
}

fn colour_word(colour: RoomColour) -> &'static str {
    match colour {
        RoomColour::Honey => "honey",
        RoomColour::Pine => "pine",
        RoomColour::Fluff => "fluff",
        RoomColour::Brick => "brick",
        RoomColour::Sky => "sky",
        RoomColour::Plum => "plum",
        RoomColour::Moss => "moss",
        RoomColour::Chalk => "chalk",
    }
}

fn lobby_word(lobby: LobbyPolicy) -> &'static str {
    match lobby {
        LobbyPolicy::Open => "open",
        LobbyPolicy::Knock => "knock",
        LobbyPolicy::Closed => "closed",
    }
}

fn drawing_word(drawing: DrawingRight) -> &'static str {
    match drawing {
        DrawingRight::Everyone => "everyone",
        DrawingRight::Chosen => "chosen",
        DrawingRight::Presenter => "presenter",
        DrawingRight::Hosts => "hosts",
    }
}
