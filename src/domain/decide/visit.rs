//! Logging a visit, with the facts it found changed and the needs it found.

use super::super::validate;
use super::{Case, Change, Kind, Reason, Refusal, Right, amend, in_words, label, need};
use crate::domain::command::Amendment;
use crate::domain::need::Need;
use crate::domain::visit::{Observed, Visit, VisitResult};

pub(super) fn log(
    case: &Case<'_>,
    visit: &Visit,
    amendments: &[Amendment],
    needs: &[Need],
) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::WorkCases)?;
    case.dossier(visit.household)?;
    case.absent(visit.key())?;
    check(case, visit)?;

    let mut changes = Vec::new();
    for amendment in amendments {
        belongs(case, visit, amendment)?;
    }
    let amended = amend::amended(case, amendments)?;
    let mut visit = case.stamped(visit.clone());
    visit.changes = amended
        .iter()
        .filter_map(|change| match change {
            Change::Update { record, fields } => Some((record, fields)),
            Change::Create(_) => None,
        })
        .flat_map(|(record, fields)| fields.iter().map(|change| Observed { record: *record, change: change.clone() }))
        .collect();
    visit.needs = needs.iter().map(|need| need.id).collect();
    changes.push(Change::create(visit.clone()));
    changes.extend(amended);
    for found in needs {
        let mut found = found.clone();
        found.household = visit.household;
        found.visit = Some(visit.id);
        changes.push(need::register(case, &found)?);
    }
    Ok(changes)
}

fn check(case: &Case<'_>, visit: &Visit) -> Result<(), Refusal> {
    let mut faults = validate::record(visit, case.now.today());
    if !visit.visitors.contains(&case.actor.worker) {
        faults.push(Refusal::at("visitors", Reason::VisitorMissing));
    }
    if visit.result == VisitResult::Refused && visit.refusal_reason.as_str().is_empty() {
        faults.push(Refusal::at("refusal_reason", Reason::RefusalReasonMissing));
    }
    if visit.result == VisitResult::Refused
        && let Err(unsaid) = in_words(&visit.refusal_reason, &visit.note, "note", label("走访记录", "the notes"))
    {
        faults.push(unsaid);
    }
    if let Some(date) = visit.next_due
        && date <= visit.at.date()
    {
        faults.push(Refusal::at("next_due", Reason::NextDueBeforeVisit { date }));
    }
    // A wrong laptop clock never refuses a visit, so the time of the visit itself is not held against `now`.
    match Refusal::from_all(faults) {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

/// A visit changes facts of the household it went to, of nobody else.
fn belongs(case: &Case<'_>, visit: &Visit, amendment: &Amendment) -> Result<(), Refusal> {
    let key = amendment.record;
    let dossier = case.dossier(visit.household)?;
    let held = match key.kind {
        Kind::Household | Kind::Member | Kind::Indicator => dossier.record(key).is_some(),
        _ => false,
    };
    if held { Ok(()) } else { Err(Reason::NotFound { kind: key.kind }.into()) }
}
