//! Points of a board to go back to, for hosts. Bringing one back is the client's work: it draws the difference.

use super::BoardQuery;
use crate::errors::{ApiError, ErrorBody};
use crate::state::Edge;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Query};
use actors::store::{StoreError, StoredVersion};
use actors::whiteboard::{self, ListVersions, LoadVersion, MakeVersion, Whiteboard};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Why a point to go back to was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VersionReason {
    /// An hour had passed since something changed.
    Hourly,
    /// Much was deleted at once.
    BeforeClearing,
    /// An older one was brought back.
    BeforeRestoring,
    /// A host wished it.
    ByHand,
}

impl From<VersionReason> for whiteboard::VersionReason {
    fn from(reason: VersionReason) -> Self {
        match reason {
            VersionReason::Hourly => Self::Hourly,
            VersionReason::BeforeClearing => Self::BeforeClearing,
            VersionReason::BeforeRestoring => Self::BeforeRestoring,
            VersionReason::ByHand => Self::ByHand,
        }
    }
}

/// A point to go back to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct Version {
    /// The last part of its URL.
    pub id: String,
    /// Unix seconds.
    pub made_at: u64,
    /// Why.
    pub reason: VersionReason,
    /// Length of its content.
    pub bytes: u64,
}

/// A point to be made now.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    /// Why.
    pub reason: VersionReason,
}

/// The points to go back to, the newest first.
#[utoipa::path(get, path = "/api/board/{board}/versions", tag = "board",
    params(("board" = String, Path), ("ticket" = String, Query)), responses(
    (status = 200, body = [Version]),
    (status = 403, description = "`forbidden`", body = ErrorBody),
    (status = 404, description = "`not_found`: no such board or ticket", body = ErrorBody),
))]
pub async fn list(
    board: Path<String>,
    query: Query<BoardQuery>,
    edge: Data<Edge>,
) -> Result<Json<Vec<Version>>, ApiError> {
    let board = moderated(&edge, &board, &query).await?;
    let versions = board.send(ListVersions).await.map_err(|_gone| ended())??;
    Ok(Json(versions.into_iter().filter_map(shown).collect()))
}

/// Makes a point to go back to of the board as it is now.
#[utoipa::path(post, path = "/api/board/{board}/versions", tag = "board",
    params(("board" = String, Path), ("ticket" = String, Query)), request_body = NewVersion, responses(
    (status = 201, body = Version),
    (status = 400, description = "`bad_request`", body = ErrorBody),
    (status = 403, description = "`forbidden`, `foreign_origin`", body = ErrorBody),
    (status = 404, description = "`not_found`: no such board or ticket", body = ErrorBody),
    (status = 429, description = "`too_many_attempts`: one was made a moment ago", body = ErrorBody),
    (status = 507, description = "`disk_full`", body = ErrorBody),
))]
pub async fn make(
    board: Path<String>,
    query: Query<BoardQuery>,
    edge: Data<Edge>,
    given: Json<NewVersion>,
) -> Result<HttpResponse, ApiError> {
    let board = moderated(&edge, &board, &query).await?;
    let made = board.send(MakeVersion(given.reason.into())).await.map_err(|_gone| ended())??;
    let made = made.ok_or_else(ApiError::too_many_attempts)?;
    edge.measure_files().await;
    Ok(HttpResponse::Created().json(shown(made)))
}

/// What the board was at a point: one Yjs update.
#[utoipa::path(get, path = "/api/board/{board}/versions/{id}", tag = "board",
    params(("board" = String, Path), ("id" = String, Path), ("ticket" = String, Query)), responses(
    (status = 200, description = "one Yjs update (v1)", content_type = "application/octet-stream"),
    (status = 403, description = "`forbidden`", body = ErrorBody),
    (status = 404, description = "`not_found`: no such board, ticket or point", body = ErrorBody),
    (status = 410, description = "`version_damaged`: what was kept of it cannot be read, and never will", body = ErrorBody),
))]
pub async fn get(
    path: Path<(String, String)>,
    query: Query<BoardQuery>,
    edge: Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    let (board, id) = path.into_inner();
    let board = moderated(&edge, &board, &query).await?;
    let state = board.send(LoadVersion(id)).await.map_err(|_gone| ended())?.map_err(unreadable)?;
    let state = state.ok_or_else(|| ApiError::of_status(StatusCode::NOT_FOUND))?;
    Ok(HttpResponse::Ok().content_type("application/octet-stream").body(state))
}

/// The board, for those who moderate its room.
async fn moderated(
    edge: &Edge,
    board: &str,
    query: &BoardQuery,
) -> Result<actix::Addr<Whiteboard>, ApiError> {
    let visitor = super::visitor(edge, board, query).await?;
    if visitor.moderates {
        return Ok(visitor.board);
    }
    Err(ApiError::new(StatusCode::FORBIDDEN, "forbidden", "Only hosts of this room may do that."))
}

/// The board ended between being found and being asked.
fn ended() -> ApiError {
    ApiError::of_status(StatusCode::NOT_FOUND)
}

fn unreadable(error: StoreError) -> ApiError {
    if !matches!(error, StoreError::Damaged) {
        return error.into();
    }
    tracing::error!("an earlier state of a board is damaged");
    let sentence =
        "This earlier state is damaged on the server's disk. The others and the board are as they were.";
    ApiError::new(StatusCode::GONE, "version_damaged", sentence)
}

/// A word that this version does not know comes from a newer one.
fn shown(version: StoredVersion) -> Option<Version> {
    let StoredVersion { id, made_at, reason, bytes } = version;
    let reason = serde_json::from_value(serde_json::Value::String(reason)).ok()?;
    Some(Version { id, made_at, reason, bytes })
}
