//! Arguments.

use crate::Failure;
use clap::{Args, Parser, Subcommand};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// No run has more people than so many.
const PEOPLE_MAX: usize = 5_000;
/// Nor a board more drawers.
const DRAWERS_MAX: usize = 490;
/// Nor does it measure for longer (seconds).
const SECONDS_MAX: u64 = 600;

/// What stands on the command line.
#[derive(Parser)]
#[command(about = "Drives a running Kegelbahn server on this machine and measures what people cost")]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// What to do.
#[derive(Subcommand)]
pub enum Task {
    /// One crowd at a server that runs already
    Run(Run),
    /// The standard meetings, each at a server of its own
    Compare(Compare),
    /// Drawers at one board, at a server of its own
    Board(BoardLoad),
}

/// A crowd.
#[derive(Args, Clone, Debug)]
pub struct Run {
    /// The server's public URL; its host must be this machine
    #[arg(long, default_value = "https://localhost:8443")]
    pub url: String,
    /// Link of an open room, as `kegelbahn room create --json` tells it; may be repeated
    #[arg(long = "room", required = true, allow_hyphen_values = true)]
    pub rooms: Vec<String>,
    /// People in each room who send (and receive)
    #[arg(long, default_value_t = 1)]
    pub publishers: usize,
    /// People in each room who only receive
    #[arg(long, default_value_t = 10)]
    pub receivers: usize,
    /// Video of each publisher, kbit/s; 0 is none
    #[arg(long, default_value_t = 1_500)]
    pub video_kbit: u32,
    /// Encodings of each video, 1 or 3 (a tenth, a third and all of --video-kbit)
    #[arg(long, default_value_t = 1)]
    pub layers: usize,
    /// Publishers also speak: 50 packets a second
    #[arg(long)]
    pub audio: bool,
    /// Clients send transport-wide feedback
    #[arg(long)]
    pub twcc: bool,
    /// People who come in a second
    #[arg(long, default_value_t = 20.0)]
    pub join_rate: f64,
    /// Seconds of measuring once all are there
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// End at the first loss or 50 ms of p99 delay while people come, and say how many there were
    #[arg(long)]
    pub ramp: bool,
    /// Process id of the server, for its CPU time and memory
    #[arg(long)]
    pub pid: Option<u32>,
    /// Figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// The standard meetings.
#[derive(Args, Clone, Debug)]
pub struct Compare {
    /// The server's binary; the one beside this program otherwise
    #[arg(long)]
    pub server: Option<PathBuf>,
    /// Only the scenarios whose names begin so
    #[arg(long)]
    pub only: Option<String>,
    /// Seconds of measuring in each
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Threads of the server that carry media
    #[arg(long, default_value_t = 1)]
    pub threads: usize,
    /// Figures as JSON, a line for each scenario
    #[arg(long)]
    pub json: bool,
}

/// Drawers.
#[derive(Args, Clone, Debug)]
pub struct BoardLoad {
    /// The server's binary; the one beside this program otherwise
    #[arg(long)]
    pub server: Option<PathBuf>,
    /// Measure y-websocket's server as well, by TLS and without: the folder with its installed package
    #[arg(long)]
    pub y_websocket: Option<PathBuf>,
    /// People who draw
    #[arg(long, default_value_t = 100)]
    pub drawers: usize,
    /// Changes a second of each, and cursor movements
    #[arg(long, default_value_t = 20.0)]
    pub changes: f64,
    /// Bytes of a change, about
    #[arg(long, default_value_t = 700)]
    pub bytes: usize,
    /// Cursors stand still
    #[arg(long)]
    pub no_cursors: bool,
    /// Elements that are there before the drawing begins
    #[arg(long, default_value_t = 0)]
    pub shapes: usize,
    /// Seconds of measuring
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// Whose board is drawn on.
pub(crate) enum BoardServer {
    /// Ours, by TLS; the binary beside this program when none is named.
    Kegelbahn(Option<PathBuf>),
    /// The one that comes with the package installed in this folder. By itself it speaks no TLS.
    YWebsocket { folder: PathBuf, tls: bool },
}

impl BoardServer {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Kegelbahn(_) => "kegelbahn",
            Self::YWebsocket { tls: true, .. } => "y-websocket by TLS",
            Self::YWebsocket { tls: false, .. } => "y-websocket without TLS",
        }
    }
}

impl BoardLoad {
    /// Ours first.
    pub(crate) fn servers(&self) -> Vec<BoardServer> {
        let theirs = |tls| self.y_websocket.clone().map(|folder| BoardServer::YWebsocket { folder, tls });
        [BoardServer::Kegelbahn(self.server.clone())]
            .into_iter()
            .chain([true, false].into_iter().filter_map(theirs))
            .collect()
    }

    /// Refuses what is no sensible load.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.drawers > DRAWERS_MAX {
            return Err(format!("at most {DRAWERS_MAX} drawers, please").into());
        }
        if !(0.1..=100.0).contains(&self.changes) || !(400..=100_000).contains(&self.bytes) {
            return Err("0.1 to 100 changes a second of 400 to 100,000 bytes, please".into());
        }
        if !(1..=SECONDS_MAX).contains(&self.seconds) {
            return Err(format!("between 1 and {SECONDS_MAX} seconds, please").into());
        }
        Ok(())
    }
}

impl Run {
    /// Refuses what is no sensible load or not this machine.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.address()?;
        if self.people() == 0 || self.people() > PEOPLE_MAX {
            return Err(format!("between 1 and {PEOPLE_MAX} people, please").into());
        }
        if !(1..=SECONDS_MAX).contains(&self.seconds) {
            return Err(format!("between 1 and {SECONDS_MAX} seconds, please").into());
        }
        if !matches!(self.layers, 1 | 3) {
            return Err("one or three layers, please".into());
        }
        if self.join_rate.is_nan() || self.join_rate < 0.1 {
            return Err("the join rate is too small to end".into());
        }
        Ok(())
    }

    pub(crate) fn people(&self) -> usize {
        self.rooms.len() * (self.publishers + self.receivers)
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> Result<SocketAddr, Failure> {
        let rest = self.url.strip_prefix("https://").ok_or("the URL begins with https://")?;
        let rest = rest.trim_end_matches('/');
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse()?),
            _ => (rest, 443),
        };
        let ip = match host.trim_matches(['[', ']']) {
            "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
            host => host.parse().map_err(|_not_an_ip| "the URL's host is no loopback address")?,
        };
        if !ip.is_loopback() {
            return Err("certificates are not checked, so only loopback addresses are allowed".into());
        }
        Ok(SocketAddr::new(ip, port))
    }

    /// Of the pages, as a browser would name it.
    pub(crate) fn origin(&self) -> &str {
        self.url.trim_end_matches('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Option<String> {
        let arguments = ["kegelbahn-load", "run", "--room", "x", "--url", url];
        let Task::Run(run) = Arguments::parse_from(arguments).task else { panic!("it is a run") };
        run.address().ok().map(|address| address.to_string())
    }

    #[test]
    fn only_this_machine_is_loaded() {
        assert_eq!(address("https://localhost:8443").as_deref(), Some("127.0.0.1:8443"));
        assert_eq!(address("https://127.0.0.2/").as_deref(), Some("127.0.0.2:443"));
        assert_eq!(address("https://[::1]:9000").as_deref(), Some("[::1]:9000"));
        assert_eq!(address("https://[::1]").as_deref(), Some("[::1]:443"));
        assert_eq!(address("https://192.0.2.1:8443"), None);
        assert_eq!(address("https://example.org"), None);
        assert_eq!(address("http://localhost"), None);
    }
}
