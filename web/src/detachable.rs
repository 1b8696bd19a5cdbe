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
