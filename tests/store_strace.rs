//! `kill -9` of a real process at every system call that changes the disk, with strace as the one that pulls the
//! trigger. Without strace (or without the right to trace) the test says so and passes.

mod store_support;
mod strace_support;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use store_support::scenarios::{SCENARIOS, Scenario, check};
use store_support::*;
use zhulian::store::disk::RealDisk;

const SCENARIO: &str = "ZHULIAN_TEST_STRACE_SCENARIO";
const FOLDER: &str = "ZHULIAN_TEST_STRACE_FOLDER";
/// Every how many calls the process is killed; 1 is every one. The usual value keeps the test short.
const STRIDE: &str = "ZHULIAN_STRACE_STRIDE";
const USUAL_STRIDE: usize = 7;

/// The child: runs one scenario and prints what it acknowledged.
#[test]
fn child() {
    let (Ok(name), Ok(folder)) = (std::env::var(SCENARIO), std::env::var(FOLDER)) else { return };
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name).unwrap();
    let said = |seq| println!("ack {seq}");
    scenario.run(Arc::new(RealDisk), Path::new(&folder), &said).unwrap();
    println!("done");
}

/// The child's command line.
fn command(scenario: &Scenario, below: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(SCENARIO, scenario.name)
        .env(FOLDER, below);
    command
}

/// What the child acknowledged, and whether it came to its end.
fn said(output: &Output) -> (u64, bool) {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let acknowledged = text.lines().filter_map(|line| line.strip_prefix("ack ")?.parse().ok()).max().unwrap_or(0);
    (acknowledged, text.contains("done"))
}

#[test]
fn killed_at_every_system_call() {
    if !strace_support::works() {
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
        let (whole, points) = strace_support::points(&command(scenario, &below), &folder.path().join("log"));
        assert!(said(&whole).1, "{}", scenario.name);
        std::fs::remove_dir_all(&below).unwrap();
        let mut kills = 0;
        for point in points.iter().skip(number % stride).step_by(stride) {
            copy_tree(&origin, &below);
            let (acknowledged, done) = said(&strace_support::killed(&command(scenario, &below), point));
            kills += usize::from(!done);
            check(scenario, Arc::new(RealDisk), &below, acknowledged, &format!("{}, {point:?}", scenario.name));
            std::fs::remove_dir_all(&below).unwrap();
        }
        println!("{}: {} points, killed {kills} times", scenario.name, points.len());
        assert!(points.len() > 20 && kills > 20 / stride.min(10), "{}: {kills}", scenario.name);
        std::fs::remove_dir_all(&origin).unwrap();
    }
}
