//! Making stream tokens: the same rules for the API and the command line.

use crate::errors::ApiError;
use crate::text::{NAME_LENGTH_MAX, clean_name};
use actors::store::{RoomId, RoomRecord, StreamRight, StreamToken, TokenId};
use std::time::Duration;

/// Characters of a token: 258 bits.
const TOKEN_LENGTH: usize = 43;
/// A room's tokens are for its screens and encoders: more than this is a mistake.
pub const TOKENS_MAX: usize = 50;
/// Ten years; whoever wants longer wants a token without an end.
const LIFE_MAX: Duration = Duration::from_secs(3_653 * 86_400);

/// A new token and what only its maker ever sees of it. `name_invalid`, `expires_invalid`.
pub fn new_token(
    room: RoomId,
    right: StreamRight,
    name: &str,
    life: Option<Duration>,
    since_epoch: Duration,
) -> Result<(StreamToken, String), ApiError> {
    let name = clean_name(name).ok_or_else(|| {
        ApiError::invalid("name_invalid", format!("A name has 1 to {NAME_LENGTH_MAX} characters."))
    })?;
    if life.is_some_and(|life| life.is_zero() || life > LIFE_MAX) {
        return Err(ApiError::invalid("expires_invalid", "A token lives between a second and ten years."));
    }
    let secret = crate::ids::random_text(TOKEN_LENGTH);
    let token = StreamToken {
        id: TokenId(crate::ids::random_text(16)),
        room,
        right,
        name,
        hash: hash(&secret),
        expires: life.map(|life| (since_epoch + life).as_secs()),
    };
    Ok((token, secret))
}

/// What the store keeps of a token.
pub fn hash(secret: &str) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, secret.as_bytes());
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// Whether it begins nothing any more.
pub fn has_expired(token: &StreamToken, since_epoch: Duration) -> bool {
    token.expires.is_some_and(|at| at <= since_epoch.as_secs())
}

/// Where a program posts its offer to.
pub fn url(public_url: &str, room: &RoomRecord, right: StreamRight) -> String {
    let door = match right {
        StreamRight::Publish => "whip",
        StreamRight::Watch => "whep",
    };
    format!("{public_url}/{door}/{}", room.link)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);

    fn made(name: &str, life: Option<Duration>) -> Result<(StreamToken, String), ApiError> {
        new_token(RoomId("r".into()), StreamRight::Publish, name, life, NOW)
    }

    #[test]
    fn only_the_hash_is_kept_and_the_end_is_a_moment() {
        let (token, secret) = made(" Saalkamera ", Some(Duration::from_secs(60))).unwrap();
        assert_eq!((token.name.as_str(), token.expires), ("Saalkamera", Some(1_060)));
        assert_eq!((secret.len(), token.hash), (43, hash(&secret)));
        assert!(!has_expired(&token, Duration::from_secs(1_059)));
        assert!(has_expired(&token, Duration::from_secs(1_060)));
        assert!(!has_expired(&made("x", None).unwrap().0, Duration::MAX));
    }

    #[test]
    fn refusals_have_their_codes() {
        assert_eq!(made("\u{202e}", None).unwrap_err().code, "name_invalid");
        assert_eq!(made("x", Some(Duration::ZERO)).unwrap_err().code, "expires_invalid");
        assert_eq!(made("x", Some(Duration::MAX)).unwrap_err().code, "expires_invalid");
    }
}
