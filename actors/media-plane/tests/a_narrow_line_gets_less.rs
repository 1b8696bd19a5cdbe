//! Two people watch a camera that sends three layers: one on a free line, one behind 700 kbit/s. The first gets the
//! largest layer, the other the middle or the small one, without a queue that keeps its audio waiting; and both are told.

mod support;

use std::time::{Duration, Instant};

use media_plane::{Command, Demand, Event, Feed, Priority, Reason, Rid, SlotId, SlotQuality, Uplink};
use support::{Line, Scene, camera, microphone, now};

/// Rid, height, and bytes of a packet; 25 frames a second.
const LAYERS: [(u8, u16, usize, usize); 3] =
    [(b'l', 180, 700, 1), (b'm', 360, 1000, 2), (b'h', 720, 1050, 7)];
/// The narrow line, bits a second.
const NARROW: f64 = 700_000.0;

/// A frame of a layer, which its first bytes tell; key frames have its size.
fn payload(rid: u8, height: u16, key: bool, start: bool, picture: u16, length: usize) -> Vec<u8> {
    let [high, low] = (picture | 0x8000).to_be_bytes();
    let mut payload = vec![if start { 0x90 } else { 0x80 }, 0xe0, high, low, picture as u8, 0x20];
    if key && start {
        payload.extend([0x10, 0, 0, 0x9d, 0x01, 0x2a]);
        payload.extend((height / 9 * 16).to_le_bytes());
        payload.extend(height.to_le_bytes());
    } else {
        payload.push(1);
    }
    payload.resize(length, rid);
    payload
}

struct Film {
    frame: u16,
    seq_nos: [u16; 3],
    next: Instant,
}

impl Film {
    /// Sends what is due: a frame of each layer every 40 ms, a key frame twice a second, and two packets of audio.
    fn turn(&mut self, scene: &mut Scene, sender: usize) {
        scene.turn();
        if now() < self.next {
            return;
        }
        self.next += Duration::from_millis(40);
        let (frame, timestamp) = (self.frame, u32::from(self.frame) * 3600);
        self.frame += 1;
        let client = &mut scene.clients[sender];
        for (seq_no, (rid, height, length, packets)) in self.seq_nos.iter_mut().zip(LAYERS) {
            for packet in 0..packets {
                let payload = payload(rid, height, frame % 12 == 0, packet == 0, frame, length);
                client.send_layer(rid, *seq_no, timestamp, &payload);
                *seq_no = seq_no.wrapping_add(1);
            }
        }
        for half in 0..2 {
            let number = frame * 2 + half;
            client.send_media(Uplink::Microphone, number, u32::from(number) * 960, false, &[0xf8; 80]);
        }
    }
}

/// The layers whose packets came in `v0`, the newest first.
fn seen(scene: &Scene, receiver: usize) -> impl Iterator<Item = u8> {
    scene.clients[receiver]
        .of_type(96)
        .into_iter()
        .rev()
        .map(|packet| packet.payload[packet.payload.len() - 1])
}

fn told(scene: &Scene, receiver: usize) -> Option<SlotQuality> {
    let peer = scene.clients[receiver].peer;
    scene.events.iter().rev().find_map(|event| match event {
        Event::Quality(whose, slots, _) if *whose == peer => slots.first().map(|(_, quality)| *quality),
        _ => None,
    })
}

#[test]
fn a_narrow_line_gets_a_smaller_layer_and_whole_audio() {
    let mut scene = Scene::new();
    let sender = scene.join_with(|client| client.layers = true);
    let free = scene.join_with(|client| {
        client.transport_cc = true;
        client.line = Some(Line::new(1e9, Duration::from_secs(1)));
    });
    let narrow = scene.join_with(|client| {
        client.transport_cc = true;
        client.line = Some(Line::new(NARROW, Duration::from_secs(1)));
    });
    scene.allow(sender, &[Uplink::Camera, Uplink::Microphone]);
    let publisher = scene.clients[sender].peer;
    for receiver in [free, narrow] {
        let demand = Demand { width: 1280, height: 720, priority: Priority::Stage };
        let peer = scene.clients[receiver].peer;
        scene.send(Command::SetDemand { peer, demands: vec![(SlotId::Video(0), demand)] });
        let feeds: [(SlotId, Feed); 2] =
            [(SlotId::Video(0), camera(publisher)), (SlotId::Audio(0), microphone(publisher))];
        for (slot, feed) in feeds {
            scene.feed(receiver, slot, feed);
        }
    }
    let mut film = Film { frame: 0, seq_nos: [100, 200, 300], next: now() };
    let deadline = now() + Duration::from_secs(30);
    let settled = |scene: &Scene| {
        let wide = seen(scene, free).take(70).filter(|rid| *rid == b'h').count() == 70;
        let small = seen(scene, narrow).take(100).filter(|rid| *rid != b'h').count() == 100;
        wide && small && scene.clients[free].of_type(96).len() > 500
    };
    while !settled(&scene) {
        assert!(now() < deadline, "free {:?}, narrow {:?}", told(&scene, free), told(&scene, narrow));
        film.turn(&mut scene, sender);
    }
    // From now on a while of quiet life: what is lost, and what the clients are told.
    let lost = scene.clients[narrow].line.as_ref().unwrap().lost;
    let audio = scene.clients[narrow].of_type(111).len();
    let from = film.frame;
    while film.frame < from + 50 {
        film.turn(&mut scene, sender);
    }
    assert!(seen(&scene, narrow).take(50).all(|rid| rid != b'h'), "it stays small");
    assert_eq!(scene.clients[narrow].line.as_ref().unwrap().lost, lost, "nothing is lost on the narrow line");
    assert!(scene.clients[narrow].of_type(111).len() - audio > 80, "audio goes on");
    let full = SlotQuality { layer: Some(Rid::H), reason: Reason::Full };
    while told(&scene, free) != Some(full) {
        assert!(now() < deadline, "told {:?}", told(&scene, free));
        film.turn(&mut scene, sender);
    }
    let quality = told(&scene, narrow).unwrap();
    assert!(quality.reason == Reason::Line && quality.layer != Some(Rid::H), "{quality:?}");
}
