//! `kegelbahn room …`

use super::{account_of, as_json, open_store, room_of, say, store_failed};
use crate::cli::{Lobby, RoomCommand};
use crate::config::Config;
use crate::failure::Failure;
use actors::store::{LobbyPolicy, RoomRecord, Store, StoreError};
use serde::Serialize;
use storage::Storage;

/// A room as scripts see it.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    name: &'a str,
    link: &'a str,
    url: String,
    short_name: Option<&'a str>,
    owner: &'a str,
    lobby: LobbyPolicy,
    keeping: web::keeping::Keeping,
}

/// Runs one.
pub(crate) async fn room(config: &Config, command: RoomCommand) -> Result<(), Failure> {
    let store = open_store(config).await?;
    let public_url = &config.server.public_url;
    let done = match command {
        RoomCommand::Create { owner, name, short_name, lobby, json } => {
            create(&store, &owner, &name, short_name, lobby)
                .await
                .map(|(room, owner)| one(&shown(public_url, &room, &owner), json))
        }
        RoomCommand::List { owner, json } => list(&store, public_url, owner.as_deref(), json).await,
        RoomCommand::Delete { room } => delete(&store, &room).await,
    };
    store.close().await;
    say(&done?);
    Ok(())
}

async fn create(
    store: &Storage,
    owner: &str,
    name: &str,
    short_name: Option<String>,
    lobby: Lobby,
) -> Result<(RoomRecord, String), Failure> {
    let owner = account_of(store, owner).await?;
    let refused = |error: web::errors::ApiError| Failure::new(error.message);
    let mut room = web::rooms::new_room(owner.id, name, None).map_err(refused)?;
    room.short_name = short_name.map(web::rooms::checked_short_name).transpose().map_err(refused)?;
    room.lobby = match lobby {
        Lobby::Open => LobbyPolicy::Open,
        Lobby::Knock => LobbyPolicy::Knock,
        Lobby::Closed => LobbyPolicy::Closed,
    };
    store.add_room(room.clone()).await.map_err(|error| match error {
        StoreError::Taken => Failure::new("another room has that short name"),
        other @ (StoreError::NotFound | StoreError::Full | StoreError::Damaged | StoreError::Failed(_)) => {
            store_failed(other)
        }
    })?;
    Ok((room, owner.login))
}

async fn list(store: &Storage, public_url: &str, owner: Option<&str>, json: bool) -> Result<String, Failure> {
    let rooms = match owner {
        Some(login) => store.rooms_of(&account_of(store, login).await?.id).await,
        None => store.rooms().await,
    };
    let mut listed = Vec::new();
    for room in rooms.map_err(store_failed)? {
        let owner = store.account(&room.owner).await.map_err(store_failed)?;
        listed.push((room, owner.map(|owner| owner.login).unwrap_or_default()));
    }
    let rows: Vec<Shown<'_>> = listed.iter().map(|(room, owner)| shown(public_url, room, owner)).collect();
    if json {
        return Ok(as_json(&rows));
    }
    Ok(rows.iter().map(|row| one(row, false)).collect::<Vec<_>>().join("\n"))
}

async fn delete(store: &Storage, named: &str) -> Result<String, Failure> {
    let room = room_of(store, named).await?;
    store.delete_room(&room.id).await.map_err(store_failed)?;
    Ok(format!("the room \"{}\" is deleted, with its board", room.name))
}

fn shown<'a>(public_url: &str, room: &'a RoomRecord, owner: &'a str) -> Shown<'a> {
    Shown {
        id: &room.id.0,
        name: &room.name,
        link: &room.link,
        url: web::rooms::url(public_url, room),
        short_name: room.short_name.as_deref(),
        owner,
        lobby: room.lobby,
        keeping: room.keeping.into(),
    }
}

fn one(room: &Shown<'_>, json: bool) -> String {
    if json {
        as_json(room)
    } else {
        let short = room.short_name.map(|name| format!("  /{name}")).unwrap_or_default();
        format!("{}  {}  {} ({}){short}", room.id, room.url, room.name, room.owner)
    }
}
