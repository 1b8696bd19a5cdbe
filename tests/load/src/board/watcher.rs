//! Somebody who draws nothing and keeps all that comes: tells how long changes took, and in the end what the board is.

use super::drawing::moments;
use super::socket::{Door, Open};
use super::yjs::{STEP_1, STEP_2, UPDATE, sync};
use crate::{Failure, clock};
use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::{self, Message};
use yrs::types::ToJson;
use yrs::updates::decoder::Decode;
use yrs::{Doc, Map, ReadTxn, Transact, Update};

/// What a watcher found.
#[derive(Default)]
pub(super) struct Watched {
    /// When each change was heard (since the run's beginning) and how long it took, microseconds.
    pub(super) delays: Vec<(u64, u32)>,
    /// Until the first whole board was there.
    pub(super) complete: Option<Duration>,
    /// Bytes of that.
    pub(super) first_bytes: usize,
    /// Bytes of messages.
    pub(super) bytes: u64,
    /// Messages.
    pub(super) messages: u64,
    updates: Vec<Bytes>,
    /// The socket ended by itself.
    pub(super) dropped: bool,
    last: Option<Instant>,
}

/// Watches until nothing has come for `QUIET` after `over`.
pub(super) async fn watch(
    door: Door,
    began: Instant,
    mut over: tokio::sync::watch::Receiver<bool>,
) -> Result<Watched, Failure> {
    let opened = clock::now();
    match door.open().await? {
        Open::Tls(socket) => follow(*socket, opened, began, &mut over).await,
        Open::Plain(socket) => follow(*socket, opened, began, &mut over).await,
    }
}

const QUIET: Duration = Duration::from_millis(1_500);
/// A server that lags is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(20);

async fn follow<S>(
    mut socket: S,
    opened: Instant,
    began: Instant,
    over: &mut tokio::sync::watch::Receiver<bool>,
) -> Result<Watched, Failure>
where
    S: Stream<Item = Result<Message, tungstenite::Error>> + Sink<Message, Error = tungstenite::Error> + Unpin,
{
    let mut watched = Watched::default();
    socket.send(Message::binary(Bytes::from_static(&STEP_1))).await?;
    let mut pulse = tokio::time::interval(QUIET / 3);
    let mut ended = None;
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Binary(message))) => watched.hear(message, opened, began),
                Some(Ok(Message::Close(_)) | Err(_)) | None => {
                    watched.dropped = true;
                    return Ok(watched);
                }
                Some(Ok(_)) => {}
            },
            _ = pulse.tick() => {
                let now = clock::now();
                if *over.borrow_and_update() {
                    let quiet = watched.last.is_none_or(|last| now - last >= QUIET);
                    if quiet || now - *ended.get_or_insert(now) > PATIENCE {
                        return Ok(watched);
                    }
                }
            }
        }
    }
}

impl Watched {
    fn hear(&mut self, message: Bytes, opened: Instant, began: Instant) {
        let now = clock::now();
        self.bytes += message.len() as u64;
        self.messages += 1;
        self.last = Some(now);
        match sync(&message) {
            Some((STEP_2, update)) => {
                self.complete.get_or_insert(now - opened);
                self.first_bytes = self.first_bytes.max(update.len());
                self.updates.push(message.slice_ref(update));
            }
            Some((UPDATE, update)) => {
                let heard = (now - began).as_micros() as u64;
                let delays = moments(update).map(|drawn| (heard, heard.saturating_sub(drawn) as u32));
                // Before the whole board is there, what comes is heard for the second time.
                if self.complete.is_some() {
                    self.delays.extend(delays);
                }
                self.updates.push(message.slice_ref(update));
            }
            _ => {}
        }
    }

    /// The board as a document shows it.
    pub(super) fn board(&self) -> Result<BTreeMap<String, Value>, Failure> {
        let doc = Doc::new();
        for update in &self.updates {
            doc.transact_mut().apply_update(Update::decode_v1(update)?)?;
        }
        let transaction = doc.transact();
        let Some(elements) = transaction.get_map("elements") else { return Ok(BTreeMap::new()) };
        let read = |(key, value): (&str, yrs::Out)| {
            Ok((key.to_owned(), serde_json::to_value(value.to_json(&transaction))?))
        };
        elements.iter(&transaction).map(read).collect()
    }
}
