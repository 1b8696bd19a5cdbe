//! What every answer carries and every request has to pass: one middleware around everything.
//!
//! Reads the body in time and within its limit; refuses requests that would change something and come from somebody
//! else's page; gives errors that the framework made their JSON; sets the security headers.

use super::body;
use crate::board;
use crate::errors::ApiError;
use crate::origin;
use crate::state::Edge;
use crate::streaming::is_streaming;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, ResponseError};

/// Pages without a board: nothing inline, nothing from anywhere else.
const PLAIN_PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: \
    blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// Pages with a board: Excalidraw writes style elements and compiles its font tools from WebAssembly.
const BOARD_PAGE: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    font-src 'self' data:; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self' \
    blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// JSON is no page.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// What somebody uploaded is never a page, whatever is in it.
const FOREIGN_FILE: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// What is the same on every answer.
const ALWAYS: [(&str, &str); 8] = [
    ("strict-transport-security", "max-age=31536000"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-permitted-cross-domain-policies", "none"),
    (
        "permissions-policy",
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), screen-wake-lock=(self), \
         autoplay=(self), speaker-selection=(self), geolocation=(), payment=(), usb=(), serial=(), \
         hid=(), midi=(), accelerometer=(), gyroscope=(), magnetometer=(), browsing-topics=()",
    ),
];

/// The middleware; see the module's text.
pub async fn around(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let read = if board::is_upload(request.path()) { Ok(()) } else { body::read(&mut request).await };
    let admitted = match read {
        Ok(()) if is_foreign_change(&request) => Err(ApiError::foreign_origin()),
        read => read,
    };
    let mut response = match admitted {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(refusal) => request.into_response(refusal.error_response()),
    };
    if is_shapeless_error(&response) {
        let refusal = ApiError::of_status(response.status()).error_response();
        response = response.into_response(refusal);
    }
    let policy = content_policy(response.request().path());
    let open = is_streaming(response.request().path());
    set_headers(response.headers_mut(), policy);
    if open {
        set_open_headers(response.headers_mut());
    }
    Ok(response)
}

fn is_foreign_change(request: &ServiceRequest) -> bool {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Those take no cookie: what another page may send there, it may send from anywhere.
    let harmless = harmless || is_streaming(request.path());
    let edge = request.app_data::<Data<Edge>>();
    !harmless && edge.is_some_and(|edge| origin::is_foreign(request.request(), edge))
}

/// The framework's own refusals have plain text or nothing for a body.
fn is_shapeless_error(response: &ServiceResponse) -> bool {
    let status = response.status();
    let kind =
        response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let shaped = kind.starts_with("application/json") || kind.starts_with("text/html");
    let own_words = matches!(response.request().path(), "/healthz" | "/readyz");
    (status.is_client_error() || status.is_server_error()) && !shaped && !own_words
}

fn content_policy(path: &str) -> &'static str {
    if board::is_file(path) {
        return FOREIGN_FILE;
    }
    let mut segments = path.split('/').skip(1);
    match (segments.next().unwrap_or_default(), segments.next()) {
        ("api" | "healthz" | "readyz" | "whip" | "whep", _) => NO_PAGE,
        ("" | "load" | "login" | "setup" | "rooms", _) => PLAIN_PAGE,
        // A link, a short name, or a script: workers live under the policy of their own file.
        _ => BOARD_PAGE,
    }
}

fn set_headers(headers: &mut HeaderMap, policy: &'static str) {
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// What pages of other origins need (CORS) where they are let in: see `streaming`.
const OPEN: [(&str, &str); 6] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "POST, PATCH, DELETE, OPTIONS"),
    ("access-control-allow-headers", "authorization, content-type, if-match"),
    (
        "access-control-expose-headers",
        "location, etag, link, accept-patch, accept-post, retry-after, www-authenticate",
    ),
    ("access-control-max-age", "86400"),
    ("cross-origin-resource-policy", "cross-origin"),
];

fn set_open_headers(headers: &mut HeaderMap) {
    for (name, value) in OPEN {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_with_a_board_may_have_inline_styles() {
        for plain in ["/", "/load", "/login", "/setup", "/rooms", "/rooms/abc"] {
            assert_eq!(content_policy(plain), PLAIN_PAGE, "{plain}");
        }
        for board in ["/r/abc", "/flausch"] {
            assert_eq!(content_policy(board), BOARD_PAGE, "{board}");
        }
        assert_eq!(content_policy("/api/rooms"), NO_PAGE);
        assert_eq!(content_policy("/api/board/b/files/f"), FOREIGN_FILE);
        assert!(!PLAIN_PAGE.contains("unsafe") && !PLAIN_PAGE.contains("  "));
        assert!(!BOARD_PAGE.contains("'unsafe-eval'") && !BOARD_PAGE.contains("http"));
    }
}
