//! A whole plane and two lines in made-up time: a camera in three layers, one receiver on a free line, one behind
//! 700 kbit/s.

use super::super::testing::{Downlink, Hall};
use crate::api::{Command, Event, SlotId, Uplink};
use crate::bandwidth::line::Line;
use crate::layers::{Demand, Priority, Reason, Rid, SlotQuality};
use crate::overload::Ceiling;

/// Rid, height, and bytes and number of a frame's packets; 25 frames a second: 0.14, 0.4 and 1.5 Mbit/s.
const LAYERS: [(u8, u16, usize, usize); 3] =
    [(b'l', 180, 700, 1), (b'm', 360, 1000, 2), (b'h', 720, 1050, 7)];
const FRAMES_A_SECOND: u16 = 25;

const SENDS_LAYERS: &str = "a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n\
    a=rid:l send\r\na=rid:m send\r\na=rid:h send\r\na=simulcast:send l;m;h\r\n";
const FEEDS_BACK: &str = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:v0\r\na=recvonly\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
    a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";

/// A packet of a layer's frame, filled with the rid; a key frame begins with its size.
fn payload(rid: u8, height: u16, key_frame: bool, picture: u16, length: usize) -> Vec<u8> {
    let [high, low] = (picture | 0x8000).to_be_bytes();
    let start = if key_frame { 0x90 } else { 0x80 };
    let mut payload = vec![start, 0xe0, high, low, picture as u8, 0x20];
    if key_frame {
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
    hall: Hall,
    frame: u16,
    seq_nos: [u16; 3],
}

impl Film {
    /// A frame of each layer every 40 ms, a key frame twice a second, and audio of 20 ms.
    fn play(&mut self, seconds: u16) {
        for _ in 0..seconds * FRAMES_A_SECOND {
            let (frame, timestamp) = (self.frame, u32::from(self.frame) * 3600);
            self.frame += 1;
            for (seq_no, (rid, height, length, packets)) in self.seq_nos.iter_mut().zip(LAYERS) {
                for packet in 0..packets {
                    let key_frame = frame % 12 == 0 && packet == 0;
                    let payload = payload(rid, height, key_frame, frame, length);
                    self.hall.send_layer(0, rid, *seq_no, timestamp, &payload);
                    *seq_no = seq_no.wrapping_add(1);
                }
            }
            for half in 0..2 {
                let number = frame * 2 + half;
                self.hall.send(0, Some(97), number, u32::from(number) * 960, &[0xf8; 80]);
                self.hall.pass(20);
            }
        }
    }

    fn demand(&mut self, guest: usize, priority: Priority) {
        let demand = Demand { width: 1280, height: 720, priority };
        let peer = self.hall.guests[guest].peer;
        self.hall.command(Command::SetDemand { peer, demands: vec![(SlotId::Video(0), demand)] });
    }

    /// What the publisher was told last to send.
    fn wanted(&self) -> Vec<Rid> {
        let told = self.hall.events.iter().rev().find_map(|event| match event {
            Event::LayersWanted(_, layers) => Some(*layers),
            _ => None,
        });
        told.map_or(Vec::new(), |layers| layers.iter().collect())
    }

    /// Rids of the pictures' packets that a guest got, the newest first.
    fn seen(&self, guest: usize) -> impl Iterator<Item = u8> {
        let got = self.hall.guests[guest].got.iter().rev();
        got.filter(|got| got.payload_type == 96).map(|got| got.payload[got.payload.len() - 1])
    }

    fn voices(&self, guest: usize) -> usize {
        self.hall.guests[guest].got.iter().filter(|got| got.payload_type == 111).count()
    }

    fn told(&self, guest: usize) -> Option<SlotQuality> {
        let peer = self.hall.guests[guest].peer;
        self.hall.events.iter().rev().find_map(|event| match event {
            Event::Quality(whose, slots, _) if *whose == peer => slots.first().map(|(_, quality)| *quality),
            _ => None,
        })
    }

    fn downlink(&self, guest: usize) -> &Downlink {
        self.hall.guests[guest].downlink.as_ref().unwrap()
    }
}

/// Guest 0 films; 1 has a free line, 2 a narrow one.
fn film() -> Film {
    let mut hall = Hall::new();
    let sender = hall.join_with(1, SENDS_LAYERS);
    let peer = hall.guests[sender].peer;
    hall.command(Command::Allow { peer, uplinks: vec![Uplink::Camera, Uplink::Microphone] });
    let lines = [Line::new(1, |_| 100e6), Line::new(2, |_| 700e3)];
    for (number, line) in (2..).zip(lines) {
        let receiver = hall.join_with(number, FEEDS_BACK);
        hall.guests[receiver].downlink = Some(Downlink::new(line));
        hall.feed(receiver, SlotId::Video(0), 1, Uplink::Camera);
        hall.feed(receiver, SlotId::Audio(0), 1, Uplink::Microphone);
    }
    let mut film = Film { hall, frame: 0, seq_nos: [100, 200, 300] };
    (1..=2).for_each(|receiver| film.demand(receiver, Priority::Stage));
    film
}

#[test]
fn a_narrow_line_gets_a_smaller_layer_and_whole_audio() {
    let mut film = film();
    film.play(25);
    let lost = film.downlink(2).lost;
    let audio = film.voices(2);
    film.play(10);
    assert!(film.seen(1).take(1500).all(|rid| rid == b'h'), "the free line carries the largest layer");
    assert!(film.seen(2).take(200).all(|rid| rid != b'h'), "the narrow line does not");
    assert_eq!(film.downlink(2).lost, lost, "nothing is lost on the narrow line any more");
    let heard = film.voices(2) - audio;
    assert!((490..=510).contains(&heard), "{heard} of 500 packets of audio arrived");
    let now_us = film.hall.plane.micros(film.hall.now);
    let queue_ms = film.downlink(2).line.queue_ms(now_us);
    assert!(queue_ms < 200.0, "audio waits {queue_ms} ms in the narrow line's queue");
    assert_eq!(film.told(1), Some(SlotQuality { layer: Some(Rid::H), reason: Reason::Full }));
    let quality = film.told(2).unwrap();
    assert!(quality.reason == Reason::Line && quality.layer != Some(Rid::H), "{quality:?}");
}

#[test]
fn an_overloaded_thread_sends_smaller_pictures_then_fewer_and_all_of_the_sound() {
    let mut film = film();
    film.demand(2, Priority::Rest);
    film.play(20);
    let voices = film.voices(1);
    assert!(film.seen(1).take(200).all(|rid| rid == b'h'));

    film.hall.plane.set_ceiling(film.hall.now, Ceiling::at(3));
    film.play(4);
    assert!(film.seen(1).take(50).all(|rid| rid == b'l'), "at the next key frame the smallest layer");
    assert_eq!(film.told(1), Some(SlotQuality { layer: Some(Rid::L), reason: Reason::Server }));
    assert_eq!(film.wanted(), [Rid::L], "the publisher stops what nobody gets");

    film.hall.plane.set_ceiling(film.hall.now, Ceiling::at(4));
    film.play(2);
    let pictures = film.seen(2).count();
    film.play(2);
    assert_eq!(film.seen(2).count(), pictures, "who does not speak is not seen for now");
    assert_eq!(film.told(2), Some(SlotQuality { layer: None, reason: Reason::Paused }));
    assert!(film.seen(1).take(50).all(|rid| rid == b'l'), "who speaks is");
    assert_eq!(film.voices(1) - voices, 8 * 50, "not one packet of sound is missing");

    film.hall.plane.set_ceiling(film.hall.now, Ceiling::default());
    film.play(5);
    assert!(film.seen(1).take(200).all(|rid| rid == b'h'), "and back");
    assert!(film.seen(2).count() > pictures);
    assert_eq!(film.told(1), Some(SlotQuality { layer: Some(Rid::H), reason: Reason::Full }));
}
