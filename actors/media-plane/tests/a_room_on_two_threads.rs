//! A publisher on one thread, receivers on another: media crosses once and everything works as if it had not.

mod support;

use std::time::Duration;

use media_plane::{Command, Event, SlotCount, SlotId, Uplink};
use support::{Scene, camera, microphone, music, now, video_payload};

/// A publisher on thread 0 and receivers on thread 1.
fn scene(receivers: usize) -> Scene {
    let mut scene = Scene::on_threads(2, music(1));
    scene.join();
    scene.next = 1;
    for _ in 0..receivers {
        scene.join();
    }
    scene
}

#[test]
fn media_is_relayed_repaired_asked_for_and_removed() {
    let mut scene = scene(1);
    let publisher = scene.clients[0].peer;
    scene.allow(0, &[Uplink::Microphone, Uplink::Camera]);
    scene.feed(1, SlotId::Audio(0), microphone(publisher));
    scene.feed(1, SlotId::Video(0), camera(publisher));
    scene.settle(1);
    scene.clients[0].send_media(Uplink::Camera, 499, 9000, true, &video_payload(false, 6, 900));
    scene.until("a key frame is asked for", |scene| !scene.clients[0].feedback(206, 1).is_empty());
    for i in 0..10_u16 {
        scene.clients[0].send_media(Uplink::Microphone, i, 960 * u32::from(i), false, &[i as u8; 80]);
        scene.clients[0].send_media(Uplink::Camera, 500 + i, 9000, i == 9, &video_payload(i == 0, 7, 900));
    }
    scene.until("all arrived", |scene| scene.clients[1].packets.len() == 20);
    let video: Vec<_> = scene.clients[1].of_type(96).into_iter().cloned().collect();
    assert!(video.windows(2).all(|pair| pair[1].seq_no == pair[0].seq_no.wrapping_add(1)));
    let statistics = scene.plane.thread_statistics();
    assert_eq!((statistics[0].relayed, statistics[1].relayed, statistics[0].relay_dropped), (20, 0, 0));

    let mut nack = vec![0x81, 205, 0, 3, 0, 0, 0, 1];
    nack.extend(video[3].ssrc.to_be_bytes());
    nack.extend(video[3].seq_no.to_be_bytes());
    nack.extend([0, 0]);
    scene.clients[1].send_rtcp(&nack);
    scene.until("the lost packet comes again", |scene| !scene.clients[1].of_type(97).is_empty());
    assert_eq!(scene.clients[1].of_type(97)[0].payload[..2], video[3].seq_no.to_be_bytes());
    assert_eq!(scene.plane.thread_statistics()[0].relayed, 20, "from the history of its own thread");

    for thread in [0, 1] {
        scene.plane.send(thread, Command::RemovePeer(publisher)).expect("room in the queue");
    }
    scene.settle(1);
    scene.clients[0].send_media(Uplink::Camera, 510, 12_000, true, &video_payload(true, 8, 900));
    scene.settle(1);
    assert_eq!(scene.clients[1].of_type(96).len(), 10);
    let running = scene.events.iter().filter(|event| matches!(event, Event::SlotRunning(..))).count();
    assert_eq!(running, 2);
}

/// 200 receivers, half of them on the publisher's thread: 100 packets cross once each, and none is lost. The pace is
/// set by what arrives, so that a slow machine is slow and loses nothing either.
#[test]
fn two_hundred_receivers_on_two_threads_lose_nothing() {
    const RECEIVERS: usize = 200;
    const PACKETS: u16 = 100;
    let mut scene = Scene::on_threads(2, music(1));
    scene.join();
    let publisher = scene.clients[0].peer;
    scene.allow(0, &[Uplink::Camera]);
    for number in 0..RECEIVERS {
        scene.next = number % 2;
        let client = scene.add(SlotCount { audio: 1, video: 1 });
        scene.answer(client);
        // As browsers do: checks until one is answered, for the thread may not know the peer yet.
        let give_up = now() + Duration::from_secs(20);
        while scene.clients[client].checks_answered == 0 {
            assert!(now() < give_up, "no check is answered");
            scene.clients[client].check(true);
            scene.clients[client].pump(now());
        }
        scene.clients[client].start_dtls();
        while !scene.clients[client].is_connected() {
            assert!(now() < give_up, "not connected");
            scene.clients[client].pump(now());
        }
        scene.feed(client, SlotId::Video(0), camera(publisher));
        scene.clients[client].socket.set_nonblocking(true).expect("a socket");
    }
    for client in [1, 2, RECEIVERS - 1, RECEIVERS] {
        scene.settle(client);
    }
    // Consent lasts 30 s, and many have joined since the first.
    for client in &scene.clients {
        client.check(false);
    }
    for i in 0..PACKETS {
        scene.clients[0].send_media(
            Uplink::Camera,
            i,
            3000 * u32::from(i),
            true,
            &video_payload(i == 0, i, 1000),
        );
        scene.until("it arrives everywhere", |scene| {
            scene.clients[1..].iter().all(|client| client.packets.len() > usize::from(i))
        });
    }
    for client in &scene.clients[1..] {
        assert_eq!(client.packets.len(), usize::from(PACKETS));
        assert!(client.packets.windows(2).all(|pair| pair[1].seq_no == pair[0].seq_no.wrapping_add(1)));
    }
    let statistics = scene.plane.thread_statistics();
    assert_eq!((statistics[0].relayed, statistics[0].relay_dropped), (u64::from(PACKETS), 0));
    assert_eq!(scene.plane.statistics().forwarded, RECEIVERS as u64 * u64::from(PACKETS));
}
