//! The client's TypeScript types are made from the Rust ones, and stay so.
//!
//! After changing a wire type: `KEGELBAHN_WRITE_TYPES=1 cargo test --release -p web --test client_types`.

use std::fmt::Write as _;
use std::path::PathBuf;
use ts_rs::{Config, TS};
use web::api::load;
use web::api::types as api;
use web::protocol;

/// Declarations in the order given, each exported.
macro_rules! declarations {
    ($($path:path),+ $(,)?) => {{
        // JSON numbers are doubles; none of ours is larger than 2^53.
        let config = Config::new().with_large_int("number");
        let mut text = String::new();
        $(
            if let Some(docs) = <$path as TS>::docs() {
                write!(text, "{docs}").unwrap();
            }
            writeln!(text, "export {}\n", <$path as TS>::decl(&config)).unwrap();
        )+
        text
    }};
}

fn api_types() -> String {
    declarations!(
        web::errors::ErrorBody,
        api::Server,
        api::Operator,
        api::Session,
        api::Account,
        api::Credentials,
        api::SetUp,
        api::RoomColour,
        api::LobbyPolicy,
        api::DrawingRight,
        web::keeping::Keeping,
        api::Room,
        api::NewRoom,
        api::RoomChanges,
        api::StreamRight,
        api::Token,
        api::MadeToken,
        api::NewToken,
        api::Door,
        web::board::files::UploadedFile,
        web::board::versions::VersionReason,
        web::board::versions::Version,
        web::board::versions::NewVersion,
        load::Load,
        load::LoadVerdict,
        load::LoadRange,
        load::LoadSample,
        load::LoadDay,
    )
}

fn protocol_types() -> String {
    let mut text = format!("export const PROTOCOL_VERSION = {};\n\n", protocol::PROTOCOL_VERSION);
    text += &declarations!(
        protocol::DrawingRight,
        web::keeping::Keeping,
        protocol::Role,
        protocol::RoomFace,
        protocol::MeetingSettings,
        protocol::Participant,
        protocol::SourceKind,
        protocol::Source,
        protocol::Slot,
        protocol::Knock,
        protocol::Offer,
        protocol::IceServer,
        protocol::BoardTicket,
        protocol::MediaConnection,
        protocol::Layer,
        protocol::QualityReason,
        protocol::SlotQuality,
        protocol::ByeReason,
        protocol::ServerMessage,
        protocol::MediaState,
        protocol::PictureKind,
        protocol::Shown,
        protocol::ClientMessage,
    );
    text
}

fn compare(file: &str, source: &str, types: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("client/src/generated").join(file);
    // One line a comment, no spaces at line ends: somebody will read this.
    let types = types.replace("/**\n * ", "/** ").replace("\n */\n", " */\n").replace(" \n", "\n");
    let wanted =
        format!("// Made from {source} by web/tests/client_types.rs. Do not edit.\n\n{}\n", types.trim_end());
    if std::env::var_os("KEGELBAHN_WRITE_TYPES").is_some() {
        std::fs::write(&path, &wanted).expect("the client's folder is there");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "{} is not what the Rust types give; run KEGELBAHN_WRITE_TYPES=1 cargo test --release -p web --test client_types",
        path.display()
    );
}

#[test]
fn the_api_types_are_those_of_the_server() {
    compare("api.ts", "web/src/api/types.rs", &api_types());
}

#[test]
fn the_protocol_types_are_those_of_the_server() {
    compare("protocol.ts", "web/src/protocol", &protocol_types());
}
