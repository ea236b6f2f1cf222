//! A device's first sync over a slow line, a sync without changes of one that holds much, and how fast it takes in what
//! others did: the program itself on both ends, with a line of a stated delay and rate between them.
//!
//! `cargo bench --bench first_sync`; `ZHULIAN_SYNC_HOLDS=town` (the default, about 50,000 records with their visits) or
//! another size of the demo for the device that holds much, `ZHULIAN_SYNC_LINE=no` to leave out the slow line.

#[path = "../../tests/central_support/mod.rs"]
mod central_support;
#[path = "../city_support/mod.rs"]
mod city_support;
#[path = "../../tests/server_support/mod.rs"]
mod server_support;

mod relay;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use server_support::{Running, now, program};
use zhulian::demo::Size;

use self::city_support::{Ground, Settled, settle};
use self::relay::{BARE, Line, Relay};

/// The line of the budget.
const SLOW: Line = Line { round_trip: Duration::from_millis(200), bits_per_second: 1e6 };
/// Visits of a household at most: all that the demo has.
const HISTORY: usize = 40;
/// Changes that others made.
const CHANGES: usize = 15_000;

fn main() {
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    if std::env::var_os("ZHULIAN_SYNC_LINE").is_none_or(|line| line != "no") {
        slow();
    }
    much();
}

/// A worker's households over a slow line.
fn slow() {
    println!("\n500 households with their history");
    let (mut county, device) = County::new(Size::Village, 500);
    county.relay.lead(&county.server().url, SLOW);
    device.tell("first sync, 1 Mbit/s, 200 ms");
    device.tell("sync without changes, the same line");
    county.relay.lead(&county.server().url, BARE);
    let (second, _) = county.device("李四");
    second.tell("first sync of another device, bare loopback");
}

/// A device that holds much.
fn much() {
    let named = std::env::var("ZHULIAN_SYNC_HOLDS").unwrap_or_else(|_| "town".to_owned());
    let size = Size::from_name(&named).unwrap_or_else(|| panic!("no size of that name: {named}"));
    println!("\n{named}");
    let (mut county, device) = County::new(size, usize::MAX);
    county.relay.lead(&county.server().url, BARE);
    device.tell("first sync, bare loopback");
    for _ in 0..3 {
        device.tell("sync without changes, bare loopback");
    }
    county.relay.lead(&county.server().url, SLOW);
    device.tell("sync without changes, 1 Mbit/s, 200 ms");
    county.others_work();
    county.relay.lead(&county.server().url, BARE);
    let (pulled, ms) = device.tell("what others did, bare loopback");
    println!("  {:<48} {:.0} /s", "changes taken in", pulled * 1000.0 / ms);
    println!("  {} records now", county.settled.records + CHANGES);
    device.tell("sync without changes, bare loopback");
}

/// A server with its households, and the line to it.
struct County {
    folder: tempfile::TempDir,
    server: Option<Running>,
    relay: Relay,
    settled: Settled,
    devices: usize,
}

impl County {
    fn new(size: Size, most: usize) -> (County, Device) {
        let folder = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
        let ground = Ground::open(&folder.path().join("server"), "sled");
        let settled = settle(&ground.authority, now(), size, most, HISTORY);
        ground.close();
        println!("  {} households, {} records", settled.households(), settled.records);
        let server = Running::start(&folder.path().join("server"), "sled", &[]);
        let relay = Relay::new();
        relay.lead(&server.url, BARE);
        let mut county = County { folder, server: Some(server), relay, settled, devices: 0 };
        let (device, _) = county.device("王五");
        (county, device)
    }

    fn server(&self) -> &Running {
        self.server.as_ref().expect("it runs but while others work")
    }

    /// A device of a worker with everything there is, joined.
    fn device(&mut self, worker: &str) -> (Device, Value) {
        self.devices += 1;
        let territory = self.settled.territory.as_str().to_owned();
        self.server().admin(&["worker", "add", worker, "--territory", &territory]);
        let code = self.server().admin(&["device", "code", "--worker", worker]);
        let device = Device(self.folder.path().join(self.devices.to_string()));
        let joined = device.run(&["enroll", &self.relay.url, code["code"].as_str().unwrap()]);
        (device, joined)
    }

    /// While nobody looks, another device's visits arrive.
    fn others_work(&mut self) {
        assert!(self.server.take().expect("it runs").end().success());
        let home = self.folder.path().join("server");
        let ground = Ground::open(&home, "sled");
        self.settled.visit_again(&ground.authority, now(), CHANGES);
        ground.close();
        self.server = Some(Running::start(&home, "sled", &[]));
    }
}

/// A device's home.
struct Device(PathBuf);

impl Device {
    fn run(&self, args: &[&str]) -> Value {
        let ran = program(&self.0).arg("--json").args(args).output().unwrap();
        assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
        serde_json::from_slice(&ran.stdout).unwrap()
    }

    /// Syncs and tells how long it took: what came, and the milliseconds of the round.
    fn tell(&self, what: &str) -> (f64, f64) {
        let began = Instant::now();
        let summary = self.run(&["sync"]);
        let whole = began.elapsed().as_secs_f64() * 1e3;
        let number = |name: &str| summary[name].as_f64().unwrap_or(f64::NAN);
        println!(
            "  {what:<48} {:>6.0} ms ({whole:.0} ms with the program's start), {} requests, {} came, {:.1} kB up, {:.1} kB down",
            number("ms"),
            number("rounds"),
            number("pulled"),
            number("bytes_up") / 1e3,
            number("bytes_down") / 1e3,
        );
        (number("pulled"), number("ms"))
    }
}
