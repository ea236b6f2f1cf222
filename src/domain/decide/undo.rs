//! Undo: the inverse of an earlier command, as a command of its own, so that it works after sync too.

use super::{Case, Change, Fields, Label, Reason, Record, Refusal};
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
        check(case, change)?;
    }
    Ok(changes.to_vec())
}

/// What the change would take back must still stand as the command left it.
fn check(case: &Case<'_>, change: &Change) -> Result<(), Refusal> {
    let Change::Update { record: key, fields } = change else {
        return Err(Reason::NotFound { kind: change.record().kind }.into());
    };
    let Some(held) = case.records.record(*key)? else {
        return Err(Reason::NotFound { kind: key.kind }.into());
    };
    let held: &dyn Fields = Record::fields(&held);
    let as_left = fields.iter().all(|change| held.get(&change.field).unwrap_or_default() == change.before);
    let takes_back_creation = fields.iter().any(|change| change.field == "deleted");
    // A record that others have built on since cannot vanish under them.
    let untouched = !takes_back_creation || held.meta().rev == 1;
    if as_left && untouched { Ok(()) } else { Err(Reason::ChangedSince { kind: key.kind }.into()) }
}

fn command_label(command: &Command) -> Label {
    Label {
        zh: crate::i18n::domain::command(crate::i18n::Lang::Zh, command.name()).to_owned(),
        en: crate::i18n::domain::command(crate::i18n::Lang::En, command.name()).to_owned(),
    }
}
