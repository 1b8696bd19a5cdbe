//! The browser client's files, and the one document behind all its pages.

use crate::errors::ApiError;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use bytes::Bytes;
use client_assets::{Asset, Encoding};
use std::borrow::Cow;

/// The document behind every page.
const DOCUMENT: &str = "index.html";

/// Answers whatever no other route took.
pub async fn serve(request: HttpRequest) -> HttpResponse {
    let path = request.path();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::of_status(StatusCode::NOT_FOUND).error_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::of_status(StatusCode::METHOD_NOT_ALLOWED).error_response();
    }
    let encoding = accepted(&request);
    let file = path.trim_start_matches('/');
    if let Some(asset) = client_assets::find(file, encoding) {
        return answer(&request, StatusCode::OK, asset, is_immutable(file));
    }
    let status = if is_page(path) { StatusCode::OK } else { StatusCode::NOT_FOUND };
    match client_assets::find(DOCUMENT, encoding) {
        Some(document) if status == StatusCode::OK || wants_page(&request) => {
            answer(&request, status, document, false)
        }
        _ => ApiError::of_status(StatusCode::NOT_FOUND).error_response(),
    }
}

fn answer(request: &HttpRequest, status: StatusCode, asset: Asset, immutable: bool) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    let caching = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    response
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::ETAG, asset.tag.as_str()));
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| names(known, &asset.tag));
    if known && status == StatusCode::OK {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    if let Some(coding) = asset.encoding.name() {
        response.insert_header((header::CONTENT_ENCODING, coding));
    }
    let bytes = match asset.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    response.content_type(asset.kind).body(bytes)
}

fn names(known: &HeaderValue, tag: &str) -> bool {
    known.to_str().is_ok_and(|known| {
        known.split(',').any(|one| {
            let one = one.trim();
            one == "*" || one.trim_start_matches("W/") == tag
        })
    })
}

/// The best that the client takes. A coding with `q=0` is refused (RFC 9110 §12.5.3).
fn accepted(request: &HttpRequest) -> Encoding {
    let offered = request.headers().get(header::ACCEPT_ENCODING).and_then(|text| text.to_str().ok());
    let takes = |coding: &str| {
        offered.unwrap_or_default().split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            let refused = || {
                parts.clone().any(|part| {
                    part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.0)
                })
            };
            !refused() && parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding))
        })
    };
    if takes("br") {
        Encoding::Brotli
    } else if takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Plain
    }
}

/// Vite and Excalidraw put a hash of the content into these names.
fn is_immutable(file: &str) -> bool {
    file.starts_with("assets/") || file.starts_with("excalidraw/")
}

/// The pages of `PROTOCOL.md` §1.
fn is_page(path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    match (segments.next().unwrap_or_default(), segments.next(), segments.next()) {
        ("" | "load" | "login" | "setup" | "rooms", None, None) => true,
        ("r" | "rooms", Some(id), None) => !id.is_empty(),
        (short_name, None, None) => crate::text::check_short_name(&short_name.to_lowercase()).is_ok(),
        _ => false,
    }
}

/// Somebody followed a wrong link: they get our page with a friendly sentence. Programs get JSON.
fn wants_page(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|text| text.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_pages_of_the_protocol_are_pages() {
        for page in ["/", "/load", "/login", "/setup", "/rooms", "/rooms/x", "/r/abc", "/flausch", "/Flausch"]
        {
            assert!(is_page(page), "{page}");
        }
        for none in
            ["/ab", "/flausch/x", "/r/", "/r/a/b", "/assets/x.js", "/favicon.ico", "/admin", "/../etc"]
        {
            assert!(!is_page(none), "{none}");
        }
    }

    #[test]
    fn the_best_accepted_coding_is_chosen() {
        let choice = |accept: &str| {
            accepted(
                &TestRequest::default().insert_header((header::ACCEPT_ENCODING, accept)).to_http_request(),
            )
        };
        assert_eq!(choice("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(choice("gzip;q=0.5, br;q=0"), Encoding::Gzip);
        assert_eq!(choice("identity"), Encoding::Plain);
        assert_eq!(choice(""), Encoding::Plain);
    }

    #[actix_web::test]
    async fn a_known_document_is_not_sent_again() {
        let first = serve(TestRequest::get().uri("/login").to_http_request()).await;
        assert_eq!(first.status(), 200);
        let tag = first.headers().get(header::ETAG).unwrap().clone();
        let again =
            TestRequest::get().uri("/rooms").insert_header((header::IF_NONE_MATCH, tag)).to_http_request();
        assert_eq!(serve(again).await.status(), 304);
    }

    #[actix_web::test]
    async fn wrong_links_get_a_page_and_programs_get_json() {
        let person = TestRequest::get().uri("/no/such/page").insert_header((header::ACCEPT, "text/html,*/*"));
        let answer = serve(person.to_http_request()).await;
        assert_eq!(answer.status(), 404);
        assert_eq!(answer.headers().get(header::CONTENT_TYPE).unwrap(), "text/html; charset=utf-8");
        let program = serve(TestRequest::get().uri("/no/such/page").to_http_request()).await;
        assert_eq!(program.headers().get(header::CONTENT_TYPE).unwrap(), "application/json");
        assert_eq!(serve(TestRequest::get().uri("/api/nothing").to_http_request()).await.status(), 404);
        assert_eq!(serve(TestRequest::post().uri("/login").to_http_request()).await.status(), 405);
    }
}
