//! Replicas on disk and a server in one process: claims, conflicts, refusals, purges, and being killed in between.

mod central_support;

use std::path::Path;
use std::sync::Arc;

use central_support::words::*;
use central_support::{County, copy, restored, scope};
use tempfile::TempDir;
use zhulian::domain::claim::ClaimState;
use zhulian::domain::command::Command;
use zhulian::domain::conflict::Choice;
use zhulian::domain::id::WorkerId;
use zhulian::domain::moment::Now;
use zhulian::domain::need::NeedState;
use zhulian::domain::record::{Kind, Record, RecordKey};
use zhulian::domain::worker::{Actor, Role};
use zhulian::i18n::Explain as _;
use zhulian::replica::Replica;
use zhulian::replica::sync::DeviceSyncError;
use zhulian::store::{Home, KeyMode, Unlock};
use zhulian::sync::client::{Reply, Request};
use zhulian::sync::http::{Exchange, LinkError, Summary, Traffic};
use zhulian::sync::protocol::{Outcome, ProtocolError};

/// A line to the server that breaks after so many requests: before or after the server has seen the last one.
struct Wire<'c> {
    county: &'c County,
    left: u32,
    heard: bool,
    requests: u64,
}

impl Exchange for Wire<'_> {
    fn exchange(&mut self, request: &Request) -> Result<Result<Reply, ProtocolError>, LinkError> {
        let broken = || LinkError::BadUrl { url: String::new() };
        self.requests += 1;
        if self.left == 0 {
            if self.heard {
                let _lost = self.county.answer(request);
            }
            return Err(broken());
        }
        self.left -= 1;
        Ok(self.county.answer(request))
    }
    fn traffic(&self) -> Traffic {
        Traffic { requests: self.requests, ..Traffic::default() }
    }
}

struct Laptop {
    folder: TempDir,
    replica: Option<Arc<Replica>>,
    worker: WorkerId,
    role: Role,
    villages: Vec<u16>,
}

impl Laptop {
    /// A laptop of worker `n`, enrolled and synced.
    fn new(county: &County, n: u16, role: Role, villages: &[u16]) -> Laptop {
        let worker = county.worker(n, role);
        let laptop = Laptop::alone(worker, role, villages);
        laptop.enrol(county, n);
        laptop.sync(county);
        laptop
    }

    fn alone(worker: WorkerId, role: Role, villages: &[u16]) -> Laptop {
        let folder = tempfile::tempdir().unwrap();
        let replica = Replica::create(Home::new(folder.path()), &KeyMode::KeyFile).unwrap();
        Laptop { folder, replica: Some(Arc::new(replica)), worker, role, villages: villages.to_vec() }
    }

    fn enrol(&self, county: &County, n: u16) {
        county.join(self.replica(), [n as u8; 32], scope(self.worker, &self.villages));
    }

    fn replica(&self) -> &Arc<Replica> {
        self.replica.as_ref().unwrap()
    }

    fn actor(&self) -> Actor {
        Actor {
            worker: self.worker,
            role: self.role,
            org: None,
            regions: central_support::regions(&self.villages),
            device: self.replica().device(),
        }
    }

    fn act(&self, county: &County, command: Command) {
        let name = command.name();
        self.replica().commit(&self.actor(), Now::new(county.now), command).unwrap_or_else(|e| panic!("{name}: {e}"));
    }

    fn sync(&self, county: &County) -> Summary {
        self.try_sync(county, u32::MAX, false).unwrap()
    }

    fn try_sync(&self, county: &County, left: u32, heard: bool) -> Result<Summary, DeviceSyncError> {
        let mut wire = Wire { county, left, heard, requests: 0 };
        self.replica().sync_once(&mut wire, Now::new(county.now), &mut |_| {})
    }

    /// The program ends without closing anything, and is started again.
    fn restart(&mut self) {
        drop(self.replica.take());
        self.replica = Some(Arc::new(open(self.folder.path())));
    }

    fn phone(&self, household: u16) -> Option<String> {
        let file = self.replica().dossier(household_id(household)).unwrap()?;
        Some(file.household.phone.clone())
    }

    fn visits(&self, household: u16) -> usize {
        self.replica().dossier(household_id(household)).unwrap().map_or(0, |file| file.visits.len())
    }
}

fn open(folder: &Path) -> Replica {
    let (replica, findings) = Replica::open(Home::new(folder), &Unlock::Nothing).unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    replica.finish_opening(Now::new(zhulian::domain::moment::Moment(central_support::START)).today()).unwrap();
    replica
}

fn county() -> County {
    let county = County::new();
    county.worker(1, Role::CivilAffairs);
    county.must(&household(1, 1));
    county.must(&household(2, 2));
    county
}

#[test]
fn a_laptop_gets_its_territory_and_its_work_reaches_the_colleague() {
    let county = county();
    let first = Laptop::new(&county, 11, Role::GridWorker, &[1]);
    let second = Laptop::new(&county, 12, Role::GridWorker, &[1]);
    assert_eq!(first.visits(1), 0);
    assert!(first.replica().dossier(household_id(2)).unwrap().is_none());
    first.act(&county, visit(1, 1, first.worker, county.now));
    assert_eq!((first.visits(1), first.replica().unsent()), (1, 1));
    let summary = first.sync(&county);
    assert_eq!((summary.pushed, summary.verdicts.applied, first.replica().unsent()), (1, 1, 0));
    assert_eq!(second.sync(&county).pulled, 1);
    assert_eq!(second.visits(1), 1);
    let files = [&first, &second].map(|laptop| laptop.replica().dossier(household_id(1)).unwrap().unwrap());
    assert_eq!(files[0], files[1]);
    assert_eq!(second.sync(&county).rounds, 1, "nothing is new");
    assert_eq!(second.replica().read().rows.iter().filter(|(_, row)| row.is_present()).count(), 1);
}

#[test]
fn a_laptop_that_is_killed_between_any_two_answers_loses_nothing_and_doubles_nothing() {
    for heard in [false, true] {
        let county = county();
        county.must(&household(3, 1));
        let worker = county.worker(11, Role::GridWorker);
        let mut laptop = Laptop::alone(worker, Role::GridWorker, &[1]);
        laptop.enrol(&county, 11);
        for n in 0..12 {
            // Cut off at every place of a round, with work of its own in between.
            for left in 0..3 {
                let _cut_off = laptop.try_sync(&county, left, heard);
                laptop.restart();
            }
            if laptop.replica().dossier(household_id(1)).unwrap().is_some() {
                laptop.act(&county, visit(n, 1, worker, county.now));
                laptop.restart();
            } else {
                laptop.sync(&county);
            }
        }
        laptop.sync(&county);
        laptop.restart();
        let seen = laptop.replica().dossier(household_id(1)).unwrap().unwrap();
        assert!(seen.visits.len() >= 11, "{}", seen.visits.len());
        let fresh = Laptop::new(&county, 12, Role::GridWorker, &[1]);
        assert_eq!(*seen, *fresh.replica().dossier(household_id(1)).unwrap().unwrap());
        assert_eq!((laptop.replica().unsent(), laptop.replica().inbox().unwrap().len()), (0, 0));
        assert!(fresh.replica().dossier(household_id(3)).unwrap().is_some());
    }
}

#[test]
fn a_wish_claimed_by_both_offline_is_granted_to_one_and_the_loser_is_told() {
    let county = county();
    for n in 1..=4 {
        publish(n, 1, 1).iter().for_each(|command| county.must(command));
    }
    let mut first = Laptop::new(&county, 11, Role::GridWorker, &[2]);
    let mut second = Laptop::new(&county, 12, Role::GridWorker, &[2]);
    assert_eq!(first.replica().read().pools.wishes.len(), 4, "cards of other people's households");
    first.act(&county, claim(1, 1, 1));
    second.act(&county, claim(2, 1, 1));
    let tentative = |laptop: &Laptop| laptop.replica().read().pools.wishes.find(wish_id(1)).unwrap().is_tentative();
    assert!(tentative(&first) && tentative(&second));
    first.sync(&county);
    first.restart();
    let own = |n| RecordKey { kind: Kind::Claim, id: claim_id(n).into() };
    let Some(Record::Claim(granted)) = first.replica().record(own(1), None).unwrap() else { panic!("no claim") };
    assert_eq!(granted.state, ClaimState::Granted);
    assert!(!tentative(&first));

    let summary = second.sync(&county);
    assert_eq!(summary.verdicts.refused, 1);
    second.restart();
    let inbox = second.replica().inbox().unwrap();
    assert_eq!(inbox.len(), 1);
    let lost = inbox[0].lost_claim().expect("a lost claim");
    assert_eq!((lost.holder.as_str(), lost.wish, lost.similar.len()), ("李*心", wish_id(1), 3));
    assert!(!tentative(&second), "the lost claim is no longer shown as one");
    // The next one like it, then the entry is seen to.
    let next = lost.similar[0].wish;
    let mut again = zhulian::domain::claim::Claim { id: claim_id(3), wish: next, ..Default::default() };
    again.units = vec![0];
    again.claimant = "李爱心".into();
    second.act(&county, Command::ClaimWish { claim: Box::new(again) });
    second.replica().seen(inbox[0].envelope.id.seq).unwrap();
    assert_eq!(second.sync(&county).verdicts.applied, 1);
    second.restart();
    assert!(second.replica().inbox().unwrap().is_empty());
    let standing = second.replica().standing().unwrap().unwrap();
    assert_eq!((standing.unsent, standing.refused, standing.conflicts), (0, 0, 0));
}

#[test]
fn a_conflict_keeps_both_values_until_somebody_settles_it() {
    let county = county();
    let mut first = Laptop::new(&county, 11, Role::GridWorker, &[1]);
    let mut second = Laptop::new(&county, 12, Role::GridWorker, &[1]);
    first.act(&county, amend(1, "category", "dibao", "tekun"));
    second.act(&county, amend(1, "category", "dibao", "dibian"));
    first.sync(&county);
    let summary = second.sync(&county);
    assert_eq!(summary.verdicts.merged, 1, "{summary:?}");
    second.restart();
    let conflicts = second.replica().open_conflicts().unwrap();
    assert_eq!(conflicts.len(), 1);
    let conflict = &conflicts[0].conflict;
    assert_eq!((conflict.held.as_text(), conflict.offered.as_text()), (Some("tekun"), Some("dibian")));
    assert_eq!((conflict.held_by, conflict.offered_by), (Some(first.worker), Some(second.worker)));
    first.sync(&county);
    first.restart();
    assert_eq!(first.replica().standing().unwrap().unwrap().conflicts, 1);
    second.act(
        &county,
        Command::SettleConflict {
            conflict: conflict.id,
            household: Some(household_id(1)),
            choice: Choice::TakeOffered,
            remark: String::new(),
        },
    );
    second.sync(&county);
    first.sync(&county);
    for laptop in [&mut first, &mut second] {
        laptop.restart();
        let file = laptop.replica().dossier(household_id(1)).unwrap().unwrap();
        assert_eq!(file.household.category.as_str(), "dibian");
        assert!(laptop.replica().open_conflicts().unwrap().is_empty());
    }
}

#[test]
fn a_refused_command_stays_in_the_inbox_and_blocks_nothing() {
    let county = county();
    let first = Laptop::new(&county, 11, Role::GridWorker, &[1]);
    let mut second = Laptop::new(&county, 12, Role::GridWorker, &[1]);
    first.act(&county, Command::RegisterNeed { need: Box::new(need(1, 1)) });
    first.sync(&county);
    second.sync(&county);
    let withdraw = || Command::RejectNeed {
        need: need(1, 1).id,
        reason: first_code("reject_reason"),
        findings: "已核实，不属实".into(),
    };
    first.act(&county, withdraw());
    second.act(&county, Command::VerifyNeed { need: need(1, 1).id, findings: "属实".into() });
    second.act(&county, visit(7, 1, second.worker, county.now));
    first.sync(&county);
    let summary = second.sync(&county);
    assert_eq!((summary.verdicts.refused, summary.verdicts.applied), (1, 1), "{summary:?}");
    second.restart();
    let inbox = second.replica().inbox().unwrap();
    assert_eq!(inbox.len(), 1);
    assert!(matches!(inbox[0].outcome, Outcome::Refused { .. }));
    assert_eq!(inbox[0].envelope.command.name(), "verify_need");
    assert_eq!(second.visits(1), 1);
    second.sync(&county);
    second.restart();
    assert_eq!(second.replica().inbox().unwrap().len(), 1, "it does not go by itself");
}

fn first_code(list: &str) -> zhulian::domain::codes::Code {
    first(list)
}

#[test]
fn what_leaves_the_scope_is_purged_after_the_work_on_it_has_arrived() {
    let county = county();
    let mut laptop = Laptop::new(&county, 11, Role::GridWorker, &[1, 2]);
    laptop.act(&county, visit(1, 2, laptop.worker, county.now));
    county.authority.assign(county.now, laptop.replica().device(), &scope(laptop.worker, &[1])).unwrap();
    laptop.sync(&county);
    laptop.restart();
    assert!(laptop.replica().dossier(household_id(2)).unwrap().is_none());
    assert!(laptop.replica().dossier(household_id(1)).unwrap().is_some());
    let memory = laptop.replica().read();
    assert_eq!(memory.rows.iter().filter(|(_, row)| row.is_present()).count(), 1);
    drop(memory);
    let other = Laptop::new(&county, 12, Role::GridWorker, &[2]);
    assert_eq!(other.visits(2), 1, "the work arrived");
    // Nothing of the household is left in the index.
    let mut left = 0;
    let bytes = household_id(2).0.bytes();
    laptop
        .replica()
        .store()
        .scan(b"", |key, _| {
            left += usize::from(key.windows(16).any(|window| window == bytes));
            true
        })
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_restored_server_gets_back_what_it_lacks() {
    let county = county();
    let mut laptop = Laptop::new(&county, 11, Role::GridWorker, &[1]);
    laptop.act(&county, amend(1, "phone", "0577-88880000", "0577-88880001"));
    laptop.sync(&county);
    county.authority.restored().unwrap();
    laptop.act(&county, visit(1, 1, laptop.worker, county.now));
    for left in 0..4 {
        let _cut_off = laptop.try_sync(&county, left, true);
        laptop.restart();
        assert_eq!(laptop.phone(1).as_deref(), Some("0577-88880001"), "what is fetched anew stays readable");
    }
    laptop.sync(&county);
    laptop.restart();
    assert_eq!((laptop.visits(1), laptop.replica().unsent()), (1, 0));
    let fresh = Laptop::new(&county, 12, Role::GridWorker, &[1]);
    let files = [&laptop, &fresh].map(|laptop| laptop.replica().dossier(household_id(1)).unwrap().unwrap());
    assert_eq!(files[0], files[1]);
}

#[test]
fn a_lost_index_is_fetched_again() {
    let county = county();
    let mut laptop = Laptop::new(&county, 11, Role::GridWorker, &[1]);
    laptop.act(&county, visit(1, 1, laptop.worker, county.now));
    laptop.sync(&county);
    laptop.act(&county, visit(2, 1, laptop.worker, county.now));
    let today = Now::new(county.now).today();
    laptop.replica().rebuild(today).unwrap();
    laptop.sync(&county);
    laptop.restart();
    assert_eq!((laptop.visits(1), laptop.replica().unsent()), (2, 0));
}

#[test]
fn work_done_alone_is_sent_in_the_name_of_the_enrolled_worker_and_a_demo_never() {
    let county = county();
    let worker = county.worker(11, Role::GridWorker);
    let mut laptop = Laptop::alone(worker, Role::GridWorker, &[1]);
    let alone = zhulian::desk::Desk::settle_in(laptop.replica(), "王网格", Now::new(county.now)).unwrap();
    let actor = Actor { worker: alone, ..laptop.actor() };
    laptop.replica().commit(&actor, Now::new(county.now), household(5, 1)).unwrap();
    laptop.replica().commit(&actor, Now::new(county.now), visit(5, 5, alone, county.now)).unwrap();
    assert_eq!(laptop.replica().unsent(), 0, "alone, nothing is owed");
    laptop.enrol(&county, 11);
    assert_eq!(laptop.replica().unsent(), 3);
    laptop.sync(&county);
    laptop.restart();
    assert!(laptop.replica().inbox().unwrap().is_empty(), "{:?}", laptop.replica().inbox());
    let file = laptop.replica().dossier(household_id(5)).unwrap().unwrap();
    assert_eq!((file.visits.len(), file.visits[0].visitors.clone()), (1, vec![worker]));
    assert!(laptop.replica().dossier(household_id(1)).unwrap().is_some());

    let demo = Laptop::alone(worker, Role::GridWorker, &[1]);
    let Command::RegisterHousehold { records } = household(6, 1) else { unreachable!() };
    demo.replica().commit(&actor, Now::new(county.now), Command::Seed { records }).unwrap();
    assert_eq!(demo.replica().may_enrol().unwrap_err().code(), "enrol.demo_home");
}

#[test]
fn what_the_server_alone_refuses_leaves_the_view_with_its_verdict() {
    let county = county();
    let mut laptop = Laptop::new(&county, 11, Role::GridWorker, &[1]);
    // The laptop takes its worker for one of the bureau; the server knows better.
    laptop.role = Role::CivilAffairs;
    let id = WorkerId::new();
    let record = zhulian::domain::worker::Worker {
        id,
        name: "赵外人".into(),
        role: Role::GridWorker,
        active: true,
        ..Default::default()
    };
    laptop.act(&county, Command::Register { record: Box::new(Record::Worker(record)) });
    let key = RecordKey { kind: Kind::Worker, id: id.into() };
    let stored = |laptop: &Laptop| {
        let mut found = false;
        let bytes = id.0.bytes();
        let see = |name: &[u8], _| {
            found |= name[0] == b'r' && name.windows(16).any(|window| window == bytes);
            true
        };
        laptop.replica().store().scan(b"r", see).unwrap();
        found
    };
    assert!(stored(&laptop) && laptop.replica().record(key, None).unwrap().is_some());
    assert_eq!(laptop.sync(&county).verdicts.refused, 1);
    laptop.restart();
    assert!(!stored(&laptop), "it is no longer in the view");
    assert_eq!(laptop.replica().inbox().unwrap().len(), 1);
}

/// A need that one laptop registered and another verified; of both the server has lost everything.
fn a_verification_that_waits() -> (County, Laptop, Laptop) {
    let county = county();
    let author = Laptop::new(&county, 11, Role::GridWorker, &[1]);
    let other = Laptop::new(&county, 12, Role::GridWorker, &[1]);
    let backup = copy(&county);
    let [register, verify, ..]: [Command; 4] = publish(1, 1, 1).try_into().unwrap();
    author.act(&county, register);
    author.sync(&county);
    other.sync(&county);
    other.act(&county, verify);
    other.act(&county, visit(1, 1, other.worker, county.now));
    other.sync(&county);
    assert_eq!((need_state(&other), other.replica().unsent()), (Some(NeedState::Valid), 0));
    (restored(&county, backup), author, other)
}

fn need_state(laptop: &Laptop) -> Option<NeedState> {
    laptop.replica().dossier(household_id(1)).unwrap()?.needs.first().map(|need| need.state)
}

#[test]
fn a_command_that_waits_at_the_server_is_pending_until_its_final_verdict() {
    let (county, author, mut other) = a_verification_that_waits();
    let summary = other.sync(&county);
    assert_eq!((summary.verdicts.waiting, summary.verdicts.applied, summary.verdicts.refused), (1, 1, 0));
    for _ in 0..2 {
        // Nobody has to look at it, and it is not done either.
        assert_eq!((other.replica().unsent(), other.replica().inbox().unwrap().len(), other.visits(1)), (1, 0, 1));
        assert_eq!(need_state(&other), None, "what it builds on is not there");
        other.restart();
        assert_eq!(other.sync(&county).verdicts.waiting, 1, "it is asked about again");
    }
    other.act(&county, visit(2, 1, other.worker, county.now));
    assert_eq!(other.sync(&county).verdicts.applied, 1, "the queue behind it goes on");
    author.sync(&county);
    // Cut off between the final verdict and the page that shows what came of it.
    other.try_sync(&county, 1, false).unwrap_err();
    other.restart();
    assert_eq!(other.replica().unsent(), 0, "it has its final verdict");
    other.sync(&county);
    assert_eq!((need_state(&other), other.visits(1)), (Some(NeedState::Valid), 2));
    assert_eq!((other.replica().unsent(), other.replica().inbox().unwrap().len()), (0, 0));
    assert_eq!(other.sync(&county).rounds, 1, "nothing is asked any more");
    author.sync(&county);
    let files = [&author, &other].map(|laptop| laptop.replica().dossier(household_id(1)).unwrap().unwrap());
    assert_eq!(files[0], files[1]);
}

#[test]
fn a_command_that_waited_in_vain_comes_into_the_inbox() {
    let (mut county, _author, mut other) = a_verification_that_waits();
    other.sync(&county);
    county.now = county.now.plus(chrono::Duration::days(92));
    county.authority.sweep(county.now, 50).unwrap();
    other.sync(&county);
    other.restart();
    let inbox = other.replica().inbox().unwrap();
    let told = |outcome: &Outcome| matches!(outcome, Outcome::Refused { told, .. } if told.code == "record.not_found");
    assert!(inbox.len() == 1 && told(&inbox[0].outcome), "{inbox:?}");
    assert_eq!((other.replica().unsent(), need_state(&other)), (0, None));
    assert_eq!(other.sync(&county).rounds, 1);
}

#[test]
fn a_laptop_learns_which_territories_are_its_own() {
    let county = county();
    let mut laptop = Laptop::new(&county, 11, Role::GridWorker, &[1]);
    let held = |laptop: &Laptop| laptop.replica().territories().unwrap().unwrap();
    assert_eq!(held(&laptop), central_support::regions(&[1]));
    county.authority.assign(county.now, laptop.replica().device(), &scope(laptop.worker, &[2, 3])).unwrap();
    laptop.sync(&county);
    laptop.restart();
    assert_eq!(held(&laptop), central_support::regions(&[2, 3]), "also one in which nobody lives yet");
    assert_eq!(laptop.sync(&county).rounds, 1, "it is told once");
    laptop.villages = vec![3];
    laptop.enrol(&county, 11);
    assert_eq!(held(&laptop), central_support::regions(&[3]));
}
