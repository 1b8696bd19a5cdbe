//! What a client may do with its session: speak of its ICE (`PATCH`) and end it (`DELETE`).

use super::FRAGMENT;
use super::fragment;
use super::request::{answer, bearer, expect_type};
use crate::errors::ApiError;
use crate::state::Edge;
use crate::tokens::hash;
use actix::Addr;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use actors::participant::{Ask, IceSession, Participant, PatchStream, Patched};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Sessions at once: more than the rooms of any server have places for.
const SESSIONS_MAX: usize = 10_000;
/// Characters of a session's name: 132 bits.
const ID_LENGTH: usize = 22;

/// One client's session.
#[derive(Clone)]
pub(super) struct Session {
    /// The room's link part.
    pub(super) room: String,
    /// SHA-256 of the token that it began with.
    pub(super) token: [u8; 32],
    /// Whom it is in the room.
    pub(super) participant: Addr<Participant>,
}

/// All sessions by their names. Those whose participant has gone are forgotten when a new one begins.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    /// Names a new session; nothing when there are too many.
    pub(super) fn add(&self, session: Session) -> Option<String> {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.participant.connected());
        let id = crate::ids::random_text(ID_LENGTH);
        (sessions.len() < SESSIONS_MAX).then(|| {
            sessions.insert(id.clone(), session);
            id
        })
    }

    fn find(&self, id: &str) -> Option<Session> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(id).filter(|session| session.participant.connected()).cloned()
    }

    fn remove(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// A session that has ended, one of another room and one that began with another token look the same.
fn mine(request: &HttpRequest, edge: &Edge, room: &str, id: &str) -> Result<Session, ApiError> {
    let token = hash(bearer(request)?);
    let session = edge.streams.find(id).filter(|session| session.room == room && session.token == token);
    session.ok_or_else(session_unknown)
}

fn session_unknown() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "session_unknown", "This session has ended, or never was.")
}

/// `DELETE /whip/{room}/{session}`
pub(super) async fn end(
    request: HttpRequest,
    edge: Data<Edge>,
    path: Path<(String, String)>,
) -> HttpResponse {
    answer(ended(&request, &edge, &path).await)
}

async fn ended(
    request: &HttpRequest,
    edge: &Edge,
    (room, id): &(String, String),
) -> Result<HttpResponse, ApiError> {
    let session = mine(request, edge, room, id)?;
    session.participant.send(Ask::Leave).await.map_err(|_gone| session_unknown())?;
    edge.streams.remove(id);
    Ok(HttpResponse::Ok().finish())
}

/// `PATCH /whip/{room}/{session}`
pub(super) async fn patch(
    request: HttpRequest,
    edge: Data<Edge>,
    path: Path<(String, String)>,
    body: Bytes,
) -> HttpResponse {
    answer(patched(&request, &edge, &path, &body).await)
}

async fn patched(
    request: &HttpRequest,
    edge: &Edge,
    (room, id): &(String, String),
    body: &[u8],
) -> Result<HttpResponse, ApiError> {
    let stream = mine(request, edge, room, id)?;
    expect_type(request, FRAGMENT)?;
    let session = meant(request)?;
    let fragment = fragment::read(body).ok_or_else(|| {
        let words = "The fragment has no ice-ufrag and ice-pwd.";
        ApiError::new(StatusCode::BAD_REQUEST, "fragment_invalid", words)
    })?;
    let patch = PatchStream { session, fragment };
    let patched = stream.participant.send(patch).await.map_err(|_gone| session_unknown())?;
    match patched.ok_or_else(session_unknown)? {
        Patched::Noted => Ok(HttpResponse::NoContent().finish()),
        Patched::Restarted(described) => Ok(HttpResponse::Ok()
            .insert_header((header::ETAG, format!("\"{}\"", described.tag)))
            .content_type(FRAGMENT)
            .body(fragment::write(&described.sdp))),
        Patched::OtherSession => {
            let words = "The ICE session has another entity tag by now.";
            Err(ApiError::new(StatusCode::PRECONDITION_FAILED, "other_ice_session", words))
        }
        Patched::Mismatch => {
            let words =
                "The credentials are not those of this ICE session. To restart it, send `If-Match: *`.";
            Err(ApiError::invalid("other_credentials", words))
        }
    }
}

/// Which ICE session the client means (RFC 9725 §4.3).
fn meant(request: &HttpRequest) -> Result<IceSession, ApiError> {
    let tag = request.headers().get(header::IF_MATCH).and_then(|tag| tag.to_str().ok()).map(str::trim);
    match tag {
        None => {
            let words = "Name the ICE session by `If-Match` with its entity tag.";
            Err(ApiError::new(StatusCode::PRECONDITION_REQUIRED, "tag_missing", words))
        }
        Some("*") => Ok(IceSession::Any),
        // Tags count from 1: 0 names none.
        Some(tag) => Ok(IceSession::Tagged(tag.trim_matches('"').parse().unwrap_or(0))),
    }
}
