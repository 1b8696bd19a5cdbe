//! The power goes in the middle of drawing and leaves the database's files torn: what is whole of the board opens, a visitor is
//! told when rows of it were damaged, whoever still has the rest brings it back, and a file that is no database any more
//! is left for its operator. Of points to go back to, a damaged one is told as such, and the others are as they were.

mod at_the_board;

use at_the_board::{Drawer, Guest, doc, keeper};
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use test_support::{Server, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const CLIENT: u64 = 4_711;
const SEEDS: u64 = 8;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

/// A room whose board is kept, and somebody who draws.
struct Atelier {
    server: Server,
    door: String,
    drawer: Drawer,
    drawn: u32,
    here: Vec<Guest>,
}

impl Atelier {
    async fn open() -> Self {
        let server = Server::start(SERVER).await;
        server.host("mara").await;
        let door = server.room("mara", "Atelier", "open")["link"].as_str().expect("a link").to_owned();
        let anna = Guest::enter(&server, &door, "Anna", None, &[]).await;
        let mut drawer = Drawer::open(&server, &anna, doc(CLIENT)).await;
        let here = vec![keeper(&server, &door, "mara").await, anna];
        drawer.hear_until("the board is kept", |drawer| drawer.kept).await;
        // What was there before the board is in the file itself, and no tear of its log takes it.
        let server = server.restart().await;
        let mut atelier = Self { server, door, drawer, drawn: 0, here };
        atelier.come_back().await;
        atelier
    }

    /// The drawer's page comes back with its document; all of that is saved.
    async fn come_back(&mut self) {
        let anna = Guest::enter(&self.server, &self.door, "Anna", None, &[]).await;
        let old = std::mem::replace(&mut self.drawer.doc, doc(0));
        self.drawer = Drawer::open(&self.server, &anna, old).await;
        self.here = vec![anna];
        // A stroke shows whose the old ones are.
        self.drawer.draw(self.drawn).await;
        self.drawn += 1;
        let all = self.drawn;
        self.drawer.hear_until("everything is on disk", |drawer| drawer.acknowledged == all).await;
    }

    /// Draws until so many more are acknowledged, and one more.
    async fn draw(&mut self, more: u32) {
        let enough = self.drawn + more;
        while self.drawer.acknowledged < enough {
            self.drawer.draw(self.drawn).await;
            self.drawn += 1;
            assert!(self.drawer.hear_for(Duration::from_millis(3)).await && self.drawn < 20_000);
        }
    }

    /// What a newcomer sees, who stays.
    async fn newcomer(&mut self) -> Drawer {
        let ben = Guest::enter(&self.server, &self.door, "Ben", None, &[]).await;
        let newcomer = Drawer::open(&self.server, &ben, doc(1)).await;
        self.here.push(ben);
        newcomer
    }

    /// The server is killed, its files are torn, and it starts again.
    async fn fall(self, tear: impl FnOnce(&Path)) -> Self {
        let builder = self.server.kill().await;
        tear(builder.data_dir());
        Self { server: builder.start().await, here: Vec::new(), ..self }
    }
}

/// What is seen is the beginning of all that was drawn, and how much of it.
fn beginning(seen: &Drawer, all: &Drawer) -> usize {
    let (seen, all) = (seen.content(), all.content());
    let count = seen.len();
    for number in 0..count {
        let key = format!("{CLIENT}-{number}");
        assert!(seen.get(&key).is_some_and(|value| all.get(&key) == Some(value)), "{key} of {count}");
    }
    count
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).expect("it is there");
    change(&mut bytes);
    std::fs::write(path, bytes).expect("a file");
}

#[tokio::test]
async fn a_torn_log_opens_up_to_its_last_whole_write() {
    let (mut atelier, mut before) = (Atelier::open().await, 0);
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        atelier.draw(25).await;
        atelier = atelier
            .fall(|data| {
                change(&data.join("kegelbahn.db-wal"), |log| {
                    let at = random.below(log.len());
                    if seed % 2 == 0 { log.truncate(at) } else { log[at] ^= 1 << random.below(8) }
                });
            })
            .await;
        let mut seen = atelier.newcomer().await;
        let there = beginning(&seen, &atelier.drawer);
        println!("seed {seed}: {there} of {}, {before} before", atelier.drawn);
        // The start before put the log of its time into the file.
        assert!(there >= before && !seen.damaged, "seed {seed}: nothing older is lost");
        before = there;
        atelier.come_back().await;
        let all = atelier.drawn as usize;
        seen.hear_until("the newcomer has all", |seen| seen.elements() == all).await;
        assert_eq!(seen.content(), atelier.drawer.content(), "seed {seed}");
        assert_eq!(atelier.server.stderr(), "", "a torn log is no error");
    }
}

#[tokio::test]
async fn damaged_rows_are_left_out_and_told() {
    for seed in 0..SEEDS / 2 {
        let (mut random, mut atelier) = (Random(seed), Atelier::open().await);
        atelier.draw(60).await;
        atelier.server = atelier.server.restart().await;
        let hit = random.below(60);
        // The name of a stroke stands in its row; older copies of it may stand elsewhere in the file.
        let name = format!("{CLIENT}-{hit}\u{1}").into_bytes();
        let mut damaged = name.clone();
        damaged[2] ^= 1 << random.below(8);
        atelier = atelier
            .fall(|data| {
                change(&data.join("kegelbahn.db"), |file| {
                    let places: Vec<usize> =
                        (0..file.len() - name.len()).filter(|at| file[*at..].starts_with(&name)).collect();
                    assert!(!places.is_empty(), "stroke {hit} is in the file");
                    places.iter().for_each(|at| file[*at..*at + name.len()].copy_from_slice(&damaged));
                });
            })
            .await;
        let mut seen = atelier.newcomer().await;
        let there = beginning(&seen, &atelier.drawer);
        assert!(seen.damaged && there <= hit, "seed {seed}: {there} strokes, {hit} was hit");
        assert!(atelier.server.stderr().contains("a kept board is damaged; its sound parts are used"));
        atelier.come_back().await;
        let all = atelier.drawn as usize;
        seen.hear_until("the newcomer has all", |seen| seen.elements() == all).await;

        atelier.server = atelier.server.restart().await;
        let file = std::fs::read(atelier.server.data_dir().join("kegelbahn.db")).expect("it is there");
        assert!(file.windows(damaged.len()).any(|bytes| bytes == damaged), "the damaged row is set aside");
        let after = atelier.newcomer().await;
        assert!(!after.damaged && after.content() == atelier.drawer.content(), "seed {seed}");
    }
}

/// The URL of the versions of a guest's board, or of one.
fn versions(guest: &Guest, id: &str) -> String {
    let (path, ticket) = guest
        .path()
        .split_once('?')
        .map(|(path, query)| (path.to_owned(), query.to_owned()))
        .expect("a ticket");
    format!("{path}/versions{id}?{ticket}")
}

/// A host makes a point to go back to; one a second may be made.
async fn remember(server: &Server, host: &Guest) -> String {
    let ask = async || {
        let made = server.http().post(&versions(host, ""), &json!({"reason": "by_hand"})).await;
        (made.status == 201).then(|| made.json()["id"].as_str().expect("an id").to_owned())
    };
    until("a version is made", ask).await
}

/// Each bit flipped in one of two versions, or in whatever is around them: what comes is as it was, or does not come.
#[tokio::test]
async fn of_damaged_versions_each_is_told_and_the_others_come_back() {
    let mut atelier = Atelier::open().await;
    let mut host = keeper(&atelier.server, &atelier.door, "mara").await;
    let (mut ids, mut states) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        atelier.draw(30).await;
        ids.push(remember(&atelier.server, &host).await);
    }
    let read = async |server: &Server, host: &Guest, id: &str| {
        server.http().get(&versions(host, &format!("/{id}"))).await
    };
    for id in &ids {
        states.push(read(&atelier.server, &host, id).await.body);
    }
    drop(host);
    atelier.server = atelier.server.restart().await;
    let shelves = atelier.server.data_dir().join("boards");
    let shelf = std::fs::read_dir(&shelves).expect("shelves").flatten().map(|entry| entry.path());
    let shelf =
        shelf.into_iter().find(|path| path.extension().is_some_and(|end| end == "db")).expect("a shelf");
    let whole = std::fs::read(&shelf).expect("it is there");
    let mut random = Random(1);
    for seed in 0..2 * SEEDS {
        // First in what was drawn, then anywhere.
        let name = format!("{CLIENT}-{}\u{1}", random.below(30)).into_bytes();
        let places: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(&name)).collect();
        assert_eq!(places.len(), 2, "both have this stroke");
        let at = if seed < SEEDS { places[seed as usize % 2] } else { random.below(whole.len()) };
        atelier = atelier
            .fall(|_| {
                let mut torn = whole.clone();
                torn[at] ^= 1 << random.below(7);
                std::fs::write(&shelf, torn).expect("a file");
                // What the time before left beside it belongs to another file.
                for end in ["db-wal", "db-shm"] {
                    std::fs::remove_file(shelf.with_extension(end)).ok();
                }
            })
            .await;
        host = keeper(&atelier.server, &atelier.door, "mara").await;
        let mut damaged = 0;
        for (id, state) in ids.iter().zip(&states) {
            let answer = read(&atelier.server, &host, id).await;
            match answer.status {
                200 => assert!(answer.body == *state, "seed {seed}: another state at byte {at}"),
                410 => {
                    assert_eq!(answer.error_code(), "version_damaged");
                    damaged += 1;
                }
                404 | 500 if seed >= SEEDS => damaged += 1,
                other => panic!("seed {seed}: {other} at byte {at}"),
            }
        }
        println!("seed {seed}: {damaged} of 2 are damaged by byte {at} of {}", whole.len());
        assert!(seed >= SEEDS || damaged == 1, "seed {seed}: {damaged}");
        let seen = atelier.newcomer().await;
        assert!(
            !seen.damaged && seen.content() == atelier.drawer.content(),
            "seed {seed}: the board is whole"
        );
        if seed < SEEDS {
            remember(&atelier.server, &host).await;
        }
        drop(host);
    }
}

#[tokio::test]
async fn a_file_without_its_tail_is_left_as_it_is() {
    let mut atelier = Atelier::open().await;
    atelier.draw(60).await;
    atelier.server = atelier.server.restart().await;
    let (builder, mut random) = (atelier.server.kill().await, Random(0));
    let path = builder.data_dir().join("kegelbahn.db");
    let whole = std::fs::read(&path).expect("it is there");
    for _ in 0..SEEDS {
        let torn = &whole[..1 + random.below(whole.len() - 1)];
        std::fs::write(&path, torn).expect("a file");
        let refused = builder.run(&[], "");
        let plain = refused.stderr.contains("is damaged") && refused.stderr.contains("nothing was changed");
        assert!(refused.code != 0 && plain, "{} of {} bytes: {refused:?}", torn.len(), whole.len());
        assert!(std::fs::read(&path).expect("it is there") == torn, "left as it is");
    }
    std::fs::write(&path, &whole).expect("the backup");
    let server = builder.start().await;
    let mut atelier = Atelier { server, ..atelier };
    let seen = atelier.newcomer().await;
    assert!(!seen.damaged && seen.content() == atelier.drawer.content());
}
