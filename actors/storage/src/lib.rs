//! What is kept on disk: the store trait over SQLite.
//!
//! One file, `kegelbahn.db`, mode 0600, with its write-ahead log beside it, and one for each board that has pictures or
//! versions (`shelf`). Committed means on disk
//! (`synchronous=FULL`); deleted means gone from the file, its log and its free pages (`Storage::forget`).
//! Several processes may have it open (the command line while the server runs): each waits for the other.
//! Knows no clock, no HTTP and no rights. Only this crate speaks SQL.

mod accounts;
mod boards;
mod file;
mod load;
mod rooms;
mod shelf;
mod tokens;

#[cfg(test)]
mod shelf_tests;
#[cfg(test)]
mod tests;

use actors::store::{
    Account, AccountId, BoardShelf, Day, Door, LoadSample, RoomId, RoomRecord, Session, Store, StoreError,
    StoredBoard, StreamToken, TokenId,
};
use async_trait::async_trait;
use shelf::Shelves;
use sqlx::SqlitePool;
use std::path::Path;

pub use file::{FILE_NAME, OpenError};

/// The open store.
pub struct Storage {
    /// One connection: SQLite has one writer at a time, and here it never has to be retried.
    writer: SqlitePool,
    /// Readers are never held up by the writer.
    readers: SqlitePool,
    /// Files and versions of boards.
    shelves: Shelves,
}

impl Storage {
    /// Opens the store in `directory`, which has to exist; makes the file and its tables when they are not there.
    /// A damaged file is left untouched and reported.
    pub async fn open(directory: &Path) -> Result<Self, OpenError> {
        let (writer, readers) = file::open(directory).await?;
        Ok(Self { writer, readers, shelves: Shelves::new(directory) })
    }

    /// Writes the log into the file and closes both. The store must not be used afterwards.
    pub async fn close(&self) {
        self.shelves.close().await;
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Makes sure that what was deleted is really gone. `secure_delete` has overwritten the rows where they last
    /// stood; but when SQLite moves rows between pages it leaves copies in the gaps, and the log still has the old
    /// pages. So the file is written anew and the log cut to nothing. Costs about a second per 100 MB.
    async fn forget(&self) -> Result<(), StoreError> {
        sqlx::query("VACUUM").execute(&self.writer).await.map_err(failed)?;
        let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&self.writer)
            .await
            .map_err(failed)?;
        if busy != 0 {
            return Err(StoreError::Failed(
                "another process held the log; it still has what was deleted".into(),
            ));
        }
        Ok(())
    }
}

/// SQLite's words name tables and columns, never values.
fn failed(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::RowNotFound => StoreError::NotFound,
        sqlx::Error::Database(error) if error.is_unique_violation() => StoreError::Taken,
        sqlx::Error::Database(error) if error.is_foreign_key_violation() => StoreError::NotFound,
        error if file::is_full_disk(&error) => StoreError::Full,
        other => StoreError::Failed(other.to_string()),
    }
}

#[async_trait]
impl Store for Storage {
    async fn count_accounts(&self) -> Result<u64, StoreError> {
        accounts::count(&self.readers).await
    }
    async fn add_account(&self, account: Account) -> Result<(), StoreError> {
        accounts::add(&self.writer, &account).await
    }
    async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        accounts::by_login(&self.readers, login).await
    }
    async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        accounts::by_id(&self.readers, id).await
    }
    async fn set_password(&self, id: &AccountId, password_hash: &str) -> Result<(), StoreError> {
        accounts::set_password(&self.writer, id, password_hash).await
    }
    async fn delete_account(&self, id: &AccountId) -> Result<(), StoreError> {
        let rooms = rooms::of(&self.readers, id).await?;
        accounts::delete(&self.writer, id).await?;
        for room in rooms {
            self.shelves.remove(&room.id).await?;
        }
        self.forget().await
    }

    async fn add_session(&self, session: Session) -> Result<(), StoreError> {
        accounts::add_session(&self.writer, &session).await
    }
    async fn session(&self, token_hash: &[u8; 32], today: Day) -> Result<Option<Session>, StoreError> {
        accounts::session(&self.readers, token_hash, today).await
    }
    async fn delete_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        accounts::delete_session(&self.writer, token_hash).await
    }
    async fn purge_sessions(&self, today: Day) -> Result<(), StoreError> {
        accounts::purge_sessions(&self.writer, today).await
    }

    async fn add_room(&self, room: RoomRecord) -> Result<(), StoreError> {
        rooms::add(&self.writer, &room).await
    }
    async fn update_room(&self, room: RoomRecord) -> Result<(), StoreError> {
        rooms::update(&self.writer, &room).await
    }
    async fn delete_room(&self, id: &RoomId) -> Result<(), StoreError> {
        rooms::delete(&self.writer, id).await?;
        self.shelves.remove(id).await?;
        self.forget().await
    }
    async fn room(&self, id: &RoomId) -> Result<Option<RoomRecord>, StoreError> {
        rooms::by_id(&self.readers, id).await
    }
    async fn room_by_door(&self, door: &Door) -> Result<Option<RoomRecord>, StoreError> {
        rooms::by_door(&self.readers, door).await
    }
    async fn rooms_of(&self, owner: &AccountId) -> Result<Vec<RoomRecord>, StoreError> {
        rooms::of(&self.readers, owner).await
    }
    async fn rooms(&self) -> Result<Vec<RoomRecord>, StoreError> {
        rooms::all(&self.readers).await
    }

    async fn add_token(&self, token: StreamToken) -> Result<(), StoreError> {
        tokens::add(&self.writer, &token).await
    }
    async fn tokens_of(&self, room: &RoomId) -> Result<Vec<StreamToken>, StoreError> {
        tokens::of(&self.readers, room).await
    }
    async fn token(&self, hash: &[u8; 32]) -> Result<Option<StreamToken>, StoreError> {
        tokens::by_hash(&self.readers, hash).await
    }
    async fn delete_token(&self, room: &RoomId, id: &TokenId) -> Result<(), StoreError> {
        tokens::delete(&self.writer, room, id).await?;
        self.forget().await
    }

    async fn load_board(&self, room: &RoomId) -> Result<Option<StoredBoard>, StoreError> {
        boards::load(&self.readers, room).await
    }
    async fn append_board(&self, room: &RoomId, updates: Vec<Vec<u8>>) -> Result<(), StoreError> {
        boards::append(&self.writer, room, &updates).await
    }
    async fn compact_board(&self, room: &RoomId, snapshot: Vec<u8>) -> Result<(), StoreError> {
        boards::compact(&self.writer, room, &snapshot).await
    }
    async fn set_board_aside(&self, room: &RoomId, snapshot: Vec<u8>) -> Result<(), StoreError> {
        boards::set_aside(&self.writer, room, &snapshot).await
    }
    async fn delete_board(&self, room: &RoomId) -> Result<(), StoreError> {
        self.drop_versions(room).await?;
        if boards::delete(&self.writer, room).await? { self.forget().await } else { Ok(()) }
    }
    fn shelf(&self) -> &dyn BoardShelf {
        self
    }

    async fn put_load(&self, sample: LoadSample) -> Result<(), StoreError> {
        load::put(&self.writer, sample).await
    }
    async fn load_since(&self, from: u64) -> Result<Vec<LoadSample>, StoreError> {
        load::since(&self.readers, from).await
    }
}
