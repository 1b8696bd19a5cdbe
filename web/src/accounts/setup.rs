//! The one-time link by which the first account is made: a token in memory, good until an account exists.

use ring::digest::{SHA256, digest};
use tokio::sync::Mutex;

/// See the module's text. Empty unless [`SetupLink::open`] was called.
#[derive(Default)]
pub struct SetupLink {
    token: Mutex<Option<String>>,
}

impl SetupLink {
    /// Makes the token and gives it out, this once.
    pub async fn open(&self) -> String {
        let token = crate::ids::random_text(32);
        *self.token.lock().await = Some(token.clone());
        token
    }

    /// Whether a link is open.
    pub async fn is_open(&self) -> bool {
        self.token.lock().await.is_some()
    }

    /// Runs `make_account` when the token is right, and closes the link when it succeeded. The lock is held
    /// meanwhile, so that of two people with the link only one gets in.
    pub async fn use_up<T, E>(
        &self,
        token: &str,
        make_account: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        let mut open = self.token.lock().await;
        // Compared as hashes: how long that takes tells nothing about the token.
        let right = open.as_ref().is_some_and(|open| {
            digest(&SHA256, open.as_bytes()).as_ref() == digest(&SHA256, token.as_bytes()).as_ref()
        });
        if !right {
            return None;
        }
        let made = make_account().await;
        if made.is_ok() {
            *open = None;
        }
        Some(made)
    }

    /// An account exists by other means: the link is not needed any more.
    pub async fn close(&self) {
        *self.token.lock().await = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn the_link_works_once_and_only_with_its_token() {
        let link = SetupLink::default();
        assert!(link.use_up("", async || Ok::<_, ()>(())).await.is_none());
        let token = link.open().await;
        assert!(link.use_up("wrong", async || Ok::<_, ()>(())).await.is_none());
        assert_eq!(link.use_up(&token, async || Err::<(), _>("taken")).await, Some(Err("taken")));
        assert_eq!(link.use_up(&token, async || Ok::<_, ()>(7)).await, Some(Ok(7)));
        assert!(link.use_up(&token, async || Ok::<_, ()>(7)).await.is_none());
        assert!(!link.is_open().await);
    }
}
