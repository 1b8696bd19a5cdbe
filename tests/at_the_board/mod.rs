//! What stories about boards share: people without media, who keep their place while they are here, and who draw.

mod drawer;

#[allow(unused_imports, reason = "each story uses some of it")]
pub(crate) use drawer::{Drawer, doc};

use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use test_support::{Opening, Server, Signalling, within};
use tokio::task::JoinHandle;

/// Somebody in the room. They leave when this is dropped.
pub(crate) struct Guest {
    /// Where their board is.
    pub(crate) board: Value,
    task: JoinHandle<()>,
}

/// As the browser client does.
const PING_EVERY: Duration = Duration::from_secs(3);

impl Guest {
    /// Comes to an open door; says something once inside.
    pub(crate) async fn enter(
        server: &Server,
        door: &str,
        name: &str,
        cookie: Option<String>,
        say: &[Value],
    ) -> Self {
        let entering = within("the welcome", Self::try_enter(server.address(), door, name, cookie, say));
        entering.await.expect("the server lets them in")
    }

    /// The same of a server that may be about to end, or gone: nothing then.
    pub(crate) async fn try_enter(
        address: SocketAddr,
        door: &str,
        name: &str,
        cookie: Option<String>,
        say: &[Value],
    ) -> Option<Self> {
        let origin = format!("https://localhost:{}", address.port());
        let opening = Opening { origin: Some(origin), cookie, ..Opening::default() };
        let mut socket = Signalling::try_open(address, "/api/signal", opening).await.ok()?.ok()?;
        let media = json!({"microphone": false, "camera": false, "screen": false});
        let join = json!({"type": "join", "protocol": 1, "door": door, "name": name, "resume": null, "media": media});
        socket.send(&join).await;
        let board = loop {
            let heard = socket.next().await.ok()?;
            if heard["type"] == "welcome" {
                break heard["board"].clone();
            }
        };
        for message in say {
            socket.send(message).await;
        }
        let task = tokio::spawn(async move {
            let mut pings = tokio::time::interval(PING_EVERY);
            loop {
                tokio::select! {
                    heard = socket.next() => if heard.is_err() { return },
                    _ = pings.tick() => socket.send(&json!({"type": "ping"})).await,
                }
            }
        });
        Some(Self { board, task })
    }

    /// The path of their board socket.
    pub(crate) fn path(&self) -> String {
        let text = |name: &str| self.board[name].as_str().expect("a text").to_owned();
        format!("/api/board/{}?ticket={}", text("id"), text("ticket"))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The host comes and keeps the board.
pub(crate) async fn keeper(server: &Server, door: &str, login: &str) -> Guest {
    let mut http = server.http();
    let session = json!({"login": login, "password": "a long enough password"});
    assert_eq!(within("the session", http.post("/api/session", &session)).await.status, 200);
    let keep = json!({"type": "configure", "drawing": null, "cursors": null, "keeping": {"policy": "keep"}});
    Guest::enter(server, door, "Mara", http.cookie.clone(), &[keep]).await
}
