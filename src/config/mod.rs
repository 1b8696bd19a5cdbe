//! The operator's configuration: one struct per concern, read and checked once at the start, passed down.
//!
//! `config/default.toml` is the only source of defaults. A file, variables and flags are laid over it ([`layers`]);
//! every key is then read by its section with the sentence that says what is allowed.

mod layers;
mod sections;

use layers::Layers;
pub(crate) use layers::Problem;
pub(crate) use sections::{Board, Media, Metrics, Music, Operator, Server, Turn};
use std::path::Path;

const DEFAULTS: &str = include_str!("../../config/default.toml");

/// Everything that was chosen.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Addresses, data, certificate.
    pub(crate) server: Server,
    /// Who runs the server.
    pub(crate) operator: Operator,
    /// The media plane.
    pub(crate) media: Media,
    /// Relays for networks that let nothing else through.
    pub(crate) turn: Turn,
    /// What people who wait hear.
    pub(crate) music: Music,
    /// Boards and what is put on them.
    pub(crate) board: Board,
    /// Exact figures.
    pub(crate) metrics: Metrics,
}

impl Config {
    /// Reads defaults, `file`, `variables` and the flag `--data-dir`, in this order. All problems are found at once.
    pub(crate) fn load(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
        data_dir: Option<&Path>,
    ) -> Result<Self, Vec<Problem>> {
        let mut layers = Layers::new(DEFAULTS);
        if let Some(path) = file {
            layers.add_file(path);
        }
        layers.add_variables(variables);
        if let Some(path) = data_dir {
            layers.add_flag("server.data_dir", "--data-dir", path);
        }
        let config = Self {
            server: Server::read(&mut layers),
            operator: Operator::read(&mut layers),
            media: Media::read(&mut layers),
            turn: Turn::read(&mut layers),
            music: Music::read(&mut layers),
            board: Board::read(&mut layers),
            metrics: Metrics::read(&mut layers),
        };
        layers.finish().map(|()| config)
    }
}

#[cfg(test)]
mod tests;
