//! The load tool's people come through the real doors, and its figures are true: nobody is missing, nothing is lost,
//! and what it counts is what was sent.

use kegelbahn_load::{Run, run};
use test_support::Server;

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

#[tokio::test]
async fn load_tool_measures_a_meeting() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let link = server.room("mara", "Plenum", "open")["link"].as_str().unwrap().to_owned();
    let wanted = Run {
        url: server.origin(),
        rooms: vec![link],
        publishers: 2,
        receivers: 4,
        video_kbit: 600,
        layers: 1,
        audio: true,
        twcc: false,
        join_rate: 50.0,
        seconds: 2,
        ramp: false,
        pid: Some(server.pid()),
        json: false,
    };
    let report = tokio::task::spawn_blocking(move || run(&wanted).unwrap()).await.unwrap();
    let summary = report.table();
    assert_eq!((report.connected, report.with_media, report.expected), (6, 6, 6), "{summary}");
    assert_eq!(report.failures, [""; 0]);
    // Two voices of 50 and two films of 90 packets a second at four receivers, and each publisher gets the other's: a
    // busy machine slows the senders down, but nothing multiplies packets.
    assert!((200.0..1_600.0).contains(&report.packets_per_second), "{summary}");
    assert!(report.loss < 0.01, "{summary}");
    assert!(report.delay_us.p50 > 0 && report.join_us.p50 > 0, "{summary}");
    assert!(report.cpu_seconds_per_million.unwrap() > 0.1, "{summary}");
    assert!(report.memory_per_person.unwrap() > 10_000, "{summary}");
    assert!(report.key_frames_asked > 0, "{summary}");
}
