//! The handshake: AES-GCM first whatever the client's order, only with the promised certificate, and DTLS that
//! overtakes the answer waits for it.

mod support;

use media_plane::{Event, GoneReason, SlotCount};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile as Profile;
use rtc_srtp::protection_profile::ProtectionProfile;
use support::Scene;

const SLOTS: SlotCount = SlotCount { audio: 3, video: 4 };

fn profile_of(offered: Vec<Profile>) -> ProtectionProfile {
    let mut scene = Scene::new();
    let client = scene.add(SLOTS);
    scene.clients[client].offered_profiles = offered;
    scene.answer(client);
    scene.clients[client].connect();
    let peer = scene.clients[client].peer;
    scene.until("connected", |scene| {
        scene.clients[client].is_connected() && scene.events.contains(&Event::Connected(peer))
    });
    scene.clients[client].profile.expect("a connected client has a profile")
}

#[test]
fn gcm_is_taken_although_the_client_names_it_last() {
    let all = [
        Profile::Srtp_Aes128_Cm_Hmac_Sha1_80,
        Profile::Srtp_Aead_Aes_256_Gcm,
        Profile::Srtp_Aead_Aes_128_Gcm,
    ];
    assert!(matches!(profile_of(all.to_vec()), ProtectionProfile::AeadAes128Gcm));
    assert!(matches!(profile_of(all[..2].to_vec()), ProtectionProfile::AeadAes256Gcm));
    assert!(matches!(profile_of(all[..1].to_vec()), ProtectionProfile::Aes128CmHmacSha1_80));
}

#[test]
fn another_certificate_than_promised_is_refused() {
    let mut scene = Scene::new();
    let client = scene.add(SLOTS);
    scene.clients[client].claimed_fingerprint = Some([7; 32]);
    scene.answer(client);
    scene.clients[client].connect();
    let peer = scene.clients[client].peer;
    scene.until("refused", |scene| scene.events.contains(&Event::Gone(peer, GoneReason::HandshakeFailed)));
    assert!(!scene.clients[client].is_connected());
    assert!(!scene.events.contains(&Event::Connected(peer)));
}

#[test]
fn dtls_before_the_answer_is_held() {
    let mut scene = Scene::new();
    let client = scene.add(SLOTS);
    scene.clients[client].connect();
    scene.settle(client);
    assert!(!scene.clients[client].is_connected());
    scene.answer(client);
    scene.until("connected", |scene| scene.clients[client].is_connected());
}

#[test]
fn a_goodbye_is_told() {
    let mut scene = Scene::new();
    let client = scene.join();
    let peer = scene.clients[client].peer;
    scene.clients[client].close();
    scene.until("gone", |scene| scene.events.contains(&Event::Gone(peer, GoneReason::Closed)));
}
