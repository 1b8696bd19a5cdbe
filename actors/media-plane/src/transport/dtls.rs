//! The DTLS side of one peer (RFC 5764): waits for the description, picks the SRTP profile, exports the keys.
//!
//! Server wherever the client lets us: only then can AES-GCM be preferred (see `client_hello`). The association does not know the peer's
//! address, so NAT rebinding and ICE restarts pass it by.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, VerifyPeerCertificateFn};
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile as Profile;
use rtc_shared::{TransportProtocol, error::Error};
use rtc_srtp::config::{Config, LABEL_EXTRACTOR_DTLS_SRTP, SessionKeys};
use rtc_srtp::protection_profile::ProtectionProfile;

use super::client_hello::{Hello, peek};
use super::identity::{Identity, sha256};
use crate::description::DtlsRole;

/// Datagrams kept while the client's fingerprint is unknown: DTLS overtakes the answer (MEDIA.md §1).
const HELD_MAX: usize = 8;
/// From the ClientHello to the last flight.
const HANDSHAKE_MAX: Duration = Duration::from_secs(20);
const FLIGHT_INTERVAL: Duration = Duration::from_millis(100);
/// The endpoint keys its association by address; a constant makes it indifferent to the real one.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);

/// What a datagram or a time-out led to.
pub(crate) enum Progress {
    Nothing,
    /// Once per association.
    Complete(Keys),
    /// The handshake cannot succeed any more.
    Failed,
    /// The client said goodbye.
    Closed,
}

/// Keys of both directions, from the exporter.
pub(crate) struct Keys {
    pub(super) profile: ProtectionProfile,
    pub(super) session: SessionKeys,
}

enum State {
    Waiting {
        held: Vec<Vec<u8>>,
    },
    Running {
        endpoint: Box<Endpoint>,
        since: Instant,
        complete: bool,
        refused: Arc<AtomicBool>,
        role: DtlsRole,
    },
    Over,
}

pub(crate) struct Dtls {
    state: State,
}

impl Dtls {
    pub(crate) fn new() -> Self {
        Self { state: State::Waiting { held: Vec::new() } }
    }

    /// A datagram from a validated 5-tuple. `fingerprint` is that of the client's description, once it is known.
    pub(crate) fn datagram(
        &mut self,
        now: Instant,
        datagram: &[u8],
        identity: &Identity,
        fingerprint: Option<[u8; 32]>,
    ) -> Progress {
        match &mut self.state {
            State::Waiting { held } => {
                if held.len() == HELD_MAX {
                    held.clear();
                }
                held.push(datagram.to_vec());
                self.start(now, identity, fingerprint)
            }
            State::Running { .. } => self.read(now, datagram),
            State::Over => Progress::Nothing,
        }
    }

    /// Begins with what was held, if the client's description and its whole ClientHello are there.
    pub(crate) fn start(
        &mut self,
        now: Instant,
        identity: &Identity,
        fingerprint: Option<[u8; 32]>,
    ) -> Progress {
        let (State::Waiting { held }, Some(fingerprint)) = (&mut self.state, fingerprint) else {
            return Progress::Nothing;
        };
        let profiles = match peek(held) {
            Hello::Incomplete => return Progress::Nothing,
            Hello::Malformed => {
                held.clear();
                return Progress::Nothing;
            }
            Hello::Profiles(profiles) => profiles,
        };
        let held = std::mem::take(held);
        let refused = Arc::new(AtomicBool::new(false));
        let chosen = PROFILES.into_iter().find(|(number, _)| profiles.contains(number));
        // A list of one, so that the server's preference counts.
        let config =
            chosen.map(|(_, profile)| configuration(identity, fingerprint, vec![profile], refused.clone()));
        let Some(config) = config.and_then(|builder| builder.build(false, None).ok()).map(Arc::new) else {
            return self.fail();
        };
        let endpoint = Box::new(Endpoint::new(NOWHERE, TransportProtocol::UDP, Some(config)));
        let role = DtlsRole::Server;
        self.state = State::Running { endpoint, since: now, complete: false, refused, role };
        for datagram in held {
            match self.read(now, &datagram) {
                Progress::Nothing => {}
                progress @ (Progress::Complete(_) | Progress::Failed | Progress::Closed) => return progress,
            }
        }
        Progress::Nothing
    }

    /// Whether neither side has begun.
    pub(crate) fn has_not_begun(&self) -> bool {
        matches!(self.state, State::Waiting { .. })
    }

    /// Begins the handshake as its client. The server at the other end chooses among all profiles: a client cannot
    /// prefer one afterwards, and a second handshake with another list is not to be had from every server.
    pub(crate) fn connect(&mut self, now: Instant, identity: &Identity, fingerprint: [u8; 32]) -> Progress {
        let refused = Arc::new(AtomicBool::new(false));
        let profiles = PROFILES.into_iter().map(|(_, profile)| profile).collect();
        let config = configuration(identity, fingerprint, profiles, refused.clone()).build(true, None);
        let mut endpoint = Box::new(Endpoint::new(NOWHERE, TransportProtocol::UDP, None));
        let begun =
            config.ok().and_then(|config| endpoint.connect(now, NOWHERE, Arc::new(config), None).ok());
        if begun.is_none() {
            return self.fail();
        }
        let role = DtlsRole::Client;
        self.state = State::Running { endpoint, since: now, complete: false, refused, role };
        Progress::Nothing
    }

    fn read(&mut self, now: Instant, datagram: &[u8]) -> Progress {
        let State::Running { endpoint, complete, refused, role, .. } = &mut self.state else {
            return Progress::Nothing;
        };
        // A bug in the handshake code on hostile bytes shall cost this association, not the thread with all its peers.
        let read =
            catch_unwind(AssertUnwindSafe(|| endpoint.read(now, NOWHERE, None, BytesMut::from(datagram))));
        let events = match read {
            Err(_) => return self.fail(),
            Ok(Ok(events)) => events,
            // Before completion only a refused certificate is final: everything else may be injected, and the
            // handshake's own clock ends a hopeless one. After completion errors are the injector's.
            Ok(Err(_)) if refused.load(Ordering::Relaxed) => {
                *complete = false;
                return Progress::Failed;
            }
            Ok(Err(_)) => return Progress::Nothing,
        };
        for event in events {
            match event {
                EndpointEvent::HandshakeComplete => {
                    *complete = true;
                    return export(endpoint, *role).map_or(Progress::Failed, Progress::Complete);
                }
                EndpointEvent::PeerClosed => return Progress::Closed,
                _ => {}
            }
        }
        Progress::Nothing
    }

    fn fail(&mut self) -> Progress {
        self.state = State::Over;
        Progress::Failed
    }

    /// The next datagram to send.
    pub(crate) fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        match &mut self.state {
            State::Running { endpoint, .. } => {
                endpoint.poll_transmit().map(|transmit| transmit.message.to_vec())
            }
            State::Waiting { .. } | State::Over => None,
        }
    }

    /// When [`Self::timeout`] wants to be called.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Running { endpoint, since, complete: false, .. } => {
                let give_up = *since + HANDSHAKE_MAX;
                Some(endpoint.poll_timeout(&NOWHERE).map_or(give_up, |at| at.min(give_up)))
            }
            State::Running { .. } | State::Waiting { .. } | State::Over => None,
        }
    }

    /// Repeats a lost flight; ends a handshake that takes too long.
    pub(crate) fn timeout(&mut self, now: Instant) -> Progress {
        let State::Running { endpoint, since, complete: false, .. } = &mut self.state else {
            return Progress::Nothing;
        };
        let exhausted = endpoint.handle_timeout(NOWHERE, now).is_err();
        if exhausted || now >= *since + HANDSHAKE_MAX { self.fail() } else { Progress::Nothing }
    }
}

/// With their numbers in `use_srtp`, best first.
const PROFILES: [(u16, Profile); 3] = [
    (7, Profile::Srtp_Aead_Aes_128_Gcm),
    (8, Profile::Srtp_Aead_Aes_256_Gcm),
    (1, Profile::Srtp_Aes128_Cm_Hmac_Sha1_80),
];

fn configuration(
    identity: &Identity,
    fingerprint: [u8; 32],
    profiles: Vec<Profile>,
    refused: Arc<AtomicBool>,
) -> ConfigBuilder {
    let provider = identity.provider.clone();
    let verify: VerifyPeerCertificateFn = Arc::new(move |chain, _| {
        let matches = chain.first().and_then(|leaf| sha256(provider.as_ref(), leaf)) == Some(fingerprint);
        refused.store(!matches, Ordering::Relaxed);
        if matches { Ok(()) } else { Err(Error::Other("fingerprint mismatch".to_owned())) }
    });
    ConfigBuilder::default()
        .with_crypto_provider(identity.provider.clone())
        .with_certificates(vec![identity.certificate.clone()])
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_insecure_skip_verify(true)
        .with_verify_peer_certificate(Some(verify))
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        .with_flight_interval(FLIGHT_INTERVAL)
        .with_srtp_protection_profiles(profiles)
}

fn export(endpoint: &Endpoint, role: DtlsRole) -> Option<Keys> {
    let state = endpoint.get_connection_state(NOWHERE)?;
    let profile = match state.srtp_protection_profile() {
        Profile::Srtp_Aead_Aes_128_Gcm => ProtectionProfile::AeadAes128Gcm,
        Profile::Srtp_Aead_Aes_256_Gcm => ProtectionProfile::AeadAes256Gcm,
        Profile::Srtp_Aes128_Cm_Hmac_Sha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
        _ => return None,
    };
    let mut config = Config { profile, ..Default::default() };
    let material =
        state.export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], config.keying_material_len()).ok()?;
    let client = role == DtlsRole::Client;
    config.set_session_keys_from_keying_material(material.as_ref(), client).ok()?;
    Some(Keys { profile, session: config.keys })
}

#[cfg(test)]
#[path = "dtls_tests.rs"]
mod tests;
