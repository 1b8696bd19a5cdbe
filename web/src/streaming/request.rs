//! What these endpoints read of a request, and the shape of their refusals.

use crate::errors::ApiError;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

/// The token behind `Authorization: Bearer`.
pub(super) fn bearer(request: &HttpRequest) -> Result<&str, ApiError> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token.filter(|token| !token.is_empty()).ok_or_else(|| {
        let words = "Send the token that the room's host made as `Authorization: Bearer …`.";
        ApiError::new(StatusCode::UNAUTHORIZED, "token_missing", words)
    })
}

/// 415 for anything else.
pub(super) fn expect_type(request: &HttpRequest, kind: &str) -> Result<(), ApiError> {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let plain = given.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if plain.eq_ignore_ascii_case(kind) {
        return Ok(());
    }
    let words = format!("The server expects {kind} here.");
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong_type", words))
}

/// An answer, or a refusal with the headers that its status asks for.
pub(super) fn answer(result: Result<HttpResponse, ApiError>) -> HttpResponse {
    let refusal = match result {
        Ok(response) => return response,
        Err(refusal) => refusal,
    };
    let mut response = refusal.error_response();
    let headers = response.headers_mut();
    match refusal.status {
        StatusCode::UNAUTHORIZED => {
            headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        // Nobody is there yet (draft-ietf-wish-whep): a screen in the hall asks again.
        StatusCode::CONFLICT => {
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
        }
        _ => {}
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn with(name: header::HeaderName, value: &str) -> HttpRequest {
        TestRequest::post().insert_header((name, value)).to_http_request()
    }

    #[test]
    fn a_bearer_token_is_read_in_any_case() {
        assert_eq!(bearer(&with(header::AUTHORIZATION, "bearer  abc ")), Ok("abc"));
        for other in ["Basic abc", "Bearer ", "abc"] {
            let refused = bearer(&with(header::AUTHORIZATION, other)).unwrap_err();
            assert_eq!((refused.status.as_u16(), refused.code), (401, "token_missing"), "{other}");
        }
        let response = answer(bearer(&TestRequest::post().to_http_request()).map(|_| unreachable!()));
        assert_eq!(response.headers().get(header::WWW_AUTHENTICATE).unwrap(), "Bearer");
    }

    #[test]
    fn types_are_compared_without_parameters() {
        let sdp = "application/sdp";
        assert_eq!(expect_type(&with(header::CONTENT_TYPE, "Application/SDP; charset=utf-8"), sdp), Ok(()));
        assert_eq!(
            expect_type(&with(header::CONTENT_TYPE, "application/json"), sdp).unwrap_err().status,
            415
        );
        assert!(expect_type(&TestRequest::post().to_http_request(), sdp).is_err());
    }
}
