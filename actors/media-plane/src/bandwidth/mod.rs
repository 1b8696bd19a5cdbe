//! How much a receiver's line carries, and what a publisher is told of its own.
//!
//! [`estimator::Estimator`] is send-side estimation per receiver by Google congestion control: a trendline detector of
//! growing queues, additive and multiplicative rate control, a bound from loss, probes by padding. [`Arrivals`] is the
//! other direction: what a publisher's browser estimates with. Everything is pure, time is an argument (µs of one
//! clock), and nothing is allocated per packet. What is done with an estimate is decided elsewhere.
//!
//! Why not the estimator of `rtc-interceptor` 0.21.1: it has no probes and no limit by what arrives, so an estimate
//! of a line that is not filled (a forwarder's usual state) climbs without end; and it allocates with each feedback.

mod arrivals;
mod budget;
mod control;
mod estimator;
#[cfg(test)]
pub(crate) mod line;
#[cfg(test)]
mod line_tests;
mod probe;
mod rates;
mod sent;
mod trend;

pub(crate) use arrivals::Arrivals;
pub(crate) use budget::Budget;
#[cfg(test)]
pub(crate) use estimator::Estimator;
