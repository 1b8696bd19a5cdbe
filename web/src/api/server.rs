//! What the server says of itself.

use crate::api::types::{Operator, Server};
use crate::errors::{ApiError, ErrorBody};
use crate::state::{Edge, OperatorSettings};
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, Responder};

/// This server: version, sign-up, set-up, operator.
#[utoipa::path(get, path = "/api/server", tag = "server", responses(
    (status = 200, body = Server),
    (status = 500, description = "`internal`", body = ErrorBody),
))]
pub async fn get(edge: Data<Edge>) -> Result<Json<Server>, ApiError> {
    Ok(Json(Server {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sign_up: edge.settings.sign_up,
        setup: edge.setup.is_open().await && edge.store.count_accounts().await? == 0,
        operator: operator(&edge.settings.operator),
    }))
}

fn operator(settings: &OperatorSettings) -> Operator {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    Operator {
        name: given(&settings.name),
        imprint_url: given(&settings.imprint_url),
        privacy_url: given(&settings.privacy_url),
        source_url: given(&settings.source_url),
    }
}

/// The process lives.
pub async fn healthz() -> impl Responder {
    HttpResponse::Ok().content_type("text/plain").body("alive\n")
}

/// The server takes people in: until it drains.
pub async fn readyz(edge: Data<Edge>) -> impl Responder {
    if edge.is_draining() {
        HttpResponse::ServiceUnavailable().content_type("text/plain").body("draining\n")
    } else {
        HttpResponse::Ok().content_type("text/plain").body("ready\n")
    }
}
