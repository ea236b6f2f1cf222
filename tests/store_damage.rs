//! Damage to any file of a home: seen, repaired or refused; never wrong data, never a panic.

mod store_support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use store_support::*;
use zhulian::i18n::Explain;
use zhulian::store::{Finding, Home, Part, RowsPart, Severity, Store, Unlock};

const ENTRIES: u64 = 130;
const IN_SNAPSHOT: u64 = 60;

/// Codes with which a damaged home may be refused.
const REFUSALS: [&str; 5] = ["key.damaged", "key.wrong_file", "store.too_new", "store.corrupt", "home.missing"];

/// A home with every kind of file in it.
fn template(root: &Path) -> Home {
    let home = Home::new(root);
    let store = create(home.clone());
    (0..IN_SNAPSHOT).for_each(|_| drop(commit(&store)));
    store.snapshot(&mut |_, _| {}).unwrap();
    (IN_SNAPSHOT..ENTRIES).for_each(|_| drop(commit(&store)));
    store.write_rows(ENTRIES, &[b"first rows".repeat(50)], &[b"second rows".repeat(50)]).unwrap();
    store.close().unwrap();
    home
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder).unwrap() {
            let item = item.unwrap();
            if item.file_type().unwrap().is_dir() {
                folders.push(item.path());
            } else if item.metadata().unwrap().len() > 0 && item.file_name() != "lock" {
                found.push(item.path());
            }
        }
    }
    found.sort();
    found
}

/// What became of a damaged home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Refused,
    Repaired,
    EntriesLost,
    Harmless,
}

/// Opens a damaged home and checks everything that it answers. `what` names the damage.
fn examine(root: &Path, what: &str) -> Outcome {
    let (store, report) = match Store::open(Home::new(root), &Unlock::Nothing) {
        Ok(opened) => opened,
        Err(error) => {
            assert!(REFUSALS.contains(&error.code()), "{what}: {error}");
            return Outcome::Refused;
        }
    };
    let mut findings = report.findings;
    match store.read_rows(RowsPart::All, |_, bytes| Ok(bytes)) {
        Ok(Some((stamp, rows))) => {
            assert_eq!((stamp, rows.len()), (ENTRIES, 2), "{what}");
            assert_eq!(rows[1], b"second rows".repeat(50), "{what}");
        }
        Ok(None) => panic!("{what}: the row file is gone"),
        Err(error) => {
            assert!(["store.corrupt", "store.too_new"].contains(&error.code()), "{what}: {error}");
            findings.push(store.discard_rows().unwrap());
        }
    }
    let recovery = match store.recover(turn) {
        Ok(recovery) => recovery,
        Err(error) => {
            assert!(REFUSALS.contains(&error.code()), "{what}: {error}");
            return Outcome::Refused;
        }
    };
    findings.extend(recovery.findings);
    let lost: Vec<u64> = findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::EntriesLost { first, last, .. } => Some(*first..=*last),
            _ => None,
        })
        .flatten()
        .collect();
    // What is acknowledged is either there, unchanged, or was reported.
    for n in 1..=ENTRIES {
        match store.entry(n) {
            Ok(bytes) => assert_eq!(bytes, entry(n), "{what}: entry {n}"),
            Err(error) => {
                assert!(["store.corrupt", "store.no_such_entry"].contains(&error.code()), "{what}: {error}");
                let doctor = store.doctor(&mut |_, _, _| {}).unwrap();
                assert!(lost.contains(&n) || !doctor.is_well(), "{what}: entry {n} was lost in silence");
            }
        }
    }
    assert_eq!(store.last_seq(), ENTRIES, "{what}: {findings:?}");
    if !records_are_right(&store, what) {
        // Damage behind the opening is met while reading; the index is then rebuilt.
        let rebuilt = store.rebuild(turn).unwrap();
        findings.extend(rebuilt.findings);
        assert!(records_are_right(&store, what), "{what}: {findings:?}");
    }
    store.index().unwrap().verify(&mut |_| {}).unwrap();
    if what.contains("snapshot-") && std::fs::metadata(root.join("g0002")).is_ok() {
        // A snapshot is not read at every start: the doctor sees it, and a rebuild does not use it.
        let damaged = |finding: &Finding| matches!(finding, Finding::Unusable { part: Part::Snapshot, .. });
        let names = std::fs::read_dir(root).unwrap().map(|item| item.unwrap().path());
        let there = names.into_iter().any(|path| path.extension().is_some_and(|ext| ext == "zls"));
        assert_eq!(there, store.doctor(&mut |_, _, _| {}).unwrap().findings.iter().any(damaged), "{what}");
        let rebuilt = store.rebuild(turn).unwrap();
        assert_eq!((there, 0), (rebuilt.findings.iter().any(damaged), rebuilt.base), "{what}");
        findings.extend(rebuilt.findings);
        assert!(records_are_right(&store, what));
    }
    commit(&store).unwrap();
    if !lost.is_empty() {
        return Outcome::EntriesLost;
    }
    if findings.iter().any(|finding| finding.severity() <= Severity::Loss) {
        Outcome::Repaired
    } else {
        Outcome::Harmless
    }
}

/// Whether every record can be read; one that can be read must be right.
fn records_are_right(store: &Store, what: &str) -> bool {
    let read =
        (ENTRIES - 49..=ENTRIES).map(|n| (key(n), entry(n))).chain([(b"total".to_vec(), ENTRIES.to_string().into())]);
    let mut all = true;
    let expected: BTreeMap<Vec<u8>, Vec<u8>> = read.collect();
    for (key, value) in &expected {
        match store.get(key) {
            Ok(found) => assert_eq!(found.as_ref(), Some(value), "{what}: a wrong record, in silence"),
            Err(error) => {
                assert_eq!(error.code(), "store.corrupt", "{what}");
                all = false;
            }
        }
    }
    let mut scanned = BTreeMap::new();
    match store.scan(b"", |key, value| scanned.insert(key.to_vec(), value).is_none()) {
        Ok(()) => assert_eq!(scanned, expected, "{what}: a scan with other records, in silence"),
        Err(error) => {
            assert_eq!(error.code(), "store.corrupt", "{what}");
            all = false;
        }
    }
    all && store.index().unwrap().verify(&mut |_| {}).is_ok()
}

fn damage_all(cases: usize, seed: u64, change: impl Fn(&mut StdRng, &mut Vec<u8>) -> String) {
    let folder = fast_folder();
    let origin = folder.path().join("origin");
    template(&origin);
    let paths = files(&origin);
    let mut rng = StdRng::seed_from_u64(seed);
    let mut outcomes: BTreeMap<(String, Outcome), usize> = BTreeMap::new();
    for case in 0..cases {
        let path = &paths[case % paths.len()];
        let root = folder.path().join("damaged");
        copy_tree(&origin, &root);
        let name = path.strip_prefix(&origin).unwrap();
        let mut bytes = std::fs::read(path).unwrap();
        let what = format!("case {case}, {}: {}", name.display(), change(&mut rng, &mut bytes));
        std::fs::write(root.join(name), bytes).unwrap();
        let outcome = examine(&root, &what);
        *outcomes.entry((name.display().to_string(), outcome)).or_default() += 1;
        std::fs::remove_dir_all(&root).unwrap();
    }
    for ((name, outcome), count) in outcomes {
        println!("{name}: {outcome:?} {count}");
    }
}

fn cases(usual: usize) -> usize {
    std::env::var("ZHULIAN_DAMAGE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn flipped_bytes_in_every_file() {
    damage_all(cases(330), 1, |rng, bytes| {
        let at = rng.random_range(0..bytes.len());
        let flip = rng.random_range(1..=255u8);
        bytes[at] ^= flip;
        format!("byte {at} of {} xor {flip:#04x}", bytes.len())
    });
}

#[test]
fn every_file_cut_short() {
    damage_all(cases(220), 2, |rng, bytes| {
        let len = if rng.random_bool(0.1) { 0 } else { rng.random_range(0..bytes.len()) };
        bytes.truncate(len);
        format!("cut to {len}")
    });
}

#[test]
fn stretches_of_zeros_and_of_noise() {
    damage_all(cases(110), 3, |rng, bytes| {
        let at = rng.random_range(0..bytes.len());
        let end = (at + rng.random_range(1..5000)).min(bytes.len());
        let noise = rng.random_bool(0.5);
        bytes[at..end].iter_mut().for_each(|byte| *byte = if noise { rng.random() } else { 0 });
        format!("{at}..{end} noise: {noise}")
    });
}

#[test]
fn every_file_gone() {
    let folder = fast_folder();
    let origin = folder.path().join("origin");
    template(&origin);
    for path in files(&origin) {
        let name = path.strip_prefix(&origin).unwrap();
        let root = folder.path().join("damaged");
        copy_tree(&origin, &root);
        std::fs::remove_file(root.join(name)).unwrap();
        if name == Path::new("rows") {
            std::fs::write(root.join(name), b"").unwrap();
        }
        let outcome = examine(&root, &format!("{} removed", name.display()));
        println!("{}: {outcome:?}", name.display());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
