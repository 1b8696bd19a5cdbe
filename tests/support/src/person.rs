//! A whole participant: signalling and media, as a page of the client would join them.

use crate::lossy::{self, LossyLink};
use crate::media::MediaClient;
use crate::server::Server;
use crate::signalling::{Closed, Opening, Signalling};
use crate::tcp_path::TcpPath;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Messages that may wait for the socket; a story sends a few at a time.
const OUTBOX: usize = 256;
/// A client that is silent for 15 s counts as gone.
const PING_EVERY: Duration = Duration::from_secs(3);

/// How somebody comes to a door.
#[derive(Default)]
pub struct Entrance<'a> {
    /// Link or short name.
    pub door: &'a str,
    /// Display name.
    pub name: &'a str,
    /// The session cookie of a host.
    pub cookie: Option<String>,
    /// Marks this client's packets; 1 … 255, one for each client of a story.
    pub tag: u8,
    /// A bad network between this client's media and the server.
    pub link: Option<&'a LossyLink>,
    /// A network that lets no UDP through; the only way for this client's media.
    pub tcp: Option<&'a TcpPath>,
    /// The camera comes in three layers ([`MediaClient::in_layers`]).
    pub layers: bool,
    /// The token of an earlier visit.
    pub resume: Option<String>,
}

/// Somebody who came to a door and is waiting or inside.
pub struct Person {
    /// Their id for this stay.
    pub id: String,
    /// Their token for coming back.
    pub resume: String,
    /// Their media.
    pub media: Arc<MediaClient>,
    heard: Arc<Mutex<Heard>>,
    out: mpsc::Sender<Value>,
    task: JoinHandle<()>,
}

/// All that the server has said.
#[derive(Default)]
struct Heard {
    messages: Vec<Value>,
    closed: Option<Closed>,
}

impl Person {
    /// Comes to the door with a microphone and a camera: joins, answers the offer, waits for the media connection.
    /// Afterwards they are waiting or inside, as the room's policy has it.
    pub async fn come(server: &Server, entrance: Entrance<'_>) -> Self {
        let opening =
            Opening { origin: Some(server.origin()), cookie: entrance.cookie, receive_buffer: None };
        let mut socket =
            Signalling::open(server.address(), "/api/signal", opening).await.expect("the socket is opened");
        socket
            .send(&json!({
                "type": "join", "protocol": 1, "door": entrance.door, "name": entrance.name,
                "resume": entrance.resume, "media": {"microphone": true, "camera": true, "screen": false},
            }))
            .await;
        let joined = socket.next_of("joined").await;
        let media = match entrance.layers {
            true => MediaClient::in_layers(entrance.tag).await,
            false => MediaClient::new(entrance.tag).await,
        };
        let media = Arc::new(media);
        let path = entrance.link.map(LossyLink::address).or(entrance.tcp.map(TcpPath::address));
        let offer = joined["offer"]["sdp"].as_str().expect("an offer");
        let answer = media.answer(&through(offer, path)).await;
        socket.send(&json!({"type": "answer", "version": joined["offer"]["version"], "sdp": answer})).await;
        let (out, outbox) = mpsc::channel(OUTBOX);
        let heard = Arc::new(Mutex::new(Heard::default()));
        let carrying = carry(socket, outbox, Arc::clone(&heard), Arc::clone(&media), path);
        let person = Self {
            id: joined["you"].as_str().expect("an id").to_owned(),
            resume: joined["resume"].as_str().expect("a token").to_owned(),
            media,
            heard,
            out,
            task: tokio::spawn(carrying),
        };
        crate::until("media is connected", async || person.media.is_connected().then_some(())).await;
        person
    }

    /// Comes to an open door and is inside.
    pub async fn enter(server: &Server, door: &str, name: &str, tag: u8) -> Self {
        let person = Self::come(server, Entrance { door, name, tag, ..Entrance::default() }).await;
        person.heard("welcome").await;
        person
    }

    /// Says something to the server.
    pub async fn say(&self, message: Value) {
        self.out.send(message).await.ok();
    }

    /// All messages of a type so far.
    pub fn all(&self, kind: &str) -> Vec<Value> {
        let heard = self.heard.lock().expect("no reader panics");
        heard.messages.iter().filter(|message| message["type"] == kind).cloned().collect()
    }

    /// Every message so far.
    pub fn everything(&self) -> Vec<Value> {
        self.heard.lock().expect("no reader panics").messages.clone()
    }

    /// Waits for a message of a type; the last one there is.
    pub async fn heard(&self, kind: &str) -> Value {
        crate::until(&format!("{kind} arrives"), async || self.all(kind).pop()).await
    }

    /// Waits for a message that `fits`, old or new.
    pub async fn heard_that(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let look = async || self.everything().into_iter().rev().find(|message| fits(message));
        crate::until(what, look).await
    }

    /// Waits for the end of the socket.
    pub async fn closed(&self) -> Closed {
        crate::until("the socket closes", async || self.heard.lock().expect("no reader panics").closed).await
    }

    /// Whether the socket is open.
    pub fn is_open(&self) -> bool {
        self.heard.lock().expect("no reader panics").closed.is_none()
    }

    /// The slots as the server has described them up to now: `mid` and source.
    pub fn slots(&self) -> Vec<(String, Value)> {
        let mut slots: Vec<(String, Value)> = Vec::new();
        let all = self.everything();
        for message in all.iter().filter(|message| message["type"] != "quality") {
            for slot in message["slots"].as_array().into_iter().flatten() {
                let mid = slot["mid"].as_str().expect("a mid").to_owned();
                slots.retain(|(known, _)| *known != mid);
                slots.push((mid, slot["source"].clone()));
            }
        }
        slots
    }

    /// Waits until a slot carries somebody's `kind` (`camera`, `microphone`, `screen`), and names it.
    pub async fn slot_of(&self, participant: &str, kind: &str) -> String {
        let find = async || {
            let carries = |source: &Value| source["participant"] == participant && source["kind"] == kind;
            self.slots().into_iter().find(|(_, source)| carries(source)).map(|(mid, _)| mid)
        };
        crate::until(&format!("a slot carries the {kind} of {participant}"), find).await
    }

    /// Waits until `more` different packets of the sender `tag` have arrived in slots of a kind (`a` or `v`); a measure
    /// of time that a busy machine stretches, too.
    pub async fn receives(&self, more: usize, tag: u8, slots: char) {
        let before = self.media.count_from(tag, slots);
        let enough = async || (self.media.count_from(tag, slots) >= before + more).then_some(());
        crate::until(&format!("{more} packets of {tag} arrive in the slots {slots}"), enough).await;
    }

    /// Drops the signalling socket without a word, as a crash or a dead network would; media goes on.
    pub fn drop_socket(&self) {
        self.task.abort();
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads, writes and answers later offers until the socket closes.
async fn carry(
    mut socket: Signalling,
    mut outbox: mpsc::Receiver<Value>,
    heard: Arc<Mutex<Heard>>,
    media: Arc<MediaClient>,
    path: Option<SocketAddr>,
) {
    let mut ping = tokio::time::interval(PING_EVERY);
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            _ = ping.tick() => {
                socket.send(&json!({"type": "ping"})).await;
                continue;
            }
            Some(message) = outbox.recv() => {
                socket.send(&message).await;
                continue;
            }
        };
        match message {
            Ok(message) => {
                if message["type"] == "offer" {
                    let sdp = message["sdp"].as_str().expect("an offer");
                    let answer = media.answer(&through(sdp, path)).await;
                    socket
                        .send(&json!({"type": "answer", "version": message["version"], "sdp": answer}))
                        .await;
                }
                if message["type"] == "layers" {
                    let rids = message["camera"].as_array().expect("a list").iter();
                    media.send_layers(&rids.filter_map(Value::as_str).collect::<Vec<_>>());
                }
                heard.lock().expect("no reader panics").messages.push(message);
            }
            Err(closed) => {
                heard.lock().expect("no reader panics").closed = Some(closed);
                return;
            }
        }
    }
}

/// An offer, led through a bad network if there is one.
fn through(offer: &str, path: Option<SocketAddr>) -> String {
    path.map_or_else(|| offer.to_owned(), |address| lossy::reroute(offer, address))
}
