//! Forwarded packets per CPU-second of a media thread, beside the floor of the same run: a bare seal for each packet
//! and the same kernel sends. Real sockets on 127.0.0.1, real DTLS and SRTP; pictures of 1,200 bytes of payload, voices
//! of 80, which leave one by one.
//!
//! A publisher sends bursts, as frames are; each burst reaches the thread at once and finds it idle. CPU time only:
//! what else runs on the machine disturbs caches, not the count. `cargo bench -p media-plane [-- quick]`.
#![allow(clippy::print_stdout, reason = "the benchmark's result")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot be set up ends")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::net::SocketAddr;
use std::time::Duration;

use media_plane::floor::{Floor, cpu_time};
use media_plane::{SlotId, Uplink};
use support::{Scene, camera, microphone, now, video_payload};

/// What is sent, and in which bursts.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    uplink: Uplink,
    payload: usize,
    bursts: &'static [usize],
}

const KINDS: [Kind; 2] = [
    Kind { name: "video", uplink: Uplink::Camera, payload: 1200, bursts: &[1, 2, 4, 8, 16] },
    Kind { name: "audio", uplink: Uplink::Microphone, payload: 80, bursts: &[1] },
];

/// Header with `mid`, and tag.
const AROUND_PAYLOAD: usize = 20 + 16;
/// Longer than the plane holds video, so that every burst is sent when it arrives.
const PAUSE: Duration = Duration::from_micros(2500);

/// Plane and floor take turns, and the median of each counts: others work on the machine too.
const ROUNDS: usize = 5;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "quick");
    let bursts = if quick { 40 } else { 400 };
    println!("forwarded packets per CPU-second");
    println!(
        "{:>6} {:>9} {:>6} {:>12} {:>12} {:>7} {:>12}",
        "kind", "receivers", "burst", "plane", "floor", "ratio", "ns a packet"
    );
    let mut scene = Scene::new();
    let publisher = scene.join();
    scene.allow(publisher, &[Uplink::Camera, Uplink::Microphone]);
    let peer = scene.clients[publisher].peer;
    let mut state = State { seq_no: 0, publisher, receivers: Vec::new(), kind: KINDS[0] };
    for receivers in [1, 2, 5, 10, 25, 50] {
        while state.receivers.len() < receivers {
            let receiver = scene.join();
            scene.feed(receiver, SlotId::Video(0), camera(peer));
            scene.feed(receiver, SlotId::Audio(0), microphone(peer));
            state.receivers.push(receiver);
        }
        for (kind, burst) in KINDS.iter().flat_map(|kind| kind.bursts.iter().map(move |burst| (kind, *burst)))
        {
            state.kind = *kind;
            state.start(&mut scene);
            let rounds = (0..ROUNDS).map(|_| {
                let floor = state.floor(&scene, burst, bursts / ROUNDS);
                (floor, state.plane(&mut scene, burst, bursts / ROUNDS))
            });
            let (floor, plane): (Vec<f64>, Vec<f64>) = rounds.unzip();
            let (floor, plane) = (median(floor), median(plane));
            let rate = |per_packet: f64| 1e9 / per_packet;
            println!(
                "{:>6} {receivers:>9} {burst:>6} {:>12.0} {:>12.0} {:>7.2} {plane:>12.0}",
                kind.name,
                rate(plane),
                rate(floor),
                plane / floor
            );
        }
    }
}

struct State {
    seq_no: u16,
    publisher: usize,
    receivers: Vec<usize>,
    kind: Kind,
}

impl State {
    /// Makes every receiver's slot run.
    fn start(&mut self, scene: &mut Scene) {
        for client in &mut scene.clients {
            client.packets.clear();
            client.reports.clear();
            // Consent lasts 30 s, and nobody answers the plane while it is measured.
            client.check(false);
        }
        let all = self.receivers.clone();
        while !all.iter().all(|receiver| !scene.clients[*receiver].packets.is_empty()) {
            self.seq_no = self.seq_no.wrapping_add(1);
            let payload = video_payload(true, self.seq_no, self.kind.payload);
            scene.clients[self.publisher].send_media(self.kind.uplink, self.seq_no, 0, true, &payload);
            scene.turn();
        }
    }

    /// Nanoseconds of the media thread for a forwarded packet.
    fn plane(&mut self, scene: &mut Scene, burst: usize, bursts: usize) -> f64 {
        let client = &mut scene.clients[self.publisher];
        let mut sender = Floor::over(client.socket.try_clone().unwrap()).unwrap();
        let to = client.server;
        let mut datagrams = Vec::new();
        for _ in 0..bursts {
            let mut run = Vec::new();
            for _ in 0..burst {
                self.seq_no = self.seq_no.wrapping_add(1);
                let payload = video_payload(false, self.seq_no, self.kind.payload);
                run.push(client.seal(self.kind.uplink, (self.seq_no, 0, true), &payload, false));
            }
            datagrams.push(run);
        }
        let (cpu, forwarded) = (media_thread_cpu(), scene.plane.statistics().forwarded);
        let per_burst = (burst * self.receivers.len()) as u64;
        for (number, run) in datagrams.iter().enumerate() {
            sender.send_run(to, run);
            let expected = forwarded + per_burst * (number as u64 + 1);
            let give_up = now() + Duration::from_secs(1);
            pause();
            while scene.plane.statistics().forwarded < expected && now() < give_up {
                pause();
            }
            self.drain(scene);
        }
        let forwarded = scene.plane.statistics().forwarded - forwarded;
        assert!(
            forwarded * 10 >= per_burst * bursts as u64 * 9,
            "most of the packets must have been forwarded"
        );
        (media_thread_cpu() - cpu).as_nanos() as f64 / forwarded as f64
    }

    /// Nanoseconds of this thread for a sealed and sent packet, at the same pace to the same receivers.
    fn floor(&self, scene: &Scene, burst: usize, bursts: usize) -> f64 {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut floor = Floor::over(socket).unwrap();
        let to: Vec<SocketAddr> = self
            .receivers
            .iter()
            .map(|receiver| scene.clients[*receiver].socket.local_addr().unwrap())
            .collect();
        let mut spent = Duration::ZERO;
        for _ in 0..bursts {
            pause();
            let before = cpu_time();
            floor.send(&to, burst, AROUND_PAYLOAD + self.kind.payload);
            spent += cpu_time() - before;
            self.drain(scene);
        }
        spent.as_nanos() as f64 / (burst * bursts * to.len()) as f64
    }

    /// Empties the receivers' sockets, so that the kernel can always deliver.
    fn drain(&self, scene: &Scene) {
        let mut buffer = [0; 2048];
        for receiver in &self.receivers {
            let socket = &scene.clients[*receiver].socket;
            socket.set_nonblocking(true).unwrap();
            while socket.recv(&mut buffer).is_ok() {}
            socket.set_nonblocking(false).unwrap();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the pace of a benchmark")]
fn pause() {
    std::thread::sleep(PAUSE);
}

/// CPU time of the plane's thread, which is asleep now, as the scheduler counts it.
fn media_thread_cpu() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    let own = tasks.map(|task| task.path()).find(|task| read(task.join("comm")).trim() == "media-0").unwrap();
    let nanoseconds = read(own.join("schedstat")).split(' ').next().unwrap().parse().unwrap();
    Duration::from_nanos(nanoseconds)
}
