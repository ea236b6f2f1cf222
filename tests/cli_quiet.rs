//! Commands that only read leave the home as it is.
//!
//! The first start after something was written lets sled write its page table, and notes that it has. Every later one
//! changes nothing but the number of the process in `lock`.

mod cli_support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cli_support::{PEOPLE, TestHome};

/// Every file of a home but the lock, with its content.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "lock" {
                let bytes = std::fs::read(&path).unwrap();
                found.insert(path, bytes);
            }
        }
    }
    found
}

/// Files that differ, by name.
fn changed(before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = before.keys().chain(after.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| before.get(name) != after.get(name));
    names
}

#[test]
fn a_command_that_only_reads_leaves_every_byte_of_the_home_as_it_is() {
    let home = TestHome::with_people();
    let household = home.lines(&["household", "list"])[0]["id"].as_str().unwrap().to_owned();
    home.json(&["visit", "add", "--household", PEOPLE[0][0], "--result", "met"]);
    // sled writes its page table once.
    home.json(&["stats"]);
    let before = contents(&home.path());
    assert!(before.len() > 5, "{:?}", before.keys());
    let commands: [&[&str]; 9] = [
        &["find", "zsf"],
        &["stats"],
        &["household", "show", &household],
        &["household", "list"],
        &["visit", "due"],
        &["visit", "list"],
        &["audit", "--verify"],
        &["worker", "list"],
        &["doctor"],
    ];
    for command in commands {
        home.lines(command);
        assert_eq!(changed(&before, &contents(&home.path())), Vec::<PathBuf>::new(), "after {command:?}");
    }
}

#[test]
fn a_start_that_finds_nothing_to_do_neither_writes_nor_waits_for_the_checkpoint() {
    let home = TestHome::with_people();
    home.json(&["stats"]);
    let checkpoint = home.path().join("checkpoint");
    let written = || std::fs::metadata(&checkpoint).unwrap().modified().unwrap();
    let before = written();
    home.lines(&["find", "zsf"]);
    assert_eq!(written(), before, "not written, not even with the same content");
    home.json(&["visit", "add", "--household", PEOPLE[0][0], "--result", "met"]);
    assert_ne!(written(), before);
}
