//! The server is killed in the middle of drawing, again and again: what it said was on disk is on the board afterwards, and
//! what it had not yet said comes back with its drawer.

mod at_the_board;

use at_the_board::{Guest, keeper};
use serde_json::Value;
use test_support::{Opening, Server, Signalling, within};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Any, Doc, Map, Options, ReadTxn, StateVector, Transact, Update, WriteTxn};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const CLIENT: u64 = 4_711;
const ROUNDS: u32 = 4;

/// A client with a document of its own.
struct Drawer {
    doc: Doc,
    socket: Signalling,
    /// Below this clock everything is on disk, as the server said.
    acknowledged: u32,
    kept: bool,
    synced: bool,
}

impl Drawer {
    async fn open(server: &Server, guest: &Guest, doc: Doc) -> Self {
        let path = format!("{}&frames=1", guest.path());
        let mut socket =
            Signalling::open(server.address(), &path, Opening::default()).await.expect("a board");
        let state_vector = doc.transact().state_vector().encode_v1();
        socket.send_binary(message(0, &state_vector)).await;
        let mut drawer = Self { doc, socket, acknowledged: 0, kept: false, synced: false };
        within("the sync", async {
            while !drawer.synced {
                assert!(drawer.hear().await, "the board is open");
            }
        })
        .await;
        drawer
    }

    /// Takes one message; false when the socket has ended.
    async fn hear(&mut self) -> bool {
        let Ok(message_bytes) = self.socket.next().await else { return false };
        let bytes: Vec<u8> = serde_json::from_value(message_bytes).expect("bytes");
        match bytes.as_slice() {
            [0, 0, rest @ ..] => {
                let theirs = StateVector::decode_v1(payload(rest)).expect("a state vector");
                let missing = self.doc.transact().encode_state_as_update_v1(&theirs);
                self.socket.send_binary(message(1, &missing)).await;
            }
            [0, kind, rest @ ..] => {
                let update = Update::decode_v1(payload(rest)).expect("an update");
                self.doc.transact_mut().apply_update(update).expect("it fits");
                self.synced |= *kind == 1;
            }
            [100, rest @ ..] => {
                let notice: Value = serde_json::from_slice(payload(rest)).expect("JSON");
                self.kept |= notice["policy"] == "keep";
                if notice["type"] == "saved" && notice["client"] == CLIENT {
                    let clock = notice["clock"].as_u64().expect("a clock") as u32;
                    assert!(clock >= self.acknowledged);
                    self.acknowledged = clock;
                }
            }
            _ => {}
        }
        true
    }

    async fn draw(&mut self, number: u32) {
        let update = {
            let mut transaction = self.doc.transact_mut();
            let element = Any::from(std::collections::HashMap::from([("n".to_owned(), Any::from(number))]));
            let elements = transaction.get_or_insert_map("elements");
            elements.insert(&mut transaction, number.to_string(), element);
            transaction.commit();
            transaction.encode_update_v1()
        };
        self.socket.send_binary(message(2, &update)).await;
    }

    fn elements(&self) -> usize {
        let transaction = self.doc.transact();
        transaction.get_map("elements").map_or(0, |elements| elements.len(&transaction) as usize)
    }
}

fn message(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![0, kind];
    let mut length = payload.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(payload);
    out
}

fn payload(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().position(|byte| *byte < 0x80).expect("a length");
    &bytes[length + 1..]
}

fn doc(client: u64) -> Doc {
    Doc::with_options(Options::with_client_id(yrs::block::ClientID::new(client)))
}

#[tokio::test]
async fn a_killed_server_loses_nothing_acknowledged() {
    let mut server = Server::start(SERVER).await;
    server.host("mara").await;
    let door = server.room("mara", "Atelier", "open")["link"].as_str().expect("a link").to_owned();
    let mut drawn = 0;
    let anna = Guest::enter(&server, &door, "Anna", None, &[]).await;
    let mut drawer = Drawer::open(&server, &anna, doc(CLIENT)).await;
    let mut here = vec![keeper(&server, &door, "mara").await, anna];
    within("the board is kept", async { while !drawer.kept && drawer.hear().await {} }).await;
    for round in 1..=ROUNDS {
        // One stroke after the other, and the server dies once enough of them are acknowledged.
        let (enough, mut ended) = (drawn + 40 * round, false);
        while drawer.acknowledged < enough {
            drawer.draw(drawn).await;
            drawn += 1;
            let hearing = tokio::time::timeout(std::time::Duration::from_millis(3), drawer.hear()).await;
            ended |= hearing == Ok(false);
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
        let there = newcomer.doc.transact().state_vector().get(&yrs::block::ClientID::new(CLIENT));
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
        within("the newcomer has all", async {
            while newcomer.elements() < drawn as usize {
                assert!(newcomer.hear().await, "the board is open");
            }
        })
        .await;
    }
    assert_eq!(server.stderr(), "", "nothing of this is an error");
}
