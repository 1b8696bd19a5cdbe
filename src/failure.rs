//! How the program ends when it cannot go on: a sentence on standard error, and a status.

use crate::config::Problem;
use std::process::ExitCode;

/// Starting again would not help (`EX_CONFIG` of sysexits.h); the systemd unit does not try.
const HOPELESS: u8 = 78;

/// Why it ended.
#[derive(Debug)]
pub(crate) struct Failure {
    lines: Vec<String>,
    status: u8,
}

impl Failure {
    /// Something that may be gone at the next try.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { lines: vec![sentence.into()], status: 1 }
    }

    /// Something that somebody has to repair first.
    pub(crate) fn hopeless(sentence: impl Into<String>) -> Self {
        Self { lines: vec![sentence.into()], status: HOPELESS }
    }

    /// The configuration is wrong.
    #[expect(clippy::needless_pass_by_value, reason = "reads well in map_err")]
    pub(crate) fn configuration(problems: Vec<Problem>) -> Self {
        Self { lines: problems.iter().map(ToString::to_string).collect(), status: HOPELESS }
    }

    /// Adds another sentence.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.lines.extend(other.lines);
        self
    }

    /// Says it.
    #[expect(clippy::print_stderr, reason = "this is the command line")]
    pub(crate) fn report(self) -> ExitCode {
        for line in self.lines {
            eprintln!("kegelbahn: {line}");
        }
        ExitCode::from(self.status)
    }
}
