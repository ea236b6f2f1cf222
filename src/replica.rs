//! The replica: the only writer on a device. It commits commands, folds them into stored values, and keeps in RAM what
//! lists and search read.
//!
//! A commit is: [`decide`](crate::domain::decide()) → journal append and sync (the acknowledgement) → index batch →
//! RAM. Reading needs no lock on the writer. Opening has two steps, so that the console can draw from the row file
//! while the index opens behind it: [`Replica::open`], then [`Replica::finish_opening`].

pub mod agenda;
mod bulk;
mod by_id;
mod entry;
mod error;
mod fold;
mod lookup;
mod opening;
mod persons;
pub mod pools;
pub mod projection;
pub mod reference;
mod rowfile;
pub mod rows;
pub mod sync;
mod trail;
mod upkeep;
mod vault;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use chrono::NaiveDate;

pub use bulk::{Progress, Stage};
pub use entry::Logged;
pub use error::ReplicaError;
pub use fold::household_of;
pub use opening::Opened;
pub use projection::Projection;
pub use trail::TrailLine;
use vault::Vault;

use crate::domain::change::Change;
use crate::domain::command::{Command, CommandId, Entry, Envelope};
use crate::domain::decide::{decide, inverse_of};
use crate::domain::id::{DeviceId, HouseholdId, MemberId};
use crate::domain::id_number::IdNumber;
use crate::domain::moment::{Hlc, Now};
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::{Dossier, OlderPage, Records as _};
use crate::domain::refusal::{Label, Reason};
use crate::domain::worker::Actor;
use crate::store::codec;
use fold::{Folded, Stored as _};
use lookup::{Lookup, households_of};

/// A device's copy of the records in its territory.
pub struct Replica {
    vault: Vault,
    /// Shared with the thread that compacts the search index, which may outlast the replica by a moment.
    memory: Arc<RwLock<Projection>>,
    writer: Mutex<Writer>,
    /// Lately read households' files, newest last.
    cache: Mutex<VecDeque<(HouseholdId, Arc<Dossier>)>>,
    phase: Mutex<Phase>,
    phase_changed: Condvar,
    serial: std::sync::atomic::AtomicU64,
    /// How many commands have a final verdict of the server; `None` on a device that works alone.
    acknowledged: RwLock<Option<u64>>,
    /// The server that this device has joined.
    enrolment: RwLock<Option<Arc<sync::Enrolment>>>,
    /// Held during a round with the server.
    syncing: Mutex<()>,
    /// Whether the server answered last time.
    online: AtomicBool,
    /// Whether a thread makes a new base for the search index.
    compacting: Arc<AtomicBool>,
}

/// How far opening has come.
#[derive(Debug, Clone)]
enum Phase {
    /// Rows can be read, nothing else.
    Rows,
    /// Everything works.
    Open,
    /// The index could not be opened; the reason.
    Failed(String),
}

struct Writer {
    clock: Hlc,
    /// Commands since the row file was written.
    unsaved: u64,
    /// Set when the journal took a command that the index then did not: nothing more is written until the next start,
    /// which catches up.
    behind: bool,
    /// The journal entry that the row file is as of.
    rows_stamp: Option<u64>,
    /// How often a round with the server has written the view.
    refreshed: u64,
}

/// A command that was carried out.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its name.
    pub id: CommandId,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// Households' files kept decoded.
const CACHED: usize = 64;

impl Replica {
    /// This device.
    pub fn device(&self) -> DeviceId {
        self.vault.device()
    }

    /// A number that this device gives once: the journal's next one, moved on for each that was asked for meanwhile.
    pub fn next_serial(&self) -> u64 {
        use std::sync::atomic::Ordering::Relaxed;
        let next = self.vault.store.last_seq() + 1;
        self.serial.fetch_max(next, Relaxed);
        self.serial.fetch_add(1, Relaxed)
    }

    /// What is held in RAM. Hold the guard briefly: commits wait for it.
    pub fn read(&self) -> RwLockReadGuard<'_, Projection> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A household's file.
    ///
    /// # Errors
    /// When it exists and cannot be read, or the index did not open.
    pub fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, ReplicaError> {
        self.wait_until_open()?;
        let mut cache = lock(&self.cache);
        if let Some(at) = cache.iter().position(|(id, _)| *id == household)
            && let Some(hit) = cache.remove(at)
        {
            cache.push_back(hit.clone());
            return Ok(Some(hit.1));
        }
        drop(cache);
        let found = self.vault.dossier(household)?;
        if let Some(dossier) = &found {
            self.remember(household, dossier.clone());
        }
        Ok(found)
    }

    /// A page of visits and history older than those in the household's file; page 0 is the oldest.
    ///
    /// # Errors
    /// When it exists and cannot be read.
    pub fn older(&self, household: HouseholdId, page: u32) -> Result<Option<OlderPage>, ReplicaError> {
        self.wait_until_open()?;
        Ok(self.vault.older(household, page)?)
    }

    /// The record of that key, where it can be found without knowing its household or lies in the given one.
    ///
    /// # Errors
    /// When it exists and cannot be read.
    pub fn record(&self, key: RecordKey, household: Option<HouseholdId>) -> Result<Option<Record>, ReplicaError> {
        self.wait_until_open()?;
        let memory = self.read();
        let households: Vec<HouseholdId> = household.into_iter().collect();
        Ok(Lookup::new(&self.vault, &memory, &households).record(key)?)
    }

    /// The living record of the person with that ID number.
    ///
    /// # Errors
    /// When the household's file cannot be read.
    pub fn person(&self, id_number: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, ReplicaError> {
        self.wait_until_open()?;
        let memory = self.read();
        Ok(Lookup::new(&self.vault, &memory, &[]).person(id_number)?)
    }

    /// What a command would do, without doing it: for forms that show faults before they are submitted.
    ///
    /// # Errors
    /// As [`Replica::commit`].
    pub fn consider(&self, actor: &Actor, now: Now, command: &Command) -> Result<Vec<Change>, ReplicaError> {
        self.wait_until_open()?;
        let memory = self.read();
        let households = households_of(command, &memory, &self.vault);
        let lookup = Lookup::new(&self.vault, &memory, &households);
        Ok(decide(&lookup, actor, now, command)?)
    }

    /// Carries out a command. When this returns, the command survives a crash and a power cut.
    ///
    /// # Errors
    /// A refusal by the rules, or the store's: then nothing was changed.
    pub fn commit(&self, actor: &Actor, now: Now, command: Command) -> Result<Committed, ReplicaError> {
        self.wait_until_open()?;
        let mut writer = lock(&self.writer);
        if writer.behind {
            return Err(ReplicaError::Behind);
        }
        let clock = writer.clock.tick(now.at);
        let seq = self.vault.store.last_seq() + 1;
        let (logged, folded) = {
            let memory = self.read();
            let households = households_of(&command, &memory, &self.vault);
            let lookup = Lookup::new(&self.vault, &memory, &households);
            let changes = decide(&lookup, actor, now, &command)?;
            let logged = self.logged(seq, clock, actor, now, command, changes.clone(), households);
            let mut folded = Folded::default();
            folded.fold(&self.vault, &logged)?;
            (logged, folded)
        };
        let bytes = codec::encode(&logged)?;
        let batch = vault::batch(&*self.vault.store.index()?, &folded)?;
        let acknowledged = self.vault.store.append(&bytes)?;
        debug_assert_eq!(acknowledged, seq);
        writer.clock = clock;
        writer.unsaved += 1;
        // From here on the command stands. An index that fails now is caught up at the next start.
        writer.behind = self.vault.store.apply(seq, &batch).is_err();
        self.take_in(folded, now.today());
        Ok(Committed { id: logged.entry.envelope.id, changes: logged.effects().into_owned() })
    }

    /// Takes back the actor's latest command that was not taken back yet; gives that command too.
    ///
    /// # Errors
    /// [`Reason::NothingToUndo`], [`Reason::NotUndoable`], or [`Reason::ChangedSince`] when others have built on it.
    pub fn undo(&self, actor: &Actor, now: Now) -> Result<(Committed, Command), ReplicaError> {
        self.wait_until_open()?;
        let entry = self.last_undoable(actor)?;
        let committed = self.commit(actor, now, inverse_of(&entry))?;
        Ok((committed, entry.envelope.command))
    }

    fn last_undoable(&self, actor: &Actor) -> Result<Entry, ReplicaError> {
        /// How far back undo looks.
        const REACH: u64 = 1000;
        let mut undone = Vec::new();
        let last = self.vault.store.last_seq();
        for seq in (last.saturating_sub(REACH) + 1..=last).rev() {
            let Some(logged) = self.vault.logged(seq)? else { break };
            let envelope = &logged.entry.envelope;
            if envelope.worker != actor.worker {
                continue;
            }
            match &envelope.command {
                Command::Undo { target, .. } => undone.push(*target),
                _ if undone.contains(&envelope.id) => {}
                // What was seen stays seen; undo goes on to the command before it.
                Command::Reveal { .. } | Command::Disclose { .. } => {}
                Command::Seed { .. } => break,
                _ if logged.bulk => {
                    let at = envelope.at.to_minute();
                    let what = Label { zh: format!("{at} 导入名册"), en: format!("the roster import of {at}") };
                    return Err(Reason::NotUndoable { what }.into());
                }
                _ => {
                    let mut entry = logged.entry.clone();
                    entry.changes = logged.effects().into_owned();
                    return Ok(entry);
                }
            }
        }
        Err(Reason::NothingToUndo.into())
    }

    #[allow(clippy::too_many_arguments)]
    fn logged(
        &self,
        seq: u64,
        clock: Hlc,
        actor: &Actor,
        now: Now,
        command: Command,
        changes: Vec<Change>,
        households: Vec<HouseholdId>,
    ) -> Logged {
        let id = CommandId { device: self.device(), seq };
        let envelope = Envelope { id, hlc: clock, at: now.at, worker: actor.worker, role: actor.role, command };
        Logged::new(Entry { envelope, changes }, households)
    }

    /// Brings RAM up to date with what was folded.
    fn take_in(&self, folded: Folded, today: NaiveDate) {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        let mut cards = Vec::new();
        for record in folded.loose.into_values() {
            match &record {
                Record::Wish(wish) => cards.push(wish.id),
                Record::Claim(claim) => cards.push(claim.wish),
                _ => {}
            }
            take_in_loose(&mut memory, record);
        }
        for wish in cards {
            // A card that cannot be read keeps its row as it was; the next start reads it again.
            let _kept = self.vault.project_card(&mut memory, wish);
        }
        let mut fresh = Vec::new();
        for (household, dossier) in folded.dossiers {
            memory.project(&dossier, &self.vault, today);
            fresh.push((household, Arc::new(dossier)));
        }
        let crowded = memory.searchable && memory.search.wants_compaction();
        drop(memory);
        for (household, dossier) in fresh {
            self.remember(household, dossier);
        }
        if crowded {
            self.compact_search();
        }
    }

    /// Has a thread make a new base for the search index, one at a time: many changed rows beside the base slow every
    /// keystroke down.
    fn compact_search(&self) {
        if self.compacting.swap(true, Ordering::AcqRel) {
            return;
        }
        let (memory, compacting) = (self.memory.clone(), self.compacting.clone());
        let spawned = std::thread::Builder::new().name("search".to_owned()).spawn(move || {
            let index = memory.read().unwrap_or_else(PoisonError::into_inner).search.clone();
            let compacted = index.compacted();
            drop(index);
            // Where the whole index was built anew meanwhile, there is nothing to adopt.
            memory.write().unwrap_or_else(PoisonError::into_inner).search.adopt(compacted);
            compacting.store(false, Ordering::Release);
        });
        if spawned.is_err() {
            self.compacting.store(false, Ordering::Release);
        }
    }

    fn remember(&self, household: HouseholdId, dossier: Arc<Dossier>) {
        let mut cache = lock(&self.cache);
        cache.retain(|(id, _)| *id != household);
        if cache.len() >= CACHED {
            cache.pop_front();
        }
        cache.push_back((household, dossier));
    }

    fn wait_until_open(&self) -> Result<(), ReplicaError> {
        let mut phase = lock(&self.phase);
        loop {
            match &*phase {
                Phase::Open => return Ok(()),
                Phase::Failed(reason) => return Err(ReplicaError::NotOpen { reason: reason.clone() }),
                Phase::Rows => phase = self.phase_changed.wait(phase).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Whether everything works, without waiting for it.
    pub fn is_open(&self) -> bool {
        matches!(&*lock(&self.phase), Phase::Open)
    }
}

fn take_in_loose(memory: &mut Projection, record: Record) {
    match record.kind() {
        Kind::Lead => {
            if let Record::Lead(lead) = &record {
                memory.pools.project_lead(lead);
            }
        }
        Kind::Claim => {
            if let Record::Claim(claim) = &record {
                memory.pools.claims.insert(claim.id, claim.wish);
            }
        }
        // A card's row needs the claims on it; see [`Vault::project_card`].
        Kind::Wish => {}
        _ => memory.reference.put(record),
    }
    memory.generation += 1;
}

/// A poisoned lock means that a thread panicked while it held it; what it guards is only ever replaced whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
