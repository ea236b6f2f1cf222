//! Many commands as one: a roster, the demo. All stand or none.

use std::collections::HashMap;
use std::sync::PoisonError;

use super::entry::Logged;
use super::fold::Folded;
use super::lookup::{Lookup, households_of};
use super::projection::PersonHash as _;
use super::{Replica, ReplicaError, lock, vault};
use crate::domain::command::Command;
use crate::domain::decide::decide;
use crate::domain::id::{HouseholdId, MemberId};
use crate::domain::moment::Now;
use crate::domain::record::Record;
use crate::domain::records::Unreadable;
use crate::domain::worker::Actor;
use crate::store::codec;

/// Which part of a bulk commit is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Commands are decided and written to the journal.
    Writing,
    /// The journal is folded into the index.
    Indexing,
}

/// How far a bulk commit has come. Return `false` to cancel; after the stage [`Stage::Writing`] it is too late.
pub type Progress<'a> = dyn FnMut(Stage, u64) -> bool + 'a;

/// Entries folded into one index batch.
const BATCH: usize = 128;

impl Replica {
    /// Carries out all commands or none, and tells how many.
    ///
    /// # Errors
    /// The first refusal or failed item, with nothing changed; the store's; [`ReplicaError::Cancelled`].
    pub fn commit_all(
        &self,
        actor: &Actor,
        now: Now,
        commands: &mut dyn Iterator<Item = Result<Command, Unreadable>>,
        progress: &mut Progress<'_>,
    ) -> Result<u64, ReplicaError> {
        self.wait_until_open()?;
        let mut writer = lock(&self.writer);
        if writer.behind {
            return Err(ReplicaError::Behind);
        }
        let mut clock = writer.clock;
        let mut group = self.vault.store.begin_group()?;
        let mut count = 0;
        {
            let mut persons: HashMap<u64, (HouseholdId, MemberId)> = HashMap::new();
            let mut loose = Folded::default();
            let mut seq = self.vault.store.last_seq();
            for command in commands {
                let command = command?;
                // Taken anew for each: the commands' source reads the replica too.
                let memory = self.read();
                seq += 1;
                clock = clock.tick(now.at);
                let households = households_of(&command, &memory, &self.vault);
                let lookup = Lookup::new(&self.vault, &memory, &households).with_pending(&loose, &persons);
                let changes = decide(&lookup, actor, now, &command)?;
                let mut logged = self.logged(seq, clock, actor, now, command, changes, households);
                logged.bulk = true;
                self.note_pending(&logged, &mut persons, &mut loose);
                group.push(&codec::encode(&logged)?)?;
                count += 1;
                if count % 64 == 0 && !progress(Stage::Writing, count) {
                    return Err(ReplicaError::Cancelled);
                }
            }
        }
        if count == 0 {
            return Ok(0);
        }
        group.commit()?;
        writer.clock = clock;
        writer.unsaved += count;
        // So many rows are cheaper to index anew than one by one.
        let anew = count > 1000;
        if anew {
            self.memory.write().unwrap_or_else(PoisonError::into_inner).searchable = false;
        }
        let caught_up = self.catch_up(now.today(), &mut |done| {
            progress(Stage::Indexing, done);
        });
        if caught_up.is_err() {
            writer.behind = true;
        }
        caught_up?;
        if anew {
            self.make_searchable();
        }
        self.vault.store.checkpoint()?;
        Ok(count)
    }

    /// What later commands of the group must see of this one: the persons it registers and the reference records.
    fn note_pending(&self, logged: &Logged, persons: &mut HashMap<u64, (HouseholdId, MemberId)>, loose: &mut Folded) {
        use crate::domain::command::Command::{Register, RegisterHousehold};
        match &logged.entry.envelope.command {
            RegisterHousehold { records } => {
                for record in records {
                    if let Record::Member(member) = record
                        && let Some(id_number) = &member.id_number
                    {
                        persons.insert(self.vault.person_hash(id_number), (member.household, member.id));
                    }
                }
            }
            Register { record } if super::fold::household_of(record).is_none() => {
                loose.loose.insert(record.key(), (**record).clone());
            }
            _ => {}
        }
    }

    /// Folds journal entries that the index does not hold yet into it, and takes them into RAM. The path after a crash
    /// as well as after a bulk commit.
    pub(super) fn catch_up(
        &self,
        today: chrono::NaiveDate,
        progress: &mut dyn FnMut(u64),
    ) -> Result<u64, ReplicaError> {
        let store = &self.vault.store;
        let mut folded = Folded::default();
        let mut pending = 0;
        let mut done = 0;
        let mut last = store.applied_seq()?;
        for found in store.entries_from(last + 1) {
            let (seq, bytes) = found?;
            let logged: Logged = vault::decode(&bytes)?;
            folded.fold(&self.vault, &logged)?;
            last = seq;
            pending += 1;
            if pending == BATCH {
                done += pending as u64;
                pending = 0;
                store.apply(last, &vault::batch(&*store.index()?, &folded)?)?;
                self.take_in(std::mem::take(&mut folded), today);
                progress(done);
            }
        }
        if pending > 0 {
            done += pending as u64;
            store.apply(last, &vault::batch(&*store.index()?, &folded)?)?;
            self.take_in(folded, today);
            progress(done);
        }
        Ok(done)
    }
}
