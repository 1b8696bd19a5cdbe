//! One signalling socket: a reader that understands, and a writer that alone awaits the socket.

use super::limits::{MESSAGE_MAX, MessageRate, shape_is_fine};
use super::translate::{self, Meaning};
use super::unheard::Unheard;
use crate::errors::ApiError;
use crate::protocol::{ClientMessage, IceServer, PROTOCOL_VERSION, ServerMessage};
use crate::state::Edge;
use crate::turn::Turn;
use crate::{clock, origin, session, text};
use actix::Addr;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Session};
use actors::participant::{Notice, OUTBOX_LIMIT, Participant, SocketGone};
use actors::room::people::Arrival;
use actors::room_directory::{Join, RoomDirectory};
use actors::store::{AccountId, Door};
use bytes::Bytes;
use std::time::Duration;
use tokio::sync::mpsc;

/// Answers that the reader gives by itself and that may wait for the writer; then the reader waits.
const REPLIES: usize = 16;
/// A client says `join` within this.
const JOIN_WITHIN: Duration = Duration::from_secs(10);
/// A client pings every 3 s; one that is silent for so long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(15);
/// A socket that takes nothing for so long is given up: its reader is gone, or does not want to hear.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// After our last word, so long for the client's.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// What the reader itself has to say.
enum Reply {
    Message(ServerMessage),
    Pong(Bytes),
    Close(u16, &'static str),
}

/// Why a socket ended.
enum Ended {
    /// The browser closed it; `true` when the page went away.
    ByClient { going_away: bool },
    /// The client broke the rules: the close code and why.
    Violation(u16, &'static str),
    /// The writer has ended: everything is said, or the client does not read.
    ByWriter,
}

/// `GET /api/signal`
pub(super) async fn open(
    request: HttpRequest,
    body: web::Payload,
    edge: web::Data<Edge>,
    directory: web::Data<Addr<RoomDirectory>>,
) -> Result<HttpResponse, actix_web::Error> {
    if !origin::is_own(&request, &edge) {
        return Err(ApiError::foreign_origin().into());
    }
    let account = session::account_of(&request, &edge).await?.map(|account| account.id);
    let unheard = Unheard::default();
    let body = web::Payload::from_request(&request, &mut unheard.bound(body.into_inner())).await?;
    let (response, session, stream) = actix_ws::handle(&request, body)?;
    let stream = stream.max_frame_size(MESSAGE_MAX).aggregate_continuations();
    let socket = Socket {
        stream: stream.max_continuation_size(MESSAGE_MAX),
        unheard,
        rate: MessageRate::new(clock::now()),
        account,
        directory: directory.get_ref().clone(),
        turn: edge.settings.turn.clone(),
    };
    actix_web::rt::spawn(socket.serve(session));
    Ok(response)
}

struct Socket {
    stream: AggregatedMessageStream,
    unheard: Unheard,
    rate: MessageRate,
    account: Option<AccountId>,
    directory: Addr<RoomDirectory>,
    turn: Option<Turn>,
}

impl Socket {
    async fn serve(mut self, session: Session) {
        let (replies, replies_out) = mpsc::channel(REPLIES);
        let (notices, notices_out) = mpsc::channel(OUTBOX_LIMIT);
        let mut writer = actix_web::rt::spawn(write(session, replies_out, notices_out, self.turn.take()));
        let joined = tokio::time::timeout(JOIN_WITHIN, self.join(&replies, &notices)).await;
        // From here on only the participant holds the queue: when they give it up, the writer learns it.
        let ours = notices.downgrade();
        drop(notices);
        let ended = match joined {
            Ok(Ok(participant)) => {
                let ended = tokio::select! {
                    ended = self.listen(&participant, &replies) => ended,
                    _ = &mut writer => Ended::ByWriter,
                };
                // Before the participant gives up the queue, or the writer would take that for the reason.
                last_word(&replies, &ended).await;
                report_gone(&participant, &ours, &ended);
                ended
            }
            Ok(Err(ended)) => {
                last_word(&replies, &ended).await;
                ended
            }
            Err(_elapsed) => {
                let ended = Ended::Violation(4400, "join comes first, within 10 seconds");
                last_word(&replies, &ended).await;
                ended
            }
        };
        drop(replies);
        if !matches!(ended, Ended::ByWriter) {
            tokio::time::timeout(WRITE_WITHIN, writer).await.ok();
        }
        self.hear_out().await;
    }

    /// The client answers our close with its own; reading on until then lets the last frames arrive.
    async fn hear_out(&mut self) {
        let closing = async { while let Some(Ok(_)) = self.stream.recv().await {} };
        tokio::time::timeout(CLOSE_WITHIN, closing).await.ok();
    }

    /// Reads until somebody may come in.
    async fn join(
        &mut self,
        replies: &mpsc::Sender<Reply>,
        notices: &mpsc::Sender<Notice>,
    ) -> Result<Addr<Participant>, Ended> {
        loop {
            let ClientMessage::Join { protocol, door, name, resume, media } = self.next(replies).await?
            else {
                return Err(Ended::Violation(4400, "join comes first"));
            };
            if protocol != PROTOCOL_VERSION {
                reply(replies, error("protocol_unknown", "This page is out of date. Reload it.")).await;
                continue;
            }
            let Some(name) = text::clean_name(&name) else {
                reply(replies, error("name_invalid", "Please type a name of at most 64 characters.")).await;
                continue;
            };
            let arrival = Arrival {
                account: self.account.clone(),
                by_short_name: false,
                name,
                media: translate::media_up(media),
                resume,
                stream: None,
            };
            let join = Join { door: Door::parse(&door), arrival, out: notices.clone() };
            match self.directory.send(join).await {
                Ok(Ok(participant)) => return Ok(participant),
                Ok(Err(refused)) => reply(replies, error(refused.code(), &refused.to_string())).await,
                Err(_directory_gone) => return Err(Ended::Violation(4500, "the server is in trouble")),
            }
        }
    }

    /// Passes on what the participant asks, until the socket ends.
    async fn listen(&mut self, participant: &Addr<Participant>, replies: &mpsc::Sender<Reply>) -> Ended {
        loop {
            let message = match tokio::time::timeout(SILENCE_MAX, self.next(replies)).await {
                Ok(Ok(message)) => message,
                Ok(Err(ended)) => return ended,
                Err(_elapsed) => return Ended::ByClient { going_away: false },
            };
            match translate::meaning(message) {
                Meaning::Ping => reply(replies, ServerMessage::Pong).await,
                Meaning::Violation(why) => return Ended::Violation(4400, why),
                // A full mailbox makes this client wait, and nobody else; a participant who ended has said goodbye.
                Meaning::Ask(ask) => {
                    if participant.send(ask).await.is_err() {
                        return Ended::ByClient { going_away: false };
                    }
                }
            }
        }
    }

    /// The next message, within all limits.
    async fn next(&mut self, replies: &mpsc::Sender<Reply>) -> Result<ClientMessage, Ended> {
        loop {
            let frame = match self.stream.recv().await {
                Some(Ok(frame)) => frame,
                Some(Err(_protocol)) => {
                    return Err(Ended::Violation(4400, "that was no WebSocket frame, or too long a one"));
                }
                None => return Err(Ended::ByClient { going_away: false }),
            };
            self.unheard.heard();
            if !self.rate.take(clock::now()) {
                return Err(Ended::Violation(4429, "too many messages"));
            }
            match frame {
                AggregatedMessage::Text(text) => return understand(&text),
                AggregatedMessage::Binary(_) => return Err(Ended::Violation(4400, "messages are text")),
                AggregatedMessage::Ping(payload) => {
                    replies.send(Reply::Pong(payload)).await.ok();
                }
                AggregatedMessage::Pong(_) => {}
                AggregatedMessage::Close(reason) => {
                    let going_away = reason.is_some_and(|reason| reason.code == CloseCode::Away);
                    return Err(Ended::ByClient { going_away });
                }
            }
        }
    }
}

/// Tells a client that broke the rules why it is closed.
async fn last_word(replies: &mpsc::Sender<Reply>, ended: &Ended) {
    if let Ended::Violation(code, why) = ended {
        // Some answers may wait before it. A writer that takes nothing any more has nobody to tell.
        tokio::time::timeout(WRITE_WITHIN, replies.send(Reply::Close(*code, why))).await.ok();
    }
}

/// The participant may have another socket by now, or have ended: then there is nothing to report.
fn report_gone(participant: &Addr<Participant>, ours: &mpsc::WeakSender<Notice>, ended: &Ended) {
    let going_away = matches!(ended, Ended::ByClient { going_away: true });
    if let Some(out) = ours.upgrade()
        && participant.try_send(SocketGone { out, going_away }).is_err()
    {
        tracing::error!("a participant could not be told that their socket is gone");
    }
}

fn understand(text: &str) -> Result<ClientMessage, Ended> {
    if !shape_is_fine(text) {
        return Err(Ended::Violation(4400, "the message is nested too deeply, or has too long a list"));
    }
    serde_json::from_str(text)
        .map_err(|_not_understood| Ended::Violation(4400, "the message was not understood"))
}

fn error(code: &str, message: &str) -> ServerMessage {
    ServerMessage::Error { code: code.to_owned(), message: message.to_owned() }
}

/// Waits for room in the writer's queue; when the writer has ended there is nobody to tell.
async fn reply(replies: &mpsc::Sender<Reply>, message: ServerMessage) {
    replies.send(Reply::Message(message)).await.ok();
}

/// The only place that awaits the socket. Ends after a `bye`, a close, or when the participant gave this socket up
/// without a goodbye: it was too slow.
async fn write(
    mut session: Session,
    mut replies: mpsc::Receiver<Reply>,
    mut notices: mpsc::Receiver<Notice>,
    turn: Option<Turn>,
) {
    let reason = loop {
        let sent = tokio::select! {
            biased;
            reply = replies.recv() => match reply {
                Some(Reply::Message(message)) => send(&mut session, &message).await,
                Some(Reply::Pong(payload)) => within(session.pong(&payload)).await,
                Some(Reply::Close(code, why)) => break close(code, why),
                None => break close(1000, ""),
            },
            notice = notices.recv() => match notice {
                Some(notice) => {
                    let last = matches!(notice, Notice::Bye(_));
                    let sent = send(&mut session, &translate::message(notice, || relays(turn.as_ref()))).await;
                    if last {
                        break close(1000, "");
                    }
                    sent
                }
                None => break close(1013, "too slow"),
            },
        };
        if !sent {
            return;
        }
    };
    // In vain only when the socket is closed already, or its client reads nothing.
    within(session.close(Some(reason))).await;
}

fn relays(turn: Option<&Turn>) -> Vec<IceServer> {
    turn.map(|turn| turn.for_a_client(clock::since_epoch())).into_iter().collect()
}

fn close(code: u16, why: &str) -> CloseReason {
    let description = (!why.is_empty()).then(|| why.to_owned());
    CloseReason { code: CloseCode::from(code), description }
}

async fn send(session: &mut Session, message: &ServerMessage) -> bool {
    match serde_json::to_string(message) {
        Ok(text) => within(session.text(text)).await,
        Err(error) => {
            tracing::error!(%error, "a message could not be written as JSON");
            false
        }
    }
}

async fn within(writing: impl Future<Output = Result<(), actix_ws::Closed>>) -> bool {
    matches!(tokio::time::timeout(WRITE_WITHIN, writing).await, Ok(Ok(())))
}
