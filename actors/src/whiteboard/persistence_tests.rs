//! What reaches the disk, and when, in made-up time.

use super::*;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn update(length: usize) -> Bytes {
    vec![7; length].into()
}

fn kept() -> Persistence {
    Persistence::new(true)
}

#[test]
fn a_board_that_is_not_kept_writes_nothing_and_forgets_what_was_left() {
    let mut persistence = Persistence::new(false);
    assert_eq!(persistence.start(ms(0)), Some(Job::Delete));
    persistence.finished(ms(1), Ok(0));
    persistence.add(ms(2), update(10));
    assert_eq!((persistence.due(), persistence.start(ms(9_000))), (None, None));
    assert!(persistence.is_settled());
}

#[test]
fn updates_are_committed_in_groups() {
    let mut persistence = kept();
    assert_eq!(persistence.due(), None);
    persistence.add(ms(100), update(1));
    persistence.add(ms(120), update(2));
    assert_eq!(persistence.due(), Some(ms(130)));
    assert_eq!(persistence.start(ms(129)), None);
    assert_eq!(persistence.start(ms(130)), Some(Job::Append(vec![update(1), update(2)])));
    persistence.add(ms(131), update(3));
    assert_eq!(persistence.due(), None);
    assert_eq!(persistence.start(ms(500)), None);
    persistence.finished(ms(135), Ok(0));
    assert!(!persistence.is_settled());
    assert_eq!(persistence.start(ms(161)), Some(Job::Append(vec![update(3)])));
    persistence.finished(ms(170), Ok(0));
    assert!(persistence.is_settled());
}

#[test]
fn a_long_log_becomes_a_snapshot() {
    let mut persistence = kept();
    persistence.loaded(100, [LOG_BYTES_MIN / 2, LOG_BYTES_MIN / 2].into_iter());
    persistence.add(ms(0), update(1));
    assert!(matches!(persistence.start(ms(30)), Some(Job::Append(_))));
    persistence.finished(ms(40), Ok(0));
    assert_eq!(persistence.start(ms(40)), Some(Job::Compact));
    persistence.finished(ms(50), Ok(4 * LOG_BYTES_MIN));
    assert!(persistence.is_settled());
    // A large snapshot allows a longer log.
    persistence.add(ms(100), update(LOG_BYTES_MIN + 1));
    assert!(matches!(persistence.start(ms(130)), Some(Job::Append(_))));
    persistence.finished(ms(140), Ok(0));
    assert!(persistence.is_settled());
}

#[test]
fn many_small_updates_become_a_snapshot_too() {
    let mut persistence = kept();
    persistence.loaded(0, std::iter::repeat_n(1, LOG_UPDATES_MAX));
    persistence.add(ms(0), update(1));
    persistence.start(ms(30)).unwrap();
    persistence.finished(ms(40), Ok(0));
    assert_eq!(persistence.start(ms(40)), Some(Job::Compact));
}

#[test]
fn what_failed_is_tried_again_later_and_in_order() {
    let mut persistence = kept();
    persistence.add(ms(0), update(1));
    persistence.start(ms(30)).unwrap();
    persistence.add(ms(35), update(2));
    persistence.finished(ms(40), Err(()));
    assert_eq!(persistence.due(), Some(ms(290)));
    let both = Job::Append(vec![update(1), update(2)]);
    assert_eq!(persistence.start(ms(290)), Some(both.clone()));
    persistence.finished(ms(300), Err(()));
    assert_eq!((persistence.failures(), persistence.due()), (2, Some(ms(800))));
    persistence.hurry(ms(400));
    assert_eq!((persistence.failures(), persistence.start(ms(400))), (0, Some(both)));
    persistence.finished(ms(410), Ok(0));
    assert!(persistence.is_settled());
}

#[test]
fn waiting_updates_have_a_limit_beyond_which_a_snapshot_holds_them() {
    let mut persistence = kept();
    persistence.add(ms(0), update(1));
    persistence.start(ms(30)).unwrap();
    for _ in 0..9 {
        persistence.add(ms(31), update(500_000));
    }
    persistence.finished(ms(40), Err(()));
    assert_eq!(persistence.unsaved_bytes, 0);
    assert_eq!(persistence.start(ms(9_000)), Some(Job::Compact));
    persistence.finished(ms(9_001), Err(()));
    assert_eq!(persistence.start(ms(19_000)), Some(Job::Compact));
}

#[test]
fn the_switch_writes_a_snapshot_and_takes_it_away_again() {
    let mut persistence = Persistence::new(false);
    persistence.start(ms(0)).unwrap();
    persistence.finished(ms(1), Ok(0));
    persistence.set_keep(ms(10), true);
    persistence.add(ms(10), update(1));
    assert_eq!(persistence.start(ms(10)), Some(Job::Compact));
    persistence.add(ms(11), update(2));
    persistence.set_keep(ms(12), false);
    persistence.finished(ms(20), Ok(50));
    assert_eq!(persistence.start(ms(20)), Some(Job::Delete));
    persistence.finished(ms(30), Ok(0));
    assert!(persistence.is_settled());
}

#[test]
fn a_failed_write_is_forgotten_when_the_board_is_no_longer_kept() {
    let mut persistence = kept();
    persistence.add(ms(0), update(1));
    persistence.start(ms(30)).unwrap();
    persistence.set_keep(ms(31), false);
    persistence.finished(ms(40), Err(()));
    assert_eq!(persistence.start(ms(9_000)), Some(Job::Delete));
    persistence.finished(ms(9_001), Ok(0));
    assert!(persistence.is_settled());
}

#[test]
fn what_could_not_be_read_is_never_replaced() {
    let mut persistence = kept();
    persistence.protect();
    persistence.loaded(0, std::iter::repeat_n(1, 3 * LOG_UPDATES_MAX));
    persistence.add(ms(0), update(UNSAVED_BYTES_MAX + 1));
    assert!(matches!(persistence.start(ms(30)), Some(Job::Append(_))));
    persistence.finished(ms(40), Ok(0));
    assert!(persistence.is_settled());
}
