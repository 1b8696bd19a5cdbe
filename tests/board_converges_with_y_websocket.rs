//! Plain `y-websocket` clients draw on one board over real sockets: they converge, nobody draws without the right or under
//! another's id, hostile frames end their sender only, and a board is kept when the host says so.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use test_support::{Closed, Entrance, Opening, Person, Server, ServerBuilder, Signalling, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

/// A `y-websocket` client in a Node process of its own. It ends when this is dropped.
struct Drawer {
    child: Child,
    commands: ChildStdin,
    events: Arc<Mutex<Events>>,
}

/// What the client has told.
#[derive(Default)]
struct Events {
    client: u64,
    synced: bool,
    elements: BTreeMap<String, Value>,
    presence: BTreeMap<String, Value>,
    closed: Vec<u64>,
}

impl Drawer {
    fn start(server: &Server, board: &Value) -> Self {
        let mut child = Command::new("node")
            .arg(client_program())
            .arg(format!("wss://{}/api/board", server.address()))
            .args([text(&board["id"]), text(&board["ticket"])])
            .env("NODE_TLS_REJECT_UNAUTHORIZED", "0")
            .env("NODE_NO_WARNINGS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let commands = child.stdin.take().expect("piped");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let events = Arc::new(Mutex::new(Events::default()));
        let sink = Arc::clone(&events);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event = serde_json::from_str(&line).expect("the client speaks JSON");
                sink.lock().expect("no reader panics").take(&event);
            }
        });
        Self { child, commands, events }
    }

    /// Starts a client and waits until it has the whole board.
    async fn at(server: &Server, board: &Value) -> Self {
        let drawer = Self::start(server, board);
        drawer.until("the board is synced", |events| events.synced).await;
        drawer
    }

    fn say(&mut self, command: &Value) {
        writeln!(self.commands, "{command}").expect("the client listens");
    }

    fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.say(&json!({ "set": [key, value.into()] }));
    }

    async fn until(&self, what: &str, fits: impl Fn(&Events) -> bool) {
        until(what, async || fits(&self.events.lock().expect("no writer panics")).then_some(())).await;
    }

    async fn sees(&self, key: &str, value: impl Into<Value>) {
        let value = value.into();
        self.until(&format!("{key} is {value}"), |events| events.elements.get(key) == Some(&value)).await;
    }

    fn now<T>(&self, look: impl FnOnce(&Events) -> T) -> T {
        look(&self.events.lock().expect("no writer panics"))
    }
}

impl Drop for Drawer {
    fn drop(&mut self) {
        // An error means that it has ended before.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Events {
    fn take(&mut self, event: &Value) {
        let map = |value: &Value| value.as_object().cloned().unwrap_or_default().into_iter().collect();
        for (name, value) in event.as_object().expect("an event") {
            match name.as_str() {
                "client" => self.client = value.as_u64().expect("an id"),
                "synced" => self.synced = value == true,
                "elements" => self.elements = map(value),
                "presence" => self.presence = map(value),
                "closed" => {
                    self.synced = false;
                    self.closed.push(value.as_u64().expect("a code"));
                }
                _ => panic!("unknown event {name}"),
            }
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// The client's program; its packages are installed at the first call.
fn client_program() -> PathBuf {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/board-client");
    INSTALLED.get_or_init(|| {
        if !folder.join("node_modules/.package-lock.json").exists() {
            let mut npm = Command::new("npm");
            npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
            let output = npm.output().expect("npm starts");
            assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
        }
    });
    folder.join("client.mjs")
}

/// A server, a room with an open door, and its host inside.
struct Meeting {
    server: Server,
    door: String,
    host: Person,
    board: Value,
}

async fn meeting() -> Meeting {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let door = text(&server.room("mara", "Malstube", "open")["link"]).to_owned();
    host_of(server, door, 1).await
}

async fn host_of(server: Server, door: String, tag: u8) -> Meeting {
    let session = json!({"login": "mara", "password": "a long enough password"});
    let mut http = server.http();
    assert_eq!(http.post("/api/session", &session).await.status, 200);
    let entrance =
        Entrance { door: &door, name: "Mara", tag, cookie: http.cookie.clone(), ..Entrance::default() };
    let host = Person::come(&server, entrance).await;
    let board = host.heard("welcome").await["board"].clone();
    Meeting { server, door, host, board }
}

impl Meeting {
    async fn guest(&self, name: &str, tag: u8) -> (Person, Value) {
        let guest = Person::enter(&self.server, &self.door, name, tag).await;
        let board = guest.heard("welcome").await["board"].clone();
        (guest, board)
    }
}

#[tokio::test]
async fn board_converges_with_y_websocket() {
    let meeting = meeting().await;
    let (juna, junas) = meeting.guest("Juna", 2).await;
    let mut anna = Drawer::at(&meeting.server, &meeting.board).await;
    let mut ben = Drawer::at(&meeting.server, &junas).await;

    // Both draw at once, over each other and beside each other.
    for n in 0..60 {
        anna.set(&format!("anna {n}"), json!({"id": n, "points": [[0.5, n], [1, 2]], "isDeleted": false}));
        ben.set(&format!("ben {n}"), n);
        anna.set("shared", format!("anna {n}"));
        ben.set("shared", format!("ben {n}"));
    }
    anna.say(&json!({"remove": "anna 7"}));
    let whole = |events: &Events| events.elements.len() == 120 && !events.elements.contains_key("anna 7");
    anna.until("Anna has all of it", whole).await;
    ben.until("Ben has all of it", whole).await;
    until("both have the same", async || {
        let annas = anna.now(|events| events.elements.clone());
        (annas == ben.now(|events| events.elements.clone())).then_some(())
    })
    .await;

    // Somebody who comes late sees the same, and a dropped connection loses nothing.
    let (_late, lates) = meeting.guest("Spät", 3).await;
    let late = Drawer::at(&meeting.server, &lates).await;
    late.until("the late one has all of it", whole).await;
    ben.say(&json!({"disconnect": true}));
    ben.until("Ben is away", |events| !events.closed.is_empty() || !events.synced).await;
    ben.set("drawn offline", 1);
    anna.set("drawn meanwhile", 2);
    ben.say(&json!({"connect": true}));
    anna.sees("drawn offline", 1).await;
    ben.sees("drawn meanwhile", 2).await;

    // Cursors carry the name that the server knows.
    ben.say(
        &json!({"point": {"pointer": {"x": 1, "y": 2}, "user": {"participant": "x", "name": "The Boss"}}}),
    );
    let bens = ben.now(|events| events.client.to_string());
    anna.until("Anna sees Ben's cursor", |events| {
        events.presence.get(&bens).is_some_and(|state| state["pointer"]["x"] == 1)
    })
    .await;
    let user = anna.now(|events| events.presence[&bens]["user"].clone());
    assert_eq!((&user["participant"], &user["name"]), (&json!(juna.id), &json!("Juna")));
    drop(ben);
    anna.until("Ben's cursor goes with him", |events| !events.presence.contains_key(&bens)).await;
    assert_eq!(meeting.server.stderr(), "", "nothing of this is an error");
}

#[tokio::test]
async fn without_the_right_nobody_draws_and_a_lock_takes_effect_at_once() {
    let meeting = meeting().await;
    let (guest, guests) = meeting.guest("Juna", 2).await;
    let mut host = Drawer::at(&meeting.server, &meeting.board).await;
    let mut viewer = Drawer::at(&meeting.server, &guests).await;
    viewer.set("before the lock", 1);
    host.sees("before the lock", 1).await;

    meeting.host.say(json!({"type": "configure", "drawing": "hosts"})).await;
    guest
        .heard_that("the guest is locked", |said| said["type"] == "room_changed" && said["may_draw"] == false)
        .await;
    viewer.set("while locked", 2);
    let refused = |said: &Value| said["type"] == "error" && said["code"] == "drawing_not_allowed";
    guest.heard_that("the guest is told", refused).await;
    host.set("by the host", 3);
    viewer.sees("by the host", 3).await;
    assert!(host.now(|events| !events.elements.contains_key("while locked")));
    viewer.say(&json!({"point": {"pointer": {"x": 5, "y": 5}}}));
    let viewers = viewer.now(|events| events.client.to_string());
    host.until("a viewer may point", |events| events.presence.contains_key(&viewers)).await;
    assert!(viewer.now(|events| events.closed.is_empty()), "the socket stays open");

    // With the right back, what was drawn in vain arrives after all, and drawing goes on.
    meeting.host.say(json!({"type": "configure", "drawing": "everyone"})).await;
    host.sees("while locked", 2).await;
    viewer.set("after the lock", 4);
    host.sees("after the lock", 4).await;
}

#[tokio::test]
async fn foreign_and_hostile_frames_hurt_only_their_sender() {
    let meeting = meeting().await;
    let (_mallory, mallorys) = meeting.guest("Mallory", 2).await;
    let mut anna = Drawer::at(&meeting.server, &meeting.board).await;
    let mut mallory = Drawer::at(&meeting.server, &mallorys).await;
    anna.set("a", 1);
    mallory.sees("a", 1).await;

    // Under Anna's id, with her next clock: not taken. What she draws at that very clock is.
    let annas = anna.now(|events| events.client);
    mallory.say(&json!({"forge": [annas, "forged", 666]}));
    mallory.set("m", 1);
    anna.sees("m", 1).await;
    anna.set("a", 2);
    mallory.sees("a", 2).await;
    assert!(anna.now(|events| !events.elements.contains_key("forged")));

    for (n, hostile) in ["AAL///96", "AAD///96", "/////w==", "Af///3o=", "AAIA"].iter().enumerate() {
        let closed = mallory.now(|events| events.closed.len());
        mallory.until("Mallory is in", |events| events.synced).await;
        mallory.say(&json!({ "raw": hostile }));
        mallory.until("Mallory is thrown out", |events| events.closed.len() > closed).await;
        assert_eq!(mallory.now(|events| events.closed[closed]), 4400, "frame {n}");
        // y-websocket takes codes from 4400 to 4499 for final.
        mallory.say(&json!({"connect": true}));
        anna.set("a", 10 + n);
    }
    mallory.sees("a", 14).await;
    assert!(anna.now(|events| events.closed.is_empty()));
    assert_eq!(meeting.server.stderr(), "", "what a client breaks is no error of ours");
}

#[tokio::test]
async fn a_page_holds_as_much_as_the_operator_says_and_its_last_drawer_is_told() {
    let server = ServerBuilder::new(SERVER).with("board.page_shapes", "100").start().await;
    server.host("mara").await;
    let door = text(&server.room("mara", "Malstube", "open")["link"]).to_owned();
    let meeting = host_of(server, door, 1).await;
    let (_juna, junas) = meeting.guest("Juna", 2).await;
    let mut anna = Drawer::at(&meeting.server, &meeting.board).await;
    let listener = Drawer::at(&meeting.server, &junas).await;
    for n in 0..100 {
        anna.set(&format!("shape {n}"), n);
    }
    listener.sees("shape 99", 99).await;
    anna.set("one too many", 1);
    anna.until("the page is full", |events| events.closed.contains(&4408)).await;
    assert!(listener.now(|events| events.closed.is_empty() && !events.elements.contains_key("one too many")));
}

#[tokio::test]
async fn only_a_ticket_opens_the_board_and_only_once() {
    let meeting = meeting().await;
    let path = |id: &str, ticket: &str| format!("/api/board/{id}?ticket={ticket}");
    let (id, ticket) = (text(&meeting.board["id"]), text(&meeting.board["ticket"]));
    let open = async |path: String, origin: Option<&str>| {
        let opening = Opening { origin: origin.map(str::to_owned), ..Opening::default() };
        Signalling::open(meeting.server.address(), &path, opening).await
    };
    assert_eq!(open(path(id, "wrong"), None).await.err(), Some(404));
    assert_eq!(open(path("wrong", ticket), None).await.err(), Some(404));
    assert_eq!(open(format!("/api/board/{id}"), None).await.err(), Some(404));
    assert_eq!(open(path(id, ticket), Some("https://elsewhere.example")).await.err(), Some(403));
    let mut first = open(path(id, ticket), Some(&meeting.server.origin())).await.expect("our own page");
    let mut second = open(path(id, ticket), None).await.expect("no page at all");
    assert_eq!(first.closed().await, Closed(Some(4409)));
    second.send_text("not binary").await;
    assert_eq!(second.closed().await, Closed(Some(4400)));
    let mut third = open(path(id, ticket), None).await.expect("again");
    third.send_binary(vec![0; (1 << 20) + 1]).await;
    assert_eq!(third.closed().await, Closed(Some(4400)));
    let mut fourth = open(path(id, ticket), None).await.expect("again");
    meeting.host.say(json!({"type": "leave"})).await;
    assert_eq!(fourth.closed().await, Closed(Some(1000)));
    assert_eq!(open(path(id, ticket), None).await.err(), Some(404), "the ticket has gone with its holder");
}

#[tokio::test]
async fn a_board_is_kept_only_when_the_host_says_so() {
    let first = meeting().await;
    let mut anna = Drawer::at(&first.server, &first.board).await;
    anna.set("before", 1);
    first.host.say(json!({"type": "configure", "keeping": {"policy": "keep"}})).await;
    first
        .host
        .heard_that("it is kept", |said| {
            said["type"] == "room_changed" && said["settings"]["keeping"]["policy"] == "keep"
        })
        .await;
    anna.set("after", 2);
    let (_guest, guests) = first.guest("Zeuge", 9).await;
    Drawer::at(&first.server, &guests).await.sees("after", 2).await;
    drop(anna);
    let Meeting { server, door, .. } = first;
    let server = server.restart().await;

    let second = host_of(server, door, 2).await;
    let anna = Drawer::at(&second.server, &second.board).await;
    anna.sees("before", 1).await;
    anna.sees("after", 2).await;
    second.host.say(json!({"type": "configure", "keeping": {"policy": "wipe"}})).await;
    second
        .host
        .heard_that("it is not", |said| {
            said["type"] == "room_changed" && said["settings"]["keeping"]["policy"] == "wipe"
        })
        .await;
    drop(anna);
    let Meeting { server, door, .. } = second;
    let server = server.restart().await;

    let third = host_of(server, door, 3).await;
    let anna = Drawer::at(&third.server, &third.board).await;
    assert!(anna.now(|events| events.elements.is_empty()), "nothing is left");
}
