//! Kegelbahn: read, wire, run, stop.

mod cli;
mod commands;
mod config;
mod data_directory;
mod failure;
mod reach;
mod serve;
mod system;
mod telemetry;

use clap::Parser;
use cli::{Arguments, Command};
use config::Config;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    telemetry::start();
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    system::harden()?;
    let variables = std::env::vars_os();
    let variables =
        variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let loaded = Config::load(arguments.config.as_deref(), variables, arguments.data_dir.as_deref());
    let config = loaded.map_err(Failure::configuration)?;
    let system = actix_rt::System::new();
    system.block_on(async {
        match arguments.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve(&config).await,
            Command::CheckConfig => commands::check_config(&config),
            Command::Account { command } => commands::account(&config, command).await,
            Command::Room { command } => commands::room(&config, command).await,
            Command::Token { command } => commands::token(&config, command).await,
        }
    })
}
