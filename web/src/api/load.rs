//! The public load: what `actors::load::publish` lets anybody know, as JSON. Made once a minute at most, however many ask.

use crate::clock;
use crate::errors::{ApiError, ErrorBody};
use crate::state::Edge;
use actix_web::web::{Data, Json};
use actors::load::{self, HISTORY, PublicLoad};
use actors::store::{SharedStore, StoreError};
use serde::Serialize;
use std::time::Duration;
use tokio::sync::Mutex;
use ts_rs::TS;
use utoipa::ToSchema;

/// The server's use and load: sums over everything, in coarse steps, at least half an hour late.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS, ToSchema)]
pub struct Load {
    /// 0–9: free ninths of the machine.
    pub standing_pins: u8,
    /// The same in a word.
    pub verdict: LoadVerdict,
    /// Half-hours of the last 24 hours, oldest first; those in which the server did not run are missing.
    pub samples: Vec<LoadSample>,
    /// The last 30 days (UTC), oldest first.
    pub days: Vec<LoadDay>,
}

/// Nothing to do, plenty of room, well attended, nearly full, full.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoadVerdict {
    /// Nine pins stand.
    All,
    /// Six to eight.
    Calm,
    /// Four or five.
    Busy,
    /// One to three.
    Tight,
    /// None.
    Full,
}

/// A range, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS, ToSchema)]
pub struct LoadRange {
    /// Smallest.
    pub from: u32,
    /// Largest.
    pub to: u32,
}

/// One half-hour. With fewer than ten people all that is null which could tell how few: say "a few".
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS, ToSchema)]
pub struct LoadSample {
    /// Its start, unix seconds.
    pub start: u64,
    /// Most rooms at once.
    pub rooms: Option<LoadRange>,
    /// Most people at once.
    pub people: Option<LoadRange>,
    /// Mean of both directions together, in steps of 10.
    pub traffic_mbps: Option<u32>,
    /// Mean over all cores, in steps of 5.
    pub cpu_percent: Option<u8>,
    /// Most memory, in steps of 10.
    pub memory_percent: u8,
}

/// One day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS, ToSchema)]
pub struct LoadDay {
    /// Its midnight (UTC), unix seconds.
    pub start: u64,
    /// 0–9: ninths of the machine in use in the day's fullest hour; null when the server did not run.
    pub fallen_pins: Option<u8>,
}

/// The answer of this minute.
#[derive(Default)]
pub struct LoadCache(Mutex<Option<(Duration, Load)>>);

const KEPT_FOR: Duration = Duration::from_secs(60);

impl LoadCache {
    /// The public load at `now` (since 1970): the one of up to a minute ago, or a new one. Whoever asks meanwhile waits for it.
    pub async fn get(&self, store: &SharedStore, now: Duration) -> Result<Load, StoreError> {
        let mut kept = self.0.lock().await;
        if let Some((made, load)) = &*kept
            && now.checked_sub(*made).is_some_and(|age| age < KEPT_FOR)
        {
            return Ok(load.clone());
        }
        let now_seconds = now.as_secs();
        let samples = store.load_since(now_seconds.saturating_sub(HISTORY)).await?;
        let load = Load::from(load::publish(&samples, now_seconds));
        *kept = Some((now, load.clone()));
        Ok(load)
    }
}

/// How much the server is used and how loaded it is: coarse and late, without rooms or persons.
#[utoipa::path(get, path = "/api/load", tag = "server", responses(
    (status = 200, body = Load),
    (status = 500, description = "`internal`", body = ErrorBody),
))]
pub async fn get(edge: Data<Edge>) -> Result<Json<Load>, ApiError> {
    Ok(Json(edge.load.get(&edge.store, clock::since_epoch()).await?))
}

impl From<PublicLoad> for Load {
    fn from(load: PublicLoad) -> Self {
        Self {
            standing_pins: load.standing_pins,
            verdict: load.verdict.into(),
            samples: load.samples.into_iter().map(LoadSample::from).collect(),
            days: load
                .days
                .into_iter()
                .map(|day| LoadDay { start: day.start, fallen_pins: day.fallen_pins })
                .collect(),
        }
    }
}

impl From<load::Verdict> for LoadVerdict {
    fn from(verdict: load::Verdict) -> Self {
        match verdict {
            load::Verdict::All => Self::All,
            load::Verdict::Calm => Self::Calm,
            load::Verdict::Busy => Self::Busy,
            load::Verdict::Tight => Self::Tight,
            load::Verdict::Full => Self::Full,
        }
    }
}

impl From<load::Bin> for LoadRange {
    fn from(bin: load::Bin) -> Self {
        Self { from: bin.from, to: bin.to }
    }
}

impl From<load::PublicSample> for LoadSample {
    fn from(sample: load::PublicSample) -> Self {
        Self {
            start: sample.start,
            rooms: sample.rooms.map(LoadRange::from),
            people: sample.people.map(LoadRange::from),
            traffic_mbps: sample.traffic_mbps,
            cpu_percent: sample.cpu_percent,
            memory_percent: sample.memory_percent,
        }
    }
}
