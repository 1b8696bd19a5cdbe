//! Who may do what: the one function that every channel asks (REST, signalling, board sync, media).
//!
//! Pure. Standing comes from the socket or the session, never from inside a message.

use crate::store::{AccountId, DrawingRight, LobbyPolicy, RoomRecord};

/// What somebody is in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Logged in to the account that owns the room.
    Host,
    /// Everyone else.
    Guest,
}

/// How far somebody has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Before the door, nothing asked yet.
    Outside,
    /// In the lobby.
    Waiting,
    /// In the room.
    Inside,
}

/// A session's standing towards one room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Host or guest.
    pub role: Role,
    /// Outside, waiting or inside.
    pub place: Place,
    /// Whether they present.
    pub presenter: bool,
    /// What a host chose for them alone about drawing; the room's mode decides when nothing.
    pub choice: Option<bool>,
}

impl Standing {
    /// Of somebody who neither presents nor was chosen or stopped.
    pub fn new(role: Role, place: Place) -> Self {
        Self { role, place, presenter: false, choice: None }
    }
}

/// What can be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Learn that the room exists, and its face.
    SeeDoor,
    /// Come straight in; `by_short_name` doors always knock.
    EnterDirectly {
        /// The public short name was used.
        by_short_name: bool,
    },
    /// Come straight in by a stream token that the room's owner minted (the edge has checked it).
    EnterByToken,
    /// Be heard and seen, see and hear, learn who is here.
    TakePart,
    /// Read the board and show a cursor.
    WatchBoard,
    /// Change the board.
    Draw,
    /// Have their cursor shown to everybody.
    ShowCursor,
    /// See everybody's cursors.
    SeeCursors,
    /// Say who presents.
    HandOver,
    /// Admit, refuse, remove, change the meeting's settings.
    Moderate,
    /// Change, rename or delete the room itself.
    Own,
}

/// The role of an account towards a room.
pub fn role_of(account: Option<&AccountId>, room: &RoomRecord) -> Role {
    if account == Some(&room.owner) { Role::Host } else { Role::Guest }
}

/// Whether `standing` allows `action` in `room`.
pub fn may(standing: Standing, room: &RoomRecord, action: Action) -> bool {
    let host = standing.role == Role::Host;
    let inside = standing.place == Place::Inside;
    match action {
        Action::SeeDoor => host || room.lobby != LobbyPolicy::Closed,
        Action::EnterDirectly { by_short_name } => {
            host || (room.lobby == LobbyPolicy::Open && !by_short_name)
        }
        // Minting was the owner's consent, for encoders and screens that cannot knock; a closed room is closed to them, too.
        Action::EnterByToken => host || room.lobby != LobbyPolicy::Closed,
        Action::TakePart | Action::WatchBoard => inside,
        Action::Draw => inside && (host || standing.choice.unwrap_or_else(|| draws_by_mode(standing, room))),
        Action::ShowCursor => inside && (room.cursors || host || standing.presenter),
        Action::SeeCursors => inside && (room.cursors || host),
        Action::HandOver => inside && (host || standing.presenter),
        Action::Moderate => inside && host,
        Action::Own => host,
    }
}

/// Whether a guest draws for whom nothing of their own was chosen.
pub fn draws_by_mode(standing: Standing, room: &RoomRecord) -> bool {
    match room.drawing {
        DrawingRight::Everyone => true,
        DrawingRight::Chosen | DrawingRight::Presenter => standing.presenter,
        DrawingRight::Hosts => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Keeping, RoomColour, RoomId};

    fn room(lobby: LobbyPolicy, drawing: DrawingRight) -> RoomRecord {
        RoomRecord {
            id: RoomId("room".into()),
            owner: AccountId("owner".into()),
            name: "Plenumsraum".into(),
            link: "l".repeat(22),
            short_name: None,
            colour: RoomColour::Pine,
            emoji: None,
            lobby,
            drawing,
            cursors: true,
            keeping: Keeping::Wipe,
        }
    }

    const ALL: [Action; 12] = [
        Action::SeeDoor,
        Action::EnterDirectly { by_short_name: false },
        Action::EnterDirectly { by_short_name: true },
        Action::EnterByToken,
        Action::TakePart,
        Action::WatchBoard,
        Action::Draw,
        Action::ShowCursor,
        Action::SeeCursors,
        Action::HandOver,
        Action::Moderate,
        Action::Own,
    ];

    #[test]
    fn somebody_waiting_may_do_nothing_inside() {
        let guest = Standing::new(Role::Guest, Place::Waiting);
        let room = room(LobbyPolicy::Knock, DrawingRight::Everyone);
        let allowed: Vec<_> = ALL.into_iter().filter(|&action| may(guest, &room, action)).collect();
        assert_eq!(allowed, [Action::SeeDoor, Action::EnterByToken]);
    }

    #[test]
    fn a_short_name_always_knocks_even_in_an_open_room() {
        let guest = Standing::new(Role::Guest, Place::Outside);
        let room = room(LobbyPolicy::Open, DrawingRight::Everyone);
        assert!(may(guest, &room, Action::EnterDirectly { by_short_name: false }));
        assert!(!may(guest, &room, Action::EnterDirectly { by_short_name: true }));
    }

    #[test]
    fn a_closed_room_does_not_exist_for_guests() {
        let guest = Standing::new(Role::Guest, Place::Outside);
        let host = Standing::new(Role::Host, Place::Outside);
        let room = room(LobbyPolicy::Closed, DrawingRight::Everyone);
        assert!(!may(guest, &room, Action::SeeDoor));
        assert!(!may(guest, &room, Action::EnterByToken));
        assert!(may(host, &room, Action::SeeDoor));
    }

    #[test]
    fn guests_watch_where_only_hosts_draw() {
        let guest = Standing::new(Role::Guest, Place::Inside);
        let host = Standing::new(Role::Host, Place::Inside);
        let room = room(LobbyPolicy::Open, DrawingRight::Hosts);
        assert!(may(guest, &room, Action::WatchBoard));
        assert!(!may(guest, &room, Action::Draw));
        assert!(may(host, &room, Action::Draw));
    }

    #[test]
    fn the_mode_decides_who_draws_unless_a_host_chose() {
        let guest = Standing::new(Role::Guest, Place::Inside);
        let presenter = Standing { presenter: true, ..guest };
        let draws = |mode| {
            let room = room(LobbyPolicy::Open, mode);
            [guest, presenter].map(|standing| may(standing, &room, Action::Draw))
        };
        assert_eq!(draws(DrawingRight::Everyone), [true, true]);
        assert_eq!(draws(DrawingRight::Chosen), [false, true]);
        assert_eq!(draws(DrawingRight::Presenter), [false, true]);
        assert_eq!(draws(DrawingRight::Hosts), [false, false]);
        for mode in
            [DrawingRight::Everyone, DrawingRight::Chosen, DrawingRight::Presenter, DrawingRight::Hosts]
        {
            let room = room(LobbyPolicy::Open, mode);
            for choice in [true, false] {
                assert_eq!(may(Standing { choice: Some(choice), ..guest }, &room, Action::Draw), choice);
                assert_eq!(may(Standing { choice: Some(choice), ..presenter }, &room, Action::Draw), choice);
            }
            let host = Standing { choice: Some(false), ..Standing::new(Role::Host, Place::Inside) };
            assert!(may(host, &room, Action::Draw), "hosts always draw");
            let chosen_outside =
                Standing { choice: Some(true), ..Standing::new(Role::Guest, Place::Waiting) };
            assert!(!may(chosen_outside, &room, Action::Draw), "a choice does not reach into the lobby");
        }
    }

    #[test]
    fn hidden_cursors_are_those_of_guests_who_do_not_present_and_hosts_see_them() {
        let mut room = room(LobbyPolicy::Open, DrawingRight::Everyone);
        let guest = Standing::new(Role::Guest, Place::Inside);
        let people = [guest, Standing { presenter: true, ..guest }, Standing::new(Role::Host, Place::Inside)];
        let may_all = |room: &RoomRecord, action| people.map(|standing| may(standing, room, action));
        assert_eq!(may_all(&room, Action::ShowCursor), [true; 3]);
        room.cursors = false;
        assert_eq!(may_all(&room, Action::ShowCursor), [false, true, true]);
        assert_eq!(may_all(&room, Action::SeeCursors), [false, false, true]);
    }

    #[test]
    fn presenting_is_handed_over_by_hosts_and_by_whoever_presents() {
        let room = room(LobbyPolicy::Open, DrawingRight::Everyone);
        let guest = Standing::new(Role::Guest, Place::Inside);
        assert!(!may(guest, &room, Action::HandOver));
        assert!(may(Standing { presenter: true, ..guest }, &room, Action::HandOver));
        assert!(may(Standing::new(Role::Host, Place::Inside), &room, Action::HandOver));
        assert!(!may(Standing::new(Role::Host, Place::Waiting), &room, Action::HandOver));
    }
}
