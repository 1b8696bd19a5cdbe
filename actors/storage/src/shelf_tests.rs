//! Shelves over real files.

use crate::Storage;
use crate::tests::{Directory, contains, room, with_mara};
use actors::store::{
    AccountId, Day, Keeping, RoomId, RoomRecord, ShelvedFile, Store, StoreError, StoredVersion, VersionState,
};
use bytes::Bytes;

#[tokio::test]
async fn a_file_comes_in_pieces_and_is_read_from_anywhere() {
    let directory = Directory::new();
    let storage = with_mara(&directory).await;
    let id = RoomId("room-1".into());
    let shelf = storage.shelf();
    assert!(matches!(shelf.begin_file(&id, "a", "image/png").await, Err(StoreError::NotFound)));
    storage.add_room(room(1, "Flauschpyramide")).await.unwrap();
    assert_eq!(shelf.file_bytes(&id).await.unwrap(), 0);

    shelf.begin_file(&id, "a", "image/png").await.unwrap();
    shelf.append_file(&id, "a", 0, Bytes::from_static(b"abc")).await.unwrap();
    shelf.append_file(&id, "a", 3, Bytes::from_static(b"defg")).await.unwrap();
    assert_eq!(shelf.file(&id, "a").await.unwrap(), None, "it is not whole");
    shelf.finish_file(&id, "a").await.unwrap();
    let file = shelf.file(&id, "a").await.unwrap().unwrap();
    assert_eq!((file.kind.as_str(), file.bytes), ("image/png", 7));
    let pieces = [(0, &b"abc"[..]), (2, b"c"), (3, b"defg"), (6, b"g")];
    for (offset, expected) in pieces {
        assert_eq!(shelf.read_file(&id, "a", offset).await.unwrap(), expected, "from {offset}");
    }
    assert!(matches!(shelf.read_file(&id, "a", 7).await, Err(StoreError::NotFound)));
    shelf.begin_file(&id, "half", "image/png").await.unwrap();
    shelf.append_file(&id, "half", 0, Bytes::from_static(b"xx")).await.unwrap();
    assert_eq!(shelf.file_bytes(&id).await.unwrap(), 9);

    storage.close().await;
    let storage = Storage::open(&directory.0).await.unwrap();
    storage.shelf().tidy_boards().await.unwrap();
    assert_eq!(storage.shelf().file_bytes(&id).await.unwrap(), 7, "halves are gone after a restart");
    storage.shelf().drop_file(&id, "a").await.unwrap();
    assert_eq!(storage.shelf().file(&id, "a").await.unwrap(), None);
}

#[tokio::test]
async fn files_that_are_dropped_are_gone_from_the_disk_and_the_others_stay() {
    let directory = Directory::new();
    let storage = with_mara(&directory).await;
    storage.add_room(room(1, "Flauschpyramide")).await.unwrap();
    let (id, shelf) = (RoomId("room-1".into()), storage.shelf());
    assert_eq!(shelf.files(&id).await.unwrap(), [], "no shelf, no files");
    for (name, content) in [("a", "Zitronenfalter"), ("b", "Kaisermantel"), ("half", "Apollofalter")] {
        shelf.begin_file(&id, name, "image/png").await.unwrap();
        shelf.append_file(&id, name, 0, Bytes::from(content.repeat(9_000))).await.unwrap();
    }
    for name in ["a", "b"] {
        shelf.finish_file(&id, name).await.unwrap();
    }
    let file = |name: &str, since: Option<u32>| ShelvedFile { id: name.into(), unused_since: since.map(Day) };
    assert_eq!(shelf.files(&id).await.unwrap(), [file("a", None), file("b", None)]);
    let names = || vec!["a".to_owned(), "nothing".to_owned()];
    shelf.note_unused(&id, names(), Some(Day(20_000))).await.unwrap();
    assert_eq!(shelf.files(&id).await.unwrap(), [file("a", Some(20_000)), file("b", None)]);
    shelf.note_unused(&id, names(), None).await.unwrap();
    assert_eq!(shelf.files(&id).await.unwrap(), [file("a", None), file("b", None)]);

    let before = shelf.shelf_bytes().await.unwrap();
    assert!(contains(&directory.raw(), b"Zitronenfalter"), "the search finds what is there");
    shelf.drop_files(&id, names()).await.unwrap();
    assert!(!contains(&directory.raw(), b"Zitronenfalter"));
    assert!(shelf.shelf_bytes().await.unwrap() < before - 100_000, "the disk has its room back");
    assert_eq!(shelf.files(&id).await.unwrap(), [file("b", None)]);
    assert_eq!(
        shelf.file_bytes(&id).await.unwrap(),
        9_000 * (12 + 12),
        "a half that is on its way stays, too"
    );
}

#[tokio::test]
async fn a_shelf_of_before_versions_had_a_checksum_gets_the_column() {
    let directory = Directory::new();
    let storage = with_mara(&directory).await;
    storage.add_room(room(1, "Flauschpyramide")).await.unwrap();
    let id = RoomId("room-1".into());
    let old = StoredVersion { id: "old".into(), made_at: 1, reason: "hourly".into(), bytes: 3 };
    let content = VersionState { state: Bytes::from_static(b"xyz"), checksum: None };
    storage.shelf().add_version(&id, old.clone(), content.clone(), Vec::new()).await.unwrap();
    storage.close().await;
    undo(&directory, "ALTER TABLE versions DROP COLUMN checksum; PRAGMA user_version = 1").await;

    let storage = Storage::open(&directory.0).await.unwrap();
    let new = StoredVersion { id: "new".into(), made_at: 2, ..old };
    let sealed = VersionState { checksum: Some(7), ..content.clone() };
    storage.shelf().add_version(&id, new, sealed.clone(), Vec::new()).await.unwrap();
    assert_eq!(storage.shelf().version(&id, "old").await.unwrap(), Some(content));
    assert_eq!(storage.shelf().version(&id, "new").await.unwrap(), Some(sealed));
}

/// Makes the first room's shelf what it was in an older version.
async fn undo(directory: &Directory, undo: &str) {
    let path = directory.0.join("boards/room-1.db");
    let old = sqlx::SqlitePool::connect_with(crate::file::options(&path)).await.unwrap();
    sqlx::raw_sql(undo).execute(&old).await.unwrap();
    old.close().await;
}

#[tokio::test]
async fn a_shelf_of_before_files_had_a_day_gets_the_column() {
    let directory = Directory::new();
    let storage = with_mara(&directory).await;
    storage.add_room(room(1, "Flauschpyramide")).await.unwrap();
    let id = RoomId("room-1".into());
    storage.shelf().begin_file(&id, "a", "image/png").await.unwrap();
    storage.shelf().finish_file(&id, "a").await.unwrap();
    storage.close().await;
    let before = "ALTER TABLE files DROP COLUMN unused_since; ALTER TABLE versions DROP COLUMN checksum;
        PRAGMA user_version = 0";
    undo(&directory, before).await;

    let storage = Storage::open(&directory.0).await.unwrap();
    let noted = storage.shelf().note_unused(&id, vec!["a".to_owned()], Some(Day(7))).await;
    noted.unwrap();
    let files = storage.shelf().files(&id).await.unwrap();
    assert_eq!(files, [ShelvedFile { id: "a".into(), unused_since: Some(Day(7)) }]);
}

#[tokio::test]
async fn versions_are_listed_the_newest_first() {
    let directory = Directory::new();
    let storage = with_mara(&directory).await;
    storage.add_room(room(1, "Flauschpyramide")).await.unwrap();
    let (id, shelf) = (RoomId("room-1".into()), storage.shelf());
    let version = |made_at: u64| StoredVersion {
        id: format!("v{made_at}"),
        made_at,
        reason: "hourly".into(),
        bytes: 3,
    };
    let content = VersionState { state: Bytes::from_static(b"xyz"), checksum: Some(u32::MAX) };
    for made_at in [10, 20, 30] {
        let drop = if made_at == 30 { vec!["v10".to_owned()] } else { Vec::new() };
        shelf.add_version(&id, version(made_at), content.clone(), drop).await.unwrap();
    }
    assert_eq!(shelf.versions(&id).await.unwrap(), [version(30), version(20)]);
    assert_eq!(shelf.version(&id, "v20").await.unwrap(), Some(content));
    assert_eq!(shelf.version(&id, "v10").await.unwrap(), None);
    storage.delete_board(&id).await.unwrap();
    assert_eq!(shelf.versions(&id).await.unwrap(), []);
}

#[tokio::test]
async fn a_board_is_wiped_when_its_days_have_passed() {
    let directory = Directory::new();
    let storage = with_mara(&directory).await;
    let shelf = storage.shelf();
    let (days, keep) = (RoomId("room-1".into()), RoomId("room-2".into()));
    storage.add_room(room(1, "Dreissig Tage")).await.unwrap();
    storage.add_room(RoomRecord { keeping: Keeping::Keep, ..room(2, "Bleibt") }).await.unwrap();
    assert_eq!(shelf.expired_boards(Day(1_000)).await.unwrap(), [], "an empty board has no days");
    for room in [&days, &keep] {
        storage.append_board(room, vec![vec![1]]).await.unwrap();
    }
    assert_eq!(shelf.expired_boards(Day(1_000)).await.unwrap(), [], "its days begin");
    shelf.visited(&days, Day(1_010)).await.unwrap();
    shelf.visited(&days, Day(1_005)).await.unwrap();
    shelf.visited(&keep, Day(1_010)).await.unwrap();
    assert_eq!(shelf.expired_boards(Day(1_040)).await.unwrap(), [], "the thirtieth day is still one");
    assert_eq!(shelf.expired_boards(Day(1_041)).await.unwrap(), std::slice::from_ref(&days));

    shelf.begin_file(&days, "a", "image/png").await.unwrap();
    shelf.append_file(&days, "a", 0, Bytes::from_static(b"Zitronenfalter")).await.unwrap();
    shelf.finish_file(&days, "a").await.unwrap();
    assert!(contains(&directory.raw(), b"Zitronenfalter"), "the search finds what is there");
    shelf.wipe_board(&days).await.unwrap();
    assert!(!contains(&directory.raw(), b"Zitronenfalter"));
    assert!(storage.load_board(&days).await.unwrap().is_none());
    assert!(storage.load_board(&keep).await.unwrap().is_some());
    assert_eq!(shelf.expired_boards(Day(2_000)).await.unwrap(), []);
    let noted: Vec<Option<u32>> =
        sqlx::query_scalar("SELECT last_visit FROM rooms").fetch_all(&storage.readers).await.unwrap();
    assert_eq!(
        noted,
        [None, None],
        "nothing is noted of a board that is gone, or of one that is simply kept"
    );
}

#[tokio::test]
async fn a_start_leaves_nothing_of_boards_that_are_not_kept() {
    let directory = Directory::new();
    let storage = with_mara(&directory).await;
    let wipe = RoomRecord { keeping: Keeping::Wipe, ..room(1, "Vergisst") };
    storage.add_room(wipe.clone()).await.unwrap();
    storage.append_board(&wipe.id, vec![b"Apollofalter".to_vec()]).await.unwrap();
    storage.shelf().begin_file(&wipe.id, "a", "image/png").await.unwrap();
    storage.shelf().append_file(&wipe.id, "a", 0, Bytes::from_static(b"Zitronenfalter")).await.unwrap();
    storage.shelf().finish_file(&wipe.id, "a").await.unwrap();
    storage.shelf().tidy_boards().await.unwrap();
    for gone in [&b"Zitronenfalter"[..], b"Apollofalter"] {
        assert!(!contains(&directory.raw(), gone));
    }
    assert_eq!(storage.shelf().shelf_bytes().await.unwrap(), 0);
}

#[tokio::test]
async fn deleting_a_room_or_an_account_deletes_its_files() {
    let directory = Directory::new();
    let storage = with_mara(&directory).await;
    for number in 1..=2 {
        let room = room(number, "Raum");
        storage.add_room(room.clone()).await.unwrap();
        storage.shelf().begin_file(&room.id, "a", "image/png").await.unwrap();
        storage.shelf().append_file(&room.id, "a", 0, Bytes::from_static(b"Kaisermantel")).await.unwrap();
    }
    storage.delete_room(&RoomId("room-1".into())).await.unwrap();
    assert!(contains(&directory.raw(), b"Kaisermantel"), "of the other room");
    storage.delete_account(&AccountId("id-Mara".into())).await.unwrap();
    assert!(!contains(&directory.raw(), b"Kaisermantel"));
}

#[tokio::test]
async fn a_damaged_shelf_is_set_aside_and_goes_with_the_board() {
    let directory = Directory::new();
    let storage = with_mara(&directory).await;
    for number in 1..=2 {
        let room = RoomRecord { keeping: Keeping::Keep, ..room(number, "Raum") };
        storage.add_room(room.clone()).await.unwrap();
        storage.shelf().begin_file(&room.id, "half", "image/png").await.unwrap();
        storage.shelf().append_file(&room.id, "half", 0, Bytes::from_static(b"Kaisermantel")).await.unwrap();
    }
    storage.close().await;
    let path = |ending: &str| directory.0.join(format!("boards/room-1{ending}"));
    let mut torn = std::fs::read(path(".db")).unwrap();
    torn.truncate(torn.len() / 2);
    std::fs::write(path(".db"), &torn).unwrap();

    let storage = Storage::open(&directory.0).await.unwrap();
    let (shelf, id) = (storage.shelf(), RoomId("room-1".into()));
    shelf.tidy_boards().await.unwrap();
    assert!(std::fs::read(path(".damaged")).unwrap() == torn, "for whoever wants to try");
    assert_eq!(shelf.file_bytes(&RoomId("room-2".into())).await.unwrap(), 0, "the others are tidied");
    shelf.begin_file(&id, "new", "image/png").await.unwrap();
    shelf.finish_file(&id, "new").await.unwrap();
    assert!(shelf.file(&id, "new").await.unwrap().is_some());
    shelf.wipe_board(&id).await.unwrap();
    assert!(!path(".damaged").exists() && !path(".db").exists());
}
