//! People by the hundred for a running server on this machine, and what they cost it.
//!
//! They come by the signalling socket with a room's link, set up ICE, DTLS and SRTP like a browser, and send and count
//! packets without decoding anything. One thread carries the media of all of them, another the signalling. Or they
//! draw on one board (`board`).
//! How an operator uses it stands in the README of the repository.
//!
//! It believes any certificate, so it speaks to loopback addresses only.

mod account;
mod answer;
mod board;
mod clock;
mod crowd;
mod engine;
mod feedback;
mod film;
mod link;
mod options;
mod person;
mod process;
mod report;
mod scenarios;

pub use board::{BoardReport, run_board};
pub use engine::run;
pub use options::{Arguments, BoardLoad, Compare, Run, Task};
pub use report::{Percentiles, Report};
pub use scenarios::compare;

/// Whatever ends a run, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
