//! `kegelbahn-load`: see the library's text, and `--help`.
#![allow(clippy::print_stdout, reason = "the figures are what this program is for")]

use clap::Parser;
use kegelbahn_load::{Arguments, Failure, Task, compare, run, run_board};

fn main() -> Result<(), Failure> {
    match Arguments::parse().task {
        Task::Run(wanted) => {
            let report = run(&wanted)?;
            println!("{}", if wanted.json { report.json() } else { report.table() });
        }
        Task::Compare(wanted) => compare(&wanted, &mut |text| println!("{text}"))?,
        Task::Board(wanted) => {
            let report = run_board(&wanted)?;
            println!("{}", if wanted.json { report.json() } else { report.table() });
        }
    }
    Ok(())
}
