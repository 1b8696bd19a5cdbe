//! What a board holds: pages and elements, each a whole value under a key, and nothing else.
//!
//! Whose client draws something else is closed: it would break the pages of the others. Checked are the names of the maps, that
//! entries are values and not shared types, and of each entry its measures: texts, coordinates, lists, links. What an element
//! *is* is the clients' business. Takes only what `validator` let pass; allocates nothing. Pure.

use super::validator::{Block, Class, Outline, Place};
use super::wire::{Malformed, Reader};

/// Characters of a text.
pub(super) const TEXT_MAX: usize = 10_000;
/// Entries of a list: the points of a stroke.
const LIST_MAX: u32 = 10_000;
/// Fields of one object.
const FIELDS_MAX: u32 = 256;
/// Coordinates go so far to each side.
const COORDINATE_MAX: f64 = 1e7;
/// Characters of a page's id.
const PAGE_MAX: usize = 32;
/// As the validator lets values nest.
const LEVELS: usize = 32;

const ANY: u8 = 8;
const KIND: u8 = 0x1f;
const HAS_KEY: u8 = 0x20;

/// Checks the new blocks of an update.
pub(super) fn check(
    update: &[u8],
    outline: &Outline,
    new: impl Iterator<Item = usize>,
) -> Result<(), Malformed> {
    for block in new.filter_map(|at| outline.blocks.get(at)) {
        match (block.class, block.place) {
            (Class::Gone, Place::None) => continue,
            (Class::Plain | Class::Gone, Place::Root) => root(update, block)?,
            (Class::Plain | Class::Gone, Place::Beside(Some(_), None)) => {}
            _ => return Err(Malformed("no entry of a map")),
        }
        if block.class == Class::Plain {
            entry(update, block)?;
        }
    }
    Ok(())
}

fn root(update: &[u8], block: &Block) -> Result<(), Malformed> {
    let header = update.get(block.bytes.0..block.content).unwrap_or_default();
    let mut reader = Reader::new(header);
    let (info, _tag, name) = (reader.byte()?, reader.byte()?, reader.text()?);
    let is_page = |id: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        (1..=PAGE_MAX).contains(&id.len()) && id.bytes().all(plain)
    };
    let known = matches!(name, "pages" | "elements") || name.strip_prefix("elements:").is_some_and(is_page);
    if known && info & HAS_KEY != 0 { Ok(()) } else { Err(Malformed("no map of a board")) }
}

fn entry(update: &[u8], block: &Block) -> Result<(), Malformed> {
    let info = update.get(block.bytes.0).copied().unwrap_or_default();
    let mut reader = Reader::new(update.get(block.content..block.bytes.1).unwrap_or_default());
    let is_one = info & KIND == ANY && reader.uint32()? == 1;
    if is_one && reader.byte()? == 118 { object(&mut reader) } else { Err(Malformed("no object")) }
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// In a list.
    List,
    /// A coordinate or a size of the element itself.
    Measure,
    /// Its link.
    Link,
    Elsewhere,
}

/// Everything in an object whose tag has been read.
fn object(reader: &mut Reader<'_>) -> Result<(), Malformed> {
    let mut levels = [(0_u32, false); LEVELS];
    let mut depth = 1_usize;
    levels[0] = (count(reader, FIELDS_MAX)?, true);
    while let Some(top) = depth.checked_sub(1) {
        let Some((left, is_object)) = levels.get_mut(top) else { return Err(Malformed("nested too deep")) };
        if *left == 0 {
            depth = top;
            continue;
        }
        *left -= 1;
        let at = if *is_object { field(reader.text()?, depth) } else { At::List };
        match reader.byte()? {
            tag @ (117 | 118) => {
                let is_object = tag == 118;
                let max = if is_object { FIELDS_MAX } else { LIST_MAX };
                let level = levels.get_mut(depth).ok_or(Malformed("nested too deep"))?;
                *level = (count(reader, max)?, is_object);
                depth += 1;
            }
            tag => value(reader, tag, at)?,
        }
    }
    Ok(())
}

fn count(reader: &mut Reader<'_>, max: u32) -> Result<u32, Malformed> {
    let count = reader.uint32()?;
    if count <= max { Ok(count) } else { Err(Malformed("too many entries")) }
}

fn field(name: &str, depth: usize) -> At {
    match name {
        "x" | "y" | "width" | "height" if depth == 1 => At::Measure,
        "link" if depth == 1 => At::Link,
        _ => At::Elsewhere,
    }
}

fn value(reader: &mut Reader<'_>, tag: u8, at: At) -> Result<(), Malformed> {
    match tag {
        119 => {
            let text = reader.text()?;
            let fits = text.len() <= TEXT_MAX || text.chars().count() <= TEXT_MAX;
            let is_link = at != At::Link || text.is_empty() || text.starts_with("https://");
            if fits && is_link { Ok(()) } else { Err(Malformed("text")) }
        }
        125 => reader.skip_int(),
        124 => number(f64::from(f32::from_be_bytes(bytes(reader)?)), at),
        123 => number(f64::from_be_bytes(bytes(reader)?), at),
        120 | 121 | 126 | 127 => Ok(()),
        _ => Err(Malformed("no value of an element")),
    }
}

fn number(value: f64, at: At) -> Result<(), Malformed> {
    let max = if matches!(at, At::Measure | At::List) { COORDINATE_MAX } else { f64::MAX };
    if value.abs() <= max { Ok(()) } else { Err(Malformed("coordinate")) }
}

fn bytes<const N: usize>(reader: &mut Reader<'_>) -> Result<[u8; N], Malformed> {
    reader.take(N)?.try_into().map_err(|_length| Malformed("ends early"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whiteboard::testing::{Any, Map, MapPrelim, Peer, WriteTxn};
    use crate::whiteboard::validator;
    use serde_json::{Value, json};

    fn verdict(update: &[u8]) -> Result<(), Malformed> {
        let outline = validator::update(update, usize::MAX).unwrap();
        check(update, &outline, 0..outline.blocks.len())
    }

    fn any(value: &Value) -> Any {
        Any::from_json(&value.to_string()).unwrap()
    }

    fn put(root: &str, value: &Value) -> Result<(), Malformed> {
        let value = any(value);
        verdict(&Peer::new(1).change(|transaction| {
            transaction.get_or_insert_map(root).insert(transaction, "key", value);
        }))
    }

    #[test]
    fn only_the_maps_of_a_board_are_known() {
        for root in ["pages", "elements", "elements:main", "elements:Ab_-9"] {
            assert_eq!(put(root, &json!({"id": "a"})), Ok(()), "{root}");
        }
        let long = format!("elements:{}", "x".repeat(33));
        for root in ["", "files", "element", "elements:", "elements:a b", "text", "Pages", &long] {
            assert!(put(root, &json!({"id": "a"})).is_err(), "{root}");
        }
    }

    #[test]
    fn an_element_has_measures() {
        let fine = json!({
            "type": "text", "x": -1e7, "y": 0.5, "text": "ä".repeat(10_000), "link": "https://example.org", "updated": 1.7e12,
            "points": vec![[0.5, 1e7]; 10_000], "customData": {"deep": [{"x": 3e9}]}, "locked": false, "frameId": null,
        });
        assert_eq!(put("elements", &fine), Ok(()));
        for (name, value) in [
            ("x", json!(1.1e7)),
            ("height", json!(-2e7)),
            ("text", json!("ä".repeat(10_001))),
            ("link", json!("javascript:alert(1)")),
            ("link", json!("http://example.org")),
            ("points", json!([[0.5, 2e7]])),
            ("points", json!(vec![0; 10_001])),
        ] {
            let mut element = fine.clone();
            element[name] = value;
            assert!(put("elements", &element).is_err(), "{name}");
        }
        let many: serde_json::Map<String, Value> = (0..257).map(|n| (n.to_string(), json!(1))).collect();
        assert!(put("elements", &Value::Object(many)).is_err());
        for value in [json!(1), json!("text"), json!([1]), json!(null)] {
            assert!(put("elements", &value).is_err());
        }
    }

    #[test]
    fn infinity_and_bytes_are_no_values() {
        for value in [Any::from(f64::NAN), Any::from(f64::INFINITY), Any::from(vec![1_u8])] {
            let element = Any::from(std::collections::HashMap::from([("seed".to_owned(), value)]));
            let update = Peer::new(1).change(|transaction| {
                transaction.get_or_insert_map("elements").insert(transaction, "key", element);
            });
            assert!(verdict(&update).is_err());
        }
    }

    #[test]
    fn shared_types_are_no_entries() {
        let nested = Peer::new(1).change(|transaction| {
            let prelim = MapPrelim::from([("a".to_owned(), 1)]);
            transaction.get_or_insert_map("elements").insert(transaction, "key", prelim);
        });
        assert!(verdict(&nested).is_err());
        let list = Peer::new(1).change(|transaction| {
            yrs::Array::push_back(&transaction.get_or_insert_array("elements"), transaction, 1);
        });
        assert!(verdict(&list).is_err());
    }
}
