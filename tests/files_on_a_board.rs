//! Pictures and slides on a board: what comes in is looked at and cleaned, who may only watch uploads nothing, there is an
//! end to how much, and when everybody has left nothing of it is left.

mod in_process;

use actors::store::SharedStore;
use in_process::{InProcess, OWNERS_TOKEN, Setting, leave};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use test_support::{Http, Response, until};

const ROOM: &str = "pppppppppppppppppppppp";

fn plain(storage: Storage) -> SharedStore {
    Arc::new(storage)
}

async fn server() -> InProcess {
    InProcess::start(Setting { rooms: &[ROOM], board_grace: Duration::ZERO, store: plain }).await
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a small chunk").to_be_bytes();
    [&length, &name[..], body, &[0; 4]].concat()
}

/// A picture with so many bytes of drawing, and a text beside.
fn png(length: usize, text: &str) -> Vec<u8> {
    let ihdr = chunk(b"IHDR", &[0, 0, 0, 7, 0, 0, 0, 9, 8, 2, 0, 0, 0]);
    let text = if text.is_empty() { Vec::new() } else { chunk(b"tEXt", text.as_bytes()) };
    let drawing: Vec<u8> = (0..length).map(|n| n as u8).collect();
    [b"\x89PNG\r\n\x1a\n".to_vec(), ihdr, text, chunk(b"IDAT", &drawing), chunk(b"IEND", b"")].concat()
}

fn pdf(length: usize) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7 Trauermantel ".to_vec();
    pdf.resize(length, b'.');
    pdf
}

/// The URL of a board's files for whoever was welcomed so.
fn files(welcome: &Value, id: &str) -> String {
    let part = |name: &str| welcome["board"][name].as_str().expect("the welcome names the board").to_owned();
    let id = if id.is_empty() { String::new() } else { format!("/{id}") };
    format!("/api/board/{}/files{id}?ticket={}", part("id"), part("ticket"))
}

async fn upload(http: &mut Http, welcome: &Value, kind: &str, body: Vec<u8>) -> Response {
    http.raw("POST", &files(welcome, ""), Some(kind), body).await
}

fn refused(answer: &Response) -> (u16, String) {
    (answer.status, answer.error_code())
}

fn is_somewhere(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).expect("a folder").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return is_somewhere(&path, text);
        }
        // It may go while it is looked at.
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn a_picture_is_cleaned_and_everybody_in_the_room_sees_it() {
    let server = server().await;
    let mut http = server.http();
    let (_host, hosts) = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    let (_guest, guests) = server.enter(ROOM, None).await;
    let plain = png(300_000, "");
    let made = upload(&mut http, &guests, "image/png", png(300_000, "drawn by Zitronenfalter")).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    assert_eq!((&made["type"], &made["bytes"]), (&json!("image/png"), &json!(plain.len())));
    let id = made["id"].as_str().expect("an id");

    let whole = http.get(&files(&hosts, id)).await;
    assert_eq!((whole.status, whole.body == plain), (200, true), "what drew came through, the text did not");
    for (name, value) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "private, max-age=86400, immutable"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(whole.header(name), Some(value), "{name}");
    }
    let range = [("range", "bytes=262140-262150")];
    let part = http.send("GET", &files(&hosts, id), &range, Vec::new()).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &plain[262_140..=262_150]));
    assert_eq!(part.header("content-range"), Some(&*format!("bytes 262140-262150/{}", plain.len())));
    let beyond = http.send("GET", &files(&hosts, id), &[("range", "bytes=400000-")], Vec::new()).await;
    assert_eq!(refused(&beyond), (416, "range_invalid".to_owned()));

    let other_file = http.get(&files(&hosts, "nothing")).await;
    assert_eq!(refused(&other_file), (404, "not_found".to_owned()));
    let mut stranger = guests.clone();
    stranger["board"]["ticket"] = json!("x".repeat(22));
    assert_eq!(http.get(&files(&stranger, id)).await.status, 404, "the ticket is the secret");
    assert_eq!(upload(&mut http, &stranger, "image/png", png(10, "")).await.status, 404);
    http.sent_origin = Some("https://elsewhere.example".to_owned());
    let foreign = upload(&mut http, &guests, "image/png", png(10, "")).await;
    assert_eq!(refused(&foreign), (403, "foreign_origin".to_owned()));
}

#[tokio::test]
async fn wrong_bytes_too_many_bytes_and_watchers_are_refused() {
    let server = server().await;
    let mut http = server.http();
    let (mut host, hosts) = server.enter(ROOM, Some(OWNERS_TOKEN)).await;
    let (_guest, guests) = server.enter(ROOM, None).await;
    for (kind, body, status, code) in [
        ("image/png", pdf(100), 415, "file_type_unknown"),
        ("image/svg+xml", b"<svg/>".to_vec(), 415, "file_type_unknown"),
        ("text/html", png(10, ""), 415, "file_type_unknown"),
        ("image/png", png(1_000, "")[..500].to_vec(), 422, "file_damaged"),
        ("image/png", Vec::new(), 422, "file_damaged"),
        ("image/png", png(400_000, ""), 413, "file_too_large"),
        ("application/pdf", pdf(700_001), 413, "file_too_large"),
    ] {
        let answer = upload(&mut http, &guests, kind, body).await;
        assert_eq!(refused(&answer), (status, code.to_owned()), "{kind}");
    }

    assert_eq!(upload(&mut http, &guests, "application/pdf", pdf(700_000)).await.status, 201);
    let full = upload(&mut http, &hosts, "application/pdf", pdf(400_000)).await;
    assert_eq!(refused(&full), (409, "uploads_full".to_owned()));
    // Of what was refused in the middle nothing is left that would take room.
    let fits = async || {
        let answer = upload(&mut server.http(), &hosts, "image/png", png(290_000, "")).await;
        (answer.status == 201).then_some(())
    };
    until("the rest of the room is free", fits).await;

    host.send(&json!({"type": "configure", "drawing": "hosts"})).await;
    host.next_of("room_changed").await;
    let watcher = upload(&mut http, &guests, "image/png", png(10, "")).await;
    assert_eq!(refused(&watcher), (403, "drawing_not_allowed".to_owned()));
    assert_eq!(upload(&mut http, &hosts, "image/png", png(10, "")).await.status, 201);
}

#[tokio::test]
async fn files_of_a_board_that_is_not_kept_go_with_it() {
    let server = server().await;
    let (socket, welcome) = server.enter(ROOM, None).await;
    let made = upload(&mut server.http(), &welcome, "application/pdf", pdf(600_000)).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert!(is_somewhere(server.data_dir(), "Trauermantel"), "the search finds what is there");
    leave(socket).await;
    until("the room ends", async || (server.figures.rooms.get() == 0).then_some(())).await;
    assert!(!is_somewhere(server.data_dir(), "Trauermantel"));
    assert_eq!(server.figures.board_files_bytes.get(), 0);
}
