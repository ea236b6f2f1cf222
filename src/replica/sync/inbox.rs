//! What a person has to look at. Nothing leaves it by itself.

use super::super::{Replica, ReplicaError, lock};
use super::held;
use crate::domain::command::Envelope;
use crate::domain::conflict::{Conflict, ConflictState};
use crate::domain::id::HouseholdId;
use crate::store::Batch;
use crate::sync::protocol::{LostClaim, Outcome};

/// A command that did not stand as it was meant.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxEntry {
    /// The command, as it was given.
    pub envelope: Envelope,
    /// What the server said.
    pub outcome: Outcome,
}

impl InboxEntry {
    /// The claim that was lost, where it is one.
    pub fn lost_claim(&self) -> Option<&LostClaim> {
        match &self.outcome {
            Outcome::Refused { lost_claim, .. } => lost_claim.as_deref(),
            _ => None,
        }
    }

    /// Whether everything that the command lost stands in these conflicts: then they tell all of it.
    pub fn stands_in(&self, conflicts: &[OpenConflict]) -> bool {
        let Outcome::Merged { lost } = &self.outcome else { return false };
        let is_there = |lost: &crate::sync::protocol::Lost| {
            conflicts.iter().any(|open| open.conflict.about == Some(lost.record) && open.conflict.field == lost.field)
        };
        !lost.is_empty() && lost.iter().all(is_there)
    }
}

/// Two values for one fact, or two records of one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenConflict {
    /// In whose file it stands.
    pub household: HouseholdId,
    /// Both sides.
    pub conflict: Conflict,
}

impl Replica {
    /// Commands that were refused or stand only in part, oldest first, until somebody has seen to them.
    ///
    /// # Errors
    /// When journal or index cannot be read.
    pub fn inbox(&self) -> Result<Vec<InboxEntry>, ReplicaError> {
        self.wait_until_open()?;
        let index = self.vault.store.index()?;
        let mut found = Vec::new();
        for seq in held::listed::<u64>(&*index, held::INBOX)? {
            let Some(answer) = self.answer(seq)? else { continue };
            let Some((envelope, _, _)) = self.outgoing(seq)? else { continue };
            found.push(InboxEntry { envelope, outcome: answer.verdict.outcome });
        }
        Ok(found)
    }

    /// Refused commands in the inbox.
    pub(super) fn inbox_len(&self) -> Result<u64, ReplicaError> {
        let index = self.vault.store.index()?;
        let mut refused = 0;
        for seq in held::listed::<u64>(&*index, held::INBOX)? {
            let stands = self.answer(seq)?.is_none_or(|answer| answer.verdict.outcome.stands());
            refused += u64::from(!stands);
        }
        Ok(refused)
    }

    /// Somebody has seen to a command in the inbox: it leaves it. Journal and verdict stay.
    ///
    /// # Errors
    /// The store's.
    pub fn seen(&self, seq: u64) -> Result<(), ReplicaError> {
        self.wait_until_open()?;
        let _writer = lock(&self.writer);
        let store = &self.vault.store;
        let mut batch = Batch::new();
        batch.delete(held::inbox_key(seq));
        Ok(store.apply(store.applied_seq()?, &batch)?)
    }

    /// Conflicts that wait for a person, in the order in which they came up.
    ///
    /// # Errors
    /// When a household's file cannot be read.
    pub fn open_conflicts(&self) -> Result<Vec<OpenConflict>, ReplicaError> {
        self.wait_until_open()?;
        let mut waiting: Vec<_> = self.read().pools.conflicts.iter().map(|(id, household)| (*id, *household)).collect();
        waiting.sort_unstable();
        let mut found = Vec::new();
        for (id, household) in waiting {
            let Some(file) = self.dossier(household)? else { continue };
            let open =
                file.conflicts.iter().find(|conflict| conflict.id == id && conflict.state == ConflictState::Open);
            found.extend(open.map(|conflict| OpenConflict { household, conflict: conflict.clone() }));
        }
        Ok(found)
    }
}
