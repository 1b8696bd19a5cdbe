//! Just so much of Yjs' encoding (update format 1) as a drawer needs who sets whole elements in a map: each change is one
//! item with the element's last one as origin, which it deletes. Nothing here keeps a document.

/// Appends a variable-length integer.
pub(super) fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a text with its length.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_uint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Messages of the y-protocols.
const SYNC: u8 = 0;
const AWARENESS: u8 = 1;
pub(super) const STEP_2: u8 = 1;
pub(super) const UPDATE: u8 = 2;

/// "I have nothing": sync step 1.
pub(super) const STEP_1: [u8; 4] = [SYNC, 0, 1, 0];

/// One element's next version.
pub(super) struct Change<'a> {
    pub(super) client: u64,
    pub(super) clock: u64,
    pub(super) element: &'a str,
    /// The clock of the version before, of the same client.
    pub(super) before: Option<u64>,
    /// The value as lib0 writes it.
    pub(super) value: &'a [u8],
}

/// The changes of one client, whose clocks follow each other, as a sync message.
pub(super) fn update(changes: &[Change<'_>]) -> Vec<u8> {
    let Some(first) = changes.first() else { return Vec::new() };
    let mut update = vec![1];
    put_uint(&mut update, changes.len() as u64);
    put_uint(&mut update, first.client);
    put_uint(&mut update, first.clock);
    for change in changes {
        match change.before {
            Some(before) => {
                update.push(8 | 0x80 | 0x20);
                put_uint(&mut update, change.client);
                put_uint(&mut update, before);
            }
            None => {
                update.extend_from_slice(&[8 | 0x20, 1]);
                put_text(&mut update, "elements");
                put_text(&mut update, change.element);
            }
        }
        update.push(1);
        update.extend_from_slice(change.value);
    }
    let deleted: Vec<u64> = changes.iter().filter_map(|change| change.before).collect();
    if deleted.is_empty() {
        update.push(0);
    } else {
        update.push(1);
        put_uint(&mut update, first.client);
        put_uint(&mut update, deleted.len() as u64);
        for clock in deleted {
            put_uint(&mut update, clock);
            update.push(1);
        }
    }
    let mut message = vec![SYNC, UPDATE];
    put_uint(&mut message, update.len() as u64);
    message.append(&mut update);
    message
}

/// One client's presence.
pub(super) fn awareness(client: u64, clock: u64, state: &str) -> Vec<u8> {
    let mut entry = vec![1];
    put_uint(&mut entry, client);
    put_uint(&mut entry, clock);
    put_text(&mut entry, state);
    let mut message = vec![AWARENESS];
    put_uint(&mut message, entry.len() as u64);
    message.append(&mut entry);
    message
}

/// The kind of a sync message and its payload.
pub(super) fn sync(message: &[u8]) -> Option<(u8, &[u8])> {
    let (&[SYNC, kind], mut rest) = message.split_first_chunk::<2>()? else { return None };
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte < 0x80 {
            break;
        }
    }
    Some((kind, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use yrs::types::ToJson;
    use yrs::updates::decoder::Decode;
    use yrs::{Doc, ReadTxn, Transact, Update};

    #[test]
    fn a_document_understands_it() {
        let doc = Doc::new();
        let change =
            |clock, before, value| update(&[Change { client: 7, clock, element: "a", before, value }]);
        for message in [change(0, None, &[125, 1]), change(1, Some(0), &[125, 2])] {
            let (kind, payload) = sync(&message).unwrap();
            assert_eq!(kind, UPDATE);
            doc.transact_mut().apply_update(Update::decode_v1(payload).unwrap()).unwrap();
        }
        let transaction = doc.transact();
        let elements = transaction.get_map("elements").unwrap().to_json(&transaction).to_string();
        assert!(elements.contains("a: 2"), "{elements}");
    }

    #[test]
    fn presence_is_no_sync_message() {
        let message = awareness(7, 300, "{}");
        assert_eq!(message, [1, 7, 1, 7, 0xac, 2, 2, b'{', b'}']);
        assert_eq!(sync(&message), None);
    }
}
