//! Conflicts: open and settle.

use super::super::validate;
use super::{Case, Change, Code, Reason, Refusal, Right, amend, update};
use crate::domain::change::FieldChange;
use crate::domain::command::Amendment;
use crate::domain::conflict::{Choice, Conflict, ConflictState};
use crate::domain::id::ConflictId;

pub(super) fn settle(case: &Case<'_>, id: ConflictId, choice: Choice, remark: &str) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Verify)?;
    let before: Conflict = case.get(id)?;
    if let Some(household) = before.household {
        case.dossier(household)?;
    }
    if before.state == ConflictState::Settled {
        return Err(Reason::ConflictSettled.into());
    }
    let mut after = before.clone();
    after.state = ConflictState::Settled;
    after.choice = Code::from(choice.code());
    after.settled_by = Some(case.actor.worker);
    after.settled_at = Some(case.now.at);
    after.remark = remark.to_owned();
    validate::check(&after, case.now.today())?;
    let mut changes = vec![update(&before, &after)?];
    if choice == Choice::TakeOffered {
        changes.extend(taken(case, &before)?);
    }
    Ok(changes)
}

/// The change that puts the other value in place, if the person who chose saw what stands.
fn taken(case: &Case<'_>, conflict: &Conflict) -> Result<Vec<Change>, Refusal> {
    let record = conflict.about.filter(|_| !conflict.field.is_empty());
    let Some(record) = record else {
        return Err(Refusal::at("choice", Reason::ChoiceMissing));
    };
    let change =
        FieldChange { field: conflict.field.clone(), before: conflict.held.clone(), after: conflict.offered.clone() };
    amend::amended(case, &[Amendment { record, change }])
}

/// A conflict about to be created, stamped.
pub(in crate::domain) fn opened(conflict: Conflict, by: crate::domain::id::WorkerId) -> Change {
    let mut conflict = conflict;
    conflict.state = ConflictState::Open;
    conflict.meta.rev = 1;
    conflict.meta.by = by;
    Change::create(conflict)
}
