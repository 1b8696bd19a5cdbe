//! Transport-wide feedback: a publisher hears which of its packets arrived, a receiver's packets are numbered through
//! all its slots; a client that does not speak of it in its answer gets neither.

mod support;

use media_plane::{SlotId, Uplink};
use support::{Scene, camera, video_payload};

/// A scene in which the first client's camera is in two slots of the second.
fn watching(transport_cc: bool) -> (Scene, usize, usize) {
    let mut scene = Scene::new();
    let sender = scene.join_with(|client| client.transport_cc = transport_cc);
    let receiver = scene.join_with(|client| client.transport_cc = transport_cc);
    scene.allow(sender, &[Uplink::Camera]);
    for slot in [SlotId::Video(0), SlotId::Video(1)] {
        scene.feed(receiver, slot, camera(scene.clients[sender].peer));
    }
    scene.settle(receiver);
    (scene, sender, receiver)
}

fn send(scene: &mut Scene, sender: usize, range: std::ops::Range<u16>) {
    for number in range {
        let payload = video_payload(number == 0, number, 300);
        scene.clients[sender].send_media(Uplink::Camera, number, 0, true, &payload);
    }
}

#[test]
fn publishers_hear_what_arrived_and_receivers_get_numbers() {
    let (mut scene, sender, receiver) = watching(true);
    send(&mut scene, sender, 0..10);
    // Two that are lost on the way.
    scene.clients[sender].transport_sent += 2;
    send(&mut scene, sender, 10..12);
    scene.until("all arrived twice", |scene| scene.clients[receiver].packets.len() == 24);
    let numbers: Vec<u16> =
        scene.clients[receiver].packets.iter().map(|packet| packet.transport_seq_no.unwrap()).collect();
    assert_eq!(numbers, (0..24).collect::<Vec<_>>());
    let told = |scene: &Scene| -> usize {
        let feedback = scene.clients[sender].feedback(205, 15);
        feedback.iter().map(|packet| usize::from(u16::from_be_bytes([packet[14], packet[15]]))).sum()
    };
    scene.until("feedback about all", |scene| told(scene) >= 14);
    assert_eq!(told(&scene), 14, "each once, the lost ones as well");
    scene.until("a report", |scene| !scene.clients[sender].feedback(201, 1).is_empty());
    assert!(scene.clients[sender].feedback(206, 15).is_empty(), "it estimates its line itself");
}

#[test]
fn others_get_an_estimate_and_no_numbers() {
    let (mut scene, sender, receiver) = watching(false);
    send(&mut scene, sender, 0..10);
    scene.until("all arrived twice", |scene| scene.clients[receiver].packets.len() == 20);
    assert!(scene.clients[receiver].packets.iter().all(|packet| packet.transport_seq_no.is_none()));
    scene.until("an estimate", |scene| !scene.clients[sender].feedback(206, 15).is_empty());
    assert!(scene.clients[sender].feedback(205, 15).is_empty());
}
