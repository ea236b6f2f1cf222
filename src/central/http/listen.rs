//! Listening, TLS, and the graceful end.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::crowd::Counted;
use super::{Service, routes};
use crate::i18n::{Explain, Lang, link as say};

/// A certificate chain and its key, in PEM form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// Where and how to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// The address; port 0 picks a free one.
    pub listen: SocketAddr,
    /// With TLS, or without.
    pub tls: Option<Tls>,
}

/// The server takes requests from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// Where.
    pub address: SocketAddr,
    /// Whether with TLS.
    pub tls: bool,
}

/// Why the server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be had. `serve.address`
    #[error("{address}: {error}")]
    Address {
        /// Which.
        address: SocketAddr,
        /// The system's answer.
        error: io::Error,
    },
    /// Certificate or key cannot be used. `serve.tls`
    #[error("{0}")]
    Tls(String),
}

impl Explain for ServeError {
    fn code(&self) -> &str {
        match self {
            ServeError::Address { .. } => "serve.address",
            ServeError::Tls(_) => "serve.tls",
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            ServeError::Address { .. } => Some("listen"),
            ServeError::Tls(_) => Some("tls_cert"),
        }
    }
    fn message(&self, lang: Lang) -> String {
        match self {
            ServeError::Address { .. } => say::address(lang, &self.to_string()),
            ServeError::Tls(detail) => say::tls(lang, detail),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            ServeError::Address { .. } => say::address_remedy(lang).into(),
            ServeError::Tls(_) => say::tls_remedy(lang).into(),
        }
    }
}

/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(15);
/// How often claims whose lease is over are taken back, and old bytes are looked at.
const SWEEP: Duration = Duration::from_secs(60);
/// What is looked at each time: units, commands that wait, verdicts.
const AT_ONCE: usize = 500;

/// Serves until the process gets SIGTERM or SIGINT; requests that have begun are finished within the grace. `ready` is
/// told when the port is open.
///
/// # Errors
/// [`ServeError`].
pub fn serve(service: Arc<Service>, serving: &Serving, ready: impl FnOnce(Ready)) -> Result<(), ServeError> {
    let tls = serving.tls.as_ref().map(certificate).transpose()?;
    let address = serving.listen;
    let told = |error: io::Error| ServeError::Address { address, error };
    let listener = TcpListener::bind(address).map_err(told)?;
    listener.set_nonblocking(true).map_err(told)?;
    let bound = listener.local_addr().map_err(told)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("http")
        .max_blocking_threads(service.limits.concurrent + 4)
        .build()
        .map_err(told)?;
    let done = runtime.block_on(async {
        let handle = Handle::new();
        tokio::spawn(end_on_signal(service.clone(), handle.clone()));
        tokio::spawn(sweep(service.clone()));
        let routes = routes::router(service.clone()).into_make_service();
        let (counting, busy) = (service.clone(), routes::busy(service.clone()));
        ready(Ready { address: bound, tls: tls.is_some() });
        match tls {
            Some(config) => {
                let mut server = axum_server::from_tcp_rustls(listener, config)?
                    .map(|acceptor| Counted::new(acceptor, counting, busy))
                    .handle(handle);
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
                server.serve(routes).await
            }
            None => {
                let mut server = axum_server::from_tcp(listener)?
                    .map(|acceptor| Counted::new(acceptor, counting, busy))
                    .handle(handle);
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
                server.serve(routes).await
            }
        }
    });
    // Work that still runs beside the runtime holds the store; it is waited for.
    runtime.shutdown_timeout(service.limits.grace);
    done.map_err(told)
}

async fn end_on_signal(service: Arc<Service>, handle: Handle<SocketAddr>) {
    use tokio::signal::unix::{SignalKind, signal};
    let (term, int) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut term), Ok(mut int)) = (term, int) else {
        tracing::error!("signals cannot be listened to; the server ends only by force");
        return;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    service.ending.store(true, Ordering::Relaxed);
    tracing::info!("ending");
    handle.graceful_shutdown(Some(service.limits.grace));
}

/// Upkeep, for ever: claims whose lease and grace are over, commands that wait, old bytes. Of several servers on one store
/// one does it each time.
async fn sweep(service: Arc<Service>) {
    let mut ticks = tokio::time::interval(SWEEP);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let kept = service.blocking(|service| {
            let now = Service::now();
            Ok(service.authority.upkeep(now, SWEEP, AT_ONCE, service.limits.keep_days)?)
        });
        match kept.await {
            Ok(None | Some(0)) => {}
            Ok(Some(claims)) => tracing::info!(claims, "leases over"),
            Err(failure) => tracing::warn!(code = failure.code(), "upkeep failed"),
        }
    }
}

fn certificate(tls: &Tls) -> Result<RustlsConfig, ServeError> {
    let bad = |path: &PathBuf, detail: String| ServeError::Tls(format!("{}: {detail}", path.display()));
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| bad(&tls.certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(bad(&tls.certificate, "no certificate in it".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| bad(&tls.key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| bad(&tls.key, error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
