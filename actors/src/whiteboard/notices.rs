//! What the board tells a client beside the y-protocols: frames of type 100, JSON, only to sockets that asked for them.
//!
//! `saved` says that everything which a client drew below a clock is on disk. What is not yet there is remembered for each
//! socket by the number of the update that has to be written first. Limit: 64 such marks; beyond that the newest are
//! joined, which tells later and never too early. Pure.

use super::board::{Board, Effect};
use super::messages::{BoardLimits, SocketId};
use super::pages::Fullness;
use super::wire::put_buffer;
use crate::store::Keeping;
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};

/// The type of these frames.
pub(super) const NOTICE: u8 = 100;
const MARKS_MAX: usize = 64;

/// What of one socket's drawing is not yet told to be on disk.
#[derive(Debug, Default)]
pub(super) struct Marks(VecDeque<Mark>);

#[derive(Clone, Copy, Debug)]
struct Mark {
    number: u64,
    client: u64,
    clock: u32,
}

impl Marks {
    /// The client's drawing below `clock` is on disk once update `number` is.
    pub(super) fn add(&mut self, number: u64, client: u64, clock: u32) {
        let full = self.0.len() >= MARKS_MAX;
        if let Some(last) = self.0.back_mut().filter(|last| last.client == client)
            && (last.number == number || full)
        {
            (last.number, last.clock) = (number, clock);
            return;
        }
        if full {
            self.0.pop_front();
        }
        self.0.push_back(Mark { number, client, clock });
    }

    /// Everything up to update `saved` is on disk: clients and their clocks.
    pub(super) fn take(&mut self, saved: u64) -> BTreeMap<u64, u32> {
        let mut told = BTreeMap::new();
        while let Some(mark) = self.0.pop_front_if(|mark| mark.number <= saved) {
            told.insert(mark.client, mark.clock);
        }
        told
    }
}

impl Board {
    /// So many of the updates that were given to be saved are on disk.
    pub(super) fn saved(&mut self, saved: u64) {
        if saved != self.saved {
            self.saved = saved;
            for id in self.sockets.keys().copied().collect::<Vec<_>>() {
                self.acknowledge(id);
            }
        }
    }

    pub(super) fn notify(&mut self, notice: &Bytes) {
        let sockets = self.sockets.iter().filter(|(_, socket)| socket.notices.is_some());
        self.effects.extend(sockets.map(|(id, _)| Effect::Send(*id, notice.clone())));
    }

    pub(super) fn tell_filled(&mut self) {
        for full in self.drawing.take_filled() {
            self.notify(&nearly_full(&full, self.drawing.limits()));
        }
    }

    /// Once everything up to now is on disk the socket is told so of these clients.
    pub(super) fn mark(&mut self, id: SocketId, clients: Vec<(u64, u32)>) {
        let number = self.saves;
        if let Some(marks) = self.sockets.get_mut(&id).and_then(|socket| socket.notices.as_mut())
            && self.keeping.keeps()
        {
            clients.into_iter().for_each(|(client, clock)| marks.add(number, client, clock));
        }
    }

    /// The same of everything that its participant ever drew: they come back, and want to know.
    pub(super) fn mark_all(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get(&id).filter(|socket| socket.notices.is_some()) else { return };
        let mut clients = self.drawing.clients_of(&socket.drawer.participant);
        clients.retain(|(_, clock)| *clock > 0);
        self.mark(id, clients);
        self.acknowledge(id);
    }

    fn acknowledge(&mut self, id: SocketId) {
        let written = self.saved;
        if let Some(marks) = self.sockets.get_mut(&id).and_then(|socket| socket.notices.as_mut()) {
            let told = marks.take(written).into_iter();
            self.effects.extend(told.map(|(client, clock)| Effect::Send(id, saved(client, clock))));
        }
    }
}

/// `saved`.
fn saved(client: u64, clock: u32) -> Bytes {
    notice(&serde_json::json!({"type": "saved", "client": client, "clock": clock}))
}

/// `kept`: what becomes of the board, and with that whether acknowledgements come at all.
pub(super) fn kept(keeping: Keeping) -> Bytes {
    notice(&match keeping {
        Keeping::Wipe => serde_json::json!({"type": "kept", "policy": "wipe"}),
        Keeping::Days(days) => serde_json::json!({"type": "kept", "policy": "days", "days": days}),
        Keeping::Keep => serde_json::json!({"type": "kept", "policy": "keep"}),
    })
}

/// `nearly_full`.
pub(super) fn nearly_full(full: &Fullness, limits: BoardLimits) -> Bytes {
    notice(&serde_json::json!({
        "type": "nearly_full", "page": full.page, "bytes": full.bytes, "bytes_max": limits.page_bytes,
        "shapes": full.shapes, "shapes_max": limits.page_shapes,
    }))
}

/// `damaged`.
pub(super) fn damaged() -> Bytes {
    notice(&serde_json::json!({"type": "damaged"}))
}

fn notice(value: &serde_json::Value) -> Bytes {
    let mut out = vec![NOTICE];
    put_buffer(&mut out, value.to_string().as_bytes());
    out.into()
}

/// What a frame says.
#[cfg(test)]
pub(super) fn told(frame: &[u8]) -> serde_json::Value {
    let mut reader = super::wire::Reader::new(&frame[1..]);
    serde_json::from_slice(reader.buffer().unwrap()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_disk_is_told_once_and_never_too_early() {
        let mut marks = Marks::default();
        marks.add(1, 7, 10);
        marks.add(2, 7, 11);
        marks.add(2, 8, 5);
        assert!(marks.take(0).is_empty());
        assert_eq!(marks.take(1), BTreeMap::from([(7, 10)]));
        assert_eq!(marks.take(2), BTreeMap::from([(7, 11), (8, 5)]));
        assert!(marks.take(9).is_empty());
    }

    #[test]
    fn a_disk_that_does_not_answer_costs_no_memory() {
        let mut marks = Marks::default();
        for number in 1..=10_000 {
            marks.add(number, 7, number as u32);
        }
        assert_eq!(marks.0.len(), MARKS_MAX);
        assert_eq!(marks.take(9_999), BTreeMap::from([(7, 63)]));
        assert_eq!(marks.take(10_000), BTreeMap::from([(7, 10_000)]));
    }

    #[test]
    fn a_notice_is_a_type_a_length_and_json() {
        let frame = damaged();
        assert_eq!((frame[0], usize::from(frame[1])), (NOTICE, frame.len() - 2));
        assert_eq!(&frame[2..], br#"{"type":"damaged"}"#);
        assert_eq!(&kept(Keeping::Days(30))[2..], br#"{"days":30,"policy":"days","type":"kept"}"#);
    }
}
