use super::*;

struct Scene {
    outbox: Outbox,
    start: Instant,
}

fn picture(slot: u16, timestamp: u32) -> Class {
    Class::Picture { slot, timestamp }
}

impl Scene {
    #[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
    fn new() -> Self {
        Self { outbox: Outbox::default(), start: Instant::now() }
    }

    fn push(&mut self, ms: u64, class: Class, mark: u8, len: usize) -> Result<usize, Overfull> {
        self.outbox.push(self.start + Duration::from_millis(ms), class, &vec![mark; len])
    }

    /// First bytes of the packets that wait, behind one that was begun.
    fn marks(&self) -> Vec<u8> {
        let begun = usize::from(self.outbox.begun > 0);
        let first = self.outbox.entries.front().filter(|_| begun > 0);
        let mut rest = &self.outbox.unwritten()[first.map_or(0, |first| first.len - self.outbox.begun)..];
        let mut marks = Vec::new();
        while let Some((length, more)) = rest.split_first_chunk::<2>() {
            let (packet, more) = more.split_at(u16::from_be_bytes(*length).into());
            assert!(packet.iter().all(|byte| *byte == packet[0]), "a packet is whole");
            marks.push(packet[0]);
            rest = more;
        }
        assert_eq!(marks.len() + begun, self.outbox.entries.len());
        marks
    }
}

#[test]
fn what_is_written_leaves_and_the_rest_stays_framed() {
    let mut scene = Scene::new();
    for mark in 0..100 {
        scene.push(0, picture(0, mark.into()), mark, 1200).unwrap();
    }
    // In bites that do not end where packets do.
    for _ in 0..100 {
        scene.outbox.written(1001);
        scene.marks();
    }
    assert_eq!(scene.marks(), (84..100).collect::<Vec<u8>>());
    let rest = scene.outbox.unwritten().len();
    scene.outbox.written(rest);
    assert_eq!((scene.outbox.unwritten().len(), scene.outbox.entries.len()), (0, 0));
}

#[test]
fn old_pictures_go_whole_and_sound_stays() {
    let mut scene = Scene::new();
    scene.push(0, picture(0, 1), 1, 1000).unwrap();
    scene.push(0, Class::Needed, 2, 100).unwrap();
    scene.push(0, picture(1, 1), 3, 1000).unwrap();
    // The second half of the first picture comes late.
    scene.push(150, picture(0, 1), 4, 1000).unwrap();
    scene.push(150, picture(0, 2), 5, 1000).unwrap();
    assert_eq!(scene.push(199, Class::Needed, 6, 100), Ok(0), "nothing is old yet");
    assert_eq!(scene.push(200, Class::Needed, 7, 100), Ok(3));
    assert_eq!(scene.marks(), [2, 5, 6, 7]);
    assert_eq!(scene.outbox.freshen(scene.start + Duration::from_millis(350)), 1);
    assert_eq!(scene.marks(), [2, 6, 7], "sound waits for as long as it takes");
}

#[test]
fn a_packet_that_was_begun_stays() {
    let mut scene = Scene::new();
    scene.push(0, picture(0, 1), 1, 1000).unwrap();
    scene.push(0, picture(0, 1), 2, 1000).unwrap();
    scene.outbox.written(1);
    assert_eq!(scene.push(300, Class::Needed, 3, 100), Ok(1));
    assert_eq!(scene.outbox.unwritten()[..1001], [&[232][..], &[1; 1000]].concat());
    assert_eq!(scene.marks(), [3]);
}

#[test]
fn too_many_pictures_lose_the_oldest_ones() {
    let mut scene = Scene::new();
    let mut dropped = 0;
    for mark in 0..=255 {
        scene.push(0, Class::Needed, mark, 20).unwrap();
        dropped += scene.push(1, picture(0, u32::from(mark) / 2), mark, 1200).unwrap();
        assert!(scene.outbox.unwritten().len() <= BYTES_MAX);
    }
    assert!(dropped > 80, "half of the queue made room: {dropped}");
    let marks = scene.marks();
    let twice = |mark: &u8| marks.iter().filter(|other| *other == mark).count() == 2;
    let pictures: Vec<u8> = (0..=255).filter(twice).collect();
    assert_eq!(marks.len(), 256 + pictures.len(), "all of the sound is there");
    let oldest = *pictures.first().unwrap();
    assert!(oldest.is_multiple_of(2), "pictures are dropped whole");
    assert_eq!(pictures, (oldest..=255).collect::<Vec<u8>>(), "the newest ones are there");
}

#[test]
fn who_does_not_even_read_sound_is_given_up() {
    let mut scene = Scene::new();
    let mut pushed = 0;
    while scene.push(pushed * 20, Class::Needed, 1, 120).is_ok() {
        pushed += 1;
    }
    assert!(pushed * 20 > 20_000, "that is many seconds of sound: {pushed} packets");
    assert!(scene.outbox.unwritten().len() <= BYTES_MAX);
    assert_eq!(scene.push(pushed * 20, picture(0, 0), 1, 1200), Ok(1), "a picture is only dropped");
}
