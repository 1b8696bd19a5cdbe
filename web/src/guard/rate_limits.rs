//! Slows down those who guess, without remembering who they are.
//!
//! Callers are known by a keyed hash of their network (the IPv6 /64, the IPv4 address); the key lives in memory and
//! is thrown away every hour with all counts, so nothing can be traced back to an address. At most [`ENTRIES_MAX`]
//! counts are kept; when they are full, the whole table starts anew: guessers gain one more burst, memory is safe.

use crate::clock;
use actix_web::HttpRequest;
use ring::hmac;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What is being tried.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Attempt {
    /// A login with a password.
    LogIn,
    /// The set-up link.
    SetUp,
    /// Making an account.
    SignUp,
    /// Finding out whether a door exists.
    FindDoor,
    /// Beginning to publish or to watch by a token.
    Stream,
}

impl Attempt {
    /// How many in a row, and how long it takes until one more is good.
    fn allowance(self) -> (f64, Duration) {
        match self {
            Self::LogIn => (20.0, Duration::from_secs(10)),
            Self::SetUp => (10.0, Duration::from_secs(10)),
            Self::SignUp => (30.0, Duration::from_secs(60)),
            Self::FindDoor | Self::Stream => (60.0, Duration::from_secs(2)),
        }
    }
}

const ENTRIES_MAX: usize = 20_000;
const KEY_LIFE: Duration = Duration::from_secs(3_600);

/// Shared by all workers.
#[derive(Default)]
pub struct RateLimits {
    table: Mutex<Option<Table>>,
}

impl RateLimits {
    /// Counts one attempt; `false` means that the caller has to wait.
    pub fn take(&self, request: &HttpRequest, attempt: Attempt) -> bool {
        self.with(request, |table, caller, now| table.take(caller, attempt, now))
    }

    /// The attempt was an honest one (the password was right, the door exists): it does not count after all.
    pub fn give_back(&self, request: &HttpRequest, attempt: Attempt) {
        self.with(request, |table, caller, now| table.give_back(caller, attempt, now));
    }

    fn with<T>(&self, request: &HttpRequest, work: impl FnOnce(&mut Table, IpAddr, Instant) -> T) -> T {
        // Unix sockets and tests have no address: they share one count.
        let caller = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
        let now = clock::now();
        let mut table = self.table.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if table.as_ref().is_none_or(|table| table.is_stale(now)) {
            *table = Some(Table::new(new_key(), now));
        }
        work(table.as_mut().expect("the table was just made"), caller, now)
    }
}

fn new_key() -> [u8; 32] {
    let mut key = [0u8; 32];
    getrandom::fill(&mut key).expect("the operating system gives randomness");
    key
}

/// The pure part: token buckets by hashed caller.
struct Table {
    key: hmac::Key,
    born: Instant,
    left: HashMap<(Attempt, [u8; 16]), (f64, Instant)>,
}

impl Table {
    fn new(key: [u8; 32], now: Instant) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key), born: now, left: HashMap::new() }
    }

    fn is_stale(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.born) > KEY_LIFE || self.left.len() >= ENTRIES_MAX
    }

    fn take(&mut self, caller: IpAddr, attempt: Attempt, now: Instant) -> bool {
        let left = self.refill(caller, attempt, now);
        if *left < 1.0 {
            return false;
        }
        *left -= 1.0;
        true
    }

    fn give_back(&mut self, caller: IpAddr, attempt: Attempt, now: Instant) {
        *self.refill(caller, attempt, now) += 1.0;
    }

    fn refill(&mut self, caller: IpAddr, attempt: Attempt, now: Instant) -> &mut f64 {
        let (burst, interval) = attempt.allowance();
        let place = (attempt, self.blur(caller));
        let (left, since) = self.left.entry(place).or_insert((burst, now));
        let gained = now.saturating_duration_since(*since).as_secs_f64() / interval.as_secs_f64();
        *left = (*left + gained).min(burst);
        *since = now;
        left
    }

    fn blur(&self, caller: IpAddr) -> [u8; 16] {
        let network = match caller.to_canonical() {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address) & !u128::from(u64::MAX),
        };
        let tag = hmac::sign(&self.key, &network.to_be_bytes());
        tag.as_ref()[..16].try_into().expect("an HMAC-SHA-256 has 32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_burst_is_let_through_then_one_per_interval() {
        let start = clock::now();
        let mut table = Table::new([7; 32], start);
        let guesser = address("192.0.2.7");
        let through = (0..50).filter(|_| table.take(guesser, Attempt::LogIn, start)).count();
        assert_eq!(through, 20);
        assert!(!table.take(guesser, Attempt::LogIn, start + Duration::from_secs(9)));
        assert!(table.take(guesser, Attempt::LogIn, start + Duration::from_secs(19)));
        assert!(table.take(guesser, Attempt::FindDoor, start), "other attempts have their own count");
        assert!(table.take(address("192.0.2.8"), Attempt::LogIn, start), "so have other callers");
    }

    #[test]
    fn honest_attempts_do_not_count() {
        let start = clock::now();
        let mut table = Table::new([7; 32], start);
        for _ in 0..100 {
            assert!(table.take(address("192.0.2.7"), Attempt::LogIn, start));
            table.give_back(address("192.0.2.7"), Attempt::LogIn, start);
        }
    }

    #[test]
    fn a_whole_ipv6_network_is_one_caller_and_mapped_addresses_are_ipv4() {
        let table = Table::new([7; 32], clock::now());
        assert_eq!(table.blur(address("2001:db8::1")), table.blur(address("2001:db8::ffff:2")));
        assert_ne!(table.blur(address("2001:db8::1")), table.blur(address("2001:db8:0:1::1")));
        assert_eq!(table.blur(address("::ffff:192.0.2.7")), table.blur(address("192.0.2.7")));
    }

    #[test]
    fn counts_are_thrown_away_after_an_hour_and_when_there_are_too_many() {
        let start = clock::now();
        let mut table = Table::new([7; 32], start);
        assert!(!table.is_stale(start + Duration::from_secs(3_599)));
        assert!(table.is_stale(start + Duration::from_secs(3_601)));
        for number in 0..ENTRIES_MAX {
            let caller = IpAddr::from(u32::try_from(number).unwrap().to_be_bytes());
            assert!(table.take(caller, Attempt::FindDoor, start));
        }
        assert!(table.is_stale(start));
    }
}
