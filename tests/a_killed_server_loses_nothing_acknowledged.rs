//! The server is killed in the middle of drawing, again and again: what it said was on disk is on the board afterwards, and
//! what it had not yet said comes back with its drawer.

mod at_the_board;

use at_the_board::{Drawer, Guest, doc, keeper};
use std::time::Duration;
use test_support::{Server, within};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const CLIENT: u64 = 4_711;
const ROUNDS: u32 = 4;

#[tokio::test]
async fn a_killed_server_loses_nothing_acknowledged() {
    let mut server = Server::start(SERVER).await;
    server.host("mara").await;
    let door = server.room("mara", "Atelier", "open")["link"].as_str().expect("a link").to_owned();
    let mut drawn = 0;
    let anna = Guest::enter(&server, &door, "Anna", None, &[]).await;
    let mut drawer = Drawer::open(&server, &anna, doc(CLIENT)).await;
    let mut here = vec![keeper(&server, &door, "mara").await, anna];
    drawer.hear_until("the board is kept", |drawer| drawer.kept).await;
    for round in 1..=ROUNDS {
        // One stroke after the other, and the server dies once enough of them are acknowledged.
        let (enough, mut ended) = (drawn + 40 * round, false);
        while drawer.acknowledged < enough {
            drawer.draw(drawn).await;
            drawn += 1;
            ended |= !drawer.hear_for(Duration::from_millis(3)).await;
            assert!(!ended && drawn < 20_000, "{} of {drawn}", drawer.acknowledged);
        }
        drawer.draw(drawn).await;
        drawn += 1;
        server = server.kill_and_restart().await;
        // What had been said before the end counts, too.
        while drawer.hear().await {}
        let acknowledged = drawer.acknowledged;

        here.clear();
        here.push(keeper(&server, &door, "mara").await);
        let ben = Guest::enter(&server, &door, "Ben", None, &[]).await;
        let mut newcomer = Drawer::open(&server, &ben, doc(1)).await;
        let there = newcomer.knows_of(CLIENT);
        assert!(there >= acknowledged && newcomer.elements() >= acknowledged as usize, "round {round}");
        println!("round {round}: {drawn} drawn, {acknowledged} acknowledged, {there} there");
        // The drawer comes back with all of it, and learns that it is on disk.
        let anna = Guest::enter(&server, &door, "Anna", None, &[]).await;
        drawer = Drawer::open(&server, &anna, drawer.doc).await;
        here.push(anna);
        within("everything is acknowledged", async {
            // A stroke shows whose the old ones are.
            drawer.draw(drawn).await;
            drawn += 1;
            while drawer.acknowledged < drawn {
                assert!(drawer.hear().await, "the board is open");
            }
        })
        .await;
        newcomer.hear_until("the newcomer has all", |newcomer| newcomer.elements() == drawn as usize).await;
    }
    assert_eq!(server.stderr(), "", "nothing of this is an error");
}
