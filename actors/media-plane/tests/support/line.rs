//! A narrow line before a client, in real time, and the transport-wide feedback of a browser behind it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

pub struct Line {
    bits_per_second: f64,
    queue: Duration,
    free: Option<Instant>,
    waiting: VecDeque<(Instant, Vec<u8>)>,
    /// Transport-wide numbers that arrived since the last feedback, and when.
    pub arrived: Vec<(u16, Instant)>,
    told: Option<(Instant, u16)>,
    start: Option<Instant>,
    feedbacks: u8,
    pub lost: usize,
}

impl Line {
    pub fn new(bits_per_second: f64, queue: Duration) -> Self {
        Self {
            bits_per_second,
            queue,
            free: None,
            waiting: VecDeque::new(),
            arrived: Vec::new(),
            told: None,
            start: None,
            feedbacks: 0,
            lost: 0,
        }
    }

    /// A datagram reaches the line.
    pub fn push(&mut self, now: Instant, datagram: &[u8]) {
        let free = self.free.map_or(now, |free| free.max(now));
        if free > now + self.queue {
            self.lost += 1;
            return;
        }
        let free = free + Duration::from_secs_f64(datagram.len() as f64 * 8.0 / self.bits_per_second);
        self.free = Some(free);
        self.waiting.push_back((free, datagram.to_vec()));
    }

    /// What has passed it.
    pub fn take(&mut self, now: Instant) -> Vec<(Instant, Vec<u8>)> {
        let passed = self.waiting.iter().take_while(|(at, _)| *at <= now).count();
        self.waiting.drain(..passed).collect()
    }

    /// Every 100 ms, in the plainest form: two bits and two bytes for each packet that arrived.
    pub fn feedback(&mut self, now: Instant) -> Option<Vec<u8>> {
        let start = *self.start.get_or_insert(now);
        let (last, _) = (self.arrived.last()?.0, ());
        if self.told.is_some_and(|(at, _)| now < at + Duration::from_millis(100)) {
            return None;
        }
        let first = self.told.map_or(self.arrived[0].0, |(_, next)| next);
        self.told = Some((now, last.wrapping_add(1)));
        let arrived = std::mem::take(&mut self.arrived);
        let ticks = |at: Instant| (at.saturating_duration_since(start).as_micros() / 250) as i64;
        let reference = ticks(arrived[0].1) / 256;
        let mut before = reference * 256;
        let count = last.wrapping_sub(first).wrapping_add(1);
        let (mut symbols, mut deltas) = (Vec::new(), Vec::new());
        for number in 0..count {
            let found = arrived.iter().find(|(known, _)| *known == first.wrapping_add(number));
            symbols.push(u16::from(found.is_some()) * 2);
            if let Some((_, at)) = found {
                deltas.extend(((ticks(*at) - before) as i16).to_be_bytes());
                before = ticks(*at);
            }
        }
        let mut packet = vec![0x8f, 205, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1];
        packet.extend(first.to_be_bytes());
        packet.extend(count.to_be_bytes());
        packet.extend(&(reference as u32).to_be_bytes()[1..]);
        packet.push(self.feedbacks);
        self.feedbacks = self.feedbacks.wrapping_add(1);
        for seven in symbols.chunks(7) {
            let bits = seven.iter().fold(0, |bits, symbol| bits << 2 | symbol) << (2 * (7 - seven.len()));
            packet.extend((0xc000 | bits).to_be_bytes());
        }
        packet.extend(deltas);
        packet.resize(packet.len().next_multiple_of(4), 0);
        let words = (packet.len() / 4 - 1) as u16;
        packet[2..4].copy_from_slice(&words.to_be_bytes());
        Some(packet)
    }
}
