//! What somebody learns before a door: enough for the join page, no names, no numbers.

use crate::api::types::Door;
use crate::errors::{ApiError, ErrorBody};
use crate::guard::Attempt;
use crate::session::account_of;
use crate::state::Edge;
use actix_web::HttpRequest;
use actix_web::web::{Data, Json, Path};
use actors::authority::{Action, Place, Role, Standing, may, role_of};
use actors::store;

/// The room behind a link or short name. Unknown, deleted, changed and closed doors are one and the same answer.
#[utoipa::path(get, path = "/api/doors/{door}", tag = "doors",
    params(("door" = String, Path, description = "the last part of the link, or a short name")), responses(
    (status = 200, body = Door),
    (status = 404, description = "`door_unknown`", body = ErrorBody),
    (status = 429, description = "`too_many_attempts`", body = ErrorBody),
))]
pub async fn get(request: HttpRequest, edge: Data<Edge>, door: Path<String>) -> Result<Json<Door>, ApiError> {
    // Only doors that are not there count, so that a whole school behind one address gets in.
    if !edge.limits.take(&request, Attempt::FindDoor) {
        return Err(ApiError::too_many_attempts());
    }
    let door = store::Door::parse(&door);
    let room = edge.store.room_by_door(&door).await?.ok_or_else(ApiError::door_unknown)?;
    let account = account_of(&request, &edge).await?;
    let role = role_of(account.as_ref().map(|account| &account.id), &room);
    let standing = Standing::new(role, Place::Outside);
    if !may(standing, &room, Action::SeeDoor) {
        return Err(ApiError::door_unknown());
    }
    edge.limits.give_back(&request, Attempt::FindDoor);
    let by_short_name = matches!(door, store::Door::ShortName(_));
    let inside = edge.live.count(vec![room.id.clone()]).await.remove(&room.id).unwrap_or_default();
    Ok(Json(Door {
        you_knock: !may(standing, &room, Action::EnterDirectly { by_short_name }),
        host: role == Role::Host,
        open: inside.present > 0,
        name: room.name,
        colour: room.colour.into(),
        emoji: room.emoji,
    }))
}
