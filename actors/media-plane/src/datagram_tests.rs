use super::*;
use crate::plane::Message;

fn message(to: SocketAddr, start: usize, len: usize, segment: usize) -> Message {
    Message { to, start, len, segment }
}

/// Everything that arrives within two seconds, until `count` datagrams are there.
fn receive(socket: &Socket, bell: &Bell, count: usize) -> Vec<Vec<u8>> {
    let mut inbox = Inbox::new();
    let mut all = Vec::new();
    for _ in 0..200 {
        if all.len() >= count {
            break;
        }
        bell.wait(Some(socket), None, Duration::from_millis(10));
        if let Ok(messages) = socket.receive(&mut inbox) {
            all.extend(inbox.datagrams(messages).map(|(_, _, datagram)| datagram.to_vec()));
        }
    }
    all
}

#[test]
fn a_run_arrives_as_the_datagrams_it_is_made_of() {
    let bell = Bell::new().unwrap();
    let receiver = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let mut sender = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let to = SocketAddr::from(([127, 0, 0, 1], receiver.port().unwrap()));
    let bytes: Vec<u8> = (0..1000_u32).map(|i| (i / 100) as u8).collect();
    let messages = vec![message(to, 0, 350, 100), message(to, 400, 100, 100)];
    sender.send(&Batch { bytes, messages, ..Batch::default() });
    let lengths: Vec<_> = receive(&receiver, &bell, 5).iter().map(|d| (d.len(), d[0])).collect();
    assert_eq!(lengths, [(100, 0), (100, 1), (100, 2), (50, 3), (100, 4)]);
}

#[test]
fn a_refused_message_does_not_stop_those_behind_it() {
    let bell = Bell::new().unwrap();
    let receiver = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let mut sender = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let to = SocketAddr::from(([127, 0, 0, 1], receiver.port().unwrap()));
    let nowhere = "[2001:db8::1]:9".parse().unwrap();
    let messages = vec![message(nowhere, 0, 10, 10), message(to, 0, 66_000, 66_000), message(to, 10, 20, 20)];
    sender.send(&Batch { bytes: vec![7; 66_000], messages, ..Batch::default() });
    assert_eq!(receive(&receiver, &bell, 1), [vec![7; 20]]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the kernel's clock is what is tested")]
fn the_kernel_tells_when_a_datagram_came_however_late_it_is_read() {
    use std::time::{SystemTime, UNIX_EPOCH};
    let since_1970 = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let receiver = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let mut sender = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let to = SocketAddr::from(([127, 0, 0, 1], receiver.port().unwrap()));
    // The kernel begins to look at its clock some moments after the first socket of the machine has asked for it.
    let told = (0..200).any(|_| {
        let before = since_1970();
        let messages = vec![message(to, 0, 300, 100)];
        sender.send(&Batch { bytes: vec![7; 300], messages, ..Batch::default() });
        let after = since_1970();
        std::thread::sleep(Duration::from_millis(10));
        let mut inbox = Inbox::new();
        let count = receiver.receive(&mut inbox).unwrap();
        let arrivals: Vec<_> = inbox.datagrams(count).map(|(_, arrived, _)| arrived.unwrap()).collect();
        arrivals.len() == 3 && arrivals.iter().all(|arrived| (before..=after).contains(arrived))
    });
    assert!(told);
}

#[test]
fn ipv4_peers_of_an_ipv6_socket_keep_their_address() {
    let Ok(both) = Socket::bind("[::]:0".parse().unwrap()) else { return };
    let mut both = both;
    let bell = Bell::new().unwrap();
    let mut four = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let to = SocketAddr::from(([127, 0, 0, 1], both.port().unwrap()));
    four.send(&Batch { bytes: vec![1; 4], messages: vec![message(to, 0, 4, 4)], ..Batch::default() });
    bell.wait(Some(&both), None, Duration::from_secs(2));
    let mut inbox = Inbox::new();
    let count = both.receive(&mut inbox).unwrap();
    let from = inbox.datagrams(count).map(|(from, ..)| from).next().unwrap();
    assert_eq!(from, SocketAddr::from(([127, 0, 0, 1], four.port().unwrap())));
    both.send(&Batch { bytes: vec![2; 5], messages: vec![message(from, 0, 5, 5)], ..Batch::default() });
    assert_eq!(receive(&four, &bell, 1), [vec![2; 5]]);
}

#[test]
fn the_bell_wakes_and_is_silenced() {
    let socket = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let bell = Bell::new().unwrap();
    assert!(!bell.wait(Some(&socket), None, Duration::ZERO).rung);
    bell.ring();
    bell.ring();
    assert!(bell.wait(Some(&socket), None, Duration::from_secs(5)).rung);
    bell.silence();
    assert!(!bell.wait(Some(&socket), None, Duration::ZERO).rung);
}
