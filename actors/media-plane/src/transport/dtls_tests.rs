use super::*;

/// Flights of a whole handshake and some.
const FLIGHTS: usize = 20;

/// Carries flights both ways until nothing is under way any more or the client gives up; what each side came to.
fn shake_hands(
    now: Instant,
    client: (&mut Dtls, &Identity),
    server: (&mut Dtls, &Identity),
) -> Result<[Option<Keys>; 2], ClientGaveUp> {
    let promised = Some(client.1.fingerprint());
    let mut keys = [None, None];
    for _ in 0..FLIGHTS {
        let flight: Vec<Vec<u8>> = std::iter::from_fn(|| client.0.poll_transmit()).collect();
        for datagram in &flight {
            if let Progress::Complete(done) = server.0.datagram(now, datagram, server.1, promised) {
                keys[1] = Some(done);
            }
        }
        let answer: Vec<Vec<u8>> = std::iter::from_fn(|| server.0.poll_transmit()).collect();
        for datagram in &answer {
            match client.0.datagram(now, datagram, client.1, None) {
                Progress::Complete(done) => keys[0] = Some(done),
                Progress::Failed => return Err(ClientGaveUp),
                Progress::Nothing | Progress::Closed => {}
            }
        }
        if flight.is_empty() && answer.is_empty() {
            return Ok(keys);
        }
    }
    panic!("the two never come to an end");
}

#[derive(Debug)]
struct ClientGaveUp;

#[test]
#[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
fn where_the_client_waits_we_begin_and_both_have_the_same_keys() {
    let now = Instant::now();
    let (ours, theirs) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    let (mut client, mut server) = (Dtls::new(), Dtls::new());
    assert!(client.has_not_begun());
    assert!(matches!(client.connect(now, &ours, theirs.fingerprint()), Progress::Nothing));
    assert!(!client.has_not_begun());
    let keys = shake_hands(now, (&mut client, &ours), (&mut server, &theirs)).unwrap();
    let [ours, theirs] = keys.map(Option::unwrap);
    assert!(matches!(ours.profile, ProtectionProfile::AeadAes128Gcm), "the best that both have");
    assert!(matches!(theirs.profile, ProtectionProfile::AeadAes128Gcm));
    assert_eq!(ours.session.local_master_key, theirs.session.remote_master_key);
    assert_eq!(ours.session.remote_master_key, theirs.session.local_master_key);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
fn a_server_with_another_certificate_than_promised_is_refused() {
    let now = Instant::now();
    let (ours, theirs) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    let (mut client, mut server) = (Dtls::new(), Dtls::new());
    assert!(matches!(client.connect(now, &ours, [7; 32]), Progress::Nothing));
    let refused = shake_hands(now, (&mut client, &ours), (&mut server, &theirs));
    assert!(matches!(refused, Err(ClientGaveUp)));
}
