//! A server with both kinds of addresses: people on IPv6, by UDP and by TCP, meet one on IPv4.

use std::net::{Ipv6Addr, SocketAddr};
use test_support::{Entrance, Impairment, LossyLink, Person, ServerBuilder, TcpPath};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

#[tokio::test]
async fn media_flows_by_ipv6() {
    let server = ServerBuilder::new(SERVER).dual_stack().with("media.threads", "1").start().await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let v6 = |port: u16| SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    let clean = Impairment::default();
    let link = LossyLink::open(v6(server.media_address().port()), 1, clean, clean).await;
    let path = TcpPath::open(v6(server.address().port())).await;
    let by = |name, tag| Entrance { door, name, tag, ..Entrance::default() };
    let people = [
        Person::come(&server, by("Ada", 1)).await,
        Person::come(&server, Entrance { link: Some(&link), ..by("Ben", 2) }).await,
        Person::come(&server, Entrance { tcp: Some(&path), ..by("Cem", 3) }).await,
    ];
    for person in &people {
        person.media.speak(20);
        person.media.film(true);
    }
    for (receiver, own) in people.iter().zip(1..) {
        for tag in (1..=3).filter(|tag| *tag != own) {
            receiver.receives(30, tag, 'a').await;
            receiver.receives(30, tag, 'v').await;
        }
    }
}
