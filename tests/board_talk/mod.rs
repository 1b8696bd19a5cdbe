//! What stories say to a board, as a new Yjs client would.

#![allow(dead_code, reason = "each story uses some of it")]

use crate::in_process::InProcess;
use serde_json::Value;
use std::collections::HashMap;
use test_support::{Signalling, after_length, sync_message};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Any, Doc, Map, ReadTxn, StateVector, Transact, Update};

/// The payload of a sync message of this kind.
fn payload(message: &[u8], kind: u8) -> Option<&[u8]> {
    let rest = message.strip_prefix(&[0, kind])?;
    after_length(rest)
}

/// The board's socket of whoever was welcomed so.
pub(crate) async fn board(server: &InProcess, welcome: &Value) -> Signalling {
    let part = |name: &str| welcome["board"][name].as_str().expect("the welcome names the board").to_owned();
    server.open(&format!("/api/board/{}?ticket={}", part("id"), part("ticket")), None).await
}

/// What the board holds, asked as a new client would.
pub(crate) async fn elements(board: &mut Signalling) -> Vec<String> {
    let doc = whole(board).await;
    let map = doc.get_or_insert_map("elements");
    let mut keys: Vec<String> = map.keys(&doc.transact()).map(ToOwned::to_owned).collect();
    keys.sort_unstable();
    keys
}

async fn whole(board: &mut Signalling) -> Doc {
    board.send_binary(sync_message(0, &StateVector::default().encode_v1())).await;
    let doc = Doc::new();
    loop {
        let message = board.next().await.expect("the board answers");
        let bytes: Vec<u8> = serde_json::from_value(message).expect("binary");
        if let Some(update) = payload(&bytes, 1) {
            let update = Update::decode_v1(update).expect("an update");
            doc.transact_mut().apply_update(update).expect("it applies");
            return doc;
        }
    }
}

/// Draws one element, and does not wait for what becomes of it.
pub(crate) async fn say_drawn(board: &mut Signalling, key: &str) {
    say_put(board, key, chalk()).await;
}

/// Puts a picture on the board and waits until it is there.
pub(crate) async fn show(board: &mut Signalling, key: &str, file: &str) {
    say_put(board, key, Any::from(HashMap::from([("fileId".to_owned(), Any::from(file))]))).await;
    assert!(elements(board).await.iter().any(|found| found == key), "{key} is on the board");
}

/// Takes elements off the board and waits until they are gone.
pub(crate) async fn take_off(board: &mut Signalling, keys: &[&str]) {
    let doc = whole(board).await;
    let map = doc.get_or_insert_map("elements");
    let before = doc.transact().state_vector();
    for key in keys {
        map.remove(&mut doc.transact_mut(), key).expect("it is there");
    }
    let update = doc.transact().encode_state_as_update_v1(&before);
    board.send_binary(sync_message(2, &update)).await;
    let left = elements(board).await;
    assert!(keys.iter().all(|key| !left.iter().any(|found| found == key)), "{left:?}");
}

async fn say_put(board: &mut Signalling, key: &str, value: Any) {
    let doc = Doc::new();
    let map = doc.get_or_insert_map("elements");
    map.insert(&mut doc.transact_mut(), key, value);
    let update = doc.transact().encode_state_as_update_v1(&StateVector::default());
    board.send_binary(sync_message(2, &update)).await;
}

/// Draws one element and waits until the board has it.
pub(crate) async fn draw(board: &mut Signalling, key: &str) {
    say_drawn(board, key).await;
    assert!(elements(board).await.iter().any(|found| found == key), "{key} is on the board");
}

/// A value as elements have it.
fn chalk() -> Any {
    Any::from(HashMap::from([("colour".to_owned(), Any::from("chalk"))]))
}
