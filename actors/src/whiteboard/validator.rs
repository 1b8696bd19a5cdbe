//! The gate in front of every decode: one iterative walk over the bytes of a y-protocols message, before the
//! CRDT library sees them.
//!
//! Why: yrs 0.28 reserves what a message claims (seven bytes cost 500 MB), recurses over nested values (20 KB
//! abort the process) and trusts client ids. So claimed lengths are compared with the bytes left, nesting is
//! at most 32, clocks end at 2^31, client ids are below 2^53, and clients and blocks are counted. What passes
//! has been read exactly as yrs will read it; forms that yrs and Yjs read differently, or that no drawing
//! needs (legacy JSON, byte strings, sub-documents, weak links, XML hooks), are refused. Never panics, and allocates only
//! in proportion to bytes really there. Whether an update *fits* the board is `structure`'s question.

use super::wire::{AWARENESS, Malformed, QUERY_AWARENESS, Reader, STEP_1, STEP_2, SYNC, UPDATE};
use std::collections::HashMap;

/// Nesting of values inside one element, and of shared types inside each other.
pub(super) const NESTING_MAX: usize = 32;
/// Clocks end here; a client that drew a block every millisecond would take 24 days.
const CLOCK_MAX: u64 = 1 << 31;
/// JavaScript's safe integers end here, and so do Yjs' client ids.
const CLIENT_END: u64 = 1 << 53;
/// Clients in one message: a board that saw as many page loads.
const CLIENTS_MAX: u32 = 8_192;
/// What one decoded value takes in memory, about (`size_of::<yrs::Any>()` and its share of an allocation).
const VALUE_WEIGHT: u64 = 32;
/// What one block takes in memory, about (`yrs` item, its links and index).
const BLOCK_WEIGHT: u64 = 240;

/// A position in the history: the `clock`-th thing that `client` made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Id {
    /// Which Yjs client.
    pub(super) client: u64,
    /// Its how manieth.
    pub(super) clock: u32,
}

/// What kind of message a frame is; its payload not yet looked at, so that rights are checked first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Frame<'a> {
    /// "This is what I have": a state vector.
    Step1(&'a [u8]),
    /// "This is what you lack": an update.
    Step2(&'a [u8]),
    /// "This is new": an update.
    Update(&'a [u8]),
    /// Presence states.
    Awareness(&'a [u8]),
    /// "Who is here?"
    QueryAwareness,
}

/// Splits a frame: exactly one message, as `y-websocket` sends them.
pub(super) fn frame(bytes: &[u8]) -> Result<Frame<'_>, Malformed> {
    let mut reader = Reader::new(bytes);
    let frame = match reader.byte()? {
        SYNC => {
            let kind = reader.byte()?;
            let payload = reader.buffer()?;
            match kind {
                STEP_1 => Frame::Step1(payload),
                STEP_2 => Frame::Step2(payload),
                UPDATE => Frame::Update(payload),
                _ => return Err(Malformed("unknown sync message")),
            }
        }
        AWARENESS => Frame::Awareness(reader.buffer()?),
        QUERY_AWARENESS => Frame::QueryAwareness,
        _ => return Err(Malformed("unknown message")),
    };
    reader.end()?;
    Ok(frame)
}

/// Checks a state vector and tells each client's next clock.
pub(super) fn state_vector(bytes: &[u8]) -> Result<HashMap<u64, u32>, Malformed> {
    let mut reader = Reader::new(bytes);
    let mut clocks = HashMap::new();
    for _ in 0..clients(&mut reader, 2)? {
        clocks.insert(client(&mut reader)?, clock(&mut reader)?);
    }
    reader.end()?;
    Ok(clocks)
}

/// One entry of an awareness message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Entry<'a> {
    /// Whose presence.
    pub(super) client: u64,
    /// Its how manieth version.
    pub(super) clock: u32,
    /// JSON, not yet parsed; `null` says goodbye.
    pub(super) state: &'a str,
}

/// Splits an awareness message.
pub(super) fn awareness(bytes: &[u8]) -> Result<Vec<Entry<'_>>, Malformed> {
    let mut reader = Reader::new(bytes);
    let mut entries = Vec::new();
    for _ in 0..clients(&mut reader, 3)? {
        entries.push(Entry { client: client(&mut reader)?, clock: reader.uint32()?, state: reader.text()? });
    }
    reader.end()?;
    Ok(entries)
}

/// What a block holds, as far as others can depend on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// A value.
    Plain,
    /// A shared type, into which others may be put.
    Type,
    /// Deleted content.
    Gone,
    /// A hole: the sender says nothing about these clocks.
    Hole,
}

/// Where a block belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Nowhere any more (collected garbage, holes).
    None,
    /// In one of the document's named types.
    Root,
    /// In the shared type with this id.
    Inside(Id),
    /// Beside these neighbours; at least one is there.
    Beside(Option<Id>, Option<Id>),
}

/// The outline of one block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Block {
    /// Its first id.
    pub(super) id: Id,
    /// How many clocks it covers, at least 1.
    pub(super) len: u32,
    /// What it holds.
    pub(super) class: Class,
    /// Where it belongs.
    pub(super) place: Place,
    /// Where in the update it is written, from and to.
    pub(super) bytes: (usize, usize),
    /// Where in the update its content begins.
    pub(super) content: usize,
}

impl Block {
    /// The clock after its last.
    pub(super) fn end(&self) -> u32 {
        self.id.clock + self.len
    }
}

/// What an update says, without its content.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Outline {
    /// Blocks; those of one client stand together, in the order of their clocks.
    pub(super) blocks: Vec<Block>,
    /// Deleted ranges: the first id and the clock after the last.
    pub(super) deletes: Vec<(Id, u32)>,
    /// Where in the update the blocks end and the deleted ranges begin.
    pub(super) sections_end: usize,
    /// About how many bytes of memory the decoded update takes.
    pub(super) weight: u64,
}

impl Outline {
    /// How much more is deleted than added: who changes an element deletes what it was and adds what it is.
    pub(super) fn removed(&self) -> usize {
        let deleted = |(first, end): &(Id, u32)| end.saturating_sub(first.clock) as usize;
        self.deletes.iter().map(deleted).sum::<usize>().saturating_sub(self.blocks.len())
    }
}

/// Checks an update of at most `blocks_max` blocks and deleted ranges and tells what it is about.
pub(super) fn update(bytes: &[u8], blocks_max: usize) -> Result<Outline, Malformed> {
    outline(bytes, blocks_max, false)
}

/// The same for what the document itself wrote, in which values are sealed.
pub(super) fn sealed_update(bytes: &[u8]) -> Result<Outline, Malformed> {
    outline(bytes, usize::MAX, true)
}

fn outline(bytes: &[u8], blocks_max: usize, sealed: bool) -> Result<Outline, Malformed> {
    let (reader, length) = (Reader::new(bytes), bytes.len());
    let mut walk = Walk { reader, outline: Outline::default(), blocks_max, length, sealed };
    walk.sections()?;
    walk.outline.sections_end = length - walk.reader.left();
    walk.deletes()?;
    walk.reader.end()?;
    Ok(walk.outline)
}

struct Walk<'a> {
    reader: Reader<'a>,
    outline: Outline,
    blocks_max: usize,
    length: usize,
    /// Byte strings are sealed values; otherwise there are none.
    sealed: bool,
}

impl Walk<'_> {
    fn sections(&mut self) -> Result<(), Malformed> {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..clients(&mut self.reader, 3)? {
            let count = self.reader.count(2)?;
            let client = client(&mut self.reader)?;
            if !seen.insert(client) {
                return Err(Malformed("a client twice"));
            }
            let mut next = clock(&mut self.reader)?;
            for _ in 0..count {
                if self.outline.blocks.len() >= self.blocks_max {
                    return Err(Malformed("too many blocks"));
                }
                let start = self.at();
                let (class, place, len, content) = self.block()?;
                let end = u64::from(next) + len;
                if len == 0 || end > CLOCK_MAX {
                    return Err(Malformed("clock"));
                }
                let bytes = (start, self.at());
                // Both fit: end ≤ 2^31.
                let block =
                    Block { id: Id { client, clock: next }, len: len as u32, class, place, bytes, content };
                self.outline.blocks.push(block);
                self.outline.weight += BLOCK_WEIGHT;
                next = end as u32;
            }
        }
        Ok(())
    }

    fn deletes(&mut self) -> Result<(), Malformed> {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..clients(&mut self.reader, 2)? {
            let client = client(&mut self.reader)?;
            if !seen.insert(client) {
                return Err(Malformed("a client twice"));
            }
            let mut last_end = 0;
            for _ in 0..self.reader.count(2)? {
                let start = clock(&mut self.reader)?;
                let end = u64::from(start) + u64::from(self.reader.uint32()?);
                // Yjs and yrs sort and join ranges before they write them, and yrs searches them as sorted.
                if end > CLOCK_MAX || start < last_end {
                    return Err(Malformed("deleted range"));
                }
                if self.outline.deletes.len() >= self.blocks_max {
                    return Err(Malformed("too many deleted ranges"));
                }
                last_end = end as u32;
                self.outline.deletes.push((Id { client, clock: start }, last_end));
            }
        }
        Ok(())
    }

    fn at(&self) -> usize {
        self.length - self.reader.left()
    }

    /// One block: what it holds, where it belongs, how many clocks it covers, where its content begins.
    fn block(&mut self) -> Result<(Class, Place, u64, usize), Malformed> {
        let info = self.reader.byte()?;
        if let 0 | 10 = info {
            let (class, at) = (if info == 0 { Class::Gone } else { Class::Hole }, self.at());
            return Ok((class, Place::None, u64::from(self.reader.uint32()?), at));
        }
        let left = if info & 0x80 != 0 { Some(id(&mut self.reader)?) } else { None };
        let right = if info & 0x40 != 0 { Some(id(&mut self.reader)?) } else { None };
        let place = if left.is_none() && right.is_none() {
            let place = match self.reader.byte()? {
                1 => self.reader.text().map(|_name| Place::Root)?,
                0 => Place::Inside(id(&mut self.reader)?),
                _ => return Err(Malformed("parent")),
            };
            if info & 0x20 != 0 {
                self.reader.text()?;
            }
            place
        } else {
            Place::Beside(left, right)
        };
        let at = self.at();
        let (class, len) = self.content(info & 0x1f)?;
        Ok((class, place, len, at))
    }

    fn content(&mut self, kind: u8) -> Result<(Class, u64), Malformed> {
        match kind {
            1 => Ok((Class::Gone, u64::from(self.reader.uint32()?))),
            3 if self.sealed => {
                self.outline.weight += self.reader.buffer()?.len() as u64;
                Ok((Class::Plain, 1))
            }
            4 => {
                let text = self.reader.text()?;
                self.outline.weight += text.len() as u64;
                Ok((Class::Plain, text.encode_utf16().count() as u64))
            }
            5 => self.json().map(|()| (Class::Plain, 1)),
            6 => {
                self.reader.text()?;
                self.json().map(|()| (Class::Plain, 1))
            }
            7 => {
                match self.reader.byte()? {
                    3 => self.reader.text().map(|_tag| ())?,
                    0 | 1 | 2 | 4 | 6 => {}
                    _ => return Err(Malformed("shared type")),
                }
                Ok((Class::Type, 1))
            }
            8 => {
                let (count, weight, left) = (self.reader.count(1)?, self.outline.weight, self.reader.left());
                for _ in 0..count {
                    self.value()?;
                }
                if count == 1 {
                    // Sealed in the document.
                    self.outline.weight = weight + (left - self.reader.left()) as u64;
                }
                Ok((Class::Plain, u64::from(count)))
            }
            _ => Err(Malformed("content")),
        }
    }

    /// One value and everything in it, without recursion.
    fn value(&mut self) -> Result<(), Malformed> {
        let mut levels = [(0_u32, false); NESTING_MAX];
        let mut depth = 0;
        loop {
            self.outline.weight += VALUE_WEIGHT;
            match self.reader.byte()? {
                120 | 121 | 126 | 127 => {}
                125 => self.reader.skip_int()?,
                124 => self.reader.take(4).map(|_| ())?,
                122 | 123 => self.reader.take(8).map(|_| ())?,
                119 => self.outline.weight += self.reader.text()?.len() as u64,
                116 => self.outline.weight += self.reader.buffer()?.len() as u64,
                tag @ (117 | 118) => {
                    let is_map = tag == 118;
                    let count = self.reader.count(if is_map { 2 } else { 1 })?;
                    let level = levels.get_mut(depth).ok_or(Malformed("nested too deep"))?;
                    *level = (count, is_map);
                    depth += 1;
                }
                _ => return Err(Malformed("value")),
            }
            loop {
                let Some(level) = depth.checked_sub(1).and_then(|top| levels.get_mut(top)) else {
                    return Ok(());
                };
                if level.0 > 0 {
                    level.0 -= 1;
                    if level.1 {
                        self.outline.weight += VALUE_WEIGHT + self.reader.text()?.len() as u64;
                    }
                    break;
                }
                depth -= 1;
            }
        }
    }

    /// JSON in a string; parsed later by a parser of its own, which recurses: brackets are counted here.
    fn json(&mut self) -> Result<(), Malformed> {
        let text = self.reader.text()?;
        // "[0,0," : a value for every two bytes.
        self.outline.weight += text.len() as u64 * (VALUE_WEIGHT / 2);
        if json_nesting(text) > NESTING_MAX {
            return Err(Malformed("nested too deep"));
        }
        Ok(())
    }
}

/// The deepest nesting of brackets outside of strings.
pub(super) fn json_nesting(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn clients(reader: &mut Reader<'_>, bytes_each: u64) -> Result<u32, Malformed> {
    let count = reader.count(bytes_each)?;
    if count > CLIENTS_MAX { Err(Malformed("too many clients")) } else { Ok(count) }
}

fn client(reader: &mut Reader<'_>) -> Result<u64, Malformed> {
    let client = reader.uint()?;
    if client >= CLIENT_END { Err(Malformed("client id")) } else { Ok(client) }
}

fn clock(reader: &mut Reader<'_>) -> Result<u32, Malformed> {
    let clock = reader.uint32()?;
    if u64::from(clock) > CLOCK_MAX { Err(Malformed("clock")) } else { Ok(clock) }
}

fn id(reader: &mut Reader<'_>) -> Result<Id, Malformed> {
    Ok(Id { client: client(reader)?, clock: clock(reader)? })
}

#[cfg(test)]
#[path = "validator_tests.rs"]
mod tests;
