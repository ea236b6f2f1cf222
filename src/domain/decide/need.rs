//! Needs: register, verify, reject, triage, merge, move, confirm.

use super::super::lifecycle::{self, Act};
use super::super::{duplicate, validate};
use super::{
    Case, Change, Code, Confirmation, Label, Reason, Refusal, Right, in_words, label, need_reason, set_field, update,
};
use crate::domain::change::FieldChange;
use crate::domain::command::NeedAct;
use crate::domain::id::NeedId;
use crate::domain::need::{Need, NeedState};

pub(super) fn register(case: &Case<'_>, need: &Need) -> Result<Change, Refusal> {
    case.permit(Right::WorkCases)?;
    let dossier = case.dossier(need.household)?;
    case.absent(need.key())?;
    let mut need = case.stamped(need.clone());
    need.state = NeedState::ToVerify;
    need.reported_by = Some(case.actor.worker);
    if need.reported_at.0 == 0 {
        need.reported_at = case.now.at;
    }
    if need.quantity == 0 {
        need.quantity = 1;
    }
    validate::check(&need, case.now.today())?;
    if let Some(member) = need.member
        && !dossier.members.iter().any(|held| held.id == member)
    {
        return Err(Refusal::at("member", Reason::NotFound { kind: super::Kind::Member }));
    }
    if need.duplicate_reason.trim().is_empty()
        && let Some(held) = duplicate::like_need(&dossier, &need, case.now.today())
    {
        let reason = Reason::NeedDuplicate {
            title: held.title.clone(),
            date: held.reported_at.date(),
            state: Label::of(NeedState::LIST, held.state.code()),
        };
        return Err(Refusal::at("duplicate_reason", reason));
    }
    Ok(Change::create(need))
}

pub(super) fn verify(case: &Case<'_>, id: NeedId, findings: &str) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Verify)?;
    let (before, mut after) = moved(case, id, Act::Verify)?;
    after.findings = findings.to_owned();
    after.verified_at = Some(case.now.at);
    after.verified_by = Some(case.actor.worker);
    validate::check(&after, case.now.today())?;
    Ok(vec![update(&before, &after)?])
}

pub(super) fn reject(case: &Case<'_>, id: NeedId, reason: &Code, findings: &str) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Verify)?;
    need_reason("reject_reason", reason, "不予认定原因", "reason")?;
    in_words(reason, findings, "findings", label("核实情况", "the findings"))?;
    let (before, mut after) = moved(case, id, Act::Reject)?;
    after.reason = reason.clone();
    after.findings = findings.to_owned();
    after.verified_at = Some(case.now.at);
    after.verified_by = Some(case.actor.worker);
    validate::check(&after, case.now.today())?;
    Ok(vec![update(&before, &after)?])
}

pub(super) fn withdraw(case: &Case<'_>, id: NeedId, reason: &Code, remark: &str) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    need_reason("reject_reason", reason, "撤回原因", "reason")?;
    in_words(reason, remark, "remark", label("撤回说明", "the remark"))?;
    let (before, mut after) = moved(case, id, Act::Withdraw)?;
    after.reason = reason.clone();
    after.remark = remark.to_owned();
    validate::check(&after, case.now.today())?;
    Ok(vec![update(&before, &after)?])
}

pub(super) fn merge(case: &Case<'_>, id: NeedId, into: NeedId) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    if id == into {
        return Err(Refusal::at("into", Reason::SameNeed));
    }
    let target: Need = case.get(into)?;
    let (before, mut after) = moved(case, id, Act::Merge)?;
    if target.household != before.household {
        return Err(Refusal::at("into", Reason::OtherHousehold));
    }
    if !target.state.is_open() {
        let state = Label::of(NeedState::LIST, target.state.code());
        return Err(Refusal::at("into", Reason::NeedState { state, act: Act::Merge.label() }));
    }
    after.merged_into = Some(into);
    Ok(vec![update(&before, &after)?])
}

/// The fields that triage sets (paper 002: 对需求紧急程度、服务所需类型、受益周期等进行分级识别).
pub const TRIAGE_FIELDS: &[&str] =
    &["field", "urgency", "service", "benefit_period", "kind", "item", "layer", "demand_side", "due", "estimated"];

pub(super) fn triage(case: &Case<'_>, id: NeedId, fields: &[FieldChange]) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Verify)?;
    let before: Need = case.get(id)?;
    case.dossier(before.household)?;
    if !before.state.is_open() {
        let state = Label::of(NeedState::LIST, before.state.code());
        return Err(Reason::NeedState { state, act: Act::Triage.label() }.into());
    }
    let mut after = before.clone();
    for change in fields {
        if !TRIAGE_FIELDS.contains(&change.field.as_str()) {
            return Err(Refusal::at(change.field.clone(), Reason::NoField { name: change.field.clone() }));
        }
        set_field(&mut after, change)?;
    }
    validate::check(&after, case.now.today())?;
    Ok(vec![update(&before, &after)?])
}

pub(super) fn act(case: &Case<'_>, id: NeedId, act: NeedAct) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    let act = match act {
        NeedAct::Arrange => Act::Arrange,
        NeedAct::Serve => Act::Serve,
        NeedAct::Deliver => Act::Deliver,
        NeedAct::Recheck => Act::Recheck,
        NeedAct::Escalate => Act::Escalate,
        NeedAct::Archive => Act::Archive,
    };
    let (before, after) = moved(case, id, act)?;
    Ok(vec![update(&before, &after)?])
}

pub(super) fn confirm(case: &Case<'_>, id: NeedId, confirmation: &Confirmation) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    let (before, after) = confirmed(case, id, confirmation)?;
    Ok(vec![update(&before, &after)?])
}

/// A need closed by a confirmation; also the end of its wish.
pub(super) fn confirmed(case: &Case<'_>, id: NeedId, confirmation: &Confirmation) -> Result<(Need, Need), Refusal> {
    let (before, mut after) = moved(case, id, Act::Confirm)?;
    let confirmed = case.confirmation(confirmation)?;
    after.confirmed_at = Some(case.now.at);
    after.confirmed_how = confirmed.how;
    after.confirmed_by = confirmed.by;
    after.confirmed_note = confirmed.note;
    validate::check(&after, case.now.today())?;
    Ok((before, after))
}

/// The need before and after an act of its lifecycle, once territory and table allow it.
pub(super) fn moved(case: &Case<'_>, id: NeedId, act: Act) -> Result<(Need, Need), Refusal> {
    let before: Need = case.get(id)?;
    case.dossier(before.household)?;
    let mut after = before.clone();
    after.state = lifecycle::need(before.state, act)?;
    Ok((before, after))
}
