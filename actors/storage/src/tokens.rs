//! Stream tokens.

use crate::failed;
use actors::store::{RoomId, StoreError, StreamRight, StreamToken, TokenId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

pub(crate) async fn add(pool: &SqlitePool, token: &StreamToken) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO stream_tokens (id, room, hash, may, name, expires) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(&token.id.0)
        .bind(&token.room.0)
        .bind(&token.hash[..])
        .bind(right_word(token.right))
        .bind(&token.name)
        .bind(token.expires.map(|at| i64::try_from(at).unwrap_or(i64::MAX)))
        .execute(pool)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(crate) async fn of(pool: &SqlitePool, room: &RoomId) -> Result<Vec<StreamToken>, StoreError> {
    sqlx::query("SELECT * FROM stream_tokens WHERE room = ? ORDER BY name, id")
        .bind(&room.0)
        .try_map(record)
        .fetch_all(pool)
        .await
        .map_err(failed)
}

pub(crate) async fn by_hash(pool: &SqlitePool, hash: &[u8; 32]) -> Result<Option<StreamToken>, StoreError> {
    sqlx::query("SELECT * FROM stream_tokens WHERE hash = ?")
        .bind(&hash[..])
        .try_map(record)
        .fetch_optional(pool)
        .await
        .map_err(failed)
}

pub(crate) async fn delete(pool: &SqlitePool, room: &RoomId, id: &TokenId) -> Result<(), StoreError> {
    let deleted = sqlx::query("DELETE FROM stream_tokens WHERE room = ? AND id = ?")
        .bind(&room.0)
        .bind(&id.0)
        .execute(pool)
        .await
        .map_err(failed)?;
    if deleted.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

fn record(row: SqliteRow) -> Result<StreamToken, sqlx::Error> {
    let unreadable = |column: &str| sqlx::Error::Decode(format!("column {column} is unreadable").into());
    let hash: Vec<u8> = row.try_get("hash")?;
    let may: &str = row.try_get("may")?;
    let right =
        [StreamRight::Publish, StreamRight::Watch].into_iter().find(|&right| right_word(right) == may);
    Ok(StreamToken {
        id: TokenId(row.try_get("id")?),
        room: RoomId(row.try_get("room")?),
        right: right.ok_or_else(|| unreadable("may"))?,
        name: row.try_get("name")?,
        hash: hash.try_into().map_err(|_other_length| unreadable("hash"))?,
        expires: row.try_get::<Option<i64>, _>("expires")?.map(i64::unsigned_abs),
    })
}

fn right_word(right: StreamRight) -> &'static str {
    match right {
        StreamRight::Publish => "publish",
        StreamRight::Watch => "watch",
    }
}
