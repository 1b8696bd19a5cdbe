//! Signalling: one WebSocket a person, JSON both ways, as in `web/PROTOCOL.md` §2.
//!
//! `socket` carries, `translate` turns the wire's words into the actors' and back, `limits` and `unheard` bound what a client may
//! cost. A socket decides no rights: it knows who is logged in, and everything else is asked of the room.
//!
//! Queues: a participant's notices (`participant::OUTBOX_LIMIT`; when full the socket closes with 1013) and this
//! module's own answers (`socket::REPLIES`; when full the reader waits, and so does the client).

mod limits;
mod socket;
mod translate;
mod unheard;

use actix_web::web::{self, ServiceConfig};

/// Mounts `GET /api/signal`. Needs `web::Data<Edge>` and `web::Data<Addr<RoomDirectory>>`.
pub fn configure(app: &mut ServiceConfig) {
    app.service(web::resource("/api/signal").get(socket::open));
}
