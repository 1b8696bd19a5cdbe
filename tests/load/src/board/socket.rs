//! A board socket that costs the load tool little: it sends messages, and takes what comes without decrypting it.
//!
//! It is opened like any other; then the connection is taken apart, and only its sending side goes on. Half of what
//! a board sends to hundreds of people would otherwise be spent on reading it here, on the cores that are measured.

use crate::Failure;
use std::io::Write as _;
use std::net::SocketAddr;
use test_support::TlsStream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Where a board's socket is opened.
#[derive(Clone, Debug)]
pub(super) struct Door {
    pub(super) address: SocketAddr,
    pub(super) tls: bool,
    pub(super) path: String,
}

/// An open socket, whole.
pub(super) enum Open {
    Tls(Box<WebSocketStream<TlsStream>>),
    Plain(Box<WebSocketStream<TcpStream>>),
}

/// An open socket that reads nothing.
pub(super) struct Deaf {
    stream: TcpStream,
    tls: Option<rustls::ClientConnection>,
    scratch: Vec<u8>,
}

impl Door {
    pub(super) async fn open(&self) -> Result<Open, Failure> {
        let scheme = if self.tls { "wss" } else { "ws" };
        let address = format!("{scheme}://localhost:{}{}", self.address.port(), self.path);
        let request = address.into_client_request()?;
        if self.tls {
            let stream = test_support::connect_tls(self.address, None).await?;
            stream.get_ref().0.set_nodelay(true)?;
            let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
            Ok(Open::Tls(Box::new(socket)))
        } else {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
            Ok(Open::Plain(Box::new(socket)))
        }
    }
}

impl Open {
    pub(super) fn deafen(self) -> Deaf {
        let (stream, tls) = match self {
            Self::Tls(socket) => {
                let (stream, tls) = socket.into_inner().into_inner();
                (stream, Some(tls))
            }
            Self::Plain(socket) => (socket.into_inner(), None),
        };
        Deaf { stream, tls, scratch: vec![0; SCRATCH] }
    }
}

impl Deaf {
    /// Sends one binary message.
    pub(super) async fn send(&mut self, message: &[u8]) -> Result<(), Failure> {
        let frame = frame(message);
        let Some(tls) = &mut self.tls else { return Ok(self.stream.write_all(&frame).await?) };
        let mut records = Vec::with_capacity(frame.len() + 64);
        let mut rest = frame.as_slice();
        while !rest.is_empty() {
            let taken = tls.writer().write(rest)?;
            rest = rest.get(taken..).unwrap_or_default();
            while tls.wants_write() {
                tls.write_tls(&mut records)?;
            }
        }
        Ok(self.stream.write_all(&records).await?)
    }

    /// Takes whatever came; how many bytes, 0 when the other side has closed.
    pub(super) async fn discard(&mut self) -> usize {
        self.stream.read(&mut self.scratch).await.unwrap_or(0)
    }
}

const SCRATCH: usize = 256 << 10;

/// A final binary frame, masked by zeroes: nothing here needs hiding from a proxy.
fn frame(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 14);
    out.push(0x82);
    match message.len() {
        length @ 0..126 => out.push(0x80 | length as u8),
        length @ 126..65_536 => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(message);
    out
}
