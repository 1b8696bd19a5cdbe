use super::*;

/// A thread whose work depends on its ceiling: `cost` gives the share of its time at each step.
struct Machine {
    overload: Overload,
    now: Instant,
    ceiling: Ceiling,
    cpu: Duration,
    busy: Duration,
    changes: Vec<(Duration, u8)>,
    begun: Instant,
}

impl Machine {
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn new() -> Self {
        let begun = Instant::now();
        let overload = Overload::new(0.8);
        let (cpu, busy) = (Duration::ZERO, Duration::ZERO);
        Self { overload, now: begun, ceiling: Ceiling::default(), cpu, busy, changes: Vec::new(), begun }
    }

    /// Wake-ups every millisecond on a core of its own.
    fn run(&mut self, seconds: u64, cost: impl Fn(u8) -> f64) {
        self.share_a_core(seconds, cost, 0.0);
    }

    /// The same while other programs take a share of each millisecond from the thread when it is awake.
    fn share_a_core(&mut self, seconds: u64, cost: impl Fn(u8) -> f64, taken: f64) {
        for _ in 0..seconds * 1000 {
            self.now += Duration::from_millis(1);
            let work = Duration::from_millis(1).mul_f64(cost(self.ceiling.step()).min(1.0 - taken));
            self.cpu += work;
            let awake = work + Duration::from_millis(1).mul_f64(taken);
            let cpu = self.cpu;
            let Some(measured) = self.overload.awake(self.now, awake, || cpu) else { continue };
            self.busy += measured.busy;
            if let Some(ceiling) = measured.ceiling {
                self.ceiling = ceiling;
                self.changes.push((self.now.duration_since(self.begun), ceiling.step()));
            }
        }
    }

    fn steps(&self) -> Vec<u8> {
        self.changes.iter().map(|(_, step)| *step).collect()
    }
}

#[test]
fn below_the_limit_nothing_is_lowered() {
    let mut machine = Machine::new();
    machine.run(60, |_| 0.79);
    assert_eq!(machine.steps(), []);
    let busy = machine.busy.as_secs_f64();
    assert!((47.0..47.5).contains(&busy), "{busy}");
}

#[test]
fn other_programs_that_take_the_core_are_no_work_of_its_own() {
    let mut machine = Machine::new();
    machine.share_a_core(60, |_| 0.03, 0.9);
    assert_eq!(machine.steps(), [], "awake for nine tenths of the time, at work for a thirtieth");
    // Half a core, and all of it needed.
    machine.share_a_core(2, |_| 1.0, 0.5);
    assert_eq!(machine.steps().first(), Some(&2));
}

#[test]
fn a_step_at_a_time_until_it_fits_and_two_when_the_thread_is_full() {
    let mut machine = Machine::new();
    machine.run(20, |step| [0.9, 0.82, 0.6, 0.4, 0.2, 0.1][usize::from(step)]);
    assert_eq!(machine.steps(), [1, 2], "0.6 is neither too much nor calm");
    let first = machine.changes[0].0;
    assert!(first <= Duration::from_millis(502), "{first:?}");
    assert!(machine.changes[1].0 - first >= SETTLE, "the first step was felt before the second");

    let mut full = Machine::new();
    full.run(20, |step| [2.0, 1.5, 1.2, 0.9, 0.7, 0.6][usize::from(step)]);
    assert_eq!(full.steps(), [2, 4]);
    full.run(20, |_| 1.0);
    assert_eq!(full.steps(), [2, 4, 5], "there is a lowest step");
}

#[test]
fn it_rises_when_people_have_left() {
    let mut machine = Machine::new();
    machine.run(10, |_| 1.0);
    machine.run(30, |_| 0.1);
    assert_eq!(machine.steps(), [2, 4, 5, 4, 3, 2, 1, 0]);
}

#[test]
fn a_step_that_was_taken_back_is_tried_later_each_time() {
    let mut machine = Machine::new();
    machine.run(600, |step| [0.9, 0.3, 0.2, 0.1, 0.1, 0.1][usize::from(step)]);
    let ups: Vec<u64> =
        machine.changes.iter().filter(|(_, step)| *step == 0).map(|(at, _)| at.as_secs()).collect();
    let waits: Vec<u64> = ups.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(machine.changes.len() <= 22, "ten minutes: {:?}", machine.changes);
    assert!(waits.windows(2).all(|pair| pair[1] >= pair[0]), "{waits:?}");
    assert!(waits.last() >= Some(&80), "{waits:?}");
}

#[test]
fn layers_fall_before_pictures_pause_and_screens_last() {
    let carried =
        |priority| (0..=Ceiling::LOWEST).map(|step| Ceiling::at(step).cap(priority)).collect::<Vec<_>>();
    for priority in [Priority::Screen, Priority::Stage, Priority::Rest] {
        let caps = carried(priority);
        assert_eq!(caps[0], Cap::NONE);
        let order = |cap: &Cap| (cap.layer, cap.temporal);
        assert!(caps.windows(2).all(|pair| order(&pair[1]) <= order(&pair[0])), "{caps:?}");
    }
    assert!(carried(Priority::Stage).iter().all(|cap| cap.layer.is_some()), "who speaks is seen");
    assert_eq!(carried(Priority::Rest).iter().filter(|cap| cap.layer.is_none()).count(), 2);
    assert_eq!(carried(Priority::Screen).iter().filter(|cap| **cap != Cap::NONE).count(), 1);
}
