//! The product's own parts run inside a test, for what a binary cannot be asked: a store with a bug, another pace of time.
//! Clients still come over real sockets.

use actix::{Actor, Addr};
use actors::clock::{WallClock, day_of};
use actors::load::SharedFigures;
use actors::room_directory::{DirectoryParts, RoomDirectory, SweepBoards};
use actors::sfu::{MediaConfig, MediaHub};
use actors::store::{
    Account, AccountId, Day, DrawingRight, LobbyPolicy, RoomColour, RoomId, RoomRecord, Session, SharedStore,
    Store,
};
use actors::whiteboard::BoardLimits;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use storage::Storage;
use test_support::{Http, Opening, Signalling, within};
use tokio::sync::oneshot;
use web::state::{Edge, EdgeSettings, OperatorSettings};
use web::tls::CertificateSource;

/// The cookie of the rooms' owner.
pub(crate) const OWNERS_TOKEN: &str = "0123456789012345678901234567890123456789012";
const OWNER: &str = "owner";

/// How a story differs from the product.
pub(crate) struct Setting {
    /// Links of open rooms.
    pub(crate) rooms: &'static [&'static str],
    /// How long a board stays after the last person left.
    pub(crate) board_grace: Duration,
    /// What stands between the product and its store.
    pub(crate) store: fn(Storage) -> SharedStore,
}

/// A server inside this process. It ends when this is dropped.
pub(crate) struct InProcess {
    /// Its sums.
    #[allow(dead_code, reason = "not every story counts")]
    pub(crate) figures: SharedFigures,
    directory: Addr<RoomDirectory>,
    /// Days that the clock is ahead.
    days: Arc<AtomicU64>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    data: tempfile::TempDir,
}

impl InProcess {
    pub(crate) async fn start(setting: Setting) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (started, ready) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let figures = SharedFigures::default();
        let days = Arc::<AtomicU64>::default();
        let (path, figures_of, days_of) = (data.path().to_owned(), figures.clone(), days.clone());
        let parts = Parts { setting, data: path, figures: figures_of, days: days_of };
        let thread = std::thread::spawn(move || {
            actix::System::new().block_on(parts.serve(listener, started, stopped));
        });
        let directory = within("the server starts", ready).await.expect("it started");
        Self { figures, directory, days, address, stop: Some(stop), thread: Some(thread), data }
    }

    /// A browser without a cookie.
    #[allow(dead_code, reason = "not every story asks by HTTP")]
    pub(crate) fn http(&self) -> Http {
        Http::new(self.address, &format!("https://localhost:{}", self.address.port()))
    }

    /// Where everything is that is kept.
    #[allow(dead_code, reason = "not every story searches the files")]
    pub(crate) fn data_dir(&self) -> &Path {
        self.data.path()
    }

    /// So many days pass, and the boards whose days they were are wiped.
    #[allow(dead_code, reason = "not every story lets days pass")]
    pub(crate) async fn pass_days(&self, days: u64) {
        self.days.fetch_add(days, Ordering::SeqCst);
        let today = day_of(web::clock::since_epoch() + self.ahead());
        self.directory.send(SweepBoards(today)).await.expect("the directory lives");
    }

    fn ahead(&self) -> Duration {
        Duration::from_secs(86_400 * self.days.load(Ordering::SeqCst))
    }

    /// Opens a socket as a page of the server would.
    pub(crate) async fn open(&self, path: &str, token: Option<&str>) -> Signalling {
        let origin = Some(format!("https://localhost:{}", self.address.port()));
        let cookie = token.map(|token| format!("__Host-kegelbahn={token}"));
        let opening = Opening { origin, cookie, receive_buffer: None };
        Signalling::open(self.address, path, opening).await.expect("the socket opens")
    }

    /// Joins an open room without media and is inside; the socket, and the welcome.
    pub(crate) async fn enter(&self, door: &str, token: Option<&str>) -> (Signalling, Value) {
        let mut socket = self.open("/api/signal", token).await;
        let media = json!({"microphone": false, "camera": false, "screen": false});
        let join = json!({
            "type": "join", "protocol": 1, "door": door, "name": "Juna", "resume": null, "media": media,
        });
        socket.send(&join).await;
        let welcome = socket.next_of("welcome").await;
        (socket, welcome)
    }
}

/// Says goodbye and hears it.
#[allow(dead_code, reason = "not every story ends with goodbyes")]
pub(crate) async fn leave(mut socket: Signalling) {
    socket.send(&json!({"type": "leave"})).await;
    assert_eq!(socket.next_of("bye").await["reason"], "left");
}

impl Drop for InProcess {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

struct Parts {
    setting: Setting,
    data: PathBuf,
    figures: SharedFigures,
    days: Arc<AtomicU64>,
}

impl Parts {
    /// Until `stop` is dropped.
    async fn serve(
        self,
        listener: TcpListener,
        started: oneshot::Sender<Addr<RoomDirectory>>,
        stop: oneshot::Receiver<()>,
    ) {
        let storage = furnished(&self.data, self.setting.rooms).await;
        let store = (self.setting.store)(storage);
        let directory = self.directory(&store);
        let settings = EdgeSettings {
            public_url: "https://localhost".to_owned(),
            sign_up: false,
            operator: OperatorSettings::default(),
            turn: None,
            files: web::board::files::FileLimits { picture: 400_000, pdf: 700_000, room: 1_000_000 },
        };
        let edge = Arc::new(Edge::new(store, directory.clone(), self.figures.clone(), settings));
        let names = vec!["localhost".to_owned()];
        let source = CertificateSource::SelfMade { directory: self.data.clone(), names };
        let tls = web::tls::config(&source, web::clock::since_epoch()).expect("a certificate");
        let running = web::server::serve(edge, listener, tls, 1, None).expect("a server");
        started.send(directory).expect("the story waits");
        stop.await.ok();
        running.stop().await;
    }

    fn directory(&self, store: &SharedStore) -> Addr<RoomDirectory> {
        let media = MediaHub::start(MediaConfig {
            bind: Ipv4Addr::LOCALHOST.into(),
            udp_port: 0,
            threads: 1,
            busy_limit: 0.8,
            announce: vec![Ipv4Addr::LOCALHOST.into()],
            announce_tcp: Vec::new(),
            music: Vec::new(),
        });
        let days = self.days.clone();
        let clock: WallClock = Arc::new(move || {
            web::clock::since_epoch() + Duration::from_secs(86_400 * days.load(Ordering::SeqCst))
        });
        RoomDirectory::new(DirectoryParts {
            store: store.clone(),
            figures: self.figures.clone(),
            media: media.expect("a free UDP port"),
            audio_slots: 3,
            board_grace: self.setting.board_grace,
            board_limits: BoardLimits::default(),
            clock,
            arbiters: 1,
        })
        .start()
    }
}

async fn furnished(directory: &Path, rooms: &[&str]) -> Storage {
    let storage = Storage::open(directory).await.expect("a new store");
    let owner = Account { id: AccountId(OWNER.into()), login: "mara".into(), password_hash: "none".into() };
    storage.add_account(owner).await.expect("an account");
    let hash = ring::digest::digest(&ring::digest::SHA256, OWNERS_TOKEN.as_bytes());
    let session = Session {
        token_hash: hash.as_ref().try_into().expect("32 bytes"),
        account: AccountId(OWNER.into()),
        expires: Day(u32::MAX),
    };
    storage.add_session(session).await.expect("a session");
    for link in rooms {
        storage.add_room(room(link)).await.expect("a room");
    }
    storage
}

fn room(link: &str) -> RoomRecord {
    RoomRecord {
        id: RoomId(link[..16].to_owned()),
        owner: AccountId(OWNER.to_owned()),
        name: "Plenumsraum".to_owned(),
        link: link.to_owned(),
        short_name: None,
        colour: RoomColour::Pine,
        emoji: None,
        lobby: LobbyPolicy::Open,
        drawing: DrawingRight::Everyone,
        cursors: true,
        keeping: actors::store::Keeping::Wipe,
    }
}
