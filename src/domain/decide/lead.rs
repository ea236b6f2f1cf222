//! Reporting and settling leads.

use super::super::validate;
use super::{Case, Change, Code, Label, Reason, Refusal, Right, in_words, label, need_reason, update};
use crate::domain::id::{LeadId, VisitId};
use crate::domain::lead::{Lead, LeadState};
use crate::domain::visit::Visit;

pub(super) fn report(case: &Case<'_>, lead: &Lead) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::ReportLead)?;
    case.absent(lead.key())?;
    if let Some(household) = lead.household {
        case.dossier(household)?;
    }
    let mut lead = case.stamped(lead.clone());
    lead.state = LeadState::Open;
    lead.reported_by = Some(case.actor.worker);
    if lead.reported_at.0 == 0 {
        lead.reported_at = case.now.at;
    }
    validate::check(&lead, case.now.today())?;
    Ok(vec![Change::create(lead)])
}

pub(super) fn settle(
    case: &Case<'_>,
    id: LeadId,
    verified: bool,
    reason: &Code,
    outcome: &str,
    visit: Option<VisitId>,
) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Verify)?;
    let before: Lead = case.get(id)?;
    if before.state != LeadState::Open {
        return Err(Reason::LeadSettled { state: Label::of(LeadState::LIST, before.state.code()) }.into());
    }
    if let Some(visit) = visit {
        case.get::<Visit>(visit)?;
    } else if verified && found_in_data(&before.channel) {
        return Err(Refusal::at("visit", Reason::LeadNeedsVisit));
    }
    if !verified {
        need_reason("reject_reason", reason, "不予采纳原因", "reason")?;
        in_words(reason, outcome, "outcome", label("核实情况", "the findings"))?;
    }
    let mut after = before.clone();
    after.state = if verified { LeadState::Verified } else { LeadState::Rejected };
    after.reason = if verified { Code::default() } else { reason.clone() };
    after.outcome = outcome.to_owned();
    after.visit = visit;
    after.settled_at = Some(case.now.at);
    after.settled_by = Some(case.actor.worker);
    validate::check(&after, case.now.today())?;
    Ok(vec![update(&before, &after)?])
}

/// Leads of the channel group "screening" must be seen to be believed (paper 000: 大数据+铁脚板).
fn found_in_data(channel: &Code) -> bool {
    super::super::codes::list("discovery_channel").is_some_and(|list| list.is_within(channel.as_str(), "screening"))
}
