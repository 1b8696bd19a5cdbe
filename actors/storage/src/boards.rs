//! Kept boards: a snapshot and a log of updates since.

use crate::failed;
use actors::store::{Day, RoomId, StoreError, StoredBoard};
use sqlx::{SqliteConnection, SqlitePool};
use std::collections::HashSet;

pub(crate) async fn load(pool: &SqlitePool, room: &RoomId) -> Result<Option<StoredBoard>, StoreError> {
    // One transaction: a compaction between the two reads would lose or double the log.
    let mut transaction = pool.begin().await.map_err(failed)?;
    let snapshot: Option<Vec<u8>> = sqlx::query_scalar("SELECT snapshot FROM board_snapshots WHERE room = ?")
        .bind(&room.0)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
    let updates: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT bytes FROM board_updates WHERE room = ? ORDER BY number")
            .bind(&room.0)
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
    let aside: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM board_damaged WHERE room = ?)")
        .bind(&room.0)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    let kept = snapshot.is_some() || !updates.is_empty();
    Ok(kept.then_some(StoredBoard { snapshot, updates, aside }))
}

pub(crate) async fn append(pool: &SqlitePool, room: &RoomId, updates: &[Vec<u8>]) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    for update in updates {
        sqlx::query("INSERT INTO board_updates (room, bytes) VALUES (?, ?)")
            .bind(&room.0)
            .bind(update.as_slice())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

pub(crate) async fn compact(pool: &SqlitePool, room: &RoomId, snapshot: &[u8]) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    remove(&mut transaction, room).await?;
    insert(&mut transaction, room, snapshot).await?;
    transaction.commit().await.map_err(failed)
}

/// Replaces the board by a snapshot and moves what was there to `board_damaged`.
pub(crate) async fn set_aside(pool: &SqlitePool, room: &RoomId, snapshot: &[u8]) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    for query in [
        "INSERT INTO board_damaged (room, bytes) SELECT room, snapshot FROM board_snapshots WHERE room = ?",
        "INSERT INTO board_damaged (room, bytes) SELECT room, bytes FROM board_updates WHERE room = ? ORDER BY number",
    ] {
        sqlx::query(query).bind(&room.0).execute(&mut *transaction).await.map_err(failed)?;
    }
    remove(&mut transaction, room).await?;
    insert(&mut transaction, room, snapshot).await?;
    transaction.commit().await.map_err(failed)
}

async fn insert(connection: &mut SqliteConnection, room: &RoomId, snapshot: &[u8]) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO board_snapshots (room, snapshot) VALUES (?, ?)")
        .bind(&room.0)
        .bind(snapshot)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Whether there was anything.
pub(crate) async fn delete(pool: &SqlitePool, room: &RoomId) -> Result<bool, StoreError> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    let mut rows = remove(&mut transaction, room).await?;
    let aside = sqlx::query("DELETE FROM board_damaged WHERE room = ?").bind(&room.0);
    rows += aside.execute(&mut *transaction).await.map_err(failed)?.rows_affected();
    transaction.commit().await.map_err(failed)?;
    Ok(rows > 0)
}

async fn remove(connection: &mut SqliteConnection, room: &RoomId) -> Result<u64, StoreError> {
    let mut rows = 0;
    for query in ["DELETE FROM board_updates WHERE room = ?", "DELETE FROM board_snapshots WHERE room = ?"] {
        let deleted = sqlx::query(query).bind(&room.0).execute(&mut *connection).await.map_err(failed)?;
        rows += deleted.rows_affected();
    }
    Ok(rows)
}

/// Of boards that are kept for days, the day on which somebody last came; of others nothing.
pub(crate) async fn visited(pool: &SqlitePool, room: &RoomId, today: Day) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE rooms SET last_visit = ?2 WHERE id = ?1 AND keeping = 'days' AND COALESCE(last_visit, -1) < ?2",
    )
    .bind(&room.0)
    .bind(today.0)
    .execute(pool)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(crate) async fn expired(pool: &SqlitePool, today: Day) -> Result<Vec<RoomId>, StoreError> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    sqlx::query(
        "UPDATE rooms SET last_visit = ? WHERE keeping = 'days' AND last_visit IS NULL AND (
             EXISTS (SELECT 1 FROM board_snapshots WHERE room = rooms.id) OR
             EXISTS (SELECT 1 FROM board_updates WHERE room = rooms.id))",
    )
    .bind(today.0)
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    // Whole days: who came late on a day is not held to have come in its morning.
    let expired: Vec<String> =
        sqlx::query_scalar("SELECT id FROM rooms WHERE keeping = 'days' AND last_visit + keep_days < ?")
            .bind(today.0)
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    Ok(expired.into_iter().map(RoomId).collect())
}

pub(crate) async fn forget_visit(pool: &SqlitePool, room: &RoomId) -> Result<(), StoreError> {
    let query = sqlx::query("UPDATE rooms SET last_visit = NULL WHERE id = ? AND last_visit IS NOT NULL");
    query.bind(&room.0).execute(pool).await.map_err(failed)?;
    Ok(())
}

/// Rooms whose boards outlive their meetings.
pub(crate) async fn kept(pool: &SqlitePool) -> Result<HashSet<RoomId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM rooms WHERE keeping <> 'wipe'")
        .fetch_all(pool)
        .await
        .map_err(failed)?;
    Ok(ids.into_iter().map(RoomId).collect())
}

/// What is left of boards that are not kept; whether there was anything.
pub(crate) async fn delete_unkept(pool: &SqlitePool) -> Result<bool, StoreError> {
    let mut rows = 0;
    for query in [
        "DELETE FROM board_updates WHERE room IN (SELECT id FROM rooms WHERE keeping = 'wipe')",
        "DELETE FROM board_snapshots WHERE room IN (SELECT id FROM rooms WHERE keeping = 'wipe')",
    ] {
        rows += sqlx::query(query).execute(pool).await.map_err(failed)?.rows_affected();
    }
    Ok(rows > 0)
}
