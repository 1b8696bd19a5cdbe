//! Who a browser is logged in as: a random cookie, of which the store keeps only the SHA-256.

use crate::clock;
use crate::errors::ApiError;
use crate::state::Edge;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actors::store::{Account, AccountId, Day, Session};

/// The cookie's name. `__Host-` makes browsers insist on Secure, `Path=/` and no `Domain`.
pub const COOKIE: &str = "__Host-kegelbahn";

/// How long a login lasts.
pub const DAYS: u32 = 30;

/// 43 characters of 6 bits: 258 bits.
const TOKEN_LENGTH: usize = 43;

/// The account that the request's cookie is logged in to.
pub async fn account_of(request: &HttpRequest, edge: &Edge) -> Result<Option<Account>, ApiError> {
    let Some(hash) = token_hash_of(request) else {
        return Ok(None);
    };
    let Some(session) = edge.store.session(&hash, clock::today()).await? else {
        return Ok(None);
    };
    Ok(edge.store.account(&session.account).await?)
}

/// As [`account_of`], but somebody has to be logged in.
pub async fn require_account(request: &HttpRequest, edge: &Edge) -> Result<Account, ApiError> {
    account_of(request, edge).await?.ok_or_else(ApiError::not_logged_in)
}

/// Logs in: ends the session that the request came with, and makes a new one (against fixation).
pub async fn start(
    request: &HttpRequest,
    edge: &Edge,
    account: AccountId,
) -> Result<Cookie<'static>, ApiError> {
    end(request, edge).await?;
    let today = clock::today();
    edge.store.purge_sessions(today).await?;
    let token = crate::ids::random_text(TOKEN_LENGTH);
    let session = Session { token_hash: sha256(&token), account, expires: Day(today.0.saturating_add(DAYS)) };
    edge.store.add_session(session).await?;
    Ok(cookie(token, Duration::days(i64::from(DAYS))))
}

/// Logs out: forgets the session in the store.
pub async fn end(request: &HttpRequest, edge: &Edge) -> Result<(), ApiError> {
    if let Some(hash) = token_hash_of(request) {
        edge.store.delete_session(&hash).await?;
    }
    Ok(())
}

/// The cookie that takes the session's cookie away.
pub fn expired_cookie() -> Cookie<'static> {
    cookie(String::new(), Duration::ZERO)
}

fn cookie(value: String, max_age: Duration) -> Cookie<'static> {
    Cookie::build(COOKIE, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(max_age)
        .finish()
}

fn token_hash_of(request: &HttpRequest) -> Option<[u8; 32]> {
    let cookie = request.cookie(COOKIE)?;
    (cookie.value().len() == TOKEN_LENGTH).then(|| sha256(cookie.value()))
}

fn sha256(token: &str) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, token.as_bytes());
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}
