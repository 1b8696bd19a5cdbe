//! A host says who draws: everyone, chosen people, the presenter, hosts. The server takes no byte more from whoever was
//! stopped, and everybody learns who may; and whose cursors are shown.

mod board_talk;
mod in_process;

use actors::store::SharedStore;
use board_talk::{board, draw, elements, say_drawn};
use in_process::{InProcess, OWNERS_TOKEN, Setting};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use test_support::Signalling;

const ROOM: &str = "wwwwwwwwwwwwwwwwwwwwww";

fn plain(storage: Storage) -> SharedStore {
    Arc::new(storage)
}

/// A host, who presents, and a guest, with their welcomes.
async fn meeting() -> (InProcess, [(Signalling, Value); 2]) {
    let setting = Setting { rooms: &[ROOM], board_grace: Duration::from_secs(3_600), store: plain };
    let server = InProcess::start(setting).await;
    let host = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    let guest = server.enter(ROOM, None).await;
    (server, [host, guest])
}

/// The id, in a welcome, of whoever came as the so-manieth.
fn id_of(welcome: &Value, index: usize) -> String {
    welcome["participants"][index]["id"].as_str().expect("an id").to_owned()
}

/// What somebody next learns of who draws: whether they may, and how many may.
async fn right(socket: &mut Signalling) -> (bool, usize) {
    let changed = socket.next_of("room_changed").await;
    let drawers = changed["drawers"].as_array().expect("a list").len();
    (changed["may_draw"].as_bool().expect("yes or no"), drawers)
}

#[tokio::test]
async fn who_is_stopped_while_drawing_draws_no_byte_more() {
    let (server, [(mut host, hosts), (mut guest, guests)]) = meeting().await;
    let mut seen = board(&server, &hosts).await;
    let mut drawn = board(&server, &guests).await;
    draw(&mut drawn, "before").await;
    host.send(&json!({"type": "configure", "drawing": "hosts"})).await;
    assert_eq!(right(&mut guest).await, (false, 1));
    say_drawn(&mut drawn, "after").await;
    assert_eq!(guest.next_of("error").await["code"], "drawing_not_allowed");
    assert_eq!(elements(&mut drawn).await, ["before"], "they go on watching");
    draw(&mut seen, "of the host").await;

    host.send(&json!({"type": "configure", "drawing": "everyone"})).await;
    assert_eq!(right(&mut guest).await, (true, 2));
    let guest_id = id_of(&guests, 1);
    host.send(&json!({"type": "set_drawing", "participant": guest_id, "may_draw": false})).await;
    assert_eq!(right(&mut guest).await, (false, 1), "one person alone");
    let changed = host.next_of("participant_changed").await["participant"].clone();
    assert_eq!((&changed["id"], &changed["may_draw"]), (&json!(guest_id), &json!(false)));
    say_drawn(&mut drawn, "after").await;
    assert_eq!(elements(&mut seen).await, ["before", "of the host"]);
}

#[tokio::test]
async fn chosen_people_draw_until_the_mode_changes() {
    let (server, [(mut host, hosts), (mut guest, guests)]) = meeting().await;
    let mut drawn = board(&server, &guests).await;
    host.send(&json!({"type": "configure", "drawing": "chosen"})).await;
    assert_eq!(right(&mut guest).await, (false, 1));
    let choose = json!({"type": "set_drawing", "participant": id_of(&guests, 1), "may_draw": true});
    guest.send(&choose).await;
    assert_eq!(guest.next_of("error").await["code"], "forbidden", "nobody chooses themselves");
    host.send(&choose).await;
    assert_eq!(right(&mut guest).await, (true, 2));
    draw(&mut drawn, "chosen").await;
    let late = server.enter(ROOM, None).await.1;
    let may = |index: usize| late["participants"][index]["may_draw"].clone();
    assert_eq!([may(0), may(1), may(2)], [json!(true), json!(true), json!(false)], "newcomers learn it, too");
    host.send(&json!({"type": "configure", "drawing": "presenter"})).await;
    assert_eq!(right(&mut guest).await, (false, 1));
    assert_eq!(hosts["participants"][0]["presenter"], true);
}

#[tokio::test]
async fn presenting_is_handed_over_and_back() {
    let (server, [(mut host, _), (mut guest, guests)]) = meeting().await;
    let (host_id, guest_id) = (id_of(&guests, 0), id_of(&guests, 1));
    let mut drawn = board(&server, &guests).await;
    host.send(&json!({"type": "configure", "drawing": "presenter"})).await;
    assert_eq!(right(&mut guest).await, (false, 1));
    let make = |id: &str| json!({"type": "make_presenter", "participant": id});
    guest.send(&make(&guest_id)).await;
    assert_eq!(guest.next_of("error").await["code"], "forbidden");

    host.send(&make(&guest_id)).await;
    assert_eq!(right(&mut guest).await, (true, 2));
    draw(&mut drawn, "presented").await;
    guest.send(&make("nobody")).await;
    assert_eq!(guest.next_of("error").await["code"], "participant_unknown");
    guest.send(&make(&host_id)).await;
    assert_eq!(right(&mut guest).await, (false, 1));
    say_drawn(&mut drawn, "later").await;
    assert_eq!(guest.next_of("error").await["code"], "drawing_not_allowed");
    assert_eq!(elements(&mut drawn).await, ["presented"]);
}

/// A presence frame of one entry; all lengths are below 128.
fn pointing(client: u8, clock: u8, state: &str) -> Vec<u8> {
    let length = |bytes: usize| u8::try_from(bytes).expect("a short text");
    let mut frame = vec![1, length(state.len() + 4), 1, client, clock, length(state.len())];
    frame.extend_from_slice(state.as_bytes());
    frame
}

/// The next state of anybody's presence that a board's socket hears.
async fn pointed(board: &mut Signalling) -> Value {
    loop {
        let message = board.next().await.expect("the board goes on");
        let bytes: Vec<u8> = serde_json::from_value(message).expect("binary");
        let state = bytes.windows(2).position(|two| two == b"{\"").filter(|_| bytes[0] == 1);
        if let Some(state) = state {
            return serde_json::from_slice(&bytes[state..]).expect("one state");
        }
    }
}

#[tokio::test]
async fn hidden_cursors_are_seen_by_hosts_and_strokes_by_all() {
    let (server, [(mut host, hosts), (mut guest, guests)]) = meeting().await;
    let (_other, others) = server.enter(ROOM, None).await;
    host.send(&json!({"type": "configure", "cursors": false})).await;
    assert_eq!(guest.next_of("room_changed").await["settings"]["cursors"], false);
    let mut hosts = board(&server, &hosts).await;
    let mut others = board(&server, &others).await;
    let mut drawn = board(&server, &guests).await;
    drawn.send_binary(pointing(5, 1, r#"{"pointer":{"x":1},"stroke":{"id":"s"}}"#)).await;
    let seen = pointed(&mut hosts).await;
    assert_eq!((&seen["pointer"]["x"], &seen["stroke"]["id"]), (&json!(1), &json!("s")));
    let seen = pointed(&mut others).await;
    assert_eq!((&seen["pointer"], &seen["stroke"]["id"]), (&Value::Null, &json!("s")));
    assert_eq!(seen["user"]["name"], "Juna");
}
