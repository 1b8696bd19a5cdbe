//! An account's own rooms.

use crate::api::types::{NewRoom, Room, RoomChanges};
use crate::errors::{ApiError, ErrorBody};
use crate::rooms::{checked_emoji, checked_name, checked_short_name, new_link, new_room, url};
use crate::session::require_account;
use crate::state::Edge;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use actors::authority::{Action, Place, Standing, may, role_of};
use actors::room_directory::Occupancy;
use actors::store::{KEEP_DAYS_MAX, RoomId, RoomRecord, StoreError};

/// One account's rooms are people's, not machines': more than this is a mistake.
const ROOMS_MAX: usize = 200;

/// My rooms, by name.
#[utoipa::path(get, path = "/api/rooms", tag = "rooms", responses(
    (status = 200, body = [Room]),
    (status = 401, description = "`not_logged_in`", body = ErrorBody),
))]
pub async fn list(request: HttpRequest, edge: Data<Edge>) -> Result<Json<Vec<Room>>, ApiError> {
    let account = require_account(&request, &edge).await?;
    let rooms = edge.store.rooms_of(&account.id).await?;
    let mut people = edge.live.count(rooms.iter().map(|room| room.id.clone()).collect()).await;
    let seen = rooms.into_iter().map(|room| {
        let inside = people.remove(&room.id).unwrap_or_default();
        shown(&edge, room, inside)
    });
    Ok(Json(seen.collect()))
}

/// Makes a room.
#[utoipa::path(post, path = "/api/rooms", tag = "rooms", request_body = NewRoom, responses(
    (status = 201, body = Room),
    (status = 400, description = "`bad_request`", body = ErrorBody),
    (status = 401, description = "`not_logged_in`", body = ErrorBody),
    (status = 403, description = "`foreign_origin`", body = ErrorBody),
    (status = 409, description = "`too_many_rooms`", body = ErrorBody),
    (status = 422, description = "`name_invalid`, `emoji_invalid`", body = ErrorBody),
))]
pub async fn make(
    request: HttpRequest,
    edge: Data<Edge>,
    given: Json<NewRoom>,
) -> Result<HttpResponse, ApiError> {
    let account = require_account(&request, &edge).await?;
    let NewRoom { name, colour, emoji } = given.into_inner();
    let mut room = new_room(account.id.clone(), &name, colour.map(Into::into))?;
    room.emoji = emoji.map(checked_emoji).transpose()?;
    if edge.store.rooms_of(&account.id).await?.len() >= ROOMS_MAX {
        return Err(ApiError::new(
            StatusCode::CONFLICT,
            "too_many_rooms",
            format!("One account has at most {ROOMS_MAX} rooms."),
        ));
    }
    edge.store.add_room(room.clone()).await?;
    Ok(HttpResponse::Created().json(shown(&edge, room, Occupancy::default())))
}

/// One of my rooms.
#[utoipa::path(get, path = "/api/rooms/{id}", tag = "rooms", params(("id" = String, Path)), responses(
    (status = 200, body = Room),
    (status = 401, description = "`not_logged_in`", body = ErrorBody),
    (status = 404, description = "`room_unknown`", body = ErrorBody),
))]
pub async fn get(request: HttpRequest, edge: Data<Edge>, id: Path<String>) -> Result<Json<Room>, ApiError> {
    let room = my_room(&request, &edge, id.into_inner()).await?;
    Ok(Json(with_people(&edge, room).await))
}

/// Changes one of my rooms; whoever is inside learns it at once.
#[utoipa::path(patch, path = "/api/rooms/{id}", tag = "rooms", params(("id" = String, Path)),
    request_body = RoomChanges, responses(
    (status = 200, body = Room),
    (status = 400, description = "`bad_request`", body = ErrorBody),
    (status = 401, description = "`not_logged_in`", body = ErrorBody),
    (status = 403, description = "`foreign_origin`", body = ErrorBody),
    (status = 404, description = "`room_unknown`", body = ErrorBody),
    (status = 409, description = "`short_name_taken`", body = ErrorBody),
    (status = 422, description = "`name_invalid`, `emoji_invalid`, `short_name_invalid`, `short_name_reserved`,
        `keeping_invalid`", body = ErrorBody),
))]
pub async fn change(
    request: HttpRequest,
    edge: Data<Edge>,
    id: Path<String>,
    changes: Json<RoomChanges>,
) -> Result<Json<Room>, ApiError> {
    let room = my_room(&request, &edge, id.into_inner()).await?;
    let room = changed(room, changes.into_inner())?;
    save(&edge, &room).await?;
    Ok(Json(with_people(&edge, room).await))
}

/// Gives one of my rooms a new link; the old one leads nowhere from now on.
#[utoipa::path(post, path = "/api/rooms/{id}/link", tag = "rooms", params(("id" = String, Path)), responses(
    (status = 200, body = Room),
    (status = 401, description = "`not_logged_in`", body = ErrorBody),
    (status = 403, description = "`foreign_origin`", body = ErrorBody),
    (status = 404, description = "`room_unknown`", body = ErrorBody),
))]
pub async fn change_link(
    request: HttpRequest,
    edge: Data<Edge>,
    id: Path<String>,
) -> Result<Json<Room>, ApiError> {
    let mut room = my_room(&request, &edge, id.into_inner()).await?;
    room.link = new_link();
    save(&edge, &room).await?;
    Ok(Json(with_people(&edge, room).await))
}

/// Deletes one of my rooms; whoever is inside is told and leaves.
#[utoipa::path(delete, path = "/api/rooms/{id}", tag = "rooms", params(("id" = String, Path)), responses(
    (status = 204, description = "room and board are gone"),
    (status = 401, description = "`not_logged_in`", body = ErrorBody),
    (status = 403, description = "`foreign_origin`", body = ErrorBody),
    (status = 404, description = "`room_unknown`", body = ErrorBody),
))]
pub async fn delete(
    request: HttpRequest,
    edge: Data<Edge>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let room = my_room(&request, &edge, id.into_inner()).await?;
    edge.store.delete_room(&room.id).await?;
    edge.live.tell_deleted(room.id).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Somebody else's room is as unknown as one that never was.
pub(super) async fn my_room(request: &HttpRequest, edge: &Edge, id: String) -> Result<RoomRecord, ApiError> {
    let account = require_account(request, edge).await?;
    let room = edge.store.room(&RoomId(id)).await?.ok_or_else(ApiError::room_unknown)?;
    let standing = Standing::new(role_of(Some(&account.id), &room), Place::Outside);
    if may(standing, &room, Action::Own) { Ok(room) } else { Err(ApiError::room_unknown()) }
}

fn changed(mut room: RoomRecord, changes: RoomChanges) -> Result<RoomRecord, ApiError> {
    let RoomChanges { name, colour, emoji, short_name, lobby, drawing, cursors, keeping } = changes;
    if let Some(name) = name {
        room.name = checked_name(&name)?;
    }
    if let Some(emoji) = emoji {
        room.emoji = emoji.map(checked_emoji).transpose()?;
    }
    if let Some(short_name) = short_name {
        room.short_name = short_name.map(checked_short_name).transpose()?;
    }
    room.colour = colour.map_or(room.colour, Into::into);
    room.lobby = lobby.map_or(room.lobby, Into::into);
    room.drawing = drawing.map_or(room.drawing, Into::into);
    room.cursors = cursors.unwrap_or(room.cursors);
    room.keeping = keeping.map_or(room.keeping, Into::into);
    if !room.keeping.is_valid() {
        let rule = format!("A board can be kept for 1 to {KEEP_DAYS_MAX} days.");
        return Err(ApiError::invalid("keeping_invalid", rule));
    }
    Ok(room)
}

async fn save(edge: &Edge, room: &RoomRecord) -> Result<(), ApiError> {
    edge.store.update_room(room.clone()).await.map_err(|error| match error {
        StoreError::Taken => {
            ApiError::new(StatusCode::CONFLICT, "short_name_taken", "Another room has that short name.")
        }
        StoreError::NotFound => ApiError::room_unknown(),
        other @ (StoreError::Full | StoreError::Damaged | StoreError::Failed(_)) => other.into(),
    })?;
    edge.live.tell_saved(room.clone()).await;
    Ok(())
}

async fn with_people(edge: &Edge, room: RoomRecord) -> Room {
    let inside = edge.live.count(vec![room.id.clone()]).await.remove(&room.id).unwrap_or_default();
    shown(edge, room, inside)
}

fn shown(edge: &Edge, room: RoomRecord, inside: Occupancy) -> Room {
    Room {
        url: url(&edge.settings.public_url, &room),
        id: room.id.0,
        name: room.name,
        colour: room.colour.into(),
        emoji: room.emoji,
        link: room.link,
        short_name: room.short_name,
        lobby: room.lobby.into(),
        drawing: room.drawing.into(),
        cursors: room.cursors,
        keeping: room.keeping.into(),
        present: inside.present,
        waiting: inside.waiting,
    }
}
