//! Where a peer's datagrams come from and go to: a UDP address, or a TCP connection of its own.

use std::net::SocketAddr;

/// One adopted TCP connection of a thread. Never used again for another one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct StreamId(pub(crate) u32);

/// The far end of a 5-tuple whose near end is the thread.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Route {
    /// By the thread's UDP socket.
    Udp(SocketAddr),
    /// By a connection that a client made to us (RFC 6544), and its address.
    Stream(StreamId, SocketAddr),
}

impl Route {
    /// Whether it is a TCP connection.
    pub(crate) fn is_stream(self) -> bool {
        matches!(self, Self::Stream(..))
    }

    /// The client's address, as a STUN response tells it.
    pub(crate) fn address(self) -> SocketAddr {
        match self {
            Self::Udp(address) | Self::Stream(_, address) => address,
        }
    }
}
