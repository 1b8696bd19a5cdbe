//! More cameras than slots: the server offers more slots to whoever needs them, and everybody sees everybody.
//! Only the three loudest are heard.

use serde_json::json;
use test_support::{Person, Server, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

#[tokio::test]
async fn slots_grow_with_the_room() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let mut people = Vec::new();
    for tag in 1..=6 {
        people.push(Person::enter(&server, door, &format!("Gast {tag}"), tag).await);
    }
    for person in &people {
        person.media.film(true);
    }
    for (receiver, own) in people.iter().zip(1..) {
        for (sender, tag) in people.iter().zip(1..).filter(|(_, tag)| *tag != own) {
            let face = receiver.slot_of(&sender.id, "camera").await;
            until("every face arrives", async || {
                (receiver.media.received(&face).count_from(tag) > 20).then_some(())
            })
            .await;
        }
        let offers = receiver.all("offer");
        assert!(offers.len() <= 2, "{} offers for five pictures", offers.len());
    }
}

#[tokio::test]
async fn the_loudest_three_are_heard() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let listener = Person::enter(&server, door, "Ada", 1).await;
    let mut speakers = Vec::new();
    for (tag, level) in [(2, 60), (3, 20), (4, 25), (5, 30)] {
        let speaker = Person::enter(&server, door, &format!("Gast {tag}"), tag).await;
        speaker.media.speak(level);
        speakers.push(speaker);
    }
    for tag in 3..=5 {
        listener.receives(50, tag, 'a').await;
    }
    // The quiet one may have been heard while there was room; now a louder one holds every slot.
    let before = listener.media.count_from(2, 'a');
    listener.receives(100, 3, 'a').await;
    assert_eq!(listener.media.count_from(2, 'a'), before);
    // Somebody falls silent: the quiet one gets their place.
    speakers[1].media.be_quiet();
    speakers[1].say(json!({"type": "set_media", "microphone": false, "camera": true, "screen": false})).await;
    listener.receives(50, 2, 'a').await;
}
