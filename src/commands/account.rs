//! `kegelbahn account …`

use super::password;
use super::{account_of, open_store, say, store_failed};
use crate::cli::AccountCommand;
use crate::config::Config;
use crate::failure::Failure;
use actors::store::{Account, AccountId, Store, StoreError};
use storage::Storage;
use web::accounts::{LOGIN_RULE, PASSWORD_RULE, check_login, check_password, hash_password};

/// Runs one.
pub(crate) async fn account(config: &Config, command: AccountCommand) -> Result<(), Failure> {
    let store = open_store(config).await?;
    let done = match command {
        AccountCommand::Create { login, password_stdin } => create(&store, login, password_stdin).await,
        AccountCommand::Password { login, password_stdin } => change(&store, &login, password_stdin).await,
        AccountCommand::Delete { login } => delete(&store, &login).await,
    };
    store.close().await;
    say(&done?);
    Ok(())
}

async fn create(store: &Storage, login: String, from_stdin: bool) -> Result<String, Failure> {
    if !check_login(&login) {
        return Err(Failure::new(LOGIN_RULE));
    }
    // Before the password is asked for, not after.
    if store.account_by_login(&login).await.map_err(store_failed)?.is_some() {
        return Err(taken(&login));
    }
    let account = Account {
        id: AccountId(web::ids::random_text(16)),
        login: login.clone(),
        password_hash: hashed(&password::read(from_stdin)?)?,
    };
    store.add_account(account).await.map_err(|error| match error {
        StoreError::Taken => taken(&login),
        other @ (StoreError::NotFound | StoreError::Full | StoreError::Damaged | StoreError::Failed(_)) => {
            store_failed(other)
        }
    })?;
    Ok(format!("the account {login} is made"))
}

async fn change(store: &Storage, login: &str, from_stdin: bool) -> Result<String, Failure> {
    let account = account_of(store, login).await?;
    let hash = hashed(&password::read(from_stdin)?)?;
    store.set_password(&account.id, &hash).await.map_err(store_failed)?;
    Ok(format!("the account {} has a new password and is logged out everywhere", account.login))
}

async fn delete(store: &Storage, login: &str) -> Result<String, Failure> {
    let account = account_of(store, login).await?;
    store.delete_account(&account.id).await.map_err(store_failed)?;
    Ok(format!("the account {} is deleted, with its rooms and boards", account.login))
}

fn hashed(password: &str) -> Result<String, Failure> {
    let password = check_password(password).ok_or_else(|| Failure::new(PASSWORD_RULE))?;
    hash_password(&password).map_err(|error| Failure::new(error.to_string()))
}

fn taken(login: &str) -> Failure {
    Failure::new(format!("there is already an account {login}"))
}
