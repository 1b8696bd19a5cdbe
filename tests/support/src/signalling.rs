//! A signalling socket as a page opens it: JSON in text frames.

use crate::tls;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

/// An open socket.
pub struct Signalling {
    socket: WebSocketStream<tls::Stream>,
}

/// The socket is closed, with the code that the server gave, if it gave one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed(pub Option<u16>);

/// How to open a socket.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// `Origin`; None leaves it out.
    pub origin: Option<String>,
    /// `Cookie`.
    pub cookie: Option<String>,
    /// Bytes of the receive buffer, for a reader that is to seem slow.
    pub receive_buffer: Option<u32>,
}

impl Signalling {
    /// Opens `path`; the HTTP status when the server refuses the upgrade.
    pub async fn open(address: SocketAddr, path: &str, opening: Opening) -> Result<Self, u16> {
        let opened = Self::try_open(address, path, opening).await;
        opened.unwrap_or_else(|error| panic!("the upgrade failed: {error}"))
    }

    /// The same of a server that may be about to end, or gone.
    pub async fn try_open(
        address: SocketAddr,
        path: &str,
        opening: Opening,
    ) -> std::io::Result<Result<Self, u16>> {
        let stream = tls::connect(address, opening.receive_buffer).await?;
        let url = format!("wss://localhost:{}{path}", address.port());
        let mut request = url.into_client_request().expect("a request");
        for (name, value) in [("origin", opening.origin), ("cookie", opening.cookie)] {
            if let Some(value) = value {
                request.headers_mut().insert(name, value.parse().expect("a header"));
            }
        }
        match crate::within("the upgrade", tokio_tungstenite::client_async(request, stream)).await {
            Ok((socket, _)) => Ok(Ok(Self { socket })),
            Err(Error::Http(response)) => Ok(Err(response.status().as_u16())),
            Err(error) => Err(std::io::Error::other(error)),
        }
    }

    /// Sends a message. A socket that has just closed takes it silently; reading tells.
    pub async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.ok();
    }

    /// Claims a message of so many bytes, and sends some of them. A socket that has just closed takes it silently.
    pub async fn claim(&mut self, claimed: u64, sent: usize) {
        let mut bytes = vec![0x82, 0x80 | 127];
        bytes.extend(claimed.to_be_bytes());
        bytes.resize(bytes.len() + 4 + sent, 0);
        self.socket.get_mut().write_all(&bytes).await.ok();
    }

    /// Sends a binary frame.
    pub async fn send_binary(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::binary(bytes)).await.ok();
    }

    /// The next message, or how it ended.
    pub async fn next(&mut self) -> Result<Value, Closed> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("the server speaks JSON"));
                }
                Some(Ok(Message::Binary(bytes))) => return Ok(Value::from(bytes.to_vec())),
                Some(Ok(Message::Close(frame))) => return Err(Closed(frame.map(|frame| code(frame.code)))),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(_)) | None => return Err(Closed(None)),
            }
        }
    }

    /// The next message of a type; others are passed over.
    pub async fn next_of(&mut self, kind: &str) -> Value {
        let reading = async {
            loop {
                match self.next().await {
                    Ok(message) if message["type"] == kind => return message,
                    Ok(_) => {}
                    Err(closed) => panic!("waited for {kind}, but the socket closed: {closed:?}"),
                }
            }
        };
        crate::within(kind, reading).await
    }

    /// Reads on until the socket closes.
    pub async fn closed(&mut self) -> Closed {
        let reading = async {
            loop {
                if let Err(closed) = self.next().await {
                    return closed;
                }
            }
        };
        crate::within("the end of the socket", reading).await
    }
}

fn code(code: CloseCode) -> u16 {
    code.into()
}
