//! What Prometheus gets to read, over a real socket.

use super::*;
use actors::load::{Meter, SharedFigures};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

fn meter(figures: SharedFigures) -> SharedMeter {
    Arc::new(Meter::new(figures, Default::default))
}

/// The answer to one request, as it comes.
async fn ask(address: SocketAddr, request: &'static str) -> String {
    let asked = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address)?;
        socket.set_read_timeout(Some(Duration::from_secs(20)))?;
        socket.write_all(request.as_bytes())?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer)?;
        io::Result::Ok(answer)
    });
    asked.await.expect("no panic").expect("an answer")
}

#[actix_web::test]
async fn figures_are_told_with_help_and_type_and_nothing_else_is_served() {
    let figures = SharedFigures::default();
    figures.participants.add(3);
    figures.board_updates.add(12);
    figures.joined(Duration::from_millis(90));
    figures.joined(Duration::from_millis(700));
    figures.joined(Duration::from_secs(60));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let server = serve(listener, registry(meter(figures.clone())).expect("a registry")).expect("a server");
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);

    let get = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = ask(address, get).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for line in [
        "# HELP kegelbahn_participants People inside rooms.",
        "# TYPE kegelbahn_participants gauge",
        "kegelbahn_participants 3",
        "# TYPE kegelbahn_board_updates_total counter",
        "kegelbahn_board_updates_total 12",
        "# TYPE kegelbahn_join_duration_seconds histogram",
        "kegelbahn_join_duration_seconds_bucket{le=\"0.05\"} 0",
        "kegelbahn_join_duration_seconds_bucket{le=\"0.1\"} 1",
        "kegelbahn_join_duration_seconds_bucket{le=\"1\"} 2",
        "kegelbahn_join_duration_seconds_bucket{le=\"10\"} 2",
        "kegelbahn_join_duration_seconds_bucket{le=\"+Inf\"} 3",
        "kegelbahn_join_duration_seconds_sum 60.79",
        "kegelbahn_join_duration_seconds_count 3",
    ] {
        assert!(answer.lines().any(|l| l == line), "no line '{line}' in\n{answer}");
    }
    figures.participants.add(-2);
    assert!(ask(address, get).await.contains("\nkegelbahn_participants 1\n"), "each scrape reads anew");

    for (request, status) in [
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404"),
        ("GET /api/load HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404"),
        ("POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "405"),
    ] {
        let answer = ask(address, request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {answer}");
    }
    handle.stop(false).await;
    running.await.expect("no panic").expect("it ends well");
}

/// Names as Prometheus' guide wants them: base units, `_total` for counters and only there, help as a sentence.
#[test]
fn every_family_is_there_and_well_named() {
    let families = registry(meter(SharedFigures::default())).expect("a registry").gather();
    assert_eq!(families.len(), FAMILIES.len(), "this system has all figures");
    for family in &families {
        let name = family.name();
        assert!(name.starts_with("kegelbahn_"), "{name}");
        assert_eq!(name.ends_with("_total"), family.get_field_type() == MetricType::COUNTER, "{name}");
        assert!(family.help().ends_with('.') && family.help().len() > 10, "{name}");
        assert!(family.get_metric().iter().all(|metric| metric.get_label().is_empty()), "{name} has labels");
    }
}
