//! A shelf in memory that holds versions and nothing else.

use crate::store::{BoardShelf, Day, RoomId, StoreError, StoredFile, StoredVersion};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Mutex;

/// See the module's text.
#[derive(Default)]
pub(super) struct MadeUpShelf(Mutex<Vec<(StoredVersion, Bytes)>>);

impl MadeUpShelf {
    /// How many versions.
    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
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
        state: Bytes,
        drop: Vec<String>,
    ) -> Result<(), StoreError> {
        let mut versions = self.0.lock().unwrap();
        versions.retain(|(version, _)| !drop.contains(&version.id));
        versions.insert(0, (version, state));
        Ok(())
    }
    async fn versions(&self, _: &RoomId) -> Result<Vec<StoredVersion>, StoreError> {
        Ok(self.0.lock().unwrap().iter().map(|(version, _)| version.clone()).collect())
    }
    async fn version(&self, _: &RoomId, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let versions = self.0.lock().unwrap();
        Ok(versions.iter().find(|(version, _)| version.id == id).map(|(_, state)| state.to_vec()))
    }
    async fn drop_versions(&self, _: &RoomId) -> Result<(), StoreError> {
        self.0.lock().unwrap().clear();
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
        not_here()
    }
}
