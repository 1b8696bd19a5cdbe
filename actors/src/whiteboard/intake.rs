//! The bounded queue between the sockets' readers and the board.
//!
//! Why no messages: each would wake the board's thread and then its reader's, and a hundred drawers send thousands
//! a second. Frames wait here until the board looks, once a tick and all at once; only a board that rests is woken.
//!
//! Limit: what waits of one socket has 1 MiB, where a frame counts for at least 8 KiB. When that is used up nothing more is
//! taken of it, and with it TCP and the client wait.

use super::messages::{Arrived, SocketId};
use actix::Recipient;
use bytes::Bytes;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of one socket's room, in units of `UNIT`.
const ROOM: u32 = 1_024;
const UNIT: usize = 1_024;
/// What a frame takes of it at least.
const FRAME_MIN: u32 = 8;

/// Why a frame was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotTaken {
    /// Too much of this socket waits for the board; offer it again.
    #[error("no room for more frames of this socket")]
    Full(Bytes),
    /// The board has gone.
    #[error("the board has gone")]
    Gone,
}

/// One socket's end.
#[derive(Debug)]
pub struct BoardIntake {
    queue: Arc<Queue>,
    socket: SocketId,
    room: Arc<Semaphore>,
    board: Recipient<Arrived>,
}

/// The board's end.
#[derive(Debug, Default)]
pub(super) struct Arrivals(Arc<Queue>);

/// A frame that has arrived; its room is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) socket: SocketId,
    pub(super) frame: Bytes,
    _room: OwnedSemaphorePermit,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Vec<Arrival>>,
    /// The board will look by itself.
    awake: AtomicBool,
    gone: AtomicBool,
}

impl BoardIntake {
    /// Hands a frame over.
    pub fn push(&self, frame: Bytes) -> Result<(), NotTaken> {
        let units = ROOM.min(FRAME_MIN.max((frame.len() / UNIT) as u32));
        if self.queue.gone.load(SeqCst) {
            return Err(NotTaken::Gone);
        }
        let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(units) else {
            return Err(NotTaken::Full(frame));
        };
        self.queue.waiting().push(Arrival { socket: self.socket, frame, _room: room });
        // When the mailbox is full, the board looks with the next message anyway.
        if !self.queue.awake.swap(true, SeqCst) && self.board.try_send(Arrived).is_err() {
            self.queue.awake.store(false, SeqCst);
        }
        Ok(())
    }
}

impl Arrivals {
    /// A new socket's end.
    pub(super) fn intake(&self, socket: SocketId, board: Recipient<Arrived>) -> BoardIntake {
        let room = Arc::new(Semaphore::new(ROOM as usize));
        BoardIntake { queue: Arc::clone(&self.0), socket, room, board }
    }

    /// Whether the board is to look by itself.
    pub(super) fn is_awake(&self) -> bool {
        self.0.awake.load(SeqCst)
    }

    /// Everything that waits, in the order of its arrival. When that is nothing the board may rest.
    pub(super) fn take(&self) -> Vec<Arrival> {
        let taken = std::mem::take(&mut *self.0.waiting());
        if !taken.is_empty() {
            return taken;
        }
        self.0.awake.store(false, SeqCst);
        // Who came in between saw an awake board and did not wake it.
        let taken = std::mem::take(&mut *self.0.waiting());
        if !taken.is_empty() {
            self.0.awake.store(true, SeqCst);
        }
        taken
    }
}

impl Drop for Arrivals {
    /// Gives all room back, so that no reader waits for a board that has gone.
    fn drop(&mut self) {
        self.0.gone.store(true, SeqCst);
        self.0.waiting().clear();
    }
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Vec<Arrival>> {
        // Nothing panics while it is held, and a list of frames is sound at any moment.
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix::{Actor, Context, Handler};
    use std::sync::atomic::AtomicUsize;

    /// Counts how often it is woken.
    struct Sleeper(Arc<AtomicUsize>);

    impl Actor for Sleeper {
        type Context = Context<Self>;
    }

    impl Handler<Arrived> for Sleeper {
        type Result = ();
        fn handle(&mut self, _: Arrived, _: &mut Self::Context) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    fn frame(bytes: usize) -> Bytes {
        Bytes::from(vec![0; bytes])
    }

    #[actix_rt::test]
    async fn only_a_resting_board_is_woken_and_frames_keep_their_order() {
        let woken = Arc::new(AtomicUsize::new(0));
        let board = Sleeper(Arc::clone(&woken)).start().recipient();
        let arrivals = Arrivals::default();
        let (one, two) = (arrivals.intake(SocketId(1), board.clone()), arrivals.intake(SocketId(2), board));
        for intake in [&one, &two, &one] {
            intake.push(frame(10)).unwrap();
        }
        assert!(arrivals.is_awake());
        let order: Vec<u64> = arrivals.take().iter().map(|arrival| arrival.socket.0).collect();
        assert_eq!(order, [1, 2, 1]);
        two.push(frame(10)).unwrap();
        assert_eq!(arrivals.take().len(), 1);
        assert!(arrivals.take().is_empty() && !arrivals.is_awake());
        two.push(frame(10)).unwrap();
        actix_rt::task::yield_now().await;
        while woken.load(SeqCst) < 2 {
            actix_rt::task::yield_now().await;
        }
        assert_eq!(woken.load(SeqCst), 2);
    }

    #[actix_rt::test]
    async fn a_socket_has_its_room_and_gets_it_back() {
        let board = Sleeper(Arc::default()).start().recipient();
        let arrivals = Arrivals::default();
        let intake = arrivals.intake(SocketId(1), board.clone());
        intake.push(frame(1 << 20)).unwrap();
        let other = arrivals.intake(SocketId(2), board);
        other.push(frame(1)).unwrap();
        assert_eq!(intake.push(frame(1)), Err(NotTaken::Full(frame(1))));
        assert_eq!(arrivals.take().len(), 2);
        assert_eq!(intake.push(frame(1)), Ok(()));
        drop(arrivals);
        assert_eq!(other.push(frame(1)), Err(NotTaken::Gone));
    }
}
