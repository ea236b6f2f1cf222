//! A real process is killed with SIGKILL at random moments while it commits; nothing it acknowledged may be missing, and
//! no command may stand by half.
//!
//! `ZHULIAN_KILL_CYCLES` sets the number of kills (500 by default).

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zhulian::desk::Desk;
use zhulian::domain::change::FieldChange;
use zhulian::domain::codes::Code;
use zhulian::domain::command::{Amendment, Command};
use zhulian::domain::household::Household;
use zhulian::domain::id::{HouseholdId, MemberId, NeedId, VisitId};
use zhulian::domain::member::Member;
use zhulian::domain::record::{Kind, Record, RecordKey};
use zhulian::domain::region::RegionCode;
use zhulian::domain::value::Value;
use zhulian::domain::visit::{Visit, VisitResult};
use zhulian::replica::Replica;
use zhulian::store::{Home, KeyMode, Unlock};

const CHILD: &str = "ZHULIAN_KILL_TEST_HOME";

fn open(home: &Path) -> Desk {
    let (replica, _) = Replica::open(Home::new(home), &Unlock::Nothing).unwrap();
    replica.finish_opening(Desk::now().today()).unwrap();
    Desk::new(Arc::new(replica), None)
}

/// One command with three effects: a visit, a changed fact and a need. All stand or none.
fn commit_one(desk: &Desk, household: HouseholdId, round: u64) -> (VisitId, NeedId) {
    let now = Desk::now();
    let held = desk.replica().dossier(household).unwrap().unwrap();
    let mut visit = desk.new_visit(household, now);
    visit.result = VisitResult::Met;
    let mut need = desk.new_need(household, now);
    need.title = format!("需求{round}");
    need.field = zhulian::domain::codes::list("service_field").unwrap().entries()[0].to_code();
    need.duplicate_reason = "测试".to_owned();
    let change = FieldChange {
        field: "phone".to_owned(),
        before: Value::Text(held.household.phone.clone()),
        after: Value::Text(need.no.clone()),
    };
    let record = RecordKey { kind: Kind::Household, id: household.into() };
    let ids = (visit.id, need.id);
    desk.commit(Command::LogVisit {
        visit: Box::new(visit),
        amendments: vec![Amendment { record, change }],
        needs: vec![need],
    })
    .unwrap();
    ids
}

/// What the killed process runs: it commits until it is killed and prints what was acknowledged.
#[test]
fn child() {
    let Ok(home) = std::env::var(CHILD) else { return };
    let desk = open(Path::new(&home));
    let households = households(&desk);
    let mut out = std::io::stdout().lock();
    writeln!(out, "ready").unwrap();
    for (round, household) in households.iter().cycle().enumerate() {
        let (visit, need) = commit_one(&desk, *household, round as u64);
        writeln!(out, "ack {visit} {need}").unwrap();
        out.flush().unwrap();
    }
}

fn households(desk: &Desk) -> Vec<HouseholdId> {
    desk.replica().read().rows.iter().map(|(_, row)| row.id()).collect()
}

#[test]
fn nothing_acknowledged_is_lost_however_often_the_process_is_killed() {
    let cycles: u32 = std::env::var("ZHULIAN_KILL_CYCLES").ok().and_then(|n| n.parse().ok()).unwrap_or(500);
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    create(&home);
    let mut acknowledged: Vec<(VisitId, NeedId)> = Vec::new();
    let mut rng = StdRng::seed_from_u64(20_261_122);
    let mut checked = 0;
    for cycle in 0..cycles {
        acknowledged.extend(run_and_kill(&home, Duration::from_micros(rng.random_range(0..25_000))));
        // Most kills are survived by the next child alone; every tenth time the whole file is looked at.
        if cycle % 10 == 9 || cycle + 1 == cycles {
            checked = check(&home, &acknowledged);
        }
    }
    assert!(checked >= cycles as usize / 4, "only {checked} commands in {cycles} cycles: the kills came too early");
}

fn create(home: &Path) {
    let replica = Replica::create(Home::new(home), &KeyMode::KeyFile).unwrap();
    Desk::settle_in(&replica, "王网格", Desk::now()).unwrap();
    let desk = Desk::new(Arc::new(replica), None);
    for _ in 0..60 {
        let household = HouseholdId::new();
        let member = Member { id: MemberId::new(), household, name: "张淑芬".to_owned(), ..Member::default() };
        let household = Household {
            id: household,
            head: Some(member.id),
            category: Code::from("dibao"),
            region: RegionCode::parse("990101102201").unwrap(),
            ..Household::default()
        };
        let records = vec![Record::Household(household), Record::Member(member)];
        desk.commit(Command::RegisterHousehold { records }).unwrap();
    }
}

fn run_and_kill(home: &Path, after: Duration) -> Vec<(VisitId, NeedId)> {
    let mut child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(CHILD, home)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // Two kills of three come while it works, the others while it opens.
    let mut read = Vec::new();
    if !after.as_micros().is_multiple_of(3) {
        let started = Instant::now();
        while let Some(Ok(line)) = lines.next() {
            if line.contains("ready") || started.elapsed() > Duration::from_secs(30) {
                break;
            }
        }
    }
    std::thread::sleep(after);
    child.kill().unwrap();
    read.extend(lines.map_while(Result::ok));
    let status = child.wait().unwrap();
    assert!(status.code().is_none(), "the child ended by itself: {status}");
    read.iter()
        .filter_map(|line| line.strip_prefix("ack "))
        .filter_map(|ids| ids.split_once(' '))
        .filter_map(|(visit, need)| Some((visit.parse().ok()?, need.parse().ok()?)))
        .collect()
}

/// That every acknowledged command is there whole, and none by half; gives the number of visits.
fn check(home: &Path, acknowledged: &[(VisitId, NeedId)]) -> usize {
    let desk = open(home);
    let mut held: HashMap<VisitId, Visit> = HashMap::new();
    for household in households(&desk) {
        for visit in check_household(&desk, household) {
            assert!(held.insert(visit.id, visit).is_none(), "a visit stands twice");
        }
    }
    for (visit, need) in acknowledged {
        let visit = held.get(visit).unwrap_or_else(|| panic!("acknowledged visit {visit} is missing"));
        assert_eq!(visit.needs, [*need]);
    }
    held.len()
}

/// Whole or not at all: as many needs as visits, each of its own visit, and the changed fact of the last one.
fn check_household(desk: &Desk, household: HouseholdId) -> Vec<Visit> {
    let dossier = desk.replica().dossier(household).unwrap().unwrap();
    let mut visits: Vec<Visit> = dossier.visits.clone();
    for page in 0..dossier.older_pages {
        visits.extend(desk.replica().older(household, page).unwrap().unwrap().visits);
    }
    assert_eq!(dossier.needs.len(), visits.len());
    for need in &dossier.needs {
        assert!(visits.iter().any(|visit| need.visit == Some(visit.id)), "a need without its visit");
    }
    if let Some(last) = dossier.needs.first() {
        assert_eq!(dossier.household.phone, last.no);
    }
    assert_eq!(usize::from(desk.replica().read().household(household).unwrap().fixed().visits), visits.len());
    visits
}
