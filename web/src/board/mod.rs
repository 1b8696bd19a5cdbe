//! The board's WebSocket, as in `web/PROTOCOL.md` §4: binary frames of the y-protocols, passed on unread.
//!
//! `socket` carries between the browser and the `Whiteboard` actor, `pace` says how fast a client may speak.
//! What a frame says and who may say it is the board's business; here are only sizes, speed and life signs.
//!
//! Queues: frames to a slow reader wait in the board's outlet (128 frames, 2 MiB; when full the board sends what was
//! missed once it is empty), frames from a fast drawer in its intake (1 MiB; when full the reader waits); the reader's own answers in `socket::REPLIES` (when full the reader waits, and
//! its client).

mod pace;
mod socket;

use actix_web::web::{self, ServiceConfig};

/// Mounts `GET /api/board/{board}`. Needs `web::Data<Edge>` and `web::Data<Addr<RoomDirectory>>`.
pub fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/api/board/{board}").get(socket::open));
}
