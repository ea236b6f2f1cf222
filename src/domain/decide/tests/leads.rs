use super::*;
use crate::domain::id::LeadId;
use crate::domain::lead::{Lead, LeadState};

fn lead(n: u8, channel: &str) -> Lead {
    Lead {
        id: LeadId(id(n)),
        channel: Code::from(channel),
        content: "独居老人近日未出门".to_owned(),
        ..Lead::default()
    }
}

fn settle(n: u8, verified: bool, reason: &Code) -> Command {
    Command::SettleLead { lead: LeadId(id(n)), verified, reason: reason.clone(), outcome: String::new(), visit: None }
}

#[test]
fn an_observer_may_report_and_nothing_else() {
    let mut book = village();
    let observer = actor(2, Role::ClanObserver);
    carry_out(&mut book, &observer, Command::ReportLead { lead: Box::new(lead(60, "others")) });
    assert_eq!(refused(&book, &observer, &settle(60, true, &Code::default())).0, "actor.not_permitted");
}

#[test]
fn what_data_found_must_be_seen() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, Command::ReportLead { lead: Box::new(lead(60, "screening_data")) });
    let (code, field) = refused(&book, &worker, &settle(60, true, &Code::default()));
    assert_eq!((code.as_str(), field.as_deref()), ("lead.visit_required", Some("visit")));
}

#[test]
fn a_rejection_needs_a_reason_and_happens_once() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, Command::ReportLead { lead: Box::new(lead(60, "others")) });
    assert_eq!(refused(&book, &worker, &settle(60, false, &Code::default())).0, "reason.required");
    let (code, field) = refused(&book, &worker, &settle(60, false, &Code::from("other")));
    assert_eq!((code.as_str(), field.as_deref()), ("reason.remark_required", Some("outcome")));
    carry_out(&mut book, &worker, settle(60, false, &first("reject_reason")));
    assert_eq!(book.get::<Lead>(id(60)).state, LeadState::Rejected);
    assert_eq!(refused(&book, &worker, &settle(60, true, &Code::default())).0, "lead.settled");
}
