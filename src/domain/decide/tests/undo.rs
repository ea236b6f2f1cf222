use super::*;
use crate::domain::command::CommandId;
use crate::domain::decide::inverse_of;

fn take_back(book: &mut Book, actor: &Actor, seq: u64) -> Result<(), String> {
    let command = inverse_of(&book.entries[seq as usize - 1]);
    match decide(book, actor, now(), &command) {
        Ok(changes) => {
            book.log(actor, now(), command, changes);
            Ok(())
        }
        Err(refusal) => Err(refusal.code().to_owned()),
    }
}

#[test]
fn undoing_leaves_what_was_there_before() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    let mut before = vec![book.seen()];
    let commands = [
        Command::RegisterNeed { need: Box::new(need(30)) },
        Command::VerifyNeed { need: NeedId(id(30)), findings: "属实".to_owned() },
        Command::WithdrawNeed { need: NeedId(id(30)), reason: first("reject_reason"), remark: String::new() },
    ];
    for command in commands {
        carry_out(&mut book, &worker, command);
        before.push(book.seen());
    }
    for seq in (1..=3).rev() {
        take_back(&mut book, &worker, seq).unwrap();
        assert_eq!(book.seen(), before[seq as usize - 1]);
    }
}

#[test]
fn what_others_have_built_on_stays() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    let registered = carry_out(&mut book, &worker, Command::RegisterNeed { need: Box::new(need(30)) });
    carry_out(&mut book, &worker, Command::VerifyNeed { need: NeedId(id(30)), findings: String::new() });
    assert_eq!(take_back(&mut book, &worker, registered), Err("undo.changed_since".to_owned()));
}

#[test]
fn nobody_undoes_for_somebody_else() {
    let mut book = village();
    let seq = carry_out(&mut book, &actor(1, Role::GridWorker), Command::RegisterNeed { need: Box::new(need(30)) });
    assert_eq!(take_back(&mut book, &actor(2, Role::GridWorker), seq), Err("undo.nothing".to_owned()));
}

#[test]
fn what_was_seen_stays_seen() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    let reveal = Command::Reveal {
        household: Some(household()),
        record: crate::domain::record::RecordKey { kind: crate::domain::record::Kind::Member, id: id(11) },
        field: "id_number".to_owned(),
        reason: first("reveal_reason"),
        remark: String::new(),
    };
    let seq = carry_out(&mut book, &worker, reveal);
    let target = CommandId { device: worker.device, seq };
    let command = Command::Undo { target, changes: vec![] };
    assert_eq!(refused(&book, &worker, &command).0, "undo.not_possible");
}

#[test]
fn a_masked_field_is_shown_for_a_reason_only() {
    let book = village();
    let reveal = |reason: Code, field: &str| Command::Reveal {
        household: Some(household()),
        record: crate::domain::record::RecordKey { kind: crate::domain::record::Kind::Member, id: id(11) },
        field: field.to_owned(),
        reason,
        remark: String::new(),
    };
    let worker = actor(1, Role::GridWorker);
    assert_eq!(refused(&book, &worker, &reveal(Code::default(), "id_number")).0, "reason.required");
    assert_eq!(refused(&book, &worker, &reveal(first("reveal_reason"), "soul")).0, "field.unknown");
    let volunteer = actor(1, Role::Volunteer);
    assert_eq!(refused(&book, &volunteer, &reveal(first("reveal_reason"), "id_number")).0, "actor.not_permitted");
}
