//! Two threads in made-up time: the publisher on thread 0, receivers on thread 1.

use super::super::testing::{Hall, pass};
use super::*;
use crate::api::{Command, Event, SlotId};
use crate::layers::{Demand, Priority};

const CAMERA: Publication = Publication { peer: PeerId(1), uplink: Uplink::Camera };

fn picture(key_frame: bool, number: u16, length: usize) -> Vec<u8> {
    let [high, low] = (number | 0x8000).to_be_bytes();
    let mut payload = vec![0x90, 0xe0, high, low, number as u8, 0x20, u8::from(!key_frame)];
    if key_frame {
        payload.extend([0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
    }
    payload.resize(length, 0x5a);
    // The numbers in front are the slot's at the receiver.
    payload[length - 1] = number as u8;
    payload
}

/// A publisher with camera on thread 0 and `receivers` on thread 1 that are to see it.
fn scene(receivers: u64) -> [Hall; 2] {
    let mut halls = Hall::neighbours();
    let publisher = halls[0].join(1);
    halls[0].allow(publisher, Uplink::Camera);
    halls[1].command(Command::Remote(vec![(PeerId(1), 0)]));
    for number in 0..receivers {
        let receiver = halls[1].join(10 + number);
        halls[1].feed(receiver, SlotId::Video(0), 1, Uplink::Camera);
    }
    pass(&mut halls, 5);
    halls
}

/// Frames of one packet, 20 ms apart.
fn film(halls: &mut [Hall; 2], numbers: std::ops::Range<u16>, key_frames: &[u16]) {
    for number in numbers {
        let payload = picture(key_frames.contains(&number), number, 300);
        halls[0].send(0, None, number, 1800 * u32::from(number), &payload);
        pass(halls, 20);
    }
}

fn numbers(hall: &Hall, guest: usize) -> Vec<u8> {
    hall.guests[guest].got.iter().map(|got| got.payload[got.payload.len() - 1]).collect()
}

#[test]
fn a_publication_crosses_once_and_reaches_everybody_there() {
    let mut halls = scene(3);
    halls[0].plane.take_relay_count();
    film(&mut halls, 0..30, &[0]);
    assert_eq!(halls[0].plane.take_relay_count(), RelayCount { relayed: 30, dropped: 0 });
    for guest in 0..3 {
        assert_eq!(numbers(&halls[1], guest), (0..30).collect::<Vec<_>>());
        let got = &halls[1].guests[guest].got;
        assert!(got.windows(2).all(|pair| pair[1].seq_no == pair[0].seq_no.wrapping_add(1)));
        assert!(got.windows(2).all(|pair| pair[1].timestamp == pair[0].timestamp.wrapping_add(1800)));
    }
    let running = halls[1].events.iter().filter(|event| matches!(event, Event::SlotRunning(..))).count();
    assert_eq!(running, 3);
}

#[test]
fn losses_are_repaired_where_the_receiver_is() {
    let mut halls = scene(1);
    film(&mut halls, 0..10, &[0]);
    let lost = halls[1].guests[0].got[4].clone();
    let mut nack = vec![0x81, 205, 0, 3, 0, 0, 0, 1];
    nack.extend(lost.ssrc.to_be_bytes());
    nack.extend(lost.seq_no.to_be_bytes());
    nack.extend([0, 0]);
    halls[1].send_rtcp(0, &nack);
    pass(&mut halls, 2);
    let again: Vec<_> = halls[1].guests[0].got.iter().filter(|got| got.payload_type == 97).collect();
    assert_eq!(again.len(), 1);
    assert_eq!(
        (&again[0].payload[..2], &again[0].payload[2..]),
        (&lost.seq_no.to_be_bytes()[..], &lost.payload[..])
    );
    assert_eq!(halls[0].plane.take_relay_count().relayed, 10, "nothing crossed for it");
}

#[test]
fn a_request_for_a_key_frame_reaches_the_publisher() {
    let mut halls = scene(1);
    film(&mut halls, 0..5, &[0]);
    pass(&mut halls, 1000);
    let before = halls[0].guests[0].feedback(206, 1);
    let mut pli = vec![0x81, 206, 0, 2, 0, 0, 0, 1];
    pli.extend(halls[1].guests[0].got[0].ssrc.to_be_bytes());
    halls[1].send_rtcp(0, &pli);
    pass(&mut halls, 3);
    assert_eq!(halls[0].guests[0].feedback(206, 1), before + 1);
}

#[test]
fn after_a_full_ring_video_begins_anew_without_a_hole() {
    let mut halls = scene(1);
    film(&mut halls, 0..5, &[0]);
    // Thread 1 stands still while 2 MB come.
    for number in 5..2000_u16 {
        halls[0].send(0, None, number, 1800 * u32::from(number), &picture(false, number, 1200));
        if number % 100 == 0 {
            halls[0].turn();
        }
    }
    let count = halls[0].plane.take_relay_count();
    assert!(count.dropped > 0 && count.relayed > 300, "{count:?}");
    pass(&mut halls, 600);
    assert!(halls[0].guests[0].feedback(206, 1) > 0, "a key frame is asked for");
    film(&mut halls, 2000..2003, &[2000]);
    let got = &halls[1].guests[0].got;
    assert_eq!(got.last().and_then(|got| got.payload.last().copied()), Some(2002_u16 as u8));
    assert!(got.windows(2).all(|pair| pair[1].seq_no == pair[0].seq_no.wrapping_add(1)));
}

#[test]
fn what_nobody_watches_is_given_up_and_what_is_gone_is_silent() {
    let mut halls = scene(1);
    film(&mut halls, 0..5, &[0]);
    let peer = halls[1].guests[0].peer;
    halls[1].command(Command::SetFeeds(vec![(peer, SlotId::Video(0), crate::api::Feed::Silence)]));
    pass(&mut halls, 12_000);
    assert!(halls[1].plane.relay.homes.is_empty(), "what is not used is forgotten");
    halls[1].command(Command::Remote(vec![(PeerId(1), 0)]));
    halls[0].plane.take_relay_count();
    film(&mut halls, 5..10, &[5]);
    assert_eq!(halls[0].plane.take_relay_count().relayed, 0);
    halls[1].feed(0, SlotId::Video(0), 1, Uplink::Camera);
    pass(&mut halls, 5);
    film(&mut halls, 10..15, &[10]);
    assert_eq!(numbers(&halls[1], 0), [0, 1, 2, 3, 4, 10, 11, 12, 13, 14]);
    for hall in &mut halls {
        hall.command(Command::RemovePeer(PeerId(1)));
    }
    assert!(halls[1].plane.relay.replicas.is_empty() && halls[1].plane.relay.homes.is_empty());
    halls[1].feed(0, SlotId::Video(0), 1, Uplink::Camera);
    pass(&mut halls, 5);
    assert!(halls[1].plane.relay.replicas.is_empty(), "nobody knows where it would be");
}

#[test]
fn a_voice_from_another_thread_is_not_clipped() {
    let mut halls = Hall::neighbours();
    halls[0].join(1);
    halls[0].allow(0, Uplink::Microphone);
    halls[1].command(Command::Remote(vec![(PeerId(1), 0)]));
    halls[1].join(10);
    for frame in 0..20_u16 {
        halls[0].send(
            0,
            Some(if frame < 10 { 20 } else { 100 }),
            frame,
            960 * u32::from(frame),
            &[frame as u8; 9],
        );
        if frame == 13 {
            halls[1].feed(0, SlotId::Audio(0), 1, Uplink::Microphone);
        }
        pass(&mut halls, 20);
    }
    let heard: Vec<u8> = halls[1].guests[0].got.iter().map(|got| got.payload[0]).collect();
    assert_eq!(heard, (8..20).collect::<Vec<_>>());
}

#[test]
fn layers_that_are_needed_elsewhere_are_asked_of_the_publisher() {
    let mut halls = scene(1);
    film(&mut halls, 0..5, &[0]);
    let peer = halls[1].guests[0].peer;
    halls[1].command(Command::SetFeeds(vec![(peer, SlotId::Video(0), crate::api::Feed::Silence)]));
    pass(&mut halls, 8000);
    let told = |hall: &Hall| {
        hall.events.iter().rev().find_map(|event| match event {
            Event::LayersWanted(CAMERA, layers) => Some(*layers),
            _ => None,
        })
    };
    assert_eq!(told(&halls[0]), Some(LayerSet::NONE), "nobody watches, here or there");
    halls[1].feed(0, SlotId::Video(0), 1, Uplink::Camera);
    pass(&mut halls, 5);
    assert!(told(&halls[0]).is_some_and(|layers| layers.contains(Rid::H)));
    assert_eq!(told(&halls[1]), None, "only its home speaks to the publisher");
}

/// A frame of one packet in each of two layers, filled with its rid.
fn film_in_layers(halls: &mut [Hall; 2], numbers: std::ops::Range<u16>) {
    for number in numbers {
        for (rid, height) in [(b'l', 180_u16), (b'h', 720)] {
            let key_frame = number % 10 == 0;
            let mut payload = picture(key_frame, number, 300);
            if key_frame {
                payload[12..14].copy_from_slice(&(height / 9 * 16).to_le_bytes());
                payload[14..16].copy_from_slice(&height.to_le_bytes());
            }
            payload[299] = rid;
            let shift = if rid == b'l' { 0 } else { 7000 };
            halls[0].send_layer(0, rid, number + shift, 1800 * u32::from(number), &payload);
        }
        pass(halls, 20);
    }
}

#[test]
fn a_receiver_on_another_thread_switches_layers_at_key_frames_without_a_hole() {
    let mut halls = Hall::neighbours();
    halls[0].join_with(
        1,
        "a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\na=rid:l send\r\na=rid:h send\r\n\
        a=simulcast:send l;h\r\n",
    );
    halls[0].allow(0, Uplink::Camera);
    halls[1].command(Command::Remote(vec![(PeerId(1), 0)]));
    halls[1].join(10);
    let shows = |halls: &mut [Hall; 2], height: u16| {
        let peer = halls[1].guests[0].peer;
        let demand = Demand { width: height / 9 * 16, height, priority: Priority::Rest };
        halls[1].command(Command::SetDemand { peer, demands: vec![(SlotId::Video(0), demand)] });
    };
    shows(&mut halls, 180);
    halls[1].feed(0, SlotId::Video(0), 1, Uplink::Camera);
    pass(&mut halls, 5);
    film_in_layers(&mut halls, 0..45);
    assert_eq!(numbers(&halls[1], 0).last(), Some(&b'l'));
    shows(&mut halls, 720);
    film_in_layers(&mut halls, 45..75);
    assert_eq!(numbers(&halls[1], 0).last(), Some(&b'h'));
    shows(&mut halls, 180);
    film_in_layers(&mut halls, 75..105);

    let got = &halls[1].guests[0].got;
    let mut seen: Vec<u8> = numbers(&halls[1], 0);
    let switches = got.windows(2).filter(|pair| pair[0].payload[299] != pair[1].payload[299]);
    assert!(switches.clone().all(|pair| pair[1].payload[6] & 1 == 0), "at key frames");
    seen.dedup();
    assert!(seen.ends_with(b"lhl"), "{seen:?}");
    assert!(got.windows(2).all(|pair| pair[1].seq_no == pair[0].seq_no.wrapping_add(1)));
    assert!(got.len() >= 100, "{} of 105 frames", got.len());
}
