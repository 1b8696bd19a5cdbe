//! New ids and secrets, from the operating system's randomness. Only shells call this; pure code takes ids as arguments.

use ring::rand::{SecureRandom, SystemRandom};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// `length` characters of base64url, 6 bits each: 22 make a secret of 132 bits.
///
/// # Panics
/// When the operating system has no randomness to give; nothing safe can be done then.
pub fn random_text(length: usize) -> String {
    let mut bytes = vec![0u8; length];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives randomness");
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 63)])).collect()
}

/// `length` characters of `ice-char` (RFC 8839 §5.4): base64url without the two characters that are not allowed there.
pub fn random_ice_text(length: usize) -> String {
    random_text(length).replace('-', "+").replace('_', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_the_length_asked_for_and_differ() {
        let (first, second) = (random_text(22), random_text(22));
        assert_eq!(first.len(), 22);
        assert_ne!(first, second);
        assert!(random_ice_text(200).chars().all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '/'));
    }
}
