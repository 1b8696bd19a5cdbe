//! A bad network: a UDP relay between one client and the server that loses, delays and reorders by a seed.

use std::collections::BinaryHeap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Datagrams that may be on their way at once; more are lost, as on any full queue.
const IN_FLIGHT_MAX: usize = 4_096;

/// What one direction suffers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Impairment {
    /// Share of datagrams that never arrive, 0 … 1.
    pub loss: f64,
    /// Share of datagrams in which one byte is turned over, 0 … 1.
    pub damage: f64,
    /// Each waits a random time up to this one, which also reorders them.
    pub jitter: Duration,
}

/// A link between one client and the server. Clean until [`LossyLink::impair`]; ends when it is dropped.
pub struct LossyLink {
    address: SocketAddr,
    state: Arc<State>,
    carrying: JoinHandle<()>,
}

struct State {
    on: AtomicBool,
    up_lost: AtomicU64,
    down_lost: AtomicU64,
}

/// A datagram on its way; the heap gives the earliest first.
#[derive(PartialEq, Eq)]
struct Travelling {
    due: Instant,
    order: u64,
    up: bool,
    bytes: Vec<u8>,
}

impl Ord for Travelling {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.due, other.order).cmp(&(self.due, self.order))
    }
}

impl PartialOrd for Travelling {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    /// Evenly in 0 … 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).expect("32 bits")) / f64::from(u32::MAX)
    }
}

impl LossyLink {
    /// Opens a link to a server's media address.
    pub async fn open(server: SocketAddr, seed: u64, up: Impairment, down: Impairment) -> Self {
        let near = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let own: IpAddr =
            if server.is_ipv6() { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() };
        let far = UdpSocket::bind((own, 0)).await.expect("a free port");
        far.connect(server).await.expect("the loopback connects");
        let address = near.local_addr().expect("an address");
        let state = Arc::new(State {
            on: AtomicBool::new(false),
            up_lost: AtomicU64::new(0),
            down_lost: AtomicU64::new(0),
        });
        let carrying = tokio::spawn(carry(near, far, Random(seed), up, down, Arc::clone(&state)));
        Self { address, state, carrying }
    }

    /// Where the client's end of it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on media suffers (connection set-up and consent checks do not: they have repairs of their own).
    pub fn impair(&self, on: bool) {
        self.state.on.store(on, Relaxed);
    }

    /// Datagrams lost so far on the way up and on the way down.
    pub fn lost(&self) -> (u64, u64) {
        (self.state.up_lost.load(Relaxed), self.state.down_lost.load(Relaxed))
    }
}

impl Drop for LossyLink {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

/// An offer whose only candidates lead to `address`, by UDP.
pub(crate) fn reroute(offer: &str, address: SocketAddr) -> String {
    let through = |line: &str| {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        if line.starts_with("a=candidate:") && words.len() > 5 {
            words[4] = address.ip().to_string();
            words[5] = address.port().to_string();
        }
        words.join(" ")
    };
    let udp =
        offer.split("\r\n").filter(|line| !(line.starts_with("a=candidate:") && line.contains(" tcp ")));
    udp.map(through).collect::<Vec<_>>().join("\r\n")
}

/// Moves datagrams until its task is aborted.
async fn carry(
    near: UdpSocket,
    far: UdpSocket,
    mut random: Random,
    up: Impairment,
    down: Impairment,
    state: Arc<State>,
) {
    let mut client = None;
    let mut travelling = BinaryHeap::new();
    let mut order = 0;
    let (mut near_bytes, mut far_bytes) = (vec![0; 2_048], vec![0; 2_048]);
    loop {
        let next = travelling.peek().map(|first: &Travelling| first.due);
        let arrived = tokio::select! {
            Ok((length, from)) = near.recv_from(&mut near_bytes) => {
                client = Some(from);
                Some((true, near_bytes[..length].to_vec()))
            }
            // A refused datagram (the server is gone) is an error here; the relay goes on.
            result = far.recv(&mut far_bytes) => result.ok().map(|length| (false, far_bytes[..length].to_vec())),
            () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => None,
        };
        if let Some((up_bound, mut bytes)) = arrived {
            let (impairment, lost) = if up_bound { (up, &state.up_lost) } else { (down, &state.down_lost) };
            // RTP and RTCP (RFC 7983).
            let media = bytes.first().is_some_and(|first| (128..192).contains(first));
            let suffers = media && state.on.load(Relaxed);
            let (fate, wait, harm) = (random.share(), random.share(), random.share());
            if (suffers && fate < impairment.loss) || travelling.len() >= IN_FLIGHT_MAX {
                lost.fetch_add(1, Relaxed);
                continue;
            }
            if suffers && harm < impairment.damage {
                let place = order as usize % bytes.len();
                bytes[place] ^= 0x55;
            }
            let delay = if suffers { impairment.jitter.mul_f64(wait) } else { Duration::ZERO };
            travelling.push(Travelling { due: Instant::now() + delay, order, up: up_bound, bytes });
            order += 1;
        }
        while travelling.peek().is_some_and(|first| first.due <= Instant::now()) {
            let Some(Travelling { up, bytes, .. }) = travelling.pop() else { break };
            // A full socket loses the datagram, as a network would.
            if up {
                far.send(&bytes).await.ok();
            } else if let Some(client) = client {
                near.send_to(&bytes, client).await.ok();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_seed_decides_what_is_lost() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let half = Impairment { loss: 0.5, ..Impairment::default() };
        let mut fates = Vec::new();
        for _ in 0..2 {
            let link = LossyLink::open(server.local_addr().unwrap(), 1, half, half).await;
            link.impair(true);
            let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            for number in 0..64u8 {
                client.send_to(&[128, number], link.address).await.unwrap();
            }
            client.send_to(&[0, 255], link.address).await.unwrap();
            let mut arrived = Vec::new();
            let mut bytes = [0; 2];
            while arrived.last() != Some(&255) {
                crate::within("a datagram", server.recv(&mut bytes)).await.unwrap();
                arrived.push(bytes[1]);
            }
            assert_eq!(link.lost().0 + arrived.len() as u64, 65);
            fates.push(arrived);
        }
        assert_eq!(fates[0], fates[1]);
        assert!((16..50).contains(&fates[0].len()), "{}", fates[0].len());
    }
}
