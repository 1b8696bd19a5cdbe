//! Somebody whose network takes nothing any more: the others go on at full speed, and the slow one is closed instead
//! of filling the server's memory.

use serde_json::{Value, json};
use std::time::Duration;
use test_support::{Opening, Person, Server, Signalling, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

#[tokio::test]
async fn slow_reader_does_not_hurt_others() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let opening =
        Opening { origin: Some(server.origin()), receive_buffer: Some(2_048), ..Opening::default() };
    let mut slow = Signalling::open(server.address(), "/api/signal", opening).await.unwrap();
    slow.send(&json!({"type": "join", "protocol": 1, "door": door, "name": "Langsam", "resume": null,
        "media": {"microphone": false, "camera": false, "screen": false}}))
        .await;
    let slow_id = slow.next_of("joined").await["you"].as_str().unwrap().to_owned();
    slow.next_of("welcome").await;
    // From here on it reads nothing.

    let ada = Person::enter(&server, door, "Ada", 1).await;
    let ben = Person::enter(&server, door, "Ben", 2).await;
    ben.media.speak(20);
    // It asks for offers, the longest messages there are, and reads none: the system's buffers take some megabytes, then
    // the server's queue fills. Twenty requests a second are allowed.
    let given_up = |message: &Value| {
        message["participant"] == slow_id.as_str()
            || (message["participant"]["id"] == slow_id.as_str() && message["participant"]["away"] == true)
    };
    let mut rounds = 0;
    while !ada.everything().iter().any(given_up) {
        slow.send(&json!({"type": "restart_ice"})).await;
        tokio::time::sleep(Duration::from_millis(52)).await;
        rounds += 1;
        assert!(rounds < 1_000, "the slow one is still there");
    }

    // Nobody else noticed: they are all here, hear each other and are answered.
    assert!(ada.is_open() && ben.is_open());
    ada.receives(30, 2, 'a').await;
    let pongs = ada.all("pong").len();
    ada.say(json!({"type": "ping"})).await;
    until("a pong", async || (ada.all("pong").len() > pongs).then_some(())).await;
}
