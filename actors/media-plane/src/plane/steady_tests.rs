//! Forwarding allocates nothing, once every buffer has been used: a counting allocator watches the plane at work.

use std::time::Duration;

use allocation_counter::measure;

use super::Batch;
use super::testing::Hall;
use crate::api::{SlotId, Uplink};

const RECEIVERS: u64 = 20;

/// More than the histories hold, so that every place in them has its buffer.
const WARM_UP: u16 = 1200;
const COUNTED: u16 = 400;

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
    let packets: Vec<_> = (0..WARM_UP + COUNTED)
        .map(|number| {
            // VP8: a picture id and, first of all, a key frame. Opus at the lowest level, which nobody is told of.
            let mut payload = vec![0x90, 0x80, 0x80, number as u8, if number == 0 { 0x10 } else { 0x11 }];
            payload.resize(if video { 1100 } else { 80 }, 0x5a);
            hall.sealed(publisher, (!video).then_some(0), number, 3000 * u32::from(number), &payload)
        })
        .collect();
    let (now, plane) = (&mut hall.now, &mut hall.plane);
    let mut batch = Batch::default();
    let mut forwarded = 0;
    let mut work = |from, mut datagram: Vec<u8>, at_once: bool| {
        // Bursts of four, as frames are; time stands still within one.
        *now += if at_once { Duration::ZERO } else { Duration::from_micros(2500) };
        let counted = measure(|| {
            plane.datagram(*now, from, &mut datagram);
            plane.timeout(*now);
            while {
                batch.clear();
                plane.fill(*now, &mut batch)
            } {}
        });
        forwarded += plane.take_statistics().forwarded;
        while plane.next_event().is_some() {}
        counted.count_total
    };
    let mut count = 0;
    for (number, (from, datagram)) in packets.into_iter().enumerate() {
        let allocated = work(from, datagram, number % 4 != 0);
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
