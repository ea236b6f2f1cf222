//! Rules, on records held in plain maps.

mod book;
mod households;
mod leads;
mod needs;
mod reference;
mod undo;
mod visits;
mod wishes;

use book::Book;
use chrono::NaiveDate;

use super::decide;
use crate::domain::codes::Code;
use crate::domain::command::Command;
use crate::domain::household::Household;
use crate::domain::id::{HouseholdId, MemberId, NeedId, RecordId, WorkerId};
use crate::domain::id_number::IdNumber;
use crate::domain::member::Member;
use crate::domain::moment::{Moment, Now};
use crate::domain::need::Need;
use crate::domain::record::Record;
use crate::domain::refusal::Refusal;
use crate::domain::region::RegionCode;
use crate::domain::worker::{Actor, Role, Worker};
use crate::i18n::Explain as _;

fn id(n: u8) -> RecordId {
    RecordId::from_parts(1_000 + u64::from(n), [n; 10])
}

fn now() -> Now {
    Now::new(Moment::start_of(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()))
}

fn actor(n: u8, role: Role) -> Actor {
    Actor { worker: WorkerId(id(n)), role, org: None, regions: vec![], device: Default::default() }
}

/// A book with two workers and one household of two.
fn village() -> Book {
    let mut book = Book::default();
    for (n, name) in [(1, "王网格"), (2, "李社工")] {
        book.put(Worker { id: WorkerId(id(n)), name: name.to_owned(), active: true, ..Worker::default() });
    }
    let household = HouseholdId(id(10));
    book.put(Household {
        id: household,
        head: Some(MemberId(id(11))),
        category: Code::from("dibao"),
        region: RegionCode::parse("990101102201").unwrap(),
        archive_no: "H1".to_owned(),
        ..Household::default()
    });
    for (n, name, number) in [(11, "张淑芬", "990101199001010019"), (12, "张小宝", "")] {
        book.put(Member {
            id: MemberId(id(n)),
            household,
            name: name.to_owned(),
            id_number: IdNumber::parse_stored(number).ok(),
            relation: Code::from(if n == 11 { "02" } else { "20" }),
            birth_date: NaiveDate::from_ymd_opt(if n == 11 { 1990 } else { 2018 }, 1, 1),
            school: if n == 12 { "东岙镇中心小学".to_owned() } else { String::new() },
            ..Member::default()
        });
    }
    book
}

fn household() -> HouseholdId {
    HouseholdId(id(10))
}

fn first(list: &str) -> Code {
    crate::domain::codes::list(list).unwrap().entries()[0].to_code()
}

fn second(list: &str) -> Code {
    crate::domain::codes::list(list).unwrap().entries()[1].to_code()
}

fn need(n: u8) -> Need {
    Need {
        id: NeedId(id(n)),
        household: household(),
        title: format!("需求{n}"),
        field: first("service_field"),
        item: first("wish_category"),
        urgency: Code::from("3"),
        ..Need::default()
    }
}

/// Decides and applies; panics with the refusal.
fn carry_out(book: &mut Book, actor: &Actor, command: Command) -> u64 {
    match decide(book, actor, now(), &command) {
        Ok(changes) => book.log(actor, now(), command, changes),
        Err(refusal) => panic!("{refusal}"),
    }
}

/// The code and field of the refusal; panics when the command is carried out.
fn refused(book: &Book, actor: &Actor, command: &Command) -> (String, Option<String>) {
    match decide(book, actor, now(), command) {
        Ok(changes) => panic!("carried out: {changes:?}"),
        Err(refusal) => told(&refusal),
    }
}

fn told(refusal: &Refusal) -> (String, Option<String>) {
    (refusal.code().to_owned(), refusal.field().map(str::to_owned))
}

#[test]
fn registering_a_household_shows_every_fault_at_once() {
    let book = village();
    let person = Member {
        id: MemberId(id(22)),
        household: HouseholdId(id(20)),
        name: String::new(),
        id_number: IdNumber::parse_stored("990101199001010019").ok(),
        relation: Code::from("nonsense"),
        ..Member::default()
    };
    let records = vec![
        Record::Household(Household { id: HouseholdId(id(20)), category: Code::from("dibao"), ..Household::default() }),
        Record::Member(person),
    ];
    let refusal =
        decide(&book, &actor(1, Role::GridWorker), now(), &Command::RegisterHousehold { records }).unwrap_err();
    let mut codes: Vec<_> = refusal.each().map(|fault| fault.code().to_owned()).collect();
    codes.sort();
    assert_eq!(
        codes,
        ["code.unknown", "household.no_head", "member.registered_elsewhere", "required", "required"],
        "region and name are required"
    );
}

#[test]
fn roles_may_what_the_duty_table_says() {
    let book = village();
    let command = Command::RegisterNeed { need: Box::new(need(30)) };
    for role in Role::ALL {
        let done = decide(&book, &actor(1, *role), now(), &command).is_ok();
        let expected = matches!(role, Role::GridWorker | Role::VillageCadre | Role::SocialWorker | Role::CivilAffairs);
        assert_eq!(done, expected, "{role:?}");
    }
}

#[test]
fn nobody_works_outside_of_their_territory() {
    let book = village();
    let mut stranger = actor(1, Role::GridWorker);
    stranger.regions = vec![RegionCode::parse("990101102202").unwrap()];
    let command = Command::RegisterNeed { need: Box::new(need(30)) };
    assert_eq!(refused(&book, &stranger, &command).0, "actor.outside_territory");
    stranger.regions = vec![RegionCode::parse("990101102000").unwrap()];
    assert!(decide(&book, &stranger, now(), &command).is_ok());
}

#[test]
fn every_enumerated_state_stands_in_its_code_list() {
    use crate::domain::claim::ClaimState;
    use crate::domain::lead::LeadState;
    use crate::domain::need::NeedState;
    use crate::domain::region::Level;
    use crate::domain::visit::VisitResult;
    use crate::domain::wish::WishState;
    fn check(list: &str, codes: &[&str]) {
        let held: Vec<&str> = crate::domain::codes::list(list).unwrap().entries().iter().map(|e| e.code).collect();
        assert_eq!(held, codes, "{list}");
    }
    check(ClaimState::LIST, &ClaimState::ALL.iter().map(|s| s.code()).collect::<Vec<_>>());
    check(LeadState::LIST, &LeadState::ALL.iter().map(|s| s.code()).collect::<Vec<_>>());
    check(NeedState::LIST, &NeedState::ALL.iter().map(|s| s.code()).collect::<Vec<_>>());
    check(WishState::LIST, &WishState::ALL.iter().map(|s| s.code()).collect::<Vec<_>>());
    check(VisitResult::LIST, &VisitResult::ALL.iter().map(|s| s.code()).collect::<Vec<_>>());
    check(Level::LIST, &Level::ALL.iter().map(|s| s.code()).collect::<Vec<_>>());
    check(Role::LIST, &Role::ALL.iter().map(|s| s.code()).collect::<Vec<_>>());
}

#[test]
fn every_code_field_names_a_list_that_exists() {
    use crate::domain::field::FieldKind;
    use crate::domain::record::Kind;
    for kind in Kind::ALL {
        for field in kind.table().fields {
            if let FieldKind::Code(list) | FieldKind::Codes(list) = field.kind {
                assert!(crate::domain::codes::list(list).is_some(), "{kind:?}.{}: {list}", field.name);
            }
        }
    }
}

#[test]
fn a_record_keeps_what_a_newer_version_wrote() {
    let json = r#"{"id":"00000000-0000-7000-8000-000000000001","meta":{"rev":3,"hlc":5,"by":"00000000-0000-7000-8000-000000000002","signature":"x"},"title":"被子","field":"health","drone_drop":{"lat":27.5,"tries":[1,2]},"state":"valid"}"#;
    let need: Need = serde_json::from_str(json).unwrap();
    assert_eq!(need.title, "被子");
    let again: serde_json::Value = serde_json::from_str(&serde_json::to_string(&need).unwrap()).unwrap();
    assert_eq!(again["drone_drop"]["tries"][1], 2);
    assert_eq!(again["meta"]["signature"], "x");
    assert_eq!(again["state"], "valid");
}
