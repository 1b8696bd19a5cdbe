//! Shelves of boards: one SQLite file each, `boards/<room>.db`, made with the first thing that is put on it.
//!
//! Deleting a shelf deletes its files, so nothing of it has to be searched for in free pages. One that is damaged so that
//! it cannot be opened is set aside, and goes with the board. Limits: at most
//! `OPEN_MAX` shelves are open at once, each with two connections; one more lets go of another.

use crate::{Storage, boards, failed};
use actors::store::{
    BoardShelf, Day, PIECE_MAX, RoomId, ShelvedFile, StoreError, StoredFile, StoredVersion, VersionState,
};
use async_trait::async_trait;
use bytes::Bytes;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{Row, SqlitePool};
use std::collections::{HashMap, HashSet};
use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::Duration;
use tokio::sync::Mutex;

/// Their directory in the data directory.
const DIRECTORY: &str = "boards";
const OPEN_MAX: usize = 32;
/// A connection that nobody used for so long is closed.
const IDLE: Duration = Duration::from_secs(60);
/// What belongs to a database file, and to one that was set aside.
const ENDINGS: [&str; 6] = [".db", ".db-wal", ".db-shm", ".db-journal", ".damaged", ".damaged-wal"];

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS files (
    id      TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    whole   INTEGER NOT NULL            -- 0 while it is uploaded
) STRICT;
CREATE TABLE IF NOT EXISTS pieces (
    file    TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    start   INTEGER NOT NULL,           -- bytes before this piece
    length  INTEGER NOT NULL,
    bytes   BLOB NOT NULL,
    PRIMARY KEY (file, start)
) STRICT;
CREATE TABLE IF NOT EXISTS versions (
    id      TEXT PRIMARY KEY,
    made_at INTEGER NOT NULL,           -- unix seconds
    reason  TEXT NOT NULL,
    state   BLOB NOT NULL               -- one Yjs update v1
) STRICT;
";
/// What came later, each once: `user_version` counts them.
const CHANGES: [&str; 2] = [
    // The day since which nothing refers to a file.
    "ALTER TABLE files ADD COLUMN unused_since INTEGER",
    // Of the state; nothing of those that are older than it. SQLite does not notice a flipped bit in a row.
    "ALTER TABLE versions ADD COLUMN checksum INTEGER",
];

/// All of them.
pub(crate) struct Shelves {
    directory: PathBuf,
    open: Mutex<HashMap<RoomId, SqlitePool>>,
    /// Files that could not be deleted: on a full disk there is no room to write that down, either. Each is still on its
    /// shelf, so there are no more of them than have room there.
    leftovers: std::sync::Mutex<HashSet<(RoomId, String)>>,
}

impl Shelves {
    pub(crate) fn new(data_dir: &Path) -> Self {
        Self { directory: data_dir.join(DIRECTORY), open: Mutex::default(), leftovers: Default::default() }
    }

    /// Lets go of all files.
    pub(crate) async fn close(&self) {
        for (_, pool) in self.open.lock().await.drain() {
            pool.close().await;
        }
    }

    /// Of a room.
    fn leftovers(&self, room: &RoomId) -> Vec<String> {
        let all = self.leftovers.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|(of, _)| of == room).map(|(_, id)| id.clone()).collect()
    }

    fn note_leftover(&self, room: &RoomId, id: &str, left: bool) {
        let mut all = self.leftovers.lock().unwrap_or_else(PoisonError::into_inner);
        let leftover = (room.clone(), id.to_owned());
        if left {
            all.insert(leftover);
        } else {
            all.remove(&leftover);
        }
    }

    fn path(&self, room: &RoomId, ending: &str) -> Result<PathBuf, StoreError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if room.0.is_empty() || !room.0.bytes().all(plain) {
            return Err(StoreError::NotFound);
        }
        Ok(self.directory.join(format!("{}{ending}", room.0)))
    }

    /// A shelf that is there; `NotFound` otherwise.
    async fn find(&self, room: &RoomId) -> Result<SqlitePool, StoreError> {
        if let Some(pool) = self.open.lock().await.get(room).filter(|pool| !pool.is_closed()) {
            return Ok(pool.clone());
        }
        if !self.path(room, ".db")?.exists() {
            return Err(StoreError::NotFound);
        }
        self.make(room).await
    }

    async fn make(&self, room: &RoomId) -> Result<SqlitePool, StoreError> {
        let mut open = self.open.lock().await;
        if let Some(pool) = open.get(room).filter(|pool| !pool.is_closed()) {
            return Ok(pool.clone());
        }
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.directory);
        made.map_err(|error| unreachable_shelf(&error))?;
        let path = self.path(room, ".db")?;
        crate::file::protect(&path).map_err(|error| unreachable_shelf(&error))?;
        let pool = match opened(&path).await {
            Err(error) if crate::file::is_damage(&error) => {
                tracing::error!(%error, "a board's pictures and versions are damaged; they are set aside");
                self.set_aside(room)?;
                crate::file::protect(&path).map_err(|error| unreachable_shelf(&error))?;
                opened(&path).await.map_err(failed)?
            }
            opened => opened.map_err(failed)?,
        };
        if open.len() >= OPEN_MAX
            && let Some(other) = open.keys().next().cloned()
        {
            // Whoever uses it right now holds it until they are done.
            open.remove(&other);
        }
        open.insert(room.clone(), pool.clone());
        Ok(pool)
    }

    /// For whoever wants to try. What was set aside before is gone.
    fn set_aside(&self, room: &RoomId) -> Result<(), StoreError> {
        for (ending, aside) in [(".db", ".damaged"), (".db-wal", ".damaged-wal")] {
            match std::fs::rename(self.path(room, ending)?, self.path(room, aside)?) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(unreachable_shelf(&error)),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Whether there was anything.
    pub(crate) async fn remove(&self, room: &RoomId) -> Result<bool, StoreError> {
        let mut open = self.open.lock().await;
        if let Some(pool) = open.remove(room) {
            pool.close().await;
        }
        let mut found = false;
        for ending in ENDINGS {
            match std::fs::remove_file(self.path(room, ending)?) {
                Ok(()) => found = true,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(unreachable_shelf(&error)),
            }
        }
        Ok(found)
    }

    /// Rooms that have a shelf.
    fn rooms(&self) -> Vec<RoomId> {
        let names = self.entries().filter_map(|entry| entry.file_name().into_string().ok());
        names.filter_map(|name| Some(RoomId(name.strip_suffix(".db")?.to_owned()))).collect()
    }

    fn entries(&self) -> impl Iterator<Item = std::fs::DirEntry> {
        std::fs::read_dir(&self.directory).into_iter().flatten().flatten()
    }
}

/// The system's words name paths below the data directory: room ids, which open nothing.
fn unreachable_shelf(error: &std::io::Error) -> StoreError {
    if error.kind() == ErrorKind::StorageFull {
        return StoreError::Full;
    }
    StoreError::Failed(format!("a board's shelf: {}", error.kind()))
}

fn options(path: &Path) -> SqliteConnectOptions {
    // Pieces need not be on disk before the file is whole; `finish_file` sees to that.
    crate::file::options(path).synchronous(SqliteSynchronous::Normal)
}

async fn opened(path: &Path) -> Result<SqlitePool, sqlx::Error> {
    let wanted = crate::file::pool_options().max_connections(2).min_connections(0).idle_timeout(IDLE);
    let pool = wanted.connect_with(options(path)).await?;
    match set_up(&pool).await {
        Ok(()) => Ok(pool),
        Err(error) => {
            pool.close().await;
            Err(error)
        }
    }
}

/// Makes the tables that a shelf lacks.
async fn set_up(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(TABLES).execute(pool).await?;
    let mut transaction = pool.begin().await?;
    let done: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await?;
    for (number, change) in (1..).zip(CHANGES).filter(|(number, _)| *number > done) {
        sqlx::query(change).execute(&mut *transaction).await?;
        let query = format!("PRAGMA user_version = {number}");
        sqlx::query(&query).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// Pages that were freed go back to the system, and the log keeps nothing of what was in them.
async fn write_anew(pool: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query("VACUUM").execute(pool).await.map_err(failed)?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(pool).await.map_err(failed)?;
    Ok(())
}

/// What is in the log goes to the disk, and stays there over a loss of power.
async fn settle(pool: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query("PRAGMA wal_checkpoint(FULL)").execute(pool).await.map_err(failed)?;
    Ok(())
}

/// Nothing where there is no shelf.
fn or_none<T>(found: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Storage {
    /// A shelf of a room that exists, made now if it is not there.
    async fn shelf_of(&self, room: &RoomId) -> Result<SqlitePool, StoreError> {
        crate::rooms::by_id(&self.readers, room).await?.ok_or(StoreError::NotFound)?;
        self.shelves.make(room).await
    }

    async fn delete_file(&self, room: &RoomId, id: &str) -> Result<(), StoreError> {
        let Some(pool) = or_none(self.shelves.find(room).await)? else { return Ok(()) };
        sqlx::query("DELETE FROM files WHERE id = ?").bind(id).execute(&pool).await.map_err(failed)?;
        // The log has grown by all that went: the disk has that room back, unless somebody reads.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await.map_err(failed)?;
        Ok(())
    }

    /// What was never whole when the server ended never will be.
    async fn drop_halves(&self, room: &RoomId) -> Result<(), StoreError> {
        let pool = self.shelves.find(room).await?;
        sqlx::query("DELETE FROM files WHERE whole = 0").execute(&pool).await.map_err(failed)?;
        Ok(())
    }
}

#[async_trait]
impl BoardShelf for Storage {
    async fn begin_file(&self, room: &RoomId, id: &str, kind: &str) -> Result<(), StoreError> {
        let pool = self.shelf_of(room).await?;
        let query = sqlx::query("INSERT INTO files (id, kind, whole) VALUES (?, ?, 0)").bind(id).bind(kind);
        query.execute(&pool).await.map_err(failed)?;
        Ok(())
    }

    async fn append_file(&self, room: &RoomId, id: &str, start: u64, piece: Bytes) -> Result<(), StoreError> {
        debug_assert!(piece.len() <= PIECE_MAX, "the edge cuts pieces");
        let pool = self.shelves.find(room).await?;
        sqlx::query("INSERT INTO pieces (file, start, length, bytes) VALUES (?, ?, ?, ?)")
            .bind(id)
            .bind(signed(start))
            .bind(signed(piece.len() as u64))
            .bind(piece.as_ref())
            .execute(&pool)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn finish_file(&self, room: &RoomId, id: &str) -> Result<(), StoreError> {
        let pool = self.shelves.find(room).await?;
        let query = sqlx::query("UPDATE files SET whole = 1 WHERE id = ?").bind(id);
        if query.execute(&pool).await.map_err(failed)?.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        settle(&pool).await
    }

    async fn drop_file(&self, room: &RoomId, id: &str) -> Result<(), StoreError> {
        let deleted = self.delete_file(room, id).await;
        self.shelves.note_leftover(room, id, deleted.is_err());
        deleted
    }

    async fn file(&self, room: &RoomId, id: &str) -> Result<Option<StoredFile>, StoreError> {
        let Some(pool) = or_none(self.shelves.find(room).await)? else { return Ok(None) };
        sqlx::query(
            "SELECT id, kind, (SELECT COALESCE(SUM(length), 0) FROM pieces WHERE file = id) AS bytes
             FROM files WHERE id = ? AND whole = 1",
        )
        .bind(id)
        .try_map(|row: sqlx::sqlite::SqliteRow| {
            Ok(StoredFile { id: row.try_get("id")?, kind: row.try_get("kind")?, bytes: bytes_of(&row)? })
        })
        .fetch_optional(&pool)
        .await
        .map_err(failed)
    }

    async fn read_file(&self, room: &RoomId, id: &str, offset: u64) -> Result<Vec<u8>, StoreError> {
        let pool = self.shelves.find(room).await?;
        sqlx::query_scalar(
            "SELECT substr(bytes, 1 + ?2 - start) FROM pieces
             WHERE file = ?1 AND start <= ?2 AND start + length > ?2 ORDER BY start DESC LIMIT 1",
        )
        .bind(id)
        .bind(signed(offset))
        .fetch_one(&pool)
        .await
        .map_err(failed)
    }

    async fn file_bytes(&self, room: &RoomId) -> Result<u64, StoreError> {
        for id in self.shelves.leftovers(room) {
            // Fine when there is still no room for it: then it counts, and the next one tries again.
            self.drop_file(room, &id).await.ok();
        }
        let Some(pool) = or_none(self.shelves.find(room).await)? else { return Ok(0) };
        let query = sqlx::query_scalar::<_, i64>("SELECT COALESCE(SUM(length), 0) FROM pieces");
        Ok(query.fetch_one(&pool).await.map_err(failed)?.unsigned_abs())
    }

    async fn files(&self, room: &RoomId) -> Result<Vec<ShelvedFile>, StoreError> {
        let Some(pool) = or_none(self.shelves.find(room).await)? else { return Ok(Vec::new()) };
        sqlx::query("SELECT id, unused_since FROM files WHERE whole = 1")
            .try_map(|row: sqlx::sqlite::SqliteRow| {
                let unused_since = row.try_get::<Option<u32>, _>("unused_since")?.map(Day);
                Ok(ShelvedFile { id: row.try_get("id")?, unused_since })
            })
            .fetch_all(&pool)
            .await
            .map_err(failed)
    }

    async fn note_unused(
        &self,
        room: &RoomId,
        ids: Vec<String>,
        since: Option<Day>,
    ) -> Result<(), StoreError> {
        let Some(pool) = or_none(self.shelves.find(room).await)? else { return Ok(()) };
        let mut transaction = pool.begin().await.map_err(failed)?;
        for id in ids {
            let query = sqlx::query("UPDATE files SET unused_since = ? WHERE id = ?");
            let query = query.bind(since.map(|day| day.0)).bind(id);
            query.execute(&mut *transaction).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn drop_files(&self, room: &RoomId, ids: Vec<String>) -> Result<(), StoreError> {
        let Some(pool) = or_none(self.shelves.find(room).await)? else { return Ok(()) };
        let mut transaction = pool.begin().await.map_err(failed)?;
        for id in ids {
            let query = sqlx::query("DELETE FROM files WHERE id = ?").bind(id);
            query.execute(&mut *transaction).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        write_anew(&pool).await
    }

    async fn add_version(
        &self,
        room: &RoomId,
        version: StoredVersion,
        content: VersionState,
        drop: Vec<String>,
    ) -> Result<(), StoreError> {
        let pool = self.shelf_of(room).await?;
        let mut transaction = pool.begin().await.map_err(failed)?;
        for id in drop {
            let query = sqlx::query("DELETE FROM versions WHERE id = ?").bind(id);
            query.execute(&mut *transaction).await.map_err(failed)?;
        }
        sqlx::query("INSERT INTO versions (id, made_at, reason, state, checksum) VALUES (?, ?, ?, ?, ?)")
            .bind(&version.id)
            .bind(signed(version.made_at))
            .bind(&version.reason)
            .bind(content.state.as_ref())
            .bind(content.checksum)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        settle(&pool).await
    }

    async fn versions(&self, room: &RoomId) -> Result<Vec<StoredVersion>, StoreError> {
        let Some(pool) = or_none(self.shelves.find(room).await)? else { return Ok(Vec::new()) };
        sqlx::query(
            "SELECT id, made_at, reason, length(state) AS bytes FROM versions ORDER BY made_at DESC, rowid DESC",
        )
        .try_map(|row: sqlx::sqlite::SqliteRow| {
            Ok(StoredVersion {
                id: row.try_get("id")?,
                made_at: row.try_get::<i64, _>("made_at")?.unsigned_abs(),
                reason: row.try_get("reason")?,
                bytes: bytes_of(&row)?,
            })
        })
        .fetch_all(&pool)
        .await
        .map_err(failed)
    }

    async fn version(&self, room: &RoomId, id: &str) -> Result<Option<VersionState>, StoreError> {
        let Some(pool) = or_none(self.shelves.find(room).await)? else { return Ok(None) };
        sqlx::query("SELECT state, checksum FROM versions WHERE id = ?")
            .bind(id)
            .try_map(|row: sqlx::sqlite::SqliteRow| {
                let state = row.try_get::<Vec<u8>, _>("state")?.into();
                Ok(VersionState { state, checksum: row.try_get("checksum")? })
            })
            .fetch_optional(&pool)
            .await
            .map_err(|error| if crate::file::is_damage(&error) { StoreError::Damaged } else { failed(error) })
    }

    async fn drop_versions(&self, room: &RoomId) -> Result<(), StoreError> {
        let Some(pool) = or_none(self.shelves.find(room).await)? else { return Ok(()) };
        let deleted = sqlx::query("DELETE FROM versions").execute(&pool).await.map_err(failed)?;
        if deleted.rows_affected() > 0 { write_anew(&pool).await } else { Ok(()) }
    }

    async fn visited(&self, room: &RoomId, today: Day) -> Result<(), StoreError> {
        boards::visited(&self.writer, room, today).await
    }

    async fn expired_boards(&self, today: Day) -> Result<Vec<RoomId>, StoreError> {
        boards::expired(&self.writer, today).await
    }

    async fn wipe_board(&self, room: &RoomId) -> Result<(), StoreError> {
        self.shelves.remove(room).await?;
        boards::forget_visit(&self.writer, room).await?;
        if boards::delete(&self.writer, room).await? { self.forget().await } else { Ok(()) }
    }

    async fn tidy_boards(&self) -> Result<(), StoreError> {
        let kept = boards::kept(&self.readers).await?;
        for room in self.shelves.rooms() {
            let tidied = if kept.contains(&room) {
                self.drop_halves(&room).await
            } else {
                self.shelves.remove(&room).await.map(drop)
            };
            // One that is damaged keeps nobody from deleting the others.
            if let Err(error) = tidied {
                tracing::error!(%error, "what an earlier life left on a board's shelf could not be deleted");
            }
        }
        if boards::delete_unkept(&self.writer).await? { self.forget().await } else { Ok(()) }
    }

    async fn shelf_bytes(&self) -> Result<u64, StoreError> {
        Ok(self.shelves.entries().filter_map(|entry| entry.metadata().ok()).map(|file| file.len()).sum())
    }
}

fn bytes_of(row: &sqlx::sqlite::SqliteRow) -> Result<u64, sqlx::Error> {
    Ok(row.try_get::<i64, _>("bytes")?.unsigned_abs())
}
