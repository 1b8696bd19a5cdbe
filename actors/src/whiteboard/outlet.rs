//! The bounded queue between the board and one socket's writer.
//!
//! Limits: 128 frames and 2 MiB. When it is full the frame is not taken: the board sends nothing more until the queue is empty,
//! and then one frame with all that was missed. So a slow reader never stalls the board and never takes its memory. One
//! frame is taken whatever its size when the queue is empty, so that a large board reaches a newcomer in one piece.
//! Closing overtakes whatever is queued.

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use tokio::sync::{mpsc, watch};

/// Frames that may wait for a slow reader.
pub const QUEUED_FRAMES: usize = 128;
/// Bytes that may wait for a slow reader.
pub const QUEUED_BYTES: usize = 2 << 20;

/// What a writer does next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BoardFrame {
    /// Write one y-protocols message.
    Binary(Bytes),
    /// Close with this code and say no more.
    Close(u16),
}

/// The queue is full, or nobody reads it any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the socket takes no more")]
pub struct Stalled;

/// The board's end.
#[derive(Debug)]
pub struct BoardOutlet {
    frames: mpsc::Sender<Bytes>,
    queued_bytes: Arc<AtomicUsize>,
    close: watch::Sender<Option<u16>>,
}

/// The writer's end.
#[derive(Debug)]
pub struct BoardInlet {
    frames: mpsc::Receiver<Bytes>,
    queued_bytes: Arc<AtomicUsize>,
    /// Of the frame that is being written.
    writing: usize,
    close: watch::Receiver<Option<u16>>,
}

/// Both ends of a new queue.
pub fn board_queue() -> (BoardOutlet, BoardInlet) {
    let (frames, receiver) = mpsc::channel(QUEUED_FRAMES);
    let (close, closed) = watch::channel(None);
    let queued_bytes = Arc::new(AtomicUsize::new(0));
    let outlet = BoardOutlet { frames, queued_bytes: queued_bytes.clone(), close };
    (outlet, BoardInlet { frames: receiver, queued_bytes, writing: 0, close: closed })
}

impl BoardOutlet {
    /// Queues a frame, or refuses to.
    pub fn send(&self, frame: Bytes) -> Result<(), Stalled> {
        let (queued, length) = (self.queued_bytes.load(Relaxed), frame.len());
        if queued > 0 && queued + length > QUEUED_BYTES {
            return Err(Stalled);
        }
        self.queued_bytes.fetch_add(length, Relaxed);
        self.frames.try_send(frame).map_err(|_full_or_closed| Stalled)
    }

    /// Frames that no writer has taken yet.
    pub fn waiting(&self) -> usize {
        self.frames.max_capacity() - self.frames.capacity()
    }

    /// Bytes that have not been written yet.
    pub fn unwritten(&self) -> usize {
        self.queued_bytes.load(Relaxed)
    }

    /// Closes the socket at once.
    pub fn close(self, code: u16) {
        self.close.send_replace(Some(code));
    }
}

impl BoardInlet {
    /// What to do next; what came before has been written. `Close(4500)` when the board has gone without a word.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<BoardFrame> {
        self.queued_bytes.fetch_sub(std::mem::take(&mut self.writing), Relaxed);
        if let Some(code) = *self.close.borrow() {
            return Poll::Ready(BoardFrame::Close(code));
        }
        Poll::Ready(match ready!(self.frames.poll_recv(context)) {
            Some(frame) => {
                self.writing = frame.len();
                BoardFrame::Binary(frame)
            }
            None => BoardFrame::Close(self.close.borrow().unwrap_or(4500)),
        })
    }

    /// Waits for what to do next.
    #[cfg(test)]
    pub(super) async fn next(&mut self) -> BoardFrame {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }

    /// Resolves when the socket is to be closed, even while the writer is stuck in a write.
    pub fn closing(&self) -> impl Future<Output = u16> + use<> {
        let mut close = self.close.clone();
        async move { closed(&mut close).await }
    }
}

async fn closed(close: &mut watch::Receiver<Option<u16>>) -> u16 {
    match close.wait_for(Option::is_some).await {
        Ok(code) => code.unwrap_or(4500),
        Err(_board_gone) => 4500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_rt::test]
    async fn frames_come_in_order_and_closing_overtakes() {
        let (outlet, mut inlet) = board_queue();
        outlet.send(Bytes::from_static(b"one")).unwrap();
        outlet.send(Bytes::from_static(b"two")).unwrap();
        assert_eq!(inlet.next().await, BoardFrame::Binary(Bytes::from_static(b"one")));
        outlet.close(4409);
        assert_eq!(inlet.next().await, BoardFrame::Close(4409));
        assert_eq!(inlet.closing().await, 4409);
    }

    #[actix_rt::test]
    async fn a_board_that_has_gone_closes_its_sockets() {
        let (outlet, mut inlet) = board_queue();
        drop(outlet);
        assert_eq!(inlet.next().await, BoardFrame::Close(4500));
    }

    #[test]
    fn a_slow_reader_has_limits() {
        let (outlet, _inlet) = board_queue();
        for _ in 0..QUEUED_FRAMES {
            outlet.send(Bytes::from_static(b"x")).unwrap();
        }
        assert_eq!(outlet.send(Bytes::from_static(b"x")), Err(Stalled));
    }

    #[actix_rt::test]
    async fn a_large_board_passes_alone_and_bytes_are_given_back() {
        let (outlet, mut inlet) = board_queue();
        let large = Bytes::from(vec![0; QUEUED_BYTES * 2]);
        outlet.send(large.clone()).unwrap();
        assert_eq!(outlet.send(Bytes::from_static(b"x")), Err(Stalled));
        assert_eq!(inlet.next().await, BoardFrame::Binary(large));
        assert_eq!((outlet.waiting(), outlet.unwritten()), (0, QUEUED_BYTES * 2));
        outlet.close(1000);
        assert_eq!(inlet.next().await, BoardFrame::Close(1000));
        assert_eq!(inlet.queued_bytes.load(Relaxed), 0);
    }
}
