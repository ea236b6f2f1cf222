//! A server process over real HTTP, on each store there is, beside its bare limits.
//!
//! `cargo bench --bench server`; `ZHULIAN_BENCH_CLIENTS` and `ZHULIAN_BENCH_PUSHES` for a longer storm. Server and clients
//! share the machine, so figures are those of half of it.

#[path = "../tests/central_support/mod.rs"]
mod central_support;
#[path = "../tests/server_support/mod.rs"]
mod server_support;

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use central_support::device::Device;
use central_support::words::{household, region, visit};
use server_support::{Postgres, Running, now};
use zhulian::domain::command::{Command, CommandId, Envelope};
use zhulian::domain::moment::Hlc;
use zhulian::domain::worker::Role;
use zhulian::sync::client::{Client, Local as _};
use zhulian::sync::http::{Link, Summary, round};

/// Households of each client.
const HOUSEHOLDS: u16 = 25;
/// Visits in a push.
const VISITS: u16 = 50;

fn main() {
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let postgres = Postgres::find();
    let stores = std::iter::once("sled".to_owned()).chain(postgres.as_ref().map(Postgres::database));
    for store in stores {
        let folder = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
        let server = Running::start(folder.path(), &store, &[]);
        println!("\n{}", if store == "sled" { "sled" } else { "PostgreSQL" });
        let mut clients = clients(&server);
        storm(&mut clients, folder.path());
        let (device, link) = &mut clients[0];
        thousand(device, link);
        idle(device, link, &server.url);
        let metrics = get(&server.url, "/metrics");
        let resident = metrics.lines().find_map(|line| line.strip_prefix("zhulian_resident_bytes ")).unwrap_or("0");
        println!("  resident memory of the server      {:>9.1} MB", resident.parse::<f64>().unwrap_or(0.0) / 1e6);
    }
}

fn number(name: &str, default: u16) -> u16 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn clients(server: &Running) -> Vec<(Device, Link)> {
    (1..=number("ZHULIAN_BENCH_CLIENTS", 20))
        .map(|n| {
            let (mut device, mut link) = server.join(n, region(n).as_str());
            for of in 0..HOUSEHOLDS {
                say(&mut device, household(HOUSEHOLDS * n + of, n));
            }
            sync(&mut device, &mut link);
            (device, link)
        })
        .collect()
}

fn say(device: &mut Device, command: Command) {
    let at = now();
    let id = CommandId { device: device.id, seq: device.last_seq() + 1 };
    device.write(Envelope { id, hlc: Hlc::at(at), at, worker: device.worker, role: Role::GridWorker, command });
}

fn visits(device: &mut Device, count: u16) {
    let (by, begin) = (device.worker, device.last_seq());
    let first: Envelope = rmp_serde::from_slice(&device.said[0].bytes.0).unwrap();
    for n in 0..count {
        let Command::RegisterHousehold { records } = &first.command else { unreachable!("the first is a household") };
        let own = records[0].key().id.bytes();
        let base = u16::from_be_bytes([own[14], own[15]]);
        let name = u16::try_from(begin).unwrap().wrapping_add(n);
        let mut command = visit(name, base + n % HOUSEHOLDS, by, now());
        if let Command::LogVisit { visit, .. } = &mut command {
            visit.id = zhulian::domain::id::VisitId::new();
            visit.note = "入户走访，老人身体尚可，反映屋顶漏雨，已联系村委安排修缮。".into();
        }
        say(device, command);
    }
}

fn sync(device: &mut Device, link: &mut Link) -> Summary {
    round(link, device, Client::default(), &mut |_| {}).unwrap()
}

/// Every client pushes at one time.
fn storm(clients: &mut [(Device, Link)], folder: &Path) {
    let pushes = number("ZHULIAN_BENCH_PUSHES", 10);
    let began = Instant::now();
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let running: Vec<_> = clients
            .iter_mut()
            .map(|(device, link)| {
                scope.spawn(move || {
                    let mut times = Vec::new();
                    for _ in 0..pushes {
                        visits(device, VISITS);
                        let mut client = Client::default();
                        let request = client.next(device).unwrap().unwrap();
                        let sent = Instant::now();
                        let reply = link.exchange(&request).unwrap();
                        times.push(sent.elapsed());
                        client.take(device, reply).unwrap();
                    }
                    times
                })
            })
            .collect();
        running.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let took = began.elapsed();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    let commands = times.len() * usize::from(VISITS);
    println!("  commands accepted                  {:>9.0} /s", commands as f64 / took.as_secs_f64());
    println!(
        "  push of {VISITS} commands, p50 / p99     {:>9.1} / {:.1} ms, {} clients",
        at(0.5),
        at(0.99),
        clients.len()
    );
    println!("  bare append + fdatasync            {:>9.3} ms", bare(folder));
    for (device, link) in clients {
        sync(device, link);
    }
}

/// What the disk itself takes for 20 kB.
fn bare(folder: &Path) -> f64 {
    let mut file = std::fs::File::create(folder.join("bare")).unwrap();
    let mut times: Vec<Duration> = (0..50)
        .map(|_| {
            let began = Instant::now();
            file.write_all(&[7; 20_000]).unwrap();
            file.sync_data().unwrap();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[25].as_secs_f64() * 1000.0
}

/// A thousand visits from one device, end to end: up, verdicts, and back in its own feed.
fn thousand(device: &mut Device, link: &mut Link) {
    visits(device, 1000);
    let summary = sync(device, link);
    assert_eq!(summary.verdicts.applied, 1000, "every one of them stands");
    let per_visit = summary.bytes_up as f64 / 1000.0;
    println!("  1,000 visits end to end            {:>9} ms, {per_visit:.0} bytes up each", summary.ms);
}

/// A sync without changes, beside the least that HTTP can do.
fn idle(device: &mut Device, link: &mut Link, url: &str) {
    let mut bytes = 0;
    let mut syncs: Vec<Duration> = (0..200)
        .map(|_| {
            let began = Instant::now();
            let summary = sync(device, link);
            bytes = summary.bytes_up + summary.bytes_down;
            assert_eq!(summary.rounds, 1);
            began.elapsed()
        })
        .collect();
    let mut hellos: Vec<Duration> = (0..200)
        .map(|_| {
            let began = Instant::now();
            link.hello().unwrap().unwrap();
            began.elapsed()
        })
        .collect();
    hellos.sort_unstable();
    println!("  hello                              {:>9.2} ms", hellos[100].as_secs_f64() * 1000.0);
    let agent = ureq::Agent::new_with_defaults();
    let mut bare: Vec<Duration> = (0..200)
        .map(|_| {
            let began = Instant::now();
            agent.get(format!("{url}/healthz")).call().unwrap().body_mut().read_to_vec().unwrap();
            began.elapsed()
        })
        .collect();
    syncs.sort_unstable();
    bare.sort_unstable();
    let (own, bare) = (syncs[100].as_secs_f64() * 1000.0, bare[100].as_secs_f64() * 1000.0);
    println!("  sync without changes               {own:>9.2} ms, {bytes} bytes (bare request {bare:.2} ms)");
}

fn get(url: &str, path: &str) -> String {
    let agent = ureq::Agent::new_with_defaults();
    agent.get(format!("{url}{path}")).call().unwrap().body_mut().read_to_string().unwrap()
}
