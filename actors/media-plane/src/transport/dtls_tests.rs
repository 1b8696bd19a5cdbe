use super::*;

/// Carries flights both ways until nothing is under way any more; what each side came to.
fn shake_hands(
    now: Instant,
    client: (&mut Dtls, &Identity),
    server: (&mut Dtls, &Identity),
) -> [Option<Keys>; 2] {
    let promised = Some(client.1.fingerprint());
    let mut keys = [None, None];
    loop {
        let flight: Vec<Vec<u8>> = std::iter::from_fn(|| client.0.poll_transmit()).collect();
        for datagram in &flight {
            if let Progress::Complete(done) = server.0.datagram(now, datagram, server.1, promised) {
                keys[1] = Some(done);
            }
        }
        let answer: Vec<Vec<u8>> = std::iter::from_fn(|| server.0.poll_transmit()).collect();
        for datagram in &answer {
            if let Progress::Complete(done) = client.0.datagram(now, datagram, client.1, None) {
                keys[0] = Some(done);
            }
        }
        if flight.is_empty() && answer.is_empty() {
            return keys;
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the origin of made-up time")]
fn where_the_client_waits_we_begin_and_both_have_the_same_keys() {
    let now = Instant::now();
    let (ours, theirs) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    let (mut client, mut server) = (Dtls::new(), Dtls::new());
    assert!(client.has_not_begun());
    assert!(matches!(client.connect(now, &ours, theirs.fingerprint()), Progress::Nothing));
    assert!(!client.has_not_begun());
    let [ours, theirs] = shake_hands(now, (&mut client, &ours), (&mut server, &theirs)).map(Option::unwrap);
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
    let keys = shake_hands(now, (&mut client, &ours), (&mut server, &theirs));
    assert!(keys[0].is_none());
}
