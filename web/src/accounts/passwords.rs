//! Passwords become argon2id hashes, a few at once: each takes 19 MiB and some 20 ms of a core.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{Semaphore, TryAcquireError};

/// At most this many hashes run at the same time …
const AT_ONCE: usize = 2;
/// … and this many more wait; whoever comes then is told to try again.
const WAITING: usize = 30;

/// Why nothing was hashed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HashError {
    /// Too many wait already.
    #[error("too many passwords are being checked")]
    Busy,
    /// The hash function or its thread failed.
    #[error("hashing failed")]
    Failed,
}

/// Hashes and checks passwords off the request threads.
pub struct Passwords {
    admitted: Semaphore,
    running: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { admitted: Semaphore::new(AT_ONCE + WAITING), running: Semaphore::new(AT_ONCE) }
    }
}

impl Passwords {
    /// A PHC string with a fresh salt.
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        self.run(move || hash_password(&password)).await?
    }

    /// Whether the password belongs to the hash. Without a hash (an unknown login) it does the same work and says no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, HashError> {
        self.run(move || match hash {
            Some(hash) => {
                let parsed = PasswordHash::new(&hash).map_err(failed)?;
                Ok(argon2id()?.verify_password(password.as_bytes(), &parsed).is_ok())
            }
            None => hash_password(&password).map(|_| false),
        })
        .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let _place = self.admitted.try_acquire().map_err(|error| match error {
            TryAcquireError::NoPermits => HashError::Busy,
            TryAcquireError::Closed => HashError::Failed,
        })?;
        let _turn = self.running.acquire().await.map_err(failed)?;
        tokio::task::spawn_blocking(work).await.map_err(failed)
    }
}

/// A PHC string with a fresh salt; blocks for some 20 ms.
pub fn hash_password(password: &str) -> Result<String, HashError> {
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).map_err(failed)?;
    let salt = SaltString::encode_b64(&salt).map_err(failed)?;
    let hash = argon2id()?.hash_password(password.as_bytes(), &salt).map_err(failed)?;
    Ok(hash.to_string())
}

/// OWASP's choice for servers: 19 MiB, two passes, one lane.
fn argon2id() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The cause is dropped on purpose: nothing about a password or its hash may reach a log.
fn failed<E>(_cause: E) -> HashError {
    HashError::Failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn the_right_password_opens_and_the_wrong_one_does_not() {
        let passwords = Passwords::default();
        let hash = passwords.hash("alle neune!".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(passwords.verify("alle neune!".into(), Some(hash.clone())).await, Ok(true));
        assert_eq!(passwords.verify("alle achte!".into(), Some(hash)).await, Ok(false));
        assert_eq!(passwords.verify("alle neune!".into(), None).await, Ok(false));
    }

    #[actix_web::test]
    async fn a_flood_is_told_to_come_back() {
        let passwords = Passwords::default();
        let _all = passwords.admitted.acquire_many(32).await.unwrap();
        assert_eq!(passwords.hash("alle neune!".into()).await, Err(HashError::Busy));
    }

    #[actix_web::test]
    async fn a_damaged_hash_is_a_failure_and_no_login() {
        let passwords = Passwords::default();
        let verified = passwords.verify("alle neune!".into(), Some("$argon2id$".into())).await;
        assert_eq!(verified, Err(HashError::Failed));
    }
}
