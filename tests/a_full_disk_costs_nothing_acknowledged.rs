//! The disk of a kept board is full: everybody draws on, nothing more is said to be saved, the log says why in plain words, and
//! once there is room all of it is saved. Whatever was said to be saved is there after any end of the server. An upload that has
//! no room is refused in plain words and leaves nothing.

mod at_the_board;

use actors::store::Store;
use at_the_board::{Drawer, Guest, doc, keeper};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::Duration;
use storage::Storage;
use test_support::{Response, Server, ServerBuilder, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const CLIENT: u64 = 4_711;
const DISK: u64 = 4 << 20;

/// Takes all the room that is left.
fn fill_up(data: &Path) {
    let mut ballast = std::fs::File::create(data.join("ballast")).expect("there is room");
    let mut size = 64 << 10;
    while size > 0 {
        match ballast.write_all(&vec![1; size]) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => size /= 2,
            Err(error) => panic!("{error}"),
        }
    }
}

fn make_room(data: &Path) {
    std::fs::remove_file(data.join("ballast")).expect("it is there");
}

fn complaints(server: &Server) -> usize {
    let complains =
        |line: &&str| line.contains("a board could not be written") && line.contains("disk is full");
    server.stderr().lines().filter(complains).count()
}

/// Draws until the server complains that it cannot write, and once more; how many are drawn then.
async fn draw_until_it_complains(server: &Server, drawer: &mut Drawer, mut drawn: u32) -> u32 {
    let before = complaints(server);
    for wanted in [before + 1, before + 2] {
        while complaints(server) < wanted {
            drawer.draw(drawn).await;
            drawn += 1;
            assert!(drawer.hear_for(Duration::from_millis(3)).await, "the board is open");
            assert!(drawn < 20_000, "it never complained: {}", server.stderr());
        }
        assert!(drawer.sync().await);
    }
    drawn
}

/// A newcomer sees the whole board.
async fn newcomer(server: &Server, door: &str) -> (Guest, Drawer) {
    let ben = Guest::enter(server, door, "Ben", None, &[]).await;
    let drawer = Drawer::open(server, &ben, doc(1)).await;
    (ben, drawer)
}

#[tokio::test]
async fn a_full_disk_costs_nothing_acknowledged() {
    let mut server = ServerBuilder::new(SERVER).on_a_disk_of(DISK).start().await;
    server.host("mara").await;
    let door = server.room("mara", "Atelier", "open")["link"].as_str().expect("a link").to_owned();
    let mara = keeper(&server, &door, "mara").await;
    let anna = Guest::enter(&server, &door, "Anna", None, &[]).await;
    let mut drawer = Drawer::open(&server, &anna, doc(CLIENT)).await;
    drawer.hear_until("the board is kept", |drawer| drawer.kept).await;
    drawer.draw(0).await;
    drawer.hear_until("the first stroke is on disk", |drawer| drawer.acknowledged == 1).await;

    fill_up(server.data_dir());
    let drawn = draw_until_it_complains(&server, &mut drawer, 1).await;
    let acknowledged = drawer.acknowledged;
    let (ben, mut watcher) = newcomer(&server, &door).await;
    assert_eq!(watcher.elements(), drawn as usize, "whoever comes sees what is not on disk");
    let more = draw_until_it_complains(&server, &mut drawer, drawn).await;
    watcher.hear_until("the others see what is drawn", |watcher| watcher.elements() == more as usize).await;
    assert!(drawer.sync().await);
    assert!(drawer.acknowledged == acknowledged && acknowledged < drawn, "{acknowledged} of {drawn}, {more}");

    make_room(server.data_dir());
    drawer.hear_until("everything is saved", |drawer| drawer.acknowledged == more).await;
    drop((mara, anna, ben));
    server = server.kill_and_restart().await;
    let (_ben, seen) = newcomer(&server, &door).await;
    assert_eq!(seen.content(), drawer.content());
    assert_eq!(server.stderr(), "", "nothing of it was damaged");
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_server_that_ends_while_the_disk_is_full() {
    let mut server = ServerBuilder::new(SERVER).on_a_disk_of(DISK).start().await;
    server.host("mara").await;
    let door = server.room("mara", "Atelier", "open")["link"].as_str().expect("a link").to_owned();
    let mut here =
        vec![keeper(&server, &door, "mara").await, Guest::enter(&server, &door, "Anna", None, &[]).await];
    let mut drawer = Drawer::open(&server, &here[1], doc(CLIENT)).await;
    drawer.hear_until("the board is kept", |drawer| drawer.kept).await;
    let mut drawn = 0;
    for killed in [true, false] {
        fill_up(server.data_dir());
        drawn = draw_until_it_complains(&server, &mut drawer, drawn).await;
        here.clear();
        server = if killed { server.kill_and_restart().await } else { server.restart().await };
        while drawer.hear().await {}
        let acknowledged = drawer.acknowledged;
        let (ben, seen) = newcomer(&server, &door).await;
        assert!(seen.knows_of(CLIENT) >= acknowledged && acknowledged < drawn, "{acknowledged} of {drawn}");

        make_room(server.data_dir());
        here = vec![
            ben,
            keeper(&server, &door, "mara").await,
            Guest::enter(&server, &door, "Anna", None, &[]).await,
        ];
        drawer = Drawer::open(&server, &here[2], drawer.doc).await;
        // A stroke shows whose the old ones are.
        drawer.draw(drawn).await;
        drawn += 1;
        drawer.hear_until("what was not saved is saved now", |drawer| drawer.acknowledged == drawn).await;
    }
}

/// Bytes of all files of the only room, halves too; of a copy, since SQLite finds no files in another namespace's disk.
async fn on_the_shelf(server: &Server) -> u64 {
    let copy = tempfile::tempdir().expect("a directory");
    for folder in ["", "boards"] {
        let (from, to) = (server.data_dir().join(folder), copy.path().join(folder));
        std::fs::create_dir_all(&to).expect("a directory");
        for entry in std::fs::read_dir(from).expect("its files").flatten() {
            let name = entry.file_name().into_string().expect("a name");
            if name.ends_with(".db") || name.ends_with(".db-wal") {
                std::fs::copy(entry.path(), to.join(name)).expect("a copy");
            }
        }
    }
    let storage = Storage::open(copy.path()).await.expect("a store");
    let room = storage.rooms().await.expect("rooms").remove(0).id;
    let bytes = storage.shelf().file_bytes(&room).await.expect("a shelf");
    storage.close().await;
    bytes
}

/// The URL of the files of a guest's board, or of one.
fn files(guest: &Guest, id: &str) -> String {
    guest.path().replacen('?', &format!("/files{id}?"), 1)
}

async fn upload(server: &Server, guest: &Guest, length: usize) -> Response {
    let mut slides = b"%PDF-1.7".to_vec();
    slides.resize(length, b'.');
    server.http().raw("POST", &files(guest, ""), Some("application/pdf"), slides).await
}

/// Takes all the room but so much.
fn fill_up_but(data: &Path, bytes: usize) {
    let reserve = data.join("reserve");
    std::fs::write(&reserve, vec![1; bytes]).expect("there is room");
    fill_up(data);
    std::fs::remove_file(reserve).expect("it is there");
}

#[tokio::test]
async fn an_upload_without_room_is_told_and_leaves_nothing() {
    let server = ServerBuilder::new(SERVER).on_a_disk_of(8 * DISK).start().await;
    server.host("mara").await;
    let door = server.room("mara", "Atelier", "open")["link"].as_str().expect("a link").to_owned();
    let mara = keeper(&server, &door, "mara").await;
    let anna = Guest::enter(&server, &door, "Anna", None, &[]).await;
    let mut drawer = Drawer::open(&server, &anna, doc(CLIENT)).await;
    drawer.hear_until("the board is kept", |drawer| drawer.kept).await;
    let refused = |answer: &Response| (answer.status, answer.error_code());
    let full = (507, "disk_full".to_owned());

    // Not even a shelf.
    fill_up(server.data_dir());
    assert_eq!(refused(&upload(&server, &anna, 300_000).await), full);
    make_room(server.data_dir());
    assert_eq!(upload(&server, &anna, 300_000).await.status, 201, "{}", server.stderr());

    for (round, left) in [0, 200_000, 700_000, 1_400_000].into_iter().enumerate() {
        fill_up_but(server.data_dir(), left);
        let answer = upload(&server, &anna, 3_000_000).await;
        assert_eq!(refused(&answer), full, "{left} bytes left: {}", server.stderr());
        drawer.draw(0).await;
        make_room(server.data_dir());
        // Whoever tries again finds all the room that there was.
        let made = upload(&server, &anna, 300_000).await;
        assert_eq!(made.status, 201, "{left} bytes left: {}", server.stderr());
        let file = server
            .http()
            .get(&files(&anna, &format!("/{}", made.json()["id"].as_str().expect("an id"))))
            .await;
        assert_eq!((file.status, file.body.len()), (200, 300_000));
        let taken = 300_000 * (2 + round as u64);
        let tidy = async || {
            // Each upload, whatever comes of it, begins with what could not be deleted before.
            upload(&server, &anna, 0).await;
            (on_the_shelf(&server).await == taken).then_some(())
        };
        until("only what was taken is there", tidy).await;
    }
    drop((mara, anna));
}
