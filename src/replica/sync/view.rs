//! The view: the server's state with the pending commands on top, written anew for what was touched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use super::super::fold::Stored as _;
use super::super::vault::{self, unreadable};
use super::super::{Logged, Replica, lock};
use super::base::ServerState;
use super::held::{self, Stale, State};
use super::session::may_be_loose;
use crate::domain::change::Change;
use crate::domain::command::CommandId;
use crate::domain::id::{HouseholdId, WishId};
use crate::domain::moment::Now;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::{Dossier, OlderPage, Unreadable};
use crate::store::{Batch, codec};
use crate::sync::feed::{Feed, Scope};
use crate::sync::fold::{Body, Standing};
use crate::sync::overlay::{Base as _, Overlay};
use crate::sync::protocol::{ItemKey, Outcome};
use crate::sync::rebase::{Pending, rebase};

/// What is written in one batch.
const PORTION: usize = 128;

/// What of the view a command changed.
pub(super) fn stale_of(logged: &Logged) -> BTreeSet<Stale> {
    let mut stale: BTreeSet<Stale> = logged.households.iter().map(|household| Stale::File(*household)).collect();
    let effects = logged.effects();
    let keys = effects.iter().map(Change::record).filter(|key| may_be_loose(key.kind));
    stale.extend(keys.map(Stale::Loose));
    stale
}

/// What the view becomes.
#[derive(Default)]
struct Rewritten {
    batch: Batch,
    files: Vec<(HouseholdId, Option<Arc<Dossier>>)>,
    loose: Vec<(RecordKey, Option<Record>)>,
}

impl Replica {
    /// Writes the view anew where the base or the verdicts have moved.
    ///
    /// # Errors
    /// When base or journal cannot be read, or the view cannot be written.
    pub(in crate::replica) fn refresh_view(&self) -> Result<(), Unreadable> {
        let mut writer = lock(&self.writer);
        let index = self.vault.store.index().map_err(unreadable)?;
        let marked: BTreeSet<Stale> = held::listed(&*index, held::STALE)?.into_iter().collect();
        if marked.is_empty() {
            return Ok(());
        }
        let Some(enrolment) = self.enrolment() else { return Ok(()) };
        let state = self.sync_state()?;
        let (pending, stale) = self.pending_on(&state, marked)?;
        let rewritten = {
            let memory = self.read();
            let base = ServerState { replica: self, memory: &memory, workers: enrolment.scope.workers.clone() };
            let scope = scope(&enrolment.scope, &state);
            let device = self.device();
            let arrived = state.arrived.iter().map(|seq| CommandId { device, seq: *seq }).collect();
            let rebased = rebase(&base, &scope, &state.cursors, &arrived, &pending)?;
            self.rewrite(&base, &rebased.view, stale)?
        };
        writer.refreshed += 1;
        for Rewritten { batch, files, loose } in rewritten {
            writer.unsaved += 1;
            let applied = self.vault.store.applied_seq().map_err(unreadable)?;
            self.vault.store.apply(applied, &batch).map_err(unreadable)?;
            self.show(files, loose)?;
        }
        Ok(())
    }

    /// The pending commands that touch what is stale, and all that they touch.
    fn pending_on(
        &self,
        state: &State,
        mut stale: BTreeSet<Stale>,
    ) -> Result<(Vec<Pending>, BTreeSet<Stale>), Unreadable> {
        let mut queue = Vec::new();
        let refused = |outcome: &Outcome| !outcome.stands() && !outcome.waits();
        for seq in state.pending(self.vault.store.last_seq()) {
            let verdict = self.answer(seq)?.map(|answer| answer.verdict);
            if verdict.as_ref().is_some_and(|verdict| refused(&verdict.outcome)) || state.arrived.contains(&seq) {
                continue;
            }
            let Some((envelope, _, logged)) = self.outgoing(seq)? else { continue };
            queue.push((stale_of(&logged), Pending { envelope, verdict }, false));
        }
        loop {
            let before = stale.len();
            for (touches, _, taken) in &mut queue {
                if !*taken && (touches.is_empty() || !touches.is_disjoint(&stale)) {
                    *taken = true;
                    stale.extend(touches.iter().copied());
                }
            }
            if stale.len() == before {
                break;
            }
        }
        Ok((queue.into_iter().filter(|(_, _, taken)| *taken).map(|(_, pending, _)| pending).collect(), stale))
    }

    fn rewrite(
        &self,
        base: &ServerState<'_>,
        view: &Overlay<'_>,
        stale: BTreeSet<Stale>,
    ) -> Result<Vec<Rewritten>, Unreadable> {
        let mut households: BTreeSet<HouseholdId> = view.files().keys().copied().collect();
        let mut loose: BTreeSet<RecordKey> = view.loose().keys().copied().collect();
        for stale in &stale {
            match stale {
                Stale::File(household) => drop(households.insert(*household)),
                Stale::Loose(key) => drop(loose.insert(*key)),
            }
        }
        let index = self.vault.store.index().map_err(unreadable)?;
        let mut portions = vec![Rewritten::default()];
        let mut in_files: BTreeSet<RecordKey> = BTreeSet::new();
        for household in households {
            if portions.last().is_some_and(|portion| portion.files.len() >= PORTION) {
                portions.push(Rewritten::default());
            }
            let Some(portion) = portions.last_mut() else { continue };
            let before = self.vault.dossier(household)?;
            let after = match view.files().get(&household) {
                Some(file) => Some(file.clone()),
                None => base.file(household)?,
            };
            // What is loose on a device that does not hold the file stands in the file on one that does.
            loose.extend(before.iter().flat_map(|file| shared(file)));
            if let Some(file) = &after {
                let keys: Vec<RecordKey> = shared(file).collect();
                loose.extend(keys.iter().copied());
                in_files.extend(keys);
            }
            let batch = &mut portion.batch;
            match &after {
                Some(file) => {
                    let bytes = codec::encode(&**file).map_err(unreadable)?;
                    vault::put(&*index, batch, vault::dossier_key(household), &bytes).map_err(unreadable)?;
                }
                None => vault::remove(&*index, batch, vault::dossier_key(household)).map_err(unreadable)?,
            }
            let pages = after.as_ref().map_or(0, |file| file.older_pages);
            self.rewrite_pages(view, household, pages, batch)?;
            batch.put(Stale::File(household).row_key(), codec::encode(&Stale::File(household)).map_err(unreadable)?);
            batch.delete(Stale::File(household).key());
            portion.files.push((household, after));
        }
        for key in loose {
            if portions.last().is_some_and(|portion| portion.files.len() + portion.loose.len() >= 4 * PORTION) {
                portions.push(Rewritten::default());
            }
            let Some(portion) = portions.last_mut() else { continue };
            let at_home = in_files.contains(&key) || (key.kind != Kind::Worker && view.place(key)?.is_some());
            let after = if at_home { None } else { view.loose_record(key)? };
            let place = vault::loose_key(key);
            match &after {
                Some(record) => {
                    let bytes = codec::encode(record).map_err(unreadable)?;
                    vault::put(&*index, &mut portion.batch, place, &bytes).map_err(unreadable)?;
                }
                None => vault::remove(&*index, &mut portion.batch, place).map_err(unreadable)?,
            }
            let stale = Stale::Loose(key);
            portion.batch.put(stale.row_key(), codec::encode(&stale).map_err(unreadable)?);
            portion.batch.delete(stale.key());
            portion.loose.push((key, after));
        }
        Ok(portions)
    }

    /// Pages are cut once and rarely change: only those that differ are written.
    fn rewrite_pages(
        &self,
        view: &Overlay<'_>,
        household: HouseholdId,
        pages: u32,
        batch: &mut Batch,
    ) -> Result<(), Unreadable> {
        let index = self.vault.store.index().map_err(unreadable)?;
        for number in 0..pages {
            let page: Option<OlderPage> = match view.pages().get(&(household, number)) {
                Some(page) => Some(page.clone()),
                None => match self.base_item(&ItemKey::Older(household, number))? {
                    Some(Standing { body: Body::Older(page), .. }) => Some(page),
                    _ => None,
                },
            };
            if let Some(page) = page
                && self.vault.older(household, number)?.as_ref() != Some(&page)
            {
                let bytes = codec::encode(&page).map_err(unreadable)?;
                vault::put(&*index, batch, vault::page_key(household, number), &bytes).map_err(unreadable)?;
            }
        }
        for number in pages.. {
            let key = vault::page_key(household, number);
            if index.get(&key).map_err(unreadable)?.is_none() {
                break;
            }
            vault::remove(&*index, batch, key).map_err(unreadable)?;
        }
        Ok(())
    }

    /// Brings RAM up to date with what was written.
    fn show(
        &self,
        files: Vec<(HouseholdId, Option<Arc<Dossier>>)>,
        loose: Vec<(RecordKey, Option<Record>)>,
    ) -> Result<(), Unreadable> {
        let today = Now::new(crate::domain::moment::Moment::from_system(std::time::SystemTime::now())).today();
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        let gone: BTreeSet<HouseholdId> = files.iter().map(|(household, _)| *household).collect();
        lock(&self.cache).retain(|(household, _)| !gone.contains(household));
        for (household, file) in &files {
            match file {
                Some(file) => {
                    memory.pools.forget_household(*household);
                    memory.project(file, &self.vault, today);
                }
                None => memory.forget(*household),
            }
        }
        let mut wishes: BTreeMap<WishId, ()> = BTreeMap::new();
        for (key, record) in loose {
            match (&record, key.kind) {
                (Some(Record::Claim(claim)), _) => drop(wishes.insert(claim.wish, ())),
                (_, Kind::Wish) => drop(wishes.insert(key.id.into(), ())),
                (None, Kind::Claim) => {
                    if let Some(wish) = memory.pools.claims.get(&key.id.into()) {
                        wishes.insert(*wish, ());
                    }
                }
                _ => {}
            }
            match record {
                Some(record) => super::super::take_in_loose(&mut memory, record),
                None => {
                    memory.pools.forget_loose(key);
                    memory.reference.forget(key);
                }
            }
        }
        for wish in wishes.into_keys() {
            self.vault.project_card(&mut memory, wish)?;
        }
        memory.generation += 1;
        Ok(())
    }

    /// What of the view stands on nothing any more.
    pub(super) fn unfounded(&self) -> Result<BTreeSet<Stale>, Unreadable> {
        let Some(enrolment) = self.enrolment() else { return Ok(BTreeSet::new()) };
        let mut stale = BTreeSet::new();
        let mut households = Vec::new();
        self.vault.each_dossier(|dossier| households.push(dossier.household.id))?;
        let mut loose = Vec::new();
        self.vault.each_loose(|record| loose.push(record.key()))?;
        let memory = self.read();
        let base = ServerState { replica: self, memory: &memory, workers: enrolment.scope.workers.clone() };
        for household in households {
            if base.file(household)?.is_none() {
                stale.insert(Stale::File(household));
            }
        }
        for key in loose {
            if !base.holds(key)? {
                stale.insert(Stale::Loose(key));
            }
        }
        Ok(stale)
    }
}

/// Records of a file that other devices may hold outside of it.
fn shared(file: &Dossier) -> impl Iterator<Item = RecordKey> + '_ {
    let wishes = file.wishes.iter().map(|wish| wish.key());
    let claims = file.claims.iter().map(|claim| claim.key());
    let leads = file.leads.iter().map(|lead| lead.key());
    wishes.chain(claims).chain(leads)
}

/// What the device holds: what it was given at enrolment or since, and what it has not yet let go.
pub(super) fn scope(given: &Scope, state: &State) -> Scope {
    let mut scope = given.clone();
    if let Some(territories) = &state.territories {
        scope.territories.clone_from(territories);
    }
    for feed in state.cursors.keys() {
        if let Feed::Territory(region) = feed
            && !scope.territories.iter().any(|held| held.contains(region))
        {
            scope.territories.push(region.clone());
        }
    }
    scope
}

impl Replica {
    /// What of the view the row file does not show yet.
    pub(in crate::replica) fn row_marks(&self) -> Result<Vec<Stale>, Unreadable> {
        held::listed(&*self.vault.store.index().map_err(unreadable)?, held::ROWS)
    }

    /// The row file shows them.
    pub(in crate::replica) fn clear_row_marks(&self, marks: &[Stale]) -> Result<(), Unreadable> {
        if marks.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::new();
        marks.iter().for_each(|mark| batch.delete(mark.row_key()));
        let store = &self.vault.store;
        let applied = store.applied_seq().map_err(unreadable)?;
        store.apply(applied, &batch).map_err(unreadable)
    }

    /// Brings rows that were loaded from the row file up to what rounds have written since.
    pub(in crate::replica) fn catch_rows_up(&self, today: chrono::NaiveDate) -> Result<(), Unreadable> {
        for mark in self.row_marks()? {
            match mark {
                Stale::File(household) => {
                    let file = self.vault.dossier(household)?;
                    let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
                    match file {
                        Some(file) => {
                            memory.pools.forget_household(household);
                            memory.project(&file, &self.vault, today);
                        }
                        None => memory.forget(household),
                    }
                }
                Stale::Loose(key) => {
                    if self.vault.loose(key)?.is_none() {
                        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
                        memory.pools.forget_loose(key);
                        memory.reference.forget(key);
                    }
                }
            }
        }
        Ok(())
    }
}
