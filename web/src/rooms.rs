//! Making and changing room records: the same rules for the API and the command line.

use crate::errors::ApiError;
use crate::text::{
    NAME_LENGTH_MAX, SHORT_NAME_RULE, ShortNameError, check_short_name, clean_name, is_one_emoji,
};
use actors::store::{AccountId, DrawingRight, Keeping, LobbyPolicy, RoomColour, RoomId, RoomRecord};

/// Characters of a link: 132 bits.
const LINK_LENGTH: usize = 22;

/// A new room with the defaults: guests knock, everyone draws, the board is forgotten.
pub fn new_room(owner: AccountId, name: &str, colour: Option<RoomColour>) -> Result<RoomRecord, ApiError> {
    let id = RoomId(crate::ids::random_text(16));
    let dealt = RoomColour::ALL[usize::from(id.0.as_bytes()[0]) % RoomColour::ALL.len()];
    Ok(RoomRecord {
        id,
        owner,
        name: checked_name(name)?,
        link: new_link(),
        short_name: None,
        colour: colour.unwrap_or(dealt),
        emoji: None,
        lobby: LobbyPolicy::Knock,
        drawing: DrawingRight::Everyone,
        cursors: true,
        keeping: Keeping::Wipe,
    })
}

/// A new secret. It starts and ends with a letter or digit, because mail programs cut dashes off links.
pub fn new_link() -> String {
    loop {
        let link = crate::ids::random_text(LINK_LENGTH);
        let ends = [link.as_bytes()[0], link.as_bytes()[LINK_LENGTH - 1]];
        if ends.iter().all(u8::is_ascii_alphanumeric) {
            return link;
        }
    }
}

/// The whole link.
pub fn url(public_url: &str, room: &RoomRecord) -> String {
    format!("{public_url}/r/{}", room.link)
}

/// A room's name, cleaned; `name_invalid`.
pub fn checked_name(typed: &str) -> Result<String, ApiError> {
    clean_name(typed).ok_or_else(|| {
        ApiError::invalid("name_invalid", format!("A room's name has 1 to {NAME_LENGTH_MAX} characters."))
    })
}

/// An emoji; `emoji_invalid`.
pub fn checked_emoji(typed: String) -> Result<String, ApiError> {
    if is_one_emoji(&typed) {
        Ok(typed)
    } else {
        Err(ApiError::invalid("emoji_invalid", "Please choose one emoji."))
    }
}

/// A short name; `short_name_invalid`, `short_name_reserved`.
pub fn checked_short_name(typed: String) -> Result<String, ApiError> {
    match check_short_name(&typed) {
        Ok(()) => Ok(typed),
        Err(ShortNameError::Malformed) => Err(ApiError::invalid("short_name_invalid", SHORT_NAME_RULE)),
        Err(ShortNameError::Reserved) => Err(ApiError::invalid(
            "short_name_reserved",
            "The server needs that name for itself. Please choose another one.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_room_asks_the_host_and_forgets() {
        let room = new_room(AccountId("a".into()), " Plenumsraum ", None).unwrap();
        assert_eq!(room.name, "Plenumsraum");
        assert_eq!(room.link.len(), 22);
        assert_eq!((room.lobby, room.keeping), (LobbyPolicy::Knock, Keeping::Wipe));
        assert_eq!(url("https://h", &room), format!("https://h/r/{}", room.link));
    }

    #[test]
    fn links_survive_mail_programs() {
        for _ in 0..200 {
            let link = new_link();
            assert!(!link.starts_with(['-', '_']) && !link.ends_with(['-', '_']), "{link}");
        }
    }

    #[test]
    fn refusals_have_their_codes() {
        assert_eq!(checked_name("\u{202e}").unwrap_err().code, "name_invalid");
        assert_eq!(checked_emoji("xx".into()).unwrap_err().code, "emoji_invalid");
        assert_eq!(checked_short_name("X".into()).unwrap_err().code, "short_name_invalid");
        assert_eq!(checked_short_name("api".into()).unwrap_err().code, "short_name_reserved");
    }
}
