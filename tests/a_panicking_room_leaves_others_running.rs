//! A bug in one room ends that room and nothing else: other rooms notice nothing, and the room comes back.
//!
//! The server runs inside this test over a store that panics when a certain room is saved: a fault where real ones
//! happen, without a switch for it in the product.

mod in_process;

use actors::store::{
    Account, AccountId, BoardShelf, Day, Door, LoadSample, RoomId, RoomRecord, Session, SharedStore, Store,
    StoreError, StoredBoard, StreamToken, TokenId,
};
use async_trait::async_trait;
use in_process::{InProcess, OWNERS_TOKEN, Setting};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;

const FRAGILE: &str = "ffffffffffffffffffffff";
const CALM: &str = "cccccccccccccccccccccc";

/// SQLite, but saving the fragile room is a bug.
struct FaultyStore(Storage);

#[async_trait]
impl Store for FaultyStore {
    async fn update_room(&self, room: RoomRecord) -> Result<(), StoreError> {
        assert_ne!(room.link, FRAGILE, "the bug of this story");
        self.0.update_room(room).await
    }
    async fn count_accounts(&self) -> Result<u64, StoreError> {
        self.0.count_accounts().await
    }
    async fn add_account(&self, account: Account) -> Result<(), StoreError> {
        self.0.add_account(account).await
    }
    async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        self.0.account_by_login(login).await
    }
    async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        self.0.account(id).await
    }
    async fn set_password(&self, id: &AccountId, password_hash: &str) -> Result<(), StoreError> {
        self.0.set_password(id, password_hash).await
    }
    async fn delete_account(&self, id: &AccountId) -> Result<(), StoreError> {
        self.0.delete_account(id).await
    }
    async fn add_session(&self, session: Session) -> Result<(), StoreError> {
        self.0.add_session(session).await
    }
    async fn session(&self, token_hash: &[u8; 32], today: Day) -> Result<Option<Session>, StoreError> {
        self.0.session(token_hash, today).await
    }
    async fn delete_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        self.0.delete_session(token_hash).await
    }
    async fn purge_sessions(&self, today: Day) -> Result<(), StoreError> {
        self.0.purge_sessions(today).await
    }
    async fn add_room(&self, room: RoomRecord) -> Result<(), StoreError> {
        self.0.add_room(room).await
    }
    async fn delete_room(&self, id: &RoomId) -> Result<(), StoreError> {
        self.0.delete_room(id).await
    }
    async fn room(&self, id: &RoomId) -> Result<Option<RoomRecord>, StoreError> {
        self.0.room(id).await
    }
    async fn room_by_door(&self, door: &Door) -> Result<Option<RoomRecord>, StoreError> {
        self.0.room_by_door(door).await
    }
    async fn rooms_of(&self, owner: &AccountId) -> Result<Vec<RoomRecord>, StoreError> {
        self.0.rooms_of(owner).await
    }
    async fn rooms(&self) -> Result<Vec<RoomRecord>, StoreError> {
        self.0.rooms().await
    }
    async fn load_board(&self, room: &RoomId) -> Result<Option<StoredBoard>, StoreError> {
        self.0.load_board(room).await
    }
    async fn append_board(&self, room: &RoomId, updates: Vec<Vec<u8>>) -> Result<(), StoreError> {
        self.0.append_board(room, updates).await
    }
    async fn compact_board(&self, room: &RoomId, snapshot: Vec<u8>) -> Result<(), StoreError> {
        self.0.compact_board(room, snapshot).await
    }
    async fn delete_board(&self, room: &RoomId) -> Result<(), StoreError> {
        self.0.delete_board(room).await
    }
    fn shelf(&self) -> &dyn BoardShelf {
        self.0.shelf()
    }
    async fn add_token(&self, token: StreamToken) -> Result<(), StoreError> {
        self.0.add_token(token).await
    }
    async fn tokens_of(&self, room: &RoomId) -> Result<Vec<StreamToken>, StoreError> {
        self.0.tokens_of(room).await
    }
    async fn token(&self, hash: &[u8; 32]) -> Result<Option<StreamToken>, StoreError> {
        self.0.token(hash).await
    }
    async fn delete_token(&self, room: &RoomId, id: &TokenId) -> Result<(), StoreError> {
        self.0.delete_token(room, id).await
    }
    async fn put_load(&self, sample: LoadSample) -> Result<(), StoreError> {
        self.0.put_load(sample).await
    }
    async fn load_since(&self, from: u64) -> Result<Vec<LoadSample>, StoreError> {
        self.0.load_since(from).await
    }
}

fn faulty(storage: Storage) -> SharedStore {
    Arc::new(FaultyStore(storage))
}

#[tokio::test]
async fn a_panicking_room_leaves_others_running() {
    let board_grace = Duration::from_secs(60);
    let server = InProcess::start(Setting { rooms: &[FRAGILE, CALM], board_grace, store: faulty }).await;
    let (mut calm, _) = server.enter(CALM, None).await;
    let (mut host, _) = server.enter(FRAGILE, Some(OWNERS_TOKEN)).await;
    let (mut guest, _) = server.enter(FRAGILE, None).await;
    assert_eq!(server.figures.participants.get(), 3);

    host.send(&json!({"type": "configure", "drawing": "hosts"})).await;
    assert_eq!(guest.next_of("bye").await["reason"], "restarting");
    assert_eq!(host.next_of("bye").await["reason"], "restarting");
    assert_eq!(server.figures.participants.get(), 1, "the sums forget the room that is gone");

    calm.send(&json!({"type": "ping"})).await;
    calm.next_of("pong").await;
    let _another = server.enter(CALM, None).await;
    calm.next_of("participant_joined").await;

    let (mut returned, _) = server.enter(FRAGILE, None).await;
    returned.send(&json!({"type": "ping"})).await;
    returned.next_of("pong").await;
}
