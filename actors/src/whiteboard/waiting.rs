//! Updates that build on something the board has not seen yet.
//!
//! They wait here and not in the document, whose cost for gaps is quadratic. They belong to their socket and go with it: its client
//! still has them and gives them again when it comes back. Limit: 4 MiB and 256 updates per board; when that is full an update is dropped,
//! and its sender, who is asked for what is missing anyway, gives it again as part of that answer.

use super::messages::SocketId;
use super::ownership::Adding;
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
    socket: SocketId,
    missing: Id,
    update: Bytes,
    adding: Adding,
}

impl Waiting {
    /// Keeps an update until `missing` is there, if there is room.
    pub(super) fn add(&mut self, socket: SocketId, missing: Id, update: Bytes, adding: Adding) {
        if self.updates.len() < UPDATES_MAX && self.bytes + update.len() <= BYTES_MAX {
            self.bytes += update.len();
            // A slice would keep its whole frame in memory, which the limit does not see.
            let update = Bytes::copy_from_slice(&update);
            self.updates.push(Gapped {
                socket,
                missing,
                update,
                adding,
            });
        }
    }

    /// The oldest update whose missing piece has arrived.
    pub(super) fn take_ready(&mut self, arrived: impl Fn(Id) -> bool) -> Option<(SocketId, Bytes, Adding)> {
        let ready = self.updates.iter().position(|waiting| arrived(waiting.missing))?;
        let Gapped {
            socket,
            update,
            adding,
            ..
        } = self.updates.remove(ready);
        self.bytes -= update.len();
        Some((socket, update, adding))
    }

    /// The socket closed or may draw no more.
    pub(super) fn forget(&mut self, socket: SocketId) {
        self.updates.retain(|waiting| waiting.socket != socket);
        self.bytes = self.updates.iter().map(|waiting| waiting.update.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: SocketId = SocketId(1);
    const MISSING: Id = Id { client: 7, clock: 3 };

    #[test]
    fn an_update_waits_for_its_missing_piece() {
        let mut waiting = Waiting::default();
        waiting.add(A, MISSING, Bytes::from_static(b"stroke"), Adding::Live);
        assert!(waiting.take_ready(|_| false).is_none());
        let (socket, update, _) = waiting.take_ready(|id| id == MISSING).unwrap();
        assert_eq!((socket, update.as_ref()), (A, b"stroke".as_slice()));
        assert!(waiting.take_ready(|_| true).is_none());
    }

    #[test]
    fn there_is_room_for_so_many_and_no_more_until_somebody_goes() {
        let mut waiting = Waiting::default();
        let megabyte = Bytes::from(vec![0; 1 << 20]);
        for _ in 0..10 {
            waiting.add(A, MISSING, megabyte.clone(), Adding::Live);
        }
        assert_eq!(waiting.updates.len(), 4);
        waiting.forget(A);
        for _ in 0..1_000 {
            waiting.add(SocketId(2), MISSING, Bytes::from_static(b"x"), Adding::Live);
        }
        assert_eq!(waiting.updates.len(), UPDATES_MAX);
    }
}
