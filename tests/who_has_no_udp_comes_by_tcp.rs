//! Somebody whose network lets no UDP through hears and is heard, sees and is seen, by TCP on the port of the pages. Who
//! reads it too slowly misses pictures and no sound.

use test_support::{Entrance, Person, Server, TcpPath};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

/// Two people who talk and film; the second one's media comes by TCP.
async fn meet(server: &Server, path: &TcpPath) -> [Person; 2] {
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().expect("a link");
    let ada = Person::enter(server, door, "Ada", 1).await;
    let entrance = Entrance { door, name: "Ben", tag: 2, tcp: Some(path), ..Entrance::default() };
    let ben = Person::come(server, entrance).await;
    for person in [&ada, &ben] {
        person.media.speak(20);
        person.media.film(true);
    }
    [ada, ben]
}

#[tokio::test]
async fn who_has_no_udp_comes_by_tcp() {
    let server = Server::start(SERVER).await;
    let path = TcpPath::open(server.address()).await;
    let [ada, ben] = meet(&server, &path).await;
    for slots in ['a', 'v'] {
        ada.receives(60, 2, slots).await;
        ben.receives(60, 1, slots).await;
    }
    let voice = ben.slot_of(&ada.id, "microphone").await;
    let heard = ben.media.received(&voice);
    let first = *heard.from[&1].first().unwrap();
    assert_eq!(heard.missing_from(1, first, heard.last_from(1).unwrap()), 0, "nothing is lost on TCP");
    // The port is still that of the pages.
    assert_eq!(server.http().get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_slow_reader_misses_pictures_and_no_sound() {
    let server = Server::start(SERVER).await;
    let path = TcpPath::open(server.address()).await;
    let [ada, ben] = meet(&server, &path).await;
    let voice = ben.slot_of(&ada.id, "microphone").await;
    for slots in ['a', 'v'] {
        ben.receives(40, 1, slots).await;
    }
    // Sound is about 5 kB a second, the picture about 57.
    path.read_slowly(16_000);
    ben.receives(50, 1, 'a').await;
    let before = (ben.media.received(&voice), ada.media.camera_sent().0, ben.media.count_from(1, 'v'));
    ben.receives(150, 1, 'a').await;
    let heard = ben.media.received(&voice);
    let first = before.0.last_from(1).unwrap();
    assert_eq!(heard.missing_from(1, first, heard.last_from(1).unwrap()), 0, "all of the sound arrives");
    let sent = ada.media.camera_sent().0 - before.1;
    let seen = ben.media.count_from(1, 'v') - before.2;
    assert!(seen * 2 < sent as usize, "of {sent} packets of the picture, {seen} arrived");
    // With room again the picture comes back: carefully, as reports alone tell nothing of what a line could carry.
    path.read_slowly(u64::MAX);
    ben.receives(1, 1, 'v').await;
    ben.receives(60, 1, 'v').await;
    ada.receives(20, 2, 'v').await;
}
