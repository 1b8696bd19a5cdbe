//! Somebody who draws: a Yjs client with a document of its own, which outlives its sockets.

#![allow(dead_code, reason = "each story uses some of it")]

use super::Guest;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::time::Duration;
use test_support::{Closed, Opening, Server, Signalling, after_length, sync_message, within};
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Any, Doc, Map, Options, ReadTxn, StateVector, Transact, Update, WriteTxn};

/// See the module's text.
pub(crate) struct Drawer {
    pub(crate) doc: Doc,
    socket: Signalling,
    /// Below this clock everything of this client is on disk, as the server said.
    pub(crate) acknowledged: u32,
    /// The server said that the board is kept, or that part of it was damaged.
    pub(crate) kept: bool,
    pub(crate) damaged: bool,
    synced: bool,
    /// How the socket ended.
    pub(crate) closed: Option<Closed>,
}

/// A document for a client of this id.
pub(crate) fn doc(client: u64) -> Doc {
    Doc::with_options(Options::with_client_id(ClientID::new(client)))
}

impl Drawer {
    /// Opens the board of whoever is in the room, and has all of it.
    pub(crate) async fn open(server: &Server, guest: &Guest, doc: Doc) -> Self {
        let opened = within("the sync", Self::try_open(server.address(), guest, doc)).await;
        opened.unwrap_or_else(|_doc| panic!("the board is open"))
    }

    /// The same of a server that may be about to end, or gone: then the document comes back.
    pub(crate) async fn try_open(address: SocketAddr, guest: &Guest, doc: Doc) -> Result<Self, Doc> {
        let path = format!("{}&frames=1", guest.path());
        let Ok(Ok(socket)) = Signalling::try_open(address, &path, Opening::default()).await else {
            return Err(doc);
        };
        let mut drawer =
            Self { doc, socket, acknowledged: 0, kept: false, damaged: false, synced: false, closed: None };
        if drawer.sync().await { Ok(drawer) } else { Err(drawer.doc) }
    }

    /// Asks for what is missing and hears the answer, and so all that was said before; false when the socket has ended.
    pub(crate) async fn sync(&mut self) -> bool {
        let state_vector = self.doc.transact().state_vector().encode_v1();
        self.socket.send_binary(sync_message(0, &state_vector)).await;
        self.synced = false;
        while !self.synced {
            if !self.hear().await {
                return false;
            }
        }
        true
    }

    /// Takes one message; false when the socket has ended.
    pub(crate) async fn hear(&mut self) -> bool {
        let bytes: Vec<u8> = match self.socket.next().await {
            Ok(message) => serde_json::from_value(message).expect("bytes"),
            Err(closed) => {
                self.closed = Some(closed);
                return false;
            }
        };
        match bytes.as_slice() {
            [0, 0, rest @ ..] => {
                let theirs =
                    StateVector::decode_v1(after_length(rest).expect("a length")).expect("a state vector");
                let missing = self.doc.transact().encode_state_as_update_v1(&theirs);
                self.socket.send_binary(sync_message(1, &missing)).await;
            }
            [0, kind, rest @ ..] => {
                let update = Update::decode_v1(after_length(rest).expect("a length")).expect("an update");
                self.doc.transact_mut().apply_update(update).expect("it fits");
                self.synced |= *kind == 1;
            }
            [100, rest @ ..] => self
                .take_notice(&serde_json::from_slice(after_length(rest).expect("a length")).expect("JSON")),
            _ => {}
        }
        true
    }

    fn take_notice(&mut self, notice: &Value) {
        self.kept |= notice["policy"] == "keep";
        self.damaged |= notice["type"] == "damaged";
        if notice["type"] == "saved" && notice["client"] == self.client() {
            let clock = notice["clock"].as_u64().expect("a clock") as u32;
            assert!(clock >= self.acknowledged);
            self.acknowledged = clock;
        }
    }

    /// Hears for a moment; false when the socket has ended.
    pub(crate) async fn hear_for(&mut self, moment: Duration) -> bool {
        tokio::time::timeout(moment, self.hear()).await != Ok(false)
    }

    /// Hears until it is so.
    pub(crate) async fn hear_until(&mut self, what: &str, fits: impl Fn(&Self) -> bool) {
        within(what, async {
            while !fits(self) {
                assert!(self.hear().await, "the board is open");
            }
        })
        .await;
    }

    /// Draws this client's element of that number.
    pub(crate) async fn draw(&mut self, number: u32) {
        let update = {
            let key = format!("{}-{number}", self.client());
            let mut transaction = self.doc.transact_mut();
            let element = Any::from(HashMap::from([("n".to_owned(), Any::from(number))]));
            let elements = transaction.get_or_insert_map("elements");
            elements.insert(&mut transaction, key, element);
            transaction.commit();
            transaction.encode_update_v1()
        };
        self.socket.send_binary(sync_message(2, &update)).await;
    }

    fn client(&self) -> u64 {
        self.doc.client_id().get()
    }

    /// How many elements it sees.
    pub(crate) fn elements(&self) -> usize {
        let transaction = self.doc.transact();
        transaction.get_map("elements").map_or(0, |elements| elements.len(&transaction) as usize)
    }

    /// All that it sees.
    pub(crate) fn content(&self) -> BTreeMap<String, String> {
        let transaction = self.doc.transact();
        let Some(elements) = transaction.get_map("elements") else { return BTreeMap::new() };
        let all = elements.iter(&transaction);
        all.map(|(key, value)| (key.to_owned(), value.to_string(&transaction))).collect()
    }

    /// How far its document knows a client.
    pub(crate) fn knows_of(&self, client: u64) -> u32 {
        self.doc.transact().state_vector().get(&ClientID::new(client))
    }
}
