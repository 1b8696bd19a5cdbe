//! The subcommands. They speak to the store directly; a running server sees what they did at its next look.

mod account;
mod password;
mod room;

pub(crate) use account::account;
pub(crate) use room::room;

use crate::config::Config;
use crate::data_directory;
use crate::failure::Failure;
use crate::serve::{certificate_source, music};
use actors::store::{Account, Store, StoreError};
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

async fn account_of(store: &Storage, login: &str) -> Result<Account, Failure> {
    let found = store.account_by_login(login).await.map_err(store_failed)?;
    found.ok_or_else(|| Failure::new(format!("there is no account {login}")))
}
