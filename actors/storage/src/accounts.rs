//! Accounts and their sessions.

use crate::failed;
use actors::store::{Account, AccountId, Day, Session, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

pub(crate) async fn count(pool: &SqlitePool) -> Result<u64, StoreError> {
    let number: i64 =
        sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(pool).await.map_err(failed)?;
    Ok(number.unsigned_abs())
}

pub(crate) async fn add(pool: &SqlitePool, account: &Account) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO accounts (id, login, login_folded, password_hash) VALUES (?, ?, ?, ?)")
        .bind(&account.id.0)
        .bind(&account.login)
        .bind(account.login.to_lowercase())
        .bind(&account.password_hash)
        .execute(pool)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(crate) async fn by_login(pool: &SqlitePool, login: &str) -> Result<Option<Account>, StoreError> {
    sqlx::query("SELECT id, login, password_hash FROM accounts WHERE login_folded = ?")
        .bind(login.to_lowercase())
        .try_map(account)
        .fetch_optional(pool)
        .await
        .map_err(failed)
}

pub(crate) async fn by_id(pool: &SqlitePool, id: &AccountId) -> Result<Option<Account>, StoreError> {
    sqlx::query("SELECT id, login, password_hash FROM accounts WHERE id = ?")
        .bind(&id.0)
        .try_map(account)
        .fetch_optional(pool)
        .await
        .map_err(failed)
}

pub(crate) async fn set_password(pool: &SqlitePool, id: &AccountId, hash: &str) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    let changed = sqlx::query("UPDATE accounts SET password_hash = ? WHERE id = ?")
        .bind(hash)
        .bind(&id.0)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    if changed.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    sqlx::query("DELETE FROM sessions WHERE account = ?")
        .bind(&id.0)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

/// Rooms, boards and sessions go with it (`ON DELETE CASCADE`).
pub(crate) async fn delete(pool: &SqlitePool, id: &AccountId) -> Result<(), StoreError> {
    let deleted =
        sqlx::query("DELETE FROM accounts WHERE id = ?").bind(&id.0).execute(pool).await.map_err(failed)?;
    if deleted.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

pub(crate) async fn add_session(pool: &SqlitePool, session: &Session) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO sessions (token_hash, account, expires) VALUES (?, ?, ?)")
        .bind(session.token_hash.as_slice())
        .bind(&session.account.0)
        .bind(session.expires.0)
        .execute(pool)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(crate) async fn session(
    pool: &SqlitePool,
    token_hash: &[u8; 32],
    today: Day,
) -> Result<Option<Session>, StoreError> {
    sqlx::query("SELECT account, expires FROM sessions WHERE token_hash = ? AND expires >= ?")
        .bind(token_hash.as_slice())
        .bind(today.0)
        .try_map(|row: SqliteRow| {
            Ok(Session {
                token_hash: *token_hash,
                account: AccountId(row.try_get("account")?),
                expires: Day(row.try_get("expires")?),
            })
        })
        .fetch_optional(pool)
        .await
        .map_err(failed)
}

pub(crate) async fn delete_session(pool: &SqlitePool, token_hash: &[u8; 32]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = ?")
        .bind(token_hash.as_slice())
        .execute(pool)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(crate) async fn purge_sessions(pool: &SqlitePool, today: Day) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE expires < ?")
        .bind(today.0)
        .execute(pool)
        .await
        .map_err(failed)?;
    Ok(())
}

fn account(row: SqliteRow) -> Result<Account, sqlx::Error> {
    Ok(Account {
        id: AccountId(row.try_get("id")?),
        login: row.try_get("login")?,
        password_hash: row.try_get("password_hash")?,
    })
}
