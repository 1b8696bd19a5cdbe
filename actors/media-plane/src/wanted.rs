//! Which layers of a publication its sender is told to send. Pure.
//!
//! A layer is wanted at once when somebody needs it, and unwanted when nobody has for [`REMORSE`]: people who scroll or
//! turn a page come back, and a layer that starts again costs a key frame.

use std::time::{Duration, Instant};

use crate::layers::{LayerSet, Rid};

const REMORSE: Duration = Duration::from_secs(3);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    told: LayerSet,
    /// Since when nobody needs it.
    idle: [Option<Instant>; 3],
}

impl Wanted {
    /// Before anything is told, everything is sent.
    pub(crate) fn new() -> Self {
        Self { told: LayerSet::ALL, idle: [None; 3] }
    }

    /// What is needed now; returns what the sender is to be told, if that changed.
    pub(crate) fn need(&mut self, now: Instant, needed: LayerSet) -> Option<LayerSet> {
        let before = self.told;
        for rid in Rid::ALL {
            let idle = &mut self.idle[rid as usize];
            if needed.contains(rid) {
                *idle = None;
                self.told.insert(rid);
            } else if self.told.contains(rid) {
                let since = *idle.get_or_insert(now);
                if now.saturating_duration_since(since) >= REMORSE {
                    *idle = None;
                    self.told.remove(rid);
                }
            }
        }
        (self.told != before).then_some(self.told)
    }

    /// The sender begins anew: nothing counts as idle yet.
    pub(crate) fn restart(&mut self) {
        self.idle = [None; 3];
    }

    /// Whether something will be unwanted if nobody comes to need it.
    pub(crate) fn is_running_out(&self) -> bool {
        self.idle.iter().any(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn wanted_at_once_and_unwanted_after_a_while() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let set = |rids: &[Rid]| rids.iter().copied().collect::<LayerSet>();
        let mut wanted = Wanted::new();
        assert_eq!(wanted.need(at(0), set(&[Rid::M])), None, "everything is sent already");
        assert!(wanted.is_running_out());
        assert_eq!(wanted.need(at(2000), set(&[Rid::M, Rid::H])), None);
        assert_eq!(wanted.need(at(2500), set(&[Rid::M])), None);
        assert_eq!(wanted.need(at(3000), set(&[Rid::M])), Some(set(&[Rid::M, Rid::H])), "l after 3 s");
        assert_eq!(wanted.need(at(5499), set(&[Rid::M])), None);
        assert_eq!(wanted.need(at(5500), set(&[Rid::M])), Some(set(&[Rid::M])), "h 3 s after its last need");
        assert!(!wanted.is_running_out());
        assert_eq!(wanted.need(at(6000), set(&[Rid::L])), Some(set(&[Rid::L, Rid::M])), "l at once");
        wanted.need(at(8000), LayerSet::NONE);
        wanted.restart();
        assert_eq!(wanted.need(at(9000), LayerSet::NONE), None, "counted anew");
        assert_eq!(wanted.need(at(12_000), LayerSet::NONE), Some(LayerSet::NONE));
    }
}
