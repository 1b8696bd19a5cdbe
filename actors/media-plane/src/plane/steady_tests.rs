//! Forwarding allocates nothing, once every buffer has been used: a counting allocator watches the plane at work.

use std::time::{Duration, Instant};

use allocation_counter::measure;

use super::testing::Hall;
use super::{Batch, Plane};
use crate::api::{Command, PeerId, SlotId, Uplink};
use crate::route::Route;

const RECEIVERS: u64 = 20;

/// More than the histories hold, so that every place in them has its buffer.
const WARM_UP: u16 = 1200;
const COUNTED: u16 = 400;

/// Sealed packets of a guest's camera or microphone.
fn packets(hall: &mut Hall, publisher: usize, video: bool) -> Vec<(Route, Vec<u8>)> {
    let packet = |number: u16| {
        // VP8: a picture id and, first of all, a key frame. Opus at the lowest level, which nobody is told of.
        let mut payload = vec![0x90, 0x80, 0x80, number as u8, if number == 0 { 0x10 } else { 0x11 }];
        payload.resize(if video { 1100 } else { 80 }, 0x5a);
        hall.sealed(publisher, (!video).then_some(0), number, 3000 * u32::from(number), &payload)
    };
    (0..WARM_UP + COUNTED).map(packet).collect()
}

/// Everything that one plane has to do now.
fn work(plane: &mut Plane, now: Instant, batch: &mut Batch) {
    while plane.relayed(now) {}
    plane.timeout(now);
    while {
        batch.clear();
        plane.fill(now, batch)
    } {}
}

/// Allocations while packets of one publication are forwarded to everybody, and how many were forwarded.
fn allocations(uplink: Uplink) -> (u64, u64) {
    let video = uplink == Uplink::Camera;
    let mut hall = Hall::new();
    let publisher = hall.join(1);
    hall.allow(publisher, uplink);
    for number in 2..2 + RECEIVERS {
        let guest = hall.join(number);
        let slot = if video { SlotId::Video(0) } else { SlotId::Audio(0) };
        hall.feed(guest, slot, 1, uplink);
    }
    let packets = packets(&mut hall, publisher, video);
    let (now, plane) = (&mut hall.now, &mut hall.plane);
    let mut batch = Batch::default();
    let mut forwarded = 0;
    let mut take = |from, mut datagram: Vec<u8>, at_once: bool| {
        // Bursts of four, as frames are; time stands still within one.
        *now += if at_once { Duration::ZERO } else { Duration::from_micros(2500) };
        let counted = measure(|| {
            plane.datagram(*now, from, &mut datagram);
            work(plane, *now, &mut batch);
        });
        forwarded += plane.take_statistics().forwarded;
        while plane.next_event().is_some() {}
        counted.count_total
    };
    let mut count = 0;
    for (number, (from, datagram)) in packets.into_iter().enumerate() {
        let allocated = take(from, datagram, number % 4 != 0);
        if number >= usize::from(WARM_UP) {
            count += allocated;
        }
    }
    (count, forwarded)
}

#[test]
fn nothing_is_allocated_for_a_forwarded_packet() {
    let counted = measure(|| drop(std::hint::black_box(vec![0_u8; 100])));
    assert_eq!(counted.count_total, 1, "the counter counts");
    for uplink in [Uplink::Microphone, Uplink::Camera] {
        let (allocations, forwarded) = allocations(uplink);
        assert!(forwarded >= RECEIVERS * u64::from(COUNTED), "{uplink:?}: {forwarded} were forwarded");
        assert_eq!(allocations, 0, "{uplink:?}");
    }
}

#[test]
fn nothing_is_allocated_for_a_packet_that_crosses_to_another_thread() {
    let mut halls = Hall::neighbours();
    let publisher = halls[0].join(1);
    halls[0].allow(publisher, Uplink::Camera);
    halls[1].command(Command::Remote(vec![(PeerId(1), 0)]));
    for number in 10..10 + RECEIVERS {
        let guest = halls[1].join(number);
        halls[1].feed(guest, SlotId::Video(0), 1, Uplink::Camera);
    }
    super::testing::pass(&mut halls, 5);
    let packets = packets(&mut halls[0], publisher, true);
    let (mut batch, mut forwarded, mut count) = (Batch::default(), 0, 0);
    let [here, there] = &mut halls;
    for (number, (from, mut datagram)) in packets.into_iter().enumerate() {
        here.now += if number % 4 == 0 { Duration::from_micros(2500) } else { Duration::ZERO };
        let now = here.now;
        let counted = measure(|| {
            here.plane.datagram(now, from, &mut datagram);
            work(&mut here.plane, now, &mut batch);
            work(&mut there.plane, now, &mut batch);
        });
        let steady = number >= usize::from(WARM_UP);
        count += if steady { counted.count_total } else { 0 };
        forwarded += if steady { there.plane.take_statistics().forwarded } else { 0 };
        there.plane.take_statistics();
        for plane in [&mut here.plane, &mut there.plane] {
            while plane.next_event().is_some() {}
        }
    }
    assert_eq!((count, forwarded), (0, RECEIVERS * u64::from(COUNTED)));
}
