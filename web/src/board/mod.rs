//! The board at the edge, as in `web/PROTOCOL.md` §4: its WebSocket, its files and its versions.
//!
//! `socket` lets browsers in, `carrier` carries between them and the `Whiteboard` actor, `pace` says how fast a client may speak.
//! What a frame says and who may say it is the board's business; here are only sizes, speed and life signs.
//! `files` takes pictures and slides through `sieve` into the store; `versions` lists points to go back to.
//! Of all of them the ticket is the secret, and the room says what its holder may.
//!
//! Queues: frames to a slow reader wait in the board's outlet (128 frames, 2 MiB; when full the board sends what was
//! missed once it is empty), frames from a fast drawer in its intake (1 MiB; when full nothing is read, and the client
//! waits).

mod carrier;
pub mod files;
mod pace;
pub mod sieve;
mod socket;
pub mod versions;

pub use carrier::Carrier;

use crate::errors::ApiError;
use crate::state::Edge;
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actors::room::Visitor;
use actors::room_directory::FindBoard;
use serde::Deserialize;

/// Mounts everything under `/api/board`. Needs `web::Data<Edge>` and `web::Data<Addr<RoomDirectory>>`.
pub fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/api/board/{board}").get(socket::open))
        .service(web::resource("/api/board/{board}/files").post(files::upload))
        .service(web::resource("/api/board/{board}/files/{id}").get(files::download))
        .service(web::resource("/api/board/{board}/versions").get(versions::list).post(versions::make))
        .service(web::resource("/api/board/{board}/versions/{id}").get(versions::get));
}

/// What stands behind the `?`.
#[derive(Deserialize)]
pub struct BoardQuery {
    #[serde(default)]
    ticket: String,
    /// 1 asks for notices beside the y-protocols.
    #[serde(default)]
    frames: u8,
}

/// Whether a request brings a file, whose body is read by its handler.
pub fn is_upload(path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    let front = [segments.next(), segments.next()] == [Some("api"), Some("board")];
    front && segments.next().is_some() && segments.next() == Some("files") && segments.next().is_none()
}

/// Whether a request asks for a file that somebody uploaded.
pub fn is_file(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folder, _)| is_upload(folder))
}

/// Whose ticket this is; 404 for anything that does not fit together.
async fn visitor(edge: &Edge, board: &str, query: &BoardQuery) -> Result<Visitor, ApiError> {
    let find = FindBoard { board: board.to_owned(), ticket: query.ticket.clone() };
    match edge.directory.send(find).await {
        Ok(Some(visitor)) => Ok(visitor),
        Ok(None) => Err(ApiError::of_status(StatusCode::NOT_FOUND)),
        Err(_gone) => Err(ApiError::internal(&"the room directory does not answer")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_paths() {
        assert!(is_upload("/api/board/b/files"));
        assert!(is_file("/api/board/b/files/f"));
        for other in ["/api/board/files", "/api/rooms/x/files", "/api/board/b/files/f/g", "/files", ""] {
            assert!(!is_upload(other) && !is_file(other), "{other}");
        }
    }
}
