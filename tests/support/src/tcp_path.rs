//! A network that lets no UDP through: the client's datagrams travel to the server's HTTPS port in a TCP connection,
//! framed (RFC 4571), as a browser with an active TCP candidate sends them. The `webrtc` crate makes no such connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, UdpSocket};
use tokio::task::JoinHandle;

/// Bytes that wait in the client's kernel: small, so that the server soon feels how slowly they are read.
const RECEIVE_BUFFER: u32 = 4_096;
/// How often a slow reader reads.
const BITE: Duration = Duration::from_millis(10);

/// One client's way to the server. Ends when it is dropped.
pub struct TcpPath {
    address: SocketAddr,
    pace: Arc<AtomicU64>,
    carrying: JoinHandle<()>,
}

impl TcpPath {
    /// A path to the server's HTTPS address.
    pub async fn open(server: SocketAddr) -> Self {
        let near = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = near.local_addr().expect("an address");
        let pace = Arc::new(AtomicU64::new(u64::MAX));
        let carrying = tokio::spawn(carry(near, server, Arc::clone(&pace)));
        Self { address, pace, carrying }
    }

    /// Where the client's end of it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on so many bytes a second are read of what the server sends.
    pub fn read_slowly(&self, bytes_per_second: u64) {
        self.pace.store(bytes_per_second, Relaxed);
    }
}

impl Drop for TcpPath {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

/// Connects with the client's first datagram, which is a check; ends with the connection.
async fn carry(near: UdpSocket, server: SocketAddr, pace: Arc<AtomicU64>) {
    let mut bytes = vec![0; 2_048];
    let Ok((length, client)) = near.recv_from(&mut bytes).await else { return };
    let socket = if server.is_ipv6() { TcpSocket::new_v6() } else { TcpSocket::new_v4() };
    let socket = socket.expect("a socket");
    socket.set_recv_buffer_size(RECEIVE_BUFFER).expect("a size");
    let Ok(connection) = socket.connect(server).await else { return };
    connection.set_nodelay(true).expect("an option");
    let (from_server, mut to_server) = connection.into_split();
    if send(&mut to_server, &bytes[..length]).await.is_err() {
        return;
    }
    let up = async {
        while let Ok((length, _)) = near.recv_from(&mut bytes).await {
            if send(&mut to_server, &bytes[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = up => {}
        _ended = receive(from_server, &near, client, &pace) => {}
    }
}

async fn send(to: &mut OwnedWriteHalf, datagram: &[u8]) -> std::io::Result<()> {
    let length = u16::try_from(datagram.len()).expect("a datagram");
    to.write_all(&[&length.to_be_bytes()[..], datagram].concat()).await
}

async fn receive(
    mut from: OwnedReadHalf,
    near: &UdpSocket,
    client: SocketAddr,
    pace: &AtomicU64,
) -> std::io::Result<()> {
    let (mut held, mut piece) = (Vec::new(), vec![0; 65_536]);
    loop {
        let bytes_per_second = pace.load(Relaxed);
        let bite = if bytes_per_second == u64::MAX {
            piece.len()
        } else {
            tokio::time::sleep(BITE).await;
            usize::try_from(bytes_per_second / 100).expect("small").clamp(1, piece.len())
        };
        let count = from.read(&mut piece[..bite]).await?;
        if count == 0 {
            return Ok(());
        }
        held.extend_from_slice(&piece[..count]);
        let mut rest = held.as_slice();
        while let Some((length, more)) = rest.split_first_chunk::<2>() {
            let Some((datagram, more)) = more.split_at_checked(u16::from_be_bytes(*length).into()) else {
                break;
            };
            near.send_to(datagram, client).await?;
            rest = more;
        }
        held = rest.to_vec();
    }
}
