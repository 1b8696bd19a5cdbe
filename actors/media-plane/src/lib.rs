//! The data plane: plain threads that move media packets and know no rooms, names or JSON.

pub mod description;

mod api;

pub use api::*;

/// Running figures of all threads, sums since the start.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// UDP datagrams received.
    pub packets_in: u64,
    /// UDP datagrams sent.
    pub packets_out: u64,
    /// UDP payload bytes received.
    pub bytes_in: u64,
    /// UDP payload bytes sent.
    pub bytes_out: u64,
    /// Media packets sealed for a subscriber.
    pub forwarded: u64,
    /// Packets sent again on a NACK.
    pub retransmitted: u64,
    /// Datagrams that were refused: unknown tuple, bad integrity, replayed, malformed.
    pub refused: u64,
}

/// Takes events out of a media thread. Called on that thread; must not block.
pub trait EventSink: Send + 'static {
    /// Gives the event back when there is no room for it now.
    fn try_event(&mut self, event: Event) -> Result<(), Event>;
}

/// The thread's command queue is full: the thread is in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the media thread's command queue is full")]
pub struct QueueFull;

/// The running plane. Dropping it stops the threads.
pub struct MediaPlane {}

impl MediaPlane {
    /// Opens the sockets and starts the threads; `sinks` makes each thread's event sink.
    pub fn start(_config: Config, _sinks: impl FnMut(usize) -> Box<dyn EventSink>) -> std::io::Result<Self> {
        Ok(Self {})
    }
    /// Number of threads; rooms are spread over them by the control plane.
    pub fn threads(&self) -> usize {
        1
    }
    /// Puts a command into a thread's queue.
    pub fn send(&self, _thread: usize, _command: Command) -> Result<(), QueueFull> {
        Ok(())
    }
    /// The offer for a peer (SDP, JSEP): the same m-lines for everybody, in the fixed order of web/PROTOCOL.md §3.
    pub fn offer(
        &self,
        _thread: usize,
        _peer: PeerId,
        _version: u32,
        _ice: &IceCredentials,
        _slots: SlotCount,
    ) -> String {
        String::new()
    }
    /// Sums over all threads.
    pub fn statistics(&self) -> Statistics {
        Statistics::default()
    }
}
