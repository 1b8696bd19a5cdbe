//! Bodies of requests, read whole before anybody else sees the request: in time and within the limit.
//!
//! A body that trickles in byte by byte is refused; and because every body has been read when the answer is given,
//! HTTP/2 streams end in order (a stream that is answered with half of its request unread is reset, RFC 9113 §8.1,
//! and some clients then throw the answer away).

use crate::errors::ApiError;
use crate::routes::BODY_MAX;
use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::{Method, StatusCode};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use std::time::Duration;

/// 64 KiB come in this time over any line that can carry a voice.
const PATIENCE: Duration = Duration::from_secs(10);
/// So much of a body that is too large is read and thrown away, so that its sender reads why it was refused.
const DRAINED_MAX: usize = 1024 * 1024;

/// Reads the body.
pub(super) async fn read(request: &mut ServiceRequest) -> Result<(), ApiError> {
    // What comes with these is no body, but perhaps the bytes of a WebSocket.
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let mut payload = request.take_payload();
    match tokio::time::timeout(PATIENCE, whole(&mut payload)).await {
        Ok(Ok(Some(body))) => {
            request.set_payload(Payload::from(body));
            Ok(())
        }
        Ok(Ok(None)) => Err(ApiError::of_status(StatusCode::PAYLOAD_TOO_LARGE)),
        Ok(Err(_torn)) => Err(ApiError::of_status(StatusCode::BAD_REQUEST)),
        Err(_elapsed) => Err(ApiError::of_status(StatusCode::REQUEST_TIMEOUT)),
    }
}

/// Nothing, when there is more than [`BODY_MAX`].
async fn whole(payload: &mut Payload) -> Result<Option<Bytes>, PayloadError> {
    let (mut body, mut read) = (BytesMut::new(), 0);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk?;
        read += chunk.len();
        if read <= BODY_MAX {
            body.extend_from_slice(&chunk);
        } else if read > DRAINED_MAX {
            break;
        }
    }
    Ok((read <= BODY_MAX).then(|| body.freeze()))
}
