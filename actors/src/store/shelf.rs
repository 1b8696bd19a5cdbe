//! What of a board is kept beside its log: uploaded files, points to go back to, and when somebody last came.
//!
//! A board's shelf is apart from the rest of the store, so that hundreds of megabytes neither slow down what is drawn
//! nor have to be written anew when another board is deleted. Nothing here says who uploaded or saved what.

use super::{Day, RoomId, StoreError};
use async_trait::async_trait;
use bytes::Bytes;

/// Most bytes of one piece of a file.
pub const PIECE_MAX: usize = 256 * 1024;

/// Random characters of a file's id.
pub const FILE_ID_LENGTH: usize = 22;

/// An uploaded file, as it was recognised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredFile {
    /// [`FILE_ID_LENGTH`] random characters.
    pub id: String,
    /// Its media type, one of a few words.
    pub kind: String,
    /// Its length.
    pub bytes: u64,
}

/// Of a whole file, since when nothing refers to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShelvedFile {
    /// [`FILE_ID_LENGTH`] random characters.
    pub id: String,
    /// The day on which the board was first opened and nothing on it referred to the file.
    pub unused_since: Option<Day>,
}

/// A point to go back to, without its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredVersion {
    /// 16 random characters.
    pub id: String,
    /// Unix seconds.
    pub made_at: u64,
    /// Why it was made, a word.
    pub reason: String,
    /// Length of its content.
    pub bytes: u64,
}

/// What a point to go back to holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VersionState {
    /// One Yjs update.
    pub state: Bytes,
    /// Of the state as it was when it was put on the shelf; those of before there were any have none.
    pub checksum: Option<u32>,
}

/// See the module's text.
#[async_trait]
pub trait BoardShelf: Send + Sync + 'static {
    /// A file begins; what is read of it before `finish_file` is nothing. `NotFound` when there is no such room.
    async fn begin_file(&self, room: &RoomId, id: &str, kind: &str) -> Result<(), StoreError>;
    /// The next piece of a file that has begun, at most [`PIECE_MAX`] bytes from `start`.
    async fn append_file(&self, room: &RoomId, id: &str, start: u64, piece: Bytes) -> Result<(), StoreError>;
    /// The file is whole and on disk.
    async fn finish_file(&self, room: &RoomId, id: &str) -> Result<(), StoreError>;
    /// Away with it, whole or half; fine when it is not there. What cannot be deleted (the disk is full) is with the next
    /// `file_bytes`.
    async fn drop_file(&self, room: &RoomId, id: &str) -> Result<(), StoreError>;
    /// A whole file.
    async fn file(&self, room: &RoomId, id: &str) -> Result<Option<StoredFile>, StoreError>;
    /// The rest of the piece that `offset` lies in: 1 to [`PIECE_MAX`] bytes; `NotFound` beyond the end.
    async fn read_file(&self, room: &RoomId, id: &str, offset: u64) -> Result<Vec<u8>, StoreError>;
    /// Bytes of all files of a room, those half uploaded too.
    async fn file_bytes(&self, room: &RoomId) -> Result<u64, StoreError>;
    /// All whole files of a room.
    async fn files(&self, room: &RoomId) -> Result<Vec<ShelvedFile>, StoreError>;
    /// Since when nothing refers to these files. Fine when they are not there.
    async fn note_unused(
        &self,
        room: &RoomId,
        ids: Vec<String>,
        since: Option<Day>,
    ) -> Result<(), StoreError>;
    /// These files are gone for good, from the disk too. Fine when they are not there.
    async fn drop_files(&self, room: &RoomId, ids: Vec<String>) -> Result<(), StoreError>;

    /// Adds a point to go back to and forgets those in `drop`, in one transaction. `NotFound` without the room.
    async fn add_version(
        &self,
        room: &RoomId,
        version: StoredVersion,
        state: VersionState,
        drop: Vec<String>,
    ) -> Result<(), StoreError>;
    /// All of them, the newest first.
    async fn versions(&self, room: &RoomId) -> Result<Vec<StoredVersion>, StoreError>;
    /// The content of one, with the checksum that it should have; `Damaged` when the shelf cannot read it.
    async fn version(&self, room: &RoomId, id: &str) -> Result<Option<VersionState>, StoreError>;
    /// Forgets all of them.
    async fn drop_versions(&self, room: &RoomId) -> Result<(), StoreError>;

    /// Somebody was there. Noted for boards only that are kept for days; of all others nothing is noted.
    async fn visited(&self, room: &RoomId, today: Day) -> Result<(), StoreError>;
    /// Rooms whose board's days have passed. A board without a note of its last visit begins its days today.
    async fn expired_boards(&self, today: Day) -> Result<Vec<RoomId>, StoreError>;
    /// Everything of a board is gone for good: log, snapshot, files, versions and the note of the last visit.
    async fn wipe_board(&self, room: &RoomId) -> Result<(), StoreError>;
    /// At the server's start: what an earlier life left of boards that are not kept, of rooms that are gone and of
    /// files that were never whole.
    async fn tidy_boards(&self) -> Result<(), StoreError>;
    /// What all shelves take of the disk, in bytes.
    async fn shelf_bytes(&self) -> Result<u64, StoreError>;
}
