//! Records in plain maps, with the commands that made them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::super::change::{Change, apply_fields};
use crate::domain::claim::Claim;
use crate::domain::command::{Command, CommandId, Entry, Envelope};
use crate::domain::id::{HouseholdId, MemberId, RecordId, WishId};
use crate::domain::id_number::IdNumber;
use crate::domain::moment::{Hlc, Now};
use crate::domain::record::{Kind, Record, RecordKey, TypedRecord};
use crate::domain::records::{Dossier, Records, Unreadable};
use crate::domain::worker::Actor;

#[derive(Default, Clone)]
pub(super) struct Book {
    pub records: BTreeMap<RecordKey, Record>,
    pub entries: Vec<Entry>,
}

impl Book {
    pub fn put(&mut self, record: impl Into<Record>) {
        let mut record = record.into();
        record.fields_mut().meta_mut().rev = 1;
        self.records.insert(record.key(), record);
    }

    pub fn get<R: TypedRecord>(&self, id: impl Into<RecordId>) -> R {
        R::from_record(self.records[&RecordKey { kind: R::KIND, id: id.into() }].clone()).unwrap()
    }

    /// Applies the changes and remembers the command; gives its number.
    pub fn log(&mut self, actor: &Actor, now: Now, command: Command, changes: Vec<Change>) -> u64 {
        for change in &changes {
            match change {
                Change::Create(record) => {
                    self.records.insert(record.key(), (**record).clone());
                }
                Change::Update { record, fields } => {
                    let held = self.records.get_mut(record).unwrap();
                    apply_fields(held.fields_mut(), fields).unwrap();
                    held.fields_mut().meta_mut().rev += 1;
                }
            }
        }
        let seq = self.entries.len() as u64 + 1;
        let envelope = Envelope {
            id: CommandId { device: actor.device, seq },
            hlc: Hlc::default(),
            at: now.at,
            worker: actor.worker,
            role: actor.role,
            command,
        };
        self.entries.push(Entry { envelope, changes });
        seq
    }

    /// What a person would see of the records: versions left aside, undone ones gone.
    pub fn seen(&self) -> BTreeMap<RecordKey, Record> {
        let mut seen = self.records.clone();
        seen.retain(|_, record| !record.fields().meta().deleted);
        for record in seen.values_mut() {
            record.fields_mut().meta_mut().rev = 0;
        }
        seen
    }
}

impl Records for Book {
    fn record(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        Ok(self.records.get(&key).cloned())
    }
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        let key = RecordKey { kind: Kind::Household, id: household.into() };
        if !self.records.contains_key(&key) {
            return Ok(None);
        }
        let mut dossier = Dossier::default();
        for record in self.records.values() {
            if crate::replica::household_of(record) == Some(household) {
                dossier.insert(record.clone());
            }
        }
        Ok(Some(Arc::new(dossier)))
    }
    fn claims_on(&self, wish: WishId) -> Result<Vec<Claim>, Unreadable> {
        Ok(self
            .records
            .values()
            .filter_map(|record| Claim::from_record(record.clone()))
            .filter(|claim| claim.wish == wish)
            .collect())
    }
    fn person(&self, id_number: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        Ok(self.records.values().find_map(|record| match record {
            Record::Member(member) if member.id_number.as_ref() == Some(id_number) => {
                Some((member.household, member.id))
            }
            _ => None,
        }))
    }
    fn holds_households(&self) -> bool {
        self.records.keys().any(|key| key.kind == Kind::Household)
    }
    fn entry(&self, id: CommandId) -> Result<Option<Entry>, Unreadable> {
        Ok(self.entries.iter().find(|entry| entry.envelope.id == id).cloned())
    }
}
