//! Yjs in Node at boards of the real server, over lines that drop, double and reorder messages and break, with the server
//! killed in between: in the end everybody has the same. 200 seeds; `KEGELBAHN_SEEDS=5000` makes it so many.

mod at_the_board;

use at_the_board::{Guest, keeper};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use test_support::Server;

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const BOARDS: usize = 4;
const PEOPLE: usize = 3;
/// Lives of the server.
const LIVES: u64 = 4;

/// The program; it ends when this is dropped.
struct Yjs(Child);

impl Drop for Yjs {
    fn drop(&mut self) {
        // An error means that it has ended before.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn program() -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/board-client");
    if !folder.join("node_modules/.package-lock.json").exists() {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
        assert!(npm.status().expect("npm starts").success(), "npm ci");
    }
    folder.join("converge.mjs")
}

#[tokio::test]
async fn boards_converge_over_bad_lines() {
    let seeds = std::env::var("KEGELBAHN_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(200_u64);
    let mut server = Server::start(SERVER).await;
    server.host("mara").await;
    let doors: Vec<String> = (0..BOARDS)
        .map(|board| {
            server.room("mara", &format!("Tafel {board}"), "open")["link"]
                .as_str()
                .expect("a link")
                .to_owned()
        })
        .collect();
    let mut yjs = Command::new("node")
        .arg(program())
        .arg(server.address().port().to_string())
        .env("NODE_NO_WARNINGS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map(Yjs)
        .expect("node starts");
    let mut commands = yjs.0.stdin.take().expect("piped");
    let answers = BufReader::new(yjs.0.stdout.take().expect("piped"));
    let mut answers = Some(answers);
    for life in 0..LIVES {
        let (mut boards, mut guests) = (Vec::new(), Vec::new());
        for door in &doors {
            guests.push(keeper(&server, door, "mara").await);
            let mut paths = Vec::new();
            for number in 0..PEOPLE {
                let guest = Guest::enter(&server, door, &format!("Gast {number}"), None, &[]).await;
                paths.push(guest.path());
                guests.push(guest);
            }
            boards.push(paths);
        }
        let range = [seeds * life / LIVES, seeds * (life + 1) / LIVES];
        writeln!(commands, "{}", json!({"boards": boards, "seeds": range})).expect("the program listens");
        let mut reader = answers.take().expect("one reader");
        let heard = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            reader.read_line(&mut line).map(|_| (reader, line))
        });
        let (reader, line) = heard.await.expect("no panic").expect("the program answers");
        answers = Some(reader);
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(answer["done"], range[1] - range[0], "{line}");
        println!("life {life}: {line}");
        if life + 1 < LIVES {
            server = server.kill_and_restart().await;
        }
    }
    assert_eq!(server.stderr(), "", "nothing of this is an error");
}
