//! The subcommands. They speak to the store directly; a running server sees what they did at its next look.

mod account;
mod password;
mod room;
mod token;

pub(crate) use account::account;
pub(crate) use room::room;
pub(crate) use token::token;

use crate::config::Config;
use crate::data_directory;
use crate::failure::Failure;
use crate::serve::{certificate_source, music};
use actors::store::{Account, Door, RoomId, RoomRecord, Store, StoreError};
use serde::Serialize;
use storage::{OpenError, Storage};

/// Opens the store, for a subcommand or the server.
pub(crate) async fn open_store(config: &Config) -> Result<Storage, Failure> {
    let directory = data_directory::prepare(&config.server.data_dir)?;
    Storage::open(&directory).await.map_err(|error| match error {
        OpenError::Damaged { .. } | OpenError::FromTheFuture { .. } => Failure::hopeless(error.to_string()),
        OpenError::Unreachable { .. } => Failure::new(error.to_string()),
    })
}

/// What can only be found out by looking at the files that are named.
#[expect(clippy::print_stdout, reason = "this is the command line")]
pub(crate) fn check_config(config: &Config) -> Result<(), Failure> {
    let music = music(&config.music).map(drop);
    let certificate = match &config.server.certificate {
        Some(_) => web::tls::config(&certificate_source(config, &[]), web::clock::since_epoch())
            .map(drop)
            .map_err(|error| Failure::hopeless(format!("server.certificate, server.key: {error}"))),
        None => Ok(()),
    };
    match (music, certificate) {
        (Ok(()), Ok(())) => {
            println!("OK");
            Ok(())
        }
        (Err(one), Err(other)) => Err(one.and(other)),
        (Err(failure), Ok(())) | (Ok(()), Err(failure)) => Err(failure),
    }
}

fn store_failed(error: StoreError) -> Failure {
    Failure::new(error.to_string())
}

/// By id, link (or its last part) or short name.
async fn room_of(store: &Storage, named: &str) -> Result<RoomRecord, Failure> {
    let by_id = store.room(&RoomId(named.to_owned())).await.map_err(store_failed)?;
    let room = match by_id {
        Some(room) => Some(room),
        None => {
            let last = named.rsplit('/').next().unwrap_or(named);
            store.room_by_door(&Door::parse(last)).await.map_err(store_failed)?
        }
    };
    room.ok_or_else(|| Failure::new("there is no such room; `kegelbahn room list` shows all"))
}

fn as_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts, switches and lists of them are JSON")
}

#[expect(clippy::print_stdout, reason = "this is the command line")]
fn say(text: &str) {
    if !text.is_empty() {
        println!("{text}");
    }
}

async fn account_of(store: &Storage, login: &str) -> Result<Account, Failure> {
    let found = store.account_by_login(login).await.map_err(store_failed)?;
    found.ok_or_else(|| Failure::new(format!("there is no account {login}")))
}
