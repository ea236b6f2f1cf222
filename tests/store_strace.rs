//! `kill -9` of a real process at every system call that changes the disk, with strace as the one that pulls the
//! trigger. Without strace (or without the right to trace) the test says so and passes.

mod store_support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use store_support::scenarios::{SCENARIOS, Scenario, check};
use store_support::*;
use zhulian::store::disk::RealDisk;

const SCENARIO: &str = "ZHULIAN_TEST_STRACE_SCENARIO";
const FOLDER: &str = "ZHULIAN_TEST_STRACE_FOLDER";
/// Every how many calls the process is killed; 1 is every one. The usual value keeps the test short.
const STRIDE: &str = "ZHULIAN_STRACE_STRIDE";
const USUAL_STRIDE: usize = 7;

/// Calls that change what is on the disk, or when it gets there.
const CALLS: [&str; 15] = [
    "write",
    "pwrite64",
    "fdatasync",
    "fsync",
    "sync_file_range",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
    "ftruncate",
    "fallocate",
    "mkdir",
    "mkdirat",
];

/// The child: runs one scenario and prints what it acknowledged.
#[test]
fn child() {
    let (Ok(name), Ok(folder)) = (std::env::var(SCENARIO), std::env::var(FOLDER)) else { return };
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name).unwrap();
    let said = |seq| println!("ack {seq}");
    scenario.run(Arc::new(RealDisk), Path::new(&folder), &said).unwrap();
    println!("done");
}

/// Runs the child under strace with more arguments for it; gives what it acknowledged and whether it came to its end.
fn run(scenario: &Scenario, below: &Path, arguments: &[&str]) -> (u64, bool) {
    let output = Command::new("strace")
        .args(["-f", "-qqq", "-e", &format!("trace={}", CALLS.join(",")), "-e", "signal=none"])
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(SCENARIO, scenario.name)
        .env(FOLDER, below)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let acknowledged = text.lines().filter_map(|line| line.strip_prefix("ack ")?.parse().ok()).max().unwrap_or(0);
    (acknowledged, text.contains("done"))
}

/// Every point at which the scenario can be killed: a call, and which time a thread makes it.
fn points(scenario: &Scenario, below: &Path) -> Vec<(String, usize)> {
    let log = below.with_file_name("log");
    let (_, done) = run(scenario, below, &["-o", log.to_str().unwrap()]);
    assert!(done, "{}", scenario.name);
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in std::fs::read_to_string(log).unwrap().lines() {
        let mut words = line.split([' ', '(']).filter(|word| !word.is_empty());
        if let (Some(thread), Some(call)) = (words.next(), words.next())
            && CALLS.contains(&call)
        {
            *counts.entry((call.to_owned(), thread.to_owned())).or_default() += 1;
        }
    }
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    for ((call, _), count) in counts {
        let seen = most.entry(call).or_default();
        *seen = count.max(*seen);
    }
    most.into_iter().flat_map(|(call, count)| (1..=count).map(move |at| (call.clone(), at))).collect()
}

fn strace_works() -> bool {
    Command::new("strace")
        .args(["-f", "-qqq", "-o", "/dev/null", "-e", "inject=write:signal=SIGKILL:when=1", "echo", "x"])
        .output()
        .is_ok_and(|output| !output.status.success() && output.stdout.is_empty() && output.stderr.is_empty())
}

#[test]
fn killed_at_every_system_call() {
    if !strace_works() {
        println!("skipped: strace is absent or may not trace here");
        return;
    }
    let stride: usize = std::env::var(STRIDE).ok().and_then(|text| text.parse().ok()).unwrap_or(USUAL_STRIDE);
    let folder = fast_folder();
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        let origin = folder.path().join("origin");
        std::fs::create_dir_all(&origin).unwrap();
        scenario.prepare(Arc::new(RealDisk), &origin);
        let below = folder.path().join("run");
        copy_tree(&origin, &below);
        let points = points(scenario, &below);
        std::fs::remove_dir_all(&below).unwrap();
        let mut kills = 0;
        for (call, at) in points.iter().skip(number % stride).step_by(stride) {
            copy_tree(&origin, &below);
            let kill = format!("inject={call}:signal=SIGKILL:when={at}");
            let (acknowledged, done) = run(scenario, &below, &["-o", "/dev/null", "-e", &kill]);
            kills += usize::from(!done);
            check(scenario, Arc::new(RealDisk), &below, acknowledged, &format!("{}, {kill}", scenario.name));
            std::fs::remove_dir_all(&below).unwrap();
        }
        println!("{}: {} points, killed {kills} times", scenario.name, points.len());
        assert!(points.len() > 20 && kills > 20 / stride.min(10), "{}: {kills}", scenario.name);
        std::fs::remove_dir_all(&origin).unwrap();
    }
}
