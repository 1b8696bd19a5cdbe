//! Floods from strangers and from clients of the call itself: nothing is answered that should not be, nothing is
//! forwarded that should not be, and a call that is running goes on. Real sockets; the numbers of packets are bounded.

mod support;

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use media_plane::{SlotId, Uplink};
use support::{Client, Scene, camera, now, video_payload};

/// SSRC of `v0`.
const SLOT: u32 = 0x1000_2000;
/// Datagrams of a flood. More than a socket's buffer holds at once, so the sender lets the plane breathe.
const FLOOD: usize = 4000;
const BREATH: usize = 100;
/// Length of a payload that only a stranger sends.
const STOLEN: usize = 777;

/// A publisher and a receiver whose picture runs.
struct Call {
    scene: Scene,
    sender: usize,
    receiver: usize,
    seq_no: u16,
}

impl Call {
    fn begin() -> Self {
        let mut scene = Scene::new();
        let (sender, receiver) = (scene.join(), scene.join());
        scene.allow(sender, &[Uplink::Camera]);
        scene.feed(receiver, SlotId::Video(0), camera(scene.clients[sender].peer));
        scene.settle(receiver);
        let mut call = Self { scene, sender, receiver, seq_no: 0 };
        call.goes_on();
        call
    }

    fn frame(&mut self, key_frame: bool) {
        self.seq_no += 1;
        let payload = video_payload(key_frame, self.seq_no, 600);
        let timestamp = u32::from(self.seq_no) * 3000;
        self.scene.clients[self.sender].send_media(Uplink::Camera, self.seq_no, timestamp, true, &payload);
    }

    /// Ten frames cross, in their order and once each.
    fn goes_on(&mut self) {
        self.scene.clients[self.receiver].packets.clear();
        for number in 0..10 {
            self.frame(number == 0);
            let receiver = self.receiver;
            self.scene.until("a frame arrives", |scene| scene.clients[receiver].of_type(96).len() > number);
        }
        let pictures: Vec<u8> =
            self.scene.clients[self.receiver].of_type(96).iter().map(|packet| packet.payload[3]).collect();
        assert!(pictures.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == 1), "{pictures:?}");
    }

    /// Sends a flood from a stranger's socket, which hears nothing, while the call goes on.
    fn flooded_by_stranger(&mut self, datagrams: impl Iterator<Item = Vec<u8>>) {
        let stranger = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        stranger.set_nonblocking(true).expect("an option");
        let server = self.scene.clients[0].server;
        let before = self.scene.plane.statistics();
        let mut sent = 0;
        for datagram in datagrams {
            stranger.send_to(&datagram, server).ok();
            sent += 1;
            if sent % BREATH == 0 {
                self.scene.turn();
            }
        }
        // The last of them was seen, as the plane takes what comes in its order.
        self.scene.settle(self.receiver);
        let refused = self.scene.plane.statistics().refused - before.refused;
        assert!(refused > sent as u64 / 2, "{refused} of {sent} were seen and refused");
        self.goes_on();
        assert!(stranger.recv(&mut [0; 2048]).is_err(), "the plane answered a stranger");
    }
}

/// A check by a client that is not the one the credentials were made for.
fn check(ufrag: &str, pwd: &str, peer: u64) -> Vec<u8> {
    let offer =
        format!("a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n");
    Client::new(media_plane::PeerId(peer), &offer).check_bytes(pwd, true)
}

#[test]
fn unknown_names_and_wrong_passwords_are_not_answered() {
    let mut call = Call::begin();
    let known = call.scene.credentials(1);
    let unknown = check("nobody00", "a password of nobody at all", 900);
    let wrong = check(&known.ufrag, "a wrong password of 24ch", 901);
    let flood = (0..FLOOD).map(|number| if number % 2 == 0 { unknown.clone() } else { wrong.clone() });
    call.flooded_by_stranger(flood);
}

#[test]
fn hellos_and_media_from_anywhere_are_not_answered() {
    let mut call = Call::begin();
    let hello = [&[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 1, 0, 0, 38][..], &[0; 38]].concat();
    let client = &mut call.scene.clients[call.sender];
    // Sealed by the publisher itself, but not from its address.
    let stolen = client.seal(Uplink::Camera, (30_000, 0, true), &video_payload(true, 1, 600), false);
    let mut unknown = stolen.clone();
    unknown[8..12].copy_from_slice(&0xdead_beef_u32.to_be_bytes());
    let report = [&[0x81, 206, 0, 2, 0xde, 0xad, 0xbe, 0xef, 0, 0, 1, 2][..], &[9; 20]].concat();
    let kinds = [hello, unknown, report];
    call.flooded_by_stranger((0..FLOOD).map(|number| kinds[number % kinds.len()].clone()));
}

#[test]
fn media_from_a_foreign_address_is_checked_rarely_and_never_forwarded() {
    let mut call = Call::begin();
    let begun = now();
    let client = &mut call.scene.clients[call.sender];
    let stolen = client.seal(Uplink::Camera, (30_000, 0, true), &video_payload(true, 99, STOLEN), false);
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.set_nonblocking(true).unwrap();
    for number in 0..FLOOD {
        stranger.send_to(&stolen, call.scene.clients[0].server).unwrap();
        if number % BREATH == 0 {
            call.scene.turn();
        }
    }
    call.scene.settle(call.receiver);
    call.goes_on();
    let mut answers = 0;
    while stranger.recv(&mut [0; 2048]).is_ok() {
        answers += 1;
    }
    // The plane may ask whether its client has moved there: at most five times a second.
    assert!(answers as u128 <= allowed(begun, Duration::from_millis(200)), "{answers} checks");
    let forwarded = call.scene.clients[call.receiver].packets.iter();
    assert!(forwarded.map(|packet| packet.payload.len()).all(|length| length != STOLEN), "it was forwarded");
}

/// How many events with this distance fit into the time since `begun`, and one.
fn allowed(begun: Instant, distance: Duration) -> u128 {
    (now() - begun).as_millis() / distance.as_millis() + 1
}

#[test]
fn replayed_and_flipped_packets_are_forwarded_once_or_never() {
    let mut call = Call::begin();
    let before = call.scene.plane.statistics();
    call.seq_no += 1;
    let (seq_no, client) = (call.seq_no, &mut call.scene.clients[call.sender]);
    let genuine = client.seal(Uplink::Camera, (seq_no, 1, true), &video_payload(false, seq_no, 600), false);
    for number in 0..FLOOD {
        let mut datagram = genuine.clone();
        if number % 2 == 1 {
            let place = 12 + number % (datagram.len() - 12);
            datagram[place] ^= 1 << (number % 8);
        }
        call.scene.clients[call.sender].send_raw(&datagram);
        if number % BREATH == 0 {
            call.scene.turn();
        }
    }
    call.scene.settle(call.sender);
    let forwarded = call.scene.plane.statistics().forwarded - before.forwarded;
    assert_eq!(forwarded, 1);
    call.goes_on();
}

#[test]
fn a_thousand_requests_for_key_frames_are_one() {
    let mut call = Call::begin();
    let begun = now();
    let asked = |call: &Call| call.scene.clients[call.sender].feedback(206, 1).len();
    let before = asked(&call);
    let mut request = vec![0x81, 206, 0, 2, 0, 0, 0, 7];
    request.extend(SLOT.to_be_bytes());
    for number in 0..1000 {
        call.scene.clients[call.receiver].send_rtcp(&request);
        if number % BREATH == 0 {
            call.scene.turn();
        }
    }
    call.scene.settle(call.receiver);
    call.scene.settle(call.sender);
    let asked = asked(&call) - before;
    assert!(asked >= 1 && asked as u128 <= allowed(begun, Duration::from_millis(500)), "{asked}");
    call.goes_on();
}

#[test]
fn a_storm_of_nacks_is_answered_within_bounds() {
    let mut call = Call::begin();
    let onlooker = call.scene.join();
    let peer = call.scene.clients[call.sender].peer;
    call.scene.feed(onlooker, SlotId::Video(0), camera(peer));
    call.scene.settle(onlooker);
    call.goes_on();
    let last = call.scene.clients[call.receiver].packets.last().map_or(0, |packet| packet.seq_no);
    let begun = now();
    let before = call.scene.plane.statistics().retransmitted;
    for number in 0..FLOOD {
        let mut storm = vec![0x81, 205, 0, 3, 0, 0, 0, 7];
        storm.extend(SLOT.to_be_bytes());
        storm.extend(last.wrapping_sub(16).to_be_bytes());
        storm.extend([0xff, 0xff]);
        call.scene.clients[call.receiver].send_rtcp(&storm);
        if number % BREATH == 0 {
            call.scene.turn();
        }
    }
    call.scene.settle(call.receiver);
    let again = call.scene.plane.statistics().retransmitted - before;
    // At most 300 in each half second.
    assert!(again > 0 && u128::from(again) <= 300 * allowed(begun, Duration::from_millis(500)), "{again}");
    call.scene.clients[onlooker].packets.clear();
    call.goes_on();
    call.scene.until("the onlooker sees it all", |scene| scene.clients[onlooker].of_type(96).len() >= 10);
    assert!(call.scene.clients[onlooker].of_type(97).is_empty(), "it asked for nothing");
}
