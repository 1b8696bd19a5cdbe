//! What one client may cost: messages a second, and the shape of a message. Pure.

use std::time::Instant;

/// Longest message, bytes.
pub(super) const MESSAGE_MAX: usize = 64 * 1024;
/// Deepest nesting of a message.
pub(super) const NESTING_MAX: usize = 16;
/// Longest list or object in a message.
pub(super) const LIST_MAX: usize = 256;

const RATE_PER_SECOND: f64 = 20.0;
const BURST: f64 = 60.0;

/// A token bucket: [`RATE_PER_SECOND`] messages, with bursts of [`BURST`].
#[derive(Debug)]
pub(super) struct MessageRate {
    tokens: f64,
    at: Instant,
}

impl MessageRate {
    /// A full bucket.
    pub(super) fn new(now: Instant) -> Self {
        Self { tokens: BURST, at: now }
    }

    /// Whether one more message is fine.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.tokens = (self.tokens + passed * RATE_PER_SECOND).min(BURST);
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }
}

/// Whether a message's nesting and lists are within bounds; looked at before a parser sees it. Text that is no JSON
/// may pass here: the parser refuses it.
pub(super) fn shape_is_fine(text: &str) -> bool {
    let mut commas: Vec<usize> = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => commas.push(0),
            b']' | b'}' => {
                commas.pop();
            }
            b',' => {
                if let Some(count) = commas.last_mut() {
                    *count += 1;
                    if *count >= LIST_MAX {
                        return false;
                    }
                }
            }
            _ => {}
        }
        if commas.len() > NESTING_MAX {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_is_fine_and_a_flood_is_not() {
        let now = crate::clock::now();
        let mut rate = MessageRate::new(now);
        assert!((0..60).all(|_| rate.take(now)));
        assert!(!rate.take(now));
        assert!(rate.take(now + Duration::from_millis(60)));
        assert!(!rate.take(now + Duration::from_millis(60)));
    }

    #[test]
    fn deep_and_wide_messages_are_refused_before_parsing() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(shape_is_fine(&deep(NESTING_MAX)));
        assert!(!shape_is_fine(&deep(NESTING_MAX + 1)));
        let wide = |items: usize| format!("[{}]", vec!["1"; items].join(","));
        assert!(shape_is_fine(&wide(LIST_MAX)));
        assert!(!shape_is_fine(&wide(LIST_MAX + 1)));
    }

    #[test]
    fn brackets_and_commas_inside_strings_do_not_count() {
        let text = format!(r#"{{"sdp":"{}","more":"\"{}"}}"#, "[".repeat(100), ",".repeat(1_000));
        assert!(shape_is_fine(&text));
    }
}
