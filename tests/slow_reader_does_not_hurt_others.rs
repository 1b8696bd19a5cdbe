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
    // From here on it reads nothing, but goes on saying that it is there.

    let ada = Person::enter(&server, door, "Ada", 1).await;
    let mut crowd = Vec::new();
    for tag in 2..=5 {
        crowd.push(Person::enter(&server, door, &format!("Gast {tag}"), tag).await);
    }
    crowd[0].media.speak(20);
    let mut rounds = 0u32;
    let gone = async || {
        rounds += 1;
        // Everybody is told of every change; 20 messages a second are allowed to each.
        for person in &crowd {
            let camera = rounds.is_multiple_of(2);
            person
                .say(json!({"type": "set_media", "microphone": true, "camera": camera, "screen": false}))
                .await;
        }
        slow.send(&json!({"type": "ping"})).await;
        tokio::time::sleep(Duration::from_millis(40)).await;
        let about = |message: &Value| {
            message["participant"] == slow_id.as_str()
                || (message["participant"]["id"] == slow_id.as_str()
                    && message["participant"]["away"] == true)
        };
        ada.everything().iter().any(about).then_some(())
    };
    until("the slow one is given up", gone).await;

    // Nobody else noticed: they are all here, hear each other and are answered.
    assert!(ada.is_open() && crowd.iter().all(Person::is_open));
    ada.receives(30, 2, 'a').await;
    let pongs = ada.all("pong").len();
    ada.say(json!({"type": "ping"})).await;
    until("a pong", async || (ada.all("pong").len() > pongs).then_some(())).await;
}
