use super::*;
use crate::store::{DrawingRight, Keeping, LobbyPolicy, RoomColour, RoomId};

fn room(lobby: LobbyPolicy) -> RoomRecord {
    RoomRecord {
        id: RoomId("room".into()),
        owner: AccountId("owner".into()),
        name: "Plenumsraum".into(),
        link: "l".repeat(22),
        short_name: Some("plenum".into()),
        colour: RoomColour::Pine,
        emoji: None,
        lobby,
        drawing: DrawingRight::Everyone,
        cursors: true,
        keeping: Keeping::Wipe,
    }
}

fn fresh(n: usize) -> Fresh {
    Fresh { id: ParticipantId(format!("p{n}")), resume: format!("resume{n}"), ticket: format!("ticket{n}") }
}

fn guest(by_short_name: bool, resume: Option<&str>) -> Arrival {
    Arrival {
        account: None,
        by_short_name,
        name: "Juna".into(),
        media: MediaState::default(),
        resume: resume.map(str::to_owned),
        stream: None,
    }
}

fn host() -> Arrival {
    Arrival { account: Some(AccountId("owner".into())), ..guest(false, None) }
}

#[test]
fn a_guest_waits_and_the_host_does_not() {
    let (mut people, now) = (People::default(), crate::test_clock());
    let room = room(LobbyPolicy::Knock);
    let entered = people.arrive(&room, guest(false, None), fresh(1), now).unwrap();
    assert_eq!(entered.place, Place::Waiting);
    let entered = people.arrive(&room, host(), fresh(2), now).unwrap();
    assert_eq!(entered.place, Place::Inside);
    assert_eq!(people.inside().len(), 1);
}

#[test]
fn a_short_name_knocks_at_an_open_room() {
    let (mut people, now) = (People::default(), crate::test_clock());
    let room = room(LobbyPolicy::Open);
    assert_eq!(people.arrive(&room, guest(true, None), fresh(1), now).unwrap().place, Place::Waiting);
    assert_eq!(people.arrive(&room, guest(false, None), fresh(2), now).unwrap().place, Place::Inside);
}

#[test]
fn a_token_brings_back_the_same_person_to_the_same_place() {
    let (mut people, now) = (People::default(), crate::test_clock());
    let room = room(LobbyPolicy::Knock);
    people.arrive(&room, guest(false, None), fresh(1), now).unwrap();
    assert!(people.admit(&ParticipantId("p1".into())));
    let entered = people.arrive(&room, guest(false, Some("resume1")), fresh(2), now).unwrap();
    assert!(entered.back);
    assert_eq!((entered.id.0.as_str(), entered.place), ("p1", Place::Inside));
    assert_eq!(people.inside().len(), 1);
}

#[test]
fn a_wrong_token_is_as_none_and_a_refused_one_is_forgotten() {
    let (mut people, now) = (People::default(), crate::test_clock());
    let room = room(LobbyPolicy::Knock);
    people.arrive(&room, guest(false, None), fresh(1), now).unwrap();
    people.remove(&ParticipantId("p1".into()));
    let entered = people.arrive(&room, guest(false, Some("resume1")), fresh(2), now).unwrap();
    assert!(!entered.back);
    assert_eq!(entered.place, Place::Waiting);
}

#[test]
fn nobody_is_in_two_places() {
    let (mut people, now) = (People::default(), crate::test_clock());
    let room = room(LobbyPolicy::Knock);
    people.arrive(&room, guest(false, None), fresh(1), now).unwrap();
    let id = ParticipantId("p1".into());
    assert!(people.admit(&id));
    assert!(!people.admit(&id), "a second admission finds nobody waiting");
    assert!(people.lobby.is_empty());
    assert_eq!(people.place(&id), Place::Inside);
}

#[test]
fn a_board_ticket_is_worth_nothing_in_the_lobby() {
    let (mut people, now) = (People::default(), crate::test_clock());
    people.arrive(&room(LobbyPolicy::Knock), guest(false, None), fresh(1), now).unwrap();
    assert!(people.by_ticket("ticket1").is_none());
    people.admit(&ParticipantId("p1".into()));
    assert!(people.by_ticket("ticket1").is_some());
}

#[test]
fn opening_a_room_lets_in_those_who_came_by_the_link() {
    let (mut people, now) = (People::default(), crate::test_clock());
    people.arrive(&room(LobbyPolicy::Knock), guest(false, None), fresh(1), now).unwrap();
    people.arrive(&room(LobbyPolicy::Knock), guest(true, None), fresh(2), now).unwrap();
    assert_eq!(people.admissible(&room(LobbyPolicy::Open)), [ParticipantId("p1".into())]);
}

#[test]
fn a_closed_door_is_unknown_and_a_full_lobby_says_so() {
    let (mut people, now) = (People::default(), crate::test_clock());
    let closed = people.arrive(&room(LobbyPolicy::Closed), guest(false, None), fresh(0), now);
    assert_eq!(closed.unwrap_err(), Denied::DoorUnknown);
    for n in 0..crate::lobby::WAITING_MAX {
        people.arrive(&room(LobbyPolicy::Knock), guest(false, None), fresh(n), now).unwrap();
    }
    let full = people.arrive(&room(LobbyPolicy::Knock), guest(false, None), fresh(9999), now);
    assert_eq!(full.unwrap_err(), Denied::Full);
}

/// Who presents and who draws, in order of arrival.
fn rights(people: &People, room: &RoomRecord) -> (Vec<bool>, Vec<bool>) {
    people.inside().iter().map(|person| person.profile(room)).map(|one| (one.presenter, one.may_draw)).unzip()
}

#[test]
fn the_first_host_presents_until_it_is_handed_over() {
    let (mut people, now) = (People::default(), crate::test_clock());
    let room = RoomRecord { drawing: DrawingRight::Presenter, ..room(LobbyPolicy::Open) };
    people.arrive(&room, guest(false, None), fresh(1), now).unwrap();
    people.arrive(&room, host(), fresh(2), now).unwrap();
    people.arrive(&room, host(), fresh(3), now).unwrap();
    assert_eq!(rights(&people, &room), (vec![false, true, false], vec![false, true, true]));

    let [p1, p2] = ["p1", "p2"].map(|id| ParticipantId(id.into()));
    assert_eq!(people.make_presenter(&p1), Some(vec![p1.clone(), p2]));
    assert_eq!(rights(&people, &room), (vec![true, false, false], vec![true, true, true]));
    assert_eq!(people.make_presenter(&p1), Some(vec![]), "nothing changes");
    assert_eq!(people.make_presenter(&ParticipantId("nobody".into())), None);

    people.remove(&p1);
    people.arrive(&room, host(), fresh(4), now).unwrap();
    assert_eq!(rights(&people, &room).0, [false; 3], "nobody inherits it");
}

#[test]
fn a_choice_holds_until_the_mode_changes() {
    let (mut people, now) = (People::default(), crate::test_clock());
    let mode = |drawing| RoomRecord { drawing, ..room(LobbyPolicy::Open) };
    for n in 1..=2 {
        people.arrive(&mode(DrawingRight::Everyone), guest(false, None), fresh(n), now).unwrap();
    }
    let p1 = ParticipantId("p1".into());
    assert!(people.choose(&p1, false, &mode(DrawingRight::Everyone)));
    assert_eq!(rights(&people, &mode(DrawingRight::Everyone)).1, [false, true]);
    assert!(people.choose(&p1, true, &mode(DrawingRight::Everyone)));
    assert_eq!(*people.drawers(&mode(DrawingRight::Hosts)), [], "what the mode says anyway was not a choice");

    assert!(people.choose(&p1, true, &mode(DrawingRight::Hosts)));
    assert_eq!(*people.drawers(&mode(DrawingRight::Hosts)), [p1]);
    people.forget_choices();
    assert_eq!(*people.drawers(&mode(DrawingRight::Hosts)), []);
    assert!(!people.choose(&ParticipantId("nobody".into()), true, &mode(DrawingRight::Hosts)));
}
