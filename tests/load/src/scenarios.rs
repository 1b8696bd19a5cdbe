//! The standard meetings, each at a fresh server in a folder of its own.

use crate::options::{Compare, Run};
use crate::{Failure, engine};
use serde_json::json;
use std::path::{Path, PathBuf};
use test_support::ServerBuilder;

/// A meeting, and the server's keys that differ from the default.
struct Scenario {
    name: &'static str,
    rooms: usize,
    publishers: usize,
    receivers: usize,
    video_kbit: u32,
    audio: bool,
    audio_slots: u8,
    join_rate: f64,
    ramp: bool,
}

const MEETING: Scenario = Scenario {
    name: "",
    rooms: 1,
    publishers: 1,
    receivers: 0,
    video_kbit: 0,
    audio: false,
    audio_slots: 3,
    join_rate: 25.0,
    ramp: false,
};

const SCENARIOS: [Scenario; 14] = [
    Scenario { name: "video_to_100", receivers: 100, video_kbit: 1_500, ..MEETING },
    // Everybody hears all ten, as with servers that do not choose the loudest.
    Scenario {
        name: "ten_voices_to_100",
        publishers: 10,
        receivers: 100,
        audio: true,
        audio_slots: 10,
        ..MEETING
    },
    Scenario { name: "meeting_of_20", publishers: 20, video_kbit: 500, audio: true, ..MEETING },
    Scenario {
        name: "storm_of_100",
        receivers: 100,
        video_kbit: 500,
        audio: true,
        join_rate: 25.0,
        ..MEETING
    },
    Scenario { name: "rooms_of_4", rooms: 50, publishers: 4, video_kbit: 300, audio: true, ..MEETING },
    Scenario { name: "one_voice_to_100", publishers: 1, receivers: 100, audio: true, ..MEETING },
    // The same for more and more people, and for more and more rooms: what a packet costs should not change.
    Scenario { name: "growth_10", receivers: 10, video_kbit: 500, ..MEETING },
    Scenario { name: "growth_100", receivers: 100, video_kbit: 500, ..MEETING },
    Scenario { name: "growth_1000", rooms: 2, receivers: 499, video_kbit: 500, ..MEETING },
    Scenario { name: "growth_1500", rooms: 3, receivers: 499, video_kbit: 500, ..MEETING },
    Scenario { name: "pairs_1", publishers: 2, audio: true, ..MEETING },
    Scenario { name: "pairs_20", rooms: 20, publishers: 2, audio: true, ..MEETING },
    Scenario { name: "pairs_200", rooms: 200, publishers: 2, audio: true, ..MEETING },
    Scenario { name: "ramp", receivers: 490, video_kbit: 1_500, join_rate: 25.0, ramp: true, ..MEETING },
];

/// Runs those that were asked for; `say` gets the figures of each.
pub fn compare(compare: &Compare, say: &mut dyn FnMut(String)) -> Result<(), Failure> {
    let server = server(compare.server.as_deref())?;
    let wanted =
        |scenario: &&Scenario| compare.only.as_ref().is_none_or(|only| scenario.name.starts_with(only));
    for scenario in SCENARIOS.iter().filter(wanted) {
        say(one(compare, &server, scenario)?);
    }
    Ok(())
}

/// The binary's path: the one that was named, or the one beside this program.
pub(crate) fn server(named: Option<&Path>) -> Result<String, Failure> {
    let server = match named {
        Some(server) => std::fs::canonicalize(server)?,
        None => beside()?,
    };
    Ok(server.to_str().ok_or("the server's path is not UTF-8")?.to_owned())
}

fn beside() -> Result<PathBuf, Failure> {
    let path = std::env::current_exe()?.with_file_name("kegelbahn");
    if path.exists() {
        Ok(path)
    } else {
        Err("there is no server beside this program: name it with --server".into())
    }
}

fn one(compare: &Compare, server: &str, scenario: &Scenario) -> Result<String, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let builder = ServerBuilder::new(server)
        .with("media.threads", &compare.threads.to_string())
        .with("media.audio_slots", &scenario.audio_slots.to_string());
    let server = runtime.block_on(builder.start());
    runtime.block_on(server.host("load"));
    let room = || server.room("load", scenario.name, "open")["link"].as_str().unwrap_or_default().to_owned();
    let run = Run {
        url: server.origin(),
        rooms: (0..scenario.rooms).map(|_| room()).collect(),
        publishers: scenario.publishers,
        receivers: scenario.receivers,
        video_kbit: scenario.video_kbit,
        layers: 1,
        audio: scenario.audio,
        twcc: false,
        join_rate: scenario.join_rate,
        seconds: compare.seconds,
        ramp: scenario.ramp,
        pid: Some(server.pid()),
        json: compare.json,
    };
    let report = engine::run(&run)?;
    Ok(if compare.json {
        json!({"scenario": scenario.name, "report": report}).to_string()
    } else {
        format!(
            "== {}
{}",
            scenario.name,
            report.table()
        )
    })
}
