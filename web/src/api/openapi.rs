//! The OpenAPI 3.1 description, generated from the handlers and their types.

use crate::api::{accounts, doors, load, rooms, server, sessions, tokens};
use crate::board::{files, versions};
use actix_web::{HttpResponse, Responder};
use utoipa::OpenApi;

/// Everything under `/api` that speaks JSON. The sockets are described in `PROTOCOL.md`.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kegelbahn",
        description = "Rooms, doors and accounts. Every error is {code, message}; the sockets are in web/PROTOCOL.md.",
        license(name = "MIT OR Apache-2.0"),
    ),
    paths(
        server::get,
        sessions::get,
        sessions::log_in,
        sessions::log_out,
        accounts::set_up,
        accounts::sign_up,
        rooms::list,
        rooms::make,
        rooms::get,
        rooms::change,
        rooms::change_link,
        rooms::delete,
        tokens::list,
        tokens::make,
        tokens::delete,
        doors::get,
        load::get,
        files::upload,
        files::download,
        versions::list,
        versions::make,
        versions::get,
    )
)]
pub struct Description;

/// `GET /api/openapi.json`
pub async fn get() -> impl Responder {
    HttpResponse::Ok().json(Description::openapi())
}
