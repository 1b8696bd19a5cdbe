//! The JSON API as a program meets it: accounts, rooms, doors; every refusal is `{code, message}`; what is behind a door
//! is nobody's business but the door's; the description of it all is true.

use serde_json::{Value, json};
use test_support::{Http, Response, Server};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

/// What of an answer tells two doors apart: status, body, headers except the date.
fn face(answer: &Response) -> (u16, Vec<u8>, Vec<(String, String)>) {
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| name != "date");
    // The server keeps them in no order of its own.
    headers.sort();
    (answer.status, answer.body.clone(), headers)
}

async fn change(http: &mut Http, room: &Value, changes: Value) -> Response {
    let path = format!("/api/rooms/{}", room["id"].as_str().expect("an id"));
    http.request("PATCH", &path, Some(&changes)).await
}

#[tokio::test]
async fn a_session_begins_and_ends() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    let cookie = http.cookie.clone().unwrap();
    assert!(cookie.starts_with("__Host-kegelbahn="), "{cookie}");
    assert_eq!(http.get("/api/session").await.json()["account"]["login"], "mara");
    assert_eq!(http.request("DELETE", "/api/session", None).await.status, 204);
    http.cookie = Some(cookie);
    assert_eq!(http.get("/api/session").await.json()["account"], Value::Null, "the old cookie opens nothing");

    let login = |login: &str, password: &str| json!({"login": login, "password": password});
    let mut stranger = server.http();
    let wrong = stranger.post("/api/session", &login("mara", "not the password")).await;
    let unknown = stranger.post("/api/session", &login("nobody", "not the password")).await;
    assert_eq!((wrong.status, wrong.error_code().as_str()), (401, "wrong_login"));
    assert_eq!(face(&wrong), face(&unknown));

    let answer = stranger.post("/api/session", &login("MARA", "a long enough password")).await;
    assert_eq!(answer.status, 200, "logins are compared in lower case");
    let set = answer.header("set-cookie").unwrap().to_lowercase();
    for word in ["httponly", "secure", "samesite=strict", "path=/"] {
        assert!(set.contains(word), "{word} in {set}");
    }
    assert!(!set.contains("domain="), "{set}");
}

#[tokio::test]
async fn sign_up_is_closed_unless_the_operator_opens_it() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let new = json!({"login": "neu", "password": "a long enough password"});
    let refused = server.http().post("/api/accounts", &new).await;
    assert_eq!((refused.status, refused.error_code().as_str()), (403, "sign_up_closed"));
    assert_eq!(server.http().get("/api/server").await.json()["sign_up"], false);
}

#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    let room = http.post("/api/rooms", &json!({"name": "Plenum"})).await.json();
    http.sent_origin = Some("https://evil.example".to_owned());
    let answers = [
        http.post("/api/rooms", &json!({"name": "Falle"})).await,
        change(&mut http, &room, json!({"lobby": "open"})).await,
        http.request("DELETE", &format!("/api/rooms/{}", room["id"].as_str().unwrap()), None).await,
        http.request("DELETE", "/api/session", None).await,
    ];
    for answer in answers {
        assert_eq!((answer.status, answer.error_code().as_str()), (403, "foreign_origin"));
    }
    http.sent_origin = None;
    assert_eq!(http.get("/api/rooms").await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_host_makes_changes_and_deletes_rooms() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    let made = http
        .post("/api/rooms", &json!({"name": "  Flauschpyramide ", "colour": "fluff", "emoji": "🧶"}))
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    let room = made.json();
    assert_eq!(
        (&room["name"], &room["colour"], &room["lobby"]),
        (&json!("Flauschpyramide"), &json!("fluff"), &json!("knock"))
    );
    let link = room["link"].as_str().unwrap();
    assert!(link.len() >= 22, "{link}");
    assert_eq!(room["url"], format!("{}/r/{link}", server.origin()));
    assert_eq!(room["short_name"], Value::Null);
    let board = [&room["drawing"], &room["cursors"], &room["keeping"]];
    assert_eq!(board, [&json!("everyone"), &json!(true), &json!({"policy": "wipe"})]);

    let changed =
        change(&mut http, &room, json!({"name": "Plenum", "short_name": "flausch", "lobby": "open"})).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(changed.json()["link"], link, "what was not named stays");
    let keeping = json!({"policy": "days", "days": 30});
    let board = json!({"drawing": "presenter", "cursors": false, "keeping": keeping});
    let changed = change(&mut http, &room, board).await.json();
    let board = [&changed["drawing"], &changed["cursors"], &changed["keeping"]];
    assert_eq!(board, [&json!("presenter"), &json!(false), &keeping]);
    for (bad, code) in [
        (json!({"name": ""}), "name_invalid"),
        (json!({"name": "x".repeat(65)}), "name_invalid"),
        (json!({"short_name": "a b"}), "short_name_invalid"),
        (json!({"short_name": "api"}), "short_name_reserved"),
        (json!({"short_name": "load"}), "short_name_reserved"),
        (json!({"keeping": {"policy": "days", "days": 0}}), "keeping_invalid"),
        (json!({"keeping": {"policy": "days", "days": 366}}), "keeping_invalid"),
    ] {
        let refused = change(&mut http, &room, bad.clone()).await;
        assert_eq!((refused.status, refused.error_code().as_str()), (422, code), "{bad}");
    }
    let other = http.post("/api/rooms", &json!({"name": "Zweiter"})).await.json();
    let taken = change(&mut http, &other, json!({"short_name": "flausch"})).await;
    assert_eq!((taken.status, taken.error_code().as_str()), (409, "short_name_taken"));

    let relinked =
        http.request("POST", &format!("/api/rooms/{}/link", room["id"].as_str().unwrap()), None).await;
    assert_eq!(relinked.status, 200);
    assert_ne!(relinked.json()["link"], link);
    assert_eq!(
        server.http().get(&format!("/api/doors/{link}")).await.status,
        404,
        "the old link leads nowhere"
    );

    let path = format!("/api/rooms/{}", room["id"].as_str().unwrap());
    assert_eq!(http.request("DELETE", &path, None).await.status, 204);
    let gone = http.get(&path).await;
    assert_eq!((gone.status, gone.error_code().as_str()), (404, "room_unknown"));
}

#[tokio::test]
async fn rooms_belong_to_their_owner() {
    let server = Server::start(SERVER).await;
    let mut mara = server.host("mara").await;
    let mut eve = server.host("eve").await;
    let room = mara.post("/api/rooms", &json!({"name": "Plenum"})).await.json();
    let path = format!("/api/rooms/{}", room["id"].as_str().unwrap());
    let missing = eve.get("/api/rooms/AAAAAAAAAAAAAAAA").await;
    for answer in [
        eve.get(&path).await,
        change(&mut eve, &room, json!({"name": "Meins"})).await,
        eve.request("POST", &format!("{path}/link"), None).await,
        eve.request("DELETE", &path, None).await,
    ] {
        assert_eq!(face(&answer), face(&missing), "somebody else's room looks like none");
    }
    let mut nobody = server.http();
    for answer in [nobody.get("/api/rooms").await, nobody.get(&path).await] {
        assert_eq!((answer.status, answer.error_code().as_str()), (401, "not_logged_in"));
    }
    assert_eq!(mara.get(&path).await.json()["name"], "Plenum");
}

#[tokio::test]
async fn closed_deleted_and_unknown_doors_look_the_same() {
    let server = Server::start(SERVER).await;
    let mut mara = server.host("mara").await;
    let open = server.room("mara", "Plenum", "open");
    let closed = server.room("mara", "Vorstand", "closed");
    let deleted = server.room("mara", "Altes", "open");
    change(&mut mara, &closed, json!({"short_name": "vorstand"})).await;
    mara.request("DELETE", &format!("/api/rooms/{}", deleted["id"].as_str().unwrap()), None).await;
    let mut guest = server.http();
    let door = |room: &Value| format!("/api/doors/{}", room["link"].as_str().unwrap());
    let unknown = guest.get("/api/doors/AAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!((unknown.status, unknown.error_code().as_str()), (404, "door_unknown"));
    for path in
        [door(&closed), door(&deleted), "/api/doors/vorstand".to_owned(), "/api/doors/niemand".to_owned()]
    {
        assert_eq!(face(&guest.get(&path).await), face(&unknown), "{path}");
    }
    // The pages themselves tell as little.
    let page = |room: &Value| format!("/r/{}", room["link"].as_str().unwrap());
    let pages =
        [guest.get(&page(&open)).await, guest.get(&page(&closed)).await, guest.get("/r/nothing").await];
    for answer in &pages {
        assert_eq!(face(answer), face(&pages[0]));
        assert_eq!(answer.status, 200);
    }
    // To its host a closed door is a door.
    assert_eq!(mara.get(&door(&closed)).await.json()["host"], true);
    let seen = guest.get(&door(&open)).await.json();
    assert_eq!(
        (&seen["name"], &seen["you_knock"], &seen["host"]),
        (&json!("Plenum"), &json!(false), &json!(false))
    );
}

#[tokio::test]
async fn every_page_is_served_strictly() {
    let server = Server::start(SERVER).await;
    let mut http = server.http();
    for path in ["/", "/load", "/login", "/setup", "/rooms", "/r/AAAAAAAAAAAAAAAAAAAAAA", "/flausch"] {
        let page = http.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.header("content-type").unwrap().starts_with("text/html"), "{path}");
        let policy = page.header("content-security-policy").expect("a content security policy");
        assert!(policy.contains("default-src 'none'") || policy.contains("default-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe-eval'") || policy.contains("wasm-unsafe-eval'"), "{policy}");
        for (name, value) in [
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path} {name}");
        }
        assert!(
            page.header("strict-transport-security").is_some() && page.header("permissions-policy").is_some()
        );
        assert_eq!(page.header("server"), None);
    }
    assert_eq!(http.get("/healthz").await.status, 200);
    assert_eq!(http.get("/readyz").await.status, 200);
}

/// Every `$ref` of a description points at something.
fn dangling(description: &Value, part: &Value, found: &mut Vec<String>) {
    match part {
        Value::Object(fields) => {
            if let Some(Value::String(to)) = fields.get("$ref") {
                let pointer = to.strip_prefix('#').unwrap_or("/nowhere");
                if description.pointer(pointer).is_none() {
                    found.push(to.clone());
                }
            }
            fields.values().for_each(|field| dangling(description, field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| dangling(description, item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn the_description_is_true() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    let description = http.get("/api/openapi.json").await.json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1."), "{}", description["openapi"]);
    assert!(description["info"]["title"].is_string() && description["info"]["version"].is_string());
    let mut missing = Vec::new();
    dangling(&description, &description, &mut missing);
    assert_eq!(missing, [""; 0]);

    let paths = description["paths"].as_object().unwrap();
    let described: Vec<(String, String)> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods
                .as_object()
                .unwrap()
                .keys()
                .filter(|key| !["parameters", "summary"].contains(&key.as_str()));
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    // What PROTOCOL.md §1 promises is described.
    for (method, path) in [
        ("GET", "/api/server"),
        ("POST", "/api/setup"),
        ("POST", "/api/accounts"),
        ("POST", "/api/session"),
        ("GET", "/api/session"),
        ("DELETE", "/api/session"),
        ("GET", "/api/rooms"),
        ("POST", "/api/rooms"),
        ("GET", "/api/rooms/{id}"),
        ("PATCH", "/api/rooms/{id}"),
        ("POST", "/api/rooms/{id}/link"),
        ("DELETE", "/api/rooms/{id}"),
        ("GET", "/api/doors/{door}"),
        ("GET", "/api/load"),
    ] {
        assert!(
            described.contains(&(method.to_owned(), path.to_owned())),
            "{method} {path} is not described"
        );
    }
    // What is described answers, and with a status that is described.
    for (method, path) in &described {
        let url = path.replace("{id}", "AAAAAAAAAAAAAAAA").replace("{door}", "AAAAAAAAAAAAAAAAAAAAAA");
        let body = ["POST", "PATCH", "PUT"].contains(&method.as_str()).then(|| json!({}));
        let answer = http.clone().request(method, &url, body.as_ref()).await;
        let known = &paths[path][method.to_lowercase()]["responses"];
        assert!(
            known[answer.status.to_string()].is_object(),
            "{method} {path} answered {}, described: {known}",
            answer.status
        );
        if answer.status >= 400 {
            answer.error_code();
        }
    }
}
