//! Connections that a handler may take away from the HTTP server, TLS and all, to go on with them itself.
//!
//! To the server such a connection then looks as if the client had closed it. Nothing that the server had read already comes
//! along: HTTP/1.1 clients that asked for an upgrade say nothing more before its answer.

use actix_web::rt::net::TcpStream;
use rustls::ServerConnection;
use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::server::TlsStream;

/// The server's end.
pub(crate) struct Connection(Detachable);

/// What handlers find in the connection's data.
#[derive(Clone)]
pub(crate) struct Detachable(Rc<RefCell<Shared>>);

struct Shared {
    stream: Option<TlsStream<TcpStream>>,
    reader: Option<Waker>,
}

impl Connection {
    pub(crate) fn new(stream: TlsStream<TcpStream>) -> Self {
        Self(Detachable(Rc::new(RefCell::new(Shared { stream: Some(stream), reader: None }))))
    }

    pub(crate) fn detachable(&self) -> Detachable {
        self.0.clone()
    }

    fn with<T>(&self, gone: T, of_stream: impl FnOnce(Pin<&mut TlsStream<TcpStream>>) -> T) -> T {
        match &mut self.0.0.borrow_mut().stream {
            Some(stream) => of_stream(Pin::new(stream)),
            None => gone,
        }
    }
}

impl Detachable {
    /// Takes the connection; nothing when somebody has it already, or when it broke.
    pub(crate) fn take(&self) -> Option<(std::net::TcpStream, ServerConnection)> {
        let (stream, reader) = {
            let mut shared = self.0.borrow_mut();
            (shared.stream.take(), shared.reader.take())
        };
        let (tcp, tls) = stream?.into_inner();
        // The server finds the end of it.
        reader.into_iter().for_each(Waker::wake);
        Some((tcp.into_std().ok()?, tls))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut shared = self.0.0.borrow_mut();
        let Some(stream) = &mut shared.stream else { return Poll::Ready(Ok(())) };
        let read = Pin::new(stream).poll_read(context, buffer);
        if read.is_pending()
            && !shared.reader.as_ref().is_some_and(|reader| reader.will_wake(context.waker()))
        {
            shared.reader = Some(context.waker().clone());
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.with(Poll::Ready(Ok(bytes.len())), |stream| stream.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(Poll::Ready(Ok(())), |stream| stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(Poll::Ready(Ok(())), |stream| stream.poll_shutdown(context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tls_configs;
    use rustls::pki_types::ServerName;
    use std::io::{Read as _, Write as _};
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::{TlsAcceptor, TlsConnector};

    #[actix_web::test]
    async fn whoever_takes_a_connection_goes_on_with_it_and_the_server_finds_its_end() {
        let (server, client) = tls_configs();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tcp = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (far, _) = listener.accept().await.unwrap();
        let (connector, acceptor) =
            (TlsConnector::from(Arc::new(client)), TlsAcceptor::from(Arc::new(server)));
        let name = ServerName::try_from("localhost").unwrap();
        let (near, far) = tokio::join!(connector.connect(name, tcp), acceptor.accept(far));
        let (mut near, mut connection) = (near.unwrap(), Connection::new(far.unwrap()));
        near.write_all(b"request").await.unwrap();
        let mut heard = [0; 7];
        connection.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"request");

        let detachable = connection.detachable();
        // The server waits for more, as it does with every connection that is open.
        let served = actix_web::rt::spawn(async move {
            let rest = connection.read(&mut [0; 10]).await.unwrap();
            connection.write_all(b"nobody hears this").await.unwrap();
            rest
        });
        tokio::task::yield_now().await;
        let (mut tcp, mut tls) = detachable.take().unwrap();
        assert_eq!(served.await.unwrap(), 0);
        assert!(detachable.take().is_none());

        tls.writer().write_all(b"answer").unwrap();
        tls.write_tls(&mut tcp).unwrap();
        near.write_all(b"more").await.unwrap();
        let mut heard = [0; 6];
        near.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"answer");
        tcp.set_nonblocking(false).unwrap();
        let mut heard = [0; 4];
        while tls.reader().read(&mut heard).is_err() {
            tls.read_tls(&mut tcp).unwrap();
            tls.process_new_packets().unwrap();
        }
        assert_eq!(&heard, b"more");
    }
}
