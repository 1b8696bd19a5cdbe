//! Three people in a room see and hear each other and never themselves; who is muted is not heard, who comes late
//! sees a picture at once, who leaves is gone.

use serde_json::json;
use test_support::{Person, Server, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

#[tokio::test]
async fn media_reaches_everyone() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let people = [
        Person::enter(&server, door, "Ada", 1).await,
        Person::enter(&server, door, "Ben", 2).await,
        Person::enter(&server, door, "Cem", 3).await,
    ];
    for (person, level) in people.iter().zip([20, 30, 40]) {
        person.media.speak(level);
        person.media.film(true);
    }
    for (receiver, own) in people.iter().zip(1..) {
        for (sender, tag) in people.iter().zip(1..).filter(|(_, tag)| *tag != own) {
            let voice = receiver.slot_of(&sender.id, "microphone").await;
            let face = receiver.slot_of(&sender.id, "camera").await;
            until("voice and face arrive where signalling says", async || {
                let heard = receiver.media.received(&voice).count_from(tag);
                let seen = receiver.media.received(&face);
                (heard > 30 && seen.count_from(tag) > 40 && seen.key_frames > 0).then_some(())
            })
            .await;
        }
        assert_eq!(receiver.media.count_from(own, 'a') + receiver.media.count_from(own, 'v'), 0, "an echo");
    }
    let speaking = people[0].heard_that("speakers are named, the loudest first", |message| {
        message["type"] == "speaking" && message["participants"].as_array().is_some_and(|ids| ids.len() >= 2)
    });
    let loudest = speaking.await["participants"][0].clone();
    assert!(
        loudest == people[0].id.as_str() || loudest == people[1].id.as_str(),
        "{loudest} is not the loudest"
    );
}

#[tokio::test]
async fn who_is_muted_is_not_forwarded_whatever_they_send() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let ada = Person::enter(&server, door, "Ada", 1).await;
    let ben = Person::enter(&server, door, "Ben", 2).await;
    let cem = Person::enter(&server, door, "Cem", 3).await;
    for person in [&ada, &ben] {
        person.media.speak(20);
        person.media.film(true);
    }
    for kind in ['a', 'v'] {
        cem.receives(20, 1, kind).await;
        cem.receives(20, 2, kind).await;
    }
    // Ada's page says "off" and goes on sending.
    ada.say(json!({"type": "set_media", "microphone": false, "camera": false, "screen": false})).await;
    let told = |message: &serde_json::Value| {
        message["type"] == "participant_changed"
            && message["participant"]["id"] == ada.id.as_str()
            && message["participant"]["microphone"] == false
            && message["participant"]["camera"] == false
    };
    cem.heard_that("the others learn it", told).await;
    // What was under way arrives; Ben's packets are the clock.
    cem.receives(20, 2, 'a').await;
    let before = (cem.media.count_from(1, 'a'), cem.media.count_from(1, 'v'));
    cem.receives(100, 2, 'a').await;
    assert_eq!((cem.media.count_from(1, 'a'), cem.media.count_from(1, 'v')), before);
    // And on again, over the same connection.
    ada.say(json!({"type": "set_media", "microphone": true, "camera": true, "screen": false})).await;
    cem.receives(20, 1, 'a').await;
    cem.receives(20, 1, 'v').await;
    assert_eq!(cem.all("offer"), [json!(null); 0], "nothing was renegotiated");
}

#[tokio::test]
async fn who_comes_late_sees_a_picture_at_once_and_who_leaves_is_gone() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let ada = Person::enter(&server, door, "Ada", 1).await;
    let ben = Person::enter(&server, door, "Ben", 2).await;
    ada.media.film(true);
    ben.receives(40, 1, 'v').await;
    let (_, asked) = ada.media.camera_sent();
    let cem = Person::enter(&server, door, "Cem", 3).await;
    let face = cem.slot_of(&ada.id, "camera").await;
    until("the late one gets a key frame", async || (cem.media.received(&face).key_frames > 0).then_some(()))
        .await;
    assert!(ada.media.camera_sent().1 > asked, "the server asked for a key frame");
    // The first packet in the slot begins the key frame: nothing undecodable comes before it.
    let first = *cem.media.received(&face).from[&1].first().unwrap();
    assert!(first > 0, "the film had begun before");

    ada.say(json!({"type": "leave"})).await;
    ada.heard_that("a goodbye", |message| message["type"] == "bye" && message["reason"] == "left").await;
    let left = |message: &serde_json::Value| {
        message["type"] == "participant_left" && message["participant"] == ada.id.as_str()
    };
    cem.heard_that("the others learn it", left).await;
    ben.media.film(true);
    cem.receives(20, 2, 'v').await;
    let before = cem.media.count_from(1, 'v');
    cem.receives(60, 2, 'v').await;
    assert_eq!(cem.media.count_from(1, 'v'), before, "nothing of the one who left");
    assert!(cem.slots().iter().all(|(_, source)| source["participant"] != ada.id.as_str()));
}
