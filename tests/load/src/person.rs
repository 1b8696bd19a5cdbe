//! One person's signalling: joins, answers every offer, pings, and leaves when told to.

use crate::Failure;
use crate::answer::{Credentials, Offer, answer};
use crate::clock;
use crate::crowd::{Crowd, Newcomer, News};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use test_support::TlsStream;
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// As the browser client does.
const PING_EVERY: Duration = Duration::from_secs(3);
/// From opening the socket to the answer.
const JOIN_WITHIN: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<TlsStream>;

/// Comes, stays until `over`, and goes.
pub(crate) async fn attend(
    crowd: &Crowd,
    number: usize,
    mut over: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let entering = tokio::time::timeout(JOIN_WITHIN, enter(crowd, number)).await;
    let (mut socket, local) = entering.map_err(|_elapsed| "nobody opened the door within 30 s")??;
    let mut ping = tokio::time::interval(PING_EVERY);
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => obey(crowd, &local, &mut socket, text.as_str()).await?,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err("the socket closed".into()),
                Some(Ok(_)) => {}
            },
            _ = ping.tick() => say(&mut socket, &json!({"type": "ping"})).await?,
            _ = over.changed() => {
                say(&mut socket, &json!({"type": "leave"})).await?;
                // Closing with something unread would take the goodbye back.
                while let Some(Ok(_)) = socket.next().await {}
                return Ok(());
            }
        }
    }
}

async fn say(socket: &mut Socket, message: &Value) -> Result<(), Failure> {
    Ok(socket.send(Message::text(message.to_string())).await?)
}

/// Only some messages are parsed: in a room of hundreds most are about others.
async fn obey(crowd: &Crowd, local: &Credentials, socket: &mut Socket, text: &str) -> Result<(), Failure> {
    let is = |kind: &str| text.contains(&format!("\"type\":\"{kind}\""));
    if is("offer") {
        reply(crowd, local, socket, &serde_json::from_str(text)?).await?;
    } else if is("bye") {
        return Err("the server said bye".into());
    }
    Ok(())
}

async fn reply(
    crowd: &Crowd,
    local: &Credentials,
    socket: &mut Socket,
    offer: &Value,
) -> Result<(), Failure> {
    let sdp = answer(local, &crowd.fingerprint, crowd.run.layers, crowd.run.twcc);
    say(socket, &json!({"type": "answer", "version": offer["version"], "sdp": sdp})).await
}

/// Until the answer is on its way and the media thread knows of them.
async fn enter(crowd: &Crowd, number: usize) -> Result<(Socket, Credentials), Failure> {
    let stream = test_support::connect_tls(crowd.address, None).await?;
    let mut request = format!("wss://localhost:{}/api/signal", crowd.address.port()).into_client_request()?;
    request.headers_mut().insert("origin", crowd.run.origin().parse()?);
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await?;
    let local =
        Credentials { ufrag: format!("load{number:06}"), pwd: format!("password-of-somebody-{number:06}") };
    let (room, publishes) = crowd.place(number);
    let media = json!({
        "microphone": publishes && crowd.run.audio,
        "camera": publishes && crowd.run.video_kbit > 0,
        "screen": false,
    });
    let began: Instant = clock::now();
    say(
        &mut socket,
        &json!({"type": "join", "protocol": 1, "door": room, "name": format!("Gast {number}"), "resume": null, "media": media}),
    )
    .await?;
    loop {
        let Some(Message::Text(text)) = socket.next().await.transpose()? else { continue };
        let message: Value = serde_json::from_str(text.as_str())?;
        match message["type"].as_str() {
            Some("joined") => {
                let offer = Offer::read(message["offer"]["sdp"].as_str().ok_or("joined without an offer")?)?;
                reply(crowd, &local, &mut socket, &message["offer"]).await?;
                crowd.tell(News::Came(Newcomer { number, local: local.clone(), offer, began, publishes }))?;
                return Ok((socket, local));
            }
            Some("error") => return Err(format!("not let in: {}", message["code"]).into()),
            _ => {}
        }
    }
}
