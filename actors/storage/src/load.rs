//! The ring of public load figures: 400 days of half-hours, each in its own place, then over the oldest.

use crate::failed;
use actors::store::{LoadSample, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

const HALF_HOUR_SECONDS: u64 = 1_800;
/// 400 days.
pub(crate) const PLACES: u64 = 400 * 48;

pub(crate) async fn put(pool: &SqlitePool, sample: LoadSample) -> Result<(), StoreError> {
    sqlx::query(
        "REPLACE INTO load_ring (place, start, rooms_max, people_max, traffic_bps, cpu_permille, memory_permille)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(whole(sample.start / HALF_HOUR_SECONDS % PLACES))
    .bind(whole(sample.start))
    .bind(sample.rooms_max)
    .bind(sample.people_max)
    .bind(whole(sample.traffic_bps))
    .bind(sample.cpu_permille)
    .bind(sample.memory_permille)
    .execute(pool)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(crate) async fn since(pool: &SqlitePool, from: u64) -> Result<Vec<LoadSample>, StoreError> {
    sqlx::query("SELECT * FROM load_ring WHERE start >= ? ORDER BY start")
        .bind(whole(from))
        .try_map(|row: SqliteRow| {
            Ok(LoadSample {
                start: row.try_get::<i64, _>("start")?.unsigned_abs(),
                rooms_max: row.try_get("rooms_max")?,
                people_max: row.try_get("people_max")?,
                traffic_bps: row.try_get::<i64, _>("traffic_bps")?.unsigned_abs(),
                cpu_permille: row.try_get("cpu_permille")?,
                memory_permille: row.try_get("memory_permille")?,
            })
        })
        .fetch_all(pool)
        .await
        .map_err(failed)
}

/// SQLite's integers are signed.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
