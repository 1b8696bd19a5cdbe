//! One board socket: a reader that hands frames to the board one by one, and a writer that alone awaits the
//! socket.

use super::BoardQuery;
use super::pace::Pace;
use crate::errors::ApiError;
use crate::state::Edge;
use crate::{clock, origin};
use actix::Addr;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Session};
use actors::room::Visitor;
use actors::whiteboard::{
    BoardFrame, BoardInlet, CloseSocket, Drawer, OpenSocket, Receive, SocketId, Whiteboard, board_queue,
};
use bytes::Bytes;
use std::time::Duration;
use tokio::sync::mpsc;

/// Longest message, bytes.
const FRAME_MAX: usize = 1 << 20;
/// Answers that the reader gives by itself and that may wait for the writer; then the reader waits.
const REPLIES: usize = 4;
const PING_EVERY: Duration = Duration::from_secs(15);
/// A client that is silent for so long, pongs included, is gone.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// A goodbye that a stuck client does not take is not waited for.
const GOODBYE_PATIENCE: Duration = Duration::from_secs(1);

/// What the reader itself has to say.
enum Reply {
    Pong(Bytes),
    Close(u16),
}

/// `GET /api/board/{board}?ticket=…`
pub(super) async fn open(
    request: HttpRequest,
    body: web::Payload,
    board: web::Path<String>,
    query: web::Query<BoardQuery>,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, actix_web::Error> {
    // The ticket is the secret; a plain Yjs client has no Origin, a foreign page in a browser has its own.
    if origin::is_foreign(&request, &edge) {
        return Err(ApiError::foreign_origin().into());
    }
    let Visitor { board, drawer, .. } = super::visitor(&edge, &board, &query).await?;
    let (response, session, stream) = actix_ws::handle(&request, body)?;
    let stream = stream.max_frame_size(FRAME_MAX).aggregate_continuations();
    let stream = stream.max_continuation_size(FRAME_MAX);
    actix_web::rt::spawn(Socket { stream, board, pace: Pace::new(clock::now()) }.serve(session, drawer));
    Ok(response)
}

struct Socket {
    stream: AggregatedMessageStream,
    board: Addr<Whiteboard>,
    pace: Pace,
}

impl Socket {
    async fn serve(mut self, session: Session, drawer: Drawer) {
        let (out, inlet) = board_queue();
        let (replies, answers) = mpsc::channel(REPLIES);
        let mut writer = actix_web::rt::spawn(write(session, inlet, answers));
        if let Ok(socket) = self.board.send(OpenSocket { drawer, out }).await {
            let violation = tokio::select! {
                violation = self.read(socket, &replies) => violation,
                _ = &mut writer => None,
            };
            if let Some(code) = violation {
                // Fails only when the writer has ended, and then there is nobody to tell.
                replies.send(Reply::Close(code)).await.ok();
                // Before the board lets go of the queue, which would close with a code of its own.
                tokio::time::timeout(GOODBYE_PATIENCE, &mut writer).await.ok();
            }
            // Fails only when the board has gone, and then it has forgotten the socket.
            self.board.send(CloseSocket(socket)).await.ok();
        }
    }

    /// Passes frames on until the socket ends; the close code when the client broke the rules.
    async fn read(&mut self, socket: SocketId, replies: &mpsc::Sender<Reply>) -> Option<u16> {
        loop {
            let Ok(received) = tokio::time::timeout(SILENCE_MAX, self.stream.recv()).await else {
                return Some(1000);
            };
            let length = match received? {
                Err(_protocol) => return Some(4400),
                Ok(AggregatedMessage::Binary(frame)) => {
                    let length = frame.len();
                    // Waits until the board has taken it: one frame of each socket at a time.
                    if self.board.send(Receive { socket, frame }).await.is_err() {
                        return Some(4500);
                    }
                    length
                }
                Ok(AggregatedMessage::Ping(payload)) => {
                    let length = payload.len();
                    replies.send(Reply::Pong(payload)).await.ok()?;
                    length
                }
                Ok(AggregatedMessage::Pong(payload)) => payload.len(),
                Ok(AggregatedMessage::Text(_)) => return Some(4400),
                Ok(AggregatedMessage::Close(_)) => return Some(1000),
            };
            let pause = self.pace.count(clock::now(), length);
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// The only place that awaits the socket. Ends when the board or the reader says so, or the client has gone.
async fn write(mut session: Session, mut inlet: BoardInlet, mut replies: mpsc::Receiver<Reply>) {
    let closing = inlet.closing();
    tokio::pin!(closing);
    let mut pings = tokio::time::interval(PING_EVERY);
    let code = loop {
        let next = tokio::select! {
            reply = replies.recv() => match reply {
                Some(reply) => Next::Reply(reply),
                None => break 1000,
            },
            frame = inlet.next() => Next::Frame(frame),
            _ = pings.tick() => Next::Ping,
        };
        let sending = async {
            match next {
                Next::Reply(Reply::Close(code)) | Next::Frame(BoardFrame::Close(code)) => Err(Some(code)),
                Next::Reply(Reply::Pong(payload)) => session.pong(&payload).await.map_err(|_gone| None),
                Next::Frame(BoardFrame::Binary(frame)) => session.binary(frame).await.map_err(|_gone| None),
                Next::Ping => session.ping(b"").await.map_err(|_gone| None),
            }
        };
        // A stuck client must not keep the board's word from its writer.
        let sent = tokio::select! {
            sent = sending => sent,
            code = &mut closing => Err(Some(code)),
        };
        match sent {
            Ok(()) => {}
            Err(Some(code)) => break code,
            Err(None) => return,
        }
    };
    let goodbye = session.close(Some(CloseReason { code: CloseCode::from(code), description: None }));
    // Fails when the socket is closed already, or when the client takes nothing any more.
    tokio::time::timeout(GOODBYE_PATIENCE, goodbye).await.ok();
}

enum Next {
    Reply(Reply),
    Frame(BoardFrame),
    Ping,
}
