//! The first start prints a set-up link that makes one account, once.

use serde_json::json;
use test_support::{Server, ServerBuilder, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");

fn token(printed: &str) -> Option<String> {
    let (_, after) = printed.split_once("/setup#")?;
    Some(after.split_whitespace().next()?.to_owned())
}

#[tokio::test]
async fn the_set_up_link_makes_the_first_account_once() {
    let server = Server::start(SERVER).await;
    let token = until("the link is printed", async || token(&server.stdout())).await;
    assert!(token.len() >= 22, "too short for a secret: {token}");
    let printed = server.stdout();
    assert!(printed.contains(&server.origin()), "the address is printed: {printed}");
    assert!(
        printed.contains(&server.data_dir().display().to_string()),
        "the data directory is printed: {printed}"
    );

    let mut browser = server.http();
    assert_eq!(browser.get("/api/server").await.json()["setup"], true);
    let wrong =
        json!({"token": "x".repeat(token.len()), "login": "mara", "password": "a long enough password"});
    let refused = browser.post("/api/setup", &wrong).await;
    assert_eq!((refused.status, refused.error_code().as_str()), (403, "setup_over"));

    let right = json!({"token": token, "login": "mara", "password": "a long enough password"});
    let made = browser.post("/api/setup", &right).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.json()["account"]["login"], "mara");
    assert_eq!(browser.get("/api/session").await.json()["account"]["login"], "mara");
    assert_eq!(browser.get("/api/server").await.json()["setup"], false);

    let again = json!({"token": token, "login": "eve", "password": "a long enough password"});
    let refused = server.http().post("/api/setup", &again).await;
    assert_eq!((refused.status, refused.error_code().as_str()), (403, "setup_over"));

    // The next start has nothing to print.
    let server = server.restart().await;
    until("it has printed its address", async || server.stdout().contains(&server.origin()).then_some(()))
        .await;
    assert_eq!(self::token(&server.stdout()), None);
}

#[tokio::test]
async fn the_data_directory_is_the_operators_alone() {
    use std::os::unix::fs::PermissionsExt;
    let builder = ServerBuilder::new(SERVER);
    let data = builder.data_dir().join("made/by/the/server");
    let server = builder.with("server.data_dir", &data.display().to_string()).start().await;
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}
