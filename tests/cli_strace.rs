//! `kill -9` of the program at every system call that changes the disk, while it imports and while it compacts: the home
//! opens again, holds what was acknowledged, and an import stands whole or not at all.
//!
//! Without strace (or without the right to trace) the tests say so and pass.

mod cli_support;
#[path = "store_support/findings.rs"]
mod findings;
mod strace_support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use cli_support::{PEOPLE, TestHome, program, roster};
use findings::is_harmless;
use zhulian::desk::Desk;
use zhulian::domain::id::HouseholdId;
use zhulian::replica::Replica;
use zhulian::store::{Finding, Home, Unlock};

/// What a home holds: every household's file as text.
type Held = BTreeMap<HouseholdId, String>;

/// Opens a home that a killed program has left and gives what it holds; anything lost or damaged is a failure.
fn held(home: &Path, what: &str) -> Held {
    held_after(home, what, false)
}

/// The same, where the index may have to be built anew from the journal.
fn held_after(home: &Path, what: &str, may_rebuild: bool) -> Held {
    let (replica, findings) =
        Replica::open(Home::new(home), &Unlock::Nothing).unwrap_or_else(|error| panic!("{what}: {error}"));
    let opened = replica.finish_opening(Desk::now().today()).unwrap_or_else(|error| panic!("{what}: {error}"));
    for finding in findings.iter().chain(&opened.findings) {
        let harmless = is_harmless(finding) || may_rebuild && matches!(finding, Finding::IndexDamaged { .. });
        assert!(harmless, "{what}: {finding:?}");
    }
    let mut held = Held::new();
    replica.each_dossier(|dossier| drop(held.insert(dossier.household.id, format!("{dossier:?}")))).unwrap();
    let rows: BTreeSet<HouseholdId> = replica.read().rows.iter().map(|(_, row)| row.id()).collect();
    assert!(rows.iter().eq(held.keys()), "{what}: rows and files differ");
    assert_eq!(replica.store().journal().verify(&mut |_, _| {}).unwrap(), [], "{what}");
    // And it takes the next command.
    let desk = Desk::new(Arc::new(replica), None);
    if let Some(household) = held.keys().next() {
        let mut visit = desk.new_visit(*household, Desk::now());
        visit.result = zhulian::domain::visit::VisitResult::Met;
        let command =
            zhulian::domain::command::Command::LogVisit { visit: Box::new(visit), amendments: vec![], needs: vec![] };
        desk.commit(command).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
    held
}

/// A home with people and visits, closed well, below a folder in memory where there is one.
struct Origin {
    folder: tempfile::TempDir,
}

impl Origin {
    fn new(home: &TestHome) -> Origin {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        for n in 0..4 {
            home.json(&["visit", "add", "--household", PEOPLE[n % 3][0], "--result", "met"]);
        }
        copy_tree(&home.path(), &folder.path().join("origin"));
        // Only time would be spent on copying it.
        let _ = std::fs::remove_file(folder.path().join("origin/reserve"));
        Origin { folder }
    }

    fn empty() -> Origin {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        std::fs::create_dir(folder.path().join("origin")).unwrap();
        Origin { folder }
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn fresh(&self) {
        let _ = std::fs::remove_dir_all(self.home());
        copy_tree(&self.folder.path().join("origin"), &self.home());
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.env("USER", "王网格").arg("--home").arg(self.home()).args(args).arg("--json");
        command
    }

    /// Runs the command whole, then kills it at each of its calls; `check` is told what it printed and where it was killed.
    fn kill_everywhere(&self, args: &[&str], finished: impl FnOnce(Output), mut check: impl FnMut(Output, &str)) {
        self.fresh();
        let command = self.command(args);
        let (whole, points) = strace_support::points(&command, &self.folder.path().join("log"));
        assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
        finished(whole);
        let mut kills = 0;
        for point in &points {
            self.fresh();
            let output = strace_support::killed(&command, point);
            kills += usize::from(output.status.code().is_none());
            check(output, &format!("{point:?}"));
        }
        println!("{args:?}: {} points, killed {kills} times", points.len());
        assert!(kills > 50 && kills > points.len() * 3 / 4, "{kills} kills at {} points", points.len());
    }
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for item in std::fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy_tree(&item.path(), &target);
        } else {
            std::fs::copy(item.path(), target).unwrap();
        }
    }
}

/// Names of what lies in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap()).collect()
}

fn import() -> [String; 4] {
    let files = ["问题样例_家庭_南山镇.xlsx", "问题样例_人员_南山镇.xlsx"].map(roster);
    let [households, members] = files;
    ["import".to_owned(), households, members, "--accept-valid".to_owned()]
}

/// What an answer says about being committed; `None` where there is none.
fn committed(output: &Output) -> Option<bool> {
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    value["committed"].as_bool()
}

#[test]
fn an_import_that_is_killed_stands_whole_or_not_at_all() {
    if !strace_support::works() {
        return;
    }
    let origin = Origin::new(&TestHome::with_people());
    origin.fresh();
    let before = held(&origin.home(), "before");
    let import = import();
    let args: Vec<&str> = import.iter().map(String::as_str).collect();
    let mut after = 0;
    let count = |output: Output| {
        assert_eq!(committed(&output), Some(true));
        after = held(&origin.home(), "whole").len();
    };
    let mut outcomes = [0, 0];
    let mut checks = Vec::new();
    origin.kill_everywhere(&args, count, |output, what| {
        let there = held(&origin.home(), what);
        for (household, file) in &before {
            assert_eq!(there.get(household), Some(file), "{what}: what was there before");
        }
        checks.push((what.to_owned(), there.len(), committed(&output)));
    });
    assert!(after > before.len());
    for (what, there, committed) in checks {
        assert!(there == before.len() || there == after, "{what}: {there} of {after} households");
        assert!(committed != Some(true) || there == after, "{what}: acknowledged and not there");
        outcomes[usize::from(there == after)] += 1;
    }
    assert!(outcomes[0] > 3 && outcomes[1] > 3, "killed before and after it stood: {outcomes:?}");
    // Once more on what the last kill has left: now it comes to its end.
    let output = origin.command(&args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(held(&origin.home(), "again").len(), after);
}

#[test]
fn a_first_import_that_is_killed_can_be_done_again() {
    if !strace_support::works() {
        return;
    }
    let origin = Origin::empty();
    let import = import();
    let args: Vec<&str> = import.iter().map(String::as_str).collect();
    let mut after = 0;
    let count = |_: Output| after = held(&origin.home(), "whole").len();
    let mut left = Vec::new();
    origin.kill_everywhere(&args, count, |output, what| {
        if Home::new(origin.home()).exists().unwrap() {
            // sled makes its folder in several steps. Cut off in between it is put aside, with nothing in it yet.
            left.push((what.to_owned(), held_after(&origin.home(), what, true).len(), committed(&output)));
        } else {
            assert_eq!(committed(&output), None, "{what}: no home");
        }
        let again = origin.command(&args).output().unwrap();
        assert!(again.status.success(), "{what}: {}", String::from_utf8_lossy(&again.stderr));
        left.push((what.to_owned(), held(&origin.home(), what).len(), Some(true)));
        let workers = origin.command(&["worker", "list"]).output().unwrap();
        let workers = String::from_utf8(workers.stdout).unwrap();
        assert_eq!(workers.lines().count(), 1, "{what}: somebody works here: {workers}");
    });
    for (what, there, committed) in left {
        assert!(there == 0 || there == after, "{what}: {there} of {after} households");
        assert!(committed != Some(true) || there == after, "{what}: acknowledged and not there");
    }
}

#[test]
fn a_compaction_that_is_killed_loses_nothing() {
    if !strace_support::works() {
        return;
    }
    let origin = Origin::new(&TestHome::with_people());
    origin.fresh();
    let before = held(&origin.home(), "before");
    let check = |what: &str| {
        assert_eq!(held(&origin.home(), what), before, "{what}");
        let there = names(&origin.home());
        assert_eq!(there.iter().filter(|name| name.starts_with("g0")).count(), 1, "{what}: {there:?}");
        assert!(!there.iter().any(|name| name.ends_with(".part")), "{what}: {there:?}");
        assert!(!there.contains("quarantine"), "{what}: {there:?}");
    };
    origin.kill_everywhere(&["compact"], |_| check("whole"), |_, what| check(what));
}

#[test]
fn an_import_or_compaction_on_a_failing_disk_is_told_and_loses_nothing() {
    if !strace_support::works() {
        return;
    }
    let origin = Origin::new(&TestHome::with_people());
    origin.fresh();
    let before = held(&origin.home(), "before");
    let import = import();
    let import: Vec<&str> = import.iter().map(String::as_str).collect();
    origin.fresh();
    assert!(origin.command(&import).output().unwrap().status.success());
    let after = held(&origin.home(), "whole").len();
    for args in [import.as_slice(), &["compact"]] {
        origin.fresh();
        let command = origin.command(args);
        let (_, points) = strace_support::points(&command, &origin.folder.path().join("log"));
        let mut failures = 0;
        for (number, point) in points.iter().enumerate() {
            origin.fresh();
            let error = ["EIO", "ENOSPC"][number % 2];
            let output = strace_support::failing(&command, point, error);
            let what = format!("{} at {point:?}: {error}", args[0]);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(matches!(output.status.code(), Some(0 | 1)), "{what}: {:?} {said}", output.status);
            failures += usize::from(!output.status.success());
            let there = held_after(&origin.home(), &what, true);
            for (household, file) in &before {
                assert_eq!(there.get(household), Some(file), "{what}: what was there before");
            }
            assert!(there.len() == before.len() || there.len() == after, "{what}: {} of {after}", there.len());
            assert!(committed(&output) != Some(true) || there.len() == after, "{what}: acknowledged and not there");
        }
        println!("{}: {} points, {failures} failures told", args[0], points.len());
        assert!(failures > points.len() / 4, "{}: {failures} of {}", args[0], points.len());
    }
}
