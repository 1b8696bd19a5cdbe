//! `kegelbahn-load`: see the library's text, and `--help`.
#![allow(clippy::print_stdout, reason = "the figures are what this program is for")]

use clap::Parser;
use kegelbahn_load::{Arguments, BoardReport, Failure, Task, compare, run, run_board};

fn main() -> Result<(), Failure> {
    match Arguments::parse().task {
        Task::Run(wanted) => {
            let report = run(&wanted)?;
            println!("{}", if wanted.json { report.json() } else { report.table() });
        }
        Task::Compare(wanted) => compare(&wanted, &mut |text| println!("{text}"))?,
        Task::Board(wanted) => {
            let mut ours: Option<BoardReport> = None;
            run_board(&wanted, &mut |report| {
                println!("{}", if wanted.json { report.json() } else { report.table() });
                match &ours {
                    None => ours = Some(report),
                    Some(_) if wanted.json => {}
                    Some(ours) => println!("{}", report.beside(ours)),
                }
            })?;
        }
    }
    Ok(())
}
