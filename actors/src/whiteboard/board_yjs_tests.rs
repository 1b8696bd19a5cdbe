//! Yjs itself, in Node, at a board whose history is compacted in made-up time.

use super::history::draw_for;
use super::*;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A document of Yjs. Its process ends when this is dropped.
pub(super) struct Yjs {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Yjs {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/board-client");
        if !folder.join("node_modules/.package-lock.json").exists() {
            let mut npm = Command::new("npm");
            npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
            assert!(npm.status().expect("npm starts").success(), "npm ci");
        }
        let mut node = Command::new("node");
        let node = node.arg(folder.join("mirror.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = node.spawn().expect("node starts");
        let commands = child.stdin.take().expect("piped");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, commands, answers }
    }

    fn ask(&mut self, command: &Value) -> Value {
        writeln!(self.commands, "{command}").expect("the program listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the program answers");
        serde_json::from_str(&line).expect("JSON")
    }

    /// What it has to say to a command.
    fn frames(&mut self, command: &Value) -> Vec<Bytes> {
        let answer = self.ask(command);
        let frames = answer["frames"].as_array().expect("frames").iter();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let bytes = |hex: &str| hex.as_bytes().chunks(2).map(byte).collect::<Vec<u8>>();
        frames.map(|hex| bytes(hex.as_str().expect("hex")).into()).collect()
    }

    pub(super) fn hear(&mut self, frame: &Bytes) -> Vec<Bytes> {
        let hex: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
        self.frames(&json!({ "hear": hex }))
    }

    fn content(&mut self) -> Value {
        self.ask(&json!({"content": true}))["content"].take()
    }
}

impl Drop for Yjs {
    fn drop(&mut self) {
        // An error means that it has ended before.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Table {
    /// A document of Yjs comes to the board, with what it has.
    fn join_yjs(&mut self, name: &str, mut yjs: Yjs, command: &Value) -> SocketId {
        let id = self.board.open(self.now, drawer(name, true), false);
        let frames = yjs.frames(command);
        self.yjs.insert(id, yjs);
        frames.iter().for_each(|frame| self.send(id, frame));
        id
    }

    fn yjs_draws(&mut self, id: SocketId, command: &Value) {
        let frames = self.yjs.get_mut(&id).expect("here").frames(command);
        assert_eq!(frames.len(), 1, "{command}");
        self.send(id, &frames[0]);
        self.wait(ms(100));
    }

    /// Everybody has what this peer has.
    fn assert_equal(&mut self, peer: SocketId) {
        let mut text = String::new();
        self.people[&peer].content().0.to_json(&mut text);
        let content: Value = serde_json::from_str(&text).unwrap();
        assert!(content.as_object().is_some_and(|elements| elements.len() > 10));
        for (id, yjs) in &mut self.yjs {
            assert_eq!(yjs.content(), content, "{id:?}");
        }
        for other in self.people.values() {
            assert_eq!(other.content(), self.people[&peer].content());
        }
    }
}

#[test]
fn yjs_goes_on_where_the_history_was_compacted() {
    let mut table = Table::default();
    let people = [table.join("anna", Peer::new(1), true), table.join("ben", Peer::new(2), true)];
    let cleo = table.join_yjs("cleo", Yjs::start(), &json!({"join": true}));
    for minute in 0..3 {
        table.yjs_draws(cleo, &json!({"set": [format!("cleo {minute}"), "x"]}));
        table.yjs_draws(cleo, &json!({"set": ["1 0", "by Cleo"]}));
        draw_for(&mut table, &people, 60, "stroke");
    }
    assert!(table.compacted > 0);
    table.assert_equal(people[0]);

    // Whoever comes gets the compacted board, and draws over it as does who was there all the time.
    let dora = table.join_yjs("dora", Yjs::start(), &json!({"join": true}));
    table.assert_equal(people[0]);
    for (who, key) in [(cleo, "1 2"), (dora, "1 2"), (dora, "cleo 0"), (cleo, "cleo 0"), (dora, "2 4")] {
        table.yjs_draws(who, &json!({"set": [key, format!("{}", who.0)]}));
        table.assert_equal(people[0]);
    }
    table.yjs_draws(dora, &json!({"remove": "2 6"}));
    table.yjs_draws(cleo, &json!({"remove": "cleo 1"}));
    assert_eq!((table.seen("2 6"), table.seen("cleo 1")), (None, None));

    // A short loss of the line, with drawing on both sides, over a compaction.
    let compacted = table.compacted;
    let mut copy = table.yjs.remove(&cleo).expect("here");
    table.board.close(cleo);
    copy.frames(&json!({"set": ["while away", "c"]}));
    draw_for(&mut table, &people, 40, "meanwhile");
    let cleo = table.join_yjs("cleo", copy, &json!({"come_back": true}));
    table.wait(ms(2_000));
    table.assert_equal(people[0]);
    assert_eq!(table.seen("while away").as_deref(), Some("c"));
    draw_for(&mut table, &people, 120, "later");
    assert!(table.compacted > compacted);
    table.assert_equal(people[0]);
    assert_eq!(table.closed, []);

    // One that was away for too long is told so.
    let copy = table.yjs.remove(&cleo).expect("here");
    table.board.close(cleo);
    draw_for(&mut table, &people, 200, "long after");
    let cleo = table.join_yjs("cleo", copy, &json!({"come_back": true}));
    assert_eq!(table.closed, [(cleo, CLOSE_STALE)]);
}
