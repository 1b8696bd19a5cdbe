//! Figures of use and load: counted everywhere, exact ones for the operator, coarse and late ones for the public.
//!
//! `Figures` are counted into by whoever does the work; a `Meter` reads them together with the media plane's and the
//! process's; the `Load` actor folds what it reads every 10 s into half-hours in the store; `publish` makes of
//! those what anybody may know. Nothing in here can name a room or a person.

mod actor;
mod figures;
mod meter;
mod process;
mod public;
mod sampler;

pub use actor::Load;
pub use figures::*;
pub use meter::{MediaReading, Meter, SharedMeter, Snapshot};
pub use process::{Machine, ProcessUse};
pub use public::{Bin, HISTORY, PublicDay, PublicLoad, PublicSample, Verdict, publish};
pub use sampler::{HALF_HOUR, Sampler};
