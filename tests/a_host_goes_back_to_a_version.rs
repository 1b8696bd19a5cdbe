//! Before much of a board is deleted at once, a point to go back to is made of it; a host finds it, and may make others.
//! Of a kept board they are on disk, of any other in memory.

mod board_talk;
mod in_process;

use actors::store::SharedStore;
use board_talk::{board, elements};
use in_process::{InProcess, OWNERS_TOKEN, Setting, leave};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use test_support::{Signalling, sync_message, until};
use yrs::updates::decoder::Decode;
use yrs::{Any, Doc, Map, ReadTxn, StateVector, Transact, Update};

const ROOM: &str = "vvvvvvvvvvvvvvvvvvvvvv";

fn plain(storage: Storage) -> SharedStore {
    Arc::new(storage)
}

/// The URL of a board's versions for whoever was welcomed so.
fn versions(welcome: &Value, id: &str) -> String {
    let part = |name: &str| welcome["board"][name].as_str().expect("the welcome names the board").to_owned();
    format!("/api/board/{}/versions{id}?ticket={}", part("id"), part("ticket"))
}

fn chalk() -> Any {
    Any::from(HashMap::from([("colour".to_owned(), Any::from("chalk"))]))
}

/// Draws twelve elements and clears the page.
async fn draw_and_clear(board: &mut Signalling) {
    let doc = Doc::new();
    let map = doc.get_or_insert_map("elements");
    let keys: Vec<String> = (10..22).map(|number| format!("k{number}")).collect();
    for key in &keys {
        map.insert(&mut doc.transact_mut(), key.as_str(), chalk());
    }
    let drawn = doc.transact().encode_state_as_update_v1(&StateVector::default());
    let before = doc.transact().state_vector();
    board.send_binary(sync_message(2, &drawn)).await;
    assert_eq!(elements(board).await, keys);
    {
        let mut transaction = doc.transact_mut();
        for key in &keys {
            map.remove(&mut transaction, key);
        }
    }
    let cleared = doc.transact().encode_state_as_update_v1(&before);
    board.send_binary(sync_message(2, &cleared)).await;
    assert_eq!(elements(board).await, [""; 0]);
}

/// The reasons of all versions, the newest first, once there are so many.
async fn reasons(server: &InProcess, welcome: &Value, count: usize) -> Vec<Value> {
    let listed = async || {
        let listed = server.http().get(&versions(welcome, "")).await;
        assert_eq!(listed.status, 200, "{listed:?}");
        let listed = listed.json().as_array().expect("a list").clone();
        (listed.len() == count).then(|| listed.iter().map(|version| version["reason"].clone()).collect())
    };
    until("the versions are there", listed).await
}

/// What the oldest version shows.
async fn oldest(server: &InProcess, welcome: &Value) -> usize {
    let mut http = server.http();
    let listed = http.get(&versions(welcome, "")).await.json();
    let id = listed.as_array().and_then(|all| all.last()?["id"].as_str()).expect("a version").to_owned();
    let state = http.get(&versions(welcome, &format!("/{id}"))).await;
    assert_eq!((state.status, state.header("content-type")), (200, Some("application/octet-stream")));
    let doc = Doc::new();
    let map = doc.get_or_insert_map("elements");
    doc.transact_mut().apply_update(Update::decode_v1(&state.body).expect("an update")).expect("it applies");
    map.keys(&doc.transact()).count()
}

#[tokio::test]
async fn a_cleared_board_can_be_brought_back() {
    let setting = Setting { rooms: &[ROOM], board_grace: Duration::ZERO, store: plain };
    let server = InProcess::start(setting).await;
    let (_host, hosts) = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    let (_guest, guests) = server.enter(ROOM, None).await;
    assert_eq!(reasons(&server, &hosts, 0).await, [Value::Null; 0]);
    draw_and_clear(&mut board(&server, &guests).await).await;
    assert_eq!(reasons(&server, &hosts, 1).await, ["before_clearing"]);
    assert_eq!(oldest(&server, &hosts).await, 12);
    assert!(!server.data_dir().join("boards").exists(), "a board that is not kept has them in memory");

    let mut http = server.http();
    let made = http.post(&versions(&hosts, ""), &json!({"reason": "by_hand"})).await;
    assert_eq!((made.status, &made.json()["reason"]), (201, &json!("by_hand")));
    assert_eq!(reasons(&server, &hosts, 2).await, ["by_hand", "before_clearing"]);
    assert_eq!(http.get(&versions(&hosts, "/nothing")).await.status, 404);

    let listed = http.get(&versions(&guests, "")).await;
    let made = http.post(&versions(&guests, ""), &json!({"reason": "by_hand"})).await;
    let read = http.get(&versions(&guests, "/x")).await;
    for refused in [listed, made, read] {
        assert_eq!((refused.status, refused.error_code().as_str()), (403, "forbidden"), "hosts only");
    }
}

#[tokio::test]
async fn versions_of_a_kept_board_are_there_in_the_next_meeting() {
    let setting = Setting { rooms: &[ROOM], board_grace: Duration::ZERO, store: plain };
    let server = InProcess::start(setting).await;
    let (mut host, hosts) = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    host.send(&json!({"type": "configure", "keeping": {"policy": "keep"}})).await;
    host.next_of("room_changed").await;
    draw_and_clear(&mut board(&server, &hosts).await).await;
    assert_eq!(reasons(&server, &hosts, 1).await, ["before_clearing"]);
    leave(host).await;
    until("the room ends", async || (server.figures.rooms.get() == 0).then_some(())).await;

    let (mut host, hosts) = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    assert_eq!(reasons(&server, &hosts, 1).await, ["before_clearing"]);
    assert_eq!(oldest(&server, &hosts).await, 12);
    host.send(&json!({"type": "configure", "keeping": {"policy": "wipe"}})).await;
    assert_eq!(reasons(&server, &hosts, 0).await, [Value::Null; 0], "what is not to be kept is gone at once");
}
