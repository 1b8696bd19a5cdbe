//! A client that shares no code with us or with browsers (aiortc) publishes by WHIP and watches by WHEP: what it encodes
//! arrives, decoded, with its colour and its tone, and people in the room receive it, too, or are told why they cannot.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use test_support::{Person, Server, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

/// The Python client at work.
struct Client {
    child: Child,
    input: Option<ChildStdin>,
    said: Arc<Mutex<Vec<Value>>>,
}

impl Client {
    fn start(what: &str, made: &Value, more: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = root.join("target/streams/bin/python");
        assert!(python.exists(), "aiortc is missing; `tests/run tools` installs it below target/");
        let mut child = Command::new(python)
            .arg(root.join("tests/streams/client.py"))
            .args([what, made["url"].as_str().expect("a URL"), made["token"].as_str().expect("a token")])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python starts");
        let said = Arc::new(Mutex::new(Vec::new()));
        let (sink, pipe) = (Arc::clone(&said), child.stdout.take().expect("piped"));
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                sink.lock().expect("no reader panics").extend(serde_json::from_str(&line));
            }
        });
        Self { input: child.stdin.take(), child, said }
    }

    async fn says(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let look = async || self.said.lock().expect("no reader panics").iter().find(|one| fits(one)).cloned();
        until(what, look).await
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // An error means that it has ended before.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn token(server: &Server, room: &Value, right: &str, name: &str) -> Value {
    let id = room["id"].as_str().expect("an id");
    let made = server.run(&["token", "create", "--room", id, "--right", right, "--name", name, "--json"], "");
    assert_eq!(made.code, 0, "{made:?}");
    serde_json::from_str(&made.stdout).expect("JSON")
}

/// An encoder, a screen and a person; whether the person's client has the codec.
async fn published_and_watched(more: &[&str], has_it: bool) {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let ada = Person::enter(&server, room["link"].as_str().expect("a link"), "Ada", 1).await;
    ada.say(json!({"type": "set_media", "microphone": false, "camera": false, "screen": false})).await;
    let mut camera = Client::start("publish", &token(&server, &room, "publish", "Saalkamera"), more);
    camera.says("the encoder is let in", |said| said["status"] == 201).await;
    let joined = |message: &Value| {
        message["type"] == "participant_joined" && message["participant"]["name"] == "Saalkamera"
    };
    let shown = ada.heard_that("Ada sees the encoder", joined).await["participant"].clone();
    let face = ada.slot_of(shown["id"].as_str().expect("an id"), "camera").await;

    let screen = Client::start("watch", &token(&server, &room, "watch", "Leinwand"), &[]);
    let seen = screen.says("pictures and sound are decoded", |said| {
        said["pictures"].as_u64() >= Some(30) && said["loud"].as_u64() > Some(2_000)
    });
    let seen = seen.await;
    assert_eq!(seen["size"], json!([320, 240]));
    for (channel, sent) in seen["colour"].as_array().expect("three channels").iter().zip([200_i64, 40, 160]) {
        assert!((channel.as_i64().expect("a number") - sent).abs() < 25, "another colour: {seen}");
    }
    if has_it {
        until("Ada receives it, too", async || (ada.media.received(&face).packets > 30).then_some(())).await;
    } else {
        let codec = json!([{"mid": face, "layer": null, "reason": "codec"}]);
        let told = |message: &Value| message["type"] == "quality" && message["slots"] == codec;
        ada.heard_that("Ada is told why she sees nothing", told).await;
        assert_eq!(ada.media.received(&face).packets, 0);
    }

    drop(camera.input.take());
    camera.says("the encoder ends its session", |said| said["deleted"] == 200).await;
    let left =
        |message: &Value| message["type"] == "participant_left" && message["participant"] == shown["id"];
    ada.heard_that("Ada sees it go", left).await;
}

#[tokio::test]
async fn what_aiortc_publishes_aiortc_watches() {
    published_and_watched(&[], true).await;
}

/// It also waits for us to begin the handshake.
#[tokio::test]
async fn h264_from_a_passive_encoder_is_watched() {
    published_and_watched(&["H264", "passive"], false).await;
}
