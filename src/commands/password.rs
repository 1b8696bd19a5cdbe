//! Asking for a password: at the terminal without showing it, or from standard input.

use crate::failure::Failure;
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
use std::io::{BufRead, Read, Write};

/// Longest line that is read; more is no password.
const BYTES_MAX: u64 = 4_096;

/// The first line of standard input, or what is typed twice at the terminal.
pub(super) fn read(from_stdin: bool) -> Result<String, Failure> {
    if from_stdin {
        return line();
    }
    let first = hidden("password: ")?;
    if hidden("once more: ")? == first {
        Ok(first)
    } else {
        Err(Failure::new("the two are not the same; nothing was changed"))
    }
}

fn line() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(BYTES_MAX).read_line(&mut text);
    read.map_err(|error| Failure::new(format!("the password cannot be read: {error}")))?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

#[expect(clippy::print_stderr, reason = "this is the command line")]
fn hidden(prompt: &str) -> Result<String, Failure> {
    let stdin = std::io::stdin();
    let shown = tcgetattr(&stdin).map_err(|_no_terminal| {
        Failure::new("there is no terminal to ask for the password; use --password-stdin")
    })?;
    let mut quiet = shown.clone();
    quiet.local_flags.remove(LocalFlags::ECHO);
    quiet.local_flags.insert(LocalFlags::ECHONL);
    eprint!("{prompt}");
    std::io::stderr().flush().ok();
    let failed =
        |error: nix::Error| Failure::new(format!("the terminal does not hide the password: {error}"));
    tcsetattr(&stdin, SetArg::TCSAFLUSH, &quiet).map_err(failed)?;
    let text = line();
    tcsetattr(&stdin, SetArg::TCSAFLUSH, &shown).map_err(failed)?;
    text
}
