//! Many who draw at one board, a few who watch, and somebody who comes in the middle of it.
//!
//! Each drawer changes an element so many times a second and moves a cursor as often. Drawers and watchers are on two
//! threads, so that sending does not delay what is measured.

mod drawing;
mod report;
mod socket;
mod target;
mod watcher;
mod yjs;

pub use report::BoardReport;

use crate::options::{BoardLoad, BoardServer};
use crate::process::{Usage, usage};
use crate::report::Percentiles;
use crate::{Failure, clock};
use drawing::Drawing;
use socket::{Deaf, Door};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};
use target::Target;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use watcher::{Watched, watch as watch_board};

/// People who watch from the beginning.
const WATCHERS: usize = 2;
/// Time that the drawing takes to become even.
const WARM_UP: Duration = Duration::from_secs(2);
/// Between two people who come.
const JOIN_PAUSE: Duration = Duration::from_millis(15);
/// How many elements of the scene one message has.
const SCENE_STEP: usize = 100;
const SCENE_PAUSE: Duration = Duration::from_millis(60);

/// What all drawers share.
struct Shared {
    began: Instant,
    period: Duration,
    bytes: usize,
    cursors: bool,
    phase: watch::Sender<Phase>,
    changes: AtomicU64,
    dropped: AtomicUsize,
    ready: AtomicUsize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Coming,
    Drawing,
    Resting,
    Over,
}

/// Runs it to its end at a server of its own; where asked for, then with the same people at `y-websocket`'s.
pub fn run_board(wanted: &BoardLoad, tell: &mut dyn FnMut(BoardReport)) -> Result<(), Failure> {
    wanted.check()?;
    for server in wanted.servers() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        tell(runtime.block_on(run(wanted, &server))?);
    }
    Ok(())
}

async fn run(wanted: &BoardLoad, server: &BoardServer) -> Result<BoardReport, Failure> {
    let target = Target::start(server).await?;
    let began = clock::now();
    let (over, told) = watch::channel(false);
    let shared = Arc::new(Shared {
        began,
        period: Duration::from_secs_f64(1.0 / wanted.changes),
        bytes: wanted.bytes,
        cursors: !wanted.no_cursors,
        phase: watch::channel(Phase::Coming).0,
        changes: AtomicU64::new(0),
        dropped: AtomicUsize::new(0),
        ready: AtomicUsize::new(0),
    });
    let mut doors = Vec::new();
    for number in 0..wanted.drawers {
        doors.push(target.enter(&format!("Gast {number}")).await?);
        tokio::time::sleep(JOIN_PAUSE).await;
    }
    let mut watchers = Vec::new();
    for number in 0..WATCHERS {
        let door = target.enter(&format!("Auge {number}")).await?;
        watchers.push(tokio::spawn(watch_board(door, began, told.clone())));
    }
    let idle = usage(target.pid()).unwrap_or_default();
    if wanted.shapes > 0 {
        draw_scene(target.enter("Szene").await?, wanted).await?;
    }
    let late = target.enter("Spät").await?;
    let thread = {
        let shared = Arc::clone(&shared);
        std::thread::Builder::new().name("drawers".to_owned()).spawn(move || drawers(&shared, doors))?
    };
    test_support::until("all drawers are at the board", async || {
        (shared.ready.load(Relaxed) == wanted.drawers).then_some(())
    })
    .await;
    shared.phase.send_replace(Phase::Drawing);
    tokio::time::sleep(WARM_UP).await;
    let first = sample(&shared, target.pid());
    let half = Duration::from_secs_f64(wanted.seconds as f64 / 2.0);
    tokio::time::sleep(half).await;
    let newcomer: JoinHandle<Result<Watched, Failure>> = tokio::spawn(watch_board(late, began, told.clone()));
    tokio::time::sleep(half).await;
    let last = sample(&shared, target.pid());
    shared.phase.send_replace(Phase::Resting);
    over.send_replace(true);
    let mut watched = Vec::new();
    for watcher in watchers {
        watched.push(watcher.await??);
    }
    let newcomer = newcomer.await??;
    shared.phase.send_replace(Phase::Over);
    let expected = thread.join().map_err(|_panic| "the drawers' thread panicked")??;
    Ok(judge((wanted, server.name()), &shared, (idle, first, last), &watched, newcomer, &expected))
}

struct Sample {
    at: Duration,
    changes: u64,
    usage: Usage,
}

fn sample(shared: &Shared, pid: u32) -> Sample {
    Sample {
        at: clock::now() - shared.began,
        changes: shared.changes.load(Relaxed),
        usage: usage(pid).unwrap_or_default(),
    }
}

/// One who draws many elements and then stays.
async fn draw_scene(door: Door, wanted: &BoardLoad) -> Result<(), Failure> {
    let mut socket = door.open().await?.deafen();
    let mut drawing = Drawing::new(99_999, wanted.bytes);
    for first in (0..wanted.shapes).step_by(SCENE_STEP) {
        let message = drawing.scene(first, SCENE_STEP.min(wanted.shapes - first));
        socket.send(&message).await?;
        tokio::time::sleep(SCENE_PAUSE).await;
    }
    tokio::spawn(async move { while socket.discard().await > 0 {} });
    // What is on its way arrives.
    tokio::time::sleep(WARM_UP).await;
    Ok(())
}

/// All drawers, on this thread. What has to be on the board in the end.
fn drawers(shared: &Arc<Shared>, doors: Vec<Door>) -> Result<Vec<(String, u64)>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut people = tokio::task::JoinSet::new();
        for (number, door) in doors.into_iter().enumerate() {
            people.spawn(draw(Arc::clone(shared), number, door));
        }
        let mut expected = Vec::new();
        while let Some(drawn) = people.join_next().await {
            expected.extend(drawn??);
        }
        Ok(expected)
    })
}

async fn draw(shared: Arc<Shared>, number: usize, door: Door) -> Result<Vec<(String, u64)>, Failure> {
    let mut phase = shared.phase.subscribe();
    let mut socket = door.open().await?.deafen();
    shared.ready.fetch_add(1, Relaxed);
    let mut drawing = Drawing::new(number, shared.bytes);
    while *phase.borrow_and_update() == Phase::Coming {
        tokio::select! {
            _ = phase.changed() => {}
            count = socket.discard() => if count == 0 { return lost(&shared, &drawing) },
        }
    }
    // Spread evenly over the period.
    let start = tokio::time::Instant::now() + shared.period.mul_f64((number as f64 * 0.618_034).fract());
    let mut pace = tokio::time::interval_at(start, shared.period / 2);
    let mut turn = 0_u64;
    loop {
        tokio::select! {
            biased;
            _ = phase.changed() => if *phase.borrow_and_update() == Phase::Over { return Ok(drawing.expected()) },
            _ = pace.tick() => {
                if *phase.borrow() == Phase::Drawing && step(&shared, &mut drawing, &mut socket, turn).await.is_err() {
                    return lost(&shared, &drawing);
                }
                turn += 1;
            }
            count = socket.discard() => if count == 0 { return lost(&shared, &drawing) },
        }
    }
}

/// A change and a cursor take turns.
async fn step(shared: &Shared, drawing: &mut Drawing, socket: &mut Deaf, turn: u64) -> Result<(), Failure> {
    if turn.is_multiple_of(2) {
        let now = (clock::now() - shared.began).as_micros() as u64;
        shared.changes.fetch_add(1, Relaxed);
        socket.send(&drawing.change(now)).await
    } else if shared.cursors {
        socket.send(&drawing.cursor()).await
    } else {
        Ok(())
    }
}

fn lost(shared: &Shared, drawing: &Drawing) -> Result<Vec<(String, u64)>, Failure> {
    shared.dropped.fetch_add(1, Relaxed);
    Ok(drawing.expected())
}

fn judge(
    (wanted, server): (&BoardLoad, &'static str),
    shared: &Shared,
    (idle, first, last): (Usage, Sample, Sample),
    watched: &[Watched],
    newcomer: Watched,
    expected: &[(String, u64)],
) -> BoardReport {
    let window = first.at.as_micros() as u64..last.at.as_micros() as u64;
    let within = |heard: &&(u64, u32)| window.contains(&heard.0);
    let mut delays: Vec<u32> =
        watched.iter().flat_map(|one| one.delays.iter().filter(within).map(|(_, delay)| *delay)).collect();
    let (seconds, cpu) = ((last.at - first.at).as_secs_f64(), last.usage.cpu - first.usage.cpu);
    let changes = last.changes - first.changes;
    let others = wanted.drawers + WATCHERS - 1;
    let dropped = watched.iter().chain([&newcomer]).filter(|one| one.dropped).count();
    let boards: Vec<BTreeMap<_, _>> =
        watched.iter().chain([&newcomer]).map(|one| one.board().unwrap_or_default()).collect();
    let whole = |board: &BTreeMap<String, serde_json::Value>| {
        let has = |(element, version): &(String, u64)| {
            board.get(element).is_some_and(|value| value["version"].as_f64() == Some(*version as f64))
        };
        board.len() == expected.len() + wanted.shapes && expected.iter().all(has)
    };
    BoardReport {
        server,
        drawers: wanted.drawers,
        watchers: WATCHERS,
        seconds,
        changes,
        changes_heard: delays.len() as f64 / WATCHERS as f64,
        delay_us: Percentiles::of(&mut delays),
        server_cores: cpu.as_secs_f64() / seconds,
        cpu_us_per_delivered: cpu.as_secs_f64() * 1e6 / (changes as f64 * others as f64),
        dropped: shared.dropped.load(Relaxed) + dropped,
        newcomer_ms: newcomer.complete.map(|complete| complete.as_secs_f64() * 1e3),
        board_bytes: newcomer.first_bytes,
        memory_before: idle.memory,
        memory_after: last.usage.memory,
        messages_per_second: watched.iter().map(|one| one.messages).sum::<u64>() as f64
            / WATCHERS as f64
            / (last.at.as_secs_f64()),
        converged: boards.windows(2).all(|pair| pair[0] == pair[1]) && boards.iter().all(whole),
        elements: boards.iter().map(BTreeMap::len).collect(),
    }
}
