//! A server that may use next to nothing of its machine is soon full: whoever comes then comes without a picture, is told so
//! in plain words, and is heard; encoders are told to come later.

use serde_json::{Value, json};
use test_support::{Entrance, MediaClient, Person, Response, Server, ServerBuilder, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
/// More people with cameras than one per cent of a core can serve.
const PEOPLE: u8 = 16;

fn refused(message: &Value) -> bool {
    message["type"] == "error" && message["code"] == "server_full"
}

/// People with cameras come until one is refused; all of them.
async fn fill(server: &Server, door: &str) -> Vec<Person> {
    let mut people = Vec::new();
    for tag in 1..=PEOPLE {
        let name = format!("Guest {tag}");
        let person = Person::come(server, Entrance { door, name: &name, tag, ..Entrance::default() }).await;
        person.heard("welcome").await;
        person.media.film(true);
        // Time for the measurements, stretched where the machine is busy.
        person.media.speak(90);
        let first: Option<&Person> = people.first();
        if let Some(first) = first {
            first.receives(100, tag, 'a').await;
        }
        let full = person.everything().iter().any(refused);
        people.push(person);
        if full {
            return people;
        }
    }
    panic!("{PEOPLE} people with cameras fit into one per cent of a core");
}

/// Makes a token for an encoder: the value of its header.
fn bearer(server: &Server, room: &Value, name: &str) -> String {
    let id = room["id"].as_str().expect("an id");
    let arguments = ["token", "create", "--room", id, "--right", "publish", "--name", name, "--json"];
    let token: Value = serde_json::from_str(&server.run(&arguments, "").stdout).expect("a token");
    format!("Bearer {}", token["token"].as_str().expect("a secret"))
}

/// An encoder asks to come in.
async fn encode(server: &Server, door: &str, bearer: &str, media: &MediaClient) -> Response {
    let headers = [("content-type", "application/sdp"), ("authorization", bearer)];
    let mut http = server.http();
    http.sent_origin = None;
    http.send("POST", &format!("/whip/{door}"), &headers, media.offer().await.into_bytes()).await
}

#[tokio::test]
async fn a_full_server_takes_no_more_cameras() {
    // Everybody is heard: voices of one level for ever would not take each other's places.
    let server = ServerBuilder::new(SERVER)
        .with("media.busy_limit", "1")
        .with("media.audio_slots", "16")
        .start()
        .await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let idle = server.figure("kegelbahn_camera_headroom").await.expect("a figure");
    assert!(idle > 0.0, "an idle server has room");

    let hall = bearer(&server, &room, "Saal");
    let encoder = MediaClient::publisher(200).await;
    let begun = encode(&server, door, &hall, &encoder).await;
    assert_eq!(begun.status, 201);
    encoder.take_answer(std::str::from_utf8(&begun.body).expect("text")).await;
    let people = fill(&server, door).await;
    let (last, first) = (people.last().unwrap(), &people[0]);
    let error = last.heard_that("the refusal", refused).await;
    let words = error["message"].as_str().unwrap();
    assert!(words.contains("no room for another picture") && words.contains("still heard"), "{words}");
    // Not always 0: another thread may be free, for other rooms.
    assert!(server.figure("kegelbahn_camera_headroom").await < Some(idle));

    // The others see them without a picture, and hear them.
    let changed = |message: &Value| {
        message["type"] == "participant_changed" && message["participant"]["id"] == last.id.as_str()
    };
    let seen = first.heard_that("the camera is off", changed).await["participant"].clone();
    assert_eq!((&seen["microphone"], &seen["camera"]), (&json!(true), &json!(false)));
    first.receives(20, people.len() as u8, 'a').await;

    assert!(!first.everything().iter().any(refused), "who was there first stays");

    // A new encoder learns it before it sends anything; one that was there comes back with its picture.
    let other = bearer(&server, &room, "Empore");
    // Between two measurements there may be room for a moment.
    let code = until("an encoder is refused", async || {
        let answer = encode(&server, door, &other, &MediaClient::publisher(201).await).await;
        (answer.status == 503).then(|| answer.error_code())
    });
    assert_eq!(code.await, "server_full");
    let again = encode(&server, door, &hall, &MediaClient::publisher(202).await).await;
    assert_eq!(again.status, 201);
    let shown = first.heard("participant_joined").await["participant"].clone();
    assert_eq!((&shown["name"], &shown["camera"]), (&json!("Saal"), &json!(true)));
    let id = shown["id"].as_str().expect("an id").to_owned();
    let off = |message: &Value| {
        message["participant"]["id"] == id.as_str() && message["participant"]["camera"] == false
    };
    first.receives(20, people.len() as u8, 'a').await;
    assert!(!first.everything().iter().any(off), "nobody took its picture away");
}
