//! The board's actor and its shelf: carries points to go back to between `versions`, the store and those who ask, and has
//! unused files collected.

use super::actor::Whiteboard;
use super::aside::aside;
use super::messages::{ListVersions, LoadVersion, MakeVersion};
use super::record::crc32;
use super::unused_files;
use super::versions::{VersionReason, superfluous};
use crate::clock::day_of;
use crate::ids::random_text;
use crate::store::{BoardShelf, RoomId, ShelvedFile, StoreError, StoredVersion, VersionState};
use actix::{Handler, ResponseFuture};
use bytes::Bytes;

impl Whiteboard {
    /// Makes a point to go back to of this state; on disk when the board is kept, in memory otherwise.
    pub(super) fn add_version(
        &mut self,
        reason: VersionReason,
        state: Bytes,
    ) -> impl Future<Output = Result<StoredVersion, StoreError>> + use<> {
        let (made_at, bytes) = ((self.clock)().as_secs(), state.len() as u64);
        let version = StoredVersion { id: random_text(16), made_at, reason: reason.word().to_owned(), bytes };
        let kept = self.keeps();
        if !kept {
            self.versions.remember(version.clone(), state.clone());
        }
        let (store, room) = (self.store.clone(), self.room.clone());
        async move {
            if kept {
                let drop = superfluous(made_at, &store.shelf().versions(&room).await?);
                let state = sealed(state).await?;
                store.shelf().add_version(&room, version.clone(), state, drop).await?;
            }
            Ok(version)
        }
    }

    /// The same where nobody waits for it.
    pub(super) fn add_version_aside(&mut self, reason: VersionReason, state: Bytes) {
        let added = self.add_version(reason, state);
        // Also when the board ends meanwhile.
        actix::spawn(async move {
            if let Err(error) = added.await {
                tracing::error!(%error, "a point to go back to could not be kept");
            }
        });
    }

    /// Whoever opens a kept board has those of its files collected that nothing refers to any more; nobody waits for it.
    pub(super) fn collect_files(&mut self, files: Vec<ShelvedFile>) {
        if files.is_empty() {
            return;
        }
        let Some(state) = self.snapshot() else { return };
        let (store, room, figures) = (self.store.clone(), self.room.clone(), self.figures.clone());
        let today = day_of((self.clock)());
        // Also when the board ends meanwhile.
        actix::spawn(async move {
            match unused_files::collect(store.shelf(), &room, &files, state, today).await {
                Ok(None) => {}
                Ok(Some(left)) => figures.board_files_bytes.set(left),
                Err(StoreError::Damaged) => {
                    tracing::error!("an earlier state of a board is damaged; none of its files goes");
                }
                Err(error) => tracing::error!(%error, "unused files of a board could not be collected"),
            }
        });
    }

    /// Something changed in the last hour of a kept board.
    pub(super) fn add_hourly_version(&mut self) {
        self.versions.made();
        if let Some(state) = self.snapshot() {
            self.add_version_aside(VersionReason::Hourly, state);
        }
    }
}

impl Handler<ListVersions> for Whiteboard {
    type Result = ResponseFuture<Result<Vec<StoredVersion>, StoreError>>;

    fn handle(&mut self, ListVersions: ListVersions, _: &mut Self::Context) -> Self::Result {
        let (store, room, mut all) = (self.store.clone(), self.room.clone(), self.versions.list());
        let kept = self.keeps();
        Box::pin(async move {
            if kept {
                all.extend(store.shelf().versions(&room).await?);
                all.sort_by_key(|version| std::cmp::Reverse(version.made_at));
            }
            Ok(all)
        })
    }
}

impl Handler<MakeVersion> for Whiteboard {
    type Result = ResponseFuture<Result<Option<StoredVersion>, StoreError>>;

    fn handle(&mut self, MakeVersion(reason): MakeVersion, _: &mut Self::Context) -> Self::Result {
        let now = self.now();
        if !self.versions.may_ask(now) {
            return Box::pin(async { Ok(None) });
        }
        let Some(state) = self.snapshot() else {
            return Box::pin(async { Err(StoreError::Failed("no snapshot".to_owned())) });
        };
        self.versions.made();
        let added = self.add_version(reason, state);
        Box::pin(async move { added.await.map(Some) })
    }
}

impl Handler<LoadVersion> for Whiteboard {
    type Result = ResponseFuture<Result<Option<Bytes>, StoreError>>;

    fn handle(&mut self, LoadVersion(id): LoadVersion, _: &mut Self::Context) -> Self::Result {
        if let Some(state) = self.versions.get(&id) {
            return Box::pin(async { Ok(Some(state)) });
        }
        let (store, room, kept) = (self.store.clone(), self.room.clone(), self.keeps());
        Box::pin(async move { if kept { read(store.shelf(), &room, &id).await } else { Ok(None) } })
    }
}

/// A state and its checksum.
async fn sealed(state: Bytes) -> Result<VersionState, StoreError> {
    aside(move || VersionState { checksum: Some(crc32(&state)), state }).await
}

/// What a point on the shelf holds; `Damaged` when that is not what was put there.
pub(super) async fn read(
    shelf: &dyn BoardShelf,
    room: &RoomId,
    id: &str,
) -> Result<Option<Bytes>, StoreError> {
    let Some(VersionState { state, checksum }) = shelf.version(room, id).await? else { return Ok(None) };
    let Some(checksum) = checksum else { return Ok(Some(state)) };
    let bytes = state.clone();
    let found = aside(move || crc32(&bytes)).await?;
    if found == checksum { Ok(Some(state)) } else { Err(StoreError::Damaged) }
}
