//! The daily loop on one replica, over real files: register, visit, need, wish, claim, fulfil, confirm, undo, reopen.

use std::sync::Arc;

use zhulian::desk::Desk;
use zhulian::domain::codes::Code;
use zhulian::domain::command::{Command, Confirmation};
use zhulian::domain::household::Household;
use zhulian::domain::id::{HouseholdId, MemberId, RecordId, ResourceId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::member::Member;
use zhulian::domain::moment::{Hlc, Moment};
use zhulian::domain::need::NeedState;
use zhulian::domain::record::Record;
use zhulian::domain::region::RegionCode;
use zhulian::domain::resource::Resource;
use zhulian::domain::visit::VisitResult;
use zhulian::domain::wish::WishState;
use zhulian::i18n::Explain;
use zhulian::replica::{Replica, ReplicaError, rows};
use zhulian::store::{Home, KeyMode, Store, Unlock, codec};

fn desk(home: &std::path::Path) -> Desk {
    let replica = Replica::create(Home::new(home), &KeyMode::KeyFile).unwrap();
    Desk::settle_in(&replica, "王网格", Desk::now()).unwrap();
    Desk::new(Arc::new(replica), None)
}

fn reopen(home: &std::path::Path) -> Desk {
    let (replica, findings) = Replica::open(Home::new(home), &Unlock::Nothing).unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    replica.finish_opening(Desk::now().today()).unwrap();
    Desk::new(Arc::new(replica), None)
}

fn household(desk: &Desk) -> HouseholdId {
    let records = records();
    let Record::Household(Household { id, .. }) = records[0] else { panic!("the household comes first") };
    desk.commit(Command::RegisterHousehold { records }).unwrap();
    id
}

fn records() -> Vec<Record> {
    let member = Member {
        id: MemberId::new(),
        household: HouseholdId::new(),
        name: "张淑芬".to_owned(),
        id_number: Some(IdNumber::parse_stored("990101199001010019").unwrap()),
        relation: Code::from("02"),
        birth_date: chrono::NaiveDate::from_ymd_opt(1990, 1, 1),
        ..Member::default()
    };
    let household = Household {
        id: member.household,
        head: Some(member.id),
        category: Code::from("dibao"),
        region: RegionCode::parse("990101102201").unwrap(),
        archive_no: "H1".to_owned(),
        ..Household::default()
    };
    vec![Record::Household(household), Record::Member(member)]
}

fn code(error: ReplicaError) -> String {
    error.code().to_owned()
}

#[test]
fn a_wish_goes_from_need_to_confirmation_and_survives_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    let id = household(&desk);

    let mut need = desk.new_need(id, Desk::now());
    need.title = "电饭煲".to_owned();
    need.field = Code::from(zhulian::domain::codes::list("service_field").unwrap().entries()[0].code);
    need.item = Code::from(zhulian::domain::codes::list("wish_category").unwrap().entries()[0].code);
    desk.commit(Command::RegisterNeed { need: Box::new(need.clone()) }).unwrap();

    let mut again = desk.new_need(id, Desk::now());
    again.title = "电饭锅".to_owned();
    again.field = need.field.clone();
    again.item = need.item.clone();
    let refused = desk.commit(Command::RegisterNeed { need: Box::new(again) }).unwrap_err();
    assert_eq!(code(refused), "need.duplicate_suspected");

    desk.commit(Command::VerifyNeed { need: need.id, findings: "属实".to_owned() }).unwrap();
    let mut wish = desk.new_wish(&need, Desk::now());
    wish.card_text = "给张淑芬买一个电饭煲".to_owned();
    let refused = desk.commit(Command::WriteWish { wish: Box::new(wish.clone()) }).unwrap_err();
    assert_eq!(code(refused), "wish.identity_in_card");
    wish.card_text = "一位老人想要一个电饭煲".to_owned();
    desk.commit(Command::WriteWish { wish: Box::new(wish.clone()) }).unwrap();
    desk.commit(Command::PublishWish { wish: wish.id, until: None }).unwrap();

    let claim = desk.new_claim(wish.id, 1, "爱心企业");
    desk.commit(Command::ClaimWish { claim: Box::new(claim.clone()) }).unwrap();
    let second = desk.new_claim(wish.id, 1, "另一人");
    let refused = desk.commit(Command::ClaimWish { claim: Box::new(second) }).unwrap_err();
    assert_eq!(code(refused), "wish.already_claimed");
    desk.commit(Command::FulfilClaim { claim: claim.id, evidence: "已送达".to_owned() }).unwrap();
    let confirmation = Confirmation::Beneficiary { note: "收到了".to_owned() };
    desk.commit(Command::ConfirmWish { wish: wish.id, confirmation }).unwrap();

    let check = |desk: &Desk| {
        let dossier = desk.replica().dossier(id).unwrap().unwrap();
        assert_eq!(dossier.needs[0].state, NeedState::Confirmed);
        assert_eq!(dossier.wishes[0].state, WishState::Confirmed);
        assert_eq!(dossier.claims.len(), 1);
        let memory = desk.replica().read();
        assert_eq!(memory.search.find("zsf", 10).total, 1);
        assert_eq!(memory.household(id).unwrap().head(), "张淑芬");
    };
    check(&desk);
    drop(desk);
    // Once without a row file, as after a crash, and once with one.
    let desk = reopen(folder.path());
    check(&desk);
    desk.replica().rest().unwrap();
    drop(desk);
    check(&reopen(folder.path()));
}

#[test]
fn undo_takes_back_the_last_command_and_then_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    let id = household(&desk);
    let mut visit = desk.new_visit(id, Desk::now());
    visit.result = VisitResult::Met;
    desk.commit(Command::LogVisit { visit: Box::new(visit), amendments: vec![], needs: vec![] }).unwrap();
    assert_eq!(desk.replica().read().household(id).unwrap().fixed().visits, 1);

    assert_eq!(desk.undo(Desk::now()).unwrap().1.name(), "log_visit");
    assert_eq!(desk.replica().read().household(id).unwrap().fixed().visits, 0);
    assert_eq!(desk.undo(Desk::now()).unwrap().1.name(), "register_household");
    assert!(!desk.replica().read().household(id).unwrap().is_present());
    assert_eq!(desk.replica().read().search.find("张淑芬", 10).total, 0);
    assert_eq!(code(desk.undo(Desk::now()).unwrap_err()), "undo.nothing");
}

#[test]
fn a_person_stands_in_one_household_only() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    household(&desk);
    let held = desk.replica().read().rows.len();
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| household(&desk)));
    assert!(refused.is_err(), "a second household with the same person was registered");
    assert_eq!(desk.replica().read().rows.len(), held);
}

#[test]
fn seeded_records_keep_the_past_they_come_with() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    let registered = Moment::start_of(chrono::NaiveDate::from_ymd_opt(2024, 3, 5).unwrap());
    let mut records = records();
    for record in &mut records {
        let meta = record.fields_mut().meta_mut();
        (meta.rev, meta.hlc) = (4, Hlc::at(registered));
    }
    let unstamped = Resource { id: ResourceId::new(), ..Resource::default() };
    let unstamped_key = Record::Resource(unstamped.clone()).key();
    records.push(Record::Resource(unstamped));
    let id = match &records[0] {
        Record::Household(household) => household.id,
        _ => panic!("the household comes first"),
    };
    let began = Desk::now().at;
    desk.commit(Command::Seed { records }).unwrap();
    let check = |desk: &Desk| {
        let dossier = desk.replica().dossier(id).unwrap().unwrap();
        for meta in [&dossier.household.meta, &dossier.members[0].meta] {
            assert_eq!((meta.rev, meta.hlc.moment()), (4, registered));
        }
        // Never visited: due from the day of registration on, which is long past.
        let due = desk.replica().read().household(id).unwrap().fixed().next_due;
        assert!(rows::date(due).unwrap() < chrono::NaiveDate::from_ymd_opt(2024, 12, 31).unwrap(), "{due}");
        let resource = desk.replica().record(unstamped_key, None).unwrap().unwrap();
        let meta = resource.fields().meta();
        assert!(meta.rev == 1 && meta.hlc.moment() >= began, "{meta:?}: what has no past begins now");
    };
    check(&desk);
    drop(desk);
    check(&reopen(folder.path()));
}

#[test]
fn the_first_visit_is_due_from_registration_however_often_the_file_is_amended() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    let registered = Moment::start_of(chrono::NaiveDate::from_ymd_opt(2024, 3, 5).unwrap());
    let mut records = records();
    let Record::Household(household) = &mut records[0] else { panic!("the household comes first") };
    household.id = HouseholdId(RecordId::from_parts(registered.0 as u64, [7; 10]));
    let id = household.id;
    let Record::Member(member) = &mut records[1] else { panic!("the member comes second") };
    member.household = id;
    // Without a stamp of its own the record is stamped now, as one that was just amended is.
    desk.commit(Command::Seed { records }).unwrap();
    assert!(desk.replica().dossier(id).unwrap().unwrap().household.meta.hlc.moment() > registered);
    let due = desk.replica().read().household(id).unwrap().fixed().next_due;
    assert!(rows::date(due).unwrap() < chrono::NaiveDate::from_ymd_opt(2024, 12, 31).unwrap(), "{due}");
}

#[test]
fn nothing_waits_to_be_sent_on_a_device_that_works_alone() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    household(&desk);
    assert!(desk.replica().store().last_seq() > 0);
    assert_eq!(desk.replica().unsent(), 0);
    assert_eq!(zhulian::tui::app::runner::sync_status(&desk).unsent, desk.replica().unsent());
}

#[test]
fn an_id_number_names_its_person_and_is_found_by_its_last_four_and_six() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    let mut records = records();
    let Record::Member(mut head) = records[1].clone() else { panic!("the member comes second") };
    let second = Member { id: MemberId::new(), name: "张伟".to_owned(), relation: Code::from("20"), ..head.clone() };
    head.id_number = None;
    records[1] = Record::Member(head);
    records.push(Record::Member(second));
    desk.commit(Command::RegisterHousehold { records }).unwrap();
    let check = |desk: &Desk| {
        let memory = desk.replica().read();
        for typed in ["0019", "010019", "990101199001010019"] {
            let found = memory.search.find(typed, 10);
            assert_eq!(found.total, 1, "{typed}");
            let row = memory.rows.get(found.hits[0].row).unwrap();
            assert_eq!(row.names().nth(found.hits[0].index.into()), Some("张伟"), "{typed}");
            assert_eq!(row.id_tails().nth(found.hits[0].index.into()), Some("0019"), "{typed}: what may be shown");
        }
        assert_eq!(memory.search.find("020019", 10).total, 0);
    };
    check(&desk);
    desk.replica().rest().unwrap();
    drop(desk);
    check(&reopen(folder.path()));
}

#[test]
fn many_changed_rows_do_not_stay_beside_the_search_index() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path());
    let mut commands = (0..700).map(|n| {
        let mut records = records();
        if let Record::Household(household) = &mut records[0] {
            household.archive_no = format!("H{n}");
        }
        if let Record::Member(member) = &mut records[1] {
            member.id_number = None;
        }
        Ok(Command::RegisterHousehold { records })
    });
    desk.replica().commit_all(desk.actor(), Desk::now(), &mut commands, &mut |_, _| true).unwrap();
    let began = std::time::Instant::now();
    while desk.replica().read().search.wants_compaction() {
        assert!(began.elapsed().as_secs() < 30, "{} changes", desk.replica().read().search.changes());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(desk.replica().read().search.find("zsf", 10).total, 700);
}

/// A row file as another version of the program, or nobody, would have written it: a start builds the rows anew, and
/// says so only where something was amiss.
#[test]
fn a_row_file_that_cannot_be_read_is_built_anew() {
    #[derive(serde::Serialize)]
    struct EarlierHead {
        version: u8,
    }
    let head = |bytes: Vec<u8>| [vec![0], bytes].concat();
    let earlier = head(codec::encode(&EarlierHead { version: 4 }).unwrap());
    for (chunk, amiss) in [(earlier, false), (head(codec::encode("no head").unwrap()), true), (vec![200, 1], true)] {
        let folder = tempfile::tempdir().unwrap();
        let kept = household(&desk(folder.path()));
        let (store, _) = Store::open(Home::new(folder.path()), &Unlock::Nothing).unwrap();
        store.write_rows(store.last_seq(), std::slice::from_ref(&chunk), &[]).unwrap();
        drop(store);
        let (replica, findings) = Replica::open(Home::new(folder.path()), &Unlock::Nothing).unwrap();
        assert_eq!(!findings.is_empty(), amiss, "{chunk:?} {findings:?}");
        assert!(replica.finish_opening(Desk::now().today()).unwrap().rows_built, "{chunk:?}");
        assert!(replica.read().household(kept).is_some(), "{chunk:?}");
    }
}
