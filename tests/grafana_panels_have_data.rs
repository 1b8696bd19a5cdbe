//! Debian's real Prometheus, with the configuration that operators get, scrapes a server where two people meet: every query
//! of every panel of the dashboard gives data, and no figure of the server is without a panel.

use serde_json::Value;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use test_support::{Person, Server, free_ports, until, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const DASHBOARD: &str = include_str!("../grafana/dashboards/kegelbahn.json");
const CONFIGURATION: &str = include_str!("../config/deploy/prometheus.yml");

/// A Prometheus in a folder of its own. It ends, and its folder goes, when this is dropped.
struct Prometheus {
    child: Child,
    folder: PathBuf,
    address: SocketAddr,
}

impl Prometheus {
    /// Scrapes the server every second.
    fn start(server: &Server) -> Self {
        let folder =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("prometheus-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_ports(1)));
        let configuration = replaced(CONFIGURATION, "scrape_interval: 15s", "scrape_interval: 1s");
        let configuration =
            replaced(&configuration, "\"127.0.0.1:9464\"", &format!("\"{}\"", server.metrics_address()));
        fs::write(folder.join("prometheus.yml"), configuration).expect("a file");
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(folder.join("log")).expect("a file"))
            .spawn()
            .expect("prometheus starts (Debian package prometheus)");
        Self { child, folder, address }
    }

    /// The values that a query has now; none when there are no data, or they are no numbers.
    async fn ask(&mut self, query: &str) -> Option<Vec<f64>> {
        if let Some(status) = self.child.try_wait().expect("the state of the child") {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            panic!("prometheus ended ({status}): {log}");
        }
        let body = get(self.address, &format!("/api/v1/query?query={}", escaped(query))).await?;
        let answer: Value = serde_json::from_str(&body).ok()?;
        assert_ne!(answer["status"], "error", "{query}: {answer}");
        let series = answer["data"]["result"].as_array().filter(|series| !series.is_empty())?;
        series
            .iter()
            .map(|one| one["value"][1].as_str()?.parse().ok().filter(|value: &f64| value.is_finite()))
            .collect()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It may have ended before; what is left of its folder lies below the target directory.
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "the configuration says {old} once");
    text.replace(old, new)
}

/// The body of a plain HTTP/1.0 answer with status 200 (1.0: it comes in one piece).
async fn get(address: SocketAddr, path: &str) -> Option<String> {
    let asking = async {
        let mut socket = TcpStream::connect(address).await.ok()?;
        socket.write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await.ok()?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        head.split(' ').nth(1).filter(|status| *status == "200").map(|_| body.to_owned())
    };
    within(&format!("an answer from {address}"), asking).await
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Title and query of each panel, with a range in place of Grafana's.
fn queries() -> Vec<(String, String)> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("the dashboard is JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut queries = Vec::new();
    for panel in panels {
        let title = panel["title"].as_str().expect("a title");
        for target in panel["targets"].as_array().into_iter().flatten() {
            assert_eq!(
                target["datasource"]["uid"], "kegelbahn",
                "{title}: as in the provisioned data source"
            );
            let query = target["expr"].as_str().expect("a query");
            queries.push((title.to_owned(), query.replace("$__rate_interval", "5m")));
        }
    }
    queries
}

/// Names of all metrics that the server tells, from the `# TYPE` lines.
async fn told(server: &Server) -> Vec<String> {
    let text =
        until("the server tells its figures", async || get(server.metrics_address(), "/metrics").await);
    let text = text.await;
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_panel_has_data() {
    let server = Server::start(SERVER).await;
    server.host("mara").await;
    let room = server.room("mara", "Plenum", "open");
    let door = room["link"].as_str().unwrap();
    let mut prometheus = Prometheus::start(&server);
    // Rates begin with what was seen before the people came.
    until("Prometheus has seen the server", async || prometheus.ask("kegelbahn_rooms").await).await;

    let ada = Person::enter(&server, door, "Ada", 1).await;
    let ben = Person::enter(&server, door, "Ben", 2).await;
    for person in [&ada, &ben] {
        person.media.speak(20);
        person.media.film(true);
    }
    ada.receives(100, 2, 'v').await;
    ben.receives(100, 1, 'v').await;

    let queries = queries();
    assert!(queries.len() > 20, "the dashboard has {} queries", queries.len());
    for (panel, query) in &queries {
        until(&format!("the panel '{panel}' has data for {query}"), async || prometheus.ask(query).await)
            .await;
    }
    for (query, at_least) in [
        ("kegelbahn_rooms", 1.0),
        ("kegelbahn_participants", 2.0),
        ("kegelbahn_publications", 4.0),
        ("kegelbahn_join_duration_seconds_count", 2.0),
        ("kegelbahn_forwarded_packets_total", 200.0),
        ("kegelbahn_packets_in_total", 200.0),
        ("kegelbahn_packets_out_total", 200.0),
        ("kegelbahn_bytes_in_total", 1_000.0),
        ("kegelbahn_bytes_out_total", 1_000.0),
        ("kegelbahn_cpu_seconds_total", 0.01),
        ("kegelbahn_memory_resident_bytes", 1e6),
    ] {
        let enough =
            async || prometheus.ask(query).await?.first().copied().filter(|value| *value >= at_least);
        until(&format!("{query} reaches {at_least}"), enough).await;
    }
    assert_eq!(prometheus.ask("kegelbahn_nonsense").await, None, "a query can come back empty");
}

#[tokio::test]
async fn every_figure_has_a_panel() {
    let server = Server::start(SERVER).await;
    let names = told(&server).await;
    assert!(names.len() > 10, "{names:?}");
    let queries = queries();
    for name in names {
        assert!(queries.iter().any(|(_, query)| query.contains(&name)), "no panel shows {name}");
    }
}
