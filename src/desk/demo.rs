//! Filling an empty home with invented data.

use super::Desk;
use crate::demo::Demo;
use crate::domain::command::Command;
use crate::domain::moment::Now;
use crate::domain::record::Record;
use crate::domain::refusal::Reason;
use crate::domain::worker::{Actor, Role};
use crate::replica::{ReplicaError, Stage};

/// Records that hang on no household in one command: far below what one journal entry can hold.
const LOOSE_CHUNK: usize = 200;

impl Desk {
    /// Writes a demo into a home without households, all of it or nothing. Its worker is [`Demo::worker`].
    ///
    /// # Errors
    /// [`Reason::HoldsData`]; as [`Replica::commit_all`](crate::replica::Replica::commit_all).
    pub fn fill_with(
        &self,
        demo: &Demo,
        now: Now,
        progress: &mut dyn FnMut(Stage, u64) -> bool,
    ) -> Result<(), ReplicaError> {
        let replica = self.replica();
        if replica.read().rows.iter().any(|(_, row)| row.is_present()) {
            return Err(Reason::HoldsData.into());
        }
        let actor = Actor {
            worker: demo.worker(),
            role: Role::GridWorker,
            org: None,
            regions: Vec::new(),
            device: replica.device(),
        };
        let reference = demo.reference();
        let strays: Vec<Record> = demo.leads_without_household().map(Record::from).collect();
        let loose = reference.chunks(LOOSE_CHUNK).chain(strays.chunks(LOOSE_CHUNK)).map(<[Record]>::to_vec);
        let mut commands = loose.chain(demo.households()).map(|records| Ok(Command::Seed { records }));
        replica.commit_all(&actor, now, &mut commands, progress)?;
        replica.store().settle()?;
        Ok(())
    }
}
