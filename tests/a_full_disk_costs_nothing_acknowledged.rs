//! The disk of a kept board is full: everybody draws on, nothing more is said to be saved, the log says why in plain words, and
//! once there is room all of it is saved. Whatever was said to be saved is there after any end of the server.

mod at_the_board;

use at_the_board::{Drawer, Guest, doc, keeper};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::Duration;
use test_support::{Server, ServerBuilder};

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
