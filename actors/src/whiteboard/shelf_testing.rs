//! A shelf in memory that holds versions and the names of files.

use crate::store::{
    BoardShelf, Day, RoomId, ShelvedFile, StoreError, StoredFile, StoredVersion, VersionState,
};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Mutex;

/// See the module's text.
#[derive(Default)]
pub(super) struct MadeUpShelf {
    pub(super) versions: Mutex<Vec<(StoredVersion, VersionState)>>,
    pub(super) files: Mutex<Vec<ShelvedFile>>,
    /// How many versions were read.
    pub(super) loaded: Mutex<usize>,
}

impl MadeUpShelf {
    /// How many versions.
    pub(super) fn count(&self) -> usize {
        self.versions.lock().unwrap().len()
    }
}

fn not_here<T>() -> Result<T, StoreError> {
    Err(StoreError::Failed("boards do not ask for this".to_owned()))
}

#[async_trait]
impl BoardShelf for MadeUpShelf {
    async fn add_version(
        &self,
        _: &RoomId,
        version: StoredVersion,
        state: VersionState,
        drop: Vec<String>,
    ) -> Result<(), StoreError> {
        let mut versions = self.versions.lock().unwrap();
        versions.retain(|(version, _)| !drop.contains(&version.id));
        versions.insert(0, (version, state));
        Ok(())
    }
    async fn versions(&self, _: &RoomId) -> Result<Vec<StoredVersion>, StoreError> {
        Ok(self.versions.lock().unwrap().iter().map(|(version, _)| version.clone()).collect())
    }
    async fn version(&self, _: &RoomId, id: &str) -> Result<Option<VersionState>, StoreError> {
        *self.loaded.lock().unwrap() += 1;
        let versions = self.versions.lock().unwrap();
        Ok(versions.iter().find(|(version, _)| version.id == id).map(|(_, state)| state.clone()))
    }
    async fn drop_versions(&self, _: &RoomId) -> Result<(), StoreError> {
        self.versions.lock().unwrap().clear();
        Ok(())
    }
    async fn begin_file(&self, _: &RoomId, _: &str, _: &str) -> Result<(), StoreError> {
        not_here()
    }
    async fn append_file(&self, _: &RoomId, _: &str, _: u64, _: Bytes) -> Result<(), StoreError> {
        not_here()
    }
    async fn finish_file(&self, _: &RoomId, _: &str) -> Result<(), StoreError> {
        not_here()
    }
    async fn drop_file(&self, _: &RoomId, _: &str) -> Result<(), StoreError> {
        not_here()
    }
    async fn file(&self, _: &RoomId, _: &str) -> Result<Option<StoredFile>, StoreError> {
        not_here()
    }
    async fn read_file(&self, _: &RoomId, _: &str, _: u64) -> Result<Vec<u8>, StoreError> {
        not_here()
    }
    async fn file_bytes(&self, _: &RoomId) -> Result<u64, StoreError> {
        not_here()
    }
    async fn files(&self, _: &RoomId) -> Result<Vec<ShelvedFile>, StoreError> {
        Ok(self.files.lock().unwrap().clone())
    }
    async fn note_unused(&self, _: &RoomId, ids: Vec<String>, since: Option<Day>) -> Result<(), StoreError> {
        let mut files = self.files.lock().unwrap();
        let noted = files.iter_mut().filter(|file| ids.contains(&file.id));
        noted.for_each(|file| file.unused_since = since);
        Ok(())
    }
    async fn drop_files(&self, _: &RoomId, ids: Vec<String>) -> Result<(), StoreError> {
        self.files.lock().unwrap().retain(|file| !ids.contains(&file.id));
        Ok(())
    }
    async fn visited(&self, _: &RoomId, _: Day) -> Result<(), StoreError> {
        not_here()
    }
    async fn expired_boards(&self, _: Day) -> Result<Vec<RoomId>, StoreError> {
        not_here()
    }
    async fn wipe_board(&self, _: &RoomId) -> Result<(), StoreError> {
        not_here()
    }
    async fn tidy_boards(&self) -> Result<(), StoreError> {
        not_here()
    }
    async fn shelf_bytes(&self) -> Result<u64, StoreError> {
        Ok(self.files.lock().unwrap().len() as u64)
    }
}
