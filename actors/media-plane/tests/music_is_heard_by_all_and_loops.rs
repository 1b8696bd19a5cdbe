//! The server's music: the same moment for all, without a gap at the loop; and the step to a voice and back.

mod support;

use media_plane::{Command, Feed, SlotCount, SlotId, Uplink};
use support::{Scene, microphone, music};

#[test]
fn two_listeners_hear_the_same_moment_around_the_loop() {
    let mut scene = Scene::with_music(music(7));
    let listeners = [scene.join(), scene.join()];
    for listener in listeners {
        scene.feed(listener, SlotId::Music, Feed::Music(0));
    }
    scene.until("two rounds", |scene| listeners.iter().all(|l| scene.clients[*l].packets.len() >= 20));
    let heard = listeners.map(|listener| scene.clients[listener].packets.clone());
    for packets in &heard {
        for pair in packets.windows(2) {
            assert_eq!(pair[1].seq_no, pair[0].seq_no.wrapping_add(1));
            assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(960));
            assert_eq!(pair[1].payload[1], (pair[0].payload[1] + 1) % 7);
        }
        assert!(packets.iter().all(|packet| packet.ssrc == 0x1000_1000 && packet.payload_type == 111));
    }
    let starts = heard.map(|packets| u16::from(packets[0].payload[1]));
    assert!(starts.iter().all(|start| *start < 7));
}

#[test]
fn music_gives_way_to_a_voice_and_ends() {
    let mut scene = Scene::new();
    let (guest, host) = (scene.join(), scene.join());
    let (listener, speaker) = (scene.clients[guest].peer, scene.clients[host].peer);
    scene.allow(host, &[Uplink::Microphone]);
    scene.feed(guest, SlotId::Audio(0), Feed::Music(0));
    scene.until("music", |scene| scene.clients[guest].packets.len() >= 3);
    scene.feed(guest, SlotId::Audio(0), microphone(speaker));
    scene.settle(guest);
    scene.clients[host].send_media(Uplink::Microphone, 1, 0, false, &[77; 60]);
    scene.until("the voice", |scene| scene.clients[guest].packets.iter().any(|p| p.payload.len() == 60));
    scene.until("told", |scene| {
        scene.events.contains(&media_plane::Event::SlotRunning(
            listener,
            SlotId::Audio(0),
            microphone(speaker),
        ))
    });
    scene.settle(guest);
    scene.clients[host].send_media(Uplink::Microphone, 2, 960, false, &[78; 60]);
    scene.until("more of the voice", |scene| scene.clients[guest].packets.iter().any(|p| p.payload[0] == 78));
    let packets = &scene.clients[guest].packets;
    let switch = packets.iter().position(|packet| packet.payload.len() == 60).unwrap();
    assert!(packets[switch..].iter().all(|packet| packet.payload.len() == 60), "no music behind the voice");
    for pair in packets.windows(2) {
        assert_eq!(pair[1].seq_no, pair[0].seq_no.wrapping_add(1));
    }
}

#[test]
fn a_grown_slot_plays_and_a_removed_peer_hears_nothing() {
    let mut scene = Scene::new();
    let client = scene.join();
    let peer = scene.clients[client].peer;
    let unknown = Feed::Music(9);
    scene.feed(client, SlotId::Audio(2), unknown);
    scene.feed(client, SlotId::Video(8), Feed::Silence);
    scene.send(Command::GrowSlots { peer, slots: SlotCount { audio: 3, video: 9 } });
    scene.feed(client, SlotId::Music, Feed::Music(0));
    scene.until("music", |scene| scene.clients[client].packets.len() >= 2);
    scene.until("a sender report", |scene| !scene.clients[client].feedback(200, 0).is_empty());
    scene.send(Command::RemovePeer(peer));
    let other = scene.join();
    let heard = scene.clients[client].packets.len();
    scene.feed(other, SlotId::Music, Feed::Music(0));
    scene.until("music for the other", |scene| scene.clients[other].packets.len() >= 5);
    assert!(scene.clients[client].packets.len() <= heard + 1, "what was on its way at most");
}
