//! Whether a request comes from the server's own pages.

use crate::state::Edge;
use actix_web::HttpRequest;
use actix_web::http::header;

/// The `Origin` header is there and is this server's: the configured public URL's, or `https://` and the very
/// authority that the request was sent to (an operator who tries the server by its address).
/// Sockets demand this; a non-browser client has to send the header too.
pub fn is_own(request: &HttpRequest, edge: &Edge) -> bool {
    origin(request).is_some_and(|origin| is_ours(origin, authority(request), &edge.settings.public_url))
}

/// The browser says that the request comes from another page. What sends no `Origin` (scripts) carries no
/// browser's cookies either.
pub fn is_foreign(request: &HttpRequest, edge: &Edge) -> bool {
    request.headers().contains_key(header::ORIGIN) && !is_own(request, edge)
}

fn origin(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::ORIGIN)?.to_str().ok()
}

/// `Forwarded` headers are ignored: anybody can write them.
fn authority(request: &HttpRequest) -> Option<&str> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.as_str());
    }
    request.headers().get(header::HOST)?.to_str().ok()
}

fn is_ours(origin: &str, authority: Option<&str>, public_url: &str) -> bool {
    origin.eq_ignore_ascii_case(public_url)
        || authority.is_some_and(|authority| {
            origin.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
                && origin[8..].eq_ignore_ascii_case(authority)
        })
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    const PUBLIC: &str = "https://kegeln.example";

    #[test]
    fn the_public_url_and_the_asked_authority_are_ours() {
        assert!(is_ours("https://kegeln.example", Some("10.0.0.1:8443"), PUBLIC));
        assert!(is_ours("https://10.0.0.1:8443", Some("10.0.0.1:8443"), PUBLIC));
        assert!(is_ours("https://Kegeln.Example", None, PUBLIC));
    }

    #[test]
    fn everything_else_is_foreign() {
        for origin in [
            "null",
            "",
            "https://",
            "http://10.0.0.1:8443",
            "https://10.0.0.1",
            "https://kegeln.example.evil",
            "https://kegeln.example:444",
            "https://kegeln.example/",
            "höhöhö🎳",
        ] {
            assert!(!is_ours(origin, Some("10.0.0.1:8443"), PUBLIC), "{origin}");
        }
        assert!(!is_ours("https://", None, PUBLIC));
    }
}
