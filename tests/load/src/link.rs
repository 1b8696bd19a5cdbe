//! One client's connection: checks with integrity, DTLS as the active side, SRTP. No socket and no clock: datagrams
//! and time come in, datagrams to send are left in `out`.

use crate::Failure;
use crate::answer::{Credentials, Offer};
use bytes::BytesMut;
use rtc_crypto::{HashAlgorithm, RTCCryptoProvider, providers::RingProvider};
use rtc_dtls::config::{ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile as Profile;
use rtc_shared::TransportProtocol;
use rtc_srtp::config::{Config, LABEL_EXTRACTOR_DTLS_SRTP};
use rtc_srtp::context::Context;
use rtc_srtp::protection_profile::ProtectionProfile;
use rtc_stun::attributes::{ATTR_USE_CANDIDATE, ATTR_USERNAME};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId};
use rtc_stun::textattrs::TextAttribute;
use rtc_stun::xoraddr::XorMappedAddress;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What all clients share: one certificate, because making one costs as much as a handshake.
pub(crate) struct Identity {
    provider: Arc<dyn RTCCryptoProvider>,
    config: Arc<HandshakeConfig>,
    pub(crate) fingerprint: String,
}

/// One client's connection.
pub(crate) struct Link {
    identity: Arc<Identity>,
    local: Credentials,
    remote: Credentials,
    server: SocketAddr,
    endpoint: Endpoint,
    validated: bool,
    send: Option<Context>,
    receive: Option<Context>,
    pub(crate) failed: bool,
    pub(crate) out: Vec<Vec<u8>>,
}

/// `USE-CANDIDATE`, which has no value.
struct UseCandidate;

impl Setter for UseCandidate {
    fn add_to(&self, message: &mut Message) -> rtc_shared::error::Result<()> {
        message.add(ATTR_USE_CANDIDATE, &[]);
        Ok(())
    }
}

impl Identity {
    pub(crate) fn new() -> Result<Self, Failure> {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(RingProvider::new());
        let crypto = provider.crypto();
        let certificate = Certificate::generate_self_signed(vec!["load".to_owned()], crypto)?;
        let first = certificate.certificate.first().ok_or("an empty certificate")?;
        let hash = crypto.hash(HashAlgorithm::Sha256, first).map_err(|_failed| "no SHA-256")?;
        let hash: Vec<String> = hash.iter().map(|byte| format!("{byte:02X}")).collect();
        let config = ConfigBuilder::default()
            .with_crypto_provider(provider.clone())
            .with_certificates(vec![certificate])
            .with_insecure_skip_verify(true)
            .with_extended_master_secret(ExtendedMasterSecretType::Require)
            .with_flight_interval(Duration::from_millis(200))
            .with_srtp_protection_profiles(vec![Profile::Srtp_Aead_Aes_128_Gcm])
            .build(true, None)?;
        Ok(Self { provider, config: Arc::new(config), fingerprint: hash.join(":") })
    }
}

impl Link {
    pub(crate) fn new(identity: Arc<Identity>, local: Credentials, offer: Offer) -> Self {
        // The endpoint only compares addresses; ours does not matter.
        let endpoint = Endpoint::new((Ipv4Addr::LOCALHOST, 9).into(), TransportProtocol::UDP, None);
        Self {
            identity,
            local,
            remote: offer.credentials,
            server: offer.address,
            endpoint,
            validated: false,
            send: None,
            receive: None,
            failed: false,
            out: Vec::new(),
        }
    }

    pub(crate) fn server(&self) -> SocketAddr {
        self.server
    }

    /// Keys are there.
    pub(crate) fn is_connected(&self) -> bool {
        self.send.is_some()
    }

    /// New credentials of an ICE restart are used from the next check on.
    pub(crate) fn connect(&mut self, now: Instant) {
        self.check();
        let started = self.endpoint.connect(now, self.server, Arc::clone(&self.identity.config), None);
        self.failed |= started.is_err();
        self.flush();
    }

    /// A check: at the beginning, and as consent (RFC 7675).
    pub(crate) fn check(&mut self) {
        let user = format!("{}:{}", self.remote.ufrag, self.local.ufrag);
        let crypto = self.identity.provider.crypto();
        let pwd = self.remote.pwd.clone();
        let setters: [Box<dyn Setter + '_>; 6] = [
            Box::new(BINDING_REQUEST),
            Box::new(TransactionId::new()),
            Box::new(TextAttribute::new(ATTR_USERNAME, user)),
            Box::new(UseCandidate),
            Box::new(MessageIntegrity::new_short_term_integrity_with_provider(pwd, crypto)),
            Box::new(FINGERPRINT),
        ];
        let mut message = Message::new();
        if message.build(&setters).is_ok() {
            self.out.push(message.raw);
        }
    }

    /// Until it is connected, some times a second: repeats what may have been lost.
    pub(crate) fn tick(&mut self, now: Instant) {
        if !self.validated {
            self.check();
        }
        if self.endpoint.poll_timeout(&self.server).is_some_and(|at| at <= now) {
            self.failed |= self.endpoint.handle_timeout(self.server, now).is_err();
        }
        self.flush();
    }

    pub(crate) fn stun(&mut self, datagram: &[u8]) {
        let mut message = Message::new();
        if message.unmarshal_binary(datagram).is_err() {
            return;
        }
        let crypto = self.identity.provider.crypto();
        if message.typ == BINDING_SUCCESS {
            self.validated |=
                MessageIntegrity::check(&mut message, self.remote.pwd.as_bytes(), crypto).is_ok();
        } else if message.typ == BINDING_REQUEST
            && MessageIntegrity::check(&mut message, self.local.pwd.as_bytes(), crypto).is_ok()
        {
            let integrity =
                MessageIntegrity::new_short_term_integrity_with_provider(self.local.pwd.clone(), crypto);
            let setters: [Box<dyn Setter + '_>; 5] = [
                Box::new(BINDING_SUCCESS),
                Box::new(message.transaction_id),
                Box::new(XorMappedAddress { ip: self.server.ip(), port: self.server.port() }),
                Box::new(integrity),
                Box::new(FINGERPRINT),
            ];
            let mut response = Message::new();
            if response.build(&setters).is_ok() {
                self.out.push(response.raw);
            }
        }
    }

    pub(crate) fn dtls(&mut self, now: Instant, datagram: &[u8]) {
        match self.endpoint.read(now, self.server, None, BytesMut::from(datagram)) {
            Ok(events) => {
                let complete = |event: &EndpointEvent| matches!(event, EndpointEvent::HandshakeComplete);
                if events.iter().any(complete) {
                    self.failed |= self.keys().is_none();
                }
                self.failed |= events.iter().any(|event| matches!(event, EndpointEvent::PeerClosed));
            }
            Err(_) => self.failed = !self.is_connected(),
        }
        self.flush();
    }

    fn keys(&mut self) -> Option<()> {
        let state = self.endpoint.get_connection_state(self.server)?;
        let profile = ProtectionProfile::AeadAes128Gcm;
        let mut config = Config { profile, ..Default::default() };
        let length = config.keying_material_len();
        let material = state.export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], length).ok()?;
        config.set_session_keys_from_keying_material(material.as_ref(), true).ok()?;
        let (keys, crypto) = (config.keys, self.identity.provider.crypto());
        let context = |key: &[u8], salt: &[u8]| Context::new(key, salt, profile, None, None, crypto).ok();
        self.send = context(&keys.local_master_key, &keys.local_master_salt);
        self.receive = context(&keys.remote_master_key, &keys.remote_master_salt);
        self.receive.is_some().then_some(())
    }

    fn flush(&mut self) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            self.out.push(transmit.message.to_vec());
        }
    }

    pub(crate) fn seal(&mut self, plain: &[u8]) {
        let sealed = self.send.as_mut().and_then(|context| context.encrypt_rtp(plain).ok());
        self.out.extend(sealed.map(|sealed| sealed.to_vec()));
    }

    pub(crate) fn seal_report(&mut self, plain: &[u8]) {
        let sealed = self.send.as_mut().and_then(|context| context.encrypt_rtcp(plain).ok());
        self.out.extend(sealed.map(|sealed| sealed.to_vec()));
    }

    pub(crate) fn open(&mut self, sealed: &[u8]) -> Option<BytesMut> {
        self.receive.as_mut()?.decrypt_rtp(sealed).ok()
    }

    pub(crate) fn open_report(&mut self, sealed: &[u8]) -> Option<BytesMut> {
        self.receive.as_mut()?.decrypt_rtcp(sealed).ok()
    }
}
