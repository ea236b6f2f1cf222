//! Several processes on one home: nothing that was acknowledged is lost.

mod cli_support;

use std::collections::HashSet;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cli_support::{PEOPLE, Ran, TestHome, error_of, text};
use zhulian::cli::serve::Attending;
use zhulian::desk::Desk;
use zhulian::owner::Owner;
use zhulian::replica::Replica;
use zhulian::store::{Home, Unlock};

/// Processes at once.
const PROCESSES: usize = 8;

fn visit(home: &TestHome, n: usize) -> Command {
    let note = format!("第{n}次");
    home.command(&["visit", "add", "--household", PEOPLE[n % 3][0], "--result", "met", "--note", &note, "--json"])
}

/// Runs visits in several processes at once, `each` one after the other in each; gives the ids that were printed.
fn visits(home: &TestHome, each: usize) -> HashSet<String> {
    let printed = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..PROCESSES)
            .map(|worker| {
                scope.spawn(move || {
                    (0..each)
                        .map(|n| {
                            let ran = Ran::of(visit(home, worker * each + n).output().unwrap());
                            assert_eq!((ran.code, ran.err.as_str()), (0, ""));
                            text(&serde_json::from_str::<serde_json::Value>(&ran.out).unwrap()["id"])
                        })
                        .collect::<Vec<String>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<String>>()
    });
    let ids: HashSet<String> = printed.iter().cloned().collect();
    assert_eq!(ids.len(), printed.len(), "no id twice");
    ids
}

fn held(home: &TestHome) -> HashSet<String> {
    home.lines(&["visit", "list", "--limit", "10000"]).iter().map(|visit| text(&visit["id"])).collect()
}

/// A process that owns the home: this one.
struct Owning {
    owner: Option<Owner>,
    replica: Option<Arc<Replica>>,
}

impl Owning {
    fn start(home: &TestHome) -> Option<Owning> {
        let (replica, findings) = Replica::open(Home::new(home.path()), &Unlock::Nothing).ok()?;
        assert!(findings.is_empty(), "{findings:?}");
        replica.finish_opening(Desk::now().today()).unwrap();
        let replica = Arc::new(replica);
        let attending = Attending::new(replica.clone(), home.path());
        let owner = Owner::start(replica.store().home(), Arc::new(attending)).unwrap();
        Some(Owning { owner: Some(owner), replica: Some(replica) })
    }
}

impl Drop for Owning {
    fn drop(&mut self) {
        self.owner.take();
        let replica = self.replica.take().unwrap();
        Arc::try_unwrap(replica).unwrap_or_else(|_| panic!("somebody still holds it")).close().unwrap();
    }
}

#[test]
fn commands_at_once_take_turns() {
    let home = TestHome::with_people();
    let printed = visits(&home, 2);
    assert_eq!(held(&home), printed);
}

#[test]
fn commands_at_once_act_through_the_owner() {
    let home = TestHome::with_people();
    let owning = Owning::start(&home).unwrap();
    let printed = visits(&home, 3);
    assert_eq!(held(&home), printed, "asked through the owner");
    assert_eq!(home.refusal(&["visit", "add", "--household", "H0", "--result", "met"]).0, "record.not_found");
    assert_eq!(home.json(&["doctor"])["well"], true);
    let desk = Desk::new(owning.replica.clone().unwrap(), None);
    assert_eq!(desk.replica().read().rows.get(0).unwrap().fixed().visits, 8, "the owner sees them");
    drop(desk);
    drop(owning);
    assert_eq!(held(&home), printed, "and they outlive it");
}

#[test]
fn owners_may_come_and_go() {
    let home = TestHome::with_people();
    let done = AtomicBool::new(false);
    let (printed, owned) = std::thread::scope(|scope| {
        let coming_and_going = scope.spawn(|| {
            let mut owned = 0;
            while !done.load(Ordering::SeqCst) {
                if let Some(owning) = Owning::start(&home) {
                    owned += 1;
                    std::thread::sleep(Duration::from_millis(60));
                    drop(owning);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            owned
        });
        let printed = visits(&home, 4);
        done.store(true, Ordering::SeqCst);
        (printed, coming_and_going.join().unwrap())
    });
    assert!(owned > 0);
    assert_eq!(held(&home), printed);
}

#[test]
fn a_command_that_is_killed_keeps_what_it_has_printed() {
    let home = TestHome::with_people();
    let mut printed = HashSet::new();
    for n in 0..24 {
        let child = visit(&home, n).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis((n as u64 * 7) % 90));
            // The command may have ended before.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        });
        let output = child.wait_with_output().unwrap();
        killer.join().unwrap();
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(&output.stdout) {
            printed.insert(text(&value["id"]));
        }
    }
    let held = held(&home);
    assert!(printed.is_subset(&held), "{:?}", printed.difference(&held));
    assert_eq!(home.json(&["audit", "--verify"])["verified"], true);
}

#[test]
fn a_home_that_stays_in_use_is_told_with_its_owner() {
    let home = TestHome::with_people();
    // An owner without a socket, as on a disk that cannot hold one.
    let (_replica, _) = Replica::open(Home::new(home.path()), &Unlock::Nothing).unwrap();
    let ran = Ran::of(home.command(&["stats", "--json"]).output().unwrap());
    assert_eq!(ran.code, 1);
    assert_eq!(error_of(&ran).0, "home.in_use");
    assert!(ran.err.contains(&std::process::id().to_string()), "{}", ran.err);
}
