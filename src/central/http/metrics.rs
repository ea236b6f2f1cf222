//! What operators measure, in the text format of Prometheus.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::sync::protocol::{Outcome, PushReply};

type Labels = Vec<(&'static str, String)>;

/// Upper bounds of the times, in seconds.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Counters of one server process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
    commands: Family<Labels, Counter>,
    pulled: Counter,
    joined: Counter,
    waiting: Gauge,
    working: Gauge,
    connections: Gauge,
    resident: Gauge<i64, std::sync::atomic::AtomicI64>,
    started: Gauge<u64, AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::with_prefix("zhulian");
        let metrics = Metrics {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            commands: Family::default(),
            pulled: Counter::default(),
            joined: Counter::default(),
            waiting: Gauge::default(),
            working: Gauge::default(),
            connections: Gauge::default(),
            resident: Gauge::default(),
            started: Gauge::default(),
            registry: Registry::default(),
        };
        let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        metrics.started.set(started.map_or(0, |since| since.as_secs()));
        registry.register("http_requests", "Requests answered, by route and status", metrics.requests.clone());
        registry.register("http_seconds", "Time from head to answer, by route", metrics.seconds.clone());
        registry.register(
            "commands",
            "Verdicts given, by outcome; those sent again count again",
            metrics.commands.clone(),
        );
        registry.register("items_sent", "Feed entries and bootstrap items sent", metrics.pulled.clone());
        registry.register("devices_joined", "Devices that joined with a code", metrics.joined.clone());
        registry.register("requests_waiting", "Requests in line before the authority", metrics.waiting.clone());
        registry.register("requests_working", "Requests that the authority works on", metrics.working.clone());
        registry.register("connections", "Connections that are open", metrics.connections.clone());
        registry.register("resident_bytes", "Resident memory of the process", metrics.resident.clone());
        registry.register("started_seconds", "When the process started, since 1970", metrics.started.clone());
        Metrics { registry, ..metrics }
    }
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        let route = ("route", route.to_owned());
        self.requests.get_or_create(&vec![route.clone(), ("status", status.to_string())]).inc();
        self.seconds.get_or_create(&vec![route]).observe(took.as_secs_f64());
    }

    /// A push got its verdicts.
    pub fn pushed(&self, reply: &PushReply) {
        for verdict in &reply.verdicts {
            let outcome = match verdict.outcome {
                Outcome::Applied => "applied",
                Outcome::Merged { .. } => "merged",
                _ if verdict.outcome.waits() => "waiting",
                Outcome::Refused { .. } => "refused",
            };
            self.commands.get_or_create(&vec![("outcome", outcome.to_owned())]).inc();
        }
    }

    /// Entries or items were sent.
    pub fn pulled(&self, count: usize) {
        self.pulled.inc_by(count as u64);
    }

    /// A device joined.
    pub fn joined(&self) {
        self.joined.inc();
    }

    /// Everything, as text.
    pub fn text(&self, waiting: usize, working: usize, connections: usize) -> String {
        self.connections.set(i64::try_from(connections).unwrap_or(i64::MAX));
        self.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        self.working.set(i64::try_from(working).unwrap_or(i64::MAX));
        if let Some(bytes) = resident_bytes() {
            self.resident.set(bytes);
        }
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Resident memory, where the system tells (Linux).
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}
