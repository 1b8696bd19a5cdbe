//! The real binary in a folder of its own, on the loopback, with its command line.

use crate::http::Http;
use crate::small_disk::SmallDisk;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a command said.
#[derive(Debug)]
pub struct Output {
    /// How it ended; 0 is well.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// A server to be started.
pub struct ServerBuilder {
    binary: PathBuf,
    data: TempDir,
    ports: Ports,
    extra: Vec<(String, String)>,
    disk: Option<SmallDisk>,
}

/// Where a server listens; free at the moment of asking.
#[derive(Clone, Copy)]
struct Ports {
    https: u16,
    metrics: u16,
    media: u16,
}

/// A running server. It ends when this is dropped.
pub struct Server {
    child: Child,
    builder: ServerBuilder,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
}

/// Media threads of a server under test, each with a UDP port.
const THREADS: u16 = 2;

impl Ports {
    fn find() -> Self {
        let first = free_ports(2 + THREADS);
        Self { https: first, metrics: first + 1, media: first + 2 }
    }
}

/// The first of `count` ports that nothing else takes between the asking and the start: below those that the system
/// hands out to clients, counted on for each asking of this process. Processes begin apart.
pub fn free_ports(count: u16) -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let begin = u16::try_from(std::process::id() % 500).expect("small") * 40;
    let free = |port: u16| {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
            && UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
    };
    loop {
        let first = 10_000 + (begin + TAKEN.fetch_add(count, Relaxed)) % 22_000;
        if (first..first + count).all(free) {
            return first;
        }
    }
}

impl ServerBuilder {
    /// A server with an empty data directory; `binary` is `env!("CARGO_BIN_EXE_kegelbahn")`.
    pub fn new(binary: &str) -> Self {
        let data = tempfile::Builder::new().prefix("kegelbahn-story").tempdir().expect("a folder");
        Self { binary: binary.into(), data, ports: Ports::find(), extra: Vec::new(), disk: None }
    }

    /// Sets a key, as `section.key`.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.extra.push((variable(key), value.to_owned()));
        self
    }

    /// Listens on IPv4 and IPv6, for pages and for media.
    #[must_use]
    pub fn dual_stack(self) -> Self {
        let listen = format!("[::]:{}", self.ports.https);
        self.with("server.listen", &listen).with("media.announce", "127.0.0.1,::1")
    }

    /// Gives the data directory a disk of so many bytes, which can be filled up.
    #[must_use]
    pub fn on_a_disk_of(mut self, bytes: u64) -> Self {
        self.disk = Some(SmallDisk::mount(self.data.path(), bytes));
        self
    }

    /// The data directory.
    pub fn data_dir(&self) -> &Path {
        self.disk.as_ref().map_or(self.data.path(), SmallDisk::path)
    }

    fn command(&self) -> Command {
        let Ports { https, metrics, media } = self.ports;
        let settings = [
            ("server.listen", format!("127.0.0.1:{https}")),
            ("server.public_url", self.origin()),
            ("server.data_dir", self.data.path().display().to_string()),
            ("media.udp_port", media.to_string()),
            ("media.threads", THREADS.to_string()),
            ("media.announce", "127.0.0.1".to_owned()),
            ("metrics.listen", format!("127.0.0.1:{metrics}")),
        ];
        let mut command = match &self.disk {
            Some(disk) => disk.command(&self.binary),
            None => Command::new(&self.binary),
        };
        command.envs(settings.iter().map(|(key, value)| (variable(key), value)));
        command.envs(self.extra.iter().map(|(key, value)| (key, value)));
        command.current_dir(self.data.path());
        command
    }

    fn origin(&self) -> String {
        format!("https://localhost:{}", self.ports.https)
    }

    /// Runs a subcommand beside the server, giving it `input` on its standard input.
    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        // A command that does not read its input may be gone already.
        child.stdin.take().expect("piped").write_all(input.as_bytes()).ok();
        let output = child.wait_with_output().expect("it ends");
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts it and waits until it is ready.
    pub async fn start(self) -> Server {
        let mut child = self
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let stdout = collect(child.stdout.take().expect("piped"));
        let stderr = collect(child.stderr.take().expect("piped"));
        let mut server = Server { child, builder: self, stdout, stderr };
        let address = server.address();
        crate::until("the server is ready", async || {
            if let Some(status) = server.child.try_wait().expect("the state of the child") {
                panic!("the server ended ({status}): {} {}", server.stdout(), server.stderr());
            }
            tokio::net::TcpStream::connect(address).await.ok()?;
            (server.http().get("/readyz").await.status == 200).then_some(())
        })
        .await;
        server
    }
}

/// `section.key` as the variable that overrides it.
fn variable(key: &str) -> String {
    format!("KEGELBAHN__{}", key.to_uppercase().replace('.', "__"))
}

/// Reads a pipe to its end beside the story.
fn collect(pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&text);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            let Ok(line) = line else { break };
            let mut text = sink.lock().expect("no reader panics");
            text.push_str(&line);
            text.push('\n');
        }
    });
    text
}

impl Server {
    /// Starts a server with an empty data directory.
    pub async fn start(binary: &str) -> Self {
        ServerBuilder::new(binary).start().await
    }

    /// Where it serves HTTPS.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.builder.ports.https))
    }

    /// Its first media address.
    pub fn media_address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.builder.ports.media))
    }

    /// Where it tells its figures, over plain HTTP.
    pub fn metrics_address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.builder.ports.metrics))
    }

    /// A figure as Prometheus would read it; `None` when there is none of that name.
    pub async fn figure(&self, name: &str) -> Option<f64> {
        let mut socket = TcpStream::connect(self.metrics_address()).await.ok()?;
        socket.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await.ok()?;
        let mut text = String::new();
        socket.read_to_string(&mut text).await.ok()?;
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// Its public URL, which is the origin of its pages.
    pub fn origin(&self) -> String {
        self.builder.origin()
    }

    /// A browser without a cookie.
    pub fn http(&self) -> Http {
        Http::new(self.address(), &self.origin())
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its data directory.
    pub fn data_dir(&self) -> &Path {
        self.builder.data_dir()
    }

    /// What it printed so far.
    pub fn stdout(&self) -> String {
        self.stdout.lock().expect("no writer panics").clone()
    }

    /// What it complained of so far.
    pub fn stderr(&self) -> String {
        self.stderr.lock().expect("no writer panics").clone()
    }

    /// Runs a subcommand beside it.
    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        self.builder.run(arguments, input)
    }

    /// Makes an account by the command line and logs in.
    pub async fn host(&self, login: &str) -> Http {
        let password = "a long enough password";
        let made = self.run(&["account", "create", login, "--password-stdin"], password);
        assert_eq!(made.code, 0, "{made:?}");
        let mut http = self.http();
        let answer = http.post("/api/session", &json!({"login": login, "password": password})).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        http
    }

    /// Makes a room by the command line; its record as `--json` tells it. `lobby` is `open`, `knock` or `closed`.
    pub fn room(&self, owner: &str, name: &str, lobby: &str) -> Value {
        let arguments = ["room", "create", "--owner", owner, "--name", name, "--lobby", lobby, "--json"];
        let made = self.run(&arguments, "");
        assert_eq!(made.code, 0, "{made:?}");
        serde_json::from_str(&made.stdout).expect("room create --json prints JSON")
    }

    /// Asks it to end, as the system does (SIGTERM).
    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().expect("kill exists");
        assert!(told.success(), "the server was gone already");
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let child = &mut self.child;
        crate::until("the server has ended", async || child.try_wait().expect("the state of the child")).await
    }

    /// Ends it and starts it again on the same data and ports.
    pub async fn restart(mut self) -> Self {
        self.terminate();
        self.ended().await;
        self.into_builder().start().await
    }

    /// Kills it in the middle of whatever it does (SIGKILL) and starts it again on the same data and ports.
    pub async fn kill_and_restart(self) -> Self {
        self.kill().await.start().await
    }

    /// Kills it, for a start on the same data and ports later.
    pub async fn kill(mut self) -> ServerBuilder {
        self.child.kill().expect("it runs");
        self.ended().await;
        self.into_builder()
    }

    fn into_builder(mut self) -> ServerBuilder {
        let Self { builder, .. } = &mut self;
        ServerBuilder {
            binary: builder.binary.clone(),
            data: std::mem::replace(&mut builder.data, tempfile::tempdir().expect("a folder")),
            ports: builder.ports,
            extra: builder.extra.clone(),
            disk: builder.disk.take(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing of a story is worth keeping; an error means that it has ended before.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
