//! The signalling of everybody, on a thread of its own.

use crate::answer::{Credentials, Offer};
use crate::options::Run;
use crate::{Failure, person};
use mio::Waker;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long the last ones may take to say goodbye.
const GOODBYES: Duration = Duration::from_secs(2);

/// Somebody whose media may begin.
pub(crate) struct Newcomer {
    pub(crate) number: usize,
    pub(crate) local: Credentials,
    pub(crate) offer: Offer,
    /// When `join` was sent.
    pub(crate) began: Instant,
    pub(crate) publishes: bool,
}

/// For the media thread.
pub(crate) enum News {
    Came(Newcomer),
    /// Not let in, or thrown out.
    Failed(String),
}

/// What everybody knows.
pub(crate) struct Crowd {
    pub(crate) run: Run,
    pub(crate) address: SocketAddr,
    pub(crate) fingerprint: String,
    news: SyncSender<News>,
    waker: Waker,
}

/// The running thread.
pub(crate) struct Signalling {
    over: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl Crowd {
    /// `news` is bounded; when it is full, signalling waits for the media thread.
    pub(crate) fn new(
        run: Run,
        fingerprint: String,
        news: SyncSender<News>,
        waker: Waker,
    ) -> Result<Self, Failure> {
        Ok(Self { address: run.address()?, run, fingerprint, news, waker })
    }

    /// The room that this person goes to, and whether they publish: each room's publishers come first.
    pub(crate) fn place(&self, number: usize) -> (&str, bool) {
        let Run { rooms, publishers, receivers, .. } = &self.run;
        let people = publishers + receivers;
        (&rooms[number / people % rooms.len()], number % people < *publishers)
    }

    pub(crate) fn tell(&self, news: News) -> Result<(), Failure> {
        self.news.send(news).map_err(|_gone| "the media thread has ended")?;
        Ok(self.waker.wake()?)
    }
}

impl Signalling {
    /// Everybody comes, one after the other at the wanted rate.
    pub(crate) fn start(crowd: Crowd) -> Result<Self, Failure> {
        let (over, told) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("signalling".to_owned());
        let thread = thread.spawn(move || runtime.block_on(come(Arc::new(crowd), told)))?;
        Ok(Self { over, thread })
    }

    /// Everybody leaves.
    pub(crate) fn end(self) {
        self.over.send(true).ok();
        // A panic there has been printed.
        self.thread.join().ok();
    }
}

async fn come(crowd: Arc<Crowd>, mut over: watch::Receiver<bool>) {
    let mut people = tokio::task::JoinSet::new();
    let mut pace = tokio::time::interval(Duration::from_secs_f64(1.0 / crowd.run.join_rate));
    for number in 0..crowd.run.people() {
        tokio::select! {
            _ = pace.tick() => {}
            _ = over.changed() => break,
        }
        let (crowd, over) = (Arc::clone(&crowd), over.clone());
        people.spawn(async move {
            if let Err(failure) = person::attend(&crowd, number, over).await {
                crowd.tell(News::Failed(failure.to_string())).ok();
            }
        });
    }
    if !*over.borrow() {
        over.changed().await.ok();
    }
    tokio::time::timeout(GOODBYES, async { while people.join_next().await.is_some() {} }).await.ok();
}
