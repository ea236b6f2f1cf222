//! Folding journal entries into stored values: the one path of a commit, of catching up after a crash, and of a rebuild.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::entry::Logged;
use crate::domain::change::{Change, apply_fields};
use crate::domain::command::Command;
use crate::domain::id::HouseholdId;
use crate::domain::moment::Hlc;
use crate::domain::record::{Record, RecordKey};
use crate::domain::records::{Dossier, HistoryEntry, OlderPage, Unreadable};

/// Visits that a dossier keeps at least; twice as many move the older half to a page.
pub const RECENT_VISITS: usize = 20;
/// Timeline lines that a dossier keeps at least.
pub const RECENT_HISTORY: usize = 30;

/// Where the fold reads what is stored so far.
pub trait Stored {
    /// A household's file.
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable>;
    /// A record that hangs on no household.
    fn loose(&self, key: RecordKey) -> Result<Option<Record>, Unreadable>;
}

/// What entries made of the stored values: files and records to write.
#[derive(Debug, Default)]
pub struct Folded {
    /// Households' files.
    pub dossiers: BTreeMap<HouseholdId, Dossier>,
    /// Pages cut off them.
    pub pages: Vec<(HouseholdId, u32, OlderPage)>,
    /// Records that hang on no household.
    pub loose: BTreeMap<RecordKey, Record>,
}

impl Folded {
    /// Folds one entry in. Folding an entry a second time leaves everything as it is but for version numbers.
    pub fn fold(&mut self, stored: &dyn Stored, logged: &Logged) -> Result<(), Unreadable> {
        for household in &logged.households {
            self.load(stored, *household)?;
        }
        let effects = logged.effects();
        for change in effects.iter() {
            self.apply(stored, logged, change)?;
        }
        if !matches!(logged.entry.envelope.command, Command::Seed { .. }) {
            self.record_history(logged, &effects);
        }
        for household in &logged.households {
            self.cut_older(*household);
        }
        Ok(())
    }

    fn load(&mut self, stored: &dyn Stored, household: HouseholdId) -> Result<(), Unreadable> {
        if let std::collections::btree_map::Entry::Vacant(slot) = self.dossiers.entry(household) {
            let held = stored.dossier(household)?.map(Arc::unwrap_or_clone).unwrap_or_default();
            slot.insert(held);
        }
        Ok(())
    }

    fn apply(&mut self, stored: &dyn Stored, logged: &Logged, change: &Change) -> Result<(), Unreadable> {
        let key = change.record();
        match change {
            Change::Create(record) => match household_of(record) {
                Some(household) => {
                    self.load(stored, household)?;
                    if let Some(dossier) = self.dossiers.get_mut(&household) {
                        dossier.insert(created(record, logged));
                    }
                }
                None => drop(self.loose.insert(key, created(record, logged))),
            },
            Change::Update { fields, .. } => {
                for household in &logged.households {
                    let Some(dossier) = self.dossiers.get_mut(household) else { continue };
                    if let Some(target) = dossier.fields_mut(key) {
                        return set(target, logged, fields, key);
                    }
                }
                let mut record = match self.loose.remove(&key) {
                    Some(record) => record,
                    None => stored.loose(key)?.ok_or_else(|| missing(key))?,
                };
                set(record.fields_mut(), logged, fields, key)?;
                self.loose.insert(key, record);
            }
        }
        Ok(())
    }

    fn record_history(&mut self, logged: &Logged, effects: &[Change]) {
        let envelope = &logged.entry.envelope;
        for household in &logged.households {
            let Some(dossier) = self.dossiers.get_mut(household) else { continue };
            if dossier.history.iter().any(|line| line.id == envelope.id) {
                continue;
            }
            let mut line = HistoryEntry {
                id: envelope.id,
                at: envelope.at,
                by: envelope.worker,
                what: envelope.command.name().to_owned(),
                records: Vec::new(),
                fields: Vec::new(),
                lost: Vec::new(),
            };
            for change in effects {
                match change {
                    Change::Create(record) => line.records.push(record.key()),
                    Change::Update { record, fields } => {
                        let changed = fields.iter().filter(|field| field.before != field.after);
                        line.fields.extend(changed.map(|field| (*record, field.clone())));
                    }
                }
            }
            if let Command::Reveal { record, .. } = &envelope.command {
                line.records.push(*record);
            }
            dossier.history.insert(0, line);
        }
    }

    /// Moves the older half of long lists to a page of their own, so that a file's value stays small.
    fn cut_older(&mut self, household: HouseholdId) {
        let Some(dossier) = self.dossiers.get_mut(&household) else { return };
        let cut_visits = dossier.visits.len() >= 2 * RECENT_VISITS;
        let cut_history = dossier.history.len() >= 2 * RECENT_HISTORY;
        if !cut_visits && !cut_history {
            return;
        }
        let mut page = OlderPage::default();
        if cut_visits {
            page.visits = dossier.visits.split_off(RECENT_VISITS);
            dossier.older_visits += page.visits.len() as u32;
        }
        if cut_history {
            page.history = dossier.history.split_off(RECENT_HISTORY);
        }
        self.pages.push((household, dossier.older_pages, page));
        dossier.older_pages += 1;
    }
}

/// The household whose file a record stands in; `None` for those that hang on no household.
pub fn household_of(record: &Record) -> Option<HouseholdId> {
    match record {
        Record::Household(record) => Some(record.id),
        Record::Member(record) => Some(record.household),
        Record::Indicator(record) => Some(record.household),
        Record::Visit(record) => Some(record.household),
        Record::Need(record) => Some(record.household),
        Record::Lead(record) => record.household,
        Record::Wish(record) => record.household,
        Record::Claim(record) => record.household,
        Record::Conflict(record) => record.household,
        Record::Allotment(_)
        | Record::Resource(_)
        | Record::Region(_)
        | Record::Station(_)
        | Record::Org(_)
        | Record::Worker(_) => None,
    }
}

/// A record as it is stored. Seeded ones come with a past of their own: when they were written last is as they say.
fn created(record: &Record, logged: &Logged) -> Record {
    let mut record = record.clone();
    let envelope = &logged.entry.envelope;
    let meta = record.fields_mut().meta_mut();
    let has_past = matches!(envelope.command, Command::Seed { .. }) && meta.hlc != Hlc::default();
    if !has_past {
        meta.hlc = envelope.hlc;
    }
    record
}

fn set(
    target: &mut dyn crate::domain::record::Fields,
    logged: &Logged,
    fields: &[crate::domain::change::FieldChange],
    key: RecordKey,
) -> Result<(), Unreadable> {
    let envelope = &logged.entry.envelope;
    if target.meta().hlc == envelope.hlc && target.meta().by == envelope.worker {
        let done = fields.iter().all(|change| target.get(&change.field).as_ref() == Some(&change.after));
        if done {
            return Ok(());
        }
    }
    apply_fields(target, fields).map_err(|_| Unreadable(format!("{key}: a change does not fit its field table")))?;
    let meta = target.meta_mut();
    meta.rev += 1;
    meta.hlc = envelope.hlc;
    meta.by = envelope.worker;
    Ok(())
}

fn missing(key: RecordKey) -> Unreadable {
    Unreadable(format!("{key}: changed but not held"))
}
