//! The actor with queues, a store in memory and a room that listens.

use super::*;
use crate::load::Figures;
use crate::participant::ParticipantId;
use crate::store::*;
use crate::whiteboard::shelf_testing::MadeUpShelf;
use crate::whiteboard::testing::Peer;
use crate::whiteboard::{BoardFrame, BoardInlet, BoardIntake, Drawer, board_queue};
use crate::whiteboard::{ListVersions, LoadVersion, MakeVersion};
use actix::Addr;
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

fn row(update: &[u8]) -> Vec<u8> {
    record::write(update, &Horizon::new())
}

/// Boards in memory; the first `failures` writes fail.
#[derive(Default)]
struct MadeUpStore {
    board: Mutex<Option<StoredBoard>>,
    writes: AtomicU32,
    failures: AtomicU32,
    unreadable: bool,
    shelf: MadeUpShelf,
    /// Damaged rows and what was beside them.
    aside: Mutex<Vec<Vec<u8>>>,
}

impl MadeUpStore {
    fn write(&self, write: impl FnOnce(&mut Option<StoredBoard>)) -> Result<(), StoreError> {
        if self.failures.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(StoreError::Failed("made up".to_owned()));
        }
        self.writes.fetch_add(1, SeqCst);
        write(&mut self.board.lock().unwrap());
        Ok(())
    }

    fn stored(&self) -> Option<StoredBoard> {
        self.board.lock().unwrap().clone()
    }

    /// What is on disk, as a document shows it.
    fn shows(&self, key: &str) -> Option<String> {
        let stored = self.stored()?;
        let peer = Peer::new(99);
        for update in stored.snapshot.iter().chain(&stored.updates) {
            peer.apply(record::read(update)?.1);
        }
        peer.get(key)
    }
}

macro_rules! not_for_boards {
    ($($name:ident($($argument:ty),*) -> $answer:ty;)*) => {
        #[async_trait::async_trait]
        impl Store for MadeUpStore {
            async fn load_board(&self, _: &RoomId) -> Result<Option<StoredBoard>, StoreError> {
                if self.unreadable { Err(StoreError::Failed("made up".to_owned())) } else { Ok(self.stored()) }
            }
            async fn append_board(&self, _: &RoomId, updates: Vec<Vec<u8>>) -> Result<(), StoreError> {
                self.write(|board| board.get_or_insert_default().updates.extend(updates))
            }
            async fn compact_board(&self, _: &RoomId, snapshot: Vec<u8>) -> Result<(), StoreError> {
                self.write(|board| *board = Some(StoredBoard { snapshot: Some(snapshot), ..StoredBoard::default() }))
            }
            async fn set_board_aside(&self, room: &RoomId, snapshot: Vec<u8>) -> Result<(), StoreError> {
                let before = self.stored().unwrap_or_default();
                self.aside.lock().unwrap().extend(before.snapshot.into_iter().chain(before.updates));
                self.compact_board(room, snapshot).await
            }
            async fn delete_board(&self, _: &RoomId) -> Result<(), StoreError> {
                self.write(|board| *board = None)
            }
            fn shelf(&self) -> &dyn BoardShelf {
                &self.shelf
            }
            $(async fn $name(&self, $(_: $argument),*) -> Result<$answer, StoreError> {
                Err(StoreError::Failed("boards do not ask for this".to_owned()))
            })*
        }
    };
}

not_for_boards! {
    count_accounts() -> u64;
    add_account(Account) -> ();
    account_by_login(&str) -> Option<Account>;
    account(&AccountId) -> Option<Account>;
    set_password(&AccountId, &str) -> ();
    delete_account(&AccountId) -> ();
    add_session(Session) -> ();
    session(&[u8; 32], Day) -> Option<Session>;
    delete_session(&[u8; 32]) -> ();
    purge_sessions(Day) -> ();
    add_room(RoomRecord) -> ();
    update_room(RoomRecord) -> ();
    delete_room(&RoomId) -> ();
    room(&RoomId) -> Option<RoomRecord>;
    room_by_door(&Door) -> Option<RoomRecord>;
    rooms_of(&AccountId) -> Vec<RoomRecord>;
    rooms() -> Vec<RoomRecord>;
    add_token(StreamToken) -> ();
    tokens_of(&RoomId) -> Vec<StreamToken>;
    token(&[u8; 32]) -> Option<StreamToken>;
    delete_token(&RoomId, &TokenId) -> ();
    put_load(LoadSample) -> ();
    load_since(u64) -> Vec<LoadSample>;
}

/// Stands for the room.
#[derive(Default)]
struct Ear(Arc<Mutex<Vec<ParticipantId>>>);

impl Actor for Ear {
    type Context = Context<Self>;
}

impl Handler<DrawingRefused> for Ear {
    type Result = ();
    fn handle(&mut self, DrawingRefused(who): DrawingRefused, _: &mut Self::Context) {
        self.0.lock().unwrap().push(who);
    }
}

struct Setting {
    store: Arc<MadeUpStore>,
    figures: SharedFigures,
    refused: Arc<Mutex<Vec<ParticipantId>>>,
    board: Addr<Whiteboard>,
}

fn setting(keep: bool, store: MadeUpStore) -> Setting {
    open(keep, Arc::new(store))
}

fn open(keep: bool, store: Arc<MadeUpStore>) -> Setting {
    let figures = Arc::new(Figures::default());
    let ear = Ear::default();
    let refused = ear.0.clone();
    let room = RoomId("room".to_owned());
    let notices = ear.start().recipient();
    let clock = Arc::new(|| Duration::from_secs(1_000_000));
    let keeping = if keep { Keeping::Keep } else { Keeping::Wipe };
    let board = Whiteboard::new(
        room,
        keeping,
        store.clone(),
        figures.clone(),
        clock,
        notices,
        BoardLimits::default(),
    )
    .start();
    Setting { store, figures, refused, board }
}

fn drawer(name: &str, may_draw: bool) -> Drawer {
    Drawer { participant: ParticipantId(name.to_owned()), name: name.to_owned(), ball: 0, may_draw }
}

/// A socket as the edge has one.
struct Client {
    intake: BoardIntake,
    inlet: BoardInlet,
    peer: Peer,
    frames: usize,
}

impl Setting {
    async fn join(&self, name: &str, client: u64, may_draw: bool) -> Client {
        let (out, inlet) = board_queue();
        let opened = self
            .board
            .send(OpenSocket { drawer: drawer(name, may_draw), notices: false, out })
            .await
            .unwrap();
        let client = Client { intake: opened.intake, inlet, peer: Peer::new(client), frames: 0 };
        self.say(&client, client.peer.ask()).await;
        client
    }

    /// What a client that asks for notices is told before anything else.
    async fn notices_of(&self, name: &str, count: usize) -> Vec<Value> {
        let (out, mut inlet) = board_queue();
        let open = OpenSocket { drawer: drawer(name, true), notices: true, out };
        let _opened = self.board.send(open).await.unwrap();
        let mut told = Vec::new();
        while told.len() < count {
            let BoardFrame::Binary(frame) = inlet.next().await else { panic!("closed") };
            told.extend((frame[0] == 100).then(|| serde_json::from_slice(&frame[2..]).unwrap()));
        }
        told
    }

    async fn say(&self, client: &Client, frame: Bytes) {
        client.intake.push(frame).unwrap();
    }

    async fn draw(&self, client: &Client, key: &str, value: i32) {
        self.say(client, client.peer.draw(key, value)).await;
    }
}

impl Client {
    /// Hears frames until the key shows.
    async fn sees(&mut self, key: &str) -> String {
        loop {
            if let Some(value) = self.peer.get(key) {
                return value;
            }
            match self.inlet.next().await {
                BoardFrame::Binary(frame) => {
                    self.frames += 1;
                    drop(self.peer.hear(&frame));
                }
                BoardFrame::Close(code) => panic!("closed with {code}"),
            }
        }
    }

    /// Hears frames until the board closes.
    async fn closed(&mut self) -> u16 {
        loop {
            if let BoardFrame::Close(code) = self.inlet.next().await {
                return code;
            }
        }
    }
}

#[actix_rt::test]
async fn strokes_reach_the_others_and_are_counted() {
    let setting = setting(false, MadeUpStore::default());
    let (anna, mut ben) = (setting.join("anna", 1, true).await, setting.join("ben", 2, true).await);
    setting.draw(&anna, "a", 1).await;
    assert_eq!(ben.sees("a").await, "1");
    assert_eq!(setting.figures.board_updates.get(), 1);
    let mut late = setting.join("late", 3, false).await;
    assert_eq!(late.sees("a").await, "1");
}

#[actix_rt::test]
async fn the_room_learns_who_was_refused() {
    let setting = setting(false, MadeUpStore::default());
    let viewer = setting.join("viewer", 1, false).await;
    setting.draw(&viewer, "a", 1).await;
    setting.draw(&viewer, "a", 2).await;
    setting.board.send(Flush).await.unwrap();
    assert_eq!(setting.refused.lock().unwrap().as_slice(), [ParticipantId("viewer".to_owned())]);
    assert_eq!(setting.figures.board_updates.get(), 0);
}

#[actix_rt::test]
async fn a_kept_board_is_on_disk_when_flushed_and_there_after_a_restart() {
    let before = setting(true, MadeUpStore::default());
    let anna = before.join("anna", 1, true).await;
    before.draw(&anna, "a", 1).await;
    before.board.send(Flush).await.unwrap();
    assert_eq!(before.store.shows("a").as_deref(), Some("1"));
    let after = open(true, before.store.clone());
    assert_eq!(after.join("ben", 2, false).await.sees("a").await, "1");
}

#[actix_rt::test]
async fn without_a_flush_it_is_written_by_itself() {
    let setting = setting(true, MadeUpStore::default());
    let anna = setting.join("anna", 1, true).await;
    setting.draw(&anna, "a", 1).await;
    let written = async {
        while setting.store.shows("a").is_none() {
            actix_rt::time::sleep(Duration::from_millis(5)).await;
        }
    };
    actix_rt::time::timeout(Duration::from_secs(20), written).await.expect("the group commit never came");
    assert_eq!(setting.store.writes.load(SeqCst), 1);
}

#[actix_rt::test]
async fn a_board_that_is_not_kept_leaves_nothing() {
    let left = Peer::new(5).set("old", 1);
    let store = MadeUpStore::default();
    *store.board.lock().unwrap() = Some(StoredBoard { snapshot: Some(row(&left)), ..StoredBoard::default() });
    let setting = setting(false, store);
    let anna = setting.join("anna", 1, true).await;
    setting.draw(&anna, "a", 1).await;
    setting.board.send(Flush).await.unwrap();
    assert!(setting.store.stored().is_none());
    let mut late = setting.join("late", 2, false).await;
    late.sees("a").await;
    assert_eq!(late.peer.get("old"), None);
}

#[actix_rt::test]
async fn the_switch_writes_the_board_and_takes_it_away() {
    let setting = setting(false, MadeUpStore::default());
    let anna = setting.join("anna", 1, true).await;
    setting.draw(&anna, "a", 1).await;
    setting.board.send(SetKeeping(Keeping::Keep)).await.unwrap();
    setting.draw(&anna, "b", 2).await;
    setting.board.send(Flush).await.unwrap();
    assert_eq!(
        (setting.store.shows("a").as_deref(), setting.store.shows("b").as_deref()),
        (Some("1"), Some("2"))
    );
    setting.board.send(SetKeeping(Keeping::Wipe)).await.unwrap();
    setting.board.send(Flush).await.unwrap();
    assert!(setting.store.stored().is_none());
}

#[actix_rt::test]
async fn a_store_that_fails_at_first_gets_it_in_the_end() {
    let setting = setting(true, MadeUpStore { failures: AtomicU32::new(2), ..MadeUpStore::default() });
    let (anna, mut ben) = (setting.join("anna", 1, true).await, setting.join("ben", 2, false).await);
    setting.draw(&anna, "a", 1).await;
    assert_eq!(ben.sees("a").await, "1");
    setting.board.send(Flush).await.unwrap();
    assert_eq!(setting.store.shows("a").as_deref(), Some("1"));
}

#[actix_rt::test]
async fn a_flush_does_not_wait_for_a_dead_store() {
    let setting = setting(true, MadeUpStore { failures: AtomicU32::new(u32::MAX), ..MadeUpStore::default() });
    let anna = setting.join("anna", 1, true).await;
    setting.draw(&anna, "a", 1).await;
    setting.board.send(Flush).await.unwrap();
    assert!(setting.store.stored().is_none());
}

#[actix_rt::test]
async fn damage_on_disk_costs_only_what_is_damaged_and_is_set_aside() {
    let store = MadeUpStore::default();
    let peer = Peer::new(5);
    let mut flipped = row(&peer.set("flipped", 1));
    flipped[9] ^= 4;
    let updates = vec![row(&Peer::new(6).set("sound", 1)), flipped];
    *store.board.lock().unwrap() =
        Some(StoredBoard { snapshot: Some(vec![9, 9, 9]), updates: updates.clone(), aside: false });
    let setting = setting(true, store);
    let mut anna = setting.join("anna", 1, true).await;
    assert_eq!(anna.sees("sound").await, "1");
    setting.draw(&anna, "new", 2).await;
    setting.board.send(Flush).await.unwrap();
    assert_eq!(setting.store.shows("sound").as_deref(), Some("1"));
    assert_eq!(setting.store.shows("new").as_deref(), Some("2"));
    assert_eq!(*setting.store.aside.lock().unwrap(), [vec![vec![9, 9, 9]], updates].concat());
    let told = setting.notices_of("ben", 2).await;
    assert_eq!(told, [json!({"type": "kept", "policy": "keep"}), json!({"type": "damaged"})]);
}

#[actix_rt::test]
async fn a_store_that_cannot_be_read_is_only_added_to() {
    let setting = setting(true, MadeUpStore { unreadable: true, ..MadeUpStore::default() });
    let anna = setting.join("anna", 1, true).await;
    setting.draw(&anna, "a", 1).await;
    setting.board.send(Flush).await.unwrap();
    let stored = setting.store.stored().unwrap();
    assert_eq!((stored.snapshot, stored.updates.len()), (None, 1));
    assert_eq!(setting.notices_of("ben", 2).await[1], json!({"type": "damaged"}));
}

#[actix_rt::test]
async fn a_slow_reader_gets_what_it_missed_at_once_and_the_others_go_on() {
    let setting = setting(false, MadeUpStore::default());
    let (anna, mut ben) = (setting.join("anna", 1, true).await, setting.join("ben", 2, true).await);
    let mut asleep = setting.join("asleep", 3, false).await;
    // Each picture is a frame of 1 MB; two of them are what may wait for a reader.
    let picture = "x".repeat(1_000_000);
    for n in 0..12 {
        setting.say(&anna, anna.peer.draw(&format!("picture {n}"), picture.as_str())).await;
        ben.sees(&format!("picture {n}")).await;
    }
    setting.draw(&anna, "a", 1).await;
    assert_eq!(ben.sees("a").await, "1");
    assert_eq!(asleep.sees("a").await, "1");
    let pictures = (0..12).map(|n| asleep.peer.get(&format!("picture {n}"))).collect::<Option<Vec<_>>>();
    assert!(pictures.is_some() && asleep.frames < 12, "{} frames", asleep.frames);
}

#[actix_rt::test]
async fn newer_sockets_removal_and_rubbish_close_with_their_codes() {
    let setting = setting(false, MadeUpStore::default());
    let mut first = setting.join("anna", 1, true).await;
    let mut second = setting.join("anna", 1, true).await;
    assert_eq!(first.closed().await, 4409);
    setting.board.send(RemoveDrawer(ParticipantId("anna".to_owned()))).await.unwrap();
    assert_eq!(second.closed().await, 1000);
    let mut mallory = setting.join("mallory", 2, true).await;
    setting.say(&mallory, Bytes::from_static(&[0, 2, 200])).await;
    assert_eq!(mallory.closed().await, 4400);
}

#[actix_rt::test]
async fn points_to_go_back_to_are_on_disk_while_the_board_is_kept_and_in_memory_otherwise() {
    for keep in [true, false] {
        let setting = setting(keep, MadeUpStore::default());
        let anna = setting.join("anna", 1, true).await;
        setting.draw(&anna, "k", 1).await;
        let made = setting.board.send(MakeVersion(VersionReason::ByHand)).await.unwrap().unwrap().unwrap();
        assert_eq!((made.reason.as_str(), made.made_at), ("by_hand", 1_000_000));
        let again = setting.board.send(MakeVersion(VersionReason::ByHand)).await.unwrap().unwrap();
        assert_eq!(again, None, "one was made a moment ago");
        setting.draw(&anna, "k", 2).await;
        let listed = setting.board.send(ListVersions).await.unwrap().unwrap();
        assert_eq!(listed, std::slice::from_ref(&made));
        assert_eq!(setting.store.shelf.count(), usize::from(keep));
        let state = setting.board.send(LoadVersion(made.id)).await.unwrap().unwrap().unwrap();
        let peer = Peer::new(99);
        peer.apply(&state);
        assert_eq!(peer.get("k").as_deref(), Some("1"));
        assert!(setting.board.send(LoadVersion("nothing".into())).await.unwrap().unwrap().is_none());
    }
}
