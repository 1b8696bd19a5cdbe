//! What outlives a meeting, behind one small trait: accounts, rooms, sessions, stream tokens, kept boards, coarse load
//! figures.
//!
//! The trait belongs to the control plane and knows no SQL; `storage` implements it. Every method is one transaction;
//! when it returns `Ok` the change is on disk. Deleted means overwritten too (`secure_delete`).

mod records;
mod shelf;

pub use records::*;
pub use shelf::*;

use async_trait::async_trait;
use std::sync::Arc;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The login, short name or link is taken.
    #[error("that name is taken")]
    Taken,
    /// No such record.
    #[error("there is no such record")]
    NotFound,
    /// The disk has no room for it.
    #[error("the disk is full")]
    Full,
    /// What is kept is not what was once written.
    #[error("what was kept is damaged")]
    Damaged,
    /// Something else: the text is for the operator's log.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// Shared handle to the store.
pub type SharedStore = Arc<dyn Store>;

/// See the module's text.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Number of accounts; 0 means that the set-up link is still open.
    async fn count_accounts(&self) -> Result<u64, StoreError>;
    /// Adds an account. `Taken` when the login exists (compared in lower case).
    async fn add_account(&self, account: Account) -> Result<(), StoreError>;
    /// By login, compared in lower case.
    async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError>;
    /// By id.
    async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError>;
    /// Replaces the password hash and ends all sessions of the account.
    async fn set_password(&self, id: &AccountId, password_hash: &str) -> Result<(), StoreError>;
    /// Deletes the account, its rooms, boards and sessions.
    async fn delete_account(&self, id: &AccountId) -> Result<(), StoreError>;

    /// Adds a session.
    async fn add_session(&self, session: Session) -> Result<(), StoreError>;
    /// The session of a token's hash, unless it expired before `today`.
    async fn session(&self, token_hash: &[u8; 32], today: Day) -> Result<Option<Session>, StoreError>;
    /// Ends one session; fine when there is none.
    async fn delete_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError>;
    /// Forgets sessions that expired before `today`.
    async fn purge_sessions(&self, today: Day) -> Result<(), StoreError>;

    /// Adds a room. `Taken` when its short name exists.
    async fn add_room(&self, room: RoomRecord) -> Result<(), StoreError>;
    /// Replaces the room's settings, link and short name. `NotFound`, `Taken`.
    async fn update_room(&self, room: RoomRecord) -> Result<(), StoreError>;
    /// Deletes the room and everything of its board.
    async fn delete_room(&self, id: &RoomId) -> Result<(), StoreError>;
    /// By id.
    async fn room(&self, id: &RoomId) -> Result<Option<RoomRecord>, StoreError>;
    /// By link, or else by short name.
    async fn room_by_door(&self, door: &Door) -> Result<Option<RoomRecord>, StoreError>;
    /// All rooms of an account, by name.
    async fn rooms_of(&self, owner: &AccountId) -> Result<Vec<RoomRecord>, StoreError>;
    /// All rooms, by name (for the command line).
    async fn rooms(&self) -> Result<Vec<RoomRecord>, StoreError>;

    /// Adds a stream token. `NotFound` when its room does not exist.
    async fn add_token(&self, token: StreamToken) -> Result<(), StoreError>;
    /// All stream tokens of a room, by name, those that expired too.
    async fn tokens_of(&self, room: &RoomId) -> Result<Vec<StreamToken>, StoreError>;
    /// By its hash, expired or not.
    async fn token(&self, hash: &[u8; 32]) -> Result<Option<StreamToken>, StoreError>;
    /// Deletes a token of a room. `NotFound`.
    async fn delete_token(&self, room: &RoomId, id: &TokenId) -> Result<(), StoreError>;

    /// A kept board: its snapshot, then the updates since, oldest first. `None` when nothing is kept.
    async fn load_board(&self, room: &RoomId) -> Result<Option<StoredBoard>, StoreError>;
    /// Appends updates to the board's log, in one transaction.
    async fn append_board(&self, room: &RoomId, updates: Vec<Vec<u8>>) -> Result<(), StoreError>;
    /// Replaces snapshot and log by one snapshot.
    async fn compact_board(&self, room: &RoomId, snapshot: Vec<u8>) -> Result<(), StoreError>;
    /// The same, and keeps what was there beside it, because part of that is damaged.
    async fn set_board_aside(&self, room: &RoomId, snapshot: Vec<u8>) -> Result<(), StoreError>;
    /// Forgets what was drawn, its versions, and what was set aside of it; the board's files stay for those who look at it.
    async fn delete_board(&self, room: &RoomId) -> Result<(), StoreError>;
    /// What is kept of boards beside that.
    fn shelf(&self) -> &dyn BoardShelf;

    /// Writes one half-hour of load figures into the ring, over whatever stood in that place 400 days ago.
    async fn put_load(&self, sample: LoadSample) -> Result<(), StoreError>;
    /// The samples since `from` (unix seconds of a half-hour's start), oldest first.
    async fn load_since(&self, from: u64) -> Result<Vec<LoadSample>, StoreError>;
}
