//! A room of five hundred outgrows its media thread: who comes later is served by another one, each packet crosses to it
//! once, and nobody misses any.

use kegelbahn_load::{Run, run};
use test_support::Server;

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const RECEIVERS: usize = 499;

#[tokio::test]
async fn a_large_room_uses_both_threads() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let link = server.room("mara", "Vollversammlung", "open")["link"].as_str().unwrap().to_owned();
    assert_eq!(server.figure("kegelbahn_relayed_packets_total").await, Some(0.0));
    let wanted = Run {
        url: server.origin(),
        rooms: vec![link],
        publishers: 1,
        receivers: RECEIVERS,
        video_kbit: 150,
        layers: 1,
        audio: false,
        twcc: false,
        join_rate: 60.0,
        seconds: 4,
        ramp: false,
        pid: Some(server.pid()),
        json: false,
    };
    let report = tokio::task::spawn_blocking(move || run(&wanted).unwrap()).await.unwrap();
    let summary = report.table();
    assert_eq!((report.connected, report.with_media), (RECEIVERS + 1, RECEIVERS), "{summary}");
    assert_eq!(report.failures, [""; 0]);
    assert_eq!(report.loss, 0.0, "{summary}");
    let relayed = server.figure("kegelbahn_relayed_packets_total").await;
    let forwarded = server.figure("kegelbahn_forwarded_packets_total").await;
    assert!(
        relayed > Some(0.0) && relayed < forwarded.map(|all| all / 100.0),
        "{relayed:?} of {forwarded:?}"
    );
    assert_eq!(server.figure("kegelbahn_relay_dropped_packets_total").await, Some(0.0));
}
