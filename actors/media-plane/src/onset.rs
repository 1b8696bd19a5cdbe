//! Where a voice began, so that a slot that switches to it does not clip its first syllable. Pure.
//!
//! Between a voice's first sound and the moment a slot is told to carry it lie some packets: the report of its level,
//! the decision, the way back. They are in the track's history, and the slot begins with them. NetEq plays what comes at
//! once one after the other and makes up for the delay by playing a little faster; nothing is lost by it.

use std::time::{Duration, Instant};

/// Quieter packets are no voice: −55 dBov, as 127 minus the level of RFC 6464.
const VOICE: u8 = 127 - 55;
/// After this time without a voice the next loud packet begins a new one.
const PAUSE: Duration = Duration::from_millis(300);
/// A slot begins so far back at most.
const BACK_MAX: Duration = Duration::from_millis(160);
/// Soft beginnings (an `f`, an `h`) come before the first loud packet.
const LEAD: Duration = Duration::from_millis(40);
/// Whoever has been speaking for longer is joined in mid-sentence, without delay.
const FRESH: Duration = Duration::from_millis(500);

/// The newest voice of one microphone.
#[derive(Default, Debug)]
pub(crate) struct Onset {
    began: Option<Instant>,
    loud: Option<Instant>,
    level: u8,
}

impl Onset {
    /// A packet with its loudness, 0 … 127.
    pub(crate) fn packet(&mut self, now: Instant, level: u8) {
        self.level = level;
        if level < VOICE {
            return;
        }
        if self.loud.is_none_or(|loud| now.saturating_duration_since(loud) > PAUSE) {
            self.began = Some(now);
        }
        self.loud = Some(now);
    }

    /// Of the newest packet.
    pub(crate) fn level(&self) -> u8 {
        self.level
    }

    /// From when on packets of the history belong to the beginning of a voice; `None` when nobody just began.
    pub(crate) fn earliest(&self, now: Instant) -> Option<Instant> {
        let (began, loud) = (self.began?, self.loud?);
        let fresh = now.saturating_duration_since(began) <= FRESH;
        let speaks = now.saturating_duration_since(loud) <= PAUSE;
        let earliest = began.checked_sub(LEAD)?.max(now.checked_sub(BACK_MAX)?);
        (fresh && speaks).then_some(earliest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn a_voice_begins_after_a_pause_and_is_fresh_for_a_while() {
        let start = Instant::now() + Duration::from_secs(10);
        let at = |ms| start + Duration::from_millis(ms);
        let mut onset = Onset::default();
        onset.packet(at(0), VOICE - 1);
        assert_eq!(onset.earliest(at(0)), None, "noise");
        for ms in (1000..1600).step_by(20) {
            onset.packet(at(ms), 100);
        }
        assert_eq!(onset.earliest(at(1080)), Some(at(960)), "the soft beginning, too");
        assert_eq!(onset.earliest(at(1400)), Some(at(1240)), "never further back");
        assert_eq!(onset.earliest(at(1501)), None, "in mid-sentence");
        onset.packet(at(1700), 100);
        assert_eq!(onset.earliest(at(1700)), None, "a pause between words begins nothing");
        onset.packet(at(2001), 100);
        assert_eq!(onset.earliest(at(2001)), Some(at(1961)));
        assert_eq!(onset.earliest(at(2302)), None, "silent again");
    }
}
