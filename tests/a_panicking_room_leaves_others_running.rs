//! A bug in one room ends that room and nothing else: other rooms notice nothing, and the room comes back.
//!
//! The server runs inside this test over a store that panics when a certain room is saved: a fault where real ones
//! happen, without a switch for it in the product.

use actix::Actor;
use actors::load::SharedFigures;
use actors::room_directory::{DirectoryParts, RoomDirectory};
use actors::sfu::{MediaConfig, MediaHub};
use actors::store::{
    Account, AccountId, Day, Door, DrawingRight, LoadSample, LobbyPolicy, RoomColour, RoomId, RoomRecord,
    Session, SharedStore, Store, StoreError, StoredBoard,
};
use async_trait::async_trait;
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use test_support::{Opening, Signalling, within};
use tokio::sync::oneshot;
use web::state::{Edge, EdgeSettings, OperatorSettings};
use web::tls::CertificateSource;

const OWNER: &str = "owner";
const TOKEN: &str = "0123456789012345678901234567890123456789012";
const FRAGILE: &str = "ffffffffffffffffffffff";
const CALM: &str = "cccccccccccccccccccccc";

/// SQLite, but saving the fragile room is a bug.
struct FaultyStore(Storage);

#[async_trait]
impl Store for FaultyStore {
    async fn update_room(&self, room: RoomRecord) -> Result<(), StoreError> {
        assert_ne!(room.link, FRAGILE, "the bug of this story");
        self.0.update_room(room).await
    }
    async fn count_accounts(&self) -> Result<u64, StoreError> {
        self.0.count_accounts().await
    }
    async fn add_account(&self, account: Account) -> Result<(), StoreError> {
        self.0.add_account(account).await
    }
    async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        self.0.account_by_login(login).await
    }
    async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        self.0.account(id).await
    }
    async fn set_password(&self, id: &AccountId, password_hash: &str) -> Result<(), StoreError> {
        self.0.set_password(id, password_hash).await
    }
    async fn delete_account(&self, id: &AccountId) -> Result<(), StoreError> {
        self.0.delete_account(id).await
    }
    async fn add_session(&self, session: Session) -> Result<(), StoreError> {
        self.0.add_session(session).await
    }
    async fn session(&self, token_hash: &[u8; 32], today: Day) -> Result<Option<Session>, StoreError> {
        self.0.session(token_hash, today).await
    }
    async fn delete_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        self.0.delete_session(token_hash).await
    }
    async fn purge_sessions(&self, today: Day) -> Result<(), StoreError> {
        self.0.purge_sessions(today).await
    }
    async fn add_room(&self, room: RoomRecord) -> Result<(), StoreError> {
        self.0.add_room(room).await
    }
    async fn delete_room(&self, id: &RoomId) -> Result<(), StoreError> {
        self.0.delete_room(id).await
    }
    async fn room(&self, id: &RoomId) -> Result<Option<RoomRecord>, StoreError> {
        self.0.room(id).await
    }
    async fn room_by_door(&self, door: &Door) -> Result<Option<RoomRecord>, StoreError> {
        self.0.room_by_door(door).await
    }
    async fn rooms_of(&self, owner: &AccountId) -> Result<Vec<RoomRecord>, StoreError> {
        self.0.rooms_of(owner).await
    }
    async fn rooms(&self) -> Result<Vec<RoomRecord>, StoreError> {
        self.0.rooms().await
    }
    async fn load_board(&self, room: &RoomId) -> Result<Option<StoredBoard>, StoreError> {
        self.0.load_board(room).await
    }
    async fn append_board(&self, room: &RoomId, updates: Vec<Vec<u8>>) -> Result<(), StoreError> {
        self.0.append_board(room, updates).await
    }
    async fn compact_board(&self, room: &RoomId, snapshot: Vec<u8>) -> Result<(), StoreError> {
        self.0.compact_board(room, snapshot).await
    }
    async fn delete_board(&self, room: &RoomId) -> Result<(), StoreError> {
        self.0.delete_board(room).await
    }
    async fn put_load(&self, sample: LoadSample) -> Result<(), StoreError> {
        self.0.put_load(sample).await
    }
    async fn load_since(&self, from: u64) -> Result<Vec<LoadSample>, StoreError> {
        self.0.load_since(from).await
    }
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
        keep_board: false,
    }
}

async fn furnished(directory: &Path) -> SharedStore {
    let storage = Storage::open(directory).await.expect("a new store");
    let owner = Account { id: AccountId(OWNER.into()), login: "mara".into(), password_hash: "none".into() };
    storage.add_account(owner).await.expect("an account");
    let hash = ring::digest::digest(&ring::digest::SHA256, TOKEN.as_bytes());
    let session = Session {
        token_hash: hash.as_ref().try_into().expect("32 bytes"),
        account: AccountId(OWNER.into()),
        expires: Day(u32::MAX),
    };
    storage.add_session(session).await.expect("a session");
    for link in [FRAGILE, CALM] {
        storage.add_room(room(link)).await.expect("a room");
    }
    Arc::new(FaultyStore(storage))
}

/// The product's own parts over the faulty store, until `stop` is dropped.
async fn serve(
    data: &Path,
    listener: TcpListener,
    started: oneshot::Sender<()>,
    stop: oneshot::Receiver<()>,
) {
    let store = furnished(data).await;
    let figures = SharedFigures::default();
    let announce = vec![Ipv4Addr::LOCALHOST.into()];
    let media = MediaConfig {
        bind: Ipv4Addr::LOCALHOST.into(),
        udp_port: 0,
        threads: 1,
        announce,
        music: Vec::new(),
    };
    let media = MediaHub::start(media).expect("a free UDP port");
    let directory = RoomDirectory::new(DirectoryParts {
        store: store.clone(),
        figures: figures.clone(),
        media,
        audio_slots: 3,
        board_grace: Duration::from_secs(60),
        arbiters: 1,
    })
    .start();
    let settings = EdgeSettings {
        public_url: "https://localhost".to_owned(),
        sign_up: false,
        operator: OperatorSettings::default(),
    };
    let edge = Arc::new(Edge::new(store, directory, figures, settings));
    let source =
        CertificateSource::SelfMade { directory: data.to_owned(), names: vec!["localhost".to_owned()] };
    let tls = web::tls::config(&source, web::clock::since_epoch()).expect("a certificate");
    let running = web::server::serve(edge, listener, tls, 1).expect("a server");
    started.send(()).expect("the story waits");
    stop.await.ok();
    running.stop().await;
}

struct InProcess {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    _data: tempfile::TempDir,
}

impl InProcess {
    async fn start() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (started, ready) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let path = data.path().to_owned();
        let thread = std::thread::spawn(move || {
            actix::System::new().block_on(serve(&path, listener, started, stopped));
        });
        within("the server starts", ready).await.expect("it started");
        Self { address, stop: Some(stop), thread: Some(thread), _data: data }
    }

    /// Joins an open room and is inside.
    async fn enter(&self, door: &str, cookie: Option<&str>) -> Signalling {
        let origin = Some(format!("https://localhost:{}", self.address.port()));
        let cookie = cookie.map(|token| format!("__Host-kegelbahn={token}"));
        let opening = Opening { origin, cookie, receive_buffer: None };
        let mut socket =
            Signalling::open(self.address, "/api/signal", opening).await.expect("the socket opens");
        let media = json!({"microphone": false, "camera": false, "screen": false});
        let join = json!({"type": "join", "protocol": 1, "door": door, "name": "Juna", "resume": null, "media": media});
        socket.send(&join).await;
        socket.next_of("welcome").await;
        socket
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

#[tokio::test]
async fn a_panicking_room_leaves_others_running() {
    let server = InProcess::start().await;
    let mut calm = server.enter(CALM, None).await;
    let mut host = server.enter(FRAGILE, Some(TOKEN)).await;
    let mut guest = server.enter(FRAGILE, None).await;

    host.send(&json!({"type": "configure", "drawing": "hosts", "keep_board": null})).await;
    assert_eq!(guest.next_of("bye").await["reason"], "restarting");
    assert_eq!(host.next_of("bye").await["reason"], "restarting");

    calm.send(&json!({"type": "ping"})).await;
    calm.next_of("pong").await;
    let _another = server.enter(CALM, None).await;
    calm.next_of("participant_joined").await;

    let mut returned = server.enter(FRAGILE, None).await;
    returned.send(&json!({"type": "ping"})).await;
    returned.next_of("pong").await;
}
