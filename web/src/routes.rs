//! Every route, on one page.

use crate::api::{accounts, doors, load, openapi, rooms, server, sessions, tokens};
use crate::errors::ApiError;
use crate::{board, pages, signalling, streaming};
use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::web::{self, JsonConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig};
use actix_web::{HttpRequest, ResponseError};

/// Largest body of a request, bytes.
pub const BODY_MAX: usize = 64 * 1024;

/// Mounts everything.
pub fn configure(app: &mut ServiceConfig) {
    app.app_data(PayloadConfig::new(BODY_MAX))
        .app_data(JsonConfig::default().limit(BODY_MAX).error_handler(json_refused))
        .app_data(PathConfig::default().error_handler(path_refused))
        .app_data(QueryConfig::default().error_handler(query_refused));

    app.route("/healthz", web::get().to(server::healthz)).route("/readyz", web::get().to(server::readyz));

    app.service(web::resource("/api/openapi.json").get(openapi::get))
        .service(web::resource("/api/server").get(server::get))
        .service(web::resource("/api/setup").post(accounts::set_up))
        .service(web::resource("/api/accounts").post(accounts::sign_up))
        .service(
            web::resource("/api/session").get(sessions::get).post(sessions::log_in).delete(sessions::log_out),
        )
        .service(web::resource("/api/rooms").get(rooms::list).post(rooms::make))
        .service(web::resource("/api/rooms/{id}").get(rooms::get).patch(rooms::change).delete(rooms::delete))
        .service(web::resource("/api/rooms/{id}/link").post(rooms::change_link))
        .service(web::resource("/api/rooms/{id}/tokens").get(tokens::list).post(tokens::make))
        .service(web::resource("/api/rooms/{id}/tokens/{token}").delete(tokens::delete))
        .service(web::resource("/api/doors/{door}").get(doors::get))
        .service(web::resource("/api/load").get(load::get));
    signalling::configure(app);
    board::configure(app);
    streaming::configure(app);

    app.default_service(web::to(pages::serve));
}

fn json_refused(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    match error {
        JsonPayloadError::ContentType => ApiError::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        // serde names the field and what it expected; it quotes at most the value that the sender wrote.
        JsonPayloadError::Deserialize(error) => ApiError::new(
            StatusCode::BAD_REQUEST,
            "bad_request",
            format!("The JSON is not as expected: {error}."),
        ),
        other => ApiError::of_status(other.status_code()),
    }
    .into()
}

fn path_refused(_: PathError, _: &HttpRequest) -> actix_web::Error {
    ApiError::of_status(StatusCode::NOT_FOUND).into()
}

fn query_refused(_: QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    ApiError::of_status(StatusCode::BAD_REQUEST).into()
}
