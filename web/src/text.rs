//! Text typed by people, on its way in: names stay text, and nothing invisible hides in them. Pure.

use unicode_normalization::UnicodeNormalization;

/// Longest name of a room or a person, in characters after [`clean_name`].
pub const NAME_LENGTH_MAX: usize = 64;

/// A name in NFC, trimmed, without control and bidirectional characters; nothing when no visible character is left
/// or when it is longer than [`NAME_LENGTH_MAX`].
pub fn clean_name(typed: &str) -> Option<String> {
    // Four bytes a character, decomposed into at most a handful: no honest name is longer than this.
    if typed.len() > NAME_LENGTH_MAX * 16 {
        return None;
    }
    let kept: String = typed.nfc().filter(|&letter| !is_unwanted(letter)).collect();
    let name = kept.trim();
    let visible = name.chars().any(|letter| !letter.is_whitespace() && !is_joiner(letter));
    (visible && name.chars().count() <= NAME_LENGTH_MAX).then(|| name.to_owned())
}

/// Control characters, line separators, and everything that changes the reading direction or is seen by nobody.
fn is_unwanted(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Wanted inside emoji and some scripts, but no name by themselves.
fn is_joiner(letter: char) -> bool {
    matches!(
        letter,
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{2800}' | '\u{3164}' | '\u{115f}' | '\u{1160}'
    )
}

/// Whether this is one emoji, as keyboards give it: a flag, a key cap, or pictures joined into one.
pub fn is_one_emoji(text: &str) -> bool {
    let letters: Vec<char> = text.chars().take(17).collect();
    if letters.len() > 16 {
        return false;
    }
    match letters.as_slice() {
        [first, second] if is_regional(*first) && is_regional(*second) => true,
        [key, '\u{20e3}'] | [key, '\u{fe0f}', '\u{20e3}'] => key.is_ascii_digit() || matches!(key, '#' | '*'),
        letters => letters.split(|&letter| letter == '\u{200d}').all(is_picture),
    }
}

/// One picture with its skin tone, presentation selector or tags (the flags of regions).
fn is_picture(letters: &[char]) -> bool {
    let Some((base, modifiers)) = letters.split_first() else {
        return false;
    };
    let pictured = matches!(base,
        '\u{1f000}'..='\u{1f1e5}' | '\u{1f200}'..='\u{1faff}' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}'
        | '\u{2460}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{203c}' | '\u{2049}'
        | '\u{2122}' | '\u{2139}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{a9}' | '\u{ae}');
    pictured
        && modifiers.iter().all(
            |letter| matches!(letter, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}'),
        )
}

fn is_regional(letter: char) -> bool {
    matches!(letter, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Words that are, or may become, pages of the server.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "accounts",
    "admin",
    "api",
    "assets",
    "board",
    "datenschutz",
    "docs",
    "excalidraw",
    "favicon",
    "fonts",
    "healthz",
    "help",
    "hilfe",
    "home",
    "images",
    "impressum",
    "imprint",
    "index",
    "join",
    "kegelbahn",
    "load",
    "login",
    "logout",
    "metrics",
    "new",
    "privacy",
    "readyz",
    "robots",
    "room",
    "rooms",
    "settings",
    "setup",
    "sign-up",
    "signup",
    "sounds",
    "start",
    "static",
    "status",
    "support",
    "well-known",
    "whep",
    "whip",
];

/// For people.
pub const SHORT_NAME_RULE: &str = "A short name has 3 to 20 characters: small letters a to z, digits and dashes, with no dash at either end.";

/// Why a short name cannot be had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ShortNameError {
    /// [`SHORT_NAME_RULE`] does not hold.
    Malformed,
    /// It is a page of the server.
    Reserved,
}

/// Whether a room may be called so in `https://host/<short name>`.
pub fn check_short_name(short_name: &str) -> Result<(), ShortNameError> {
    let well_formed = (3..=20).contains(&short_name.len())
        && short_name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !short_name.starts_with('-')
        && !short_name.ends_with('-');
    if !well_formed {
        Err(ShortNameError::Malformed)
    } else if RESERVED.contains(&short_name) {
        Err(ShortNameError::Reserved)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised_and_trimmed() {
        assert_eq!(clean_name("  Flauschpyramide "), Some("Flauschpyramide".into()));
        assert_eq!(clean_name("Gru\u{308}n"), Some("Gr\u{fc}n".into()));
        assert_eq!(clean_name("<b>Jo</b>"), Some("<b>Jo</b>".into()), "text stays text");
        assert_eq!(clean_name("👩\u{200d}🚀 Mara"), Some("👩\u{200d}🚀 Mara".into()));
    }

    #[test]
    fn nothing_invisible_hides_in_a_name() {
        assert_eq!(clean_name("Jo\u{202e}exe.\u{0}\n\u{2066}"), Some("Joexe.".into()));
        for empty in ["", "  ", "\u{200b}\u{feff}", "\u{200d}\u{fe0f}", "\u{2800}", "\u{3164}"] {
            assert_eq!(clean_name(empty), None, "{empty:?}");
        }
    }

    #[test]
    fn names_end_at_64_characters() {
        assert!(clean_name(&"ü".repeat(64)).is_some());
        assert_eq!(clean_name(&"ü".repeat(65)), None);
        assert_eq!(clean_name(&"x".repeat(100_000)), None);
    }

    #[test]
    fn one_emoji_is_one_emoji() {
        for good in
            ["🧶", "🎳", "☕", "❤️", "👍🏽", "👩\u{200d}🚀", "🇩🇪", "3️⃣", "🏴\u{e0067}\u{e0062}\u{e007f}"]
        {
            assert!(is_one_emoji(good), "{good}");
        }
        for bad in ["", "a", "3", "🧶🧶", "🧶a", "\u{200d}", "🇩", "ab", "<b>", &"👩\u{200d}".repeat(20)]
        {
            assert!(!is_one_emoji(bad), "{bad}");
        }
    }

    #[test]
    fn short_names_are_plain_and_never_a_page() {
        for good in ["flausch", "raum-7", "abc", &"x".repeat(20)] {
            assert_eq!(check_short_name(good), Ok(()), "{good}");
        }
        for bad in ["ab", "Flausch", "flauß", "a_b", "a/b", "-abc", "abc-", &"x".repeat(21)] {
            assert_eq!(check_short_name(bad), Err(ShortNameError::Malformed), "{bad}");
        }
        assert_eq!(check_short_name("login"), Err(ShortNameError::Reserved));
    }
}
