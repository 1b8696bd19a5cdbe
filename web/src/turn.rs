//! Short-lived credentials for the operator's TURN servers (draft-uberti-behave-turn-rest-00): the server and coturn
//! share a secret and never speak with each other. The user name is when it ends and a random text; the password is its
//! HMAC-SHA1 by the secret, in base64. Neither tells who it was made for.

use crate::ids::random_text;
use crate::protocol::IceServer;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use std::fmt;
use std::time::Duration;

/// The operator's TURN servers.
#[derive(Clone)]
pub struct Turn {
    /// `turn:` and `turns:` addresses (RFC 7065), in the order in which they are told.
    pub urls: Vec<String>,
    /// `static-auth-secret` of coturn.
    pub secret: String,
    /// How long credentials are good for.
    pub lifetime: Duration,
}

impl Turn {
    /// Credentials for one client from now (since 1970) on.
    pub fn for_a_client(&self, now: Duration) -> IceServer {
        self.credentials(now, &random_text(12))
    }

    fn credentials(&self, now: Duration, random: &str) -> IceServer {
        let username = format!("{}:{random}", (now + self.lifetime).as_secs());
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.secret.as_bytes());
        let credential = BASE64_STANDARD.encode(hmac::sign(&key, username.as_bytes()));
        IceServer { urls: self.urls.clone(), username: Some(username), credential: Some(credential) }
    }
}

impl fmt::Debug for Turn {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("urls", &self.urls).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_name_signed_by_the_secret() {
        let turn = Turn {
            urls: vec!["turn:turn.example:3478".to_owned()],
            secret: "north".to_owned(),
            lifetime: Duration::from_secs(3600),
        };
        let server = turn.credentials(Duration::from_millis(1_700_000_000_900), "abc");
        assert_eq!(server.username.as_deref(), Some("1700003600:abc"));
        // printf %s 1700003600:abc | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(server.credential.as_deref(), Some("IMSPYGMI9e0aXDFcZousOwkA8N0="));
        assert_ne!(
            turn.for_a_client(Duration::ZERO).username,
            turn.for_a_client(Duration::ZERO).username,
            "nobody can be recognised by it"
        );
        assert!(!format!("{turn:?}").contains("north"));
    }
}
