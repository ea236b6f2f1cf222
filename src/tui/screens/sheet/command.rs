//! Which command a filled-in sheet makes.

use super::super::entry::Entry;
use super::fields::CARD_FIELDS;
use super::{Purpose, Record, State};
use crate::domain::change::FieldChange;
use crate::domain::codes::Code;
use crate::domain::command::{Command, Confirmation};
use crate::domain::decide::TRIAGE_FIELDS;
use crate::domain::id::{ClaimId, VisitId, WorkerId};
use crate::domain::record::Fields;
use crate::domain::value::{FieldValue as _, Value};
use crate::tui::app::Context;

/// The command; `None` where something does not fit its field, which the check of the form has shown already.
pub(super) fn command(state: &State, ctx: &Context<'_>) -> Option<Command> {
    let today = ctx.today();
    let typed = |name: &str| state.entry.text(None, name, today);
    let code = |name: &str| Code::from(typed(name).as_str());
    // Asked only where there are several.
    let chosen = |latest: ClaimId| typed("claim").parse().unwrap_or(latest);
    Some(match &state.purpose {
        Purpose::Need(_) => match &state.record {
            Record::Need(need) => Command::RegisterNeed { need: Box::new(filled(&**need, &state.entry, ctx)?) },
            _ => return None,
        },
        Purpose::Lead(_) => match &state.record {
            Record::Lead(lead) => Command::ReportLead { lead: Box::new(filled(&**lead, &state.entry, ctx)?) },
            _ => return None,
        },
        Purpose::Wish(..) => match &state.record {
            Record::Wish(wish) => Command::WriteWish { wish: Box::new(filled(&**wish, &state.entry, ctx)?) },
            _ => return None,
        },
        Purpose::Claim(_) | Purpose::Hold(_) => match &state.record {
            Record::Claim(claim) => {
                let mut claim = (**claim).clone();
                claim.standing = matches!(state.purpose, Purpose::Hold(_));
                claim.claimant = typed("claimant");
                claim.claimant_phone = typed("claimant_phone");
                if let Value::Int(units) = state.entry.value(None, "units", today) {
                    claim.units = vec![0; usize::try_from(units).unwrap_or(1).clamp(1, 999)];
                }
                Command::ClaimWish { claim: Box::new(claim) }
            }
            _ => return None,
        },
        Purpose::SettleLead(lead, verified) => Command::SettleLead {
            lead: *lead,
            verified: *verified,
            reason: code("reason"),
            outcome: typed("outcome"),
            visit: latest_visit(state),
        },
        Purpose::VerifyNeed(_, need) => Command::VerifyNeed { need: *need, findings: typed("findings") },
        Purpose::RejectNeed(_, need) => {
            Command::RejectNeed { need: *need, reason: code("reason"), findings: typed("findings") }
        }
        Purpose::MergeNeed(_, need) => Command::MergeNeed { need: *need, into: typed("into").parse().ok()? },
        Purpose::WithdrawNeed(_, need) => {
            Command::WithdrawNeed { need: *need, reason: code("reason"), remark: typed("remark") }
        }
        Purpose::Triage(_, need) => match &state.record {
            Record::Need(held) => {
                Command::TriageNeed { need: *need, fields: differences(&**held, &state.entry, TRIAGE_FIELDS, ctx) }
            }
            _ => return None,
        },
        Purpose::RewriteWish(_, wish) => match &state.record {
            Record::Wish(held) => {
                let names = [CARD_FIELDS, &["duplicate_reason"]].concat();
                Command::RewriteWish { wish: *wish, fields: differences(&**held, &state.entry, &names, ctx) }
            }
            _ => return None,
        },
        Purpose::ConfirmNeed(_, need) => Command::ConfirmNeed { need: *need, confirmation: confirmation(state, ctx) },
        Purpose::ConfirmWish(wish) => Command::ConfirmWish { wish: *wish, confirmation: confirmation(state, ctx) },
        Purpose::RejectWish(wish) => {
            Command::RejectWish { wish: *wish, reason: code("reason"), remark: typed("remark") }
        }
        Purpose::WithdrawWish(wish) => {
            Command::WithdrawWish { wish: *wish, reason: code("reason"), remark: typed("remark") }
        }
        Purpose::Connect(claim) => Command::ConnectClaim { claim: chosen(*claim) },
        Purpose::Release(claim) => {
            Command::ReleaseClaim { claim: chosen(*claim), reason: code("reason"), remark: typed("remark") }
        }
        Purpose::NameDonor(claim) => Command::PassClaim {
            claim: chosen(*claim),
            claimant: typed("claimant"),
            claimant_org: typed("claimant_org").parse().ok(),
            claimant_phone: typed("claimant_phone"),
        },
        Purpose::GiveOut(allotment) => Command::SpendStock {
            allotment: *allotment,
            household: typed("household").parse().ok()?,
            quantity: match state.entry.value(None, "quantity", today) {
                Value::Int(quantity) => u32::try_from(quantity).unwrap_or(u32::MAX),
                _ => 0,
            },
        },
        Purpose::Fulfil(claim) => Command::FulfilClaim { claim: chosen(*claim), evidence: typed("evidence") },
        Purpose::Reveal(household, record, field) => Command::Reveal {
            household: *household,
            record: *record,
            field: (*field).to_owned(),
            reason: code("reason"),
            remark: typed("remark"),
        },
    })
}

/// A lead found in data is settled by a visit: the latest one of its household since it was reported.
fn latest_visit(state: &State) -> Option<VisitId> {
    let (Record::Lead(lead), Some(file)) = (&state.record, &state.file) else { return None };
    file.live_visits().find(|visit| visit.at >= lead.reported_at).map(|visit| visit.id)
}

fn confirmation(state: &State, ctx: &Context<'_>) -> Confirmation {
    let note = state.entry.text(None, "note", ctx.today());
    let second = Vec::<WorkerId>::from_value(state.entry.value(None, "second", ctx.today())).unwrap_or_default();
    match second.first() {
        Some(second) => Confirmation::TwoWorkers { second: *second, note },
        None => Confirmation::Beneficiary { note },
    }
}

/// The record with what was typed; `None` where something does not fit, which the check has shown already.
fn filled<R: Fields + Clone>(held: &R, entry: &Entry, ctx: &Context<'_>) -> Option<R> {
    let mut record = held.clone();
    for item in entry.items() {
        record.set(item.field.name, entry.value_at(item, ctx.today())).ok()?;
    }
    Some(record)
}

fn differences(held: &dyn Fields, entry: &Entry, names: &[&str], ctx: &Context<'_>) -> Vec<FieldChange> {
    names
        .iter()
        .filter_map(|name| {
            if !entry.has(None, name) {
                return None;
            }
            let (before, after) = (held.get(name)?, entry.value(None, name, ctx.today()));
            let same = before == after || (before.is_empty() && after.is_empty());
            (!same).then(|| FieldChange { field: (*name).to_owned(), before, after })
        })
        .collect()
}
