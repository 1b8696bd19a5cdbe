//! An encoder publishes into a room and a screen watches it, without a browser and by plain HTTP (WHIP, WHEP): people see
//! both, hear and see the one, and can send both out. Who has no good token learns nothing.

use serde_json::{Value, json};
use std::sync::Arc;
use test_support::{Entrance, Http, MediaClient, Person, Response, Server, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// Makes a token by the command line: its URL's path, and the token.
fn token(server: &Server, room: &Value, right: &str, name: &str) -> (String, String) {
    let id = room["id"].as_str().expect("an id");
    let arguments = ["token", "create", "--room", id, "--right", right, "--name", name, "--json"];
    let made = server.run(&arguments, "");
    assert_eq!(made.code, 0, "{made:?}");
    let made: Value = serde_json::from_str(&made.stdout).expect("JSON");
    let path = made["url"]
        .as_str()
        .expect("a URL")
        .strip_prefix(&server.origin())
        .expect("of this server")
        .to_owned();
    (path, made["token"].as_str().expect("a token").to_owned())
}

async fn post(http: &mut Http, path: &str, token: &str, offer: &str) -> Response {
    let bearer = format!("Bearer {token}");
    let headers = [("content-type", SDP), ("authorization", bearer.as_str())];
    http.send("POST", path, &headers, offer.as_bytes().to_vec()).await
}

/// A stream at work.
struct Stream {
    media: Arc<MediaClient>,
    http: Http,
    location: String,
    tag: String,
    bearer: String,
}

impl Stream {
    async fn begin(server: &Server, (path, token): &(String, String), media: MediaClient) -> Self {
        let mut http = server.http();
        http.sent_origin = None;
        let answer = post(&mut http, path, token, &media.offer().await).await;
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.header("content-type"), Some(SDP));
        media.take_answer(std::str::from_utf8(&answer.body).expect("text")).await;
        until("the stream is connected", async || media.is_connected().then_some(())).await;
        Self {
            media: Arc::new(media),
            http,
            location: answer.header("location").expect("a location").to_owned(),
            tag: answer.header("etag").expect("a tag").to_owned(),
            bearer: format!("Bearer {token}"),
        }
    }

    async fn ask(&mut self, method: &str, more: &[(&str, &str)], body: &str) -> Response {
        let mut headers = vec![("authorization", self.bearer.as_str())];
        headers.extend(more);
        self.http.send(method, &self.location, &headers, body.as_bytes().to_vec()).await
    }
}

/// The participant of a name, as somebody inside sees them now.
fn named(person: &Person, name: &str) -> Option<Value> {
    let mut seen = Vec::new();
    for message in person.everything() {
        seen.extend(
            message["participants"].as_array().into_iter().flatten().filter(|one| one.is_object()).cloned(),
        );
        match message["type"].as_str() {
            Some("participant_joined") => seen.push(message["participant"].clone()),
            Some("participant_left") => seen.retain(|one: &Value| one["id"] != message["participant"]),
            _ => {}
        }
    }
    seen.into_iter().rev().find(|one| one["name"] == name)
}

#[tokio::test]
async fn an_encoder_is_heard_and_seen_and_a_host_sends_it_out() {
    let server = Server::start(SERVER).await;
    let host = server.host("mara").await;
    // Guests knock here; the token does not.
    let room = server.room("mara", "Plenum", "knock");
    let publish = token(&server, &room, "publish", "Saalkamera");
    let mut camera = Stream::begin(&server, &publish, MediaClient::publisher(7).await).await;
    camera.media.speak(20);
    camera.media.film(true);

    let door = room["link"].as_str().unwrap();
    let entrance =
        Entrance { door, name: "Mara", cookie: host.cookie.clone(), tag: 1, ..Entrance::default() };
    let mara = Person::come(&server, entrance).await;
    mara.heard("welcome").await;
    let shown = until("the encoder is among the people", async || named(&mara, "Saalkamera")).await;
    assert_eq!(
        (&shown["role"], &shown["microphone"], &shown["camera"], &shown["screen"], &shown["away"]),
        (&json!("guest"), &json!(true), &json!(true), &json!(false), &json!(false))
    );
    let id = shown["id"].as_str().unwrap();
    let (voice, face) = (mara.slot_of(id, "microphone").await, mara.slot_of(id, "camera").await);
    until("sound and picture arrive where signalling says", async || {
        let seen = mara.media.received(&face);
        (mara.media.received(&voice).count_from(7) > 30 && seen.count_from(7) > 40 && seen.key_frames > 0)
            .then_some(())
    })
    .await;

    // Trickled candidates are taken and not needed; which ICE session is meant has to be said.
    let fragment = "a=ice-ufrag:0123\r\na=ice-pwd:0123456789012345678901\r\n";
    let of = |tag: &str| [("content-type", FRAGMENT.to_owned()), ("if-match", tag.to_owned())];
    let kind = [("content-type", FRAGMENT)];
    assert_eq!(camera.ask("PATCH", &kind, fragment).await.status, 428);
    for (tag, status) in [("\"77\"".to_owned(), 412), (camera.tag.clone(), 422)] {
        let headers = of(&tag);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(camera.ask("PATCH", &headers, fragment).await.status, status, "{tag}");
    }
    let restart = [("content-type", FRAGMENT), ("if-match", "*")];
    assert_eq!(camera.ask("PATCH", &restart, "a=ice-ufrag:0123\r\n").await.status, 400);
    assert_eq!(camera.ask("PATCH", &[("content-type", SDP), ("if-match", "*")], fragment).await.status, 415);
    let restarted = camera.ask("PATCH", &restart, fragment).await;
    assert_eq!(restarted.status, 200);
    assert_ne!(restarted.header("etag").unwrap(), camera.tag);
    let told = String::from_utf8(restarted.body).unwrap();
    for word in ["a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "m=audio 9 "] {
        assert!(told.contains(word), "{word} in {told}");
    }

    mara.say(json!({"type": "remove", "participant": id})).await;
    until("it is gone from the people", async || named(&mara, "Saalkamera").is_none().then_some(())).await;
    let before = mara.media.count_from(7, 'v');
    until("the session is over", async || (camera.ask("DELETE", &[], "").await.status == 404).then_some(()))
        .await;
    assert!(mara.media.count_from(7, 'v') <= before + 4, "what was under way, and nothing more");
}

#[tokio::test]
async fn a_screen_watches_who_speaks_and_people_see_that_it_does() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let watch = token(&server, &room, "watch", "Leinwand im Saal");
    let mut http = server.http();
    let empty = post(&mut http, &watch.0, &watch.1, &MediaClient::watcher(1, 1).await.offer().await).await;
    assert_eq!((empty.status, empty.error_code().as_str()), (409, "nobody_there"));
    assert!(empty.header("retry-after").is_some());

    let door = room["link"].as_str().unwrap();
    let ada = Person::enter(&server, door, "Ada", 1).await;
    let ben = Person::enter(&server, door, "Ben", 2).await;
    for person in [&ada, &ben] {
        person.media.film(true);
    }
    let publish = token(&server, &room, "publish", "Saalkamera");
    let mut camera = Stream::begin(&server, &publish, MediaClient::publisher(7).await).await;
    let mut screen = Stream::begin(&server, &watch, MediaClient::watcher(3, 1).await).await;
    let shown = until("the screen is among the people", async || named(&ada, "Leinwand im Saal")).await;
    assert_eq!((&shown["microphone"], &shown["camera"]), (&json!(false), &json!(false)));

    ada.media.speak(20);
    until("the one picture is of whoever speaks", async || {
        let picture = screen.media.received("v0");
        (picture.count_from(1) > 40 && picture.key_frames > 0).then_some(())
    })
    .await;
    camera.media.speak(30);
    until("sound comes from people and encoders", async || {
        (screen.media.count_from(1, 'a') > 30 && screen.media.count_from(7, 'a') > 30).then_some(())
    })
    .await;
    assert_eq!(screen.media.count_from(7, 'v'), 0, "a screen of one picture shows one");

    assert_eq!(screen.ask("DELETE", &[], "").await.status, 200);
    until("the screen is gone", async || named(&ada, "Leinwand im Saal").is_none().then_some(())).await;
    assert_eq!(screen.ask("DELETE", &[], "").await.status, 404);

    // An encoder that comes again replaces itself; without its token it is out.
    let again = Stream::begin(&server, &publish, MediaClient::publisher(8).await).await;
    until("the old one is over", async || (camera.ask("DELETE", &[], "").await.status == 404).then_some(()))
        .await;
    again.media.speak(20);
    ben.receives(20, 8, 'a').await;
    let id = room["id"].as_str().unwrap();
    let listed = server.run(&["token", "list", "--room", id, "--json"], "");
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let known = listed.as_array().unwrap().iter().find(|one| one["right"] == "publish").unwrap();
    let deleted = server.run(&["token", "delete", "--room", id, known["id"].as_str().unwrap()], "");
    assert_eq!(deleted.code, 0, "{deleted:?}");
    until("its stream is cut off", async || named(&ben, "Saalkamera").is_none().then_some(())).await;
}

#[tokio::test]
async fn whoever_has_no_good_token_learns_nothing() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let other = server.room("mara", "Atelier", "open");
    let (path, good) = token(&server, &room, "publish", "Saalkamera");
    let foreign = token(&server, &other, "publish", "Saalkamera").1;
    let offer = MediaClient::publisher(7).await.offer().await;
    let mut http = server.http();
    // Another origin's page may come, and gets no cookie's worth of trust.
    http.sent_origin = Some("https://elsewhere.example".to_owned());
    let nowhere = format!("/whip/{}", "x".repeat(22));
    let mut answers = Vec::new();
    for (path, token) in [(path.as_str(), "wrong"), (&path, &foreign), (&nowhere, "wrong"), (&nowhere, &good)]
    {
        let mut answer = post(&mut http, path, token, &offer).await;
        answer.headers.retain(|(name, _)| name != "date");
        answer.headers.sort();
        answers.push((answer.status, answer.error_code(), answer.headers));
    }
    assert_eq!((answers[0].0, answers[0].1.as_str()), (401, "token_refused"));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");

    let bearer = format!("Bearer {good}");
    let sent = |kind: &'static str| [("content-type", kind.to_owned()), ("authorization", bearer.clone())];
    for (headers, body, status, code) in [
        (vec![("content-type".to_owned(), SDP.to_owned())], offer.clone(), 401, "token_missing"),
        (named_headers(&sent("application/json")), offer.clone(), 415, "wrong_type"),
        (named_headers(&sent(SDP)), "v=0".to_owned(), 400, "offer_invalid"),
        (named_headers(&sent(SDP)), offer.replace("sendonly", "recvonly"), 422, "offer_wrong_direction"),
        (
            named_headers(&sent(SDP)),
            offer.replace("opus", "G722").replace("VP8", "H263"),
            406,
            "no_common_codec",
        ),
    ] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = http.send("POST", &path, &headers, body.into_bytes()).await;
        assert_eq!((answer.status, answer.error_code().as_str()), (status, code));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
    let wrong = post(&mut http, &path.replace("whip", "whep"), &good, &offer).await;
    assert_eq!((wrong.status, wrong.error_code().as_str()), (403, "token_wrong_right"));
    let options = http.send("OPTIONS", &path, &[], Vec::new()).await;
    assert_eq!((options.status, options.header("accept-post")), (204, Some(SDP)));
    assert!(options.header("access-control-allow-headers").unwrap().contains("authorization"));
    assert_eq!(http.send("GET", &path, &[], Vec::new()).await.status, 405);
}

fn named_headers(headers: &[(&str, String)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}
