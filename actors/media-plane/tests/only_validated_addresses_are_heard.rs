//! The 5-tuple gate, replay, hostile bytes, and following a client whose address changes.

mod support;

use media_plane::{Command, SlotCount, SlotId, Uplink};
use support::{Scene, camera, microphone, video_payload};

#[test]
fn dtls_and_media_from_an_unvalidated_address_are_ignored() {
    let mut scene = Scene::new();
    let client = scene.add(SlotCount { audio: 3, video: 4 });
    scene.answer(client);
    scene.clients[client].check_with("a wrong password of 24ch", true);
    scene.clients[client].start_dtls();
    scene.until("both refused", |scene| scene.plane.statistics().refused >= 2);
    assert_eq!(scene.plane.statistics().packets_out, 0, "not a single datagram in return");
    scene.clients[client].check(true);
    scene.until("connected", |scene| scene.clients[client].is_connected());
}

#[test]
fn a_replayed_packet_is_not_forwarded() {
    let mut scene = Scene::new();
    let (sender, receiver) = (scene.join(), scene.join());
    scene.allow(sender, &[Uplink::Microphone]);
    scene.feed(receiver, SlotId::Audio(0), microphone(scene.clients[sender].peer));
    scene.settle(receiver);
    let refused = scene.plane.statistics().refused;
    let first = scene.clients[sender].seal(Uplink::Microphone, (1, 0, false), &[1; 50], false);
    let second = scene.clients[sender].seal(Uplink::Microphone, (2, 960, false), &[2; 50], false);
    let mut forged = second.clone();
    forged[40] ^= 1;
    for datagram in [&first, &forged, &first, &second, &second, &first] {
        scene.clients[sender].send_raw(datagram);
    }
    scene.until("all seen", |scene| scene.plane.statistics().refused >= refused + 4);
    scene.until("both arrived", |scene| scene.clients[receiver].packets.len() >= 2);
    scene.settle(receiver);
    let payloads: Vec<u8> = scene.clients[receiver].packets.iter().map(|packet| packet.payload[0]).collect();
    assert_eq!(payloads, [1, 2]);
}

#[test]
fn hostile_bytes_hurt_nobody() {
    let mut scene = Scene::new();
    let (sender, receiver) = (scene.join(), scene.join());
    scene.allow(sender, &[Uplink::Camera]);
    scene.feed(receiver, SlotId::Video(0), camera(scene.clients[sender].peer));
    scene.settle(receiver);
    let mut seed = 12_345_u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as u8
    };
    let sealed = scene.clients[sender].seal(Uplink::Camera, (1, 0, true), &video_payload(true, 1, 60), false);
    for round in 0..2000 {
        let mut datagram: Vec<u8> = if round % 2 == 0 {
            sealed.clone()
        } else {
            (0..usize::from(random())).map(|_| random()).collect()
        };
        let starts = [0, 1, 20, 22, 23, 63, 64, 128, 144, 191, 255];
        if let Some(first) = datagram.first_mut() {
            *first = starts[usize::from(random()) % starts.len()];
        }
        for _ in 0..3 {
            let at = usize::from(random()) % datagram.len().max(1);
            if let Some(byte) = datagram.get_mut(at.max(1)) {
                *byte = random();
            }
        }
        scene.clients[sender].send_raw(&datagram);
        if round % 50 == 0 {
            scene.turn();
        }
    }
    scene.settle(sender);
    scene.clients[sender].send_media(Uplink::Camera, 2, 0, true, &video_payload(true, 2, 60));
    scene.until("still forwarding", |scene| !scene.clients[receiver].packets.is_empty());
}

#[test]
fn a_rebound_client_is_found_by_the_servers_own_check() {
    let mut scene = Scene::new();
    let (sender, receiver) = (scene.join(), scene.join());
    scene.allow(sender, &[Uplink::Microphone, Uplink::Camera]);
    let publisher = scene.clients[sender].peer;
    scene.feed(receiver, SlotId::Audio(0), microphone(publisher));
    scene.settle(receiver);
    scene.clients[sender].send_media(Uplink::Microphone, 1, 0, false, &[1; 50]);
    scene.until("the first", |scene| scene.clients[receiver].packets.len() == 1);
    let old = scene.clients[sender].rebind();
    // The client goes on talking and sends no check of its own; what is sent to it is to follow.
    scene.feed(sender, SlotId::Music, media_plane::Feed::Music(0));
    let mut seq_no = 1;
    let deadline = support::now() + std::time::Duration::from_secs(20);
    while scene.clients[receiver].packets.len() < 5 || scene.clients[sender].packets.is_empty() {
        assert!(support::now() < deadline, "never followed");
        seq_no += 1;
        scene.clients[sender].send_media(
            Uplink::Microphone,
            seq_no,
            960 * u32::from(seq_no),
            false,
            &[2; 50],
        );
        scene.turn();
    }
    drop(old);
}

#[test]
fn a_restart_of_ice_keeps_the_keys() {
    let mut scene = Scene::new();
    let client = scene.join();
    let peer = scene.clients[client].peer;
    let ice = scene.credentials(777);
    let offer = scene.plane.offer(0, peer, 2, &ice, SlotCount { audio: 3, video: 4 });
    scene.send(Command::RestartIce { peer, ice });
    scene.settle(client);
    let old = scene.clients[client].rebind();
    scene.clients[client].set_offer(&offer);
    scene.answer(client);
    scene.clients[client].check(true);
    scene.feed(client, SlotId::Music, media_plane::Feed::Music(0));
    scene.until("music over the new path", |scene| scene.clients[client].packets.len() > 3);
    drop(old);
}
