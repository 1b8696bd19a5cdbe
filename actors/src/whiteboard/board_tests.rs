//! The board in made-up time, with Yjs clients that are plain yrs documents.

use super::*;
use crate::whiteboard::testing::{Map, Peer, Random, WriteTxn, pointed, pointing};
use media_plane::floor::cpu_time;

#[path = "board_cost_tests.rs"]
mod cost;
#[path = "board_history_tests.rs"]
mod history;
#[path = "board_hostile_tests.rs"]
mod hostile;
#[path = "board_yjs_tests.rs"]
mod yjs;

const CONVERGED: &str = "everybody has the same";

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn person(name: &str) -> ParticipantId {
    ParticipantId(name.to_owned())
}

fn drawer(name: &str, may_draw: bool) -> Drawer {
    Drawer { participant: person(name), name: name.to_owned(), ball: 2, may_draw }
}

fn row(update: &[u8]) -> Vec<u8> {
    record::write(update, &Horizon::new())
}

/// A board, people at it, and the frames between them.
#[derive(Default)]
struct Table {
    board: Board,
    now: Duration,
    people: BTreeMap<SocketId, Peer>,
    yjs: BTreeMap<SocketId, yjs::Yjs>,
    closed: Vec<(SocketId, u16)>,
    refused: Vec<ParticipantId>,
    saved: Vec<Bytes>,
    cleared: Vec<Bytes>,
    presence: Vec<(SocketId, Bytes)>,
    told: Vec<(SocketId, serde_json::Value)>,
    frames: usize,
    /// CPU time of the board.
    spent: Duration,
    compacted: usize,
}

impl Table {
    fn join(&mut self, name: &str, peer: Peer, may_draw: bool) -> SocketId {
        let id = self.board.open(self.now, drawer(name, may_draw), false);
        let step_1 = peer.ask();
        self.people.insert(id, peer);
        self.board.receive(self.now, id, &step_1, &|| Duration::ZERO);
        self.run();
        id
    }

    fn send(&mut self, from: SocketId, frame: &Bytes) {
        let began = cpu_time();
        self.board.receive(self.now, from, frame, &|| Duration::ZERO);
        self.spent += cpu_time() - began;
        self.run();
    }

    fn draw(&mut self, from: SocketId, key: &str, value: i32) {
        let frame = self.people[&from].draw(key, value);
        self.send(from, &frame);
    }

    /// Passes frames until nothing moves any more at this moment.
    fn run(&mut self) {
        loop {
            let began = cpu_time();
            self.board.tick(self.now);
            self.spent += cpu_time() - began;
            let effects = self.board.take_effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                match effect {
                    Effect::Send(to, frame) if frame[0] == 1 => self.presence.push((to, frame)),
                    Effect::Send(to, frame) if frame[0] == notices::NOTICE => {
                        self.told.push((to, notices::told(&frame)));
                    }
                    Effect::Send(to, frame) => {
                        self.frames += 1;
                        let answers = self.yjs.get_mut(&to).map(|yjs| yjs.hear(&frame)).unwrap_or_default();
                        for answer in answers {
                            self.board.receive(self.now, to, &answer, &|| Duration::ZERO);
                        }
                        if let Some(answer) = self.people.get(&to).and_then(|peer| peer.hear(&frame)) {
                            self.board.receive(self.now, to, &answer, &|| Duration::ZERO);
                        }
                    }
                    Effect::Close(socket, code) => {
                        self.people.remove(&socket);
                        self.yjs.remove(&socket);
                        self.closed.push((socket, code));
                    }
                    Effect::DrawingRefused(who) => self.refused.push(who),
                    Effect::Clearing(before) => self.cleared.push(before),
                    Effect::Save(update) => self.saved.push(update),
                    Effect::Compacted => self.compacted += 1,
                }
            }
        }
    }

    fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(due) = self.board.next_tick().filter(|due| *due <= end) {
            self.now = due.max(self.now);
            self.run();
        }
        self.now = end;
    }

    fn seen_by(&self, socket: SocketId, key: &str) -> Option<String> {
        self.people[&socket].get(key)
    }

    /// What a newcomer would see.
    fn seen(&mut self, key: &str) -> Option<String> {
        let fresh = Peer::new(999_999);
        fresh.apply(&self.board.snapshot().unwrap());
        fresh.get(key)
    }
}

#[test]
fn a_stroke_reaches_the_others_at_once_and_a_late_joiner_sees_the_board() {
    let mut table = Table::default();
    let (anna, ben) = (table.join("anna", Peer::new(1), true), table.join("ben", Peer::new(2), true));
    table.draw(anna, "a", 1);
    assert_eq!(table.seen_by(ben, "a").as_deref(), Some("1"));
    let late = table.join("late", Peer::new(3), false);
    assert_eq!(table.seen_by(late, "a").as_deref(), Some("1"));
    assert_eq!((table.saved.len(), table.closed.len()), (1, 0));
}

#[test]
fn everybody_drawing_at_random_converges() {
    for seed in 0..25 {
        let mut random = Random(seed);
        let mut table = Table::default();
        let people: Vec<SocketId> =
            (0..4).map(|n| table.join(&format!("person {n}"), Peer::new(n + 1), true)).collect();
        for _ in 0..120 {
            let from = people[random.below(4)];
            let change = table.people[&from].draw_at_random(&mut random);
            table.send(from, &sync_message(UPDATE, &change));
            if random.below(3) == 0 {
                table.wait(ms(random.next() % 40));
            }
        }
        table.wait(ms(100));
        let late = table.join("late", Peer::new(77), false);
        let contents: Vec<_> = table.people.values().map(Peer::content).collect();
        assert!(contents.windows(2).all(|two| two[0] == two[1]), "{CONVERGED}, seed {seed}");
        assert_ne!(table.people[&late].content().0.to_string(), "{}", "seed {seed}");
        assert!(table.closed.is_empty(), "seed {seed}: {:?}", table.closed);
        // What was saved is the whole board, too.
        let mut restored = Board::default();
        assert!(restored.restore(table.saved.iter().map(|update| row(update))));
        let fresh = Peer::new(78);
        fresh.apply(&restored.snapshot().unwrap());
        assert_eq!(fresh.content(), table.people[&late].content(), "seed {seed}");
    }
}

#[test]
fn many_drawers_cost_one_frame_per_receiver_and_tick() {
    let mut table = Table::default();
    let people: Vec<SocketId> =
        (0..20).map(|n| table.join(&format!("person {n}"), Peer::new(n + 1), true)).collect();
    table.draw(people[0], "first", 0);
    table.frames = 0;
    for (n, person) in people.iter().enumerate() {
        table.draw(*person, &format!("element {n}"), 1);
    }
    assert_eq!(table.frames, 0);
    table.wait(ms(30));
    assert_eq!(table.frames, 20);
    assert!(
        table.people.values().all(|peer| peer.get("element 7").is_some() && peer.get("element 19").is_some())
    );
}

#[test]
fn who_may_only_watch_cannot_draw_and_stays() {
    let mut table = Table::default();
    let (anna, viewer) = (table.join("anna", Peer::new(1), true), table.join("viewer", Peer::new(2), false));
    table.draw(viewer, "v", 1);
    table.draw(viewer, "v", 2);
    assert_eq!(table.refused, [person("viewer")]);
    table.now += ms(1_000);
    table.draw(viewer, "v", 3);
    assert_eq!(table.refused.len(), 2);
    assert_eq!(table.seen("v"), None);
    table.draw(anna, "a", 1);
    assert_eq!(table.seen_by(viewer, "a").as_deref(), Some("1"));
    let refusal = sync_message(STEP_2, &table.people[&viewer].everything());
    table.send(viewer, &refusal);
    assert_eq!((table.seen("v"), table.closed.len(), table.refused.len()), (None, 0, 2));
}

#[test]
fn a_lock_takes_effect_on_the_next_byte_and_a_grant_brings_what_was_drawn_in_vain() {
    let mut table = Table::default();
    let (anna, ben) = (table.join("anna", Peer::new(1), true), table.join("ben", Peer::new(2), true));
    table.draw(anna, "a", 1);
    table.board.set_right(table.now, &person("anna"), false);
    table.draw(anna, "a", 2);
    table.wait(ms(50));
    assert_eq!(table.seen_by(ben, "a").as_deref(), Some("1"));
    table.board.set_right(table.now, &person("anna"), true);
    table.run();
    table.wait(ms(50));
    assert_eq!(table.seen_by(ben, "a").as_deref(), Some("2"));
    table.draw(anna, "a", 3);
    table.wait(ms(50));
    assert_eq!(table.seen_by(ben, "a").as_deref(), Some("3"));
}

#[test]
fn a_lock_or_a_farewell_between_ticket_and_socket_is_not_forgotten() {
    let mut table = Table::default();
    table.board.set_right(table.now, &person("anna"), false);
    let anna = table.join("anna", Peer::new(1), true);
    table.draw(anna, "a", 1);
    assert_eq!(table.seen("a"), None);
    table.board.remove(&person("ben"));
    let ben = table.join("ben", Peer::new(2), true);
    assert_eq!(table.closed, [(ben, CLOSE_NORMAL)]);
}

#[test]
fn a_newer_socket_closes_the_older_and_removal_closes_it_for_good() {
    let mut table = Table::default();
    let old = table.join("anna", Peer::new(1), true);
    let new = table.join("anna", Peer::new(1), true);
    assert_eq!(table.closed, [(old, CLOSE_ELSEWHERE)]);
    table.draw(new, "a", 1);
    assert!(table.seen("a").is_some());
    table.board.remove(&person("anna"));
    table.run();
    assert_eq!(table.closed[1], (new, CLOSE_NORMAL));
}

#[test]
fn after_a_restart_of_the_server_the_clients_restore_the_board() {
    let mut before = Table::default();
    let (anna, ben) = (before.join("anna", Peer::new(1), true), before.join("ben", Peer::new(2), true));
    before.draw(anna, "a", 1);
    before.draw(ben, "b", 1);
    before.wait(ms(100));
    let (annas, bens) = (before.people.remove(&anna).unwrap(), before.people.remove(&ben).unwrap());
    let mut after = Table::default();
    // Ben comes first and brings Anna's strokes too; she still owns her id when she comes.
    let ben = after.join("ben again", bens, true);
    assert!(after.seen("a").is_some() && after.seen("b").is_some());
    let anna = after.join("anna again", annas, true);
    after.draw(anna, "a", 2);
    after.draw(ben, "b", 2);
    after.wait(ms(100));
    assert_eq!(after.seen_by(ben, "a").as_deref(), Some("2"));
    assert_eq!(after.seen_by(anna, "b").as_deref(), Some("2"));
    assert!(after.closed.is_empty());
}

#[test]
fn a_stroke_that_overtakes_the_sync_waits_for_it() {
    let mut table = Table::default();
    let watcher = table.join("watcher", Peer::new(9), false);
    let offline = Peer::new(1);
    offline.set("a", 1);
    let overtaking = offline.draw("a", 2);
    let anna = table.board.open(table.now, drawer("anna", true), false);
    table.board.receive(table.now, anna, &overtaking, &|| Duration::ZERO);
    assert_eq!(table.seen("a"), None);
    let step_2 = sync_message(STEP_2, &offline.everything());
    table.board.receive(table.now, anna, &step_2, &|| Duration::ZERO);
    table.run();
    table.wait(ms(100));
    assert_eq!(table.seen_by(watcher, "a").as_deref(), Some("2"));
}

#[test]
fn a_gap_that_nobody_fills_by_itself_is_asked_for() {
    let mut table = Table::default();
    let anna = table.join("anna", Peer::new(1), true);
    let lost = table.people[&anna].draw("a", 1);
    drop(lost);
    table.draw(anna, "b", 2);
    assert_eq!(table.seen("b"), None);
    table.wait(ms(1_500));
    assert_eq!((table.seen("a").as_deref(), table.seen("b").as_deref()), (Some("1"), Some("2")));
}

#[test]
fn cursors_carry_the_servers_word_and_only_their_own_id() {
    let mut table = Table::default();
    let (anna, ben) = (table.join("anna", Peer::new(1), true), table.join("ben", Peer::new(2), false));
    table.send(anna, &pointing(1, 1, r#"{"user":{"name":"The Boss"}}"#));
    let (to, frame) = table.presence.pop().unwrap();
    assert_eq!((to, table.presence.len()), (ben, 0));
    assert_eq!(pointed(&frame)[0].1["user"]["name"], "anna");
    // Ben echoes Anna's presence, changed, as his first word: it does not become his, and hers stays.
    table.send(ben, &pointing(1, 9, r#"{"forged":true}"#));
    table.send(ben, &pointing(2, 1, r#"{"x":1}"#));
    table.wait(ms(50));
    let (to, frame) = table.presence.pop().unwrap();
    assert_eq!((to, pointed(&frame).len(), pointed(&frame)[0].0), (anna, 1, 2));
    // A second id of his own is not shown either.
    table.send(ben, &pointing(3, 1, r#"{"x":1}"#));
    table.wait(ms(50));
    assert!(table.presence.is_empty());
}

#[test]
fn newcomers_see_everybody_and_everybody_sees_them_go() {
    let mut table = Table::default();
    let anna = table.join("anna", Peer::new(1), true);
    table.send(anna, &pointing(1, 1, "{}"));
    let ben = table.join("ben", Peer::new(2), true);
    let (to, frame) = table.presence.pop().unwrap();
    assert_eq!((to, pointed(&frame)[0].0), (ben, 1));
    table.board.close(anna);
    table.wait(ms(50));
    let (to, frame) = table.presence.pop().unwrap();
    assert_eq!((to, pointed(&frame)), (ben, vec![(1, serde_json::Value::Null)]));
}

/// A thousand changes in one frame, as a restored board has them.
fn restored() -> (Peer, Bytes) {
    let peer = Peer::new(50);
    for n in 0..1_000 {
        peer.set(&format!("element {n}"), n);
        peer.set("over and over", n);
    }
    let frame = sync_message(STEP_2, &peer.everything());
    (peer, frame)
}

#[test]
fn a_large_update_arrives_whole() {
    let mut table = Table::default();
    let watcher = table.join("watcher", Peer::new(9), false);
    let (peer, frame) = restored();
    let anna = table.join("anna", Peer::new(1), true);
    table.send(anna, &frame);
    table.wait(ms(100));
    assert_eq!(table.people[&watcher].content(), peer.content());
    assert_eq!(table.saved.len(), 1);
    table.send(anna, &frame);
    assert_eq!(table.saved.len(), 1, "all of it is known");
}

#[test]
fn who_takes_too_much_time_waits_for_it_and_loses_nothing() {
    let mut table = Table::default();
    let watcher = table.join("watcher", Peer::new(9), false);
    let (peer, frame) = restored();
    let content = peer.content();
    let slow = table.join("slow", peer, false);
    table.board.set_right(table.now, &person("slow"), true);
    // Every look at the clock says that 50 ms have passed: after a second, 20 pieces are in.
    let looks = std::cell::Cell::new(0);
    let clock = || {
        looks.set(looks.get() + 1);
        ms(50 * looks.get())
    };
    table.board.receive(table.now, slow, &frame, &clock);
    table.run();
    table.wait(ms(100));
    let some = table.people[&watcher].content();
    assert!(some != content && table.seen("element 3").is_some() && table.seen("element 999").is_none());
    // Nothing more for now, not even a small one; then they are asked, and the rest is there.
    table.draw(slow, "small", 1);
    assert_eq!(table.seen("small"), None);
    table.wait(ms(20_000));
    assert!(table.seen("small").is_some() && table.seen("element 999").is_some());
    assert_eq!(table.people[&watcher].content(), table.people[&slow].content());
    assert!(table.closed.is_empty());
}

#[test]
fn damaged_pieces_are_left_out_and_the_rest_is_there() {
    let peer = Peer::new(1);
    let pieces = [row(&peer.set("a", 1)), row(&[255, 255, 255, 122]), vec![9, 9], row(&peer.set("b", 2))];
    let mut table = Table::default();
    assert!(!table.board.restore(pieces));
    assert!(table.seen("a").is_some() && table.seen("b").is_some());
    assert!(Board::default().restore([row(&peer.everything())]));
}

#[test]
fn before_much_is_deleted_at_once_the_state_is_kept() {
    let mut table = Table::default();
    let anna = table.join("anna", Peer::new(1), true);
    for number in 0..20 {
        table.draw(anna, &format!("k{number}"), number);
    }
    // Who moves everything deletes nothing.
    for number in 0..20 {
        table.draw(anna, &format!("k{number}"), 100 + number);
    }
    let clear = |table: &Table, from: i32, to: i32| {
        let update = table.people[&anna].change(|transaction| {
            let elements = transaction.get_or_insert_map("elements");
            for number in from..to {
                elements.remove(transaction, &format!("k{number}"));
            }
        });
        sync_message(UPDATE, &update)
    };
    let few = clear(&table, 0, 5);
    table.send(anna, &few);
    assert!(table.cleared.is_empty());
    let all = clear(&table, 5, 20);
    table.send(anna, &all);
    assert_eq!(table.cleared.len(), 1);
    let before = Peer::new(9);
    before.apply(&table.cleared[0]);
    assert_eq!((before.get("k4"), before.get("k5")), (None, Some("105".to_owned())));
    // What is known already is no clearing.
    table.now += Duration::from_secs(120);
    table.send(anna, &all);
    assert_eq!(table.cleared.len(), 1);
    // A small page is cleared as well as a large one.
    for number in 0..3 {
        table.draw(anna, &format!("k{number}"), number);
    }
    let most = clear(&table, 0, 2);
    table.send(anna, &most);
    assert_eq!(table.cleared.len(), 2);
}

#[test]
fn hidden_cursors_are_seen_by_hosts_only() {
    let mut table = Table::default();
    let [anna, ben, host] = [("anna", 1), ("ben", 2), ("host", 3)]
        .map(|(name, client)| table.join(name, Peer::new(client), true));
    let named = |name: &str| std::collections::HashSet::from([person(name)]);
    table.board.hide_cursors(Some(HiddenCursors { shown: named("host"), seen_by: named("host") }));
    let pointers = |table: &mut Table| {
        let mut seen: Vec<_> = table
            .presence
            .drain(..)
            .map(|(to, frame)| (to, !pointed(&frame)[0].1["pointer"].is_null()))
            .collect();
        seen.sort_unstable();
        seen
    };
    pointers(&mut table);
    table.send(anna, &pointing(1, 1, r#"{"pointer":{"x":1}}"#));
    table.wait(ms(100));
    assert_eq!(pointers(&mut table), [(ben, false), (host, true)]);
    table.send(host, &pointing(3, 1, r#"{"pointer":{"x":1}}"#));
    table.wait(ms(100));
    assert_eq!(pointers(&mut table), [(anna, true), (ben, true)]);
    table.join("late", Peer::new(4), true);
    let late =
        table.presence.drain(..).flat_map(|(_, frame)| pointed(&frame)).filter(|(client, _)| *client == 1);
    assert!(late.into_iter().all(|(_, state)| state["pointer"].is_null()), "newcomers, too");
    table.board.hide_cursors(None);
    table.send(anna, &pointing(1, 2, r#"{"pointer":{"x":2}}"#));
    table.wait(ms(100));
    assert!(pointers(&mut table).iter().all(|(_, shown)| *shown));
}
