//! The rules of the house that a compiler does not know: which crate may name which, who reads the clock, how long
//! a file may be. Each rule is a function over file texts, and each is shown to catch a violation.

use std::fs;
use std::path::Path;

/// A file of the repository: its path from the root, and what it says.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The text without comments, and for Rust without the unit tests at its foot: what the rules look at.
    fn code(&self) -> String {
        let is_declaration = |rest: &str| rest.lines().next().is_some_and(|line| line.ends_with(';'));
        let mut product = self.text.as_str();
        for (at, mark) in self.text.match_indices("\n#[cfg(test)]\n") {
            if !is_declaration(&self.text[at + mark.len()..]) {
                product = &self.text[..at];
                break;
            }
        }
        let without_comment = |line: &str| match line.find("//") {
            Some(at) if !line[..at].ends_with(':') => line[..at].to_owned(),
            _ => line.to_owned(),
        };
        product.lines().map(without_comment).collect::<Vec<_>>().join("\n")
    }

    /// Files that only tests are made of.
    fn is_for_tests(&self) -> bool {
        ["tests.rs", "testing.rs"].iter().any(|ending| self.path.ends_with(ending))
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// All text files of the repository that people write.
fn tree() -> Vec<Source> {
    const ENDINGS: [&str; 15] = [
        ".rs", ".ts", ".tsx", ".mjs", ".js", ".css", ".html", ".toml", ".md", ".json", ".yml", ".yaml",
        ".sh", "run", ".sql",
    ];
    const SKIPPED: [&str; 6] = ["target", "node_modules", "dist", "generated", "data", ".git"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the repository can be listed") {
            let entry = entry.expect("an entry can be read");
            let name = entry.file_name().into_string().expect("names are UTF-8");
            if entry.file_type().expect("an entry has a type").is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    open.push(entry.path());
                }
            } else if ENDINGS.iter().any(|ending| name.ends_with(ending)) && !name.ends_with("-lock.json") {
                let path = entry.path();
                let text = fs::read_to_string(&path).expect("source files are UTF-8");
                let path =
                    path.strip_prefix(root).expect("below the root").to_str().expect("UTF-8").to_owned();
                found.push(Source { path, text });
            }
        }
    }
    assert!(found.len() > 40, "the repository has more files than {}", found.len());
    found
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether `code` names something that begins with `word`, as a word of its own.
fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| at == 0 || !is_word_byte(code.as_bytes()[at - 1]))
}

// ── Which crate may name which ──────────────────────────────────────────────────────────────────────────────────

/// `src → web → actors → media-plane`, storage behind the trait of `actors`; nothing back, no skip from web.
const ARROWS: [(&str, &[&str]); 12] = [
    ("kegelbahn", &["web", "actors", "storage"]),
    ("web", &["actors", "client-assets"]),
    ("actors", &["media-plane"]),
    ("storage", &["actors"]),
    ("media-plane", &[]),
    ("media-plane-fuzz", &["media-plane"]),
    ("actors-fuzz", &["actors"]),
    ("web-fuzz", &[]),
    ("hold-music", &[]),
    ("client-assets", &[]),
    ("test-support", &[]),
    ("kegelbahn-load", &["test-support"]),
];

/// Packages that a crate must not have, by the beginning of their names.
const FOREIGN: [(&str, &[&str]); 2] = [
    ("media-plane", &["actix", "serde", "tokio", "http", "hyper", "reqwest", "tungstenite", "async"]),
    ("actors", &["actix-web", "actix-http", "actix-ws", "http", "hyper", "rustls", "sqlx"]),
];

/// All packages of one kind that a manifest names, whatever the target.
fn dependencies(manifest: &toml::Table, kind: &str) -> Vec<String> {
    let mut tables = vec![manifest];
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        tables.extend(targets.values().filter_map(toml::Value::as_table));
    }
    let of_kind = tables.into_iter().filter_map(|table| table.get(kind)?.as_table());
    of_kind.flat_map(|table| table.keys().cloned()).collect()
}

fn arrows(tree: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let local: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    for source in tree.iter().filter(|source| source.name() == "Cargo.toml") {
        let manifest: toml::Table = source.text.parse().expect("a manifest is TOML");
        let name = manifest["package"]["name"].as_str().expect("a package has a name");
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name} is a new crate: give it its place in ARROWS"));
            continue;
        };
        for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
            for dependency in dependencies(&manifest, kind) {
                let test_only = kind == "dev-dependencies" && name != "media-plane";
                if local.contains(&dependency.as_str())
                    && !allowed.contains(&dependency.as_str())
                    && !test_only
                {
                    wrong.push(format!("{name} must not depend on {dependency}"));
                }
                let foreign =
                    FOREIGN.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, list)| *list);
                if !test_only && foreign.iter().any(|begin| dependency.starts_with(begin)) {
                    wrong.push(format!("{name} must not know {dependency}"));
                }
            }
        }
    }
    wrong
}

#[test]
fn dependencies_point_one_way() {
    assert_eq!(arrows(&tree()), [""; 0]);
}

#[test]
fn a_dependency_the_wrong_way_is_caught() {
    let manifest = |name: &str, dependency: &str| Source {
        path: format!("{name}/Cargo.toml"),
        text: format!("[package]\nname = \"{name}\"\n[{dependency}]\n"),
    };
    for (name, dependency) in [
        ("web", "dependencies.media-plane"),
        ("actors", "dependencies.web"),
        ("actors", "build-dependencies.actix-web"),
        ("media-plane", "dependencies.serde_json"),
        ("media-plane", "dev-dependencies.tokio"),
        ("media-plane", "target.x.dependencies.actix"),
        ("newcomer", "dependencies.web"),
    ] {
        assert_eq!(arrows(&[manifest(name, dependency)]).len(), 1, "{name} {dependency}");
    }
    assert_eq!(arrows(&[manifest("web", "dependencies.actors")]), [""; 0]);
}

// ── Who may import what ─────────────────────────────────────────────────────────────────────────────────────────

/// A word of the code, where it may stand, and where it is forbidden otherwise (beginnings of paths).
struct Import {
    word: &'static str,
    below: &'static [&'static str],
    allowed: &'static [&'static str],
}

const IMPORTS: [Import; 8] = [
    Import { word: "media_plane", below: &["web/src/", "src/"], allowed: &[] },
    Import { word: "actix_web", below: &["actors/", "src/"], allowed: &[] },
    Import { word: "actix", below: &["actors/media-plane/", "actors/hold-music/"], allowed: &[] },
    Import { word: "tokio", below: &["actors/media-plane/", "actors/hold-music/"], allowed: &[] },
    Import { word: "sqlx", below: &["src/", "web/", "actors/src/", "actors/media-plane/"], allowed: &[] },
    Import {
        word: "yrs",
        below: &["src/", "web/", "actors/"],
        allowed: &["actors/src/whiteboard/document.rs", "actors/src/whiteboard/presence.rs"],
    },
    Import {
        word: "rtc_",
        below: &["src/", "web/", "actors/"],
        allowed: &["actors/media-plane/src/transport"],
    },
    Import { word: "webrtc", below: &["src/", "web/src/", "actors/"], allowed: &[] },
];

fn imports(tree: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let product = |source: &&Source| {
        let below_src = source.path.starts_with("src/") || source.path.contains("/src/");
        source.is_rust() && below_src && !source.is_for_tests()
    };
    for source in tree.iter().filter(product) {
        let code = source.code();
        let used = |word: &str| names(&code, &format!("{word}::")) || names(&code, &format!("use {word}"));
        // `rtc_` is the beginning of a family of names.
        let family = |word: &str| word.ends_with('_') && names(&code, word);
        for rule in &IMPORTS {
            let watched = rule.below.iter().any(|begin| source.path.starts_with(begin));
            let allowed = rule.allowed.iter().any(|begin| source.path.starts_with(begin));
            if watched && !allowed && (used(rule.word) || family(rule.word)) {
                wrong.push(format!("{} must not name {}", source.path, rule.word));
            }
        }
    }
    wrong
}

#[test]
fn every_crate_names_only_what_it_may() {
    assert_eq!(imports(&tree()), [""; 0]);
}

#[test]
fn a_forbidden_import_is_caught() {
    let at =
        |path: &str, text: &str| imports(&[Source { path: path.to_owned(), text: text.to_owned() }]).len();
    assert_eq!(at("web/src/signalling/socket.rs", "use media_plane::PeerId;"), 1);
    assert_eq!(at("actors/src/room/actor.rs", "fn f() { actix_web::rt(); }"), 1);
    assert_eq!(at("actors/src/room/meeting.rs", "use yrs::Doc;"), 1);
    assert_eq!(at("actors/media-plane/src/forward.rs", "use rtc_srtp::context::Context;"), 1);
    assert_eq!(at("actors/src/whiteboard/document.rs", "use yrs::Doc;"), 0);
    assert_eq!(at("actors/media-plane/src/transport/dtls.rs", "use rtc_dtls::Endpoint;"), 0);
    assert_eq!(at("actors/src/room/meeting.rs", "// yrs::Doc is elsewhere"), 0);
    assert_eq!(at("actors/src/room/meeting.rs", "use mayrs::Doc;"), 0);
}

// ── Pure files ──────────────────────────────────────────────────────────────────────────────────────────────────

/// The shells: files that carry between the pure ones and the world. Everything else in `actors` and the media
/// plane is pure.
const SHELL_NAMES: [&str; 4] = ["mod.rs", "lib.rs", "actor.rs", "messages.rs"];

/// More shells of `actors`, each for its reason.
const SHELLS: [&str; 10] = [
    // An actor beside the room's other routing.
    "actors/src/sfu/track_router.rs",
    // The way down to the media plane: queues in, messages out.
    "actors/src/sfu/link.rs",
    // The bounded queues from a board socket's reader and to its writer.
    "actors/src/whiteboard/intake.rs",
    "actors/src/whiteboard/outlet.rs",
    // Handlers of the room's actor.
    "actors/src/room/moderation.rs",
    "actors/src/room/streams.rs",
    // Handlers of the directory's actor.
    "actors/src/room_directory/sweeper.rs",
    // Handlers of the board's actor.
    "actors/src/whiteboard/version_keeping.rs",
    // Carries work to threads that may take their time.
    "actors/src/whiteboard/aside.rs",
    // Handlers of the participant's actor.
    "actors/src/participant/streaming.rs",
];

/// The outermost loops: the only files of the libraries that read the clock. Actors (`actor.rs`) are such loops.
const CLOCK_READERS: [&str; 6] = [
    "actors/src/sfu/track_router.rs",
    "actors/media-plane/src/worker.rs",
    "web/src/clock.rs",
    "web/src/guard/rate_limits.rs",
    "web/src/signalling/socket.rs",
    "web/src/board/carrier/turns.rs",
];

fn impurities(tree: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let product =
        |source: &&Source| source.is_rust() && source.path.contains("/src/") && !source.is_for_tests();
    for source in tree.iter().filter(product) {
        let library = ["actors/", "web/"].iter().any(|begin| source.path.starts_with(begin));
        let code = source.code();
        let reads = ["Instant::now", "SystemTime::now", "clock::now", ".elapsed()"];
        let loops = source.name() == "actor.rs" || CLOCK_READERS.contains(&source.path.as_str());
        if library && !loops {
            let read = reads.iter().filter(|call| code.contains(**call));
            wrong.extend(read.map(|call| format!("{} reads the clock: {call}", source.path)));
        }
        let shell = SHELL_NAMES.contains(&source.name()) || SHELLS.contains(&source.path.as_str());
        if source.path.starts_with("actors/src/") && !shell {
            let forbidden =
                ["actix", "actix_rt", "tokio"].iter().filter(|word| names(&code, &format!("{word}::")));
            wrong.extend(forbidden.map(|word| format!("{} is pure but names {word}", source.path)));
        }
    }
    wrong
}

#[test]
fn pure_files_know_neither_clock_nor_runtime() {
    assert_eq!(impurities(&tree()), [""; 0]);
}

#[test]
fn an_impure_file_is_caught() {
    let at =
        |path: &str, text: &str| impurities(&[Source { path: path.to_owned(), text: text.to_owned() }]).len();
    assert_eq!(at("actors/src/room/meeting.rs", "let now = Instant::now();"), 1);
    assert_eq!(at("actors/src/room/meeting.rs", "let age = began.elapsed();"), 1);
    assert_eq!(at("actors/src/room/meeting.rs", "use tokio::sync::mpsc;"), 1);
    assert_eq!(at("actors/src/room/meeting.rs", "impl actix::Message for X {}"), 1);
    assert_eq!(at("actors/src/room/actor.rs", "use actix::Actor;"), 0);
    assert_eq!(at("actors/media-plane/src/history.rs", "std::time::SystemTime::now()"), 1);
    let tested = "fn f() {}\n#[cfg(test)]\nmod tests {\n let now = Instant::now(); }";
    assert_eq!(at("actors/src/room/meeting.rs", tested), 0);
    let declared = "\n#[cfg(test)]\nmod tests;\nlet now = Instant::now();";
    assert_eq!(at("actors/src/room/meeting.rs", declared), 1);
    assert_eq!(at("actors/src/room/meeting_tests.rs", "Instant::now()"), 0);
}

#[test]
fn the_lists_of_exceptions_name_files_that_exist() {
    let tree = tree();
    for path in SHELLS.iter().chain(&CLOCK_READERS) {
        assert!(tree.iter().any(|source| source.path == *path), "{path} is gone: take it off the list");
    }
}

// ── Sizes ───────────────────────────────────────────────────────────────────────────────────────────────────────

const LINES_MAX: usize = 500;
const FOLDERS_MAX: usize = 3;

fn sizes(tree: &[Source]) -> Vec<String> {
    const COUNTED: [&str; 6] = [".rs", ".ts", ".tsx", ".mjs", ".css", "run"];
    let mut wrong = Vec::new();
    for source in tree.iter().filter(|source| COUNTED.iter().any(|ending| source.path.ends_with(ending))) {
        let lines = source.text.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!("{} has {lines} lines: split it where its subject splits", source.path));
        }
        let below = source.path.split_once("src/").map_or("", |(_, below)| below);
        if below.matches('/').count() > FOLDERS_MAX {
            wrong.push(format!("{} lies more than {FOLDERS_MAX} folders below src", source.path));
        }
    }
    wrong
}

#[test]
fn files_and_folders_stay_small() {
    assert_eq!(sizes(&tree()), [""; 0]);
}

#[test]
fn a_long_file_and_a_deep_folder_are_caught() {
    let source = |path: &str, lines: usize| Source { path: path.to_owned(), text: "x\n".repeat(lines) };
    assert_eq!(sizes(&[source("src/main.rs", 500)]), [""; 0]);
    assert_eq!(sizes(&[source("src/main.rs", 501)]).len(), 1);
    assert_eq!(sizes(&[source("web/client/src/a/b/c/d.tsx", 1)]), [""; 0]);
    assert_eq!(sizes(&[source("web/client/src/a/b/c/d/e.tsx", 1)]).len(), 1);
}

// ── Paths of somebody's machine ─────────────────────────────────────────────────────────────────────────────────

fn machine_paths(tree: &[Source]) -> Vec<String> {
    // Put together here so that this file passes its own rule.
    let homes = [["/", "work/"], ["/", "root/"], ["/Users", "/"]].map(|parts| parts.concat());
    let mut wrong = Vec::new();
    for source in tree {
        let words = source.text.split(|c: char| c.is_whitespace() || "\"'`()<>=,".contains(c));
        let found = words.filter(|word| homes.iter().any(|home| word.starts_with(home.as_str())));
        wrong.extend(found.map(|word| format!("{} names a path of one machine: {word}", source.path)));
    }
    wrong
}

#[test]
fn nothing_names_a_path_of_one_machine() {
    assert_eq!(machine_paths(&tree()), [""; 0]);
}

#[test]
fn a_path_of_one_machine_is_caught() {
    let says = |text: String| machine_paths(&[Source { path: "README.md".to_owned(), text }]).len();
    assert_eq!(says(["see /", "work/main"].concat()), 1);
    assert_eq!(says("see web/root/x and ./home/y".to_owned()), 0);
}
