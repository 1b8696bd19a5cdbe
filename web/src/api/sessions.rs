//! Logging in and out.

use crate::accounts::{HashError, check_password};
use crate::api::types::{Account, Credentials, Session};
use crate::errors::{ApiError, ErrorBody};
use crate::guard::Attempt;
use crate::session;
use crate::state::Edge;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use actors::store;

/// Whether this browser is logged in.
#[utoipa::path(get, path = "/api/session", tag = "session", responses(
    (status = 200, body = Session),
    (status = 500, description = "`internal`", body = ErrorBody),
))]
pub async fn get(request: HttpRequest, edge: Data<Edge>) -> Result<Json<Session>, ApiError> {
    let account = session::account_of(&request, &edge).await?;
    Ok(Json(Session { account: account.map(|account| Account { login: account.login }) }))
}

/// Logs in.
#[utoipa::path(post, path = "/api/session", tag = "session", request_body = Credentials, responses(
    (status = 200, body = Session, headers(("set-cookie", description = "the session"))),
    (status = 400, description = "`bad_request`", body = ErrorBody),
    (status = 401, description = "`wrong_login`: an unknown name or a wrong password", body = ErrorBody),
    (status = 403, description = "`foreign_origin`", body = ErrorBody),
    (status = 429, description = "`too_many_attempts`", body = ErrorBody),
    (status = 503, description = "`busy`", body = ErrorBody),
))]
pub async fn log_in(
    request: HttpRequest,
    edge: Data<Edge>,
    given: Json<Credentials>,
) -> Result<HttpResponse, ApiError> {
    if !edge.limits.take(&request, Attempt::LogIn) {
        return Err(ApiError::too_many_attempts());
    }
    let account = verified(&edge, given.into_inner()).await?.ok_or_else(wrong_login)?;
    edge.limits.give_back(&request, Attempt::LogIn);
    logged_in(&request, &edge, account, StatusCode::OK).await
}

/// Logs out.
#[utoipa::path(delete, path = "/api/session", tag = "session", responses(
    (status = 204, description = "logged out, or never logged in"),
    (status = 403, description = "`foreign_origin`", body = ErrorBody),
))]
pub async fn log_out(request: HttpRequest, edge: Data<Edge>) -> Result<HttpResponse, ApiError> {
    session::end(&request, &edge).await?;
    Ok(HttpResponse::NoContent().cookie(session::expired_cookie()).finish())
}

/// The same work for an unknown name, a password that breaks the rules and a wrong one.
async fn verified(edge: &Edge, given: Credentials) -> Result<Option<store::Account>, ApiError> {
    let password = check_password(&given.password);
    let account = edge.store.account_by_login(&given.login).await?;
    let hash = account.as_ref().filter(|_| password.is_some()).map(|account| account.password_hash.clone());
    let right = edge.passwords.verify(password.unwrap_or_default(), hash).await.map_err(hash_error)?;
    Ok(account.filter(|_| right))
}

/// The answer of every request that logs in.
pub(super) async fn logged_in(
    request: &HttpRequest,
    edge: &Edge,
    account: store::Account,
    status: StatusCode,
) -> Result<HttpResponse, ApiError> {
    let cookie = session::start(request, edge, account.id).await?;
    let body = Session { account: Some(Account { login: account.login }) };
    Ok(HttpResponse::build(status).cookie(cookie).json(body))
}

pub(super) fn hash_error(error: HashError) -> ApiError {
    match error {
        HashError::Busy => ApiError::busy(),
        HashError::Failed => ApiError::internal(&error),
    }
}

fn wrong_login() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "wrong_login", "Login name and password do not belong together.")
}
