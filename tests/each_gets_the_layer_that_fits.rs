//! A camera in three layers: each receiver gets the one that fits what it shows, without a hole when that changes; what
//! is hidden costs nothing; the publisher sends only what anybody watches.

use serde_json::{Value, json};
use test_support::{Entrance, Person, Server, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

/// Tags of the publisher's layers.
const SMALL: u8 = 1;
const MIDDLE: u8 = 2;
const LARGE: u8 = 3;

fn view(of: &Person, height: u32) -> Value {
    let width = height / 9 * 16;
    let tile =
        json!({"participant": of.id, "kind": "camera", "width": width, "height": height, "pinned": false});
    json!({"type": "view", "show": [tile]})
}

/// Waits for so many more packets of a layer in a slot.
async fn carries(receiver: &Person, slot: &str, tag: u8) {
    let before = receiver.media.received(slot).count_from(tag);
    let more = async || (receiver.media.received(slot).count_from(tag) > before + 20).then_some(());
    until(&format!("{slot} carries layer {tag}"), more).await;
}

async fn told(publisher: &Person, camera: &[&str]) {
    let last = async || (publisher.all("layers").last()?["camera"] == json!(camera)).then_some(());
    until(&format!("the publisher is told to send {camera:?}"), last).await;
}

#[tokio::test]
async fn each_gets_the_layer_that_fits() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let ada = Person::come(
        &server,
        Entrance { door, name: "Ada", tag: SMALL, layers: true, ..Entrance::default() },
    )
    .await;
    ada.heard("welcome").await;
    let ben = Person::enter(&server, door, "Ben", 4).await;
    let cem = Person::enter(&server, door, "Cem", 5).await;
    ben.say(view(&ada, 180)).await;
    cem.say(view(&ada, 720)).await;
    ada.media.film(true);
    let (small, large) = (ben.slot_of(&ada.id, "camera").await, cem.slot_of(&ada.id, "camera").await);
    carries(&ben, &small, SMALL).await;
    carries(&cem, &large, LARGE).await;

    // Nobody needs the middle one: after a while it is not sent.
    told(&ada, &["l", "h"]).await;
    let middle = ada.media.layers_sent()[1];
    carries(&cem, &large, LARGE).await;
    assert!(ada.media.layers_sent()[1] <= middle + 2, "a frame was under way");

    // A larger tile: the layer comes back, and takes over without a hole.
    ben.say(view(&ada, 360)).await;
    carries(&ben, &small, MIDDLE).await;
    // Hidden: nothing comes any more, not even to the server.
    cem.say(json!({"type": "view", "show": []})).await;
    let emptied = |message: &Value| {
        message["type"] == "slots" && message["slots"][0] == json!({"mid": large, "source": null})
    };
    cem.heard_that("the slot is empty", emptied).await;
    told(&ada, &["m"]).await;
    let before = (cem.media.received(&large).packets, ada.media.layers_sent()[2]);
    carries(&ben, &small, MIDDLE).await;
    let after = (cem.media.received(&large).packets, ada.media.layers_sent()[2]);
    assert!(after.0 == before.0 && after.1 <= before.1 + 2, "{before:?} {after:?}");

    // And back.
    ben.say(view(&ada, 90)).await;
    cem.say(view(&ada, 1080)).await;
    carries(&ben, &small, SMALL).await;
    carries(&cem, &large, LARGE).await;
    assert_eq!((ben.media.received(&small).holes(), cem.media.received(&large).holes()), (0, 0));
}
