//! Figures of a board, for people and for programs.

use crate::report::Percentiles;
use serde::Serialize;
use std::fmt::Write as _;

/// What a run with drawers found.
#[derive(Clone, Debug, Serialize)]
pub struct BoardReport {
    /// Whose server.
    pub server: &'static str,
    /// Who drew.
    pub drawers: usize,
    /// Who only watched.
    pub watchers: usize,
    /// Length of the measurement.
    pub seconds: f64,
    /// Sent in it by all drawers.
    pub changes: u64,
    /// Of these, how many each watcher heard. Fewer where several changes of one element became one.
    pub changes_heard: f64,
    /// From the drawer's send to the watcher's hearing.
    pub delay_us: Percentiles,
    /// CPU seconds a second.
    pub server_cores: f64,
    /// CPU time for each change times other people at the board.
    pub cpu_us_per_delivered: f64,
    /// Sockets that did not stay open.
    pub dropped: usize,
    /// From opening a socket to having the whole board, while all draw.
    pub newcomer_ms: Option<f64>,
    /// Of what the newcomer got.
    pub board_bytes: usize,
    /// Bytes resident when all had come and nobody had drawn.
    pub memory_before: u64,
    /// Bytes resident in the end.
    pub memory_after: u64,
    /// That each watcher got.
    pub messages_per_second: f64,
    /// Watchers and newcomer have the same board, and every last change is on it.
    pub converged: bool,
    /// Elements on the boards of the watchers and the newcomer.
    pub elements: Vec<usize>,
}

impl BoardReport {
    /// In one line.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What it costs beside another server, for people.
    pub fn beside(&self, other: &Self) -> String {
        let ratio = self.cpu_us_per_delivered / other.cpu_us_per_delivered;
        format!("{:<28} {ratio:.1} times that of {}\n", "server CPU per delivered", other.server)
    }

    /// For people.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: String| {
            writeln!(out, "{name:<28} {value}").ok();
        };
        line("server", format!("{}, {} drawers, {} watchers", self.server, self.drawers, self.watchers));
        let per_second = self.changes as f64 / self.seconds;
        line("changes", format!("{} in {:.1} s, {per_second:.0}/s", self.changes, self.seconds));
        let heard = format!(
            "{:.0} by each watcher, in {:.0} messages/s",
            self.changes_heard, self.messages_per_second
        );
        line("changes heard", heard);
        line("change to the other side", self.delay_us.milliseconds());
        line("server CPU", format!("{:.3} cores", self.server_cores));
        line("server CPU per delivered", format!("{:.3} µs", self.cpu_us_per_delivered));
        line("sockets dropped", self.dropped.to_string());
        let newcomer = self.newcomer_ms.map_or("never".to_owned(), |ms| format!("{ms:.0} ms"));
        line(
            "newcomer complete after",
            format!("{newcomer}, board of {:.0} kB", self.board_bytes as f64 / 1e3),
        );
        let memory = (self.memory_before as f64 / 1e6, self.memory_after as f64 / 1e6);
        line("server memory", format!("{:.1} MB before, {:.1} MB in the end", memory.0, memory.1));
        let converged = if self.converged { "yes" } else { "NO" };
        line("all have the same", format!("{converged}, {:?} elements", self.elements));
        out
    }
}
