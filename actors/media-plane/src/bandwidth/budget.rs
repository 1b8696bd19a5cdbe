//! What may be sent to one receiver: by the estimator if it gives transport-wide feedback, else by what its reports
//! and its own estimates say. A receiver that says nothing gets everything. Pure.

use super::estimator::Estimator;
use crate::transport_cc::Feedback;

/// Loss that two reports in a row must tell of before less is sent: without arrival times nothing else tells
/// congestion from a bad radio, and a full queue loses more than that.
const LOSS_HIGH: f64 = 0.20;
const HIGH_REPORTS: u8 = 2;
/// Growth of the bound in a second, at first and after so long without much loss: a line that was blocked for a while
/// is to carry pictures again before people give up.
const GROWTH: f64 = 1.08;
const GROWTH_CALM: f64 = 1.25;
const CALM_US: i64 = 3_000_000;
const BOUND_MIN_BPS: f64 = 60_000.0;
/// A bound that has grown beyond this binds nobody.
const BOUND_MAX_BPS: f64 = 8_000_000.0;
/// Reports of one receiver's slots within this time are one report.
const REPORT_US: i64 = 400_000;
/// Retransmissions may take this part of the budget, in each such time; so much always.
const REPAIR: f64 = 0.25;
const REPAIR_US: i64 = 500_000;
const REPAIR_BYTES_MIN: f64 = 15_000.0;

#[derive(Default)]
pub(crate) struct Budget {
    estimator: Option<Box<Estimator>>,
    /// From loss in reports.
    bound_bps: Option<f64>,
    /// The receiver's own estimate.
    told_bps: Option<f64>,
    octets: u64,
    judged: Option<(i64, u64)>,
    lost: (f64, f64),
    /// Reports in a row that told of much loss.
    high: u8,
    lowered_us: Option<i64>,
    repair: Repair,
}

/// Bytes sent again since a moment, and in the time before.
#[derive(Default)]
struct Repair {
    since_us: i64,
    bytes: usize,
    before: usize,
}

impl Repair {
    fn at(&mut self, now_us: i64) {
        let passed_us = now_us - self.since_us;
        if passed_us >= REPAIR_US {
            let before = if passed_us < 2 * REPAIR_US { self.bytes } else { 0 };
            *self = Self { since_us: now_us, bytes: 0, before };
        }
    }
}

impl Budget {
    /// The receiver promised transport-wide feedback.
    pub(crate) fn expect_feedback(&mut self) {
        self.estimator.get_or_insert_with(|| Box::new(Estimator::new()));
    }

    /// The transport-wide sequence number of the packet that is sent next.
    pub(crate) fn next_seq_no(&self) -> u16 {
        self.estimator.as_ref().map_or(0, |estimator| estimator.next_seq_no())
    }

    /// It was sent.
    pub(crate) fn sent(&mut self, now_us: i64, bytes: usize) {
        self.octets += bytes as u64;
        if let Some(estimator) = &mut self.estimator {
            estimator.sent(now_us, bytes as u16);
        }
    }

    /// Bits a second that may be sent, `None` for no limit.
    pub(crate) fn bps(&self, now_us: i64) -> Option<f64> {
        let estimated = self.estimator.as_ref().and_then(|estimator| estimator.bps(now_us));
        let reported = [self.bound_bps, self.told_bps].into_iter().flatten().reduce(f64::min);
        estimated.or(reported)
    }

    /// Whether the line has not been found wanting for so long.
    pub(crate) fn is_calm(&self, now_us: i64, for_us: i64) -> bool {
        let reported = self.lowered_us.is_none_or(|at| now_us - at >= for_us);
        self.estimator.as_ref().map_or(reported, |estimator| estimator.is_calm(now_us, for_us))
    }

    /// So much would be sent if it was there.
    pub(crate) fn want(&mut self, now_us: i64, wanted_bps: f64) {
        if let Some(estimator) = &mut self.estimator {
            estimator.want(now_us, wanted_bps);
        }
    }

    pub(crate) fn feedback(&mut self, now_us: i64, feedback: &Feedback<'_>) {
        if let Some(estimator) = &mut self.estimator {
            estimator.feedback(now_us, feedback);
        }
    }

    /// The receiver is reached by another path.
    pub(crate) fn moved(&mut self, now_us: i64) {
        if let Some(estimator) = &mut self.estimator {
            estimator.moved(now_us);
        }
    }

    /// The receiver's own estimate.
    pub(crate) fn told(&mut self, bps: u64) {
        self.told_bps = Some((bps as f64).max(BOUND_MIN_BPS));
    }

    /// A report block about a slot, with the packets it stands for.
    pub(crate) fn reported(&mut self, now_us: i64, fraction_lost: u8) {
        self.lost.0 += f64::from(fraction_lost) / 256.0;
        self.lost.1 += 1.0;
        let (since_us, octets) = *self.judged.get_or_insert((now_us, self.octets));
        let passed_us = now_us - since_us;
        if passed_us < REPORT_US {
            return;
        }
        let share = self.lost.0 / self.lost.1;
        let sent_bps = (self.octets - octets) as f64 * 8e6 / passed_us as f64;
        self.judged = Some((now_us, self.octets));
        self.lost = (0.0, 0.0);
        self.high = if share > LOSS_HIGH { self.high.saturating_add(1) } else { 0 };
        if self.high >= HIGH_REPORTS {
            let from = self.bound_bps.unwrap_or(BOUND_MAX_BPS).min(sent_bps);
            self.bound_bps = Some((from * (1.0 - 0.5 * share)).max(BOUND_MIN_BPS));
            self.lowered_us = Some(now_us);
        } else if share <= LOSS_HIGH {
            let calm = self.lowered_us.is_none_or(|at| now_us - at > CALM_US);
            let growth = if calm { GROWTH_CALM } else { GROWTH };
            let grown = self.bound_bps.map(|bound| bound * growth.powf(passed_us as f64 / 1e6));
            self.bound_bps = grown.filter(|bound| *bound < BOUND_MAX_BPS);
        }
    }

    /// Whether the budget has room for so many bytes to be sent again; takes them from it.
    pub(crate) fn may_repair(&mut self, now_us: i64, bytes: usize) -> bool {
        self.repair.at(now_us);
        let most = self.bps(now_us).map(|bps| (REPAIR * bps / 8e6 * REPAIR_US as f64).max(REPAIR_BYTES_MIN));
        let may = most.is_none_or(|most| (self.repair.bytes + bytes) as f64 <= most);
        self.repair.bytes += if may { bytes } else { 0 };
        may
    }

    /// Bits a second that went into retransmissions lately: they are not there for pictures.
    pub(crate) fn repair_bps(&mut self, now_us: i64) -> f64 {
        self.repair.at(now_us);
        self.repair.before.max(self.repair.bytes) as f64 * 8e6 / REPAIR_US as f64
    }

    /// The estimator, for what only a line with feedback has: calm, probes.
    pub(crate) fn estimator_mut(&mut self) -> Option<&mut Estimator> {
        self.estimator.as_deref_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_that_says_nothing_gets_everything() {
        let mut budget = Budget::default();
        budget.sent(0, 1000);
        assert_eq!(budget.bps(10_000_000), None);
        budget.reported(1_000_000, 0);
        budget.reported(2_000_000, 5);
        assert_eq!(budget.bps(2_000_000), None);
        budget.told(500_000);
        assert_eq!(budget.bps(2_000_000), Some(500e3));
    }

    #[test]
    fn one_that_promised_feedback_and_gives_none_as_well() {
        let mut budget = Budget::default();
        budget.expect_feedback();
        budget.estimator_mut().unwrap().tick(0);
        assert!(budget.bps(60_000_000).is_some(), "nothing was sent that it could tell of");
        budget.sent(0, 1000);
        budget.estimator_mut().unwrap().tick(0);
        assert_eq!(budget.bps(1_000_000), Some(super::super::estimator::START_BPS));
        assert_eq!(budget.bps(3_000_001), None);
    }

    #[test]
    fn retransmissions_are_a_part_of_the_budget() {
        let mut budget = Budget::default();
        assert!((0..1000).all(|_| budget.may_repair(0, 1000)), "no limit without a budget");
        budget.told(1_000_000);
        let sent = (0..1000).filter(|_| budget.may_repair(1_000_000, 1000)).count();
        assert_eq!((sent, budget.repair_bps(1_000_000)), (15, 240e3));
        assert!(budget.may_repair(1_500_000, 1000));
        assert_eq!(budget.repair_bps(1_500_000), 240e3, "the time before counts");
        assert_eq!(budget.repair_bps(3_000_000), 0.0);
    }

    #[test]
    fn reported_loss_halves_what_is_sent_and_recovers_slowly() {
        let mut budget = Budget::default();
        budget.reported(0, 0);
        for second in 1..5 {
            for _ in 0..250 {
                budget.sent(0, 1000);
            }
            budget.reported(second * 1_000_000, 64);
        }
        let bound = budget.bps(0).unwrap();
        assert!((1.1e6..1.9e6).contains(&bound), "{bound}");
        for second in 5..8 {
            budget.reported(second * 1_000_000, 0);
        }
        assert!((1.2..1.3).contains(&(budget.bps(0).unwrap() / bound)));
        for second in 8..60 {
            budget.reported(second * 1_000_000, 0);
        }
        assert_eq!(budget.bps(0), None);
    }

    #[test]
    fn a_line_that_was_blocked_carries_pictures_again_within_seconds() {
        let mut budget = Budget { bound_bps: Some(BOUND_MIN_BPS), lowered_us: Some(0), ..Budget::default() };
        let recovered = (0..60).find(|second| {
            budget.reported(second * 1_000_000, 0);
            budget.bps(0).is_none_or(|bps| bps > 600e3)
        });
        assert!(recovered.is_some_and(|second| (8..16).contains(&second)), "{recovered:?}");
    }
}
