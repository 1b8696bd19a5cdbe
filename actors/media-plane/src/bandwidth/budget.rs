//! What may be sent to one receiver: by the estimator if it gives transport-wide feedback, else by what its reports
//! and its own estimates say. A receiver that says nothing gets everything. Pure.

use super::estimator::Estimator;
use crate::transport_cc::Feedback;

/// Loss that a report must tell of before less is sent (draft-ietf-rmcat-gcc-02 §6).
const LOSS_HIGH: f64 = 0.10;
const GROWTH: f64 = 1.08;
const BOUND_MIN_BPS: f64 = 60_000.0;
/// A bound that has grown beyond this binds nobody.
const BOUND_MAX_BPS: f64 = 8_000_000.0;
/// Reports of one receiver's slots within this time are one report.
const REPORT_US: i64 = 400_000;

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

    #[cfg_attr(not(test), expect(dead_code, reason = "nothing is allotted yet"))]
    /// Bits a second that may be sent, `None` for no limit.
    pub(crate) fn bps(&self, now_us: i64) -> Option<f64> {
        let estimated = self.estimator.as_ref().and_then(|estimator| estimator.bps(now_us));
        let reported = [self.bound_bps, self.told_bps].into_iter().flatten().reduce(f64::min);
        estimated.or(reported)
    }

    pub(crate) fn feedback(&mut self, now_us: i64, feedback: &Feedback<'_>) {
        if let Some(estimator) = &mut self.estimator {
            estimator.feedback(now_us, feedback);
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
        if share > LOSS_HIGH {
            let from = self.bound_bps.unwrap_or(BOUND_MAX_BPS).min(sent_bps);
            self.bound_bps = Some((from * (1.0 - 0.5 * share)).max(BOUND_MIN_BPS));
        } else if share < LOSS_HIGH / 2.0 {
            let grown = self.bound_bps.map(|bound| bound * GROWTH.powf(passed_us as f64 / 1e6));
            self.bound_bps = grown.filter(|bound| *bound < BOUND_MAX_BPS);
        }
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
        assert_eq!(budget.bps(1_000_000), Some(super::super::estimator::START_BPS));
        assert_eq!(budget.bps(3_000_001), None);
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
}
