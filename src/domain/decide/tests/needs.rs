use super::*;
use crate::domain::change::FieldChange;
use crate::domain::command::{Confirmation, NeedAct};
use crate::domain::need::NeedState;
use crate::domain::value::Value;

fn register(need: Need) -> Command {
    Command::RegisterNeed { need: Box::new(need) }
}

fn beneficiary() -> Confirmation {
    Confirmation::Beneficiary { note: String::new() }
}

fn two(second: u8, note: &str) -> Confirmation {
    Confirmation::TwoWorkers { second: WorkerId(id(second)), note: note.to_owned() }
}

#[test]
fn a_second_like_need_is_warned_of_and_passes_with_a_reason() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, register(need(30)));
    let (code, field) = refused(&book, &worker, &register(need(31)));
    assert_eq!((code.as_str(), field.as_deref()), ("need.duplicate_suspected", Some("duplicate_reason")));
    let other_item = Need { item: second("wish_category"), ..need(32) };
    carry_out(&mut book, &worker, register(other_item));
    let reasoned = Need { duplicate_reason: "两个孩子各一份".to_owned(), ..need(33) };
    carry_out(&mut book, &worker, register(reasoned));
}

#[test]
fn a_like_need_of_another_member_is_no_duplicate() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, register(Need { member: Some(MemberId(id(11))), ..need(30) }));
    carry_out(&mut book, &worker, register(Need { member: Some(MemberId(id(12))), ..need(31) }));
}

#[test]
fn only_the_beneficiary_or_two_workers_close_a_need() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, register(need(30)));
    let need_id = NeedId(id(30));
    let confirm = |confirmation| Command::ConfirmNeed { need: need_id, confirmation };
    assert_eq!(refused(&book, &worker, &confirm(beneficiary())).0, "need.wrong_state");
    carry_out(&mut book, &worker, Command::VerifyNeed { need: need_id, findings: String::new() });
    assert_eq!(refused(&book, &worker, &confirm(beneficiary())).0, "need.wrong_state");
    carry_out(&mut book, &worker, Command::MoveNeed { need: need_id, act: NeedAct::Deliver });
    let file = || Command::MoveNeed { need: need_id, act: NeedAct::Archive };
    assert_eq!(refused(&book, &worker, &file()).0, "need.wrong_state", "not before it is confirmed");
    for (confirmation, code) in [
        (two(1, "老人失语"), "confirm.second_worker_same"),
        (two(99, "老人失语"), "confirm.second_worker_missing"),
        (two(2, "  "), "confirm.second_worker_missing"),
    ] {
        assert_eq!(refused(&book, &worker, &confirm(confirmation)).0, code);
    }
    carry_out(&mut book, &worker, confirm(two(2, "老人失语，家中已见到轮椅")));
    let closed: Need = book.get(need_id);
    assert_eq!(closed.state, NeedState::Confirmed);
    assert_eq!(closed.confirmed_by, [WorkerId(id(1)), WorkerId(id(2))]);
    carry_out(&mut book, &worker, file());
    assert_eq!(book.get::<Need>(need_id).state, NeedState::Archived);
}

#[test]
fn triage_sets_its_fields_and_no_others() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, register(need(30)));
    let triage = |field: &str, value: &str| Command::TriageNeed {
        need: NeedId(id(30)),
        fields: vec![FieldChange {
            field: field.to_owned(),
            before: Value::Null,
            after: Value::Text(value.to_owned()),
        }],
    };
    assert_eq!(refused(&book, &worker, &triage("state", "confirmed")).0, "field.unknown");
    assert_eq!(refused(&book, &worker, &triage("urgency", "9")).0, "code.unknown");
    carry_out(&mut book, &worker, triage("urgency", "1"));
    assert_eq!(book.get::<Need>(id(30)).urgency.as_str(), "1");
}

#[test]
fn needs_merge_within_a_household() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, register(need(30)));
    carry_out(&mut book, &worker, register(Need { item: second("wish_category"), ..need(31) }));
    let merge = |from: u8, into: u8| Command::MergeNeed { need: NeedId(id(from)), into: NeedId(id(into)) };
    assert_eq!(refused(&book, &worker, &merge(30, 30)).0, "need.same");
    carry_out(&mut book, &worker, merge(31, 30));
    assert_eq!(book.get::<Need>(id(31)).state, NeedState::Merged);
    assert_eq!(refused(&book, &worker, &merge(30, 31)).0, "need.wrong_state");
}
