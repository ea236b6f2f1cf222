//! Undo: the inverse of an earlier command, as a command of its own, so that it works after sync too.

use super::{Case, Change, Fields, Kind, Label, Reason, Record, RecordKey, Refusal};
use crate::domain::command::{Command, CommandId, Entry};

/// The command that takes an entry back.
pub fn inverse_of(entry: &Entry) -> Command {
    Command::Undo { target: entry.envelope.id, changes: entry.changes.iter().rev().map(Change::inverse).collect() }
}

pub(super) fn undo(case: &Case<'_>, target: CommandId, changes: &[Change]) -> Result<Vec<Change>, Refusal> {
    if let Some(entry) = case.records.entry(target)? {
        if entry.envelope.worker != case.actor.worker {
            return Err(Reason::NothingToUndo.into());
        }
        if !entry.envelope.command.is_undoable() {
            return Err(Reason::NotUndoable { what: command_label(&entry.envelope.command) }.into());
        }
    }
    for change in changes {
        check(case, change, changes)?;
    }
    Ok(changes.to_vec())
}

/// What the change would take back must still stand as the command left it.
fn check(case: &Case<'_>, change: &Change, changes: &[Change]) -> Result<(), Refusal> {
    let Change::Update { record: key, fields } = change else {
        return Err(Reason::NotFound { kind: change.record().kind }.into());
    };
    let Some(held) = case.records.record(*key)? else {
        return Err(Reason::NotFound { kind: key.kind }.into());
    };
    let held: &dyn Fields = Record::fields(&held);
    let as_left = fields.iter().all(|change| held.get(&change.field).unwrap_or_default() == change.before);
    let removed = fields.iter().any(|change| change.field == "deleted");
    if as_left && !(removed && has_dependents(case, *key, changes)?) {
        Ok(())
    } else {
        Err(Reason::ChangedSince { kind: key.kind }.into())
    }
}

/// Whether something was built on a record that the same undo does not take away with it.
fn has_dependents(case: &Case<'_>, key: RecordKey, changes: &[Change]) -> Result<bool, Refusal> {
    let household = match case.records.record(key)? {
        Some(Record::Household(household)) => household.id,
        Some(Record::Member(member)) => member.household,
        Some(Record::Need(need)) => need.household,
        Some(Record::Wish(wish)) => match wish.household {
            Some(household) => household,
            None => return Ok(!case.records.claims_on(wish.id)?.is_empty()),
        },
        _ => return Ok(false),
    };
    let Some(dossier) = case.records.dossier(household)? else { return Ok(false) };
    let builds_on = |record: &Record| match (key.kind, record) {
        (_, record) if record.key() == key => false,
        (Kind::Household, _) => true,
        (Kind::Member, Record::Need(need)) => need.member == Some(key.id.into()),
        (Kind::Need, Record::Wish(wish)) => wish.need == Some(key.id.into()),
        (Kind::Wish, Record::Claim(claim)) => claim.wish == key.id.into(),
        _ => false,
    };
    let taken_away = |record: &Record| changes.iter().any(|change| change.record() == record.key());
    Ok(dossier.records().any(|record| !record.fields().meta().deleted && builds_on(&record) && !taken_away(&record)))
}

fn command_label(command: &Command) -> Label {
    Label {
        zh: crate::i18n::domain::command(crate::i18n::Lang::Zh, command.name()).to_owned(),
        en: crate::i18n::domain::command(crate::i18n::Lang::En, command.name()).to_owned(),
    }
}
