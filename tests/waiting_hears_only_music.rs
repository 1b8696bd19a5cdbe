//! Somebody in the lobby gets the music and nothing of the room, and nobody in the room hears them, whatever their
//! client sends. Being let in happens over the same connection. By a short name one always knocks.

use serde_json::{Value, json};
use test_support::{Closed, Entrance, Opening, Person, Server, Signalling, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

/// A host who is inside, speaks and films, a guest who waits, and the door.
async fn lobby(server: &Server) -> (Person, Person, String) {
    let http = server.host("mara").await;
    let room = server.room("mara", "Geheimer Plenumsraum", "knock");
    let door = room["link"].as_str().expect("a link");
    let entrance = Entrance {
        door,
        name: "Mara Gastgeberin",
        tag: 1,
        cookie: http.cookie.clone(),
        ..Entrance::default()
    };
    let host = Person::come(server, entrance).await;
    host.heard("welcome").await;
    host.media.speak(20);
    host.media.film(true);
    let guest = Person::come(server, Entrance { door, name: "Juna", tag: 2, ..Entrance::default() }).await;
    assert_eq!(guest.heard("waiting").await["ahead"], 0);
    (host, guest, door.to_owned())
}

#[tokio::test]
async fn waiting_hears_only_music() {
    let server = Server::start(SERVER).await;
    let (host, guest, _) = lobby(&server).await;
    guest.media.speak(10);
    guest.media.film(true);
    let knocks = host.heard_that("the host hears the knock", |message| {
        message["type"] == "knocks" && message["knocks"][0]["name"] == "Juna"
    });
    assert_eq!(knocks.await["knocks"][0]["participant"], guest.id.as_str());

    // Everything a waiting client is not to ask for is refused, and it stays where it is.
    for message in [
        json!({"type": "admit", "participant": guest.id}),
        json!({"type": "admit_all"}),
        json!({"type": "remove", "participant": host.id}),
        json!({"type": "configure", "drawing": "everyone", "keeping": {"policy": "keep"}}),
        json!({"type": "make_presenter", "participant": guest.id}),
        json!({"type": "set_drawing", "participant": guest.id, "may_draw": true}),
    ] {
        let refusals = guest.all("error").len();
        guest.say(message).await;
        until("it is refused", async || (guest.all("error").len() > refusals).then_some(())).await;
        assert_eq!(guest.all("error").pop().unwrap()["code"], "forbidden");
    }

    // Five seconds of music, which are five seconds of anything else that would have come.
    until("the music plays", async || (guest.media.received("music").packets > 250).then_some(())).await;
    let other: Vec<_> = guest.media.all_received().into_iter().filter(|(mid, _)| mid != "music").collect();
    assert!(other.is_empty(), "the lobby hears more than music: {other:?}");
    assert_eq!(guest.all("welcome"), [Value::Null; 0]);
    let said = Value::from(guest.everything()).to_string();
    for secret in ["Gastgeberin", host.id.as_str(), "ticket", "participant_joined", "speaking"] {
        assert!(!said.contains(secret), "the lobby learnt {secret}");
    }
    assert_eq!(host.media.count_from(2, 'a') + host.media.count_from(2, 'v'), 0, "the room hears the lobby");
}

#[tokio::test]
async fn admission_lets_the_room_in_over_the_same_connection() {
    let server = Server::start(SERVER).await;
    let (host, guest, _) = lobby(&server).await;
    until("the music plays", async || (guest.media.received("music").packets > 20).then_some(())).await;
    host.say(json!({"type": "admit", "participant": guest.id})).await;
    let welcome = guest.heard("welcome").await;
    assert_eq!(welcome["participants"].as_array().unwrap().len(), 2);
    assert_eq!(welcome["knocks"], json!([]), "a guest learns of no knocks");
    assert_eq!(welcome["settings"]["keeping"]["policy"], "wipe", "what the lobby asked for was not done");
    guest.receives(20, 1, 'a').await;
    guest.receives(20, 1, 'v').await;
    guest.media.speak(10);
    host.receives(20, 2, 'a').await;
    // The music ends.
    let music = async || {
        let before = guest.media.received("music").packets;
        guest.receives(25, 1, 'a').await;
        (guest.media.received("music").packets == before).then_some(())
    };
    until("the music has ended", music).await;
    assert_eq!(guest.all("offer"), [Value::Null; 0], "the connection was negotiated anew");
    assert!(guest.media.is_connected() && !guest.media.has_ended());
}

#[tokio::test]
async fn refusal_is_a_goodbye() {
    let server = Server::start(SERVER).await;
    let (host, guest, door) = lobby(&server).await;
    until("the music plays", async || (guest.media.received("music").packets > 20).then_some(())).await;
    host.say(json!({"type": "refuse", "participant": guest.id})).await;
    assert_eq!(guest.heard("bye").await["reason"], "refused");
    assert_eq!(guest.closed().await, Closed(Some(1000)));
    host.heard_that("nobody knocks any more", |message| {
        message["type"] == "knocks" && message["knocks"] == json!([])
    })
    .await;
    // Their media is over, too; the next one's music is the clock.
    let before = guest.media.received("music").packets;
    let third =
        Person::come(&server, Entrance { door: &door, name: "Kim", tag: 3, ..Entrance::default() }).await;
    until("music plays for the next one", async || {
        (third.media.received("music").packets > 100).then_some(())
    })
    .await;
    assert!(guest.media.received("music").packets <= before + 5, "music for somebody who was refused");
}

#[tokio::test]
async fn by_the_short_name_one_always_knocks() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let path = format!("/api/rooms/{}", room["id"].as_str().unwrap());
    let changed = http.request("PATCH", &path, Some(&json!({"short_name": "flausch"}))).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let link = room["link"].as_str().unwrap();
    let by_link = Person::enter(&server, link, "Ada", 1).await;
    let by_name =
        Person::come(&server, Entrance { door: "flausch", name: "Ben", tag: 2, ..Entrance::default() }).await;
    by_name.heard("waiting").await;
    by_link.media.speak(20);
    until("the music plays", async || (by_name.media.received("music").packets > 50).then_some(())).await;
    assert_eq!(by_name.media.count_from(1, 'a'), 0);
    assert_eq!(by_name.all("welcome"), [Value::Null; 0]);
}

/// Saving a room's settings wipes what an earlier board left of it; nobody is turned away meanwhile.
#[tokio::test]
async fn whoever_comes_while_settings_are_saved_comes_in() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    for number in 0..30 {
        let room = server.room("mara", &format!("Plenum {number}"), "open");
        let opening = Opening { origin: Some(server.origin()), ..Opening::default() };
        let mut socket =
            Signalling::open(server.address(), "/api/signal", opening).await.expect("the socket is opened");
        let path = format!("/api/rooms/{}", room["id"].as_str().unwrap());
        let changed = http.request("PATCH", &path, Some(&json!({"emoji": "🎳"}))).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let media = json!({"microphone": false, "camera": false, "screen": false});
        socket
            .send(&json!({
                "type": "join", "protocol": 1, "door": room["link"], "name": "Ada", "resume": null, "media": media,
            }))
            .await;
        assert_eq!(socket.next().await.expect("an answer")["type"], "joined", "room {number}");
    }
}
