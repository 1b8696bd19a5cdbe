//! The server under load, started for it: ours, or `y-websocket`'s in Node.

use super::socket::Door;
use crate::options::BoardServer;
use crate::{Failure, scenarios};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use test_support::{Server, ServerBuilder, TlsStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// As the browser client does.
const PING_EVERY: Duration = Duration::from_secs(3);

/// See the module's text.
pub(super) enum Target {
    Kegelbahn { server: Box<Server>, link: String },
    YWebsocket { node: Child, address: SocketAddr, tls: bool },
}

impl Target {
    pub(super) async fn start(board: &BoardServer) -> Result<Self, Failure> {
        match board {
            BoardServer::Kegelbahn(binary) => {
                let server = scenarios::server(binary.as_deref())?;
                let server = ServerBuilder::new(&server).start().await;
                server.host("load").await;
                let link =
                    server.room("load", "board", "open")["link"].as_str().unwrap_or_default().to_owned();
                Ok(Self::Kegelbahn { server: Box::new(server), link })
            }
            BoardServer::YWebsocket { folder, tls } => Self::start_y_websocket(folder, *tls).await,
        }
    }

    async fn start_y_websocket(folder: &Path, tls: bool) -> Result<Self, Failure> {
        if !folder.join("node_modules/y-websocket").exists() {
            return Err("y-websocket is not there: npm ci --prefix tests/load/y-websocket".into());
        }
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, test_support::free_ports(1)));
        let mut node = Command::new("node");
        node.arg(folder.join("server.cjs")).env("HOST", "127.0.0.1").env("PORT", address.port().to_string());
        if tls {
            let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
            node.env("KEY", own.signing_key.serialize_pem()).env("CERT", own.cert.pem());
        }
        let node = node.stdout(Stdio::null()).spawn()?;
        let target = Self::YWebsocket { node, address, tls };
        test_support::until("y-websocket listens", async || {
            tokio::net::TcpStream::connect(address).await.ok()
        })
        .await;
        Ok(target)
    }

    pub(super) fn pid(&self) -> u32 {
        match self {
            Self::Kegelbahn { server, .. } => server.pid(),
            Self::YWebsocket { node, .. } => node.id(),
        }
    }

    /// Somebody comes in, and gets the door to the board. Ours lets people in who have a place in the room, and they
    /// keep it while the guest's task runs.
    pub(super) async fn enter(&self, name: &str) -> Result<Door, Failure> {
        match self {
            Self::YWebsocket { address, tls, .. } => {
                Ok(Door { address: *address, tls: *tls, path: "/board".to_owned() })
            }
            Self::Kegelbahn { server, link } => {
                let (socket, board) = join(server, link, name).await?;
                tokio::spawn(stay(socket));
                let field = |name: &str| board[name].as_str().unwrap_or_default().to_owned();
                let path = format!("/api/board/{}?ticket={}", field("id"), field("ticket"));
                Ok(Door { address: server.address(), tls: true, path })
            }
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Self::YWebsocket { node, .. } = self {
            // An error means that it has ended.
            node.kill().ok();
            node.wait().ok();
        }
    }
}

/// By the signalling socket, without media; what `welcome` says of the board.
async fn join(
    server: &Server,
    link: &str,
    name: &str,
) -> Result<(WebSocketStream<TlsStream>, Value), Failure> {
    let stream = test_support::connect_tls(server.address(), None).await?;
    let address = format!("wss://localhost:{}/api/signal", server.address().port());
    let mut request = address.into_client_request()?;
    request.headers_mut().insert("origin", server.origin().parse()?);
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await?;
    let media = json!({"microphone": false, "camera": false, "screen": false});
    let join =
        json!({"type": "join", "protocol": 1, "door": link, "name": name, "resume": null, "media": media});
    socket.send(Message::text(join.to_string())).await?;
    loop {
        let message = socket.next().await.ok_or("the signalling socket closed")??;
        let Message::Text(text) = message else { continue };
        let message: Value = serde_json::from_str(text.as_str())?;
        match message["type"].as_str() {
            Some("welcome") => return Ok((socket, message["board"].clone())),
            Some("error") => return Err(format!("not let in: {}", message["code"]).into()),
            _ => {}
        }
    }
}

/// Keeps the place in the room until the runtime ends.
async fn stay(mut socket: WebSocketStream<TlsStream>) {
    let mut ping = tokio::time::interval(PING_EVERY);
    loop {
        tokio::select! {
            message = socket.next() => if !matches!(message, Some(Ok(_))) { return },
            _ = ping.tick() => {
                if socket.send(Message::text(r#"{"type":"ping"}"#)).await.is_err() {
                    return;
                }
            }
        }
    }
}
