//! What one drawer draws: strokes as Excalidraw keeps them, each sent whole again and again while it grows, and a cursor.
//! Pure.

use super::yjs::{Change, awareness, put_text, put_uint, update};

/// Stands before the moment of drawing in each element.
const MARK: &[u8] = b"drawn@";
/// Digits of the moment, in microseconds.
const DIGITS: usize = 13;
/// After so many changes the pen is lifted.
const CHANGES_PER_ELEMENT: u64 = 20;
/// Then, after so many elements, old ones are changed again.
const ELEMENTS: u64 = 20;

/// See the module's text.
pub(super) struct Drawing {
    client: u64,
    bytes: usize,
    clock: u64,
    changes: u64,
    cursor: u64,
    /// The last version's clock of each element.
    versions: Vec<Option<u64>>,
}

impl Drawing {
    /// `bytes` is about the size of one change.
    pub(super) fn new(number: usize, bytes: usize) -> Self {
        let client = 1_000_000 + number as u64;
        let versions = vec![None; ELEMENTS as usize];
        Self { client, bytes, clock: 0, changes: 0, cursor: 0, versions }
    }

    /// The next change as a message, drawn at this moment (microseconds).
    pub(super) fn change(&mut self, now_us: u64) -> Vec<u8> {
        let place = (self.changes / CHANGES_PER_ELEMENT % ELEMENTS) as usize;
        let element = self.element(place);
        let value = value(&element, self.changes + 1, now_us, self.bytes);
        let before = self.versions[place].replace(self.clock);
        let change =
            Change { client: self.client, clock: self.clock, element: &element, before, value: &value };
        self.clock += 1;
        self.changes += 1;
        update(&[change])
    }

    /// Many elements at once, numbered from `first`, which nobody changes.
    pub(super) fn scene(&mut self, first: usize, count: usize) -> Vec<u8> {
        let elements: Vec<(String, Vec<u8>)> = (first..first + count)
            .map(|number| {
                let element = format!("scene-{number}");
                let value = value(&element, 1, 0, self.bytes);
                (element, value)
            })
            .collect();
        let changes: Vec<Change<'_>> = (self.clock..)
            .zip(&elements)
            .map(|(clock, (element, value))| Change {
                client: self.client,
                clock,
                element,
                before: None,
                value,
            })
            .collect();
        self.clock += count as u64;
        update(&changes)
    }

    /// The next place of the cursor as a message.
    pub(super) fn cursor(&mut self) -> Vec<u8> {
        self.cursor += 1;
        let (x, y) = (self.cursor as f64 * 1.37, self.cursor as f64 * 0.71);
        let state = format!(
            r#"{{"pointer":{{"x":{x},"y":{y},"tool":"pointer"}},"button":"down","selectedElementIds":{{"{}":true}}}}"#,
            self.element(0)
        );
        awareness(self.client, self.cursor, &state)
    }

    /// The elements there have to be in the end, each with its version.
    pub(super) fn expected(&self) -> Vec<(String, u64)> {
        let last_of = |place: u64| {
            let done = self.changes / CHANGES_PER_ELEMENT;
            let turn = done % ELEMENTS;
            let open = self.changes % CHANGES_PER_ELEMENT;
            if place == turn && open > 0 {
                return Some(self.changes);
            }
            // The last whole turn at this place.
            let turns = done.checked_sub(place + 1)? / ELEMENTS;
            Some((turns * ELEMENTS + place + 1) * CHANGES_PER_ELEMENT)
        };
        (0..ELEMENTS).filter_map(|place| Some((self.element(place as usize), last_of(place)?))).collect()
    }

    fn element(&self, place: usize) -> String {
        format!("{}-{place:03}-Zk3vQ8rT", self.client)
    }
}

/// The moments at which the changes in a message were drawn.
pub(super) fn moments(message: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += message.get(at..)?.iter().position(|byte| *byte == MARK[0])?;
            let after = message.get(at..)?.strip_prefix(MARK);
            at += 1;
            if let Some(digits) = after.and_then(|after| after.get(..DIGITS))
                && let Ok(text) = std::str::from_utf8(digits)
            {
                return text.parse().ok();
            }
        }
    })
}

/// A freehand stroke in lib0's encoding of JSON.
fn value(id: &str, version: u64, now_us: u64, bytes: usize) -> Vec<u8> {
    let mut fields: Vec<(&str, Vec<u8>)> = Vec::new();
    let text = |text: &str| {
        let mut out = vec![119];
        put_text(&mut out, text);
        out
    };
    for (name, value) in [
        ("id", id),
        ("type", "freedraw"),
        ("strokeColor", "#1e1e1e"),
        ("backgroundColor", "transparent"),
        ("fillStyle", "solid"),
        ("strokeStyle", "solid"),
        ("index", "a0V"),
    ] {
        fields.push((name, text(value)));
    }
    fields.push(("link", vec![126]));
    for (name, value) in [("x", 120.25), ("y", 64.5), ("width", 210.75), ("height", 80.125)] {
        fields.push((name, float(value)));
    }
    for name in ["angle", "strokeWidth", "roughness", "opacity", "seed", "versionNonce", "updated"] {
        fields.push((name, int(version.wrapping_mul(31) % 100)));
    }
    fields.push(("version", int(version)));
    for (name, tag) in
        [("frameId", 126), ("roundness", 126), ("boundElements", 126), ("isDeleted", 121), ("locked", 121)]
    {
        fields.push((name, vec![tag]));
    }
    for name in ["groupIds", "pressures"] {
        fields.push((name, vec![117, 0]));
    }
    fields.push(("simulatePressure", vec![120]));
    let mut data = vec![118, 1];
    put_text(&mut data, "at");
    data.extend(text(&format!("{}{now_us:0DIGITS$}", String::from_utf8_lossy(MARK))));
    fields.push(("customData", data));
    let so_far: usize = fields.iter().map(|(name, value)| name.len() + 1 + value.len()).sum();
    let count = bytes.saturating_sub(so_far + 60) / POINT_BYTES;
    let mut points = vec![117];
    put_uint(&mut points, count as u64);
    for number in 0..count {
        points.extend_from_slice(&[117, 2]);
        points.extend(float(number as f64 * 1.7));
        points.extend(float(number as f64 * 0.3 + version as f64));
    }
    fields.push(("points", points));
    let mut out = vec![118];
    put_uint(&mut out, fields.len() as u64);
    for (name, value) in fields {
        put_text(&mut out, name);
        out.extend(value);
    }
    out
}

/// Two numbers and what frames them.
const POINT_BYTES: usize = 20;

fn float(value: f64) -> Vec<u8> {
    let mut out = vec![123];
    out.extend_from_slice(&value.to_be_bytes());
    out
}

/// A number below 2^53, as lib0 writes those that are whole.
fn int(value: u64) -> Vec<u8> {
    let mut out = vec![125];
    let (low, rest) = ((value & 0x3f) as u8, value >> 6);
    if rest == 0 {
        out.push(low);
    } else {
        out.push(low | 0x80);
        put_uint(&mut out, rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_its_size_and_tells_its_moment() {
        let mut drawing = Drawing::new(3, 700);
        for now in [5, 1_234_567] {
            let message = drawing.change(now);
            assert!((650..750).contains(&message.len()), "{}", message.len());
            assert_eq!(moments(&message).collect::<Vec<_>>(), [now]);
        }
        assert_eq!(moments(&drawing.cursor()).count(), 0);
    }

    #[test]
    fn it_knows_what_has_to_be_there() {
        let mut drawing = Drawing::new(3, 700);
        let mut versions = std::collections::BTreeMap::new();
        for round in 1..=1_234_u64 {
            drawing.change(round);
            let place = (round - 1) / CHANGES_PER_ELEMENT % ELEMENTS;
            versions.insert(drawing.element(place as usize), round);
            let expected: std::collections::BTreeMap<String, u64> = drawing.expected().into_iter().collect();
            assert_eq!(expected, versions, "after {round}");
        }
    }
}
