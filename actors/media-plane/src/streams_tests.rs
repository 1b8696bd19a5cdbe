use super::*;
use crate::plane::{Class, Streamed};
use std::net::TcpListener;

struct Scene {
    streams: Streams,
    listener: TcpListener,
    start: Instant,
}

impl Scene {
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self { streams: Streams::new().unwrap(), listener, start: Instant::now() }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// A client's end, and the packets that its first bytes made.
    fn come(&mut self, ms: u64, first: &[u8]) -> (TcpStream, Vec<(Route, Vec<u8>)>) {
        let client = TcpStream::connect(self.listener.local_addr().unwrap()).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let (socket, _) = self.listener.accept().unwrap();
        let mut packets = Vec::new();
        let take = |route, packet: &mut [u8]| packets.push((route, packet.to_vec()));
        self.streams.adopt(self.at(ms), socket, first.to_vec(), take);
        (client, packets)
    }

    /// What arrives from the clients until there are `count` packets, or one connection has ended.
    fn serve(&mut self, count: usize) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        while packets.len() < count && self.streams.ended.is_empty() {
            self.streams.serve(self.start, |_, packet| packets.push(packet.to_vec()));
        }
        packets
    }
}

fn is_closed(mut client: &TcpStream) -> bool {
    client.set_nonblocking(true).unwrap();
    match client.read(&mut [0]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

#[test]
fn packets_go_both_ways_and_an_end_is_told() {
    let mut scene = Scene::new();
    assert!(scene.streams.readiness().is_none(), "nothing is waited for without connections");
    let (mut client, packets) = scene.come(0, b"\0\x05check\0\x03mo");
    let route = packets[0].0;
    assert_eq!(packets, [(route, b"check".to_vec())]);
    assert_eq!(route.address(), client.local_addr().unwrap());
    client.write_all(b"r\0\x04next").unwrap();
    assert_eq!(scene.serve(2), [b"mor".to_vec(), b"next".to_vec()]);

    let Route::Stream(to, _) = route else { panic!("a connection") };
    let streamed = |start, len| Streamed { to, start, len, class: Class::Needed };
    let batch = Batch {
        bytes: b"onethree".to_vec(),
        streamed: vec![streamed(0, 3), streamed(3, 5)],
        ..Batch::default()
    };
    scene.streams.send(scene.start, &batch);
    let mut read = [0; 12];
    client.read_exact(&mut read).unwrap();
    assert_eq!(&read, b"\0\x03one\0\x05three");

    drop(client);
    assert_eq!(scene.serve(1), Vec::<Vec<u8>>::new());
    assert_eq!(scene.streams.take_ended(), [route]);
    assert!(scene.streams.readiness().is_none());
}

#[test]
fn a_length_that_nobody_sends_closes_the_connection() {
    let mut scene = Scene::new();
    let (mut client, _) = scene.come(0, b"\0\x01a");
    client.write_all(b"\xff\xffb").unwrap();
    assert_eq!(scene.serve(1), Vec::<Vec<u8>>::new());
    assert_eq!(client.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn who_shows_no_right_to_be_here_is_closed_after_ten_seconds() {
    let mut scene = Scene::new();
    let (known, packets) = scene.come(0, b"\0\x01a");
    let (stranger, _) = scene.come(0, b"\0\x01b");
    let known_route = packets[0].0;
    for ms in [1_000, 9_999] {
        scene.streams.sweep(scene.at(ms), |route| route == known_route);
        assert!(!is_closed(&known) && !is_closed(&stranger));
    }
    scene.streams.sweep(scene.at(10_000), |route| route == known_route);
    assert!(!is_closed(&known) && is_closed(&stranger));
    // The peer leaves; its connection follows.
    scene.streams.sweep(scene.at(60_000), |_| false);
    assert!(!is_closed(&known));
    scene.streams.sweep(scene.at(70_000), |_| false);
    assert!(is_closed(&known));
    assert_eq!(scene.streams.next_sweep(), None);
}

#[test]
fn strangers_never_push_out_those_who_belong_here() {
    let mut scene = Scene::new();
    let (known, packets) = scene.come(0, b"\0\x01a");
    scene.streams.sweep(scene.at(1), |route| route == packets[0].0);
    let strangers: Vec<_> = (0..UNKNOWN_MAX as u64 + 1).map(|n| scene.come(2 + n, b"\0\x01b").0).collect();
    assert!(!is_closed(&known));
    assert!(is_closed(&strangers[0]), "the oldest made room");
    assert!(strangers[1..].iter().all(|stranger| !is_closed(stranger)));
}
