//! The sections of the configuration, each read with the sentences that say what is allowed.

use super::layers::{Layers, Value};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Addresses, data, certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Server {
    /// Where HTTPS is served.
    pub(crate) listen: SocketAddr,
    /// `https://host[:port]`, never empty.
    pub(crate) public_url: String,
    /// Directory of everything that is kept.
    pub(crate) data_dir: PathBuf,
    /// Certificate chain and key; none: self-made.
    pub(crate) certificate: Option<(PathBuf, PathBuf)>,
    /// Where plain HTTP is sent on.
    pub(crate) redirect_listen: Option<SocketAddr>,
    /// Whether anybody may make an account.
    pub(crate) sign_up: bool,
}

const ADDRESS: &str = "an IP address with a port, e.g. 0.0.0.0:8443 or [::]:8443";
const ADDRESS_OR_NOT: &str = "an IP address with a port, e.g. 127.0.0.1:9464, or nothing";

impl Server {
    pub(super) fn read(layers: &mut Layers) -> Self {
        let listen = layers.read("server.listen", ADDRESS, |value| text(value)?.parse().ok());
        let given = layers.read(
            "server.public_url",
            "https:// with a host name and perhaps a port, without a path, e.g. https://kegeln.example, or nothing",
            |value| optional(value, public_url),
        );
        let redirect_listen = layers.read("server.redirect_listen", ADDRESS_OR_NOT, |value| {
            optional(value, |text| text.parse().ok())
        });
        if redirect_listen.is_some() && given.is_none() {
            layers.refuse(&["server.redirect_listen"], "server.redirect_listen needs server.public_url");
        }
        Self {
            listen,
            public_url: given.unwrap_or_else(|| local_url(listen)),
            data_dir: layers.read("server.data_dir", "the path of a directory", |value| {
                text(value).filter(|path| !path.is_empty()).map(PathBuf::from)
            }),
            certificate: certificate(layers),
            redirect_listen,
            sign_up: layers.read("server.sign_up", "true or false", switch),
        }
    }
}

fn certificate(layers: &mut Layers) -> Option<(PathBuf, PathBuf)> {
    let mut file = |name| {
        layers.read(name, "the path of a PEM file, or nothing", |value| {
            optional(value, |path| Some(PathBuf::from(path)))
        })
    };
    match (file("server.certificate"), file("server.key")) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => {
            let names = ["server.certificate", "server.key"];
            layers.refuse(&names, "server.certificate and server.key belong together: name both or none");
            None
        }
    }
}

/// An origin in the form in which browsers send it.
fn public_url(text: &str) -> Option<String> {
    let authority = text.strip_prefix("https://")?;
    let authority = authority.strip_suffix('/').unwrap_or(authority).to_ascii_lowercase();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port.parse::<u16>().ok()?)),
        _ => (authority.as_str(), None),
    };
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let named =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if !named && address.is_none_or(|address| address.parse::<std::net::Ipv6Addr>().is_err()) {
        return None;
    }
    Some(match port {
        None | Some(443) => format!("https://{host}"),
        Some(port) => format!("https://{host}:{port}"),
    })
}

fn local_url(listen: SocketAddr) -> String {
    match listen.port() {
        443 => "https://localhost".to_owned(),
        port => format!("https://localhost:{port}"),
    }
}

/// Who runs the server; empty texts are left out of the pages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Operator {
    /// Name of the club.
    pub(crate) name: String,
    /// Link to the imprint.
    pub(crate) imprint_url: String,
    /// Link to the privacy statement.
    pub(crate) privacy_url: String,
    /// Link to the source.
    pub(crate) source_url: String,
}

impl Operator {
    pub(super) fn read(layers: &mut Layers) -> Self {
        let mut link = |name| {
            layers.read(name, "a link that begins with https://, or nothing", |value| {
                text(value).filter(|link| link.is_empty() || link.starts_with("https://"))
            })
        };
        Self {
            imprint_url: link("operator.imprint_url"),
            privacy_url: link("operator.privacy_url"),
            source_url: link("operator.source_url"),
            name: layers.read("operator.name", "a text of at most 80 characters", |value| {
                text(value).filter(|name| name.chars().count() <= 80)
            }),
        }
    }
}

/// The media plane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Media {
    /// First UDP port.
    pub(crate) udp_port: u16,
    /// Addresses for ICE, best first; empty: found out at the start.
    pub(crate) announce: Vec<IpAddr>,
    /// 0: one per core.
    pub(crate) threads: u8,
    /// Whether media may also come by TCP, on the port of the pages.
    pub(crate) tcp: bool,
    /// Per cent of a media thread's time from which on pictures are lowered and new ones refused.
    pub(crate) busy_limit: u8,
    /// Speakers heard at once.
    pub(crate) audio_slots: u8,
}

impl Media {
    pub(super) fn read(layers: &mut Layers) -> Self {
        Self {
            udp_port: layers
                .read("media.udp_port", "a port from 1 to 65535", |value| number(value, 1, 65_535)),
            announce: layers.read("media.announce", "a list of IP addresses without ports", |value| {
                list(value)?.iter().map(|address| address.parse().ok()).collect()
            }),
            threads: layers.read("media.threads", "a number from 0 to 64", |value| number(value, 0, 64)),
            tcp: layers.read("media.tcp", "true or false", switch),
            busy_limit: layers
                .read("media.busy_limit", "a number of per cent from 1 to 95", |value| number(value, 1, 95)),
            audio_slots: layers
                .read("media.audio_slots", "a number from 1 to 16", |value| number(value, 1, 16)),
        }
    }
}

/// TURN servers of the operator's.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Their addresses; empty: none.
    pub(crate) urls: Vec<String>,
    /// The secret shared with them.
    pub(crate) secret: String,
    /// How long a client's credentials are good for.
    pub(crate) lifetime_minutes: u32,
}

impl Turn {
    pub(super) fn read(layers: &mut Layers) -> Self {
        let urls: Vec<String> = layers.read(
            "turn.urls",
            "a list of at most 8 addresses, e.g. turn:turn.example:3478?transport=udp or turns:turn.example:443?transport=tcp",
            |value| list(value).filter(|urls| urls.len() <= 8 && urls.iter().all(|url| is_turn_url(url))),
        );
        let secret = layers.read("turn.secret", "a text", text);
        if urls.is_empty() != secret.is_empty() {
            let names = ["turn.urls", "turn.secret"];
            layers.refuse(&names, "turn.urls and turn.secret belong together: name both or none");
        }
        let lifetime_minutes =
            layers.read("turn.lifetime_minutes", "a number from 5 to 2880", |value| number(value, 5, 2_880));
        Self { urls, secret, lifetime_minutes }
    }
}

impl std::fmt::Debug for Turn {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turn").field("urls", &self.urls).finish_non_exhaustive()
    }
}

/// `turn:` or `turns:`, a host, perhaps a port, perhaps a transport (RFC 7065). Browsers refuse a whole connection for
/// one that is none.
fn is_turn_url(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("turn:").or_else(|| url.strip_prefix("turns:")) else { return false };
    let (authority, transport) =
        rest.split_once('?').map_or((rest, None), |(host, query)| (host, Some(query)));
    let named = public_url(&format!("https://{authority}")).is_some() && !authority.contains('/');
    named && transport.is_none_or(|query| matches!(query, "transport=udp" | "transport=tcp"))
}

/// What people who wait hear.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Music {
    /// `.opus` files; empty: the built-in piece.
    pub(crate) files: Vec<PathBuf>,
}

impl Music {
    pub(super) fn read(layers: &mut Layers) -> Self {
        Self {
            files: layers.read("music.files", "a list of at most 16 names of .opus files", |value| {
                let files: Vec<PathBuf> = list(value)?.iter().map(PathBuf::from).collect();
                let opus = files.iter().all(|file| file.extension().is_some_and(|ending| ending == "opus"));
                (opus && files.len() <= 16).then_some(files)
            }),
        }
    }
}

/// Boards and what is put on them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Board {
    /// How long a board that is not kept stays after the last person left.
    pub(crate) wipe_after_seconds: u64,
    /// Most megabytes that are drawn on a page.
    pub(crate) page_mb: u64,
    /// Most shapes on a page.
    pub(crate) page_shapes: u64,
    /// Most megabytes that are drawn on a board.
    pub(crate) drawn_mb: u64,
    /// Most megabytes of a picture.
    pub(crate) picture_mb: u64,
    /// Most megabytes of a PDF.
    pub(crate) pdf_mb: u64,
    /// Most megabytes of all files of a room.
    pub(crate) files_mb: u64,
}

impl Board {
    pub(super) fn read(layers: &mut Layers) -> Self {
        let mut megabytes = |key, most, sentence| layers.read(key, sentence, |value| number(value, 0, most));
        Self {
            picture_mb: megabytes("board.picture_mb", 100, "a number of megabytes from 0 to 100"),
            pdf_mb: megabytes("board.pdf_mb", 1_000, "a number of megabytes from 0 to 1000"),
            files_mb: megabytes("board.files_mb", 100_000, "a number of megabytes from 0 to 100000"),
            page_mb: layers
                .read("board.page_mb", "a number of megabytes from 1 to 100", |value| number(value, 1, 100)),
            page_shapes: layers.read("board.page_shapes", "a number from 100 to 1000000", |value| {
                number(value, 100, 1_000_000)
            }),
            drawn_mb: layers.read("board.drawn_mb", "a number of megabytes from 1 to 1000", |value| {
                number(value, 1, 1_000)
            }),
            wipe_after_seconds: layers.read(
                "board.wipe_after_seconds",
                "a number from 1 to 86400",
                |value| number(value, 1, 86_400),
            ),
        }
    }
}

/// Exact figures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Metrics {
    /// Where Prometheus finds them; none: nowhere.
    pub(crate) listen: Option<SocketAddr>,
}

impl Metrics {
    pub(super) fn read(layers: &mut Layers) -> Self {
        Self {
            listen: layers
                .read("metrics.listen", ADDRESS_OR_NOT, |value| optional(value, |text| text.parse().ok())),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(_) | Value::Switch(_) | Value::List(_) => None,
    }
}

fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Switch(on) => Some(*on),
        Value::Text(_) | Value::Number(_) | Value::List(_) => None,
    }
}

fn list(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::List(texts) => Some(texts.clone()),
        Value::Text(_) | Value::Number(_) | Value::Switch(_) => None,
    }
}

fn number<T: TryFrom<i64>>(value: &Value, least: i64, most: i64) -> Option<T> {
    match value {
        Value::Number(number) if (least..=most).contains(number) => T::try_from(*number).ok(),
        Value::Number(_) | Value::Text(_) | Value::Switch(_) | Value::List(_) => None,
    }
}

/// An empty text is nothing; anything else has to parse.
fn optional<T>(value: &Value, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    let text = text(value)?;
    if text.is_empty() { Some(None) } else { parse(&text).map(Some) }
}
