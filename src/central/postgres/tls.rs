//! TLS to the database, as its address asks for it.
//!
//! | `sslmode` | is |
//! |---|---|
//! | none, `disable`, `allow`, `prefer` | not encrypted: for a socket of this machine or a network of one's own |
//! | `require` | encrypted; who answers is not checked, unless `sslrootcert` names a certificate to trust |
//! | `verify-full` | encrypted, and the certificate must be that host's, by `sslrootcert` or the public authorities |
//!
//! These are libpq's names; what is not offered here (`verify-ca`) is refused, and never silently less than was asked for.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::central::store::StoreFault;

/// How connections are made.
#[derive(Clone)]
pub enum Transport {
    /// Unencrypted.
    Plain,
    /// With TLS.
    Tls(MakeRustlsConnect),
}

/// An address without what only this module understands, and how to connect.
///
/// # Errors
/// `central.failed`: a mode that is not offered, or a certificate file that cannot be read.
pub fn transport(url: &str) -> Result<(String, Transport), StoreFault> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut trusted, mut rest) = (String::new(), None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => value.clone_into(&mut mode),
            Some(("sslrootcert", value)) => trusted = Some(PathBuf::from(decoded(value))),
            _ => rest.push(pair),
        }
    }
    let verified = match mode.as_str() {
        "" | "disable" | "allow" | "prefer" => None,
        "require" => Some(trusted.is_some()),
        "verify-full" => Some(true),
        // The mode is one of a few words; what else stands there is not repeated.
        "verify-ca" => return Err(failed("sslmode=verify-ca is not offered; use verify-full")),
        _ => return Err(failed("an unknown sslmode; use disable, require or verify-full")),
    };
    let transport = match verified {
        None => Transport::Plain,
        Some(verified) => {
            rest.push("sslmode=require");
            Transport::Tls(MakeRustlsConnect::new(config(verified, trusted)?))
        }
    };
    let query = rest.join("&");
    Ok((if query.is_empty() { address.to_owned() } else { format!("{address}?{query}") }, transport))
}

fn failed(detail: impl Into<String>) -> StoreFault {
    StoreFault::Failed(detail.into())
}

/// `%2F` and the like.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code =
            (*first == b'%').then(|| after.get(..2)).flatten().and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn config(verified: bool, trusted: Option<PathBuf>) -> Result<ClientConfig, StoreFault> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?;
    if !verified {
        let anyone = Arc::new(Anyone { provider });
        return Ok(builder.dangerous().with_custom_certificate_verifier(anyone).with_no_client_auth());
    }
    let mut roots = RootCertStore::empty();
    match trusted {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let bad = |detail: String| failed(format!("sslrootcert {}: {detail}", path.display()));
            let certificates = CertificateDer::pem_file_iter(&path).map_err(|error| bad(error.to_string()))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| bad(error.to_string()))?;
                roots.add(certificate).map_err(|error| bad(error.to_string()))?;
            }
            if roots.is_empty() {
                return Err(bad("no certificate in it".to_owned()));
            }
        }
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Takes any certificate: `sslmode=require` keeps listeners out, and nobody who stands in between.
#[derive(Debug)]
struct Anyone {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_to_connect() {
        let check = |url: &str, expected: Result<(&str, bool), &str>| {
            let found = transport(url);
            let found = found.as_ref().map(|(url, way)| (url.as_str(), matches!(way, Transport::Tls(_))));
            match (found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{url}"),
                (Err(StoreFault::Failed(detail)), Err(expected)) => {
                    assert!(detail.contains(expected) && !detail.contains("geheim"), "{url}: {detail}");
                }
                (found, expected) => panic!("{url}: {found:?} {expected:?}"),
            }
        };
        check("postgres://u:geheim@h/db", Ok(("postgres://u:geheim@h/db", false)));
        check("postgres://u@h/db?sslmode=disable", Ok(("postgres://u@h/db", false)));
        check(
            "postgres://u@h/db?connect_timeout=3&sslmode=require",
            Ok(("postgres://u@h/db?connect_timeout=3&sslmode=require", true)),
        );
        check("postgres://u@h/db?sslmode=verify-full", Ok(("postgres://u@h/db?sslmode=require", true)));
        check("postgres://u:geheim@h/db?sslmode=verify-ca", Err("use verify-full"));
        check("postgres://u:geheim@h/db?sslmode=geheim", Err("unknown sslmode"));
        check("postgres://u:geheim@h/db?sslmode=verify-full&sslrootcert=%2Fno%2Fsuch", Err("/no/such"));
        assert_eq!(decoded("a%2Fb%zz%"), "a/b%zz%");
    }
}
