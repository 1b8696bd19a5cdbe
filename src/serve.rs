//! The server: every part made, given to those that need it, run until the system asks to stop, and stopped in order.

use crate::commands::open_store;
use crate::config::{self, Config, Music};
use crate::failure::Failure;
use crate::reach::{announced, announced_tcp};
use crate::system::cores;
use actix::{Actor, Addr};
use actors::load::{Load, Meter, SharedFigures, SharedMeter};
use actors::music::{built_in, parse_opus};
use actors::room_directory::{DirectoryParts, DrainAll, RoomDirectory};
use actors::sfu::{MediaConfig, MediaHub};
use actors::store::{SharedStore, Store};
use actors::whiteboard::BoardLimits;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use tokio::signal::unix::{SignalKind, signal};
use web::board::files::FileLimits;
use web::server::Running;
use web::state::{Edge, EdgeSettings, OperatorSettings};
use web::tls::CertificateSource;

/// Telling everybody and writing the boards may take this long; the whole stop has to end within 10 s.
const DRAIN_PATIENCE: Duration = Duration::from_secs(6);
/// Workers of the HTTP server: more than this many cores have nothing to do there.
const WORKERS_MAX: usize = 4;

/// Runs until SIGTERM or SIGINT.
pub(crate) async fn serve(config: &Config) -> Result<(), Failure> {
    let mut stops = Stops::new()?;
    let doors = Doors::open(config)?;
    let store = Arc::new(open_store(config).await?);
    if let Err(error) = store.shelf().tidy_boards().await {
        tracing::error!(%error, "what is left of boards that are not kept could not be deleted");
    }
    let announce = announced(config);
    let media = start_media(config, &announce)?;
    let figures = SharedFigures::default();
    let directory = start_directory(config, &store, &figures, &media);
    let meter: SharedMeter = {
        let media = media.clone();
        Arc::new(Meter::new(figures.clone(), move || media.reading()))
    };
    Load::new(meter.clone(), store.clone() as SharedStore).start();
    let edge = Arc::new(Edge::new(store.clone(), directory.clone(), figures, edge_settings(config)));

    edge.measure_files().await;
    let tls = web::tls::config(&certificate_source(config, &announce), web::clock::since_epoch())
        .map_err(|error| Failure::hopeless(error.to_string()))?;
    let running = doors.serve(config, edge.clone(), tls, meter, media)?;

    let first = store.count_accounts().await.map_err(|error| Failure::new(error.to_string()))? == 0;
    let token = if first { Some(edge.setup.open().await) } else { None };
    greet(config, token.as_deref());

    stops.wait().await;
    stop(&edge, &directory, running, &store).await;
    Ok(())
}

/// In this order: nobody new, everybody told and boards written, connections closed, the store closed.
async fn stop(edge: &Edge, directory: &Addr<RoomDirectory>, running: Vec<Running>, store: &Storage) {
    edge.start_draining();
    if tokio::time::timeout(DRAIN_PATIENCE, directory.send(DrainAll)).await.is_err() {
        tracing::error!("not everybody could be told in time that the server stops");
    }
    for server in running {
        server.stop().await;
    }
    if tokio::time::timeout(Duration::from_secs(1), store.close()).await.is_err() {
        tracing::error!(
            "the store was busy when the server stopped; it will be put in order at the next start"
        );
    }
}

fn start_media(config: &Config, announce: &[IpAddr]) -> Result<MediaHub, Failure> {
    let threads = match config.media.threads {
        0 => cores(),
        threads => usize::from(threads),
    };
    let bind = if announce.iter().all(IpAddr::is_loopback) && announce.iter().all(IpAddr::is_ipv4) {
        IpAddr::from(Ipv4Addr::LOCALHOST)
    } else if announce.iter().any(IpAddr::is_ipv6) {
        IpAddr::from(Ipv6Addr::UNSPECIFIED)
    } else {
        IpAddr::from(Ipv4Addr::UNSPECIFIED)
    };
    let announce_tcp = announced_tcp(config, announce);
    let (udp_port, announce) = (config.media.udp_port, announce.to_vec());
    let music = music(&config.music)?;
    let busy_limit = f64::from(config.media.busy_limit) / 100.0;
    MediaHub::start(MediaConfig { bind, udp_port, threads, busy_limit, announce, announce_tcp, music })
        .map_err(|error| Failure::new(format!("the UDP ports from {udp_port} up cannot be opened: {error}")))
}

fn start_directory(
    config: &Config,
    store: &Arc<Storage>,
    figures: &SharedFigures,
    media: &MediaHub,
) -> Addr<RoomDirectory> {
    RoomDirectory::new(DirectoryParts {
        store: store.clone(),
        figures: figures.clone(),
        media: media.clone(),
        audio_slots: config.media.audio_slots,
        board_grace: Duration::from_secs(config.board.wipe_after_seconds),
        board_limits: board_limits(&config.board),
        clock: Arc::new(web::clock::since_epoch),
        arbiters: cores(),
    })
    .start()
}

fn board_limits(board: &config::Board) -> BoardLimits {
    let megabytes = |megabytes: u64| usize::try_from(megabytes * 1_000_000).unwrap_or(usize::MAX);
    BoardLimits {
        page_bytes: megabytes(board.page_mb),
        page_shapes: usize::try_from(board.page_shapes).unwrap_or(usize::MAX),
        board_bytes: megabytes(board.drawn_mb),
    }
}

/// The TCP ports, taken before anything runs: a port that is in use ends the start and disturbs nothing.
struct Doors {
    https: TcpListener,
    redirect: Option<TcpListener>,
    metrics: Option<TcpListener>,
}

impl Doors {
    fn open(config: &Config) -> Result<Self, Failure> {
        let optional =
            |key, address: Option<SocketAddr>| address.map(|address| listen(key, address)).transpose();
        Ok(Self {
            https: listen("server.listen", config.server.listen)?,
            redirect: optional("server.redirect_listen", config.server.redirect_listen)?,
            metrics: optional("metrics.listen", config.metrics.listen)?,
        })
    }

    fn serve(
        self,
        config: &Config,
        edge: Arc<Edge>,
        tls: web::tls::ServerConfig,
        meter: SharedMeter,
        media: MediaHub,
    ) -> Result<Vec<Running>, Failure> {
        let workers = cores().min(WORKERS_MAX);
        let media = config.media.tcp.then_some(media);
        let https =
            web::server::serve(edge, self.https, tls, workers, media).map_err(not_served("server.listen"))?;
        let mut running = vec![https];
        if let Some(listener) = self.redirect {
            let redirect = web::server::redirect(config.server.public_url.clone(), listener);
            running.push(redirect.map_err(not_served("server.redirect_listen"))?);
        }
        if let Some(listener) = self.metrics {
            running.push(web::server::metrics(meter, listener).map_err(not_served("metrics.listen"))?);
        }
        Ok(running)
    }
}

fn listen(key: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        Failure::new(format!("cannot listen on {address} ({key}): {error}; is it running already?"))
    })
}

fn not_served(key: &'static str) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| Failure::new(format!("cannot serve ({key}): {error}"))
}

/// The pieces that people who wait hear.
pub(crate) fn music(chosen: &Music) -> Result<Vec<Arc<[bytes::Bytes]>>, Failure> {
    if chosen.files.is_empty() {
        return Ok(vec![built_in().into()]);
    }
    let read = |path: &Path| {
        let refused = |why: String| Failure::hopeless(format!("music.files: {}: {why}", path.display()));
        let bytes = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
        parse_opus(&bytes).map(Into::into).map_err(|error| refused(error.to_string()))
    };
    chosen.files.iter().map(|path| read(path)).collect()
}

/// The operator's certificate, or one for every name and address under which the server may be called.
pub(crate) fn certificate_source(config: &Config, announce: &[IpAddr]) -> CertificateSource {
    if let Some((certificate, key)) = &config.server.certificate {
        return CertificateSource::Files { certificate: certificate.clone(), key: key.clone() };
    }
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(ToOwned::to_owned).to_vec();
    let host = config.server.public_url.trim_start_matches("https://");
    let host = host.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(host, |(host, _)| host);
    names.push(host.trim_matches(['[', ']']).to_owned());
    names.extend(announce.iter().map(ToString::to_string));
    let mut known = std::collections::HashSet::new();
    names.retain(|name| known.insert(name.clone()));
    CertificateSource::SelfMade { directory: config.server.data_dir.clone(), names }
}

fn turn(chosen: &crate::config::Turn) -> Option<web::turn::Turn> {
    (!chosen.urls.is_empty()).then(|| web::turn::Turn {
        urls: chosen.urls.clone(),
        secret: chosen.secret.clone(),
        lifetime: Duration::from_secs(60 * u64::from(chosen.lifetime_minutes)),
    })
}

fn edge_settings(config: &Config) -> EdgeSettings {
    let operator = config.operator.clone();
    EdgeSettings {
        public_url: config.server.public_url.clone(),
        sign_up: config.server.sign_up,
        operator: OperatorSettings {
            name: operator.name,
            imprint_url: operator.imprint_url,
            privacy_url: operator.privacy_url,
            source_url: operator.source_url,
        },
        turn: turn(&config.turn),
        files: FileLimits {
            picture: config.board.picture_mb * 1_000_000,
            pdf: config.board.pdf_mb * 1_000_000,
            room: config.board.files_mb * 1_000_000,
        },
    }
}

#[expect(clippy::print_stdout, reason = "what the operator needs to know at the start")]
fn greet(config: &Config, token: Option<&str>) {
    let public_url = &config.server.public_url;
    let data = config.server.data_dir.canonicalize().unwrap_or_else(|_| config.server.data_dir.clone());
    println!("Kegelbahn {} is open.", env!("CARGO_PKG_VERSION"));
    println!("  address         {public_url}");
    println!("  data directory  {}", data.display());
    if let Some(token) = token {
        println!("  first account   {public_url}/setup#{token}");
        println!("                  (open this link once to make the first account)");
    }
}

/// The signals that ask to stop.
struct Stops {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stops {
    fn new() -> Result<Self, Failure> {
        let of =
            |kind| signal(kind).map_err(|error| Failure::new(format!("signals cannot be awaited: {error}")));
        Ok(Self { terminate: of(SignalKind::terminate())?, interrupt: of(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
