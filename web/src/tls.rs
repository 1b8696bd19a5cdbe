//! The certificate: the operator's, or one that the server makes for itself and keeps in the data directory.

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
pub use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const OWN_CERTIFICATE: &str = "certificate.pem";
const OWN_KEY: &str = "key.pem";
const DAY: u64 = 86_400;
/// Devices of one large maker refuse certificates that live longer than 825 days.
const LIFE_DAYS: u64 = 800;
/// A certificate with less than this to go is replaced at the start.
const RENEWED_BEFORE_DAYS: u64 = 60;

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum CertificateSource {
    /// Two PEM files.
    Files {
        /// The chain, the server's own certificate first.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
    /// Made here, for these names and addresses.
    SelfMade {
        /// Where it is kept.
        directory: PathBuf,
        /// Host names and IP addresses as text.
        names: Vec<String>,
    },
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or does not hold what it should.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Certificate and key do not belong together, or have an algorithm that nobody speaks.
    #[error("the certificate cannot be used: {0}")]
    Unusable(String),
}

/// TLS 1.2 and 1.3 with the certificate from `source`; `now` is the time since 1970.
pub fn config(source: &CertificateSource, now: Duration) -> Result<ServerConfig, TlsError> {
    let (certificate, key) = match source {
        CertificateSource::Files { certificate, key } => (certificate.clone(), key.clone()),
        CertificateSource::SelfMade { directory, names } => {
            let paths = (directory.join(OWN_CERTIFICATE), directory.join(OWN_KEY));
            if !is_current(&paths.0, names, now) || !paths.1.exists() {
                make(&paths.0, &paths.1, names, now)?;
            }
            paths
        }
    };
    let chain = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| not_pem(&certificate, &error))?;
    if chain.is_empty() {
        return Err(TlsError::File { path: certificate, why: "there is no certificate in this file".into() });
    }
    let private = PrivateKeyDer::from_pem_file(&key).map_err(|error| not_pem(&key, &error))?;
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
        .map_err(|error| TlsError::Unusable(error.to_string()))
}

fn not_pem(path: &Path, error: &rustls::pki_types::pem::Error) -> TlsError {
    TlsError::File { path: path.to_owned(), why: error.to_string() }
}

/// The first line of a self-made file (PEM allows text before the block) says for whom and until when it is good.
fn is_current(path: &Path, names: &[String], now: Duration) -> bool {
    let Ok(text) = fs::read_to_string(path) else {
        return false;
    };
    let Some((until, made_for)) = text.lines().next().and_then(|line| {
        let rest = line.strip_prefix("made by kegelbahn, good until day ")?;
        rest.split_once(", for ")
    }) else {
        return false;
    };
    let last_day = now.as_secs() / DAY + RENEWED_BEFORE_DAYS;
    made_for == names.join(" ") && until.parse::<u64>().is_ok_and(|until| until >= last_day)
}

fn make(certificate: &Path, key: &Path, names: &[String], now: Duration) -> Result<(), TlsError> {
    let unusable = |error: rcgen::Error| TlsError::Unusable(error.to_string());
    let today = now.as_secs() / DAY;
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let mut params = CertificateParams::new(names.to_vec()).map_err(unusable)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Kegelbahn");
    // A day early: clocks of the people who come differ.
    params.not_before = epoch + Duration::from_secs(today.saturating_sub(1) * DAY);
    params.not_after = epoch + Duration::from_secs((today + LIFE_DAYS) * DAY);
    let pair = KeyPair::generate().map_err(unusable)?;
    let signed = params.self_signed(&pair).map_err(unusable)?;
    let head = format!("made by kegelbahn, good until day {}, for {}\n", today + LIFE_DAYS, names.join(" "));
    write_private(key, &pair.serialize_pem())?;
    write_private(certificate, &(head + &signed.pem()))
}

/// Readable by nobody else from the first byte on.
fn write_private(path: &Path, text: &str) -> Result<(), TlsError> {
    let failed = |error: std::io::Error| TlsError::File { path: path.to_owned(), why: error.to_string() };
    if path.exists() {
        fs::remove_file(path).map_err(failed)?;
    }
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn directory(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("kegelbahn-tls-{}-{name}", std::process::id()));
        fs::create_dir(&path).unwrap();
        path
    }

    #[test]
    fn a_self_made_certificate_is_kept_until_names_or_time_change() {
        let directory = directory("self-made");
        let source = |names: &[&str]| CertificateSource::SelfMade {
            directory: directory.clone(),
            names: names.iter().map(ToString::to_string).collect(),
        };
        let now = Duration::from_secs(20_000 * DAY);
        let text = || fs::read_to_string(directory.join(OWN_CERTIFICATE)).unwrap();

        config(&source(&["localhost", "127.0.0.1"]), now).unwrap();
        let first = text();
        for file in [OWN_CERTIFICATE, OWN_KEY] {
            let mode = fs::metadata(directory.join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        config(&source(&["localhost", "127.0.0.1"]), now + Duration::from_secs(700 * DAY)).unwrap();
        assert!(text() == first, "still good");
        config(&source(&["localhost", "127.0.0.1"]), now + Duration::from_secs(750 * DAY)).unwrap();
        let second = text();
        assert!(second != first, "too old");
        config(&source(&["kegeln.example"]), now + Duration::from_secs(750 * DAY)).unwrap();
        assert!(text() != second, "other names");
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn files_that_hold_no_certificate_are_named() {
        let directory = directory("files");
        let file = directory.join("empty.pem");
        fs::write(&file, "nothing").unwrap();
        let source = CertificateSource::Files { certificate: file.clone(), key: file.clone() };
        let error = config(&source, Duration::ZERO).unwrap_err().to_string();
        assert!(error.contains("empty.pem") && error.contains("no certificate"), "{error}");
        let missing = CertificateSource::Files { certificate: directory.join("none.pem"), key: file };
        assert!(config(&missing, Duration::ZERO).unwrap_err().to_string().contains("none.pem"));
        fs::remove_dir_all(directory).unwrap();
    }
}
