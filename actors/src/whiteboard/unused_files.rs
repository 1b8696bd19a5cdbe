//! Pictures and slides that nothing refers to any more: neither the board nor a version to go back to.
//!
//! What a value means is never looked at. So a file counts as used when its id stands anywhere in the bytes of the
//! board or of a version: random characters do not stand there by chance, and where they are left of something else, the
//! file only stays longer. The look is taken when a kept board is opened, when nobody has drawn yet. Pages that were open
//! before may still undo, and bring a file back with it; so the first look only notes the day, and the file goes
//! when one at least [`GRACE_DAYS`] later finds it unused again. Of a board whose rows were damaged nothing goes: they
//! may have shown it. Knows neither clock nor runtime.

use crate::store::{BoardShelf, Day, FILE_ID_LENGTH, RoomId, ShelvedFile, StoreError};
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

/// Looks at a board that was just opened, whole. When files went: what all shelves take of the disk now.
pub(super) async fn collect(
    shelf: &dyn BoardShelf,
    room: &RoomId,
    board: &[u8],
    today: Day,
) -> Result<Option<u64>, StoreError> {
    let files = shelf.files(room).await?;
    let mut unused: HashSet<&[u8]> = files.iter().map(|file| file.id.as_bytes()).collect();
    strike_off(&mut unused, board);
    if !unused.is_empty() {
        for version in shelf.versions(room).await? {
            strike_off(&mut unused, &shelf.version(room, &version.id).await?.unwrap_or_default());
        }
    }
    let Verdict { unused, used_again, gone } = judge(&files, &unused, today);
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

/// Takes those ids away that stand in `state`.
fn strike_off(ids: &mut HashSet<&[u8]>, state: &[u8]) {
    if ids.is_empty() {
        return;
    }
    let is_of_an_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    for word in state.split(|byte| !is_of_an_id(byte)) {
        for part in word.windows(FILE_ID_LENGTH) {
            ids.remove(part);
        }
    }
}

fn judge(files: &[ShelvedFile], unused: &HashSet<&[u8]>, today: Day) -> Verdict {
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
    use crate::store::StoredVersion;
    use crate::whiteboard::shelf_testing::MadeUpShelf;
    use crate::whiteboard::testing::Peer;
    use bytes::Bytes;

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
            let mut ids: HashSet<&[u8]> = [a.as_bytes(), b.as_bytes()].into();
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
        let (a, b, c) = (id('a'), id('b'), id('c'));
        let unused: HashSet<&[u8]> = [a.as_bytes(), b.as_bytes(), c.as_bytes()].into();
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
        let before = Bytes::from(Peer::new(1).set("old", id('b')));
        let version = StoredVersion { id: "v".into(), made_at: 0, reason: "by_hand".into(), bytes: 0 };
        shelf.add_version(&room, version, before, Vec::new()).await.unwrap();
        let board = Peer::new(2).set("new", id('a'));
        let left = async |board: &[u8], today| {
            let bytes = collect(&shelf, &room, board, Day(today)).await.unwrap();
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
}
