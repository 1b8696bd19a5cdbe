//! What the tests of this folder share: seeded randomness and a Yjs client.

use super::schema::TEXT_MAX;
use super::validator::{self, Frame};
use super::wire::{AWARENESS, STEP_1, STEP_2, UPDATE, awareness_message, put_buffer, put_uint, sync_message};
use bytes::Bytes;
use yrs::block::ClientID;
use yrs::types::ToJson;
pub(super) use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
pub(super) use yrs::{Any, Doc, Map, MapPrelim, Out, ReadTxn, Text, Transact, Update, WriteTxn};
use yrs::{Array, ArrayPrelim, GetString, OffsetKind, Options, StateVector};

pub(super) fn client_id(client: u64) -> ClientID {
    ClientID::new(client)
}

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// A presence frame of one entry.
pub(super) fn pointing(client: u64, clock: u64, state: &str) -> Bytes {
    let mut payload = vec![1];
    put_uint(&mut payload, client);
    put_uint(&mut payload, clock);
    put_buffer(&mut payload, state.as_bytes());
    awareness_message(&payload)
}

/// The entries of a presence frame: client and state.
pub(super) fn pointed(frame: &Bytes) -> Vec<(u64, serde_json::Value)> {
    assert_eq!(frame[0], AWARENESS);
    let Ok(Frame::Awareness(payload)) = validator::frame(frame) else { panic!("not presence") };
    let entries = validator::awareness(payload).unwrap();
    entries.iter().map(|entry| (entry.client, serde_json::from_str(entry.state).unwrap())).collect()
}

/// A client with a document of its own.
pub(super) struct Peer {
    pub(super) doc: Doc,
}

impl Peer {
    pub(super) fn new(client: u64) -> Self {
        let options =
            Options { offset_kind: OffsetKind::Utf16, ..Options::with_client_id(ClientID::new(client)) };
        Self { doc: Doc::with_options(options) }
    }

    /// Changes the document and returns the update that says so.
    pub(super) fn change(&self, change: impl FnOnce(&mut yrs::TransactionMut<'_>)) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        change(&mut transaction);
        transaction.commit();
        transaction.encode_update_v1()
    }

    /// Sets an element of one field; long texts are pictures.
    pub(super) fn set(&self, key: &str, value: impl Into<Any>) -> Vec<u8> {
        let value = value.into();
        // Texts have their longest; what is longer comes in pieces.
        let pieces: Vec<Any> = match &value {
            Any::String(text) if text.len() > TEXT_MAX => text
                .as_bytes()
                .chunks(TEXT_MAX)
                .map(|piece| Any::from(String::from_utf8_lossy(piece).as_ref()))
                .collect(),
            _ => vec![value],
        };
        let field = |at: usize| if at == 0 { "value".to_owned() } else { at.to_string() };
        let named = pieces.into_iter().enumerate().map(|(at, piece)| (field(at), piece));
        let value = Any::from(named.collect::<std::collections::HashMap<_, _>>());
        self.change(|transaction| {
            transaction.get_or_insert_map("elements").insert(transaction, key, value);
        })
    }

    /// Removes an element.
    pub(super) fn remove(&self, key: &str) -> Vec<u8> {
        self.change(|transaction| {
            transaction.get_or_insert_map("elements").remove(transaction, key);
        })
    }

    /// What somebody else lacks.
    pub(super) fn since(&self, other: &Self) -> Vec<u8> {
        let theirs = other.doc.transact().state_vector();
        self.doc.transact().encode_state_as_update_v1(&theirs)
    }

    /// Sets an element and wraps the update as a frame.
    pub(super) fn draw(&self, key: &str, value: impl Into<Any>) -> Bytes {
        sync_message(UPDATE, &self.set(key, value))
    }

    /// Sets an element to a whole value and wraps the update as a frame.
    pub(super) fn draw_whole(&self, key: &str, value: Any) -> Bytes {
        let update = self.change(|transaction| {
            transaction.get_or_insert_map("elements").insert(transaction, key, value);
        });
        sync_message(UPDATE, &update)
    }

    pub(super) fn get(&self, key: &str) -> Option<String> {
        let transaction = self.doc.transact();
        let map = transaction.get_map("elements")?;
        let Out::Any(Any::Map(element)) = map.get(&transaction, key)? else { return None };
        element.get("value").map(Any::to_string)
    }

    pub(super) fn apply(&self, update: &[u8]) {
        let update = Update::decode_v1(update).unwrap();
        self.doc.transact_mut().apply_update(update).unwrap();
    }

    /// Takes a frame from the board as `y-websocket` does; answers step 1.
    pub(super) fn hear(&self, frame: &Bytes) -> Option<Bytes> {
        match validator::frame(frame).unwrap() {
            Frame::Step1(state_vector) => {
                let theirs = StateVector::decode_v1(state_vector).unwrap();
                let lacking = self.doc.transact().encode_state_as_update_v1(&theirs);
                Some(sync_message(STEP_2, &lacking))
            }
            Frame::Step2(update) | Frame::Update(update) => {
                self.apply(update);
                None
            }
            Frame::Awareness(_) | Frame::QueryAwareness => None,
        }
    }

    /// Sync step 1.
    pub(super) fn ask(&self) -> Bytes {
        sync_message(STEP_1, &self.state_vector())
    }

    pub(super) fn clocks(&self) -> Vec<(u64, u32)> {
        let state_vector = self.doc.transact().state_vector();
        state_vector.iter().map(|(client, clock)| (client.get(), *clock)).collect()
    }

    pub(super) fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    pub(super) fn everything(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// The content, comparable; encodings are not.
    pub(super) fn content(&self) -> (Any, Any, String) {
        let mut transaction = self.doc.transact_mut();
        let map = transaction.get_or_insert_map("elements");
        let list = transaction.get_or_insert_array("list");
        let text = transaction.get_or_insert_text("text");
        (map.to_json(&transaction), list.to_json(&transaction), text.get_string(&transaction))
    }

    /// Some change that a board takes.
    pub(super) fn draw_at_random(&self, random: &mut Random) -> Vec<u8> {
        let key = format!("element {}", random.below(12));
        match random.below(4) {
            0 => self.remove(&key),
            1 => self.set(&key, random.next() as i32 as f64 / 7.0),
            2 => self.set(&key, "schräg 🎳"),
            _ => self.set(&key, (0..random.below(5)).map(|n| Any::from(n as i32)).collect::<Vec<Any>>()),
        }
    }

    /// Some change of any sort that Yjs knows. (No surrogate pairs in the text: where two
    /// split one differently, Yjs itself leaves them different.)
    pub(super) fn change_at_random(&self, random: &mut Random) -> Vec<u8> {
        self.change(|transaction| {
            let map = transaction.get_or_insert_map("elements");
            let list = transaction.get_or_insert_array("list");
            let text = transaction.get_or_insert_text("text");
            let key = format!("element {}", random.below(12));
            let (list_len, text_len) = (list.len(transaction), text.len(transaction));
            match random.below(10) {
                0..=2 => drop(map.insert(transaction, key, any_at_random(random, 3))),
                3 => drop(map.remove(transaction, &key)),
                4 => {
                    let nested = MapPrelim::from([("a".to_owned(), any_at_random(random, 1))]);
                    map.insert(transaction, key, nested);
                }
                5 => {
                    if let Some(Out::YMap(nested)) = map.get(transaction, &key) {
                        nested.insert(transaction, "list", ArrayPrelim::from([1, 2, 3]));
                    }
                }
                6 => {
                    let at = random.below(list_len as usize + 1) as u32;
                    list.insert(transaction, at, any_at_random(random, 1));
                }
                7 if list_len > 2 => {
                    list.remove_range(transaction, random.below(list_len as usize - 1) as u32, 2)
                }
                8 if text_len > 3 => {
                    text.remove_range(transaction, random.below(text_len as usize - 2) as u32, 2)
                }
                _ => text.insert(transaction, 0, ["ä", "kegel", "x"][random.below(3)]),
            }
        })
    }
}

fn any_at_random(random: &mut Random, depth: usize) -> Any {
    match random.below(if depth == 0 { 7 } else { 9 }) {
        0 => Any::Null,
        1 => Any::Undefined,
        2 => Any::from(random.below(2) == 0),
        3 => Any::from(random.next() as i32 as f64 / 7.0),
        4 => Any::from(random.next() as i64),
        5 => Any::from("schräg 🎳"),
        6 => Any::from(vec![1_u8, 2, 3]),
        7 => Any::from((0..random.below(5)).map(|_| any_at_random(random, depth - 1)).collect::<Vec<Any>>()),
        _ => Any::from(std::collections::HashMap::from([("k".to_owned(), any_at_random(random, depth - 1))])),
    }
}
