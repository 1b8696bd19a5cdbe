//! Pictures and slides that nothing refers to any more: neither the board nor a version to go back to.
//!
//! What a value means is never looked at. So a file counts as used when its id stands anywhere in the bytes of the
//! board or of a version: random characters do not stand there by chance, and where they are left of something else, the
//! file only stays longer. The look is taken when a kept board is opened, when nobody has drawn yet. Pages that were open
//! before may still undo, and bring a file back with it; so the first look only notes the day, and the file goes
//! when one at least [`GRACE_DAYS`] later finds it unused again. Of a board whose rows were damaged, or a version of which
//! is, nothing goes: they may have shown it.
//!
//! A look goes through all bytes of the board and of its versions, of which there may be 50 of many megabytes: on a thread for
//! such work, while the room's own goes on, and with one of them in memory at a time. Knows no clock.

use super::aside::aside;
use super::version_keeping;
use crate::store::{BoardShelf, Day, FILE_ID_LENGTH, RoomId, ShelvedFile, StoreError};
use bytes::Bytes;
use std::collections::HashSet;

/// Days between the look that finds a file unused and the one with which it goes: more than one whole day, at any hours.
const GRACE_DAYS: u32 = 2;

/// What is to become of a room's files.
#[derive(PartialEq, Eq, Default, Debug)]
struct Verdict {
    /// Their days of grace begin.
    unused: Vec<String>,
    /// Something shows them again.
    used_again: Vec<String>,
    /// Their days are over.
    gone: Vec<String>,
}

/// Looks at a board that was just opened, whole, and had these files then. When files went: what all shelves take of
/// the disk now.
pub(super) async fn collect(
    shelf: &dyn BoardShelf,
    room: &RoomId,
    files: &[ShelvedFile],
    board: Bytes,
    today: Day,
) -> Result<Option<u64>, StoreError> {
    let ids: HashSet<Box<[u8]>> = files.iter().map(|file| file.id.as_bytes().into()).collect();
    let mut unused = strike_off_aside(ids, board).await?;
    if !unused.is_empty() {
        for version in shelf.versions(room).await? {
            let state = version_keeping::read(shelf, room, &version.id).await?;
            unused = strike_off_aside(unused, state.unwrap_or_default()).await?;
            if unused.is_empty() {
                break;
            }
        }
    }
    let Verdict { unused, used_again, gone } = judge(files, &unused, today);
    for (ids, since) in [(unused, Some(today)), (used_again, None)] {
        if !ids.is_empty() {
            shelf.note_unused(room, ids, since).await?;
        }
    }
    if gone.is_empty() {
        return Ok(None);
    }
    shelf.drop_files(room, gone).await?;
    shelf.shelf_bytes().await.map(Some)
}

/// `strike_off` on a thread that may take its time; what is left of the ids.
async fn strike_off_aside(
    mut ids: HashSet<Box<[u8]>>,
    state: Bytes,
) -> Result<HashSet<Box<[u8]>>, StoreError> {
    if ids.is_empty() {
        return Ok(ids);
    }
    aside(move || {
        strike_off(&mut ids, &state);
        ids
    })
    .await
}

/// Takes those ids away that stand in `state`.
fn strike_off(ids: &mut HashSet<Box<[u8]>>, state: &[u8]) {
    let is_of_an_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    for word in state.split(|byte| !is_of_an_id(byte)) {
        for part in word.windows(FILE_ID_LENGTH) {
            ids.remove(part);
        }
    }
}

fn judge(files: &[ShelvedFile], unused: &HashSet<Box<[u8]>>, today: Day) -> Verdict {
    let mut verdict = Verdict::default();
    for file in files {
        let list = match (unused.contains(file.id.as_bytes()), file.unused_since) {
            (false, None) => continue,
            (false, Some(_)) => &mut verdict.used_again,
            (true, None) => &mut verdict.unused,
            (true, Some(since)) if today.0 < since.0.saturating_add(GRACE_DAYS) => continue,
            (true, Some(_)) => &mut verdict.gone,
        };
        list.push(file.id.clone());
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{StoredVersion, VersionState};
    use crate::whiteboard::shelf_testing::MadeUpShelf;
    use crate::whiteboard::testing::Peer;
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;
    use tokio::task::spawn_blocking;

    fn id(letter: char) -> String {
        letter.to_string().repeat(FILE_ID_LENGTH)
    }

    fn file(letter: char, since: Option<u32>) -> ShelvedFile {
        ShelvedFile { id: id(letter), unused_since: since.map(Day) }
    }

    #[test]
    fn an_id_is_found_wherever_it_stands() {
        let (a, b, short) = (id('a'), id('b'), "c".repeat(FILE_ID_LENGTH - 1));
        let left = |state: &[u8]| {
            let mut ids = HashSet::from([a.as_bytes().into(), b.as_bytes().into()]);
            strike_off(&mut ids, state);
            ids.len()
        };
        assert_eq!(left(b""), 2);
        assert_eq!(left(short.as_bytes()), 2);
        assert_eq!(left(format!("x{short}\u{16}{a}\u{2}id").as_bytes()), 1);
        assert_eq!(left(format!("{b}{a}").as_bytes()), 0, "between characters that could be its own");
        assert_eq!(left(&a.as_bytes()[1..]), 2);
    }

    #[test]
    fn a_file_goes_with_the_second_look_that_finds_it_unused() {
        let unused = ['a', 'b', 'c'].map(id).map(|id| id.into_bytes().into()).into();
        let files =
            [file('a', None), file('b', Some(9)), file('c', Some(8)), file('d', Some(1)), file('e', None)];
        let expected = Verdict { unused: vec![id('a')], used_again: vec![id('d')], gone: vec![id('c')] };
        assert_eq!(judge(&files, &unused, Day(10)), expected);
        assert_eq!(judge(&files, &unused, Day(0)).gone, [""; 0], "a clock that was set back takes nothing");
    }

    #[actix_rt::test]
    async fn what_the_board_or_a_version_shows_stays() {
        let (shelf, room) = (MadeUpShelf::default(), RoomId("room".to_owned()));
        *shelf.files.lock().unwrap() = ['a', 'b', 'c', 'd'].map(|letter| file(letter, None)).into();
        let before = VersionState { state: Peer::new(1).set("old", id('b')).into(), checksum: None };
        let version = StoredVersion { id: "v".into(), made_at: 0, reason: "by_hand".into(), bytes: 0 };
        shelf.add_version(&room, version, before, Vec::new()).await.unwrap();
        let board = Peer::new(2).set("new", id('a'));
        let left = async |board: &[u8], today| {
            let board = Bytes::copy_from_slice(board);
            let files = shelf.files(&room).await.unwrap();
            let bytes = collect(&shelf, &room, &files, board, Day(today)).await.unwrap();
            let left: Vec<ShelvedFile> = shelf.files.lock().unwrap().clone();
            (bytes, left)
        };
        let all = [file('a', None), file('b', None), file('c', Some(10)), file('d', Some(10))];
        assert_eq!(left(&board, 10).await, (None, all.to_vec()));
        assert_eq!(left(&board, 11).await, (None, all.to_vec()), "the days begin once");
        let undone = Peer::new(3).set("again", format!("{}{}", id('a'), id('d')));
        let [a, b, c, d] = all;
        let d = ShelvedFile { unused_since: None, ..d };
        assert_eq!(left(&undone, 12).await, (Some(3), vec![a.clone(), b.clone(), d.clone()]), "{c:?} went");
        let d = ShelvedFile { unused_since: Some(Day(14)), ..d };
        assert_eq!(left(&board, 14).await, (None, vec![a, b, d]), "its days begin anew");
    }

    /// A runtime of one thread and one more for work that takes its time, which is taken.
    #[test]
    fn the_thread_of_the_room_is_not_held_up_and_one_version_is_in_memory_at_a_time() {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.max_blocking_threads(1).build().unwrap();
        let (shelf, room) = (MadeUpShelf::default(), RoomId("room".to_owned()));
        let files = vec![file('a', None)];
        shelf.files.lock().unwrap().clone_from(&files);
        for name in ["v", "w"] {
            let version = StoredVersion { id: name.into(), made_at: 0, reason: "by_hand".into(), bytes: 0 };
            let state = VersionState { state: Bytes::new(), checksum: None };
            runtime.block_on(shelf.add_version(&room, version, state, Vec::new())).unwrap();
        }
        let board = Bytes::from(Peer::new(1).set("new", "nothing"));
        let mut collecting = pin!(collect(&shelf, &room, &files, board, Day(10)));
        for versions in 0..3 {
            let (go, wait) = std::sync::mpsc::sync_channel::<()>(0);
            runtime.block_on(async {
                // Ends with its sender.
                let taken = spawn_blocking(move || wait.recv().is_err());
                let done = poll_fn(|context| Poll::Ready(collecting.as_mut().poll(context).is_ready())).await;
                assert!(!done, "the look at number {versions} is not taken on this thread");
                assert_eq!(*shelf.loaded.lock().unwrap(), versions);
                drop(go);
                assert!(taken.await.unwrap());
                // They take turns: when this one has ended, the look before it has.
                spawn_blocking(|| ()).await.unwrap();
            });
        }
        assert_eq!(runtime.block_on(collecting).unwrap(), None);
        assert_eq!(shelf.files.lock().unwrap()[0].unused_since, Some(Day(10)));
    }

    #[actix_rt::test]
    async fn while_a_version_is_damaged_no_file_goes() {
        let (shelf, room) = (MadeUpShelf::default(), RoomId("room".to_owned()));
        let files = vec![file('a', Some(1))];
        shelf.files.lock().unwrap().clone_from(&files);
        let version = StoredVersion { id: "v".into(), made_at: 0, reason: "by_hand".into(), bytes: 0 };
        let damaged = VersionState { state: Bytes::from_static(b"it showed a"), checksum: Some(1) };
        shelf.add_version(&room, version, damaged, Vec::new()).await.unwrap();
        let looked = collect(&shelf, &room, &files, Bytes::new(), Day(10)).await;
        assert!(matches!(looked, Err(StoreError::Damaged)), "{looked:?}");
        assert_eq!(*shelf.files.lock().unwrap(), files);
    }
}
