//! Malformed datagrams, frames, JSON, descriptions and requests: a clear refusal to their sender, and two people who
//! talk meanwhile never notice.

use serde_json::{Value, json};
use std::net::UdpSocket;
use test_support::{Closed, Entrance, Impairment, LossyLink, Opening, Person, Server, Signalling};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

/// Two people who talk while somebody else misbehaves.
struct Talk {
    server: Server,
    door: String,
    ada: Person,
    ben: Person,
}

impl Talk {
    async fn begin() -> Self {
        let server = Server::start(SERVER).await;
        server.host("mara").await;
        let room = server.room("mara", "Plenum", "open");
        let door = room["link"].as_str().expect("a link").to_owned();
        let ada = Person::enter(&server, &door, "Ada", 1).await;
        let ben = Person::enter(&server, &door, "Ben", 2).await;
        for person in [&ada, &ben] {
            person.media.speak(20);
            person.media.film(true);
        }
        let talk = Self { server, door, ada, ben };
        talk.goes_on().await;
        talk
    }

    /// Both are there, see, hear and are answered.
    async fn goes_on(&self) {
        for (person, other) in [(&self.ada, 2), (&self.ben, 1)] {
            person.receives(30, other, 'a').await;
            person.receives(30, other, 'v').await;
            assert!(person.is_open() && person.media.is_connected());
        }
        assert_eq!(self.server.http().get("/healthz").await.status, 200);
    }

    /// A socket that has not joined yet.
    async fn socket(&self) -> Signalling {
        let opening = Opening { origin: Some(self.server.origin()), ..Opening::default() };
        Signalling::open(self.server.address(), "/api/signal", opening).await.expect("the socket is opened")
    }

    /// A socket of somebody who is inside, without media.
    async fn guest(&self) -> (Signalling, Value) {
        let mut socket = self.socket().await;
        socket.send(&join(&self.door, "Eve")).await;
        let joined = socket.next_of("joined").await;
        socket.next_of("welcome").await;
        (socket, joined)
    }
}

fn join(door: &str, name: &str) -> Value {
    json!({"type": "join", "protocol": 1, "door": door, "name": name, "resume": null,
        "media": {"microphone": false, "camera": false, "screen": false}})
}

#[tokio::test]
async fn malformed_messages_close_only_their_own_socket() {
    let talk = Talk::begin().await;
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let long = format!("{{\"type\":\"ping\",\"x\":[{}1]}}", "1,".repeat(300));
    let frames = [
        "".to_owned(),
        "hello".to_owned(),
        "{".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        deep,
        long,
        json!({"type": "no_such_thing"}).to_string(),
        json!({"type": "set_media", "microphone": "loud", "camera": 1, "screen": null}).to_string(),
        json!({"type": "answer", "version": 1, "sdp": "", "and": "more"}).to_string(),
        json!({"type": "need_keyframe", "mid": "v-1"}).to_string(),
        join(&talk.door, "Eve").to_string(),
        format!("{{\"type\":\"leave\",\"x\":\"{}\"}}", "x".repeat(70_000)),
    ];
    for frame in frames {
        let (mut socket, _) = talk.guest().await;
        socket.send_text(&frame).await;
        let closed = socket.closed().await;
        let shown: String = frame.chars().take(60).collect();
        assert!(matches!(closed, Closed(Some(4400 | 1009))), "{shown}: {closed:?}");
    }
    let (mut socket, _) = talk.guest().await;
    socket.send_binary(vec![0; 100]).await;
    assert_eq!(socket.closed().await, Closed(Some(4400)));
    // What claims to be endless is not waited for.
    let (mut socket, _) = talk.guest().await;
    socket.claim(1 << 40, 2 << 20).await;
    assert_eq!(socket.closed().await, Closed(Some(4400)));
    // Before `join` nothing else is understood.
    let mut socket = talk.socket().await;
    socket.send(&json!({"type": "admit_all"})).await;
    assert_eq!(socket.closed().await, Closed(Some(4400)));
    talk.goes_on().await;
}

#[tokio::test]
async fn a_flood_of_messages_closes_the_flooder() {
    let talk = Talk::begin().await;
    let (mut socket, _) = talk.guest().await;
    for _ in 0..200 {
        socket.send(&json!({"type": "ping"})).await;
    }
    assert_eq!(socket.closed().await, Closed(Some(4429)));
    talk.goes_on().await;
}

#[tokio::test]
async fn a_foreign_page_opens_no_socket() {
    let talk = Talk::begin().await;
    for origin in ["https://evil.example", "null", "http://localhost", "https://localhost"] {
        let opening = Opening { origin: Some(origin.to_owned()), ..Opening::default() };
        let refused = Signalling::open(talk.server.address(), "/api/signal", opening).await.err();
        assert_eq!(refused, Some(403), "{origin}");
    }
    talk.goes_on().await;
}

#[tokio::test]
async fn a_bad_name_may_be_mended_and_markup_is_text() {
    let talk = Talk::begin().await;
    let mut socket = talk.socket().await;
    for name in ["", "   ", &"x".repeat(65), "\u{202e}", "\u{0}\n"] {
        socket.send(&join(&talk.door, name)).await;
        assert_eq!(socket.next_of("error").await["code"], "name_invalid", "{name:?}");
    }
    let markup = "<img src=x onerror=alert(1)>";
    // What reads backwards and what controls is taken out.
    socket.send(&join(&talk.door, &format!(" \u{202e}{markup}\n"))).await;
    socket.next_of("welcome").await;
    let met =
        |message: &Value| message["type"] == "participant_joined" && message["participant"]["name"] == markup;
    talk.ada.heard_that("the name arrives as it was typed", met).await;
    talk.goes_on().await;
}

#[tokio::test]
async fn a_bad_description_is_refused() {
    let talk = Talk::begin().await;
    let (mut socket, joined) = talk.guest().await;
    let offer = joined["offer"]["sdp"].as_str().unwrap();
    let bomb =
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n".to_owned() + &"m=audio 9 X 0\r\n".repeat(3_000);
    for sdp in
        ["", "v=0", "nonsense", &bomb, &offer.replace("a=fingerprint", "a=x"), &"a=x\r\n".repeat(9_000)]
    {
        socket.send(&json!({"type": "answer", "version": joined["offer"]["version"], "sdp": sdp})).await;
        assert_eq!(socket.next_of("error").await["code"], "answer_invalid");
    }
    talk.goes_on().await;
}

/// Datagrams of every kind that a media port may meet from a stranger.
fn strangers_datagrams() -> Vec<Vec<u8>> {
    let mut datagrams = vec![vec![], vec![0], vec![255; 1_500], vec![0x80; 1_200], vec![22; 64]];
    // STUN binding requests (RFC 8489): bare; with a length that lies; with an unknown user name.
    let stun = |length: u16, rest: &[u8]| {
        let mut bytes = vec![0, 1];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0x21, 0x12, 0xa4, 0x42]);
        bytes.extend([7; 12]);
        bytes.extend(rest);
        bytes
    };
    datagrams.push(stun(0, &[]));
    datagrams.push(stun(60_000, &[]));
    datagrams.push(stun(8, &[0, 6, 0xff, 0xff, 1, 2, 3, 4]));
    datagrams.push(stun(16, b"\0\x06\0\x09nobody:me\0\0\0"));
    // The beginning of a DTLS ClientHello, of an SRTP packet, of an RTCP packet.
    datagrams.push([&[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 1, 0, 0, 38][..], &[0; 38]].concat());
    datagrams.push([&[0x80, 96, 0, 1, 0, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef][..], &[9; 400]].concat());
    datagrams.push([&[0x81, 206, 0, 2, 0xde, 0xad, 0xbe, 0xef, 0, 0, 1, 2][..], &[9; 20]].concat());
    datagrams
}

#[tokio::test]
async fn strangers_datagrams_are_not_answered() {
    let talk = Talk::begin().await;
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.set_nonblocking(true).unwrap();
    let mut random = 1u64;
    for round in 0..200 {
        for mut datagram in strangers_datagrams() {
            // Each time a little different.
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let place = (random >> 33) as usize;
            if let Some(byte) = datagram.get_mut(place % 40) {
                *byte ^= (round % 3) as u8;
            }
            stranger.send_to(&datagram, talk.server.media_address()).ok();
        }
        tokio::task::yield_now().await;
    }
    talk.goes_on().await;
    assert!(stranger.recv(&mut [0; 2_048]).is_err(), "the server answered a stranger");
}

#[tokio::test]
async fn damaged_packets_of_a_known_client_are_dropped() {
    let talk = Talk::begin().await;
    let harm = Impairment { damage: 0.3, ..Impairment::default() };
    let link = LossyLink::open(talk.server.media_address(), 5, harm, harm).await;
    let entrance =
        Entrance { door: &talk.door, name: "Eve", tag: 3, link: Some(&link), ..Entrance::default() };
    let eve = Person::come(&talk.server, entrance).await;
    eve.heard("welcome").await;
    eve.media.speak(5);
    eve.media.film(true);
    talk.ada.receives(30, 3, 'a').await;
    link.impair(true);
    talk.ada.receives(100, 3, 'a').await;
    talk.goes_on().await;
    // A packet arrives whole or not at all: only known senders appear.
    let tags: Vec<u8> =
        talk.ada.media.all_received().into_iter().flat_map(|(_, slot)| slot.from.into_keys()).collect();
    assert!(tags.iter().all(|tag| [2, 3].contains(tag)), "{tags:?}");
}

#[tokio::test]
async fn malformed_requests_get_a_clear_error() {
    let talk = Talk::begin().await;
    let mut http = talk.server.http();
    let json_kind = Some("application/json");
    for (body, kind, status) in [
        (b"{".to_vec(), json_kind, 400),
        (b"[]".to_vec(), json_kind, 400),
        (b"\xff\xfe".to_vec(), json_kind, 400),
        (br#"{"login":1,"password":2}"#.to_vec(), json_kind, 400),
        (br#"{"login":"a","password":"b","more":1}"#.to_vec(), json_kind, 400),
        (b"login=a&password=b".to_vec(), Some("application/x-www-form-urlencoded"), 415),
        (vec![b' '; 70_000], json_kind, 413),
    ] {
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        let answer = http.raw("POST", "/api/session", kind, body).await;
        assert_eq!(answer.status, status, "{shown}: {answer:?}");
        answer.error_code();
    }
    for path in ["/api/nothing", "/api/../../etc/passwd", "/api/doors/%00", "/api/rooms/%2e%2e%2f"] {
        let answer = http.get(path).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
        answer.error_code();
    }
    let answer = http.raw("PUT", "/api/session", None, vec![]).await;
    assert_eq!((answer.status, answer.error_code().as_str()), (405, "method_not_allowed"));
    talk.goes_on().await;
}
