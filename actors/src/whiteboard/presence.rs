//! Who points where: Yjs awareness, with identities that cannot be forged.
//!
//! A socket has presence under one client id, the first it shows that is not somebody else's; entries for
//! other ids are dropped (`y-websocket` echoes everybody's presence back; that is not forgery, and not
//! believed either). The server writes `user` into every state itself. A state is at most 4 KiB; it is parsed
//! and stamped only when it leaves, so however often a cursor moves within a tick, it costs one parse. Parses
//! JSON, keeps nothing on disk, and dies with the board.

use super::messages::{Drawer, SocketId};
use super::validator::{Entry, NESTING_MAX, json_nesting};
use super::wire::{put_buffer, put_uint};
use crate::participant::ParticipantId;
use std::collections::{HashMap, HashSet};

/// Bytes of one state.
pub(super) const STATE_MAX: usize = 4_096;

/// See the module's text.
#[derive(Default)]
pub(super) struct Presence {
    states: HashMap<u64, State>,
}

struct State {
    socket: SocketId,
    clock: u32,
    /// Unparsed JSON of its drawer; nothing once they said goodbye.
    raw: Option<String>,
    /// What others get.
    stamped: Option<String>,
    /// The same without the cursor, once somebody got it so.
    reduced: Option<String>,
}

/// Presence for those who see everything, and, while cursors are hidden, for those who do not.
#[derive(Debug)]
pub(super) struct Told<T> {
    pub(super) full: T,
    pub(super) reduced: Option<T>,
}

impl Presence {
    /// Takes a socket's own entry. True when there is something new to tell the others.
    /// An older clock is ignored, as the awareness protocol says.
    pub(super) fn update(&mut self, socket: SocketId, entry: Entry<'_>) -> bool {
        let goodbye = entry.state == "null";
        if !goodbye && (entry.state.len() > STATE_MAX || json_nesting(entry.state) > NESTING_MAX) {
            return false;
        }
        if let Some(old) = self.states.get(&entry.client) {
            let newer = entry.clock > old.clock || (entry.clock == old.clock && goodbye && old.raw.is_some());
            if !newer && old.socket == socket {
                return false;
            }
        }
        let raw = (!goodbye).then(|| entry.state.to_owned());
        self.states
            .insert(entry.client, State { socket, clock: entry.clock, raw, stamped: None, reduced: None });
        true
    }

    /// A socket closed: its id says goodbye. Which one, so that the others are told.
    pub(super) fn close(&mut self, socket: SocketId) -> Option<u64> {
        let client =
            self.states.iter().find(|(_, state)| state.socket == socket).map(|(client, _)| *client)?;
        let state = self.states.get_mut(&client)?;
        (state.raw, state.stamped, state.reduced) = (None, None, None);
        Some(client)
    }

    /// An awareness payload with these clients' states, stamped; nothing when none of them is known. Goodbyes
    /// are forgotten once told. While cursors are hidden, `shown` names those whose are not: then there is a second
    /// payload, in which the others' states have no `pointer`; what is being drawn stays in them.
    pub(super) fn encode<'a>(
        &mut self,
        clients: impl Iterator<Item = u64>,
        drawer_of: impl Fn(SocketId) -> Option<&'a Drawer>,
        shown: Option<&HashSet<ParticipantId>>,
    ) -> Option<Told<Vec<u8>>> {
        let (mut count, mut body, mut reduced) = (0_u64, Vec::new(), Vec::new());
        for client in clients {
            let Some(state) = self.states.get_mut(&client) else {
                continue;
            };
            if let (Some(raw), None) = (&state.raw, &state.stamped) {
                state.stamped = drawer_of(state.socket).and_then(|drawer| stamp(raw, drawer));
            }
            let text = state.stamped.as_deref().unwrap_or("null");
            put_state(&mut body, client, state.clock, text);
            if let Some(shown) = shown {
                let visible =
                    drawer_of(state.socket).is_none_or(|drawer| shown.contains(&drawer.participant));
                let text =
                    if visible { text } else { state.reduced.get_or_insert_with(|| without_cursor(text)) };
                put_state(&mut reduced, client, state.clock, text);
            }
            count += 1;
            if state.raw.is_none() {
                self.states.remove(&client);
            }
        }
        let payload = |mut body: Vec<u8>| {
            let mut payload = Vec::with_capacity(body.len() + 2);
            put_uint(&mut payload, count);
            payload.append(&mut body);
            payload
        };
        (count > 0).then(|| Told { full: payload(body), reduced: shown.map(|_| payload(reduced)) })
    }

    /// Everybody who is here.
    pub(super) fn clients(&self) -> Vec<u64> {
        let here = self.states.iter().filter(|(_, state)| state.raw.is_some());
        here.map(|(client, _)| *client).collect()
    }
}

fn put_state(body: &mut Vec<u8>, client: u64, clock: u32, text: &str) {
    put_uint(body, client);
    put_uint(body, u64::from(clock));
    put_buffer(body, text.as_bytes());
}

/// A stamped state, or `null`, without its cursor.
fn without_cursor(stamped: &str) -> String {
    let state: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(stamped).ok();
    let reduced = state.and_then(|mut state| {
        state.remove("pointer");
        serde_json::to_string(&state).ok()
    });
    reduced.unwrap_or_else(|| "null".to_owned())
}

/// The state with the server's word on who that is; nothing when it is not a JSON object.
fn stamp(raw: &str, drawer: &Drawer) -> Option<String> {
    let mut state: serde_json::Map<String, serde_json::Value> = serde_json::from_str(raw).ok()?;
    let user = serde_json::json!({
        "participant": drawer.participant.0,
        "name": drawer.name,
        "ball": drawer.ball,
    });
    state.insert("user".to_owned(), user);
    serde_json::to_string(&state).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whiteboard::validator;

    const A: SocketId = SocketId(1);

    fn juna() -> Drawer {
        Drawer { participant: ParticipantId("p1".into()), name: "Juna".into(), ball: 3, may_draw: true }
    }

    fn entry(clock: u32, state: &str) -> Entry<'_> {
        Entry { client: 7, clock, state }
    }

    fn sent(presence: &mut Presence) -> Option<(u32, String)> {
        let juna = juna();
        let payload = presence.encode([7].into_iter(), |_| Some(&juna), None)?.full;
        let entries = validator::awareness(&payload).unwrap();
        assert_eq!((entries.len(), entries[0].client), (1, 7));
        Some((entries[0].clock, entries[0].state.to_owned()))
    }

    #[test]
    fn the_server_says_who_somebody_is() {
        let mut presence = Presence::default();
        let forged = r#"{"user":{"participant":"host","name":"Chef"},"pointer":{"x":1.5}}"#;
        assert!(presence.update(A, entry(1, forged)));
        let (_, state) = sent(&mut presence).unwrap();
        let state: serde_json::Value = serde_json::from_str(&state).unwrap();
        assert_eq!(state["user"], serde_json::json!({"participant": "p1", "name": "Juna", "ball": 3}));
        assert_eq!(state["pointer"]["x"], 1.5);
    }

    #[test]
    fn a_hidden_cursor_is_left_out_and_the_stroke_is_not() {
        let mut presence = Presence::default();
        let juna = juna();
        let state = r#"{"pointer":{"x":1.5},"stroke":{"id":"s"}}"#;
        let mut told = |shown: &HashSet<ParticipantId>, clock| {
            presence.update(A, entry(clock, state));
            let told = presence.encode([7].into_iter(), |_| Some(&juna), Some(shown)).unwrap();
            [told.full, told.reduced.unwrap()].map(|payload| {
                let entries = validator::awareness(&payload).unwrap();
                serde_json::from_str::<serde_json::Value>(entries[0].state).unwrap()
            })
        };
        let [full, reduced] = told(&HashSet::new(), 1);
        assert_eq!((&full["pointer"]["x"], &reduced["pointer"]), (&1.5.into(), &serde_json::Value::Null));
        assert_eq!((&full["stroke"]["id"], &reduced["stroke"]["id"]), (&"s".into(), &"s".into()));
        assert_eq!(reduced["user"]["name"], "Juna");
        let [full, reduced] = told(&HashSet::from([juna.participant.clone()]), 2);
        assert_eq!(full, reduced, "the presenter's is shown");
    }

    #[test]
    fn old_news_is_ignored_and_goodbye_is_told_once() {
        let mut presence = Presence::default();
        assert!(presence.update(A, entry(5, "{}")));
        assert!(!presence.update(A, entry(5, r#"{"a":1}"#)));
        assert!(!presence.update(A, entry(4, r#"{"a":1}"#)));
        assert!(presence.update(A, entry(6, r#"{"a":1}"#)));
        assert!(presence.update(A, entry(6, "null")));
        assert!(presence.clients().is_empty());
        assert_eq!(sent(&mut presence), Some((6, "null".to_owned())));
        assert_eq!(sent(&mut presence), None);
    }

    #[test]
    fn a_closed_socket_says_goodbye_with_its_last_clock() {
        let mut presence = Presence::default();
        presence.update(A, entry(9, "{}"));
        assert_eq!(presence.close(SocketId(2)), None);
        assert_eq!(presence.close(A), Some(7));
        assert_eq!(sent(&mut presence), Some((9, "null".to_owned())));
    }

    #[test]
    fn states_too_large_too_deep_or_not_objects_are_not_shown() {
        let mut presence = Presence::default();
        assert!(!presence.update(A, entry(1, &format!(r#"{{"a":"{}"}}"#, "x".repeat(STATE_MAX)))));
        assert!(!presence.update(A, entry(1, &format!("{}{}", "[".repeat(40), "]".repeat(40)))));
        assert!(presence.update(A, entry(1, "[1]")));
        assert_eq!(sent(&mut presence), Some((1, "null".to_owned())));
        assert!(presence.update(A, entry(2, "{broken")));
        assert_eq!(sent(&mut presence), Some((2, "null".to_owned())));
    }
}
