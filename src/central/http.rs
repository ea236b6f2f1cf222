//! The server's HTTP interface: routes, limits, signatures, metrics. What is said stands in [`crate::sync::protocol`],
//! how it travels in [`crate::sync::http`].
//!
//! The authority blocks, so it runs beside the runtime: at most [`Limits::concurrent`] calls at once, at most
//! [`Limits::waiting`] more in line, and everybody else is told to come back ([`ProtocolError::Busy`]).
//!
//! | to find | look in |
//! |---|---|
//! | the routes, and what each does | `routes` |
//! | errors as answers: status, body, `Retry-After` | `answer` |
//! | how many connections may be open | `crowd` |
//! | what is told to operators | `metrics`, `openapi` |
//! | listening, TLS, the graceful end | `listen` |

mod answer;
mod crowd;
mod listen;
mod metrics;
mod openapi;
mod routes;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use tokio::sync::Semaphore;

pub use answer::Failure;
pub use listen::{Ready, ServeError, Serving, Tls, serve};

use self::metrics::Metrics;
use super::authority::Authority;
use super::enrolment::County;
use crate::domain::moment::Moment;
use crate::sync::http::seal::{Seal, Signed};
use crate::sync::protocol::{MAX_PUSH, ProtocolError, Secret};

/// What the server takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests that the authority works on at once.
    pub concurrent: usize,
    /// Requests that wait for it; more are told to come back.
    pub waiting: usize,
    /// The longest that one waits.
    pub wait: Duration,
    /// The longest that a request may take, from its head to its answer.
    pub request: Duration,
    /// Connections that may be open; who comes beyond them is told to come back.
    pub connections: usize,
    /// Bytes of commands that stand are kept for so many days; see
    /// [`Authority::sweep_and_trim`](super::authority::Authority::sweep_and_trim).
    pub keep_days: i64,
    /// The largest body, in bytes as it travels.
    pub body: usize,
    /// How long requests that have begun may go on after the server was told to end.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            concurrent: 8,
            waiting: 512,
            wait: Duration::from_secs(10),
            request: Duration::from_secs(60),
            connections: 4096,
            keep_days: 365,
            body: MAX_PUSH + (256 << 10),
            grace: Duration::from_secs(20),
        }
    }
}

/// A county behind HTTP.
pub struct Service {
    authority: Authority,
    county: Arc<dyn County>,
    limits: Limits,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    connections: AtomicUsize,
    ending: AtomicBool,
    metrics: Metrics,
}

impl Service {
    /// Over that store, which must be founded.
    pub fn new(county: Arc<dyn County>, limits: Limits) -> Arc<Service> {
        Arc::new(Service {
            authority: Authority::new(county.clone()),
            county,
            limits,
            permits: Arc::new(Semaphore::new(limits.concurrent.max(1))),
            waiting: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            ending: AtomicBool::new(false),
            metrics: Metrics::default(),
        })
    }

    /// The authority.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The store.
    pub fn county(&self) -> &Arc<dyn County> {
        &self.county
    }

    /// The server's clock.
    pub fn now() -> Moment {
        Moment::from_system(SystemTime::now())
    }

    /// Does what blocks, beside the runtime and within the limits. A request that was given up while it ran holds its
    /// place until it is done.
    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Service) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let line = Line::join(self).ok_or_else(busy)?;
        let permit = tokio::time::timeout(self.limits.wait, self.permits.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(busy()) };
        drop(line);
        let service = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(&service)
        });
        done.await.unwrap_or_else(|_| Err(ProtocolError::Failed { detail: "a fault of the program".into() }.into()))
    }

    /// Whether a request is its device's. A revoked device is still known: what it had is kept for a supervisor.
    fn check(&self, seal: Option<&Seal>, signed: Signed<'_>) -> Result<(), Failure> {
        let seal = seal.ok_or(Failure::Unsigned)?;
        if !seal.is_near(Service::now()) {
            return Err(Failure::Stale);
        }
        let held = self.county.begin().and_then(|mut tx| tx.peek_device(seal.device));
        let device = held.map_err(ProtocolError::from)?.ok_or(ProtocolError::UnknownDevice)?;
        let key = device.secret.0.as_slice().try_into();
        let key = key.map_err(|_| ProtocolError::Failed { detail: "a device without a key".into() })?;
        if seal.fits(&Secret::new(key), signed) { Ok(()) } else { Err(ProtocolError::Forged.into()) }
    }
}

fn busy() -> Failure {
    use rand::RngExt as _;
    // With chance in it, so that those who are turned away do not come back together.
    ProtocolError::Busy { retry_after: rand::rng().random_range(1..=8) }.into()
}

/// A place in the line before the authority.
struct Line<'s>(&'s Service);

impl Line<'_> {
    fn join(service: &Service) -> Option<Line<'_>> {
        let before = service.waiting.fetch_add(1, Ordering::Relaxed);
        let line = Line(service);
        (before < service.limits.waiting).then_some(line)
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
