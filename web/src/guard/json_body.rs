//! JSON from the client, in time: a body that trickles in byte by byte is refused.

use crate::errors::ApiError;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use actix_web::{Error, FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// 64 KiB come in this time over any line that can carry a voice.
const PATIENCE: Duration = Duration::from_secs(10);

/// As [`Json`], within [`PATIENCE`].
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Json::<T>::from_request(request, payload);
        Box::pin(async move {
            match tokio::time::timeout(PATIENCE, body).await {
                Ok(body) => body.map(|Json(value)| Self(value)),
                Err(_elapsed) => Err(ApiError::of_status(StatusCode::REQUEST_TIMEOUT).into()),
            }
        })
    }
}
