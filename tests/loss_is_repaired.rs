//! One packet in ten is lost, others overtake each other: retransmission brings (nearly) every one of them, on the
//! way down to a receiver and on the way up from a sender.

use std::time::Duration;
use test_support::{Entrance, Impairment, LossyLink, Person, Server, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const BAD: Impairment = Impairment { loss: 0.1, damage: 0.0, jitter: Duration::from_millis(8) };
const CLEAN: Impairment = Impairment { loss: 0.0, damage: 0.0, jitter: Duration::ZERO };

/// Ada films, Ben watches; one of them over a bad link. What of `frames` packets is missing at Ben's in the end, and how
/// many were lost on the bad way.
async fn film_over(up: Impairment, down: Impairment, ada_is_bad: bool, seed: u64) -> (usize, u64) {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().expect("a link");
    let link = LossyLink::open(server.media_address(), seed, up, down).await;
    let entrance = |name, tag, bad: bool| Entrance {
        door,
        name,
        tag,
        link: bad.then_some(&link),
        ..Entrance::default()
    };
    let ada = Person::come(&server, entrance("Ada", 1, ada_is_bad)).await;
    let ben = Person::come(&server, entrance("Ben", 2, !ada_is_bad)).await;
    ben.heard("welcome").await;
    ada.media.film(true);
    let face = ben.slot_of(&ada.id, "camera").await;
    ben.receives(20, 1, 'v').await;
    let first = ben.media.received(&face).last_from(1).expect("packets") + 1;
    link.impair(true);
    until("600 packets are filmed", async || (ada.media.camera_sent().0 > first + 600).then_some(())).await;
    let last = ada.media.camera_sent().0 - 1;
    let lost = if ada_is_bad { link.lost().0 } else { link.lost().1 };
    // The rest travels over a good link, and tells the receiver that the last ones are missing.
    link.impair(false);
    until("the film has gone on", async || {
        (ben.media.received(&face).last_from(1)? > last + 50).then_some(())
    })
    .await;
    until("the holes are filled", async || {
        (ben.media.received(&face).missing_from(1, first, last) <= 6).then_some(())
    })
    .await;
    (ben.media.received(&face).missing_from(1, first, last), lost)
}

#[tokio::test]
async fn loss_on_the_way_down_is_repaired() {
    let (missing, lost) = film_over(CLEAN, BAD, false, 11).await;
    assert!(lost > 30, "the link lost only {lost}");
    assert!(missing <= 6, "{missing} of {lost} lost packets were never repaired");
}

#[tokio::test]
async fn loss_on_the_way_up_is_repaired() {
    let (missing, lost) = film_over(BAD, CLEAN, true, 12).await;
    assert!(lost > 30, "the link lost only {lost}");
    assert!(missing <= 6, "{missing} of {lost} lost packets were never repaired");
}
