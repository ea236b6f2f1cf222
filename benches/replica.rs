//! A whole acknowledged command (rules, journal, index, rows, search) beside the bare limit: appending as many bytes to
//! a file and syncing it.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;

use divan::{Bencher, black_box};
use zhulian::desk::Desk;
use zhulian::domain::codes::Code;
use zhulian::domain::command::Command;
use zhulian::domain::household::Household;
use zhulian::domain::id::{HouseholdId, MemberId};
use zhulian::domain::member::Member;
use zhulian::domain::record::Record;
use zhulian::domain::region::RegionCode;
use zhulian::domain::visit::VisitResult;
use zhulian::replica::Replica;
use zhulian::store::{Home, KeyMode};

fn main() {
    divan::main();
}

const NOTE: &str = "老人精神尚可，冬季棉被偏薄；儿子在外务工，每月寄回八百元。已提醒用电安全。";

fn village(folder: &std::path::Path, mode: &KeyMode) -> (Desk, Vec<HouseholdId>) {
    let replica = Replica::create(Home::new(folder), mode).expect("a new home");
    Desk::settle_in(&replica, "王网格", Desk::now()).expect("an empty home");
    let desk = Desk::new(Arc::new(replica), None);
    let mut ids = Vec::new();
    let mut commands = (0..600).map(|_| {
        let household = HouseholdId::new();
        ids.push(household);
        let head = Member { id: MemberId::new(), household, name: "张淑芬".to_owned(), ..Member::default() };
        let household = Household {
            id: household,
            head: Some(head.id),
            category: Code::from("dibao"),
            region: RegionCode::parse("990101102201").unwrap_or_default(),
            ..Household::default()
        };
        Ok(Command::RegisterHousehold { records: vec![Record::Household(household), Record::Member(head)] })
    });
    desk.replica().commit_all(desk.actor(), Desk::now(), &mut commands, &mut |_, _| true).expect("committed");
    drop(commands);
    (desk, ids)
}

fn log_visits(bencher: Bencher<'_, '_>, mode: &KeyMode) {
    let folder = tempfile::tempdir().expect("a folder");
    let (desk, ids) = village(&folder.path().join("home"), mode);
    let mut next = 0;
    bencher.bench_local(|| {
        next += 1;
        let mut visit = desk.new_visit(ids[next % ids.len()], Desk::now());
        visit.result = VisitResult::Met;
        visit.note = NOTE.to_owned();
        desk.commit(Command::LogVisit { visit: Box::new(visit), amendments: vec![], needs: vec![] }).expect("logged")
    });
}

#[divan::bench(sample_count = 1000, sample_size = 1)]
fn visit_sealed(bencher: Bencher<'_, '_>) {
    log_visits(bencher, &KeyMode::KeyFile);
}

#[divan::bench(sample_count = 1000, sample_size = 1)]
fn visit_unsealed(bencher: Bencher<'_, '_>) {
    log_visits(bencher, &KeyMode::Unsealed);
}

/// The limit: the bytes of such a command appended and synced, nothing else.
#[divan::bench(sample_count = 1000, sample_size = 1)]
fn bare_append_and_sync(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = File::create(folder.path().join("log")).expect("a file");
    let bytes = [7u8; 600];
    bencher.bench_local(|| {
        file.write_all(black_box(&bytes)).expect("written");
        file.sync_data().expect("synced");
    });
}
