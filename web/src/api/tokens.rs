//! A room's stream tokens: what lets encoders and screens in without a browser.

use crate::api::rooms::my_room;
use crate::api::types::{MadeToken, NewToken, Token};
use crate::clock;
use crate::errors::{ApiError, ErrorBody};
use crate::state::Edge;
use crate::tokens::{TOKENS_MAX, has_expired, new_token, url};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use actors::store::{RoomRecord, StoreError, StreamToken, TokenId};
use std::time::Duration;

/// The tokens of one of my rooms, by name.
#[utoipa::path(get, path = "/api/rooms/{id}/tokens", tag = "tokens", params(("id" = String, Path)), responses(
    (status = 200, body = [Token]),
    (status = 401, description = "`not_logged_in`", body = ErrorBody),
    (status = 404, description = "`room_unknown`", body = ErrorBody),
))]
pub async fn list(
    request: HttpRequest,
    edge: Data<Edge>,
    id: Path<String>,
) -> Result<Json<Vec<Token>>, ApiError> {
    let room = my_room(&request, &edge, id.into_inner()).await?;
    let tokens = edge.store.tokens_of(&room.id).await?;
    Ok(Json(tokens.into_iter().map(|token| shown(&edge, &room, token)).collect()))
}

/// Makes a token; the answer is the only place where it is ever told.
#[utoipa::path(post, path = "/api/rooms/{id}/tokens", tag = "tokens", params(("id" = String, Path)),
    request_body = NewToken, responses(
    (status = 201, body = MadeToken),
    (status = 400, description = "`bad_request`", body = ErrorBody),
    (status = 401, description = "`not_logged_in`", body = ErrorBody),
    (status = 403, description = "`foreign_origin`", body = ErrorBody),
    (status = 404, description = "`room_unknown`", body = ErrorBody),
    (status = 409, description = "`too_many_tokens`", body = ErrorBody),
    (status = 422, description = "`name_invalid`, `expires_invalid`", body = ErrorBody),
))]
pub async fn make(
    request: HttpRequest,
    edge: Data<Edge>,
    id: Path<String>,
    given: Json<NewToken>,
) -> Result<HttpResponse, ApiError> {
    let room = my_room(&request, &edge, id.into_inner()).await?;
    let NewToken { right, name, expires_in } = given.into_inner();
    let life = expires_in.map(Duration::from_secs);
    let (token, secret) = new_token(room.id.clone(), right.into(), &name, life, clock::since_epoch())?;
    if edge.store.tokens_of(&room.id).await?.len() >= TOKENS_MAX {
        return Err(ApiError::new(
            StatusCode::CONFLICT,
            "too_many_tokens",
            format!("One room has at most {TOKENS_MAX} tokens. Delete one that is no longer used."),
        ));
    }
    edge.store.add_token(token.clone()).await.map_err(or_room_unknown)?;
    let made = MadeToken { details: shown(&edge, &room, token), token: secret };
    Ok(HttpResponse::Created().json(made))
}

/// Deletes a token; whoever streams by it is cut off.
#[utoipa::path(delete, path = "/api/rooms/{id}/tokens/{token}", tag = "tokens",
    params(("id" = String, Path), ("token" = String, Path, description = "the token's id")), responses(
    (status = 204, description = "the token is gone"),
    (status = 401, description = "`not_logged_in`", body = ErrorBody),
    (status = 403, description = "`foreign_origin`", body = ErrorBody),
    (status = 404, description = "`room_unknown`, `token_unknown`", body = ErrorBody),
))]
pub async fn delete(
    request: HttpRequest,
    edge: Data<Edge>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, token) = path.into_inner();
    let room = my_room(&request, &edge, id).await?;
    let token = TokenId(token);
    edge.store.delete_token(&room.id, &token).await.map_err(|error| match error {
        StoreError::NotFound => {
            ApiError::new(StatusCode::NOT_FOUND, "token_unknown", "This room has no such token.")
        }
        other @ (StoreError::Taken | StoreError::Full | StoreError::Damaged | StoreError::Failed(_)) => {
            other.into()
        }
    })?;
    edge.live.tell_token_deleted(room.id, token).await;
    Ok(HttpResponse::NoContent().finish())
}

fn or_room_unknown(error: StoreError) -> ApiError {
    match error {
        StoreError::NotFound => ApiError::room_unknown(),
        other @ (StoreError::Taken | StoreError::Full | StoreError::Damaged | StoreError::Failed(_)) => {
            other.into()
        }
    }
}

fn shown(edge: &Edge, room: &RoomRecord, token: StreamToken) -> Token {
    Token {
        url: url(&edge.settings.public_url, room, token.right),
        expired: has_expired(&token, clock::since_epoch()),
        id: token.id.0,
        right: token.right.into(),
        name: token.name,
        expires: token.expires,
    }
}
