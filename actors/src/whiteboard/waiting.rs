//! Updates that build on something the board has not seen yet.
//!
//! They wait here and not in the document, whose cost for gaps is quadratic. They belong to their socket and
//! go with it: its client still has them and gives them again when it comes back. Limit: 4 MiB and 256
//! updates per board; when that is full an update is dropped, and its sender, who is asked for what is
//! missing anyway, gives it again as part of that answer.

use super::drawing::Stroke;
use super::messages::SocketId;
use super::validator::Id;
use bytes::Bytes;

const BYTES_MAX: usize = 4 << 20;
const UPDATES_MAX: usize = 256;

/// See the module's text.
#[derive(Default)]
pub(super) struct Waiting {
    updates: Vec<Gapped>,
    bytes: usize,
}

struct Gapped {
    missing: Id,
    stroke: Stroke,
}

impl Waiting {
    /// Keeps an update until `missing` is there, if there is room.
    pub(super) fn add(&mut self, missing: Id, stroke: &Stroke) {
        if self.updates.len() < UPDATES_MAX && self.bytes + stroke.update.len() <= BYTES_MAX {
            self.bytes += stroke.update.len();
            // A slice would keep its whole frame in memory, which the limit does not see.
            let update = Bytes::copy_from_slice(&stroke.update);
            self.updates.push(Gapped { missing, stroke: Stroke { update, ..stroke.clone() } });
        }
    }

    /// The oldest update whose missing piece has arrived.
    pub(super) fn take_ready(&mut self, arrived: impl Fn(Id) -> bool) -> Option<Stroke> {
        let ready = self.updates.iter().position(|waiting| arrived(waiting.missing))?;
        let stroke = self.updates.remove(ready).stroke;
        self.bytes -= stroke.update.len();
        Some(stroke)
    }

    /// The socket closed or may draw no more.
    pub(super) fn forget(&mut self, socket: SocketId) {
        self.updates.retain(|waiting| waiting.stroke.from != socket);
        self.bytes = self.updates.iter().map(|waiting| waiting.stroke.update.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participant::ParticipantId;
    use crate::whiteboard::ownership::Adding;

    const MISSING: Id = Id { client: 7, clock: 3 };

    fn stroke(from: u64, update: Bytes) -> Stroke {
        Stroke { from: SocketId(from), who: ParticipantId("anna".into()), update, adding: Adding::Live }
    }

    #[test]
    fn an_update_waits_for_its_missing_piece() {
        let mut waiting = Waiting::default();
        waiting.add(MISSING, &stroke(1, Bytes::from_static(b"stroke")));
        assert!(waiting.take_ready(|_| false).is_none());
        let ready = waiting.take_ready(|id| id == MISSING).unwrap();
        assert_eq!((ready.from, ready.update.as_ref()), (SocketId(1), b"stroke".as_slice()));
        assert!(waiting.take_ready(|_| true).is_none());
    }

    #[test]
    fn there_is_room_for_so_many_and_no_more_until_somebody_goes() {
        let mut waiting = Waiting::default();
        let megabyte = stroke(1, Bytes::from(vec![0; 1 << 20]));
        for _ in 0..10 {
            waiting.add(MISSING, &megabyte);
        }
        assert_eq!(waiting.updates.len(), 4);
        waiting.forget(SocketId(1));
        for _ in 0..1_000 {
            waiting.add(MISSING, &stroke(2, Bytes::from_static(b"x")));
        }
        assert_eq!(waiting.updates.len(), UPDATES_MAX);
    }
}
