//! Work that goes through many bytes, on a thread that may take its time: a room's own has other rooms, too.

use crate::store::StoreError;

/// What came of it. Fails when it panics, or when the process ends.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|failure| StoreError::Failed(failure.to_string()))
}
