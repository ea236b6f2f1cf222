//! `kill -9` of a real process at random moments: what it acknowledged is there, and nothing is half there.
//!
//! The child is this test binary, started again with a folder in its environment. It appends, groups, compacts, writes
//! rows and snapshots as its seed says, and prints every acknowledgement before it goes on.

mod store_support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use store_support::*;
use zhulian::store::{Finding, Home, KeyMode, RowsPart, Store, Unlock};

const HOME: &str = "ZHULIAN_TEST_KILL_HOME";
const SEED: &str = "ZHULIAN_TEST_KILL_SEED";
/// More cycles than usual, for a long run.
const CYCLES: &str = "ZHULIAN_KILL_CYCLES";
const USUAL_CYCLES: u64 = 500;
/// After so many cycles the history is long enough, and a fresh home begins.
const CYCLES_PER_HOME: u64 = 50;

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").unwrap();
    out.flush().unwrap();
}

/// The child. Without the folder in its environment it has nothing to do.
#[test]
fn child() {
    let Ok(root) = std::env::var(HOME) else { return };
    let mut rng = StdRng::seed_from_u64(std::env::var(SEED).unwrap().parse().unwrap());
    let home = Home::new(root);
    let store = if home.exists().unwrap() {
        Store::open(home, &Unlock::Nothing).unwrap().0
    } else {
        Store::create(home, &KeyMode::KeyFile).unwrap().0
    };
    store.recover(turn).unwrap();
    say(&format!("ack {}", store.last_seq()));
    loop {
        match rng.random_range(0..100) {
            0..80 => {
                let seq = store.append(&tagged(store.last_seq() + 1, 0)).unwrap();
                say(&format!("ack {seq}"));
                apply(&store, seq);
            }
            80..92 => {
                let first = store.last_seq() + 1;
                let last = first + rng.random_range(0..60);
                let seqs = store.append_group((first..=last).map(|n| tagged(n, last))).unwrap();
                assert_eq!(seqs, first..last + 1);
                say(&format!("ack {last}"));
                (first..=last).for_each(|seq| apply(&store, seq));
            }
            92..94 => drop(store.compact(store.last_seq().saturating_sub(100), &mut |_, _| {}).unwrap()),
            94..96 => store.checkpoint().unwrap(),
            96..97 => store.snapshot(&mut |_, _| {}).unwrap(),
            97..98 => store.settle().unwrap(),
            _ => store.write_rows(store.applied_seq().unwrap(), &[vec![1; 5000]], &[vec![2; 5000]]).unwrap(),
        }
    }
}

/// An entry that says which group it belongs to by the group's last number (0: none).
fn tagged(n: u64, last_of_group: u64) -> Vec<u8> {
    format!("{n} {last_of_group} :{}", "走访记录".repeat((n % 23) as usize * 8)).into_bytes()
}

fn tag(entry: &[u8]) -> (u64, u64) {
    let mut words = std::str::from_utf8(entry).unwrap().split(' ').map(|word| word.parse().unwrap_or(0));
    (words.next().unwrap(), words.next().unwrap())
}

fn apply(store: &Store, seq: u64) {
    let index = store.index().unwrap();
    let batch = turn(&*index, seq, &store.entry(seq).unwrap()).unwrap();
    drop(index);
    store.apply(seq, &batch).unwrap();
}

fn start(root: &Path, seed: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(HOME, root)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Opens the home as the next process would and checks that it is whole; gives the last seq.
fn check(root: &Path, acknowledged: u64) -> u64 {
    let home = Home::new(root);
    if !home.exists().unwrap() {
        assert_eq!(acknowledged, 0, "a home that acknowledged something is there");
        return 0;
    }
    let (store, report) = Store::open(home, &Unlock::Nothing).unwrap();
    let recovery = store.recover(turn).unwrap();
    let last = store.last_seq();
    assert!(last >= acknowledged, "{acknowledged} was acknowledged, {last} is there: {report:?} {recovery:?}");
    assert!(!recovery.rebuilt, "a kill costs no index: {recovery:?}");
    for finding in report.findings.iter().chain(&recovery.findings) {
        assert!(
            matches!(finding, Finding::TailCut { .. } | Finding::GroupCut { .. } | Finding::KeyCopyRepaired),
            "{finding:?}"
        );
    }
    assert_eq!(store.applied_seq().unwrap(), last);
    assert_eq!(store.get(b"total").unwrap().map_or(0, |bytes| number(&bytes)), last, "each entry applied once");
    let mut group = 0;
    for item in store.entries_from(store.first_seq()) {
        let (seq, entry) = item.unwrap();
        let (n, last_of_group) = tag(&entry);
        assert_eq!(n, seq);
        group = group.max(last_of_group);
        if seq + 50 > last {
            assert_eq!(store.get(&key(seq)).unwrap(), Some(entry), "the record of entry {seq}");
        }
    }
    assert!(group <= last, "half a group: it ends at {group}, but {last} is the last entry");
    if let Some((stamp, rows)) = store.read_rows(RowsPart::All, |_, bytes| Ok(bytes)).unwrap() {
        assert!(stamp <= last && rows == [vec![1; 5000], vec![2; 5000]]);
    }
    store.index().unwrap().verify(&mut |_| {}).unwrap();
    last
}

#[test]
fn killed_at_random_moments() {
    let cycles: u64 = std::env::var(CYCLES).ok().and_then(|text| text.parse().ok()).unwrap_or(USUAL_CYCLES);
    let folder = fast_folder();
    let mut rng = StdRng::seed_from_u64(7);
    let (mut acknowledged, mut entries, mut unacknowledged) = (0, 0, 0);
    let mut root = folder.path().join("home");
    for cycle in 0..cycles {
        if cycle % CYCLES_PER_HOME == 0 {
            let _ = std::fs::remove_dir_all(&root);
            root = folder.path().join(format!("home{cycle}"));
            acknowledged = 0;
        }
        let mut child = start(&root, cycle);
        let reader = BufReader::new(child.stdout.take().unwrap());
        // Half of the kills count from the start of the process, half from its first acknowledgement.
        let wait = Duration::from_micros(rng.random_range(0..25_000));
        let from_start = rng.random_bool(0.5);
        let killer = std::thread::spawn(move || {
            let mut lines = reader.lines();
            let mut last = 0;
            let mut take = |line: String| {
                if let Some(seq) = line.strip_prefix("ack ").and_then(|text| text.parse().ok()) {
                    last = seq;
                }
                last
            };
            if !from_start {
                while let Some(Ok(line)) = lines.next() {
                    if take(line) > 0 {
                        break;
                    }
                }
            }
            std::thread::sleep(wait);
            child.kill().unwrap();
            child.wait().unwrap();
            lines.map_while(Result::ok).map(&mut take).last().unwrap_or_else(|| take(String::new()))
        });
        let seen = killer.join().unwrap();
        let before = acknowledged;
        let last = check(&root, seen.max(acknowledged));
        unacknowledged += last - seen.max(before);
        entries += last - before;
        acknowledged = last;
    }
    println!("{cycles} kills, {entries} entries written, {unacknowledged} of them kept although not yet acknowledged");
    assert!(entries > cycles, "the children did work: {entries}");
}
