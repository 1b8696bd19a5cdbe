//! The command line, beside a running server and for scripts: accounts, rooms, and a configuration that is refused with
//! file, line and what is allowed.

use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use test_support::{Output, Server, ServerBuilder};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

/// A refusal: a non-zero code, one clear text on standard error, nothing on standard output.
fn refused(output: &Output, words: &[&str]) {
    assert!(output.code > 0, "{output:?}");
    assert_eq!(output.stdout, "", "{output:?}");
    assert!(!output.stderr.contains("panicked"), "{output:?}");
    for word in words {
        assert!(output.stderr.contains(word), "no {word:?} in {output:?}");
    }
}

#[tokio::test]
async fn accounts_are_made_changed_and_deleted_while_the_server_runs() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    refused(
        &server.run(&["account", "create", "mara", "--password-stdin"], "a long enough password"),
        &["mara"],
    );
    refused(&server.run(&["account", "create", "MARA", "--password-stdin"], "a long enough password"), &[]);
    refused(&server.run(&["account", "create", "x y", "--password-stdin"], "a long enough password"), &[]);
    refused(&server.run(&["account", "create", "kim", "--password-stdin"], "short"), &["10"]);

    let changed = server.run(&["account", "password", "mara", "--password-stdin"], "another long password\n");
    assert_eq!(changed.code, 0, "{changed:?}");
    assert_eq!(http.get("/api/session").await.json()["account"], Value::Null, "all sessions are over");
    let login = |password: &str| json!({"login": "mara", "password": password});
    assert_eq!(http.post("/api/session", &login("a long enough password")).await.status, 401);
    assert_eq!(http.post("/api/session", &login("another long password")).await.status, 200);

    assert_eq!(server.run(&["account", "delete", "mara"], "").code, 0);
    assert_eq!(http.post("/api/session", &login("another long password")).await.status, 401);
    refused(&server.run(&["account", "delete", "mara"], ""), &["mara"]);
    refused(
        &server.run(&["account", "password", "mara", "--password-stdin"], "another long password"),
        &["mara"],
    );
}

#[tokio::test]
async fn rooms_are_made_listed_and_deleted_while_the_server_runs() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    let room = server.room("mara", "Flauschpyramide", "knock");
    let listed = server.run(&["room", "list", "--json"], "");
    assert_eq!(listed.code, 0, "{listed:?}");
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!((&listed[0]["id"], &listed[0]["name"]), (&room["id"], &json!("Flauschpyramide")));
    assert_eq!(http.get("/api/rooms").await.json()[0]["link"], room["link"], "the running server knows it");
    let plain = server.run(&["room", "list"], "");
    assert!(plain.stdout.contains("Flauschpyramide"), "{plain:?}");

    refused(&server.run(&["room", "create", "--owner", "nobody", "--name", "X"], ""), &["nobody"]);
    refused(&server.run(&["room", "create", "--owner", "mara", "--name", ""], ""), &[]);
    refused(
        &server.run(&["room", "create", "--owner", "mara", "--name", "X", "--lobby", "ajar"], ""),
        &["ajar", "knock"],
    );

    let id = room["id"].as_str().unwrap();
    assert_eq!(server.run(&["room", "delete", id], "").code, 0);
    assert_eq!(http.get("/api/rooms").await.json(), json!([]));
    let door = format!("/api/doors/{}", room["link"].as_str().unwrap());
    assert_eq!(server.http().get(&door).await.status, 404);
    refused(&server.run(&["room", "delete", id], ""), &["room"]);
}

#[tokio::test]
async fn tokens_are_made_listed_and_deleted_while_the_server_runs() {
    let server = Server::start(SERVER).await;
    let mut http = server.host("mara").await;
    let room = server.room("mara", "Flauschpyramide", "knock");
    let (id, link) = (room["id"].as_str().unwrap(), room["link"].as_str().unwrap());
    let create = ["token", "create", "--room", link, "--right", "watch", "--name", "Leinwand", "--json"];
    let made = server.run(&[&create[..], &["--expires", "7d"]].concat(), "");
    assert_eq!(made.code, 0, "{made:?}");
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    assert_eq!(made["url"], format!("{}/whep/{link}", server.origin()));
    assert!(made["token"].as_str().unwrap().len() >= 43 && made["expires"].is_u64(), "{made}");

    let path = format!("/api/rooms/{id}/tokens");
    let listed = http.get(&path).await.json();
    assert_eq!((&listed[0]["id"], &listed[0]["name"]), (&made["id"], &json!("Leinwand")));
    assert_eq!(listed[0].get("token"), None, "the token is told once");
    assert_eq!(server.http().get(&path).await.status, 401);
    let plain = server.run(&["token", "list", "--room", id], "");
    assert!(plain.stdout.contains("Leinwand") && !plain.stdout.contains(made["token"].as_str().unwrap()));

    refused(&server.run(&[&create[..], &["--expires", "soon"]].concat(), ""), &["7d"]);
    let elsewhere = ["token", "create", "--room", "nowhere", "--right", "watch", "--name", "X"];
    refused(&server.run(&elsewhere, ""), &["room"]);
    let delete = ["token", "delete", "--room", id, made["id"].as_str().unwrap()];
    assert_eq!(server.run(&delete, "").code, 0);
    assert_eq!(http.get(&path).await.json(), json!([]));
    refused(&server.run(&delete, ""), &["token list"]);
    for (body, code) in [
        (json!({"right": "watch", "name": ""}), "name_invalid"),
        (json!({"right": "watch", "name": "X", "expires_in": 0}), "expires_invalid"),
    ] {
        let refused = http.post(&path, &body).await;
        assert_eq!((refused.status, refused.error_code().as_str()), (422, code));
    }
}

/// `check-config` with a file and nothing else.
fn check(file: &Path) -> Output {
    let output =
        Command::new(SERVER).arg("--config").arg(file).arg("check-config").output().expect("it starts");
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn a_wrong_configuration_is_refused_with_file_and_line() {
    let builder = ServerBuilder::new(SERVER);
    let file = builder.data_dir().join("kegelbahn.toml");
    let written = |text: &str| {
        std::fs::write(&file, text).unwrap();
        check(&file)
    };
    let fine = written("# nothing\n[media]\nudp_port = 7900\n");
    assert_eq!((fine.code, fine.stderr.as_str()), (0, ""), "{fine:?}");

    refused(
        &written("[server]\n\nlisten_on = \"0.0.0.0:1\"\n"),
        &["kegelbahn.toml:3", "listen_on", "public_url"],
    );
    refused(&written("[media]\nudp_port = 123456\n"), &["kegelbahn.toml:2", "udp_port", "allowed"]);
    refused(&written("[media]\nudp_port = \"many\"\n"), &["kegelbahn.toml:2", "udp_port"]);
    refused(&written("[nonsense]\nx = 1\n"), &["kegelbahn.toml:1", "nonsense", "media"]);
    refused(&written("[server\n"), &["kegelbahn.toml:1"]);
    refused(
        &written("[server]\npublic_url = \"http://example.org\"\n"),
        &["kegelbahn.toml:2", "public_url", "https"],
    );

    refused(&check(Path::new("/nowhere/kegelbahn.toml")), &["/nowhere/kegelbahn.toml"]);
}

#[test]
fn a_wrong_variable_is_refused_by_its_name() {
    let refusal = |name: &str, value: &str| {
        let builder = ServerBuilder::new(SERVER).with(name, value);
        builder.run(&["check-config"], "")
    };
    refused(&refusal("server.listen_on", "0.0.0.0:1"), &["KEGELBAHN__SERVER__LISTEN_ON"]);
    refused(&refusal("media.udp_port", "many"), &["KEGELBAHN__MEDIA__UDP_PORT"]);
}

#[test]
fn the_default_file_holds_every_key_and_is_itself_fine() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/config/default.toml");
    let checked = check(Path::new(file));
    assert_eq!(checked.code, 0, "{checked:?}");
    let table: toml::Table = std::fs::read_to_string(file).unwrap().parse().unwrap();
    for (section, key) in [
        ("server", "listen"),
        ("server", "public_url"),
        ("server", "data_dir"),
        ("media", "udp_port"),
        ("media", "announce"),
        ("metrics", "listen"),
    ] {
        assert!(table[section].as_table().unwrap().contains_key(key), "{section}.{key}");
    }
}

#[tokio::test]
async fn a_port_in_use_is_told_by_its_key_before_anything_runs() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for key in ["server.listen", "server.redirect_listen", "metrics.listen"] {
        let builder = ServerBuilder::new(SERVER).with(key, &address);
        let output = builder.run(&["serve"], "");
        refused(&output, &[key, &address, "running already"]);
        assert!(!output.stderr.contains("a bug"), "{output:?}");
        assert!(!builder.data_dir().join("kegelbahn.db").exists(), "nothing was begun for {key}");
    }
}
