use super::*;
use crate::domain::change::FieldChange;
use crate::domain::command::Amendment;
use crate::domain::id::VisitId;
use crate::domain::record::{Kind, RecordKey};
use crate::domain::value::Value;
use crate::domain::visit::{Visit, VisitResult};

fn visit(n: u8) -> Visit {
    Visit {
        id: VisitId(id(n)),
        household: household(),
        at: now().at,
        mode: Code::from("door"),
        result: VisitResult::Met,
        visitors: vec![WorkerId(id(1))],
        ..Visit::default()
    }
}

fn log(visit: Visit) -> Command {
    Command::LogVisit { visit: Box::new(visit), amendments: vec![], needs: vec![] }
}

fn phone(before: &str, after: &str) -> Amendment {
    let text = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) };
    Amendment {
        record: RecordKey { kind: Kind::Household, id: household().into() },
        change: FieldChange { field: "phone".to_owned(), before: text(before), after: text(after) },
    }
}

#[test]
fn a_visit_is_checked_field_by_field() {
    let book = village();
    let worker = actor(1, Role::GridWorker);
    let cases: [(&str, Visit, (&str, Option<&str>)); 7] = [
        ("no mode", Visit { mode: Code::default(), ..visit(40) }, ("required", Some("mode"))),
        ("mode not on the list", Visit { mode: Code::from("drone"), ..visit(40) }, ("code.unknown", Some("mode"))),
        (
            "without the worker",
            Visit { visitors: vec![WorkerId(id(2))], ..visit(40) },
            ("visit.visitor_missing", Some("visitors")),
        ),
        (
            "refused without a reason",
            Visit { result: VisitResult::Refused, ..visit(40) },
            ("visit.refusal_reason_missing", Some("refusal_reason")),
        ),
        (
            "refused for another reason, without words",
            Visit { result: VisitResult::Refused, refusal_reason: Code::from("other"), ..visit(40) },
            ("reason.remark_required", Some("note")),
        ),
        (
            "next before this",
            Visit { next_due: Some(now().today()), ..visit(40) },
            ("visit.next_due_before_visit", Some("next_due")),
        ),
        (
            "control characters",
            Visit { note: "一切\u{1b}[2J正常".to_owned(), ..visit(40) },
            ("text.control", Some("note")),
        ),
    ];
    for (name, visit, (code, field)) in cases {
        let (got, at) = refused(&book, &worker, &log(visit));
        assert_eq!((got.as_str(), at.as_deref()), (code, field), "{name}");
    }
    assert!(decide(&book, &worker, now(), &log(visit(40))).is_ok());
}

#[test]
fn refusals_and_empty_houses_are_visits_too() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    let refused = Visit { result: VisitResult::Refused, refusal_reason: first("refuse_visit_reason"), ..visit(40) };
    carry_out(&mut book, &worker, log(refused));
    carry_out(&mut book, &worker, log(Visit { result: VisitResult::Absent, ..visit(41) }));
    assert_eq!(book.get::<Visit>(id(41)).result, VisitResult::Absent);
}

#[test]
fn a_wrong_clock_never_refuses_a_visit() {
    let book = village();
    let tomorrow = Moment(now().at.0 + 30 * 86_400_000);
    assert!(decide(&book, &actor(1, Role::GridWorker), now(), &log(Visit { at: tomorrow, ..visit(40) })).is_ok());
}

#[test]
fn changed_facts_and_needs_come_with_the_visit_or_not_at_all() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    let command = |facts, needs| Command::LogVisit { visit: Box::new(visit(40)), amendments: facts, needs };
    let spoilt = Need { title: String::new(), ..need(41) };
    let (code, field) = refused(&book, &worker, &command(vec![phone("", "19900000000")], vec![spoilt]));
    assert_eq!((code.as_str(), field.as_deref()), ("required", Some("title")));
    carry_out(&mut book, &worker, command(vec![phone("", "19900000000")], vec![need(41)]));
    assert_eq!(book.get::<Household>(household()).phone, "19900000000");
    assert_eq!(book.get::<Need>(id(41)).visit, Some(VisitId(id(40))));
    let logged: Visit = book.get(id(40));
    assert_eq!(logged.needs, [NeedId(id(41))]);
    assert_eq!(logged.changes[0].change.after, Value::Text("19900000000".to_owned()));
}

#[test]
fn a_visit_changes_facts_of_its_own_household_only() {
    let mut book = village();
    book.put(Household { id: HouseholdId(id(50)), ..book.get::<Household>(household()) });
    let mut foreign = phone("", "1");
    foreign.record.id = id(50);
    let command = Command::LogVisit { visit: Box::new(visit(40)), amendments: vec![foreign], needs: vec![] };
    assert_eq!(refused(&book, &actor(1, Role::GridWorker), &command).0, "record.not_found");
}

#[test]
fn identity_facts_are_compared_with_what_the_author_saw() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    let rename = |before: &str, after: &str| Command::Amend {
        household: Some(household()),
        amendments: vec![Amendment {
            record: RecordKey { kind: Kind::Member, id: id(12) },
            change: FieldChange {
                field: "name".to_owned(),
                before: Value::Text(before.to_owned()),
                after: Value::Text(after.to_owned()),
            },
        }],
    };
    let (code, field) = refused(&book, &worker, &rename("张大宝", "张中宝"));
    assert_eq!((code.as_str(), field.as_deref()), ("conflict.stale", Some("name")));
    carry_out(&mut book, &worker, rename("张小宝", "张中宝"));
    // A telephone number is a contact fact: the later writer holds, whatever was seen.
    let command = Command::Amend { household: Some(household()), amendments: vec![phone("nonsense", "19900000001")] };
    carry_out(&mut book, &worker, command);
    assert_eq!(book.get::<Household>(household()).phone, "19900000001");
}

#[test]
fn only_entered_fields_are_amended() {
    let book = village();
    for (kind, n, field, code) in [
        (Kind::Household, 10, "archive_no", "field.fixed"),
        (Kind::Member, 12, "household", "field.fixed"),
        (Kind::Household, 10, "no_such", "field.unknown"),
    ] {
        let change = FieldChange { field: field.to_owned(), before: Value::Null, after: Value::Text("x".to_owned()) };
        let record = RecordKey { kind, id: id(n) };
        let amendments = vec![Amendment { record, change }];
        let command = Command::Amend { household: Some(household()), amendments };
        assert_eq!(refused(&book, &actor(1, Role::GridWorker), &command).0, code, "{field}");
    }
}

#[test]
fn a_note_may_have_lines() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, log(Visit { note: "老人在家\n降压药已备齐".to_owned(), ..visit(40) }));
    let lines = Visit { companions: "张三\n李四".to_owned(), ..visit(41) };
    assert_eq!(refused(&book, &worker, &log(lines)), ("text.control".to_owned(), Some("companions".to_owned())));
}
