//! Twenty people draw at once while the server ends in order and starts again, and while it is killed and starts again: all come
//! back by themselves, lose nothing, and have the same board in the end.

mod at_the_board;

use at_the_board::{Drawer, Guest, doc, keeper};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::time::Duration;
use test_support::{Closed, Server, until};

const SERVER: &str = env!("CARGO_BIN_EXE_kegelbahn");
const DRAWERS: u64 = 20;
/// Strokes of each that are acknowledged before an end of the server.
const STROKES: u32 = 30;
/// As browsers draw; also between two tries to come back.
const MOMENT: Duration = Duration::from_millis(15);

/// What the story sees of all who draw.
#[derive(Default)]
struct Sums {
    acknowledged: AtomicU32,
    /// How often somebody came, at first and back.
    came: AtomicU32,
    /// They draw no more.
    enough: AtomicBool,
}

/// Somebody whose page stays open, whatever becomes of the server.
struct Page {
    address: SocketAddr,
    door: String,
    client: u64,
    sums: Arc<Sums>,
}

impl Page {
    /// In the room and at the board, as soon as the server lets them in.
    async fn come(&self, mut doc: yrs::Doc) -> (Guest, Drawer) {
        loop {
            let name = format!("Drawer {}", self.client);
            if let Some(guest) = Guest::try_enter(self.address, &self.door, &name, None, &[]).await {
                match Drawer::try_open(self.address, &guest, doc).await {
                    Ok(drawer) => {
                        self.sums.came.fetch_add(1, SeqCst);
                        return (guest, drawer);
                    }
                    Err(ours) => doc = ours,
                }
            }
            tokio::time::sleep(MOMENT).await;
        }
    }

    /// Draws until the story says that it is enough, and until all of that is acknowledged; how much it was.
    async fn draw(self) -> (Guest, Drawer, u32) {
        let (mut guest, mut drawer) = self.come(doc(self.client)).await;
        let (mut drawn, mut counted, mut last) = (0, 0, false);
        while !last {
            // Whoever has just come back draws one more: a stroke shows whose the old ones are.
            last = self.sums.enough.load(SeqCst);
            drawer.draw(drawn).await;
            drawn += 1;
            if !drawer.hear_for(MOMENT).await {
                let ended = drawer.closed.expect("it has ended");
                assert!(!matches!(ended, Closed(Some(4400..))), "nobody is turned away: {ended:?}");
                (guest, drawer) = self.come(drawer.doc).await;
                last = false;
            }
            let new = drawer.acknowledged.saturating_sub(counted);
            counted += new;
            self.sums.acknowledged.fetch_add(new, SeqCst);
        }
        drawer.hear_until("everything is acknowledged", |drawer| drawer.acknowledged == drawn).await;
        (guest, drawer, drawn)
    }
}

#[tokio::test]
async fn drawers_come_back_after_restarts() {
    let mut server = Server::start(SERVER).await;
    server.host("mara").await;
    let door = server.room("mara", "Atelier", "open")["link"].as_str().expect("a link").to_owned();
    let mara = keeper(&server, &door, "mara").await;
    let sums = Arc::new(Sums::default());
    let pages: Vec<_> = (0..DRAWERS)
        .map(|number| {
            let (address, door, sums) = (server.address(), door.clone(), sums.clone());
            tokio::spawn(Page { address, door, client: 1_000 + number, sums }.draw())
        })
        .collect();
    for round in 1..=2 {
        let enough = sums.acknowledged.load(SeqCst) + DRAWERS as u32 * STROKES;
        let many = async || (sums.acknowledged.load(SeqCst) >= enough).then_some(());
        until("much is drawn and acknowledged", many).await;
        server = if round == 1 { server.restart().await } else { server.kill_and_restart().await };
        let came = DRAWERS as u32 * (round + 1);
        until("all have come back", async || (sums.came.load(SeqCst) >= came).then_some(())).await;
    }
    sums.enough.store(true, SeqCst);
    drop(mara);
    let (mut here, mut all) = (Vec::new(), 0);
    for page in pages {
        let (guest, drawer, drawn) = page.await.expect("nobody gives up");
        here.push((guest, drawer));
        all += drawn as usize;
    }
    for (_, drawer) in &mut here {
        drawer.hear_until("everybody has everything", |drawer| drawer.elements() == all).await;
    }
    let board = here[0].1.content();
    assert!(here.iter().all(|(_, drawer)| drawer.content() == board), "all have the same");
    // All of it was acknowledged: so it is there after one more end, of which nobody was told.
    drop(here);
    server = server.kill_and_restart().await;
    let ben = Guest::enter(&server, &door, "Ben", None, &[]).await;
    assert_eq!(Drawer::open(&server, &ben, doc(1)).await.content(), board);
    assert_eq!(server.stderr(), "", "nothing of this is an error");
}
