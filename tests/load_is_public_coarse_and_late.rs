//! Anybody may see how much the server is used, and nobody can read an evening from it: the figures are binned and late,
//! small meetings are "a few", and the exact figures are on no public address.

use actors::store::{LoadSample, Store};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};
use storage::Storage;
use test_support::Server;

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const HALF_HOUR: u64 = 1_800;

#[expect(clippy::disallowed_methods, reason = "the server's clock is the real one")]
fn this_half_hour() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    now - now % HALF_HOUR
}

fn sample(start: u64, people_max: u32, traffic_bps: u64, cpu_permille: u16) -> LoadSample {
    LoadSample { start, rooms_max: 3, people_max, traffic_bps, cpu_permille, memory_permille: 130 }
}

#[tokio::test]
async fn load_is_public_coarse_and_late() {
    let server = Server::start(SERVER).await;
    let now = this_half_hour();
    let store = Storage::open(server.data_dir()).await.expect("the server's store");
    for sample in [
        sample(now - 4 * HALF_HOUR, 7, 52_000_000, 90),
        sample(now - 2 * HALF_HOUR, 23, 38_400_000, 447),
        sample(now, 400, 900_000_000, 1_000),
    ] {
        store.put_load(sample).await.expect("a sample is written");
    }
    store.close().await;

    let answer = server.http().get("/api/load").await;
    assert_eq!(answer.status, 200);
    let load = answer.json();
    assert_eq!(
        load["samples"],
        json!([
            {
                "start": now - 4 * HALF_HOUR, "rooms": null, "people": null,
                "traffic_mbps": null, "cpu_percent": null, "memory_percent": 10,
            },
            {
                "start": now - 2 * HALF_HOUR, "rooms": {"from": 3, "to": 4}, "people": {"from": 20, "to": 29},
                "traffic_mbps": 30, "cpu_percent": 45, "memory_percent": 10,
            },
        ])
    );
    assert_eq!((&load["standing_pins"], &load["verdict"]), (&json!(5), &json!("busy")));
    let days = load["days"].as_array().expect("days");
    assert_eq!(days.len(), 30);
    assert!(days[..28].iter().all(|day| day["fallen_pins"].is_null()));
    let fullest = days.iter().filter_map(|day| day["fallen_pins"].as_u64()).max();
    assert_eq!(fullest, Some(4), "what is too young is in no day either");

    // The exact ones are not beside it.
    let page = server.http().get("/metrics").await;
    assert!(!String::from_utf8_lossy(&page.body).contains("kegelbahn_rooms"), "{}", page.status);
}
