//! What the stories in `tests/` share: a real server in a folder of its own, clients that speak to it over real
//! sockets (HTTP, signalling, media on the `webrtc` crate), and a network that loses packets by a seed.
//!
//! Everything ends when it is dropped. Waiting is always for something and always bounded; nothing sleeps for luck.

mod http;
mod lossy;
mod media;
mod packets;
mod person;
mod received;
mod server;
mod signalling;
mod small_disk;
mod tcp_path;
mod tls;
mod uplink;
mod y_protocol;

pub use http::{Http, Response};
pub use lossy::{Impairment, LossyLink};
pub use media::MediaClient;
pub use packets::{Opus, Vp8};
pub use person::{Entrance, Person};
pub use received::Received;
pub use server::{Output, Server, ServerBuilder, free_ports};
pub use signalling::{Closed, Opening, Signalling};
pub use tcp_path::TcpPath;
pub use tls::{Stream as TlsStream, connect as connect_tls};
pub use y_protocol::{after_length, sync_message};

use std::time::Duration;

/// How long anything may take on a slow and busy machine before a story fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Asks again and again until there is an answer; fails with `what` when there is none within [`PATIENCE`].
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(answer) => answer,
        Err(_elapsed) => panic!("waited {} s in vain until {what}", PATIENCE.as_secs()),
    }
}

/// Waits for a future, but not longer than [`PATIENCE`].
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_elapsed) => panic!("waited {} s in vain for {what}", PATIENCE.as_secs()),
    }
}
