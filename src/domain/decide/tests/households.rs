use super::*;
use crate::domain::change::FieldChange;
use crate::domain::command::Amendment;
use crate::domain::record::{Fields as _, RecordKey};
use crate::domain::refusal::Refusal;
use crate::domain::value::{FieldValue as _, Value};

fn member(n: u8, name: &str, number: &str) -> Member {
    Member {
        id: MemberId(id(n)),
        household: HouseholdId(id(20)),
        name: name.to_owned(),
        id_number: IdNumber::parse_stored(number).ok(),
        ..Member::default()
    }
}

fn amend(record: RecordKey, field: &str, before: Value, after: Value) -> Command {
    let change = FieldChange { field: field.to_owned(), before, after };
    Command::Amend { household: Some(household()), amendments: vec![Amendment { record, change }] }
}

fn refusal_of(book: &Book, command: &Command) -> Refusal {
    decide(book, &actor(1, Role::GridWorker), now(), command).unwrap_err()
}

fn whose(refusal: &Refusal) -> &str {
    refusal.of.as_ref().map_or("", |of| of.name.as_str())
}

#[test]
fn a_refusal_says_whose_record_it_is_about() {
    let book = village();
    let records = vec![
        Record::Household(Household {
            id: HouseholdId(id(20)),
            head: Some(MemberId(id(21))),
            category: Code::from("dibao"),
            region: RegionCode::parse("990101102201").unwrap(),
            ..Household::default()
        }),
        Record::Member(member(21, "周大妹", "99010119850505001X")),
        Record::Member(member(22, "周小英", "99010119850505001X")),
        Record::Member(member(23, "", "990101199001010019")),
    ];
    let refusal = refusal_of(&book, &Command::RegisterHousehold { records });
    let told: Vec<_> =
        refusal.each().map(|fault| (fault.code().to_owned(), fault.record().map(|key| key.id), whose(fault))).collect();
    let expected = [
        ("member.entered_twice".to_owned(), Some(id(22)), "周*英"),
        ("member.registered_elsewhere".to_owned(), Some(id(23)), ""),
        ("required".to_owned(), Some(id(23)), ""),
    ];
    assert_eq!(told, expected);
    assert!(refusal.message(crate::i18n::Lang::Zh).starts_with("周*英："));
}

#[test]
fn an_amendment_moves_nobody_into_a_second_household() {
    let mut book = village();
    let elsewhere = Member { household: HouseholdId(id(20)), ..member(22, "周大妹", "99010119850505001X") };
    book.put(Household {
        id: HouseholdId(id(20)),
        head: Some(elsewhere.id),
        region: RegionCode::parse("990101102201").unwrap(),
        ..Household::default()
    });
    book.put(elsewhere.clone());
    let child = MemberId(id(12));
    let key = RecordKey { kind: crate::domain::record::Kind::Member, id: child.into() };
    let number = |text: &str| IdNumber::parse_stored(text).ok().to_value();
    let refusal = refusal_of(&book, &amend(key, "id_number", Value::Null, number("99010119850505001X")));
    assert_eq!((told(&refusal).0.as_str(), whose(&refusal)), ("member.registered_elsewhere", "张*宝"));
    // The head is one of the members.
    let file = HouseholdId(id(10));
    let household = RecordKey { kind: crate::domain::record::Kind::Household, id: file.into() };
    let head = |id: MemberId| Some(id).to_value();
    let before = head(MemberId(id(11)));
    let refusal = refusal_of(&book, &amend(household, "head", before.clone(), head(elsewhere.id)));
    assert_eq!(told(&refusal), ("household.head_not_member".to_owned(), Some("head".to_owned())));
    carry_out(&mut book, &actor(1, Role::GridWorker), amend(household, "head", before, head(child)));
    assert_eq!(book.get::<Household>(id(10)).head, Some(child));
}

#[test]
fn nought_and_nothing_are_the_same() {
    let book = village();
    let key = book.get::<Household>(id(10)).key();
    assert_eq!(book.get::<Household>(id(10)).get("guarantee_count"), Some(Value::Int(0)));
    let refusal = refusal_of(&book, &amend(key, "guarantee_count", Value::Int(0), Value::Null));
    assert_eq!(refusal.code(), "amend.nothing");
}

#[test]
fn a_household_has_one_head() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    let second =
        Member { household: household(), relation: Code::from("02"), ..member(23, "周小英", "99010119850505001X") };
    let register = |member: &Member| Command::Register { record: Box::new(Record::Member(member.clone())) };
    assert_eq!(
        refused(&book, &worker, &register(&second)),
        ("household.second_head".to_owned(), Some("relation".to_owned()))
    );
    let third = Member { relation: Code::from("20"), ..second.clone() };
    carry_out(&mut book, &worker, register(&third));
    let key = third.key();
    let relation = |after: &str| amend(key, "relation", Value::Text("20".into()), Value::Text(after.into()));
    assert_eq!(refused(&book, &worker, &relation("02")).0, "household.second_head");
    // Together with the household's head it is no second one.
    let Command::Amend { household, mut amendments } = relation("02") else { unreachable!() };
    let change = |field: &str, before: Value, after: Value| FieldChange { field: field.to_owned(), before, after };
    amendments.extend([
        Amendment {
            record: book.get::<Household>(id(10)).key(),
            change: change("head", Some(MemberId(id(11))).to_value(), Some(third.id).to_value()),
        },
        Amendment {
            record: book.get::<Member>(id(11)).key(),
            change: change("relation", Value::Text("02".into()), Value::Text("10".into())),
        },
    ]);
    carry_out(&mut book, &worker, Command::Amend { household, amendments });
    assert_eq!(book.get::<Household>(id(10)).head, Some(third.id));
}

#[test]
fn persons_are_counted_as_they_come_and_go() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    let count = |book: &Book| book.get::<Household>(id(10)).member_count;
    let set = |book: &mut Book, n: u16| book.put(Household { member_count: n, ..book.get::<Household>(id(10)) });
    set(&mut book, 2);
    let third = Member { household: household(), ..member(23, "周小英", "99010119850505001X") };
    let seq = carry_out(&mut book, &worker, Command::Register { record: Box::new(Record::Member(third.clone())) });
    assert!(seq > 0);
    assert_eq!(count(&book), 3);
    let day = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.into()) };
    let leave = |before: &str, after: &str| amend(third.key(), "left_on", day(before), day(after));
    carry_out(&mut book, &worker, leave("", "2026-01-05"));
    assert_eq!(count(&book), 2);
    carry_out(&mut book, &worker, leave("2026-01-05", "2026-01-06"));
    assert_eq!(count(&book), 2, "another date is no other person");
    carry_out(&mut book, &worker, leave("2026-01-06", ""));
    assert_eq!(count(&book), 3);
    // A number that never was that of the list says something of its own.
    set(&mut book, 5);
    carry_out(&mut book, &worker, leave("", "2026-01-05"));
    assert_eq!(count(&book), 5);
}
