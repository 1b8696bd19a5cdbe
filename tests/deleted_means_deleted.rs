//! What was deleted is in no file of the data directory any more: not in the database, not in its journal, not in free
//! pages. And what nobody asked to keep was never there.

use serde_json::json;
use std::path::Path;
use test_support::{Person, Server};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

/// The files below a folder that contain a text, in the encodings it may be stored in.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else {
            let bytes = std::fs::read(&path).expect("a file");
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[tokio::test]
async fn a_deleted_room_leaves_no_trace() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    let room = http.post("/api/rooms", &json!({"name": "Zitronenfalter"})).await.json();
    let (id, link) = (room["id"].as_str().unwrap(), room["link"].as_str().unwrap());
    let path = format!("/api/rooms/{id}");
    assert_eq!(http.request("PATCH", &path, Some(&json!({"short_name": "zitrone-7"}))).await.status, 200);
    assert!(!files_with(server.data_dir(), "Zitronenfalter").is_empty(), "the search finds what is there");
    let tokens = format!("{path}/tokens");
    let mut made = Vec::new();
    for name in ["Kaisermantel", "Trauermantel"] {
        let token = http.post(&tokens, &json!({"right": "publish", "name": name})).await;
        assert_eq!(token.status, 201, "{token:?}");
        assert!(!files_with(server.data_dir(), name).is_empty(), "the search finds what is there");
        let secret = token.json()["token"].as_str().unwrap().to_owned();
        assert_eq!(files_with(server.data_dir(), &secret), [""; 0], "only a hash is kept");
        made.push(token.json()["details"]["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(http.request("DELETE", &format!("{tokens}/{}", made[0]), None).await.status, 204);
    for text in ["Kaisermantel", made[0].as_str()] {
        assert_eq!(files_with(server.data_dir(), text), [""; 0], "{text}");
    }

    assert_eq!(http.request("DELETE", &path, None).await.status, 204);
    for text in ["Zitronenfalter", "zitrone-7", link, "Trauermantel", &made[1]] {
        assert_eq!(files_with(server.data_dir(), text), [""; 0], "{text}");
    }
}

#[tokio::test]
async fn a_deleted_account_takes_its_rooms_along() {
    let server = Server::start(SERVER).await;
    server.host("gudrun.zitrone").await;
    server.room("gudrun.zitrone", "Zitronenfalter", "open");
    assert!(!files_with(server.data_dir(), "gudrun.zitrone").is_empty(), "the search finds what is there");
    let deleted = server.run(&["account", "delete", "gudrun.zitrone"], "");
    assert_eq!(deleted.code, 0, "{deleted:?}");
    for text in ["gudrun.zitrone", "Zitronenfalter"] {
        assert_eq!(files_with(server.data_dir(), text), [""; 0], "{text}");
    }
}

#[tokio::test]
async fn a_meeting_leaves_no_names_behind() {
    let mut server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let guest = Person::enter(&server, room["link"].as_str().unwrap(), "Apollofalter", 1).await;
    guest.media.speak(20);
    assert_eq!(files_with(server.data_dir(), "Apollofalter"), [""; 0], "while they are in");
    guest.say(json!({"type": "leave"})).await;
    guest.heard("bye").await;
    server.terminate();
    server.ended().await;
    assert_eq!(files_with(server.data_dir(), "Apollofalter"), [""; 0], "afterwards");
    let logged = format!("{}{}", server.stdout(), server.stderr());
    for secret in ["Apollofalter", "Plenum", guest.id.as_str(), guest.resume.as_str()] {
        assert!(!logged.contains(secret), "{secret} was logged: {logged}");
    }
}

#[tokio::test]
async fn a_kept_board_goes_with_its_room_to_the_last_picture() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let path = format!("/api/rooms/{}", room["id"].as_str().unwrap());
    let keep = json!({"keeping": {"policy": "keep"}});
    assert_eq!(http.request("PATCH", &path, Some(&keep)).await.status, 200);
    let guest = Person::enter(&server, room["link"].as_str().unwrap(), "Juna", 1).await;
    let board = guest.heard("welcome").await["board"].clone();
    let part = |name: &str| board[name].as_str().unwrap().to_owned();
    let files = format!("/api/board/{}/files?ticket={}", part("id"), part("ticket"));
    let slides = b"%PDF-1.7 Schwalbenschwanz".to_vec();
    let made = server.http().raw("POST", &files, Some("application/pdf"), slides).await;
    assert_eq!(made.status, 201, "{made:?}");
    guest.say(json!({"type": "leave"})).await;
    guest.heard("bye").await;
    assert!(!files_with(server.data_dir(), "Schwalbenschwanz").is_empty(), "it is kept");
    assert_eq!(http.request("DELETE", &path, None).await.status, 204);
    assert_eq!(files_with(server.data_dir(), "Schwalbenschwanz"), [""; 0]);
}
