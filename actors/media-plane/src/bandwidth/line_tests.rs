//! The estimator over lines in made-up time.

use super::line::{Call, Line, Video, run};

/// Where the tests' time begins.
const ORIGIN_US: i64 = 7_000_000;

fn second(at_us: i64) -> i64 {
    (at_us - ORIGIN_US) / 1_000_000
}

#[test]
fn a_free_line_is_found_soon_and_held() {
    let mut line = Line::new(1, |_| 20e6);
    let mut calls = [Call::new(Video::UpTo(3e6))];
    run(&mut line, &mut calls, 20);
    assert!(calls[0].estimates[30] > 2.5e6, "{}", calls[0].estimates[30]);
    assert!(calls[0].between(5.0, 20.0).iter().all(|bps| *bps > 2.9e6));
}

#[test]
fn a_constant_line_is_used_without_oscillation() {
    for capacity in [(|_| 500e3) as fn(i64) -> f64, |_| 1.5e6, |_| 4e6] {
        let mut line = Line::new(2, capacity);
        let mut calls = [Call::new(Video::UpTo(10e6))];
        run(&mut line, &mut calls, 60);
        let (mean, deviation) = (calls[0].mean(15.0, 60.0), calls[0].deviation(15.0, 60.0));
        assert!(mean > 0.75 * capacity(0) && mean < 1.02 * capacity(0), "{mean}");
        assert!(deviation < 0.12 * mean, "{deviation} of {mean}");
    }
}

#[test]
fn a_step_down_is_followed_within_a_second() {
    let mut line = Line::new(3, |at| if second(at) < 20 { 2.5e6 } else { 500e3 });
    line.queue_ms_max = 5_000.0;
    let mut calls = [Call::new(Video::UpTo(3e6))];
    let queues = run(&mut line, &mut calls, 40);
    assert!(calls[0].mean(15.0, 20.0) > 1.8e6);
    assert!(calls[0].estimates[212] < 500e3, "{}", calls[0].estimates[212]);
    assert!(queues[260..].iter().all(|queue| *queue < 300.0), "the queue drains");
    assert!(calls[0].mean(30.0, 40.0) > 350e3);
}

#[test]
fn a_step_up_is_found_by_probes() {
    let mut line = Line::new(4, |at| if second(at) < 20 { 500e3 } else { 2.5e6 });
    let mut calls = [Call::new(Video::UpTo(2.3e6))];
    run(&mut line, &mut calls, 45);
    assert!(calls[0].mean(10.0, 20.0) < 510e3);
    assert!(calls[0].mean(34.0, 36.0) > 0.8 * 2.3e6);
}

#[test]
fn a_deep_queue_is_not_filled() {
    let mut line = Line::new(5, |_| 1e6);
    line.queue_ms_max = 10_000.0;
    let mut calls = [Call::new(Video::UpTo(5e6))];
    let queues = run(&mut line, &mut calls, 60);
    let bad = queues[100..].iter().filter(|queue| **queue > 200.0).count();
    assert!(bad < 10, "{bad}");
    assert!(queues[100..].iter().all(|queue| *queue < 500.0));
    assert!(calls[0].mean(10.0, 60.0) > 700e3);
}

#[test]
fn loss_without_congestion_does_not_collapse() {
    for seed in [11, 13, 15] {
        let mut line = Line::new(seed, |_| 2e6);
        line.loss = 0.05;
        let mut calls = [Call::new(Video::UpTo(5e6))];
        run(&mut line, &mut calls, 60);
        let mean = calls[0].mean(10.0, 60.0);
        assert!(mean > 0.6 * 2e6, "{mean}");
    }
}

#[test]
fn loss_that_begins_and_has_nothing_to_do_with_the_rate_is_borne() {
    let mut line = Line::new(17, |_| 5e6);
    let mut calls = [Call::new(Video::Fixed(500e3))];
    run(&mut line, &mut calls, 10);
    line.loss = 0.12;
    for ms in 10_000..60_000 {
        calls[0].step(ORIGIN_US + 1_000 * ms, &mut line);
    }
    let least = calls[0].between(10.0, 60.0).iter().fold(f64::MAX, |least, bps| least.min(*bps));
    assert!(least > 600e3, "{least}");
}

#[test]
fn jitter_is_not_congestion() {
    for seed in [21, 23, 25] {
        let mut line = Line::new(seed, |_| 2e6);
        line.jitter_us = 30_000;
        let mut calls = [Call::new(Video::UpTo(5e6))];
        run(&mut line, &mut calls, 60);
        let mean = calls[0].mean(10.0, 60.0);
        assert!(mean > 0.6 * 2e6, "{mean}");
    }
}

#[test]
fn a_line_that_loses_what_is_too_much_is_not_flooded() {
    let mut line = Line::new(6, |_| 1e6);
    line.queue_ms_max = 45.0;
    let mut calls = [Call::new(Video::UpTo(5e6))];
    run(&mut line, &mut calls, 60);
    let mean = calls[0].mean(10.0, 60.0);
    assert!((0.6e6..1.1e6).contains(&mean), "{mean}");
}

/// Half seconds of a drive by bus in a 3G network, as in the traces that libwebrtc is tested with: kbit/s.
const MOBILE: [u16; 40] = [
    1200, 1100, 900, 1400, 1300, 700, 500, 650, 900, 1200, 1500, 1600, 1300, 900, 400, 300, 350, 250, 400,
    700, 1100, 1000, 1250, 1500, 1700, 1200, 800, 600, 900, 1100, 500, 300, 450, 800, 1000, 1300, 1200, 1100,
    900, 1000,
];

#[test]
fn a_mobile_line_is_followed() {
    let capacity = |at: i64| f64::from(MOBILE[((at - ORIGIN_US) / 500_000) as usize % MOBILE.len()]) * 1000.0;
    let mut line = Line::new(7, capacity);
    line.queue_ms_max = 3_000.0;
    line.jitter_us = 20_000;
    line.loss = 0.005;
    let mut calls = [Call::new(Video::UpTo(3e6))];
    let queues = run(&mut line, &mut calls, 80);
    let mut sorted = queues[50..].to_vec();
    sorted.sort_by(f64::total_cmp);
    assert!(sorted[sorted.len() * 95 / 100] < 1_000.0);
    assert!(calls[0].mean(5.0, 80.0) > 350e3);
}

#[test]
fn two_calls_share_a_line() {
    let mut line = Line::new(8, |_| 3e6);
    let mut calls = [Call::new(Video::UpTo(5e6)), Call::new(Video::UpTo(5e6))];
    run(&mut line, &mut calls, 120);
    let (one, other) = (calls[0].mean(60.0, 120.0), calls[1].mean(60.0, 120.0));
    assert!(one + other > 0.7 * 3e6);
    assert!(one.min(other) > 0.25 * one.max(other));
}

#[test]
fn what_is_not_used_is_kept_without_padding() {
    let mut line = Line::new(9, |_| 2e6);
    let mut calls = [Call::new(Video::Fixed(300e3))];
    run(&mut line, &mut calls, 30);
    assert!(calls[0].between(2.0, 30.0).iter().all(|bps| *bps >= 0.9e6));
    assert_eq!(calls[0].padding_bytes, 0);
}

#[test]
fn a_new_path_begins_where_the_old_one_fell_silent() {
    let mut line = Line::new(10, |_| 20e6);
    let mut call = Call::new(Video::UpTo(2e6));
    for ms in 0..20_000 {
        let now_us = ORIGIN_US + 1_000 * ms;
        line.loss = if (10_000..14_000).contains(&ms) { 1.0 } else { 0.0 };
        if ms == 14_000 {
            assert!(call.estimator.bps(now_us).unwrap() < 500e3, "nothing comes through");
            call.estimator.moved(now_us);
        }
        call.step(now_us, &mut line);
    }
    assert!(call.between(14.0, 20.0).iter().all(|bps| *bps > 1.9e6), "{:?}", call.between(14.0, 16.0));
}
