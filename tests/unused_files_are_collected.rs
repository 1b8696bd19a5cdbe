//! Pictures that nothing on a kept board shows any more go some days later and make room for others; what is on the board
//! or in a version to go back to stays. The days are made up.

mod board_talk;
mod in_process;

use actors::store::{RoomId, SharedStore, ShelvedFile, Store};
use board_talk::{board, show, take_off};
use in_process::{InProcess, OWNERS_TOKEN, Setting, leave};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use test_support::{Response, Signalling, until};

const ROOM: &str = "ffffffffffffffffffffff";

fn plain(storage: Storage) -> SharedStore {
    Arc::new(storage)
}

/// The URL of a board's files, or of something else of it, for whoever was welcomed so.
fn path(welcome: &Value, rest: &str) -> String {
    let part = |name: &str| welcome["board"][name].as_str().expect("the welcome names the board").to_owned();
    format!("/api/board/{}/{rest}?ticket={}", part("id"), part("ticket"))
}

async fn upload(server: &InProcess, welcome: &Value, length: usize) -> Response {
    let mut slides = b"%PDF-1.7".to_vec();
    slides.resize(length, b'.');
    server.http().raw("POST", &path(welcome, "files"), Some("application/pdf"), slides).await
}

async fn file(server: &InProcess, welcome: &Value, length: usize) -> String {
    let made = upload(server, welcome, length).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn is_there(server: &InProcess, welcome: &Value, id: &str) -> bool {
    server.http().get(&path(welcome, &format!("files/{id}"))).await.status == 200
}

async fn room_ends(server: &InProcess, socket: Signalling) {
    leave(socket).await;
    until("the room ends", async || (server.figures.rooms.get() == 0).then_some(())).await;
}

/// How many files there are once so many of them are noted as unused, and which these are.
async fn noted(storage: &Storage, count: usize) -> (usize, Vec<String>) {
    let room = RoomId(ROOM[..16].to_owned());
    let noted = async || {
        let files = storage.shelf().files(&room).await.expect("a shelf");
        let noted = files.iter().filter(|file| file.unused_since.is_some());
        let noted: Vec<String> = noted.map(|ShelvedFile { id, .. }| id.clone()).collect();
        (noted.len() == count).then_some((files.len(), noted))
    };
    until("the unused files are noted", noted).await
}

#[tokio::test]
async fn unused_files_are_collected() {
    let setting = Setting { rooms: &[ROOM], board_grace: Duration::ZERO, store: plain };
    let server = InProcess::start(setting).await;
    let looking = Storage::open(server.data_dir()).await.expect("another process may look");
    let (mut host, welcome) = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    host.send(&json!({"type": "configure", "keeping": {"policy": "keep"}})).await;
    host.next_of("room_changed").await;
    let mut drawing = board(&server, &welcome).await;
    let shown = file(&server, &welcome, 200_000).await;
    let never = file(&server, &welcome, 200_000).await;
    let undone = file(&server, &welcome, 200_000).await;
    let before = file(&server, &welcome, 200_000).await;
    for (key, file) in [("shown", &shown), ("undone", &undone), ("before", &before)] {
        show(&mut drawing, key, file).await;
    }
    take_off(&mut drawing, &["undone"]).await;
    let made = server.http().post(&path(&welcome, "versions"), &json!({"reason": "by_hand"})).await;
    assert_eq!(made.status, 201, "{made:?}");
    take_off(&mut drawing, &["before"]).await;
    room_ends(&server, host).await;

    // The next morning nothing is gone, but it is known what nothing shows.
    server.pass_days(1).await;
    let (host, welcome) = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    let mut drawing = board(&server, &welcome).await;
    let (all, unused) = noted(&looking, 2).await;
    assert!(all == 4 && unused.contains(&never) && unused.contains(&undone), "{unused:?}");
    assert_eq!(upload(&server, &welcome, 400_000).await.error_code(), "uploads_full");
    // A page that was open all night undoes.
    show(&mut drawing, "again", &undone).await;
    room_ends(&server, host).await;

    server.pass_days(2).await;
    let (host, welcome) = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    let gone = async || (noted(&looking, 0).await.0 == 3).then_some(());
    until("what nothing showed for days is gone", gone).await;
    assert!(!is_there(&server, &welcome, &never).await);
    for file in [&shown, &undone, &before] {
        assert!(is_there(&server, &welcome, file).await, "what shows, or can be brought back, stays");
    }
    assert_eq!(upload(&server, &welcome, 400_000).await.status, 201, "there is room again");
    room_ends(&server, host).await;
}
