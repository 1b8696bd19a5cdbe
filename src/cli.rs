//! The command line.

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

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
    /// Tokens that let encoders publish into a room and screens watch it, without a browser (WHIP, WHEP).
    Token {
        /// What to do with them.
        #[command(subcommand)]
        command: TokenCommand,
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
        #[arg(allow_hyphen_values = true)]
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

/// What to do with stream tokens.
#[derive(Subcommand, Debug)]
pub(crate) enum TokenCommand {
    /// Make a token and print where and how it is used; it is never shown again.
    Create {
        /// The room's id, link or short name.
        #[arg(long, allow_hyphen_values = true)]
        room: String,
        /// What it lets do.
        #[arg(long, value_enum)]
        right: Right,
        /// 1 to 64 characters: the name that people in the room see.
        #[arg(long)]
        name: String,
        /// How long it is good to begin with: 30m, 12h, 7d. Without this it has no end.
        #[arg(long, value_name = "TIME", value_parser = span)]
        expires: Option<Duration>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List a room's tokens, without the tokens themselves.
    List {
        /// The room's id, link or short name.
        #[arg(long, allow_hyphen_values = true)]
        room: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Delete a token; whoever streams by it is cut off within seconds.
    Delete {
        /// The room's id, link or short name.
        #[arg(long, allow_hyphen_values = true)]
        room: String,
        /// The token's id.
        #[arg(allow_hyphen_values = true)]
        token: String,
    },
}

/// What a token lets do.
#[derive(Clone, Copy, ValueEnum, Debug)]
pub(crate) enum Right {
    /// Send into the room (WHIP).
    Publish,
    /// Watch the room (WHEP).
    Watch,
}

/// `30m`, `12h`, `7d`.
fn span(text: &str) -> Result<Duration, String> {
    let refused = || format!("{text:?} is no time; write 30m, 12h or 7d");
    let (number, unit) = text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
    let seconds = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(refused()),
    };
    let count: u64 = number.parse().map_err(|_no_number| refused())?;
    Ok(Duration::from_secs(count.saturating_mul(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Option<Command>> {
        Arguments::try_parse_from(line.split(' ')).ok().map(|arguments| arguments.command)
    }

    /// One random id in 64 begins like an option.
    #[test]
    fn ids_may_begin_with_a_hyphen() {
        for line in [
            "kegelbahn token create --room -5kX --right publish --name Saal --json",
            "kegelbahn token list --room -5kX --json",
            "kegelbahn token delete --room -5kX -Ab3",
            "kegelbahn room delete -5kX",
        ] {
            assert!(read(line).is_some(), "{line}");
        }
        let Some(Some(Command::Room { command: RoomCommand::Delete { room } })) =
            read("kegelbahn room delete -5kX")
        else {
            panic!("it is read as something else");
        };
        assert_eq!(room, "-5kX");
        assert!(read("kegelbahn room delete --help").is_none(), "help is still help");
    }
}
