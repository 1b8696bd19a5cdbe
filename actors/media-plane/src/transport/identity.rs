//! The server's DTLS certificate: made at the start, kept in memory, shared by all threads of a plane.

use std::sync::Arc;

use rtc_crypto::{HashAlgorithm, RTCCryptoProvider, providers::RingProvider};
use rtc_dtls::crypto::Certificate;

pub(crate) struct Identity {
    pub(super) provider: Arc<dyn RTCCryptoProvider>,
    pub(super) certificate: Certificate,
    fingerprint: [u8; 32],
}

impl Identity {
    /// A fresh self-signed certificate (ECDSA P-256).
    pub(crate) fn generate() -> std::io::Result<Self> {
        let provider: Arc<dyn RTCCryptoProvider> = Arc::new(RingProvider::new());
        let certificate = Certificate::generate_self_signed(vec!["kegelbahn".to_owned()], provider.crypto())
            .map_err(std::io::Error::other)?;
        let leaf = certificate.certificate.first().ok_or_else(|| std::io::Error::other("no certificate"))?;
        let fingerprint = sha256(provider.as_ref(), leaf)
            .ok_or_else(|| std::io::Error::other("no SHA-256 in the provider"))?;
        Ok(Self { provider, certificate, fingerprint })
    }

    /// SHA-256 of the certificate, as `a=fingerprint` names it (RFC 8122).
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

pub(super) fn sha256(provider: &dyn RTCCryptoProvider, der: &[u8]) -> Option<[u8; 32]> {
    provider.crypto().hash(HashAlgorithm::Sha256, der).ok()?.try_into().ok()
}
