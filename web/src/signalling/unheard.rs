//! Bounds what a client sends without ever ending a message.
//!
//! The WebSocket codec refuses a frame that is too long when all of it is there, and keeps it until then; a frame may
//! claim 2⁶³ bytes (RFC 6455, section 5.2).

use actix_web::dev;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::Stream;
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// Bytes between two messages: a whole one, and what the connection reads at once behind it.
const UNHEARD_MAX: usize = 512 * 1024;

/// How much has come since the last message.
#[derive(Clone, Default)]
pub(super) struct Unheard(Rc<Cell<usize>>);

/// The bytes of a socket, up to the limit.
struct Bounded {
    payload: dev::Payload,
    unheard: Unheard,
}

impl Unheard {
    /// The same bytes, which end with an error when too many came without a message.
    pub(super) fn bound(&self, payload: dev::Payload) -> dev::Payload {
        let payload = Box::pin(Bounded { payload, unheard: self.clone() });
        dev::Payload::Stream { payload }
    }

    /// A message was heard.
    pub(super) fn heard(&self) {
        self.0.set(0);
    }
}

impl Stream for Bounded {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(Pin::new(&mut self.payload).poll_next(context));
        if let Some(Ok(bytes)) = &next {
            let unheard = self.unheard.0.get() + bytes.len();
            self.unheard.0.set(unheard);
            if unheard > UNHEARD_MAX {
                return Poll::Ready(Some(Err(PayloadError::Overflow)));
            }
        }
        Poll::Ready(next)
    }
}
