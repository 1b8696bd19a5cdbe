//! Opens a board socket: who comes is looked at here, then the carrier has the connection.

use super::BoardQuery;
use super::carrier::{Carrier, Parts};
use crate::detachable::Detachable;
use crate::errors::ApiError;
use crate::origin;
use crate::state::Edge;
use actix_http::ws;
use actix_web::http::header::{HeaderMap, SEC_WEBSOCKET_KEY};
use actix_web::{HttpRequest, HttpResponse, web};
use actors::room::Visitor;
use actors::whiteboard::{OpenSocket, Opened, board_queue};
use bytes::Bytes;

/// `GET /api/board/{board}?ticket=…`
pub(super) async fn open(
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<BoardQuery>,
    edge: web::Data<Edge>,
    carrier: web::Data<Carrier>,
) -> Result<HttpResponse, actix_web::Error> {
    // The ticket is the secret; a plain Yjs client has no Origin, a foreign page in a browser has its own.
    if origin::is_foreign(&request, &edge) {
        return Err(ApiError::foreign_origin().into());
    }
    let notices = query.frames == 1;
    let Visitor { board, drawer, .. } = super::visitor(&edge, &id, &query).await?;
    ws::verify_handshake(request.head())?;
    let answer = answer(request.headers());
    let connection = request.conn_data::<Detachable>().and_then(Detachable::take);
    let Some(connection) = connection else {
        return Err(ApiError::internal(&"a connection that is no longer there").into());
    };
    // Not the request's own task: that may end with the connection, and then nobody would close what was opened.
    actix_web::rt::spawn(async move {
        let (out, inlet) = board_queue();
        // Fails only when the board has gone: then the connection is closed, and the client asks anew.
        if let Ok(Opened { socket, intake }) = board.send(OpenSocket { drawer, notices, out }).await {
            carrier.adopt(&id, Parts { connection, answer, board, socket, intake, inlet });
        }
    });
    // Nobody gets it any more.
    Ok(HttpResponse::SwitchingProtocols().finish())
}

/// What opens a WebSocket (RFC 6455, section 4.2.2).
fn answer(request: &HeaderMap) -> Bytes {
    let key = request.get(SEC_WEBSOCKET_KEY).map_or(&b""[..], |key| key.as_bytes());
    let accept = ws::hash_key(key);
    let accept = String::from_utf8_lossy(&accept);
    Bytes::from(format!(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: {accept}\r\n\r\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn the_answer_is_that_of_the_rfc() {
        let mut request = HeaderMap::new();
        request.insert(SEC_WEBSOCKET_KEY, HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ=="));
        let answer = String::from_utf8(answer(&request).to_vec()).unwrap();
        assert!(answer.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"));
    }
}
