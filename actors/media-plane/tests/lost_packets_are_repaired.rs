//! Repair both ways: a subscriber's NACK is answered from the history, a gap from the publisher is asked for.

mod support;

use media_plane::{SlotId, Uplink};
use support::{Scene, camera, video_payload};

/// NACK (RFC 4585 §6.2.1) of one packet of `v0` and of those that the mask names behind it.
fn nack(seq_no: u16, mask: u16) -> Vec<u8> {
    let mut packet = vec![0x81, 205, 0, 3, 0, 0, 0, 7];
    packet.extend(0x1000_2000_u32.to_be_bytes());
    packet.extend(seq_no.to_be_bytes());
    packet.extend(mask.to_be_bytes());
    packet
}

fn watching() -> (Scene, usize, usize) {
    let mut scene = Scene::new();
    let (sender, receiver) = (scene.join(), scene.join());
    scene.allow(sender, &[Uplink::Camera]);
    scene.feed(receiver, SlotId::Video(0), camera(scene.clients[sender].peer));
    scene.settle(receiver);
    (scene, sender, receiver)
}

#[test]
fn a_nack_is_answered_by_retransmissions_with_the_same_numbers() {
    let (mut scene, sender, receiver) = watching();
    for i in 0..20_u16 {
        let payload = video_payload(i == 0, 7, 500 + usize::from(i));
        scene.clients[sender].send_media(Uplink::Camera, 65_530_u16.wrapping_add(i), 9000, i == 19, &payload);
    }
    scene.until("all arrived", |scene| scene.clients[receiver].packets.len() == 20);
    let originals = scene.clients[receiver].packets.clone();
    let wanted = [&originals[3], &originals[4], &originals[6]];
    scene.clients[receiver].send_rtcp(&nack(wanted[0].seq_no, 0b101));
    scene.until("retransmissions", |scene| scene.clients[receiver].of_type(97).len() == 3);
    let again = scene.clients[receiver].of_type(97);
    for (original, again) in wanted.iter().zip(&again) {
        assert_eq!(again.ssrc, 0x1000_2001);
        assert_eq!((again.timestamp, again.marker), (original.timestamp, original.marker));
        assert_eq!(again.payload[..2], original.seq_no.to_be_bytes());
        assert_eq!(again.payload[2..], original.payload, "renumbered as the first time");
    }
    assert_eq!(again[2].seq_no, again[0].seq_no.wrapping_add(2));
    assert_eq!(scene.plane.statistics().retransmitted, 3);
}

#[test]
fn what_was_never_sent_is_not_made_up() {
    let (mut scene, sender, receiver) = watching();
    scene.clients[sender].send_media(Uplink::Camera, 1, 0, true, &video_payload(true, 1, 100));
    scene.until("arrived", |scene| scene.clients[receiver].packets.len() == 1);
    let seq_no = scene.clients[receiver].packets[0].seq_no;
    scene.clients[receiver].send_rtcp(&nack(seq_no.wrapping_add(1), 0xffff));
    scene.clients[receiver].send_rtcp(&nack(seq_no.wrapping_sub(20), 0xffff));
    scene.settle(receiver);
    assert_eq!(scene.plane.statistics().retransmitted, 0);
    assert_eq!(scene.clients[receiver].packets.len(), 1);
}

#[test]
fn a_gap_from_the_publisher_is_asked_for_and_filled_once() {
    let (mut scene, sender, receiver) = watching();
    for seq_no in [100, 101, 104] {
        let payload = video_payload(seq_no == 100, 7, 300);
        scene.clients[sender].send_media(Uplink::Camera, seq_no, 9000, false, &payload);
    }
    scene.until("a NACK", |scene| !scene.clients[sender].feedback(205, 1).is_empty());
    let asked = scene.clients[sender].feedback(205, 1).remove(0);
    assert_eq!(asked[8..12], 1011_u32.to_be_bytes(), "the camera's SSRC");
    assert_eq!(asked[12..16], [0, 102, 0, 1]);
    scene.clients[sender].send_again(40, 102, 9000, &video_payload(false, 7, 302));
    scene.clients[sender].send_again(41, 103, 9000, &video_payload(false, 7, 303));
    scene.clients[sender].send_again(42, 102, 9000, &video_payload(false, 7, 302));
    scene.until("all five", |scene| scene.clients[receiver].packets.len() == 5);
    scene.settle(sender);
    scene.settle(receiver);
    let mut packets = scene.clients[receiver].packets.clone();
    let first = packets[0].seq_no;
    packets.sort_by_key(|packet| packet.seq_no.wrapping_sub(first));
    let lengths: Vec<usize> = packets.iter().map(|packet| packet.payload.len()).collect();
    assert_eq!(lengths, [300, 300, 302, 303, 300], "in their places, none twice");
    assert!(packets.iter().all(|packet| packet.payload_type == 96));
}
