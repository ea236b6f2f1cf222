//! A whole acknowledged command (rules, journal, index, rows, search) beside the bare limit: appending as many bytes to
//! a file and syncing it. And the list rows of a city, loaded for the first frame, beside reading their bytes.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;

use divan::{Bencher, black_box};
use zhulian::desk::Desk;
use zhulian::domain::codes::Code;
use zhulian::domain::command::Command;
use zhulian::domain::household::Household;
use zhulian::domain::id::{HouseholdId, MemberId, RecordId};
use zhulian::domain::member::Member;
use zhulian::domain::record::Record;
use zhulian::domain::region::RegionCode;
use zhulian::domain::visit::VisitResult;
use zhulian::replica::Replica;
use zhulian::replica::rows::{Fixed, Room, RowData, Rows};
use zhulian::store::{Home, KeyMode, RowsPart, Store};

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

/// Households of a city.
const CITY: u32 = 86_000;

/// The list rows of a city as a start reads them: sealed chunks on the disk.
fn city_rows(folder: &std::path::Path, mode: &KeyMode) -> (Store, Room) {
    let mut rows = Rows::default();
    for n in 0..CITY {
        let id = HouseholdId(RecordId::from_parts(u64::from(n), [n as u8; 10]));
        let names = ["张淑芬", "欧阳国强", "李秀英"].map(str::to_owned);
        let members = 1 + n as usize % 3;
        rows.put(&RowData {
            id,
            names: names[..members].to_vec(),
            archive_nos: vec![format!("H990101102201{n:05}")],
            phones: vec![format!("139{n:08}")],
            id_ends: vec![format!("{n:06}"); members],
            persons: vec![u64::from(n); members],
            address: format!("东岙镇上岙村第{}网格{}号", n % 9, n % 300),
            fixed: Fixed::default(),
        });
    }
    let numbers: Vec<u32> = (0..CITY).collect();
    let chunks: Vec<Vec<u8>> = numbers.chunks(512).map(|numbers| rows.save(numbers)).collect();
    let (store, _) = Store::create(Home::new(folder), mode).expect("a new home");
    store.write_rows(0, &chunks, &[]).expect("written");
    (store, rows.room(&numbers))
}

fn load_rows(bencher: Bencher<'_, '_>, mode: &KeyMode) {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, room) = city_rows(&folder.path().join("home"), mode);
    let load = |_, bytes: Vec<u8>| Ok(Rows::load(&bytes).expect("as written"));
    bencher.bench_local(|| {
        let mut rows = Rows::default();
        rows.reserve(room);
        store.fold_rows(RowsPart::Early, load, |part| rows.append(part)).expect("read").expect("there");
        assert_eq!(rows.len(), CITY as usize);
        rows
    });
}

#[divan::bench(sample_count = 60)]
fn city_rows_sealed(bencher: Bencher<'_, '_>) {
    load_rows(bencher, &KeyMode::KeyFile);
}

#[divan::bench(sample_count = 60)]
fn city_rows_unsealed(bencher: Bencher<'_, '_>) {
    load_rows(bencher, &KeyMode::Unsealed);
}

/// The limit: the same bytes read, nothing made of them.
#[divan::bench(sample_count = 60)]
fn city_rows_bare_read(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("home");
    city_rows(&home, &KeyMode::KeyFile);
    bencher.bench_local(|| black_box(std::fs::read(home.join("rows")).expect("read")));
}
