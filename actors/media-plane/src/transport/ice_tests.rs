use super::*;
use crate::transport::stun::check;

struct Scene {
    identity: Identity,
    ice: Ice,
    start: Instant,
}

fn tuple(port: u16) -> Route {
    Route::Udp(([127, 0, 0, 1], port).into())
}

fn credentials(ufrag: &str) -> IceCredentials {
    IceCredentials { ufrag: ufrag.to_owned(), pwd: format!("password of {ufrag}") }
}

impl Scene {
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn new() -> Self {
        let start = Instant::now();
        let mut ice = Ice::new(start, credentials("ours"));
        ice.set_remote("theirs".to_owned(), "their password".to_owned());
        Self { identity: Identity::generate().unwrap(), ice, start }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    fn check(&mut self, ms: u64, port: u16, ufrag: &str, pwd: &str, nominate: bool) -> Option<Checked> {
        let bytes = check(&self.identity, [1; 12], &format!("{ufrag}:theirs"), pwd, nominate);
        let mut stun = Stun::parse(&bytes).unwrap();
        self.ice.request(self.at(ms), &self.identity, tuple(port), &mut stun)
    }

    fn good_check(&mut self, ms: u64, port: u16, nominate: bool) -> Checked {
        self.check(ms, port, "ours", "password of ours", nominate).unwrap()
    }
}

#[test]
fn only_known_credentials_are_answered() {
    let mut scene = Scene::new();
    assert!(scene.check(0, 1, "other", "password of ours", true).is_none());
    assert!(scene.check(0, 1, "ours", "wrong", true).is_none());
    assert_eq!((scene.ice.tuples().len(), scene.ice.address()), (0, None));
    assert!(scene.good_check(0, 1, false).response.is_some());
    assert_eq!((scene.ice.tuples(), scene.ice.address()), (&[tuple(1)][..], None));
    scene.good_check(10, 1, true);
    assert_eq!(scene.ice.address(), Some(tuple(1)));
}

#[test]
fn a_check_from_elsewhere_moves_the_peer_only_after_a_silent_second() {
    let mut scene = Scene::new();
    scene.good_check(0, 1, true);
    assert!(!scene.good_check(900, 2, false).moved);
    assert_eq!(scene.ice.address(), Some(tuple(1)));
    assert!(scene.good_check(1100, 2, false).moved);
    assert_eq!(scene.ice.address(), Some(tuple(2)));
    assert!(scene.good_check(1101, 1, true).moved, "a nomination always does");
}

#[test]
fn media_from_a_probed_tuple_moves_the_peer() {
    let mut scene = Scene::new();
    scene.good_check(0, 1, true);
    let now = scene.at(100);
    assert!(scene.ice.probe(now, &scene.identity, tuple(2), [9; 12]).is_some());
    assert!(scene.ice.probe(now, &scene.identity, tuple(3), [8; 12]).is_none(), "five a second");
    let answer = |transaction, pwd: &str, identity: &Identity| {
        let request = check(identity, transaction, "a:b", "x", false);
        Stun::parse(&Stun::parse(&request).unwrap().response(identity, pwd, tuple(7).address()).unwrap())
            .unwrap()
    };
    let mut forged = answer([9; 12], "wrong", &scene.identity);
    assert!(scene.ice.response(now, &scene.identity, tuple(2), &mut forged).is_none());
    let mut good = answer([9; 12], "their password", &scene.identity);
    assert!(scene.ice.response(now, &scene.identity, tuple(3), &mut good).is_none(), "from another tuple");
    assert!(scene.ice.response(now, &scene.identity, tuple(2), &mut good).is_some());
    assert!(scene.ice.tuples().contains(&tuple(2)));
    assert!(!scene.ice.media_from(scene.at(150), tuple(2)), "the old path may still be alive");
    assert!(scene.ice.media_from(scene.at(250), tuple(2)));
    assert_eq!(scene.ice.address(), Some(tuple(2)));
}

/// A NAT gives the client another port in mid-meeting: it goes on sending every 20 ms and notices nothing.
#[test]
fn media_follows_a_new_port_within_a_second() {
    for round_trip in [1, 50, 300] {
        let mut scene = Scene::new();
        scene.good_check(0, 1, true);
        let (mut asked, mut back) = (None, None);
        for ms in (1020..2020).step_by(20) {
            let now = scene.at(ms);
            if ms == 1020 {
                assert!(!scene.ice.media_from(scene.at(1000), tuple(1)));
            }
            if asked.is_some_and(|(at, _)| ms >= at + round_trip) && !scene.ice.tuples().contains(&tuple(2)) {
                let (_, transaction) = asked.unwrap();
                let request = check(&scene.identity, transaction, "a:b", "x", false);
                let request = Stun::parse(&request).unwrap();
                let answer = request.response(&scene.identity, "their password", tuple(7).address()).unwrap();
                let mut answer = Stun::parse(&answer).unwrap();
                assert!(scene.ice.response(now, &scene.identity, tuple(2), &mut answer).is_some());
            }
            if scene.ice.tuples().contains(&tuple(2)) {
                scene.ice.media_from(now, tuple(2));
            } else if scene.ice.probe(now, &scene.identity, tuple(2), [ms as u8; 12]).is_some() {
                asked = asked.or(Some((ms, [ms as u8; 12])));
            }
            if scene.ice.address() == Some(tuple(2)) {
                back = back.or(Some(ms - 1000));
            }
        }
        assert!(back.is_some_and(|after| after <= 1000), "{back:?} with a round trip of {round_trip} ms");
    }
}

#[test]
fn consent_ends_thirty_seconds_after_the_last_check() {
    let mut scene = Scene::new();
    scene.good_check(0, 1, true);
    scene.good_check(20_000, 1, false);
    assert!(!scene.ice.media_from(scene.at(49_000), tuple(1)));
    assert_eq!(
        scene.ice.standing(scene.at(49_999)),
        Standing::Fine,
        "media alone is no consent, but it is heard"
    );
    assert_eq!(scene.ice.standing(scene.at(50_000)), Standing::Expired);
    assert!(scene.ice.deadline(scene.at(49_900)) <= scene.at(50_000));
}

#[test]
fn silence_is_noticed_and_asked_about() {
    let mut scene = Scene::new();
    scene.good_check(0, 1, true);
    assert_eq!(scene.ice.wants_sign_of_life(scene.at(2000)), None);
    assert_eq!(scene.ice.wants_sign_of_life(scene.at(2600)), Some(tuple(1)));
    assert!(scene.ice.probe(scene.at(2600), &scene.identity, tuple(1), [1; 12]).is_some());
    assert_eq!(scene.ice.wants_sign_of_life(scene.at(3000)), None);
    assert_eq!(scene.ice.standing(scene.at(4999)), Standing::Fine);
    assert_eq!(scene.ice.standing(scene.at(5000)), Standing::Silent);
    scene.good_check(6000, 1, false);
    assert_eq!(scene.ice.standing(scene.at(6001)), Standing::Fine);
}

#[test]
fn old_credentials_live_for_thirty_seconds_after_a_restart() {
    let mut scene = Scene::new();
    assert!(scene.ice.restart(scene.at(0), credentials("new")).is_empty());
    assert!(scene.check(29_000, 1, "ours", "password of ours", true).is_some());
    assert!(scene.check(29_000, 1, "new", "password of new", true).is_some());
    assert!(scene.check(30_000, 1, "ours", "password of ours", true).is_none());
    assert_eq!(scene.ice.forget_old(scene.at(30_000)), ["ours"]);
    assert!(scene.check(30_001, 1, "new", "password of new", true).is_some());
}

#[test]
fn tuples_are_bounded_and_the_one_in_use_stays() {
    let mut scene = Scene::new();
    scene.good_check(0, 1, true);
    for port in 2..=TUPLES_MAX as u16 {
        assert_eq!(scene.good_check(1, port, false).dropped, None);
    }
    assert_eq!(scene.good_check(1, 99, false).dropped, Some(tuple(2)));
    assert_eq!((scene.ice.tuples().len(), scene.ice.tuples()[0]), (TUPLES_MAX, tuple(1)));
}

#[test]
fn who_never_checks_is_given_up() {
    let scene = Scene::new();
    assert_eq!(scene.ice.standing(scene.at(59_999)), Standing::Fine);
    assert_eq!(scene.ice.standing(scene.at(60_000)), Standing::Expired);
}

#[test]
fn after_a_connection_has_ended_the_next_sign_of_life_moves_the_peer_at_once() {
    for by_media in [false, true] {
        let mut scene = Scene::new();
        scene.good_check(0, 2, false);
        scene.good_check(0, 1, true);
        scene.ice.lost(tuple(1));
        assert_eq!((scene.ice.tuples(), scene.ice.address()), (&[tuple(2)][..], None));
        if by_media {
            assert!(scene.ice.media_from(scene.at(10), tuple(2)));
        } else {
            assert!(scene.good_check(10, 2, false).moved);
        }
        assert_eq!(scene.ice.address(), Some(tuple(2)));
        // And it may come back.
        assert!(scene.good_check(20, 1, true).moved);
        assert_eq!(scene.ice.address(), Some(tuple(1)));
    }
}

#[test]
fn another_connection_than_the_nominated_one_may_end_unnoticed() {
    let mut scene = Scene::new();
    scene.good_check(0, 1, true);
    scene.good_check(0, 2, false);
    scene.ice.lost(tuple(2));
    assert_eq!((scene.ice.tuples(), scene.ice.address()), (&[tuple(1)][..], Some(tuple(1))));
    assert!(!scene.good_check(10, 3, false).moved);
}
