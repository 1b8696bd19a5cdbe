//! A link and a client over real TLS on loopback, in made-up time.

use super::*;
use crate::board::carrier::frames::{Kind, head};
use crate::testing::tls_configs;
use actors::whiteboard::{BoardOutlet, board_queue};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use std::net::{TcpListener, TcpStream as Std};
use std::sync::{Arc, Mutex};

struct Setting {
    link: Link,
    outlet: Option<BoardOutlet>,
    /// What reached the board.
    taken: Arc<Mutex<Vec<Bytes>>>,
    /// Whether the board has room.
    room: Arc<Mutex<bool>>,
    client: StreamOwned<ClientConnection, Std>,
    now: Instant,
}

/// A server's and a client's end, with the handshake done.
fn connection() -> ((Std, ServerConnection), StreamOwned<ClientConnection, Std>) {
    let (server, client) = tls_configs();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = Std::connect(listener.local_addr().unwrap()).unwrap();
    let (mut far, _) = listener.accept().unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = StreamOwned::new(ClientConnection::new(Arc::new(client), name).unwrap(), near);
    let mut tls = ServerConnection::new(Arc::new(server)).unwrap();
    let client = std::thread::scope(|scope| {
        let shaken = scope.spawn(|| {
            while client.conn.is_handshaking() {
                client.conn.complete_io(&mut client.sock).unwrap();
            }
            client
        });
        while tls.is_handshaking() {
            tls.complete_io(&mut far).unwrap();
        }
        shaken.join().unwrap()
    });
    ((far, tls), client)
}

impl Setting {
    fn new() -> Self {
        let (connection, client) = connection();
        let (outlet, inlet) = board_queue();
        let (taken, room) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(true)));
        let intake = {
            let (taken, room) = (Arc::clone(&taken), Arc::clone(&room));
            Box::new(move |frame| {
                if !*room.lock().unwrap() {
                    return Err(NotTaken::Full(frame));
                }
                taken.lock().unwrap().push(frame);
                Ok(())
            })
        };
        let now = crate::clock::now();
        let answer = Bytes::from_static(b"answer");
        let link = Link::new(connection, answer, intake, inlet, Waker::noop().clone(), now).unwrap();
        Self { link, outlet: Some(outlet), taken, room, client, now }
    }

    fn turn(&mut self) -> Result<Instant, Gone> {
        // In place of the kernel's news.
        (self.link.may.read, self.link.may.write) = (true, true);
        self.link.turn(self.now)
    }

    /// Turns until the board was told so many frames.
    fn taken(&mut self, count: usize) -> Vec<Bytes> {
        loop {
            self.turn().unwrap();
            let taken = self.taken.lock().unwrap().clone();
            if taken.len() >= count {
                return taken;
            }
        }
    }

    /// From the client, masked by zeroes.
    fn say(&mut self, first: u8, payload: &[u8]) {
        let mut frame = head(Kind::Binary, payload.len()).to_vec();
        frame[0] = first;
        frame[1] |= 0x80;
        frame.extend([0; 4]);
        frame.extend(payload);
        self.client.write_all(&frame).unwrap();
        self.client.flush().unwrap();
    }

    /// What the client hears next; it waits for it while the link turns.
    fn hear(&mut self, count: usize) -> Vec<u8> {
        self.client.sock.set_nonblocking(true).unwrap();
        let mut heard = vec![0; count];
        let mut so_far = 0;
        while so_far < count {
            self.turn().unwrap();
            match self.client.read(&mut heard[so_far..]) {
                Ok(more) => so_far += more,
                Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}"),
            }
        }
        self.client.sock.set_nonblocking(false).unwrap();
        heard
    }

    fn board_says(&self, frame: Bytes) {
        self.outlet.as_ref().unwrap().send(frame).unwrap();
    }
}

#[test]
fn frames_pass_both_ways_after_the_answer() {
    let mut setting = Setting::new();
    setting.board_says(Bytes::from_static(b"board"));
    assert_eq!(setting.hear(13), b"answer\x82\x05board");
    setting.say(0x82, b"stroke");
    setting.say(0x02, b"in ");
    setting.say(0x89, b"there?");
    setting.say(0x80, b"pieces");
    assert_eq!(setting.taken(2), ["stroke", "in pieces"]);
    assert_eq!(setting.hear(8), b"\x8a\x06there?");
}

#[test]
fn who_takes_nothing_may_still_draw() {
    let mut setting = Setting::new();
    let large = Bytes::from(vec![7; 16 << 20]);
    setting.board_says(large);
    setting.turn().unwrap();
    for _ in 0..100 {
        setting.turn().unwrap();
    }
    assert!(setting.link.tls.wants_write(), "the kernel does not take sixteen megabytes");
    setting.say(0x82, b"stroke");
    assert_eq!(setting.taken(1), ["stroke"]);
    let heard = setting.hear(6 + 10 + (16 << 20));
    assert_eq!((&heard[6..8], heard.last()), (&[0x82, 127][..], Some(&7)));
}

#[test]
fn what_the_board_has_no_room_for_is_offered_again() {
    let mut setting = Setting::new();
    *setting.room.lock().unwrap() = false;
    setting.say(0x82, b"one");
    setting.say(0x82, b"two");
    let mut due = setting.turn().unwrap();
    while setting.link.held.is_none() {
        due = setting.turn().unwrap();
    }
    assert_eq!(due, setting.now + OFFER_AGAIN);
    setting.now += SILENCE_MAX;
    setting.turn().unwrap();
    assert_eq!(setting.link.leave_at, None, "nobody is silent whom we do not hear");
    *setting.room.lock().unwrap() = true;
    setting.now += OFFER_AGAIN;
    assert_eq!(setting.taken(2), ["one", "two"]);
}

#[test]
fn a_goodbye_arrives_before_the_end() {
    for (said, code) in [(0x81, 4400_u16), (0x83, 4400), (0x88, 1000)] {
        let mut setting = Setting::new();
        setting.say(said, &1000_u16.to_be_bytes());
        let heard = setting.hear(10);
        assert_eq!(heard[6..], [&[0x88, 2][..], &code.to_be_bytes()].concat());
        setting.say(0x82, b"too late");
        setting.turn().unwrap();
        assert!(setting.taken.lock().unwrap().is_empty());
        setting.now += LINGER;
        assert_eq!(setting.turn(), Err(Gone));
    }
}

#[test]
fn who_takes_the_goodbye_late_still_gets_it() {
    let mut setting = Setting::new();
    setting.board_says(Bytes::from(vec![7; 16 << 20]));
    setting.turn().unwrap();
    setting.outlet.take().unwrap().close(4408);
    setting.turn().unwrap();
    setting.now += GOODBYE_PATIENCE - Duration::from_millis(1);
    let heard = setting.hear(6 + 10 + (16 << 20) + 4);
    assert_eq!(heard[heard.len() - 4..], [&[0x88, 2][..], &4408_u16.to_be_bytes()].concat());
}

#[test]
fn the_last_stroke_before_the_end_is_not_lost() {
    let mut setting = Setting::new();
    let mut frame = head(Kind::Binary, 6).to_vec();
    frame[1] |= 0x80;
    frame.extend([0; 4]);
    frame.extend(b"stroke");
    // In one go, so that both are read at once.
    setting.client.conn.writer().write_all(&frame).unwrap();
    setting.client.conn.send_close_notify();
    setting.client.conn.write_tls(&mut setting.client.sock).unwrap();
    while setting.turn().is_ok() {}
    assert_eq!(*setting.taken.lock().unwrap(), ["stroke"]);
}

#[test]
fn a_flood_of_empty_pieces_is_slowed_and_leaves_turns_to_others() {
    let mut setting = Setting::new();
    let pieces = [[0x02, 0x80, 0, 0, 0, 0].as_slice(), &[0x00, 0x80, 0, 0, 0, 0].repeat(1_000)].concat();
    setting.client.write_all(&pieces).unwrap();
    let mut due = setting.now;
    for _ in 0..100 {
        due = setting.turn().unwrap();
    }
    assert!(
        due > setting.now && due < setting.now + Duration::from_secs(1),
        "four hundred at once, then its pace"
    );
    assert!(setting.link.incoming.next().unwrap().is_some(), "the rest waits");
}

#[test]
fn the_board_closes_even_a_socket_that_takes_nothing() {
    let mut setting = Setting::new();
    setting.board_says(Bytes::from(vec![7; 16 << 20]));
    setting.turn().unwrap();
    setting.outlet.take().unwrap().close(4409);
    setting.turn().unwrap();
    setting.now += GOODBYE_PATIENCE;
    assert_eq!(setting.turn(), Err(Gone));
}

#[test]
fn the_silent_are_asked_and_then_left() {
    let mut setting = Setting::new();
    assert_eq!(setting.turn(), Ok(setting.now + PING_EVERY));
    setting.now += PING_EVERY;
    assert_eq!(setting.hear(8), b"answer\x89\0");
    setting.say(0x8a, b"");
    while setting.link.heard != setting.now {
        setting.turn().unwrap();
    }
    setting.now += SILENCE_MAX - Duration::from_millis(1);
    setting.turn().unwrap();
    assert_eq!(setting.link.leave_at, None);
    setting.now += Duration::from_millis(1);
    setting.turn().unwrap();
    assert_eq!(setting.link.goodbye.or(setting.link.leave_at.map(|_| 1000)), Some(1000));
}

#[test]
fn who_goes_is_gone() {
    let mut setting = Setting::new();
    setting.turn().unwrap();
    setting.client.sock.shutdown(std::net::Shutdown::Both).unwrap();
    while setting.turn().is_ok() {}
    assert_eq!(setting.turn(), Err(Gone));
}
