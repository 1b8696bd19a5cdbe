//! Carries board sockets between the network and the boards, all of one board on one thread.
//!
//! Hundreds of drawers send thousands of small frames a second, and all of them hear from all others once a tick. A task for
//! each socket, woken for each frame, costs several times what the frames do; here a thread looks after many sockets in
//! one turn (`turns`), and when turns would follow each other it rests for some milliseconds (`rest`). `link` is one socket, `frames`
//! the WebSocket protocol. The connections come from the HTTP server (`crate::detachable`), which has asked who they are.
//!
//! Queues: sockets that are handed over, [`ADOPTIONS`], when full the socket is closed; of each socket what `BoardIntake` and
//! `BoardInlet` hold, and no more than one batch in TLS.

mod frames;
mod link;
mod rest;
mod turns;

use actix::Addr;
use actors::whiteboard::{BoardInlet, BoardIntake, CloseSocket, SocketId, Whiteboard};
use bytes::Bytes;
use mio::{Poll, Token};
use rustls::ServerConnection;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Wake;
use std::thread::JoinHandle;
use turns::Turns;

/// Sockets that may wait to be taken over by a thread.
const ADOPTIONS: usize = 1_024;
/// Not a socket's.
const BELL: Token = Token(usize::MAX);

/// The threads.
pub struct Carrier {
    threads: Vec<Thread>,
}

/// A socket that is handed over.
pub(super) struct Parts {
    pub(super) connection: (TcpStream, ServerConnection),
    /// Written first: the answer to the upgrade.
    pub(super) answer: Bytes,
    pub(super) board: Addr<Whiteboard>,
    pub(super) socket: SocketId,
    pub(super) intake: BoardIntake,
    pub(super) inlet: BoardInlet,
}

struct Thread {
    adoptions: SyncSender<Parts>,
    bell: Arc<Bell>,
    handle: Mutex<Option<JoinHandle<()>>>,
}

/// How a thread is called out of its sleep.
struct Bell {
    waker: mio::Waker,
    rung: AtomicBool,
    stopping: AtomicBool,
    /// Sockets whose boards have something to say; each is called at most once for each of its turns.
    called: Mutex<Vec<usize>>,
}

impl Carrier {
    /// Starts so many threads.
    pub fn start(threads: usize) -> io::Result<Self> {
        let threads = (0..threads.max(1)).map(Thread::start).collect::<io::Result<_>>()?;
        Ok(Self { threads })
    }

    /// Takes a socket over; closes it when that is not possible.
    pub(super) fn adopt(&self, board: &str, parts: Parts) {
        let mut hasher = DefaultHasher::new();
        board.hash(&mut hasher);
        let thread = &self.threads[hasher.finish() as usize % self.threads.len()];
        let (board, socket) = (parts.board.clone(), parts.socket);
        if thread.adoptions.try_send(parts).is_err() {
            // Else the board finds out as soon as it writes.
            board.try_send(CloseSocket(socket)).ok();
        }
        thread.bell.ring();
    }

    /// Says goodbye to everybody, and blocks until the threads have ended: a moment.
    pub fn stop(&self) {
        self.threads.iter().for_each(Thread::stop);
        for thread in &self.threads {
            let handle = thread.handle.lock().unwrap_or_else(PoisonError::into_inner).take();
            // A thread that panicked has said so.
            handle.map(JoinHandle::join).transpose().ok();
        }
    }
}

impl Drop for Carrier {
    /// Its threads say goodbye to everybody, and end.
    fn drop(&mut self) {
        self.threads.iter().for_each(Thread::stop);
    }
}

impl Thread {
    fn start(number: usize) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = mio::Waker::new(poll.registry(), BELL)?;
        let bell = Arc::new(Bell {
            waker,
            rung: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            called: Mutex::default(),
        });
        let (adoptions, adopted) = sync_channel(ADOPTIONS);
        let turns = Turns::new(poll, Arc::clone(&bell), adopted);
        let name = format!("boards-{number}");
        let handle = std::thread::Builder::new().name(name).spawn(move || turns.run())?;
        Ok(Self { adoptions, bell, handle: Mutex::new(Some(handle)) })
    }

    fn stop(&self) {
        self.bell.stopping.store(true, SeqCst);
        self.bell.ring();
    }
}

impl Bell {
    fn ring(&self) {
        if !self.rung.swap(true, SeqCst) {
            // Fails only when the thread has ended.
            self.waker.wake().ok();
        }
    }

    /// Rings for one socket.
    fn call_for(self: &Arc<Self>, link: usize) -> Arc<Call> {
        Arc::new(Call { bell: Arc::clone(self), link })
    }

    /// Sockets that were rung for since the last time.
    fn called(&self) -> Vec<usize> {
        std::mem::take(&mut *self.called.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Calls the thread for one socket.
struct Call {
    bell: Arc<Bell>,
    link: usize,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.bell.called.lock().unwrap_or_else(PoisonError::into_inner).push(self.link);
        self.bell.ring();
    }
}
