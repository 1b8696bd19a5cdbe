//! Exact figures for the operator's Prometheus, on a private listener of their own: plain HTTP, `GET /metrics`, nothing else.
//!
//! Sums over the whole server only, in base units; no label could name a room or a person, for there are none.
//! Never mounted beside the public pages: what anybody may know is `GET /api/load`.

use actix_web::dev::Server;
use actix_web::http::header::ContentType;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use actors::load::{JOIN_BUCKETS_MS, SharedMeter, Snapshot};
use prometheus::core::{Collector, Desc};
use prometheus::proto::{Bucket, Counter, Gauge, Histogram, Metric, MetricFamily, MetricType};
use prometheus::{Encoder, Registry, TextEncoder};
use std::collections::HashMap;
use std::io;
use std::net::TcpListener;

/// A registry that takes a reading whenever it is scraped.
pub fn registry(meter: SharedMeter) -> prometheus::Result<Registry> {
    let registry = Registry::new();
    registry.register(Box::new(Figures::new(meter)?))?;
    Ok(registry)
}

/// Serves the registry on the listener until the returned server is stopped. Limits: one worker, 16 connections.
pub fn serve(listener: TcpListener, registry: Registry) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(registry.clone()))
            .service(web::resource("/metrics").route(web::get().to(scrape)))
    });
    Ok(server.workers(1).max_connections(16).disable_signals().listen(listener)?.run())
}

async fn scrape(registry: Data<Registry>) -> HttpResponse {
    let mut text = Vec::new();
    match TextEncoder::new().encode(&registry.gather(), &mut text) {
        Ok(()) => HttpResponse::Ok().insert_header(ContentType::plaintext()).body(text),
        Err(error) => {
            tracing::error!(%error, "the figures could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// What a metric is, and where in a reading it is found; absent figures are left out of the scrape.
enum Kind {
    Gauge(fn(&SharedMeter, &Snapshot) -> Option<f64>),
    Counter(fn(&Snapshot) -> Option<f64>),
    JoinDurations,
}

/// One line of the table.
struct Family {
    name: &'static str,
    help: &'static str,
    kind: Kind,
}

const fn gauge(
    name: &'static str,
    help: &'static str,
    of: fn(&SharedMeter, &Snapshot) -> Option<f64>,
) -> Family {
    Family { name, help, kind: Kind::Gauge(of) }
}

const fn counter(name: &'static str, help: &'static str, of: fn(&Snapshot) -> Option<f64>) -> Family {
    Family { name, help, kind: Kind::Counter(of) }
}

const FAMILIES: [Family; 24] = [
    gauge("kegelbahn_rooms", "Rooms that somebody is in or waits for.", |_, s| number(s.rooms)),
    gauge("kegelbahn_participants", "People inside rooms.", |_, s| number(s.participants)),
    gauge("kegelbahn_waiting", "People waiting to be let in.", |_, s| number(s.waiting)),
    gauge("kegelbahn_publications", "Microphones, cameras and screens that are switched on.", |_, s| {
        number(s.publications)
    }),
    counter("kegelbahn_packets_in_total", "UDP datagrams received.", |s| number(s.packets_in)),
    counter("kegelbahn_packets_out_total", "UDP datagrams sent.", |s| number(s.packets_out)),
    counter("kegelbahn_bytes_in_total", "Payload bytes of UDP datagrams received.", |s| number(s.bytes_in)),
    counter("kegelbahn_bytes_out_total", "Payload bytes of UDP datagrams sent.", |s| number(s.bytes_out)),
    counter(
        "kegelbahn_forwarded_packets_total",
        "Media packets sealed for a receiver, each receiver counted.",
        |s| number(s.forwarded),
    ),
    counter(
        "kegelbahn_retransmitted_packets_total",
        "Media packets sent again because a receiver missed them.",
        |s| number(s.retransmitted),
    ),
    counter(
        "kegelbahn_refused_datagrams_total",
        "Datagrams refused: of an unknown sender, damaged, forged, replayed.",
        |s| number(s.refused),
    ),
    counter(
        "kegelbahn_missed_packets_total",
        "Packets that came too late for a slow reader on TCP and were dropped.",
        |s| number(s.missed),
    ),
    counter("kegelbahn_media_busy_seconds_total", "Time that media threads worked, all together.", |s| {
        Some(s.media_busy.as_secs_f64())
    }),
    counter(
        "kegelbahn_relayed_packets_total",
        "Media packets that one media thread gave to another, for a room that uses both.",
        |s| number(s.relayed),
    ),
    counter(
        "kegelbahn_relay_dropped_packets_total",
        "Media packets that one media thread could not give to another in time.",
        |s| number(s.relay_dropped),
    ),
    gauge(
        "kegelbahn_overload_step",
        "How far pictures are lowered on the busiest media thread: 0 not at all, 1 to 3 smaller, 4 and 5 paused.",
        |_, s| number(s.lowered.into()),
    ),
    gauge(
        "kegelbahn_camera_headroom",
        "About how many more cameras there is room for, by what those that are on cost.",
        |_, s| number(s.camera_headroom.into()),
    ),
    gauge(
        "kegelbahn_board_files_bytes",
        "Disk space of pictures, slides and versions of all boards, as of the last upload or wipe.",
        |_, s| number(s.board_files_bytes),
    ),
    counter("kegelbahn_board_updates_total", "Changes of boards accepted.", |s| number(s.board_updates)),
    Family {
        name: "kegelbahn_join_duration_seconds",
        help: "Time from asking to join until media flows.",
        kind: Kind::JoinDurations,
    },
    counter("kegelbahn_cpu_seconds_total", "Time that the process spent on all cores.", |s| {
        s.process.map(|process| process.cpu.as_secs_f64())
    }),
    gauge("kegelbahn_cpu_cores", "Cores that the process may use.", |meter, _| {
        Some(f64::from(meter.machine().cores))
    }),
    gauge("kegelbahn_memory_resident_bytes", "Memory that the process keeps in RAM.", |_, s| {
        number(s.process?.resident_bytes)
    }),
    gauge("kegelbahn_memory_limit_bytes", "Memory that the process may use.", |meter, _| {
        number(meter.machine().memory_bytes?)
    }),
];

/// Exact up to 2^53, as all numbers of Prometheus.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the table's functions may have no figure; these always have one"
)]
fn number(value: u64) -> Option<f64> {
    Some(value as f64)
}

struct Figures {
    meter: SharedMeter,
    descriptions: Vec<Desc>,
}

impl Figures {
    fn new(meter: SharedMeter) -> prometheus::Result<Self> {
        let describe = |family: &Family| {
            Desc::new(family.name.to_owned(), family.help.to_owned(), Vec::new(), HashMap::new())
        };
        let descriptions = FAMILIES.iter().map(describe).collect::<prometheus::Result<_>>()?;
        Ok(Self { meter, descriptions })
    }
}

impl Collector for Figures {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let snapshot = self.meter.snapshot();
        FAMILIES.iter().filter_map(|family| read(family, &self.meter, &snapshot)).collect()
    }
}

fn read(family: &Family, meter: &SharedMeter, snapshot: &Snapshot) -> Option<MetricFamily> {
    let mut metric = Metric::default();
    let kind = match family.kind {
        Kind::Gauge(of) => {
            let mut gauge = Gauge::default();
            gauge.set_value(of(meter, snapshot)?);
            metric.set_gauge(gauge);
            MetricType::GAUGE
        }
        Kind::Counter(of) => {
            let mut counter = Counter::default();
            counter.set_value(of(snapshot)?);
            metric.set_counter(counter);
            MetricType::COUNTER
        }
        Kind::JoinDurations => {
            metric.set_histogram(join_durations(snapshot));
            MetricType::HISTOGRAM
        }
    };
    let mut read = MetricFamily::default();
    read.set_name(family.name.to_owned());
    read.set_help(family.help.to_owned());
    read.set_field_type(kind);
    read.set_metric(vec![metric]);
    Some(read)
}

/// Prometheus counts cumulatively and in seconds; its encoder adds the bucket without a bound.
fn join_durations(snapshot: &Snapshot) -> Histogram {
    let mut cumulative = 0;
    let mut buckets = Vec::with_capacity(JOIN_BUCKETS_MS.len());
    for (bound_ms, count) in JOIN_BUCKETS_MS.iter().zip(&snapshot.join_buckets) {
        cumulative += count;
        let mut bucket = Bucket::default();
        bucket.set_upper_bound(*bound_ms as f64 / 1_000.0);
        bucket.set_cumulative_count(cumulative);
        buckets.push(bucket);
    }
    let mut histogram = Histogram::default();
    histogram.set_bucket(buckets);
    histogram.set_sample_count(snapshot.join_buckets.iter().sum());
    histogram.set_sample_sum(snapshot.join_sum_ms as f64 / 1_000.0);
    histogram
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
