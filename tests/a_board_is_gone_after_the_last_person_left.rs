//! A board that is not kept outlives the last person by its grace and no longer; within the grace it is still there.
//!
//! The server runs inside this test so that its grace can be chosen: the product's is 60 s.

mod in_process;

use actors::store::SharedStore;
use in_process::{InProcess, Setting};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use test_support::{Signalling, until};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Any, Doc, Map, ReadTxn, StateVector, Transact, Update};

const ROOM: &str = "rrrrrrrrrrrrrrrrrrrrrr";

fn plain(storage: Storage) -> SharedStore {
    Arc::new(storage)
}

/// A y-protocols sync message: kind 0 state vector, 1 answer, 2 update.
fn sync(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut message = vec![0, kind];
    let mut length = payload.len();
    while length >= 0x80 {
        message.push(length as u8 | 0x80);
        length >>= 7;
    }
    message.push(length as u8);
    message.extend_from_slice(payload);
    message
}

/// The payload of a sync message of this kind.
fn payload(message: &[u8], kind: u8) -> Option<&[u8]> {
    let rest = message.strip_prefix(&[0, kind])?;
    let end = rest.iter().position(|byte| byte & 0x80 == 0)?;
    rest.get(end + 1..)
}

async fn board(server: &InProcess, welcome: &Value) -> Signalling {
    let part = |name: &str| welcome["board"][name].as_str().expect("the welcome names the board").to_owned();
    server.open(&format!("/api/board/{}?ticket={}", part("id"), part("ticket")), None).await
}

/// What the board holds, asked as a new client would.
async fn elements(board: &mut Signalling) -> Vec<String> {
    board.send_binary(sync(0, &StateVector::default().encode_v1())).await;
    let doc = Doc::new();
    let map = doc.get_or_insert_map("elements");
    loop {
        let message = board.next().await.expect("the board answers");
        let bytes: Vec<u8> = serde_json::from_value(message).expect("binary");
        if let Some(update) = payload(&bytes, 1) {
            let update = Update::decode_v1(update).expect("an update");
            doc.transact_mut().apply_update(update).expect("it applies");
            return map.keys(&doc.transact()).map(ToOwned::to_owned).collect();
        }
    }
}

/// Draws one element and waits until the board has it.
async fn draw(board: &mut Signalling) {
    let doc = Doc::new();
    let map = doc.get_or_insert_map("elements");
    let chalk = Any::from(std::collections::HashMap::from([("colour".to_owned(), Any::from("chalk"))]));
    map.insert(&mut doc.transact_mut(), "stroke", chalk);
    let update = doc.transact().encode_state_as_update_v1(&StateVector::default());
    board.send_binary(sync(2, &update)).await;
    assert_eq!(elements(board).await, ["stroke"]);
}

async fn leave(mut socket: Signalling) {
    socket.send(&json!({"type": "leave"})).await;
    assert_eq!(socket.next_of("bye").await["reason"], "left");
}

#[tokio::test]
async fn a_board_is_gone_after_the_last_person_left() {
    let setting = Setting { rooms: &[ROOM], board_grace: Duration::ZERO, store: plain };
    let server = InProcess::start(setting).await;
    let (socket, welcome) = server.enter(ROOM, None).await;
    draw(&mut board(&server, &welcome).await).await;
    leave(socket).await;
    until("the room ends", async || (server.figures.rooms.get() == 0).then_some(())).await;

    let (_socket, welcome) = server.enter(ROOM, None).await;
    let mut board = board(&server, &welcome).await;
    assert_eq!(elements(&mut board).await, Vec::<String>::new());
}

#[tokio::test]
async fn within_the_grace_it_is_still_there() {
    let setting = Setting { rooms: &[ROOM], board_grace: Duration::from_secs(3_600), store: plain };
    let server = InProcess::start(setting).await;
    let (socket, welcome) = server.enter(ROOM, None).await;
    draw(&mut board(&server, &welcome).await).await;
    leave(socket).await;

    let (_socket, welcome) = server.enter(ROOM, None).await;
    let mut board = board(&server, &welcome).await;
    assert_eq!(elements(&mut board).await, ["stroke"]);
}
