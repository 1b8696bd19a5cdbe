//! A board that is not kept outlives the last person by its grace and no longer; within the grace it is still there.
//!
//! The server runs inside this test so that its grace can be chosen: the product's is 60 s.

mod board_talk;
mod in_process;

use actors::store::SharedStore;
use board_talk::{board, draw, elements};
use in_process::{InProcess, Setting, leave};
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use test_support::until;

const ROOM: &str = "rrrrrrrrrrrrrrrrrrrrrr";

fn plain(storage: Storage) -> SharedStore {
    Arc::new(storage)
}

#[tokio::test]
async fn a_board_is_gone_after_the_last_person_left() {
    let setting = Setting { rooms: &[ROOM], board_grace: Duration::ZERO, store: plain };
    let server = InProcess::start(setting).await;
    let (socket, welcome) = server.enter(ROOM, None).await;
    draw(&mut board(&server, &welcome).await, "stroke").await;
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
    draw(&mut board(&server, &welcome).await, "stroke").await;
    leave(socket).await;

    let (_socket, welcome) = server.enter(ROOM, None).await;
    let mut board = board(&server, &welcome).await;
    assert_eq!(elements(&mut board).await, ["stroke"]);
}
