//! Forwarding: what a publisher sends arrives in its subscribers' slots, renumbered without a gap.

mod support;

use media_plane::{Event, Feed, Publication, SlotId, Uplink};
use support::{Scene, camera, microphone, video_payload};

#[test]
fn audio_and_video_arrive_in_the_slots() {
    let mut scene = Scene::new();
    let (sender, receiver) = (scene.join(), scene.join());
    let (publisher, subscriber) = (scene.clients[sender].peer, scene.clients[receiver].peer);
    scene.allow(sender, &[Uplink::Microphone, Uplink::Camera]);
    scene.feed(receiver, SlotId::Audio(1), microphone(publisher));
    scene.feed(receiver, SlotId::Video(2), camera(publisher));
    scene.settle(receiver);
    for i in 0..10_u16 {
        scene.clients[sender].send_media(
            Uplink::Microphone,
            65_530_u16.wrapping_add(i),
            960 * u32::from(i),
            false,
            &[i as u8; 80],
        );
        scene.clients[sender].send_media(
            Uplink::Camera,
            500 + i,
            9000,
            i == 9,
            &video_payload(i == 0, 7, 900),
        );
    }
    scene.until("all arrived", |scene| scene.clients[receiver].packets.len() == 20);
    let client = &scene.clients[receiver];
    for (kind, ssrc) in [(111, 0x1000_0002), (96, 0x1000_2004)] {
        let packets = client.of_type(kind);
        assert!(packets.iter().all(|packet| packet.ssrc == ssrc));
        let mut numbers: Vec<u16> =
            packets.iter().map(|packet| packet.seq_no.wrapping_sub(packets[0].seq_no)).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..10).collect::<Vec<_>>());
    }
    let audio: Vec<_> = client.of_type(111).iter().map(|packet| packet.payload.clone()).collect();
    assert_eq!(audio, (0..10).map(|i| vec![i; 80]).collect::<Vec<_>>());
    let video = client.of_type(96);
    assert!(video.iter().all(|packet| packet.timestamp == video[0].timestamp && packet.payload.len() == 900));
    assert!(video[9].marker && !video[0].marker);
    for event in [
        Event::PublicationSeen(Publication { peer: publisher, uplink: Uplink::Camera }),
        Event::SlotRunning(subscriber, SlotId::Video(2), camera(publisher)),
        Event::SlotRunning(subscriber, SlotId::Audio(1), microphone(publisher)),
    ] {
        scene.until("told", |scene| scene.events.iter().filter(|told| **told == event).count() == 1);
    }
    scene.until("levels", |scene| scene.events.contains(&Event::Levels(vec![(publisher, 97)])));
    assert_eq!(scene.plane.statistics().forwarded, 20);
}

#[test]
fn a_switch_waits_for_the_key_frame_and_leaves_no_gap() {
    let mut scene = Scene::new();
    let (one, two, receiver) = (scene.join(), scene.join(), scene.join());
    let peers = [one, two].map(|client| scene.clients[client].peer);
    for client in [one, two] {
        scene.allow(client, &[Uplink::Camera]);
    }
    scene.feed(receiver, SlotId::Video(0), camera(peers[0]));
    scene.settle(receiver);
    scene.clients[one].send_media(Uplink::Camera, 10, 1000, true, &video_payload(true, 5, 100));
    scene.until("the first picture", |scene| scene.clients[receiver].packets.len() == 1);
    scene.feed(receiver, SlotId::Video(0), camera(peers[1]));
    scene.settle(receiver);
    scene.clients[two].send_media(Uplink::Camera, 900, 77, true, &video_payload(false, 300, 100));
    scene.until("a request for a key frame", |scene| !scene.clients[two].feedback(206, 1).is_empty());
    scene.clients[one].send_media(Uplink::Camera, 11, 4000, true, &video_payload(false, 6, 100));
    scene.until("the old picture goes on", |scene| scene.clients[receiver].packets.len() == 2);
    scene.clients[two].send_media(Uplink::Camera, 901, 3077, true, &video_payload(true, 301, 100));
    scene.until("the new picture", |scene| scene.clients[receiver].packets.len() == 3);
    let packets = &scene.clients[receiver].packets;
    let picture =
        |packet: &support::Packet| u16::from_be_bytes([packet.payload[2], packet.payload[3]]) & 0x7fff;
    for pair in packets.windows(2) {
        assert_eq!(pair[1].seq_no, pair[0].seq_no.wrapping_add(1));
        assert_eq!(picture(&pair[1]), (picture(&pair[0]) + 1) & 0x7fff);
        assert_eq!(pair[1].payload[4], pair[0].payload[4].wrapping_add(1), "TL0PICIDX");
        assert!(pair[1].timestamp.wrapping_sub(pair[0].timestamp) >= 3000);
    }
}

#[test]
fn what_is_not_allowed_is_not_forwarded() {
    let mut scene = Scene::new();
    let (sender, receiver) = (scene.join(), scene.join());
    let publisher = scene.clients[sender].peer;
    scene.feed(receiver, SlotId::Audio(0), microphone(publisher));
    scene.feed(receiver, SlotId::Audio(1), Feed::Silence);
    scene.settle(sender);
    scene.clients[sender].send_media(Uplink::Microphone, 1, 0, false, &[1; 50]);
    scene.settle(sender);
    scene.allow(sender, &[Uplink::Microphone]);
    scene.settle(sender);
    scene.clients[sender].send_media(Uplink::Microphone, 2, 960, false, &[2; 50]);
    scene.until("the allowed one", |scene| !scene.clients[receiver].packets.is_empty());
    scene.allow(sender, &[]);
    scene.settle(sender);
    scene.clients[sender].send_media(Uplink::Microphone, 3, 1920, false, &[3; 50]);
    scene.settle(sender);
    scene.allow(sender, &[Uplink::Microphone]);
    scene.settle(sender);
    scene.clients[sender].send_media(Uplink::Microphone, 4, 2880, false, &[4; 50]);
    scene.until("the second allowed one", |scene| scene.clients[receiver].packets.len() == 2);
    let packets = &scene.clients[receiver].packets;
    assert_eq!(packets.iter().map(|packet| packet.payload[0]).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(
        packets[1].seq_no,
        packets[0].seq_no.wrapping_add(1),
        "what was withheld does not look like loss"
    );
}

#[test]
fn equal_packets_of_a_frame_are_padded_to_one_size() {
    let mut scene = Scene::new();
    let (sender, receiver) = (scene.join(), scene.join());
    let publisher = scene.clients[sender].peer;
    scene.allow(sender, &[Uplink::Camera]);
    scene.feed(receiver, SlotId::Video(0), camera(publisher));
    scene.settle(receiver);
    for i in 0..64_u16 {
        let length = 1000 + usize::from(i % 3);
        scene.clients[sender].send_media(Uplink::Camera, i, 9000, false, &video_payload(i == 0, 7, length));
    }
    scene.until("all arrived", |scene| scene.clients[receiver].packets.len() == 64);
    let packets = &scene.clients[receiver].packets;
    let lengths: Vec<usize> = packets.iter().map(|packet| packet.payload.len()).collect();
    assert_eq!(lengths, (0..64).map(|i| 1000 + i % 3).collect::<Vec<_>>(), "padding is not payload");
    assert!(packets.iter().all(|packet| packet.padding <= 16));
}
