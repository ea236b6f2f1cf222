//! A city's devices and one server process over real HTTP, on each store there is: as they come within half an hour, all at
//! one moment, and as fast as the server takes them.
//!
//! `cargo bench --bench crowd` is short. The whole of it: `ZHULIAN_CROWD_DEVICES=10000 ZHULIAN_CROWD_SECONDS=180
//! ZHULIAN_CROWD_BURST=500 ZHULIAN_CROWD_CITY=city`. `ZHULIAN_CROWD_STORE=sled` or `postgres` for one store only. Server
//! and devices share the machine, so figures are those of a part of it.

#[path = "../../tests/central_support/mod.rs"]
mod central_support;
#[path = "../city_support/mod.rs"]
mod city_support;
#[path = "../../tests/server_support/mod.rs"]
mod server_support;

mod visitor;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::{RngExt as _, SeedableRng as _};
use server_support::{Postgres, Running, now};
use visitor::{Seen, Visitor};
use zhulian::demo::Size;
use zhulian::domain::worker::Role;

use self::city_support::{Ground, hire, settle};

/// Devices of a city that sync within [`HALF_HOUR`].
const CITY_DEVICES: f64 = 10_000.0;
const HALF_HOUR: f64 = 1_800.0;
/// Visits in a push.
const VISITS: u64 = 50;
/// Lines that push without a pause when the server is asked for all it has.
const LINES: usize = 32;

fn main() {
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let wanted = std::env::var("ZHULIAN_CROWD_STORE").unwrap_or_default();
    if wanted != "postgres" {
        println!("\nsled");
        crowd("sled");
    }
    if wanted != "sled"
        && let Some(postgres) = Postgres::find()
    {
        println!("\nPostgreSQL");
        crowd(&postgres.database());
    }
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn crowd(store: &str) {
    let folder = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let mut visitors = prepared(folder.path(), store);
    let opened = Instant::now();
    let server = Running::start(folder.path(), store, &[]);
    line("server listens after", format!("{:.2} s", opened.elapsed().as_secs_f64()));
    let process = Process(server.child.id());
    line("memory at the start", format!("{:.1} MB", process.kilobytes("VmRSS:") / 1e3));

    let seconds = number("ZHULIAN_CROWD_SECONDS", 10) as f64;
    let rate = CITY_DEVICES / HALF_HOUR;
    let coming = ((seconds * rate) as usize).min(visitors.len() / 2);
    let burst = number("ZHULIAN_CROWD_BURST", 50).min(visitors.len() / 4);
    let mut rest = visitors.split_off(coming);
    let staying = rest.split_off(burst);

    let began = process.seconds();
    let seen = as_they_come(&server.url, visitors, rate);
    tell(&format!("{coming} devices at {rate:.1} a second"), &seen);
    let busy = (process.seconds() - began) / (coming as f64 / rate);
    line("  of one core", format!("{:.0} %", 100.0 * busy));
    tell(&format!("{burst} devices at one moment"), &at_once(&server.url, rest));

    let (count, began, cpu) = (staying.len() as u64, Instant::now(), process.seconds());
    let seen = without_a_pause(&server.url, staying);
    let took = began.elapsed().as_secs_f64();
    tell(&format!("{count} devices on {LINES} lines without a pause"), &seen);
    line("  commands accepted", format!("{:.0} /s", (count * VISITS) as f64 / took));
    line("  server's processor time for a push", format!("{:.1} ms", 1e3 * (process.seconds() - cpu) / count as f64));
    line(
        "memory at the end / the most",
        format!("{:.1} / {:.1} MB", process.kilobytes("VmRSS:") / 1e3, process.kilobytes("VmHWM:") / 1e3),
    );
}

/// A city in the store, with devices that have joined and read everything.
fn prepared(home: &Path, store: &str) -> Vec<Visitor> {
    let began = Instant::now();
    let ground = Ground::open(home, store);
    let named = std::env::var("ZHULIAN_CROWD_CITY").unwrap_or_else(|_| "town".to_owned());
    let size = Size::from_name(&named).unwrap_or_else(|| panic!("no size of that name: {named}"));
    let settled = settle(&ground.authority, now(), size, usize::MAX, number("ZHULIAN_CROWD_VISITS", 3));
    let took = began.elapsed().as_secs_f64();
    line("households, villages", format!("{}, {}", settled.households(), settled.villages.len()));
    line("in-process commands of one device, 500 a push", format!("{:.0} /s", settled.commands as f64 / took));
    let devices = number("ZHULIAN_CROWD_DEVICES", 300);
    let workers = hire(&ground.authority, now(), Role::GridWorker, devices);
    let places: Vec<_> = settled.villages.into_iter().collect();
    let visitors = (0..).zip(workers).map(|(n, worker): (usize, _)| {
        let (village, households) = &places[n % places.len()];
        Visitor::join(&ground.authority, worker, village.clone(), households.clone())
    });
    let mut visitors: Vec<Visitor> = visitors.collect();
    let mut tx = ground.authority.store().begin().unwrap();
    visitors.iter_mut().for_each(|visitor| visitor.read_everything(&mut *tx));
    drop(tx);
    ground.close();
    line("devices joined", visitors.len().to_string());
    visitors
}

/// Each at its own moment, whether the server is done with the others or not.
fn as_they_come(url: &str, visitors: Vec<Visitor>, rate: f64) -> Vec<Seen> {
    let mut chance = rand::rngs::StdRng::seed_from_u64(1);
    let began = Instant::now();
    let mut due = 0.0;
    std::thread::scope(|scope| {
        let mut running = Vec::new();
        for mut visitor in visitors {
            due += -(1.0 - chance.random::<f64>()).ln() / rate;
            let request = visitor.prepare(VISITS);
            let at = began + Duration::from_secs_f64(due);
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            running.push(scope.spawn(move || visitor.sync(url, &request, at)));
        }
        running.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

fn at_once(url: &str, mut visitors: Vec<Visitor>) -> Vec<Seen> {
    let requests: Vec<_> = visitors.iter_mut().map(|visitor| visitor.prepare(VISITS)).collect();
    let at = Instant::now();
    std::thread::scope(|scope| {
        let running: Vec<_> = visitors
            .into_iter()
            .zip(&requests)
            .map(|(mut visitor, request)| scope.spawn(move || visitor.sync(url, request, at)))
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

fn without_a_pause(url: &str, visitors: Vec<Visitor>) -> Vec<Seen> {
    let visitors: Vec<Mutex<Visitor>> = visitors.into_iter().map(Mutex::new).collect();
    let next = AtomicUsize::new(0);
    let seen = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..LINES {
            scope.spawn(|| {
                while let Some(visitor) = visitors.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut visitor = visitor.lock().unwrap();
                    let request = visitor.prepare(VISITS);
                    let one = visitor.sync(url, &request, Instant::now());
                    seen.lock().unwrap().push(one);
                }
            });
        }
    });
    seen.into_inner().unwrap()
}

fn tell(what: &str, seen: &[Seen]) {
    let times = |of: fn(&Seen) -> Duration| {
        let mut times: Vec<f64> =
            seen.iter().filter(|one| one.fault.is_none()).map(|one| of(one).as_secs_f64() * 1e3).collect();
        times.sort_unstable_by(f64::total_cmp);
        let at =
            |share: f64| times.get(((times.len().max(1) - 1) as f64 * share) as usize).copied().unwrap_or(f64::NAN);
        format!("{:.1} / {:.1} / {:.1} ms", at(0.5), at(0.99), at(1.0))
    };
    println!("  {what}");
    line("  push of 50 visits, p50 / p99 / most", times(|one| one.push));
    line("  push and pull, p50 / p99 / most", times(|one| one.whole));
    let faults: Vec<&String> = seen.iter().filter_map(|one| one.fault.as_ref()).collect();
    let waits: u32 = seen.iter().map(|one| one.waits).sum();
    line("  errors; asked to come back later", format!("{}; {waits}", faults.len()));
    if let Some(first) = faults.first() {
        line("  the first of them", (*first).clone());
    }
}

fn line(what: &str, value: String) {
    println!("  {what:<50} {value}");
}

/// What the system tells of a process.
struct Process(u32);

impl Process {
    fn kilobytes(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap_or_default();
        let found = status.lines().find_map(|line| line.strip_prefix(name));
        found.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(f64::NAN)
    }

    /// Processor time so far.
    fn seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0)).unwrap_or_default();
        let after = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let ticks: Vec<f64> = after.split_whitespace().skip(11).take(2).filter_map(|tick| tick.parse().ok()).collect();
        // Linux gives hundredths.
        ticks.iter().sum::<f64>() / 100.0
    }
}
