//! The one shape of every refusal: `{"code", "message"}` with a stable code and a sentence for people.
//!
//! Three families (STYLE.md 15): the client broke the protocol, somebody asked for what they cannot have, we failed.
//! Of our own failures no detail leaves the house; it goes to the log, which never sees names or addresses.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use actors::store::StoreError;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What every error looks like, whatever its status.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct ErrorBody {
    /// Stable, snake_case.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// A refusal on its way to the client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiError {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable, snake_case.
    pub code: &'static str,
    /// A sentence for people.
    pub message: Cow<'static, str>,
}

impl ApiError {
    /// Any refusal.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// What was sent cannot be taken: 422 with the given code.
    pub fn invalid(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// An unknown, deleted, changed or closed door: always this very answer.
    pub fn door_unknown() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "door_unknown",
            "There is nothing behind this door. Maybe the link lacks a character.",
        )
    }

    /// No such room of this account.
    pub fn room_unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, "room_unknown", "You have no such room.")
    }

    /// Nobody is logged in.
    pub fn not_logged_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_logged_in", "Please log in first.")
    }

    /// The request comes from somebody else's page.
    pub fn foreign_origin() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "This request came from another website, so it was refused.",
        )
    }

    /// Too many attempts from this place.
    pub fn too_many_attempts() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_attempts",
            "That was a bit much. Please wait a minute and try again.",
        )
    }

    /// Too much to do at the moment.
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "The server is busy. Please try again in a moment.",
        )
    }

    /// We failed; `detail` is for the log only and must name nobody.
    pub fn internal(detail: &dyn std::fmt::Display) -> Self {
        tracing::error!(error = %detail, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something broke on our side. Please try again.",
        )
    }

    /// The refusal for a status that the framework chose (malformed body, wrong method, …).
    pub fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::BAD_REQUEST => ("bad_request", "The server did not understand this request."),
            StatusCode::NOT_FOUND => ("not_found", "There is nothing here."),
            StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This cannot be done here."),
            StatusCode::REQUEST_TIMEOUT => ("too_slow", "The request took too long. Please try again."),
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "That is too much at once."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("not_json", "The server expects JSON here."),
            other if other.is_server_error() => {
                ("internal", "Something broke on our side. Please try again.")
            }
            _ => ("refused", "The server refused this request."),
        };
        Self::new(status, code, message)
    }

    /// As it goes over the wire.
    pub fn body(&self) -> ErrorBody {
        ErrorBody { code: self.code.to_owned(), message: self.message.clone().into_owned() }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut answer = HttpResponse::build(self.status);
        if self.status == StatusCode::TOO_MANY_REQUESTS || self.status == StatusCode::SERVICE_UNAVAILABLE {
            answer.insert_header((header::RETRY_AFTER, "30"));
        }
        answer.json(self.body())
    }
}

/// What a store's failure means where no better word is known.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken => Self::new(StatusCode::CONFLICT, "taken", "That name is taken."),
            StoreError::NotFound => Self::of_status(StatusCode::NOT_FOUND),
            full @ StoreError::Full => {
                tracing::error!(error = %full, "a request failed");
                let sentence = "The server's disk is full. Please tell those who run it.";
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full", sentence)
            }
            damaged @ StoreError::Damaged => Self::internal(&damaged),
            StoreError::Failed(detail) => Self::internal(&detail),
        }
    }
}
