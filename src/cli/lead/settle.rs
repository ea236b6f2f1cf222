//! `lead verify`, `lead reject`

use serde_json::json;

use crate::cli::{Fault, Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::codes::Code;
use crate::domain::command::Command;
use crate::domain::id::{LeadId, RecordId, VisitId};
use crate::domain::record::Kind;
use crate::i18n::cli as say;

/// Finds that a lead is true
///
/// A lead found by screening data has to be verified by a visit.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The lead: id, beginning of an id, number
    #[arg(value_name = "ID")]
    lead: String,
    /// The visit that found it: its id, or its beginning where the lead names a household
    #[arg(long, value_name = "ID")]
    visit: Option<String>,
    /// What was found
    #[arg(long, value_name = "TEXT", default_value = "")]
    outcome: String,
}

/// Finds that a lead is not true, with the reason
#[derive(Debug, clap::Args)]
pub struct Reject {
    /// The lead: id, beginning of an id, number
    #[arg(value_name = "ID")]
    lead: String,
    /// Why: untrue, incomplete, duplicate, out_of_scope, covered, unreachable, other
    #[arg(long, value_name = "REASON")]
    reason: String,
    /// What was found
    #[arg(long, value_name = "TEXT", default_value = "")]
    outcome: String,
}

impl Run for Verify {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let lead = ids::lead(desk, &self.lead)?;
        let visit = self.visit.as_ref().map(|text| visit_of(desk, lead, text)).transpose()?;
        let outcome = self.outcome.clone();
        let command = Command::SettleLead { lead, verified: true, reason: Code::default(), outcome, visit };
        commit(desk, io, lead, command)
    }
}

impl Run for Reject {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let lead = ids::lead(desk, &self.lead)?;
        let reason = words::code_in("reject_reason", "reason", &self.reason)?;
        let outcome = self.outcome.clone();
        commit(desk, io, lead, Command::SettleLead { lead, verified: false, reason, outcome, visit: None })
    }
}

/// A visit by its full id, or by its beginning among those of the lead's household.
fn visit_of(desk: &Desk, lead: LeadId, text: &str) -> Result<VisitId, Fault> {
    let household = desk.replica().read().pools.leads.find(lead).and_then(|row| row.household);
    let visits: Vec<RecordId> = match household {
        Some(household) => {
            let dossier = crate::cli::household::dossier(desk, household)?;
            dossier.live_visits().map(|visit| visit.id.into()).collect()
        }
        None => Vec::new(),
    };
    ids::among(text, Kind::Visit, "visit", visits).map(VisitId)
}

/// Carries out a command on a lead and answers with the state it led to.
pub(super) fn commit(desk: &Desk, io: &mut Io<'_>, lead: LeadId, command: Command) -> Outcome {
    let committed = desk.commit(command)?;
    let row = desk.replica().read().pools.leads.find(lead).cloned();
    let Some(row) = row else { return Err(ids::not_found(Kind::Lead, "lead").into()) };
    let value = json!({"id": row.id, "no": row.no, "state": row.state, "seq": committed.id.seq});
    io.answer(&value, say::lead_now(io.lang, &row.id.to_string(), &row.no, &row.state.label(io.lang)))
}
