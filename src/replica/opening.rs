//! Creating, opening and closing a replica.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};

use chrono::NaiveDate;

use super::fold::Folded;
use super::pools::{Pools, WishRow};
use super::projection::Projection;
use super::vault::{self, Held, Vault};
use super::{Phase, Replica, ReplicaError, Writer, lock, rowfile, take_in_loose};
use crate::domain::claim::Claim;
use crate::domain::id::WishId;
use crate::domain::moment::Hlc;
use crate::domain::record::Record;
use crate::i18n::{Explain, Lang};
use crate::store::{Batch, Finding, Home, KeyMode, RowsPart, Seq, Store, StoreError, Unlock};

/// Reference records taken in under one lock.
const PORTION: usize = 256;

/// What opening found and did.
#[derive(Debug, Default)]
pub struct Opened {
    /// What was found amiss and what became of it.
    pub findings: Vec<Finding>,
    /// Commands that the index had to catch up on.
    pub replayed: u64,
    /// Whether the rows had to be built from the files.
    pub rows_built: bool,
}

impl Replica {
    /// Makes a home and opens it; it is empty.
    ///
    /// # Errors
    /// The store's.
    pub fn create(home: Home, mode: &KeyMode) -> Result<Replica, ReplicaError> {
        let (store, _) = Store::create(home, mode)?;
        let replica = Replica::over(Arc::new(store), Projection::default());
        replica.finish_opening(NaiveDate::default())?;
        Ok(replica)
    }

    /// The first step: rows can be read, nothing else. Tells what was found and, where there was a row file, its stamp.
    ///
    /// # Errors
    /// The store's: the home is in use, locked, or damaged beyond repair.
    pub fn open(home: Home, unlock: &Unlock) -> Result<(Replica, Vec<Finding>), ReplicaError> {
        let (store, report) = Store::open(home, unlock)?;
        let mut findings = report.findings;
        let mut projection = Projection::default();
        let take = |chunk| rowfile::take_in(&mut projection, chunk);
        let stamp = match store.fold_rows(RowsPart::Early, |_, bytes| rowfile::read(&bytes), take) {
            Ok(stamp) => stamp,
            // A file of another version is no damage: it is overwritten when the rows are saved next.
            Err(StoreError::TooNew { .. }) => None,
            Err(StoreError::Corrupt { .. }) => {
                findings.push(store.discard_rows()?);
                None
            }
            Err(error) => return Err(error.into()),
        };
        if stamp.is_none() {
            projection = Projection::default();
        }
        let replica = Replica::over(Arc::new(store), projection);
        replica.load_enrolment()?;
        lock(&replica.writer).rows_stamp = stamp;
        Ok((replica, findings))
    }

    /// The second step, on any thread: index, catching up, search. Everyone who waits for an open replica goes on when
    /// it is done.
    ///
    /// # Errors
    /// When the index can neither be opened nor rebuilt.
    pub fn finish_opening(&self, today: NaiveDate) -> Result<Opened, ReplicaError> {
        let done = self.open_records(today);
        if done.is_ok() {
            self.make_searchable();
            self.phase_changed.notify_all();
        }
        done
    }

    /// The second step without search, for a program that does one thing and ends.
    ///
    /// # Errors
    /// As [`Replica::finish_opening`].
    pub fn open_records(&self, today: NaiveDate) -> Result<Opened, ReplicaError> {
        if self.is_open() {
            return Ok(Opened::default());
        }
        let done = self.try_finish_opening(today);
        *lock(&self.phase) = match &done {
            Ok(_) => Phase::Open,
            Err(error) => Phase::Failed(error.message(Lang::default())),
        };
        self.phase_changed.notify_all();
        done
    }

    /// Waits until everything works; search too, where it is asked for and [`Replica::finish_opening`] builds it.
    ///
    /// # Errors
    /// When the index did not open.
    pub fn wait(&self, search: bool) -> Result<(), ReplicaError> {
        self.wait_until_open()?;
        while search && !self.read().searchable {
            let phase = lock(&self.phase);
            // Bounded, since the search index may have come between the look and the wait.
            let _ = self.phase_changed.wait_timeout(phase, std::time::Duration::from_millis(5));
        }
        Ok(())
    }

    fn try_finish_opening(&self, today: NaiveDate) -> Result<Opened, ReplicaError> {
        let store = &self.vault.store;
        let mut findings = self.load_pools()?;
        let recovery = store.recover(|index, _, bytes| -> Result<_, ReplicaError> { self.replayed(index, bytes) })?;
        if self.enrolment().is_some() {
            self.note_answered(self.sync_state()?.decided());
        }
        let stamp = lock(&self.writer).rows_stamp;
        let rows_built = stamp.is_none();
        let mut clock = Hlc::default();
        match stamp {
            Some(stamp) => self.reconcile(stamp, today, &mut clock)?,
            None => self.build_rows(today)?,
        }
        {
            let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
            memory.index_persons();
            memory.complete = true;
        }
        if let Some(last) = self.vault.logged(store.last_seq())? {
            clock = clock.max(last.entry.envelope.hlc);
        }
        let mut writer = lock(&self.writer);
        writer.clock = clock;
        if rows_built || stamp != Some(store.last_seq()) {
            writer.unsaved = writer.unsaved.max(1);
        }
        findings.extend(recovery.findings);
        Ok(Opened { findings, replayed: recovery.replayed, rows_built })
    }

    /// A journal entry as a batch for an index that lacks it.
    ///
    /// Where the index lacks what the server had sent meanwhile, an entry may change what is not there. Its author saw
    /// it: the entry stays pending, and shows again when the server's state has been fetched.
    pub(super) fn replayed(&self, index: &dyn crate::store::Index, bytes: &[u8]) -> Result<Batch, ReplicaError> {
        let logged = vault::decode(bytes)?;
        let mut folded = Folded::default();
        match folded.fold(&Held(index), &logged) {
            Ok(()) => Ok(vault::batch(index, &folded)?),
            Err(_) if self.enrolment().is_some() => Ok(super::sync::marked(&logged)?),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Reads the late part of the row file; where it cannot be used, everything is built from the files.
    fn load_pools(&self) -> Result<Vec<Finding>, ReplicaError> {
        let store = &self.vault.store;
        let Some(stamp) = lock(&self.writer).rows_stamp else { return Ok(Vec::new()) };
        let mut findings = Vec::new();
        let mut pools = Pools::default();
        let take = |chunk| rowfile::take_in_pools(&mut pools, chunk);
        match store.fold_rows(RowsPart::Late, |_, bytes| rowfile::read(&bytes), take) {
            Ok(Some(found)) if found == stamp => {
                let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
                memory.pools = pools;
                memory.generation += 1;
                return Ok(findings);
            }
            Ok(_) => {}
            Err(StoreError::Corrupt { .. }) => findings.push(store.discard_rows()?),
            Err(error) => return Err(error.into()),
        }
        *self.memory.write().unwrap_or_else(PoisonError::into_inner) = Projection::default();
        lock(&self.writer).rows_stamp = None;
        Ok(findings)
    }

    /// Brings rows that are as of `stamp` up to the journal's end, and to today: a birthday can change a risk grade.
    fn reconcile(&self, stamp: Seq, today: NaiveDate, clock: &mut Hlc) -> Result<(), ReplicaError> {
        let mut stale = std::collections::BTreeSet::new();
        for found in self.vault.store.entries_from(stamp + 1) {
            let (_, bytes) = found?;
            let logged: super::Logged = vault::decode(&bytes)?;
            *clock = (*clock).max(logged.entry.envelope.hlc);
            stale.extend(logged.households);
        }
        let today_number = super::rows::day(today);
        stale.extend(
            self.read().rows.iter().filter(|(_, row)| row.fixed().grade_until <= today_number).map(|(_, row)| row.id()),
        );
        for household in stale {
            if let Some(dossier) = super::fold::Stored::dossier(&self.vault, household)? {
                self.memory.write().unwrap_or_else(PoisonError::into_inner).project(&dossier, &self.vault, today);
            }
        }
        self.catch_rows_up(today)?;
        self.load_reference()
    }

    pub(super) fn build_rows(&self, today: NaiveDate) -> Result<(), ReplicaError> {
        self.load_reference()?;
        self.vault.each_dossier(|dossier| {
            self.memory.write().unwrap_or_else(PoisonError::into_inner).project(&dossier, &self.vault, today);
        })?;
        Ok(())
    }

    /// Reads the reference records in portions: who draws meanwhile is not held up, and no second copy of them all is
    /// made.
    fn load_reference(&self) -> Result<(), ReplicaError> {
        let mut portion = Vec::with_capacity(PORTION);
        let mut claims: HashMap<WishId, Vec<Claim>> = HashMap::new();
        self.vault.each_loose(|record| {
            // Claims come before wishes, in the order of their names.
            match &record {
                Record::Claim(claim) => claims.entry(claim.wish).or_default().push(claim.clone()),
                Record::Wish(card) => {
                    let row = WishRow::of(card, claims.get(&card.id).map_or(&[], Vec::as_slice));
                    self.memory.write().unwrap_or_else(PoisonError::into_inner).pools.wishes.put(row);
                }
                _ => {}
            }
            portion.push(record);
            if portion.len() == PORTION {
                self.take_in_portion(&mut portion);
            }
        })?;
        self.take_in_portion(&mut portion);
        Ok(())
    }

    fn take_in_portion(&self, portion: &mut Vec<Record>) {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        portion.drain(..).for_each(|record| take_in_loose(&mut memory, record));
    }

    /// Builds the search index beside the running program, then puts them in.
    pub(super) fn make_searchable(&self) {
        loop {
            let (generation, index) = {
                let memory = self.read();
                (memory.generation, memory.build_search())
            };
            let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
            if memory.generation == generation {
                memory.search = index;
                memory.searchable = true;
                memory.generation += 1;
                return;
            }
        }
    }

    fn over(store: Arc<Store>, projection: Projection) -> Replica {
        Replica {
            vault: Vault::new(store),
            memory: Arc::new(RwLock::new(projection)),
            writer: Mutex::new(Writer {
                clock: Hlc::default(),
                unsaved: 0,
                behind: false,
                rows_stamp: None,
                refreshed: 0,
            }),
            cache: Mutex::new(VecDeque::new()),
            phase: Mutex::new(Phase::Rows),
            phase_changed: Condvar::new(),
            serial: std::sync::atomic::AtomicU64::new(0),
            acknowledged: RwLock::new(None),
            enrolment: RwLock::new(None),
            syncing: Mutex::new(()),
            online: false.into(),
            compacting: Arc::default(),
        }
    }
}
