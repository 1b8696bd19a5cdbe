//! `POST`: an offer and a token make a session.

use super::request::{answer, bearer, expect_type};
use super::sessions::Session;
use super::{FRAGMENT, SDP};
use crate::clock;
use crate::errors::ApiError;
use crate::guard::Attempt;
use crate::protocol::IceServer;
use crate::state::Edge;
use crate::tokens::{has_expired, hash};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use actors::participant::{OfferRefused, ReadAnswer, StreamOffer};
use actors::room_directory::{JoinError, JoinStream};
use actors::store::{StreamRight, StreamToken};

/// `POST /whip/{room}`
pub(super) async fn publish(
    request: HttpRequest,
    edge: Data<Edge>,
    room: Path<String>,
    offer: Bytes,
) -> HttpResponse {
    answer(begin(&request, &edge, &room, &offer, StreamRight::Publish).await)
}

/// `POST /whep/{room}`
pub(super) async fn watch(
    request: HttpRequest,
    edge: Data<Edge>,
    room: Path<String>,
    offer: Bytes,
) -> HttpResponse {
    answer(begin(&request, &edge, &room, &offer, StreamRight::Watch).await)
}

async fn begin(
    request: &HttpRequest,
    edge: &Edge,
    room: &str,
    offer: &[u8],
    right: StreamRight,
) -> Result<HttpResponse, ApiError> {
    expect_type(request, SDP)?;
    // Only tokens that are wrong count, so that a hall full of screens gets in.
    if !edge.limits.take(request, Attempt::Stream) {
        return Err(ApiError::too_many_attempts());
    }
    let secret = hash(bearer(request)?);
    let token = good_token(edge, room, &secret).await?;
    edge.limits.give_back(request, Attempt::Stream);
    if token.right != right {
        let words = "This token is for the other direction.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "token_wrong_right", words));
    }
    let offer =
        std::str::from_utf8(offer).map_err(|_no_text| refused(OfferRefused::Malformed("no UTF-8")))?;
    let offer = Box::new(StreamOffer::read(offer, right).map_err(refused)?);
    let join = JoinStream { link: room.to_owned(), token, offer };
    let participant = match edge.directory.send(join).await {
        Ok(joined) => joined.map_err(not_joined)?,
        Err(_directory_gone) => return Err(ApiError::busy()),
    };
    let Ok(Some(described)) = participant.send(ReadAnswer).await else { return Err(ApiError::busy()) };
    let door = match right {
        StreamRight::Publish => "whip",
        StreamRight::Watch => "whep",
    };
    let session = Session { room: room.to_owned(), token: secret, participant };
    let id = edge.streams.add(session).ok_or_else(ApiError::busy)?;
    let mut created = HttpResponse::Created();
    for relay in
        edge.settings.turn.iter().flat_map(|turn| relay_links(&turn.for_a_client(clock::since_epoch())))
    {
        created.append_header((header::LINK, relay));
    }
    Ok(created
        .insert_header((header::LOCATION, format!("/{door}/{room}/{id}")))
        .insert_header((header::ETAG, format!("\"{}\"", described.tag)))
        .insert_header(("accept-patch", FRAGMENT))
        .content_type(SDP)
        .body(described.sdp))
}

/// A TURN server in the words of RFC 9725 §4.6, one line for each of its addresses.
fn relay_links(server: &IceServer) -> Vec<String> {
    let mut login = String::new();
    if let (Some(username), Some(credential)) = (&server.username, &server.credential) {
        login =
            format!("; username=\"{username}\"; credential=\"{credential}\"; credential-type=\"password\"");
    }
    server.urls.iter().map(|url| format!("<{url}>; rel=\"ice-server\"{login}")).collect()
}

/// An unknown room, an unknown token, one of another room and one that expired look the same.
async fn good_token(edge: &Edge, room: &str, secret: &[u8; 32]) -> Result<StreamToken, ApiError> {
    let refusal = || {
        let words = "This token opens nothing here. Ask the room's host for a new one.";
        ApiError::new(StatusCode::UNAUTHORIZED, "token_refused", words)
    };
    let token = edge.store.token(secret).await?;
    let token = token.filter(|token| !has_expired(token, clock::since_epoch())).ok_or_else(refusal)?;
    let record = edge.store.room(&token.room).await?;
    record.filter(|record| record.link == room).map(|_| token).ok_or_else(refusal)
}

fn refused(why: OfferRefused) -> ApiError {
    let (status, code) = match why {
        OfferRefused::Malformed(_) => (StatusCode::BAD_REQUEST, "offer_invalid"),
        OfferRefused::Direction => (StatusCode::UNPROCESSABLE_ENTITY, "offer_wrong_direction"),
        OfferRefused::Codec => (StatusCode::NOT_ACCEPTABLE, "no_common_codec"),
    };
    ApiError::new(status, code, why.to_string())
}

fn not_joined(error: JoinError) -> ApiError {
    let status = match error {
        JoinError::DoorUnknown => return ApiError::door_unknown(),
        JoinError::Empty => StatusCode::CONFLICT,
        JoinError::Full | JoinError::ServerFull | JoinError::Draining | JoinError::Internal => {
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    ApiError::new(status, error.code(), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_a_relay_is_a_link() {
        let server = IceServer {
            urls: vec!["turn:a.example:3478?transport=udp".into(), "turns:a.example:5349".into()],
            username: Some("17:x".into()),
            credential: Some("pass=".into()),
        };
        let links = relay_links(&server);
        let first = "<turn:a.example:3478?transport=udp>; rel=\"ice-server\"; username=\"17:x\"; credential=\"pass=\"; \
            credential-type=\"password\"";
        assert_eq!((links.len(), links[0].as_str()), (2, first));
        let open = IceServer { username: None, credential: None, ..server };
        assert_eq!(relay_links(&open)[1], "<turns:a.example:5349>; rel=\"ice-server\"");
    }
}
