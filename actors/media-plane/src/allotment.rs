//! What a receiver's budget becomes over time. Pure.
//!
//! [`choose`] says what fits now; this says when to follow it: down at once, up only with headroom, after a calm while,
//! and later each time that an upgrade had to be taken back. So a picture does not flip between two layers.

use crate::allocation::{Choice, Wish, choose};
use crate::layers::{Bitrate, Reason};
use crate::overload::Cap;

/// An upgrade must fit when everything is so much larger than it is.
pub(crate) const HEADROOM: f64 = 1.18;
/// What a line must have been calm for before anything is upgraded: at first, and at most.
const CALM_MIN_US: i64 = 2_000_000;
const CALM_MAX_US: i64 = 32_000_000;
/// A downgrade so soon after an upgrade says that the upgrade was wrong.
const TAKEN_BACK_US: i64 = 10_000_000;
/// Between two upgrades, so that the first is felt before the next.
const UPGRADES_US: i64 = 1_500_000;

/// What one receiver's slots were given last.
pub(crate) struct Allotment {
    calm_us: i64,
    upgraded_us: Option<i64>,
    high: Vec<Choice>,
}

impl Allotment {
    pub(crate) fn new() -> Self {
        Self { calm_us: CALM_MIN_US, upgraded_us: None, high: Vec::new() }
    }

    /// How long the line must have been calm for an upgrade.
    pub(crate) fn calm_us(&self) -> i64 {
        self.calm_us
    }

    /// Chooses for all slots of a receiver. `before` is what each slot has, `None` for one that is new; `calm` says
    /// whether the line was calm for [`Self::calm_us`]; `choices` gets one for each wish.
    pub(crate) fn settle(
        &mut self,
        now_us: i64,
        budget: Option<Bitrate>,
        calm: bool,
        wishes: &[Wish],
        before: &[Option<Choice>],
        choices: &mut Vec<Choice>,
    ) {
        let Some(budget) = budget else {
            return choose(None, wishes, choices);
        };
        let careful = Bitrate((budget.0 as f64 / HEADROOM) as u64);
        choose(Some(careful), wishes, choices);
        choose(Some(budget), wishes, &mut self.high);
        let may_rise = calm && self.upgraded_us.is_none_or(|at| now_us - at >= UPGRADES_US);
        let (mut rose, mut fell) = (false, false);
        for ((wish, before), (low, high)) in wishes.iter().zip(before).zip(choices.iter_mut().zip(&self.high))
        {
            // Nothing was promised yet, or what was promised is no longer sent: what fits is right.
            let Some((before, has)) = before.as_ref().and_then(|before| Some((before, wish.step(before)?)))
            else {
                *low = *high;
                continue;
            };
            let (careful, most) = (wish.step(low).unwrap_or(0), wish.step(high).unwrap_or(0));
            if has > most {
                // What the server lowered says nothing of the line.
                fell |= wish.cap == Cap::NONE && matches!(high.quality.reason, Reason::Line | Reason::Paused);
                *low = *high;
            } else if has < careful && may_rise {
                rose = true;
            } else if has != careful {
                *low = wish.hold(before, high);
            }
        }
        if fell && self.upgraded_us.is_some_and(|at| now_us - at < TAKEN_BACK_US) {
            self.calm_us = (self.calm_us * 2).min(CALM_MAX_US);
            self.upgraded_us = None;
        } else if self.upgraded_us.is_some_and(|at| now_us - at >= TAKEN_BACK_US) {
            self.calm_us = CALM_MIN_US;
        }
        if rose {
            self.upgraded_us = Some(now_us);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::Layer;
    use crate::layers::{Demand, Priority, Rid};

    fn wish(priority: Priority) -> Wish {
        let layer = |rid, height, kilobits: u64| {
            Some(Layer {
                rid,
                size: Some((height * 16 / 9, height)),
                rates: [Bitrate(kilobits * 1000); 4],
                live: true,
            })
        };
        let layers = [layer(Rid::L, 180, 150), layer(Rid::M, 360, 500), layer(Rid::H, 720, 2000)];
        Wish { demand: Demand { width: 1280, height: 720, priority }, layers, cap: Cap::NONE }
    }

    struct Receiver {
        allotment: Allotment,
        has: Vec<Option<Choice>>,
        now_us: i64,
    }

    impl Receiver {
        fn new(slots: usize) -> Self {
            Self { allotment: Allotment::new(), has: vec![None; slots], now_us: 0 }
        }

        /// Half a second passes.
        fn turn(&mut self, kilobits: u64, calm_s: i64) -> Vec<Option<Rid>> {
            self.now_us += 500_000;
            let wishes = vec![wish(Priority::Rest); self.has.len()];
            let calm = calm_s * 1_000_000 >= self.allotment.calm_us();
            let mut choices = Vec::new();
            let budget = Some(Bitrate(kilobits * 1000));
            self.allotment.settle(self.now_us, budget, calm, &wishes, &self.has, &mut choices);
            self.has = choices.into_iter().map(Some).collect();
            self.has.iter().flatten().map(|choice| choice.quality.layer).collect()
        }
    }

    #[test]
    fn falls_at_once_and_climbs_with_headroom_after_a_while() {
        let mut receiver = Receiver::new(1);
        assert_eq!(receiver.turn(2100, 0), [Some(Rid::H)], "what fits at first");
        assert_eq!(receiver.turn(1900, 0), [Some(Rid::M)], "down at once");
        assert_eq!(receiver.turn(2500, 1), [Some(Rid::M)], "not calm yet");
        assert_eq!(receiver.turn(2300, 10), [Some(Rid::M)], "no headroom");
        assert_eq!(receiver.turn(2500, 10), [Some(Rid::H)]);
        assert_eq!(receiver.turn(2050, 10), [Some(Rid::H)], "kept without headroom");
        assert_eq!(receiver.turn(100, 0), [None]);
        assert_eq!(receiver.has[0].map(|choice| choice.quality.reason), Some(Reason::Paused));
        assert_eq!(receiver.turn(160, 10), [None]);
        assert_eq!(receiver.turn(200, 40), [Some(Rid::L)]);
    }

    #[test]
    fn an_upgrade_that_was_taken_back_is_tried_later_each_time() {
        let mut receiver = Receiver::new(1);
        receiver.turn(1000, 10);
        let mut waits = Vec::new();
        for _ in 0..4 {
            while receiver.turn(2500, 60) != [Some(Rid::H)] {}
            assert_eq!(receiver.turn(1000, 60), [Some(Rid::M)]);
            waits.push(receiver.allotment.calm_us() / 1_000_000);
        }
        assert_eq!(waits, [4, 8, 16, 32]);
        while receiver.turn(2500, 60) != [Some(Rid::H)] {}
        (0..21).for_each(|_| drop(receiver.turn(2500, 60)));
        assert_eq!(receiver.allotment.calm_us(), CALM_MIN_US, "it held");
    }

    #[test]
    fn an_estimate_that_goes_up_and_down_moves_nothing() {
        let mut receiver = Receiver::new(3);
        receiver.turn(1300, 10);
        let before = receiver.turn(1300, 10);
        for turn in 0..100 {
            assert_eq!(receiver.turn(1200 + turn % 5 * 40, 10), before);
        }
    }
}
