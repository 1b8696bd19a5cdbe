//! Files on a board: pictures and slides come in by HTTP, in pieces, straight through a [`Sieve`] into the store, and go
//! out from there in pieces. Never is a whole file in memory.
//!
//! Who may draw may upload; who may watch the board may read. Limits: `AT_ONCE` uploads on the whole server and
//! `EACH_AT_ONCE` of one participant; more are refused (`too_many_uploads`). An upload that ends early, in whatever
//! way, leaves nothing.

use super::BoardQuery;
use super::sieve::{Kind, Sieve, Unfit};
use crate::errors::{ApiError, ErrorBody};
use crate::state::Edge;
use actix_web::body::SizedStream;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use actors::participant::ParticipantId;
use actors::room::Visitor;
use actors::store::{FILE_ID_LENGTH, PIECE_MAX, RoomId, SharedStore, StoreError};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Uploads at once on the whole server.
const AT_ONCE: usize = 16;
/// Uploads at once of one participant: slides come one after the other, pictures in twos.
const EACH_AT_ONCE: usize = 2;
/// The next bytes have to come within this.
const PATIENCE: Duration = Duration::from_secs(20);
/// The whole upload has to end within this: 50 MB at half a megabit a second.
const PATIENCE_WHOLE: Duration = Duration::from_secs(900);
/// So much of a refused upload is read and thrown away, so that its sender reads why it was refused.
const DRAINED_MAX: usize = 1024 * 1024;
const DRAIN_PATIENCE: Duration = Duration::from_secs(5);

/// How large files may be, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileLimits {
    /// A picture.
    pub picture: u64,
    /// A PDF.
    pub pdf: u64,
    /// All files of a room.
    pub room: u64,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { picture: 10_000_000, pdf: 50_000_000, room: 200_000_000 }
    }
}

/// A file that was put on a board.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct UploadedFile {
    /// Its `fileId` in the document, and the last part of its URL.
    pub id: String,
    /// Its media type.
    pub r#type: String,
    /// Its length as it is kept.
    pub bytes: u64,
}

/// Who uploads how much at this moment.
#[derive(Default, Debug)]
pub struct Uploads(Arc<Mutex<HashMap<ParticipantId, usize>>>);

/// One upload, for as long as it takes.
struct Place(Arc<Mutex<HashMap<ParticipantId, usize>>>, ParticipantId);

impl Uploads {
    fn begin(&self, who: &ParticipantId) -> Option<Place> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = running.get(who).copied().unwrap_or_default();
        if theirs >= EACH_AT_ONCE || running.values().sum::<usize>() >= AT_ONCE {
            return None;
        }
        running.insert(who.clone(), theirs + 1);
        Some(Place(self.0.clone(), who.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(&self.1) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(running.remove(&self.1)),
        }
    }
}

/// Puts a picture or slides on a board: the body is the file.
#[utoipa::path(post, path = "/api/board/{board}/files", tag = "board",
    params(("board" = String, Path), ("ticket" = String, Query)),
    request_body(content = Vec<u8>, content_type = "image/png", description = "or image/jpeg, image/webp, application/pdf"),
    responses(
    (status = 201, body = UploadedFile),
    (status = 403, description = "`drawing_not_allowed`, `foreign_origin`", body = ErrorBody),
    (status = 404, description = "`not_found`: no such board or ticket", body = ErrorBody),
    (status = 408, description = "`too_slow`", body = ErrorBody),
    (status = 409, description = "`uploads_full`: the room has no room for it", body = ErrorBody),
    (status = 413, description = "`file_too_large`, `too_many_pixels`", body = ErrorBody),
    (status = 415, description = "`file_type_unknown`, `picture_moves`", body = ErrorBody),
    (status = 422, description = "`file_damaged`", body = ErrorBody),
    (status = 429, description = "`too_many_uploads`", body = ErrorBody),
    (status = 507, description = "`disk_full`", body = ErrorBody),
))]
pub async fn upload(
    request: HttpRequest,
    mut body: Payload,
    board: Path<String>,
    query: Query<BoardQuery>,
    edge: Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    let taken = tokio::time::timeout(PATIENCE_WHOLE, take(&request, &mut body, &board, &query, &edge)).await;
    let taken = taken.unwrap_or_else(|_elapsed| Err(ApiError::of_status(StatusCode::REQUEST_TIMEOUT)));
    if taken.is_err() {
        // Whatever comes of it, the answer is the refusal.
        tokio::time::timeout(DRAIN_PATIENCE, drain(&mut body)).await.ok();
    }
    taken.map(|file| HttpResponse::Created().json(file))
}

async fn drain(body: &mut Payload) {
    let mut read = 0;
    while let Some(Ok(chunk)) = body.next().await {
        read += chunk.len();
        if read > DRAINED_MAX {
            break;
        }
    }
}

async fn take(
    request: &HttpRequest,
    body: &mut Payload,
    board: &str,
    query: &BoardQuery,
    edge: &Edge,
) -> Result<UploadedFile, ApiError> {
    let visitor = may_upload(edge, board, query).await?;
    let _place = edge.uploads.begin(&visitor.drawer.participant).ok_or_else(too_many_uploads)?;
    let kind = Kind::of_media_type(request.content_type()).ok_or_else(|| unfit(Unfit::OtherKind))?;
    let limits = edge.settings.files;
    let largest = if kind == Kind::Pdf { limits.pdf } else { limits.picture };
    let declared =
        request.headers().get(header::CONTENT_LENGTH).and_then(|text| text.to_str().ok()?.parse().ok());
    let used = edge.store.shelf().file_bytes(&visitor.room).await?;
    check_room(declared.unwrap_or(0), largest, used, limits.room)?;

    let id = crate::ids::random_text(FILE_ID_LENGTH);
    edge.store.shelf().begin_file(&visitor.room, &id, kind.media_type()).await.map_err(gone)?;
    let mut half =
        Half { store: edge.store.clone(), room: visitor.room.clone(), id: id.clone(), whole: false };
    let bytes = half.fill(body, kind, largest).await?;
    // The right may have been taken meanwhile, and others may have filled the room.
    may_upload(edge, board, query).await?;
    let used = edge.store.shelf().file_bytes(&visitor.room).await?;
    check_room(0, largest, used, limits.room)?;
    edge.store.shelf().finish_file(&visitor.room, &id).await.map_err(gone)?;
    half.whole = true;
    edge.measure_files().await;
    Ok(UploadedFile { id, r#type: kind.media_type().to_owned(), bytes })
}

async fn may_upload(edge: &Edge, board: &str, query: &BoardQuery) -> Result<Visitor, ApiError> {
    let visitor = super::visitor(edge, board, query).await?;
    if visitor.drawer.may_draw {
        return Ok(visitor);
    }
    let sentence = "You may only watch this board at the moment.";
    Err(ApiError::new(StatusCode::FORBIDDEN, "drawing_not_allowed", sentence))
}

fn check_room(new: u64, largest: u64, used: u64, room: u64) -> Result<(), ApiError> {
    if new > largest {
        return Err(too_large(largest));
    }
    if used.saturating_add(new) > room {
        let sentence = format!(
            "The pictures and slides of this room already take {} of {} MB. Those that nothing shows go after some days, and all of them when the board is wiped.",
            used / 1_000_000,
            room / 1_000_000
        );
        return Err(ApiError::new(StatusCode::CONFLICT, "uploads_full", sentence));
    }
    Ok(())
}

fn too_large(largest: u64) -> ApiError {
    let sentence = format!("This file is too large: at most {} MB fit.", largest / 1_000_000);
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", sentence)
}

fn too_many_uploads() -> ApiError {
    let sentence = "Other files are still on their way. Please try again when they are there.";
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_uploads", sentence)
}

fn unfit(unfit: Unfit) -> ApiError {
    let (status, code) = match unfit {
        Unfit::OtherKind => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "file_type_unknown"),
        Unfit::Moving => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "picture_moves"),
        Unfit::TooManyPixels => (StatusCode::PAYLOAD_TOO_LARGE, "too_many_pixels"),
        Unfit::Damaged => (StatusCode::UNPROCESSABLE_ENTITY, "file_damaged"),
    };
    ApiError::new(status, code, unfit.to_string())
}

/// The room was deleted or its board wiped under the upload.
fn gone(error: StoreError) -> ApiError {
    match error {
        StoreError::NotFound => ApiError::of_status(StatusCode::NOT_FOUND),
        other @ (StoreError::Taken | StoreError::Full | StoreError::Damaged | StoreError::Failed(_)) => {
            other.into()
        }
    }
}

/// A file that is on its way; what is not whole at its end is deleted.
struct Half {
    store: SharedStore,
    room: RoomId,
    id: String,
    whole: bool,
}

impl Half {
    /// Reads the body to its end; how many bytes of it were kept.
    async fn fill(&self, body: &mut Payload, kind: Kind, largest: u64) -> Result<u64, ApiError> {
        let (mut sieve, mut read, mut kept, mut out) = (Sieve::new(kind), 0_u64, 0_u64, Vec::new());
        loop {
            let next = tokio::time::timeout(PATIENCE, body.next()).await;
            let next = next.map_err(|_elapsed| ApiError::of_status(StatusCode::REQUEST_TIMEOUT))?;
            let Some(chunk) = next else { break };
            let chunk = chunk.map_err(|_torn| ApiError::of_status(StatusCode::BAD_REQUEST))?;
            read += chunk.len() as u64;
            if read > largest {
                return Err(too_large(largest));
            }
            for chunk in chunk.chunks(PIECE_MAX) {
                sieve.push(chunk, &mut out).map_err(unfit)?;
                while out.len() >= PIECE_MAX {
                    let rest = out.split_off(PIECE_MAX);
                    self.append(&mut kept, std::mem::replace(&mut out, rest)).await?;
                }
            }
        }
        sieve.finish().map_err(unfit)?;
        if !out.is_empty() {
            self.append(&mut kept, out).await?;
        }
        Ok(kept)
    }

    async fn append(&self, kept: &mut u64, piece: Vec<u8>) -> Result<(), ApiError> {
        let length = piece.len() as u64;
        let shelf = self.store.shelf();
        shelf.append_file(&self.room, &self.id, *kept, Bytes::from(piece)).await.map_err(gone)?;
        *kept += length;
        Ok(())
    }
}

impl Drop for Half {
    /// Also when the sender hangs up and the handler is dropped in the middle of it.
    fn drop(&mut self) {
        if self.whole {
            return;
        }
        let (store, room, id) = (self.store.clone(), self.room.clone(), std::mem::take(&mut self.id));
        actix_web::rt::spawn(async move {
            if let Err(error) = store.shelf().drop_file(&room, &id).await {
                tracing::error!(%error, "half an upload could not be deleted; the next upload to this board does it, or the next start");
            }
        });
    }
}

/// A file of a board, or a range of it.
#[utoipa::path(get, path = "/api/board/{board}/files/{id}", tag = "board",
    params(("board" = String, Path), ("id" = String, Path), ("ticket" = String, Query)), responses(
    (status = 200, description = "the file", content_type = "application/octet-stream"),
    (status = 206, description = "the range that was asked for", content_type = "application/octet-stream"),
    (status = 404, description = "`not_found`: no such board, ticket or file", body = ErrorBody),
    (status = 416, description = "`range_invalid`", body = ErrorBody),
))]
pub async fn download(
    request: HttpRequest,
    path: Path<(String, String)>,
    query: Query<BoardQuery>,
    edge: Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    let (board, id) = path.into_inner();
    let visitor = super::visitor(&edge, &board, &query).await?;
    let not_found = || ApiError::of_status(StatusCode::NOT_FOUND);
    let file = edge.store.shelf().file(&visitor.room, &id).await?.ok_or_else(not_found)?;
    let asked = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let range = match asked.map(|range| range_of(range, file.bytes)) {
        None | Some(Asked::Everything) => None,
        Some(Asked::Part(range)) => Some(range),
        Some(Asked::Nothing) => {
            let sentence = "The file has no such part.";
            return Err(ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_invalid", sentence));
        }
    };
    let mut answer = HttpResponse::Ok();
    if let Some(range) = &range {
        let content_range = format!("bytes {}-{}/{}", range.start, range.end - 1, file.bytes);
        answer.status(StatusCode::PARTIAL_CONTENT).insert_header((header::CONTENT_RANGE, content_range));
    }
    let range = range.unwrap_or(0..file.bytes);
    answer
        .insert_header((header::CONTENT_TYPE, file.kind))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment"))
        // Ids are never used again, and the ticket in the address dies with the stay.
        .insert_header((header::CACHE_CONTROL, "private, max-age=86400, immutable"));
    let length = range.end - range.start;
    Ok(answer.body(SizedStream::new(length, pieces(edge.store.clone(), visitor.room, id, range))))
}

/// The bytes of a range, piece by piece, each read when the one before it has gone.
fn pieces(
    store: SharedStore,
    room: RoomId,
    id: String,
    range: Range<u64>,
) -> impl futures_util::Stream<Item = Result<Bytes, actix_web::Error>> {
    futures_util::stream::try_unfold(range, move |range| {
        let (store, room, id) = (store.clone(), room.clone(), id.clone());
        async move {
            if range.is_empty() {
                return Ok(None);
            }
            let mut piece = store.shelf().read_file(&room, &id, range.start).await.map_err(gone)?;
            piece.truncate(usize::try_from(range.end - range.start).unwrap_or(usize::MAX));
            let rest = range.start + piece.len() as u64..range.end;
            Ok(Some((Bytes::from(piece), rest)))
        }
    })
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Asked {
    Everything,
    Part(Range<u64>),
    Nothing,
}

/// One range of bytes (RFC 9110 §14.1.2). Several at once, other units and what cannot be read are answered with
/// everything, as a server may.
fn range_of(header: &str, length: u64) -> Asked {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Asked::Everything;
    };
    let range = match (first.trim().parse::<u64>(), last.trim()) {
        (Ok(first), "") => first..length,
        (Ok(first), last) => match last.parse::<u64>() {
            Ok(last) if last >= first => first..length.min(last.saturating_add(1)),
            _ => return Asked::Everything,
        },
        (Err(_), last) if first.trim().is_empty() => match last.parse::<u64>() {
            Ok(last) => length.saturating_sub(last)..length,
            Err(_) => return Asked::Everything,
        },
        (Err(_), _) => return Asked::Everything,
    };
    if range.is_empty() { Asked::Nothing } else { Asked::Part(range) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_from_to_or_the_last_so_many() {
        assert_eq!(range_of("bytes=0-3", 10), Asked::Part(0..4));
        assert_eq!(range_of("bytes=4-", 10), Asked::Part(4..10));
        assert_eq!(range_of("bytes=8-99", 10), Asked::Part(8..10));
        assert_eq!(range_of("bytes=-3", 10), Asked::Part(7..10));
        assert_eq!(range_of("bytes=-99", 10), Asked::Part(0..10));
        for nothing in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(range_of(nothing, 10), Asked::Nothing, "{nothing}");
        }
        for everything in ["bytes=3-1", "bytes=0-1,3-4", "lines=0-1", "bytes=", "bytes=a-b", "💥"] {
            assert_eq!(range_of(everything, 10), Asked::Everything, "{everything}");
        }
    }

    #[test]
    fn uploads_have_their_places() {
        let uploads = Uploads::default();
        let who = |name: usize| ParticipantId(name.to_string());
        let mut places: Vec<_> = (0..EACH_AT_ONCE).map(|_| uploads.begin(&who(0)).unwrap()).collect();
        assert!(uploads.begin(&who(0)).is_none());
        places.pop();
        places.push(uploads.begin(&who(0)).unwrap());
        for n in EACH_AT_ONCE..AT_ONCE {
            places.push(uploads.begin(&who(n)).unwrap());
        }
        assert!(uploads.begin(&who(99)).is_none(), "the server has no more");
        drop(places);
        assert!(uploads.begin(&who(0)).is_some());
    }
}
