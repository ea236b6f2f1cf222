//! What one journal frame holds.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::change::Change;
use crate::domain::command::{Command, Entry};
use crate::domain::id::{HouseholdId, WorkerId};
use crate::domain::record::Record;

/// A command with its effects and the households whose files it touches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// The command and its effects. Effects that are just the command's own records are left out; see
    /// [`Logged::effects`].
    pub entry: Entry,
    /// The households, so that replay needs no index of records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub households: Vec<HouseholdId>,
    /// Whether it is part of a bulk commit, which only stands as a whole and is not undone command by command.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bulk: bool,
}

impl Logged {
    /// The frame's content, without writing records twice that stand in the command already.
    pub fn new(mut entry: Entry, households: Vec<HouseholdId>) -> Logged {
        if carried(&entry.envelope.command).is_some() {
            entry.changes.clear();
        }
        Logged { entry, households, bulk: false }
    }

    /// The effects of the command.
    pub fn effects(&self) -> Cow<'_, [Change]> {
        match carried(&self.entry.envelope.command) {
            Some((records, stamped)) => Cow::Owned(
                records
                    .iter()
                    .map(|record| {
                        let mut record = record.clone();
                        let meta = record.fields_mut().meta_mut();
                        if stamped {
                            meta.rev = 1;
                            meta.by = self.worker();
                        } else {
                            meta.rev = meta.rev.max(1);
                        }
                        Change::Create(Box::new(record))
                    })
                    .collect(),
            ),
            None => Cow::Borrowed(&self.entry.changes),
        }
    }

    fn worker(&self) -> WorkerId {
        self.entry.envelope.worker
    }
}

/// The records that a command carries and creates as they are, and whether it stamps them as new and its author's.
fn carried(command: &Command) -> Option<(&[Record], bool)> {
    match command {
        Command::RegisterHousehold { records } => Some((records, true)),
        Command::Seed { records } => Some((records, false)),
        _ => None,
    }
}
