//! In front of TLS: one port for pages and for media (ICE-TCP, RFC 6544), told apart by the first bytes of a connection.
//!
//! A TLS record begins with its type, 22 for a handshake; a framed check (RFC 4571) with the high byte of its length,
//! which is at most 2. What is neither goes to TLS, which refuses it as it always did. Whoever says nothing yet holds no
//! more than a connection, for a bounded time, and only so many do. TLS itself is spoken here, so that handlers can take whole
//! connections over (`detachable`).

use crate::detachable::Connection;
use actix_http::Protocol;
use actix_service::{Service, ServiceFactory};
use actix_utils::counter::Counter;
use actix_web::rt::net::TcpStream;
use actors::sfu::MediaHub;
use futures_util::future::LocalBoxFuture;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio_rustls::TlsAcceptor;

/// The first bytes have to be here within this. Both kinds of client speak at once.
const FIRST_BYTES: Duration = Duration::from_secs(8);
/// Connections of one worker that have said nothing yet; more wait in the listener's queue.
const SILENT_MAX: usize = 256;
/// Lengths of checks: a STUN header, up to what the media plane reads of one.
const CHECK: std::ops::RangeInclusive<usize> = 20..=548;

const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(8);
/// TLS handshakes of one worker at the same time: each costs about a millisecond of a core.
const HANDSHAKES_MAX: usize = 64;
/// The name of HTTP/2 in ALPN.
pub(crate) const HTTP_2: &[u8] = b"h2";

/// What the HTTP service serves.
type Secured = (Connection, Protocol, Option<SocketAddr>);

/// Makes the doorkeeper of one worker.
pub(crate) struct Entrance<F> {
    https: F,
    tls: TlsAcceptor,
    media: Option<MediaHub>,
}

/// Looks at each connection and sends it where it belongs.
pub(crate) struct Doorkeeper<S> {
    https: Rc<S>,
    tls: TlsAcceptor,
    media: Option<MediaHub>,
    silent: Counter,
    handshakes: Counter,
}

/// What a connection begins with.
#[derive(Debug, PartialEq, Eq)]
enum Beginning {
    /// Nothing that is ours; left unread.
    Tls,
    /// A frame with the length of a check.
    Check(Vec<u8>),
}

impl<F> Entrance<F> {
    /// Connections that begin with a check go to `media`, if there is any; all others to `https`.
    pub(crate) fn new(https: F, tls: TlsAcceptor, media: Option<MediaHub>) -> Self {
        Self { https, tls, media }
    }
}

impl<F> ServiceFactory<TcpStream> for Entrance<F>
where
    F: ServiceFactory<Secured, Config = (), Response = ()>,
    F::Service: 'static,
    F::Future: 'static,
    F::Error: 'static,
    F::InitError: 'static,
{
    type Response = ();
    type Error = F::Error;
    type Config = ();
    type Service = Doorkeeper<F::Service>;
    type InitError = F::InitError;
    type Future = LocalBoxFuture<'static, Result<Self::Service, Self::InitError>>;

    fn new_service(&self, (): ()) -> Self::Future {
        let (https, tls, media) = (self.https.new_service(()), self.tls.clone(), self.media.clone());
        Box::pin(async move {
            Ok(Doorkeeper {
                https: Rc::new(https.await?),
                tls,
                media,
                silent: Counter::new(SILENT_MAX),
                handshakes: Counter::new(HANDSHAKES_MAX),
            })
        })
    }
}

impl<S> Service<TcpStream> for Doorkeeper<S>
where
    S: Service<Secured, Response = ()> + 'static,
    S::Error: 'static,
    S::Future: 'static,
{
    type Response = ();
    type Error = S::Error;
    type Future = LocalBoxFuture<'static, Result<(), S::Error>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        // Both are asked, so that either wakes us.
        let (silent, handshakes) = (self.silent.available(context), self.handshakes.available(context));
        if silent && handshakes { self.https.poll_ready(context) } else { Poll::Pending }
    }

    fn call(&self, mut connection: TcpStream) -> Self::Future {
        let (https, tls, media) = (Rc::clone(&self.https), self.tls.clone(), self.media.clone());
        let (silent, handshakes) = (self.silent.get(), self.handshakes.clone());
        Box::pin(async move {
            if let Some(media) = media {
                match tokio::time::timeout(FIRST_BYTES, beginning(&mut connection)).await {
                    Ok(Ok(Beginning::Tls)) => {}
                    Ok(Ok(Beginning::Check(first))) => {
                        if let Ok(connection) = connection.into_std() {
                            // Unwanted ones are closed by that: nobody is told why.
                            media.adopt_stream(connection, first);
                        }
                        return Ok(());
                    }
                    Ok(Err(_broken)) => return Ok(()),
                    Err(_elapsed) => return Ok(()),
                }
            }
            drop(silent);
            let handshake = handshakes.get();
            let secured = tokio::time::timeout(HANDSHAKE_PATIENCE, secure(connection, &tls)).await;
            drop(handshake);
            match secured {
                Ok(Ok(secured)) => https.call(secured).await,
                Ok(Err(_no_tls)) => Ok(()),
                Err(_elapsed) => Ok(()),
            }
        })
    }
}

async fn secure(connection: TcpStream, tls: &TlsAcceptor) -> io::Result<Secured> {
    connection.set_nodelay(true)?;
    let address = connection.peer_addr().ok();
    let stream = tls.accept(connection).await?;
    let protocol = match stream.get_ref().1.alpn_protocol() {
        Some(HTTP_2) => Protocol::Http2,
        _ => Protocol::Http1,
    };
    Ok((Connection::new(stream), protocol, address))
}

async fn beginning(connection: &mut TcpStream) -> io::Result<Beginning> {
    let mut start = [0];
    if connection.peek(&mut start).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    if usize::from(start[0]) > CHECK.end() >> 8 {
        return Ok(Beginning::Tls);
    }
    let mut frame = vec![0; 2];
    connection.read_exact(&mut frame).await?;
    let length = usize::from(u16::from_be_bytes([frame[0], frame[1]]));
    if !CHECK.contains(&length) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    frame.resize(2 + length, 0);
    connection.read_exact(&mut frame[2..]).await?;
    Ok(Beginning::Check(frame))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    /// What is made of a client that sends these pieces and goes, and what is left to be read.
    async fn after(pieces: &[&[u8]]) -> (Option<Beginning>, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        client.set_nodelay(true).unwrap();
        let (mut connection, _) = listener.accept().await.unwrap();
        let sending = async {
            for piece in pieces {
                client.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
            drop(client);
        };
        let (found, ()) = tokio::join!(beginning(&mut connection), sending);
        let mut rest = Vec::new();
        // A reset is the end, too.
        connection.read_to_end(&mut rest).await.ok();
        (found.ok(), rest)
    }

    #[actix_web::test]
    async fn tls_is_left_as_it_came() {
        let hello = [0x16, 3, 1, 2, 0, 1];
        assert_eq!(after(&[&hello]).await, (Some(Beginning::Tls), hello.to_vec()));
        assert_eq!(after(&[b"GET / HTTP/1.1"]).await, (Some(Beginning::Tls), b"GET / HTTP/1.1".to_vec()));
    }

    #[actix_web::test]
    async fn a_frame_is_taken_whole_and_nothing_behind_it() {
        let mut frame = vec![0, 20];
        frame.extend([7; 20]);
        let whole = (Some(Beginning::Check(frame.clone())), b"more".to_vec());
        assert_eq!(after(&[&frame, b"more"]).await, whole);
        assert_eq!(after(&[&frame[..1], &frame[1..9], &frame[9..], b"more"]).await, whole);
    }

    #[actix_web::test]
    async fn other_lengths_and_early_ends_are_nothing() {
        assert_eq!(after(&[&[0, 19, 1, 1]]).await.0, None);
        assert_eq!(after(&[&[2, 0xff, 1, 1]]).await.0, None);
        assert_eq!(after(&[&[0, 20, 1, 1]]).await.0, None);
        assert_eq!(after(&[]).await.0, None);
    }
}
