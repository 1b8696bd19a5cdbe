//! Codecs that pass as one layer, in made-up time: who has them gets them as they are, under payload types of their own;
//! who does not is told so.

use super::testing::{Got, Hall, pass};
use crate::api::{Command, Event, PeerId, SlotCount, SlotId, Uplink};
use crate::codec::Codec;
use crate::layers::{Reason, SlotQuality};
use crate::rtcp::nack;

const TAKES_ALL: &str = "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 102 103\r\nc=IN IP4 0.0.0.0\r\na=mid:v0\r\na=recvonly\r\n\
    a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 VP9/90000\r\n\
    a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\na=rtpmap:102 H264/90000\r\n\
    a=fmtp:102 packetization-mode=1;profile-level-id=42e01f\r\na=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n";
const SSRC: u32 = 0x1000_2000;
const H264: u8 = 102;
const VP9: u8 = 98;
const VP8: u8 = 96;

/// The first slice of an IDR picture, and one of another picture.
const H264_FRAMES: [&[u8]; 2] = [&[0x65, 0x88, 0x82, 0x01], &[0x61, 0xe0, 0x00, 0x40]];
/// Chromium's, which would have numbers to rewrite if they were VP8.
const VP9_FRAMES: [&[u8]; 2] =
    [&[0x9b, 0xbb, 0xf7, 0x10, 0x02, 0x80, 0x01, 0xe0, 0x82, 0x49], &[0xd9, 0xbb, 0xf8, 0x02, 0x86, 0x00]];

/// A frame of one packet every 40 ms; the first is a key frame, as is every one behind a request.
struct Film {
    guest: usize,
    codec: Codec,
    frame: u16,
    asked: usize,
}

impl Film {
    fn new(guest: usize, codec: Codec) -> Self {
        Self { guest, codec, frame: 0, asked: 0 }
    }

    fn payload(&self, key_frame: bool) -> Vec<u8> {
        let frames = match self.codec {
            Codec::Vp8 => {
                let [high, low] = (self.frame | 0x8000).to_be_bytes();
                let frame = |head| vec![0x90, 0xe0, high, low, self.frame as u8, 0, head];
                [frame(0x10), frame(0x11)]
            }
            Codec::Vp9 => VP9_FRAMES.map(<[u8]>::to_vec),
            _ => H264_FRAMES.map(<[u8]>::to_vec),
        };
        let mut payload = frames[usize::from(!key_frame)].clone();
        payload.resize(200, self.frame as u8);
        payload
    }

    fn play(&mut self, hall: &mut Hall, frames: u16) {
        for _ in 0..frames {
            let asked = hall.guests[self.guest].feedback(206, 1);
            let payload = self.payload(asked > self.asked);
            self.asked = asked;
            hall.send(self.guest, None, self.frame, 3600 * u32::from(self.frame), &payload);
            self.frame += 1;
            hall.pass(40);
        }
    }
}

fn refused(hall: &Hall, peer: u64) -> usize {
    let quality = SlotQuality { layer: None, reason: Reason::Codec };
    let told = Event::Quality(PeerId(peer), vec![(SlotId::Video(0), quality)], None);
    let running = |event: &&Event| matches!(event, Event::SlotRunning(PeerId(id), ..) if *id == peer);
    assert_eq!(hall.events.iter().filter(running).count(), 1, "{peer} is told whose the slot is");
    hall.events.iter().filter(|event| **event == told).count()
}

fn pictures(hall: &Hall, guest: usize) -> Vec<&Got> {
    hall.guests[guest].got.iter().filter(|got| got.ssrc == SSRC).collect()
}

#[test]
fn who_has_the_codec_gets_it_as_it_is_and_who_has_not_is_told() {
    let mut hall = Hall::new();
    let publisher = hall.join_sending(1, Codec::H264Main);
    let (has, other) = (hall.join_with(2, TAKES_ALL), hall.join(3));
    let main = hall.join_with(4, &TAKES_ALL.replace("42e01f", "4d001f"));
    hall.allow(publisher, Uplink::Camera);
    for guest in [has, other, main] {
        hall.feed(guest, SlotId::Video(0), 1, Uplink::Camera);
    }
    let mut film = Film::new(publisher, Codec::H264Main);
    film.play(&mut hall, 50);
    assert!(pictures(&hall, has).is_empty(), "Baseline is less than Main");
    assert!(pictures(&hall, other).is_empty());
    assert_eq!((refused(&hall, 2), refused(&hall, 3), refused(&hall, 4)), (1, 1, 0));
    let got = pictures(&hall, main);
    assert!(got.len() > 40, "{}", got.len());
    assert!(got[0].payload.starts_with(H264_FRAMES[0]), "begins at a key frame");
    assert!(got[1..].iter().all(|got| got.payload.starts_with(H264_FRAMES[1])));
    for (before, after) in got.iter().zip(&got[1..]) {
        assert_eq!((after.payload_type, after.seq_no), (H264, before.seq_no.wrapping_add(1)));
        assert_eq!(after.timestamp, before.timestamp.wrapping_add(3600));
    }
    assert_eq!(hall.guests[publisher].feedback(206, 1), 1, "whoever cannot see it asks for no key frames");
}

#[test]
fn a_slot_goes_from_codec_to_codec_at_key_frames() {
    let mut hall = Hall::new();
    let publishers = [hall.join_sending(1, Codec::Vp9), hall.join(2)];
    let mut films = [Film::new(publishers[0], Codec::Vp9), Film::new(publishers[1], Codec::Vp8)];
    let watcher = hall.join_with(3, TAKES_ALL);
    publishers.iter().for_each(|publisher| hall.allow(*publisher, Uplink::Camera));
    for number in [1, 0, 1, 0] {
        hall.feed(watcher, SlotId::Video(0), number as u64 + 1, Uplink::Camera);
        for _ in 0..20 {
            films.iter_mut().for_each(|film| film.play(&mut hall, 1));
        }
    }
    let got = pictures(&hall, watcher);
    let types: Vec<u8> = got.iter().map(|got| got.payload_type).collect();
    let runs: Vec<&[u8]> = types.chunk_by(|one, next| one == next).collect();
    assert_eq!(runs.iter().map(|run| run[0]).collect::<Vec<_>>(), [VP8, VP9, VP8, VP9]);
    assert!(got.windows(2).all(|pair| pair[1].seq_no == pair[0].seq_no.wrapping_add(1)));
    let later = |pair: &[&Got]| (1..90_000).contains(&pair[1].timestamp.wrapping_sub(pair[0].timestamp));
    assert!(got.windows(2).all(later));
    let vp9 = got.iter().filter(|got| got.payload_type == VP9);
    let key_frames = vp9.filter(|got| {
        let [key_frame, other] = VP9_FRAMES.map(|frame| got.payload.starts_with(frame));
        assert!(key_frame || other, "not a byte is rewritten: {:?}", &got.payload[..10]);
        key_frame
    });
    assert_eq!(key_frames.count(), 2);
    for pair in got.windows(2) {
        let begins = pair[0].payload_type == VP8 && pair[1].payload_type == VP9;
        assert!(!begins || pair[1].payload.starts_with(VP9_FRAMES[0]));
    }
    let number = |payload: &[u8]| u16::from_be_bytes([payload[2], payload[3]]) & 0x7fff;
    let vp8: Vec<u16> =
        got.iter().filter(|got| got.payload_type == VP8).map(|got| number(&got.payload)).collect();
    assert!(vp8.windows(2).all(|pair| pair[1] == (pair[0] + 1) & 0x7fff), "picture ids go on: {vp8:?}");

    // What is asked for again comes in its own codec.
    let lost = [got[got.len() - 25], got[got.len() - 2]].map(|got| (got.seq_no, got.payload_type));
    assert_eq!(lost.map(|(_, kind)| kind), [VP8, VP9]);
    hall.send_rtcp(watcher, &nack(SSRC, &lost.map(|(seq_no, _)| seq_no)));
    hall.pass(5);
    for (seq_no, kind) in lost {
        let repaired =
            hall.guests[watcher].got.iter().find(|got| got.payload[..2] == seq_no.to_be_bytes()).unwrap();
        assert_eq!((repaired.ssrc, repaired.payload_type), (SSRC + 1, kind + 1));
    }
}

#[test]
fn a_newcomer_begins_with_the_parameter_sets() {
    let mut hall = Hall::new();
    let publisher = hall.join_sending(1, Codec::H264Baseline);
    hall.allow(publisher, Uplink::Camera);
    // As Chromium sends it: parameter sets, the first slice in two fragments, then a picture without.
    let packets: [&[u8]; 4] =
        [&[0x78, 0, 4, 0x67, 0x42, 0xc0, 0x1f], &[0x7c, 0x85, 0xb8], &[0x7c, 0x45, 0xa9], &[0x61, 0xe0]];
    for (number, payload) in (0..).zip(packets) {
        hall.send(publisher, None, number, 3600 * u32::from(number / 3), payload);
    }
    let watcher = hall.join_with(2, TAKES_ALL);
    hall.feed(watcher, SlotId::Video(0), 1, Uplink::Camera);
    hall.pass(5);
    let got: Vec<&[u8]> = pictures(&hall, watcher).iter().map(|got| got.payload.as_slice()).collect();
    assert_eq!(got, packets);
}

#[test]
fn each_slot_that_stays_dark_is_told_even_one_after_the_other() {
    let mut hall = Hall::new();
    let watcher = hall.join(3);
    for number in [1, 2] {
        let publisher = hall.join_sending(number, Codec::H264Baseline);
        hall.allow(publisher, Uplink::Camera);
        hall.feed(watcher, SlotId::Video(0), number, Uplink::Camera);
        Film::new(publisher, Codec::H264Baseline).play(&mut hall, 50);
        hall.command(Command::RemovePeer(PeerId(number)));
    }
    let quality = SlotQuality { layer: None, reason: Reason::Codec };
    let told = Event::Quality(PeerId(3), vec![(SlotId::Video(0), quality)], None);
    assert_eq!(hall.events.iter().filter(|event| **event == told).count(), 2);
}

#[test]
fn the_codec_crosses_to_other_threads() {
    let mut halls = Hall::neighbours();
    let publisher = halls[0].join_sending(1, Codec::H264Baseline);
    halls[0].allow(publisher, Uplink::Camera);
    halls[1].command(Command::Remote(vec![(PeerId(1), 0)]));
    let (has, other) = (halls[1].join_with(2, TAKES_ALL), halls[1].join(3));
    for guest in [has, other] {
        halls[1].feed(guest, SlotId::Video(0), 1, Uplink::Camera);
    }
    let mut film = Film::new(publisher, Codec::H264Baseline);
    for _ in 0..50 {
        film.play(&mut halls[0], 1);
        halls[1].now = halls[0].now;
        pass(&mut halls, 1);
    }
    let got = pictures(&halls[1], has);
    assert!(got.len() > 40 && got.iter().all(|got| got.payload_type == H264), "{}", got.len());
    assert!(got[0].payload.starts_with(H264_FRAMES[0]));
    assert!(pictures(&halls[1], other).is_empty());
    assert_eq!((refused(&halls[1], 2), refused(&halls[1], 3)), (0, 1));
}

#[test]
fn slots_that_are_added_take_what_the_others_take() {
    let mut hall = Hall::new();
    let publisher = hall.join_sending(1, Codec::H264Baseline);
    hall.allow(publisher, Uplink::Camera);
    let watcher = hall.join_with(2, TAKES_ALL);
    hall.command(Command::GrowSlots { peer: PeerId(2), slots: SlotCount { audio: 3, video: 9 } });
    hall.feed(watcher, SlotId::Video(8), 1, Uplink::Camera);
    Film::new(publisher, Codec::H264Baseline).play(&mut hall, 30);
    let got = hall.guests[watcher].got.iter().filter(|got| got.ssrc == SlotId::Video(8).ssrc());
    assert!(got.filter(|got| got.payload_type == H264).count() > 15);
}

#[test]
fn an_answer_that_comes_late_lets_the_picture_in() {
    let mut hall = Hall::new();
    let publisher = hall.join_sending(1, Codec::H264Baseline);
    hall.allow(publisher, Uplink::Camera);
    let watcher = hall.join(2);
    hall.feed(watcher, SlotId::Video(0), 1, Uplink::Camera);
    let mut film = Film::new(publisher, Codec::H264Baseline);
    film.play(&mut hall, 10);
    assert!(pictures(&hall, watcher).is_empty());
    hall.answer(watcher, TAKES_ALL);
    film.play(&mut hall, 30);
    assert!(pictures(&hall, watcher).len() > 15);
    hall.answer(watcher, &TAKES_ALL.replace("H264", "H265"));
    let before = pictures(&hall, watcher).len();
    film.play(&mut hall, 30);
    assert_eq!(pictures(&hall, watcher).len(), before, "nothing under another codec's type");
}
