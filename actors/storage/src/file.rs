//! Opening the database file: rights, settings, tables, and a check that it is whole.

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlitePool};
use std::borrow::Cow;
use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The database's name in the data directory; its log is called so too, with `-wal` and `-shm` at the end.
pub const FILE_NAME: &str = "kegelbahn.db";

/// A process waits this long for another one's transaction.
const PATIENCE: Duration = Duration::from_secs(10);

/// Up to this size the whole file is checked at the start (some 10 ms); larger ones are only checked as they are
/// read, because a start has to take less than a second.
const CHECKED_BYTES_MAX: u64 = 32 * 1024 * 1024;

const READERS: u32 = 2;

/// Why the store could not be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No right, no space, no directory.
    #[error("the database {path} cannot be opened: {why}")]
    Unreachable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// The file is not what was once written.
    #[error(
        "the database {path} is damaged ({why}); nothing was changed. Stop the server, move the file and those beside \
         it (-wal, -shm) to another place, and put a backup there or start with a new one"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        why: String,
    },
    /// A newer version has changed the tables.
    #[error("the database {path} was made by a newer version of Kegelbahn; nothing was changed")]
    FromTheFuture {
        /// The file.
        path: PathBuf,
    },
}

pub(crate) async fn open(directory: &Path) -> Result<(SqlitePool, SqlitePool), OpenError> {
    let path = directory.join(FILE_NAME);
    protect(&path).map_err(|error| OpenError::Unreachable { path: path.clone(), why: error.to_string() })?;
    let writer = pool(&path, 1, options(&path)).await?;
    check(&path, &writer).await?;
    migrate(&path, &writer).await?;
    // What an earlier process left in the log is no longer needed there.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&writer)
        .await
        .map_err(|error| refused(&path, &error))?;
    let readers = pool(&path, READERS, options(&path).read_only(true)).await?;
    Ok((writer, readers))
}

/// The file is made before SQLite would, with nobody else's rights; its log inherits them.
pub(crate) fn protect(path: &Path) -> std::io::Result<()> {
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// How every file of ours is opened.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging()
}

/// Connections of which none is lent that is still in a transaction. When a commit fails, on a full disk say, SQLite
/// rolls back by itself; sqlx then fails to do so, and counts the next transactions as parts of one that is never
/// committed: each would succeed, and be on no disk.
pub(crate) fn pool_options() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .acquire_timeout(PATIENCE)
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
}

async fn pool(path: &Path, connections: u32, options: SqliteConnectOptions) -> Result<SqlitePool, OpenError> {
    pool_options()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
        .map_err(|error| refused(path, &error))
}

async fn check(path: &Path, writer: &SqlitePool) -> Result<(), OpenError> {
    if std::fs::metadata(path).map_or(0, |file| file.len()) > CHECKED_BYTES_MAX {
        return Ok(());
    }
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(writer)
        .await
        .map_err(|error| refused(path, &error))?;
    if verdict == "ok" { Ok(()) } else { Err(OpenError::Damaged { path: path.to_owned(), why: verdict }) }
}

async fn migrate(path: &Path, writer: &SqlitePool) -> Result<(), OpenError> {
    let step = |number, name: &'static str, sql: &'static str| {
        Migration::new(number, name.into(), MigrationType::Simple, sql.into(), false)
    };
    let steps = vec![
        step(1, "first", include_str!("migrations/0001_first.sql")),
        step(2, "tokens", include_str!("migrations/0002_tokens.sql")),
        step(3, "keeping", include_str!("migrations/0003_keeping.sql")),
        step(4, "last visit", include_str!("migrations/0004_last_visit.sql")),
        step(5, "board_damaged", include_str!("migrations/0005_board_damaged.sql")),
    ];
    let migrator = Migrator { migrations: Cow::Owned(steps), ..Migrator::DEFAULT };
    let mut connection = writer.acquire().await.map_err(|error| refused(path, &error))?;
    // `begin immediate` would do the same; two processes that make the tables at once must not fail.
    connection.ensure_migrations_table().await.map_err(|error| not_migrated(path, error))?;
    migrator.run_direct(&mut *connection).await.map_err(|error| not_migrated(path, error))
}

fn not_migrated(path: &Path, error: MigrateError) -> OpenError {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => {
            OpenError::FromTheFuture { path: path.to_owned() }
        }
        MigrateError::Execute(error) => refused(path, &error),
        other => OpenError::Unreachable { path: path.to_owned(), why: other.to_string() },
    }
}

fn refused(path: &Path, error: &sqlx::Error) -> OpenError {
    let (path, why) = (path.to_owned(), error.to_string());
    if is_damage(error) { OpenError::Damaged { path, why } } else { OpenError::Unreachable { path, why } }
}

/// Whether the file is not what was once written.
pub(crate) fn is_damage(error: &sqlx::Error) -> bool {
    // SQLITE_CORRUPT and SQLITE_NOTADB with their extended codes: the low byte is the plain one.
    matches!(code(error).map(|code| code & 0xff), Some(11 | 26))
}

/// Whether there was no room on the disk.
pub(crate) fn is_full_disk(error: &sqlx::Error) -> bool {
    // SQLITE_FULL, and SQLITE_IOERR_SHMSIZE where it was the index of the log for which there was none.
    matches!(code(error), Some(13 | 4874))
}

/// SQLite's extended result code.
fn code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}
