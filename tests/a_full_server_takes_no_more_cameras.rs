//! A server that may use next to nothing of its machine is soon full: whoever comes then comes without a picture, is told so
//! in plain words, and is heard; encoders are told to come later.

use serde_json::{Value, json};
use test_support::{Entrance, MediaClient, Person, Server, ServerBuilder, until};

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
        if let Some(first) = people.first() {
            person.media.speak(90);
            let first: &Person = first;
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

#[tokio::test]
async fn a_full_server_takes_no_more_cameras() {
    let server = ServerBuilder::new(SERVER).with("media.busy_limit", "1").start().await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let idle = server.figure("kegelbahn_camera_headroom").await.expect("a figure");
    assert!(idle > 0.0, "an idle server has room");

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
    first.receives(20, PEOPLE.min(people.len() as u8), 'a').await;

    assert!(!first.everything().iter().any(refused), "who was there first stays");

    // An encoder learns it before it sends anything.
    let id = room["id"].as_str().expect("an id");
    let arguments = ["token", "create", "--room", id, "--right", "publish", "--name", "Saal", "--json"];
    let token: Value = serde_json::from_str(&server.run(&arguments, "").stdout).expect("a token");
    let bearer = format!("Bearer {}", token["token"].as_str().expect("a secret"));
    let offer = MediaClient::publisher(200).await.offer().await;
    let headers = [("content-type", "application/sdp"), ("authorization", bearer.as_str())];
    let mut http = server.http();
    http.sent_origin = None;
    // Between two measurements there may be room for a moment.
    let code = until("an encoder is refused", async || {
        let offer = offer.clone().into_bytes();
        let answer = http.send("POST", &format!("/whip/{door}"), &headers, offer).await;
        (answer.status == 503).then(|| answer.error_code())
    });
    assert_eq!(code.await, "server_full");
}
