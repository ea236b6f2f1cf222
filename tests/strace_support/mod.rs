//! Killing a real process at its n-th system call of a kind, with strace as the one that pulls the trigger.
#![allow(dead_code, reason = "each test program uses its part")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

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

/// A point at which a process can be killed: a call, and which time a thread makes it.
#[derive(Debug, Clone)]
pub struct Point {
    call: String,
    at: usize,
}

/// Whether strace is there and may trace; says so where not.
pub fn works() -> bool {
    let works = Command::new("strace")
        .args(["-f", "-qqq", "-o", "/dev/null", "-e", "inject=write:signal=SIGKILL:when=1", "echo", "x"])
        .output()
        .is_ok_and(|output| !output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
    if !works {
        println!("skipped: strace is absent or may not trace here");
    }
    works
}

/// Every point at which the command can be killed. `log` is a file to write to.
pub fn points(command: &Command, log: &Path) -> (Output, Vec<Point>) {
    let output = run(command, &["-o", log.to_str().unwrap()]);
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
    let points = most.into_iter().flat_map(|(call, count)| (1..=count).map(move |at| Point { call: call.clone(), at }));
    (output, points.collect())
}

/// Runs the command and kills it at a point.
pub fn killed(command: &Command, point: &Point) -> Output {
    run(command, &["-o", "/dev/null", "-e", &format!("inject={}:signal=SIGKILL:when={}", point.call, point.at)])
}

/// Runs the command and lets a call fail at a point with an error such as `EIO`.
pub fn failing(command: &Command, point: &Point, error: &str) -> Output {
    run(command, &["-o", "/dev/null", "-e", &format!("inject={}:error={error}:when={}", point.call, point.at)])
}

fn run(command: &Command, arguments: &[&str]) -> Output {
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-qqq", "-e", &format!("trace={}", CALLS.join(",")), "-e", "signal=none"])
        .args(arguments)
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(name, value),
            None => traced.env_remove(name),
        };
    }
    traced.output().unwrap()
}
