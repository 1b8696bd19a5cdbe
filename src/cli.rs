//! The command line.

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Video and phone conferences with a whiteboard everyone draws on.
#[derive(Parser, Debug)]
#[command(name = "kegelbahn", version, about)]
pub(crate) struct Arguments {
    /// Configuration file; config/default.toml in the source tells every key.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Directory of everything that is kept (instead of server.data_dir).
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// What to do; without a word: serve.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What to do. All of these may be used while the server runs.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run the server (the default).
    Serve,
    /// Accounts.
    Account {
        /// What to do with them.
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Rooms.
    Room {
        /// What to do with them.
        #[command(subcommand)]
        command: RoomCommand,
    },
    /// Say whether the configuration is well, or everything that is wrong with it.
    CheckConfig,
}

/// What to do with accounts.
#[derive(Subcommand, Debug)]
pub(crate) enum AccountCommand {
    /// Make an account; asks for its password.
    Create {
        /// 2 to 32 letters, digits, dots, dashes, underscores.
        login: String,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give an account a new password and log it out everywhere.
    Password {
        /// Whose.
        login: String,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Delete an account with all its rooms and boards.
    Delete {
        /// Whose.
        login: String,
    },
}

/// What to do with rooms.
#[derive(Subcommand, Debug)]
pub(crate) enum RoomCommand {
    /// Make a room and print its link.
    Create {
        /// The login whose room it is.
        #[arg(long, value_name = "LOGIN")]
        owner: String,
        /// 1 to 64 characters.
        #[arg(long)]
        name: String,
        /// 3 to 20 small letters, digits, dashes.
        #[arg(long)]
        short_name: Option<String>,
        /// Who may come in by the link.
        #[arg(long, value_enum, default_value_t = Lobby::Knock)]
        lobby: Lobby,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List all rooms, or those of one account.
    List {
        /// Only this login's.
        #[arg(long, value_name = "LOGIN")]
        owner: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Delete a room with its board.
    Delete {
        /// Its id, its link or its short name.
        room: String,
    },
}

/// Who may come in by the link.
#[derive(Clone, Copy, ValueEnum, Debug)]
pub(crate) enum Lobby {
    /// Everyone with the link.
    Open,
    /// A host admits each.
    Knock,
    /// Hosts only.
    Closed,
}
