//! What the public sees, and above all what it does not.

use super::*;

/// Noon of some day, UTC.
const NOON: u64 = 20_000 * DAY + DAY / 2;

fn sample(start: u64, people_max: u32, cpu_permille: u16) -> LoadSample {
    LoadSample {
        start,
        rooms_max: people_max.div_ceil(4),
        people_max,
        traffic_bps: u64::from(people_max) * 1_300_000,
        cpu_permille,
        memory_permille: 80,
    }
}

#[test]
fn nothing_younger_than_half_an_hour_is_told() {
    let busy = sample(NOON, 50, 900);
    let before = [sample(NOON - 2 * HALF_HOUR, 0, 0), sample(NOON - HALF_HOUR, 0, 0)];
    let all = [before[0], before[1], busy];
    for now in [NOON, NOON + HALF_HOUR, NOON + 2 * HALF_HOUR - 1] {
        let load = publish(&all, now);
        assert!(load.samples.iter().all(|s| s.start != NOON), "at {now}");
        assert_eq!(load.standing_pins, 8, "at {now}: memory alone");
        assert_eq!(load.days.last().map(|d| d.fallen_pins), Some(Some(1)));
    }
    let load = publish(&all, NOON + 2 * HALF_HOUR);
    assert_eq!(load.samples.len(), 3);
    assert_eq!((load.standing_pins, load.verdict), (1, Verdict::Tight));
}

/// Everything from nobody to nine people looks the same, whatever they do.
#[test]
fn below_ten_it_is_a_few_and_nothing_else() {
    let told = |people, cpu| publish(&[sample(NOON, people, cpu)], NOON + 2 * HALF_HOUR).samples;
    let nobody = told(0, 0);
    assert_eq!(
        nobody,
        [PublicSample {
            start: NOON,
            rooms: None,
            people: None,
            traffic_mbps: None,
            cpu_percent: None,
            memory_percent: 10,
        }]
    );
    for people in 1..10 {
        assert_eq!(told(people, 30), nobody, "{people} people");
    }
    assert_ne!(told(10, 30), nobody);
}

#[test]
fn numbers_come_in_steps() {
    let load = publish(&[sample(NOON, 23, 238)], NOON + 2 * HALF_HOUR);
    assert_eq!(
        load.samples,
        [PublicSample {
            start: NOON,
            rooms: Some(Bin { from: 5, to: 6 }),
            people: Some(Bin { from: 20, to: 29 }),
            traffic_mbps: Some(20),
            cpu_percent: Some(25),
            memory_percent: 10,
        }]
    );
    for (rooms, from, to) in
        [(0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 3, 4), (10, 9, 10), (11, 11, 20), (21, 21, 30)]
    {
        assert_eq!(rooms_bin(rooms), Bin { from, to }, "{rooms} rooms");
    }
    for (people, from, to) in [(10, 10, 19), (19, 10, 19), (99, 90, 99), (100, 100, 199), (250, 200, 299)] {
        assert_eq!(people_bin(people), Bin { from, to }, "{people} people");
    }
    assert_eq!([0, 24, 25, 1_000, 5_000].map(|p| nearest_percent(p, 5)), [0, 0, 5, 100, 100]);
}

#[test]
fn pins_fall_by_ninths_of_the_scarcer_thing() {
    let told = |cpu, memory| {
        let sample =
            LoadSample { start: NOON, cpu_permille: cpu, memory_permille: memory, ..LoadSample::default() };
        let load = publish(&[sample], NOON + 2 * HALF_HOUR);
        (load.standing_pins, load.verdict)
    };
    assert_eq!(told(0, 0), (9, Verdict::All));
    assert_eq!(told(55, 20), (9, Verdict::All));
    assert_eq!(told(56, 20), (8, Verdict::Calm));
    assert_eq!(told(20, 333), (6, Verdict::Calm));
    assert_eq!(told(450, 0), (5, Verdict::Busy));
    assert_eq!(told(0, 700), (3, Verdict::Tight));
    assert_eq!(told(1_000, 0), (0, Verdict::Full));
}

#[test]
fn a_server_that_was_off_is_free() {
    let load = publish(&[], NOON);
    assert_eq!((load.standing_pins, load.verdict), (9, Verdict::All));
    assert!(load.samples.is_empty());
    assert_eq!(load.days.len(), 30);
    assert!(load.days.iter().all(|d| d.fallen_pins.is_none()));
    // Busy, then off for three hours.
    let load = publish(&[sample(NOON, 50, 900)], NOON + 3 * 3_600);
    assert_eq!(load.standing_pins, 9);
    assert_eq!(load.samples.len(), 1);
}

#[test]
fn a_day_is_its_fullest_hour_and_the_graphs_show_one_day() {
    let midnight = NOON - DAY / 2;
    let mut samples: Vec<LoadSample> = (0..40 * 48)
        .map(|i| sample(midnight - 39 * DAY + i * HALF_HOUR, 20, 100))
        .filter(|s| s.start < NOON)
        .collect();
    let yesterday_evening = midnight - DAY + 20 * 3_600;
    for s in &mut samples {
        match s.start - s.start % 3_600 {
            // Two halves of 300 and 700: half the machine.
            start if start == yesterday_evening => s.cpu_permille = if s.start == start { 300 } else { 700 },
            // A lone peak of 520 beside 100: less than that.
            start if start == yesterday_evening - 7_200 && s.start == start => s.cpu_permille = 520,
            _ => {}
        }
    }
    let load = publish(&samples, NOON);
    assert_eq!(load.days.len(), 30);
    assert_eq!(load.days[0].start, midnight - 29 * DAY);
    assert_eq!(load.days[29].start, midnight);
    assert_eq!(load.days[28].fallen_pins, Some(5));
    assert!(load.days[..28].iter().all(|d| d.fallen_pins == Some(1)));
    assert!((46..=48).contains(&load.samples.len()), "{}", load.samples.len());
    assert!(load.samples.iter().all(|s| s.start + SHOWN + LATE >= NOON));
}
