//! The inbox: each thing that a person has to look at, once.

use super::Desk;
use crate::domain::command::Command;
use crate::domain::conflict::Choice;
use crate::replica::sync::{InboxEntry, OpenConflict};
use crate::replica::{Committed, ReplicaError};

impl Desk {
    /// Conflicts that wait, and commands that do not stand as they were meant. What became a conflict is told as the
    /// conflict only.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn letters(&self) -> Result<(Vec<OpenConflict>, Vec<InboxEntry>), ReplicaError> {
        let conflicts = self.replica().open_conflicts()?;
        let mut commands = self.replica().inbox()?;
        commands.retain(|entry| !entry.stands_in(&conflicts));
        Ok((conflicts, commands))
    }

    /// Settles a conflict; the command that it came from has been seen to with it.
    ///
    /// # Errors
    /// As [`Replica::commit`](crate::replica::Replica::commit).
    pub fn settle(&self, open: &OpenConflict, choice: Choice, remark: &str) -> Result<Committed, ReplicaError> {
        let done = self.commit(Command::SettleConflict {
            conflict: open.conflict.id,
            household: Some(open.household),
            choice,
            remark: remark.to_owned(),
        })?;
        // Where that cannot be noted the command only stays in the list.
        for entry in self.replica().inbox().unwrap_or_default() {
            if entry.stands_in(std::slice::from_ref(open)) {
                let _stays = self.replica().seen(entry.envelope.id.seq);
            }
        }
        Ok(done)
    }
}
