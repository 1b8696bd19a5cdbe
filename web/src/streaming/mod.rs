//! WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): encoders publish into a room, screens watch it, over plain HTTP.
//! `PROTOCOL.md` §5 is the contract.
//!
//! The only endpoints for other origins' pages: they take no cookie, only a bearer token (see `guard` for the headers).

mod begin;
mod fragment;
mod request;
mod sessions;

pub use sessions::Sessions;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};

/// The offer and the answer.
const SDP: &str = "application/sdp";
/// What a client says of its ICE session later (RFC 8840).
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// Mounts both.
pub fn configure(app: &mut ServiceConfig) {
    let session = || {
        web::resource(["/whip/{room}/{session}", "/whep/{room}/{session}"])
            .route(web::patch().to(sessions::patch))
            .route(web::delete().to(sessions::end))
            .route(web::method(actix_web::http::Method::OPTIONS).to(session_options))
    };
    let endpoint = |path: &str| {
        web::resource(path).route(web::method(actix_web::http::Method::OPTIONS).to(endpoint_options))
    };
    app.service(endpoint("/whip/{room}").route(web::post().to(begin::publish)))
        .service(endpoint("/whep/{room}").route(web::post().to(begin::watch)))
        .service(session());
}

/// Whether a path is one of these endpoints.
pub fn is_streaming(path: &str) -> bool {
    path.starts_with("/whip/") || path.starts_with("/whep/")
}

async fn endpoint_options() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ALLOW, "POST, OPTIONS"))
        .insert_header(("accept-post", SDP))
        .finish()
}

async fn session_options() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ALLOW, "PATCH, DELETE, OPTIONS"))
        .insert_header(("accept-patch", FRAGMENT))
        .finish()
}
