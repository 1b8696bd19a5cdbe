//! SIGTERM: sockets are told, the server ends by itself within ten seconds, and after the next start the same rooms are
//! there.

use serde_json::json;
use std::time::Duration;
use test_support::{Closed, Entrance, Person, Server};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

#[tokio::test]
async fn sigterm_drains() {
    let mut server = Server::start(SERVER).await;
    server.host("mara").await;
    let open = server.room("mara", "Plenum", "open");
    let knock = server.room("mara", "Beratung", "knock");
    let inside = Person::enter(&server, open["link"].as_str().unwrap(), "Ada", 1).await;
    let entrance =
        Entrance { door: knock["link"].as_str().unwrap(), name: "Ben", tag: 2, ..Entrance::default() };
    let waiting = Person::come(&server, entrance).await;
    waiting.heard("waiting").await;

    server.terminate();
    for person in [&inside, &waiting] {
        assert_eq!(person.heard("bye").await["reason"], "restarting");
        assert!(
            matches!(person.closed().await, Closed(Some(1000 | 1001 | 1012))),
            "{:?}",
            person.closed().await
        );
    }
    let status =
        tokio::time::timeout(Duration::from_secs(10), server.ended()).await.expect("ended within 10 s");
    assert!(status.success(), "{status}: {}", server.stderr());
    assert_eq!(server.stderr(), "", "an orderly end is no error");
}

#[tokio::test]
async fn after_a_restart_people_come_back_to_the_same_room() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let before = Person::enter(&server, door, "Ada", 1).await;
    let server = server.restart().await;
    assert_eq!(before.heard("bye").await["reason"], "restarting");
    let entrance =
        Entrance { door, name: "Ada", tag: 2, resume: Some(before.resume.clone()), ..Entrance::default() };
    let after = Person::come(&server, entrance).await;
    assert_eq!(after.heard("welcome").await["participants"].as_array().unwrap().len(), 1);
    let session = json!({"login": "mara", "password": "a long enough password"});
    assert_eq!(server.http().post("/api/session", &session).await.status, 200);
}
