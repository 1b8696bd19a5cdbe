//! Logging: errors of our own crates only, to standard error. Libraries are off, because some of them log addresses.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// Everybody else is silent at every level.
const OURS: [&str; 6] = ["kegelbahn", "web", "actors", "media_plane", "storage", "client_assets"];

/// Sets up logging and what a panic says.
pub(crate) fn start() {
    let targets = Targets::new().with_targets(OURS.map(|target| (target, LevelFilter::ERROR)));
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(targets);
    tracing_subscriber::registry().with(lines).init();
    // The message of a panic may quote what was at hand, and with it a name; the place is enough to find the bug.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a bug: something panicked");
    }));
}
