//! What a login name and a password may look like. Pure.

use unicode_normalization::UnicodeNormalization;

/// For people.
pub const LOGIN_RULE: &str =
    "A login name has 2 to 32 characters: letters a to z, digits, dot, dash and underscore.";

/// For people.
pub const PASSWORD_RULE: &str = "A password has 10 to 256 characters.";

/// Whether [`LOGIN_RULE`] holds.
pub fn check_login(login: &str) -> bool {
    (2..=32).contains(&login.len())
        && login.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// The password in the form that is hashed (NFC: the same umlaut from every keyboard, RFC 8265 §4.2.2),
/// or nothing when [`PASSWORD_RULE`] does not hold.
pub fn check_password(password: &str) -> Option<String> {
    let normal: String = password.nfc().collect();
    (10..=256).contains(&normal.chars().count()).then_some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_plain_and_short() {
        for good in ["jo", "Mara.K", "a_b-c", &"x".repeat(32)] {
            assert!(check_login(good), "{good}");
        }
        for bad in ["", "x", "a b", "jö", "a/b", &"x".repeat(33)] {
            assert!(!check_login(bad), "{bad}");
        }
    }

    #[test]
    fn umlauts_are_the_same_however_they_were_typed() {
        assert_eq!(check_password("gru\u{308}nkohl-essen"), check_password("gr\u{fc}nkohl-essen"));
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert!(check_password("kegelkegel").is_some());
        assert!(check_password("kegelkege").is_none());
        assert!(check_password(&"k".repeat(257)).is_none());
    }
}
