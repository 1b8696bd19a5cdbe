//! `kegelbahn token …`

use super::{as_json, open_store, room_of, say, store_failed};
use crate::cli::{Right, TokenCommand};
use crate::config::Config;
use crate::failure::Failure;
use actors::store::{RoomRecord, Store, StoreError, StreamRight, StreamToken, TokenId};
use serde::Serialize;
use std::time::Duration;
use storage::Storage;
use web::tokens::{TOKENS_MAX, has_expired, new_token, url};

/// A token as scripts see it.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    right: StreamRight,
    name: &'a str,
    url: String,
    expires: Option<u64>,
    expired: bool,
    /// Only where it was just made.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

/// Runs one.
pub(crate) async fn token(config: &Config, command: TokenCommand) -> Result<(), Failure> {
    let store = open_store(config).await?;
    let public_url = &config.server.public_url;
    let done = match command {
        TokenCommand::Create { room, right, name, expires, json } => {
            create(&store, &room, right, &name, expires).await.map(|(room, token, secret)| {
                let row = shown(public_url, &room, &token, Some(&secret));
                if json { as_json(&row) } else { made(&row, &secret) }
            })
        }
        TokenCommand::List { room, json } => list(&store, public_url, &room, json).await,
        TokenCommand::Delete { room, token } => delete(&store, &room, token).await,
    };
    store.close().await;
    say(&done?);
    Ok(())
}

async fn create(
    store: &Storage,
    room: &str,
    right: Right,
    name: &str,
    expires: Option<Duration>,
) -> Result<(RoomRecord, StreamToken, String), Failure> {
    let room = room_of(store, room).await?;
    let right = match right {
        Right::Publish => StreamRight::Publish,
        Right::Watch => StreamRight::Watch,
    };
    if store.tokens_of(&room.id).await.map_err(store_failed)?.len() >= TOKENS_MAX {
        return Err(Failure::new(format!("one room has at most {TOKENS_MAX} tokens")));
    }
    let (token, secret) = new_token(room.id.clone(), right, name, expires, web::clock::since_epoch())
        .map_err(|refused| Failure::new(refused.message))?;
    store.add_token(token.clone()).await.map_err(store_failed)?;
    Ok((room, token, secret))
}

async fn list(store: &Storage, public_url: &str, room: &str, json: bool) -> Result<String, Failure> {
    let room = room_of(store, room).await?;
    let tokens = store.tokens_of(&room.id).await.map_err(store_failed)?;
    let rows: Vec<Shown<'_>> = tokens.iter().map(|token| shown(public_url, &room, token, None)).collect();
    if json {
        return Ok(as_json(&rows));
    }
    let line = |row: &Shown<'_>| {
        let end = if row.expired { "  (expired)" } else { "" };
        format!("{}  {}  {}{end}", row.id, row.url, row.name)
    };
    Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
}

async fn delete(store: &Storage, room: &str, token: String) -> Result<String, Failure> {
    let room = room_of(store, room).await?;
    store.delete_token(&room.id, &TokenId(token)).await.map_err(|error| match error {
        StoreError::NotFound => {
            Failure::new("this room has no such token; `kegelbahn token list` shows them by their ids")
        }
        other @ (StoreError::Taken | StoreError::Full | StoreError::Damaged | StoreError::Failed(_)) => {
            store_failed(other)
        }
    })?;
    Ok("the token is deleted".to_owned())
}

fn shown<'a>(
    public_url: &str,
    room: &RoomRecord,
    token: &'a StreamToken,
    secret: Option<&'a str>,
) -> Shown<'a> {
    Shown {
        id: &token.id.0,
        right: token.right,
        name: &token.name,
        url: url(public_url, room, token.right),
        expires: token.expires,
        expired: has_expired(token, web::clock::since_epoch()),
        token: secret,
    }
}

fn made(row: &Shown<'_>, secret: &str) -> String {
    format!("{}\nurl    {}\ntoken  {secret}", row.id, row.url)
}
