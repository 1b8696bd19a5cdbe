//! A board that is kept for two days after the last visit is there on the second day, whose visit counts anew, and wiped
//! when nobody came for longer; the days are made up.

mod board_talk;
mod in_process;

use actors::store::SharedStore;
use board_talk::{board, draw, elements};
use in_process::{InProcess, OWNERS_TOKEN, Setting, leave};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use test_support::until;

const ROOM: &str = "dddddddddddddddddddddd";

fn plain(storage: Storage) -> SharedStore {
    Arc::new(storage)
}

async fn room_ends(server: &InProcess) {
    until("the room ends", async || (server.figures.rooms.get() == 0).then_some(())).await;
}

/// Somebody comes, sees, and goes.
async fn seen(server: &InProcess) -> Vec<String> {
    let (socket, welcome) = server.enter(ROOM, None).await;
    let seen = elements(&mut board(server, &welcome).await).await;
    leave(socket).await;
    room_ends(server).await;
    seen
}

#[tokio::test]
async fn a_board_is_kept_for_days_after_the_last_visit() {
    let setting = Setting { rooms: &[ROOM], board_grace: Duration::ZERO, store: plain };
    let server = InProcess::start(setting).await;
    let (mut host, welcome) = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    host.send(&json!({"type": "configure", "keeping": {"policy": "days", "days": 0}})).await;
    assert_eq!(host.next_of("error").await["code"], "keeping_invalid");
    let keeping = json!({"policy": "days", "days": 2});
    host.send(&json!({"type": "configure", "keeping": keeping})).await;
    assert_eq!(host.next_of("room_changed").await["settings"]["keeping"], keeping);
    draw(&mut board(&server, &welcome).await, "stroke").await;
    server.pass_days(30).await;
    leave(host).await;
    room_ends(&server).await;

    server.pass_days(2).await;
    assert_eq!(seen(&server).await, ["stroke"], "the days begin when the last person has left");
    server.pass_days(2).await;
    assert_eq!(seen(&server).await, ["stroke"], "each visit begins them anew");
    server.pass_days(3).await;
    assert_eq!(seen(&server).await, Vec::<String>::new());
}
