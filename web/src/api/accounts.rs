//! Making accounts: the first one by the set-up link, others where sign-up is open.

use crate::accounts::{LOGIN_RULE, PASSWORD_RULE, check_login, check_password};
use crate::api::sessions::{hash_error, logged_in};
use crate::api::types::{Credentials, Session, SetUp};
use crate::errors::{ApiError, ErrorBody};
use crate::guard::Attempt;
use crate::state::Edge;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse};
use actors::store::{self, AccountId, StoreError};

/// Makes the first account, with the one-time set-up link's token.
#[utoipa::path(post, path = "/api/setup", tag = "accounts", request_body = SetUp, responses(
    (status = 201, body = Session, headers(("set-cookie", description = "the session"))),
    (status = 400, description = "`bad_request`", body = ErrorBody),
    (status = 403, description = "`setup_over`: a wrong or used token; `foreign_origin`", body = ErrorBody),
    (status = 422, description = "`login_invalid`, `password_invalid`", body = ErrorBody),
    (status = 429, description = "`too_many_attempts`", body = ErrorBody),
))]
pub async fn set_up(
    request: HttpRequest,
    edge: Data<Edge>,
    given: Json<SetUp>,
) -> Result<HttpResponse, ApiError> {
    if !edge.limits.take(&request, Attempt::SetUp) {
        return Err(ApiError::too_many_attempts());
    }
    if edge.store.count_accounts().await? > 0 {
        edge.setup.close().await;
    }
    let SetUp { token, login, password } = given.into_inner();
    let made =
        edge.setup.use_up(&token, async || add_account(&edge, Credentials { login, password }).await).await;
    logged_in(&request, &edge, made.ok_or_else(setup_over)??, StatusCode::CREATED).await
}

/// Makes an account, where the operator lets anybody.
#[utoipa::path(post, path = "/api/accounts", tag = "accounts", request_body = Credentials, responses(
    (status = 201, body = Session, headers(("set-cookie", description = "the session"))),
    (status = 400, description = "`bad_request`", body = ErrorBody),
    (status = 403, description = "`sign_up_closed`, `foreign_origin`", body = ErrorBody),
    (status = 409, description = "`login_taken`", body = ErrorBody),
    (status = 422, description = "`login_invalid`, `password_invalid`", body = ErrorBody),
    (status = 429, description = "`too_many_attempts`", body = ErrorBody),
    (status = 503, description = "`busy`", body = ErrorBody),
))]
pub async fn sign_up(
    request: HttpRequest,
    edge: Data<Edge>,
    given: Json<Credentials>,
) -> Result<HttpResponse, ApiError> {
    if !edge.settings.sign_up {
        return Err(sign_up_closed());
    }
    if !edge.limits.take(&request, Attempt::SignUp) {
        return Err(ApiError::too_many_attempts());
    }
    let account = add_account(&edge, given.into_inner()).await?;
    logged_in(&request, &edge, account, StatusCode::CREATED).await
}

async fn add_account(edge: &Edge, given: Credentials) -> Result<store::Account, ApiError> {
    if !check_login(&given.login) {
        return Err(ApiError::invalid("login_invalid", LOGIN_RULE));
    }
    let password = check_password(&given.password)
        .ok_or_else(|| ApiError::invalid("password_invalid", PASSWORD_RULE))?;
    let account = store::Account {
        id: AccountId(crate::ids::random_text(16)),
        login: given.login,
        password_hash: edge.passwords.hash(password).await.map_err(hash_error)?,
    };
    edge.store.add_account(account.clone()).await.map_err(|error| match error {
        StoreError::Taken => ApiError::new(StatusCode::CONFLICT, "login_taken", "That login name is taken."),
        other @ (StoreError::NotFound | StoreError::Full | StoreError::Damaged | StoreError::Failed(_)) => {
            other.into()
        }
    })?;
    Ok(account)
}

fn setup_over() -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        "setup_over",
        "This set-up link is not valid (any more). The server prints a new one at its start while it has no account.",
    )
}

fn sign_up_closed() -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "sign_up_closed", "Accounts are made by whoever runs this server.")
}
