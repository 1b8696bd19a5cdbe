//! What every request handler shares: handles to the planes below, and the settings that were read at the start.

use crate::accounts::{Passwords, SetupLink};
use crate::api::load::LoadCache;
use crate::board::files::{FileLimits, Uploads};
use crate::guard::RateLimits;
use crate::live::LiveRooms;
use crate::streaming::Sessions;
use crate::turn::Turn;
use actix::Addr;
use actors::load::SharedFigures;
use actors::room_directory::RoomDirectory;
use actors::store::SharedStore;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared as `web::Data<Edge>`.
pub struct Edge {
    /// What outlives a meeting.
    pub store: SharedStore,
    /// Which rooms are live; the sockets join there.
    pub directory: Addr<RoomDirectory>,
    /// The same, as far as the API asks.
    pub live: LiveRooms,
    /// Exact figures.
    pub figures: SharedFigures,
    /// What the operator chose.
    pub settings: EdgeSettings,
    /// Hashes passwords, a few at once.
    pub passwords: Passwords,
    /// Slows down those who guess.
    pub limits: RateLimits,
    /// The link by which the first account is made.
    pub setup: SetupLink,
    /// Who publishes and watches without a browser.
    pub streams: Sessions,
    /// The public load of this minute.
    pub load: LoadCache,
    /// Who puts files on boards right now.
    pub uploads: Uploads,
    draining: AtomicBool,
}

/// The operator's choices that the edge needs.
#[derive(Clone, Debug)]
pub struct EdgeSettings {
    /// Origin under which people reach the server, e.g. `https://kegeln.example`, without a slash at the end.
    pub public_url: String,
    /// Whether anybody may make an account.
    pub sign_up: bool,
    /// Who runs this server.
    pub operator: OperatorSettings,
    /// The operator's TURN servers, if there are any.
    pub turn: Option<Turn>,
    /// How large files on boards may be.
    pub files: FileLimits,
}

/// Who runs this server; empty texts are left out of the pages.
#[derive(Clone, Debug, Default)]
pub struct OperatorSettings {
    /// Name of the club.
    pub name: String,
    /// Link to the imprint.
    pub imprint_url: String,
    /// Link to the privacy statement.
    pub privacy_url: String,
    /// Link to the source of the running version.
    pub source_url: String,
}

impl Edge {
    /// Everything a handler may use.
    pub fn new(
        store: SharedStore,
        directory: Addr<RoomDirectory>,
        figures: SharedFigures,
        settings: EdgeSettings,
    ) -> Self {
        Self {
            store,
            live: directory.clone().into(),
            directory,
            figures,
            settings,
            passwords: Passwords::default(),
            limits: RateLimits::default(),
            setup: SetupLink::default(),
            streams: Sessions::default(),
            load: LoadCache::default(),
            uploads: Uploads::default(),
            draining: AtomicBool::new(false),
        }
    }

    /// Tells the figures what files and versions of boards take of the disk.
    pub async fn measure_files(&self) {
        if let Ok(bytes) = self.store.shelf().shelf_bytes().await {
            self.figures.board_files_bytes.set(bytes);
        }
    }

    /// From now on `/readyz` says no.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether the server is about to stop.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }
}
