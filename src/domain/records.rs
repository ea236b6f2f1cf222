//! What rules may ask of the records at hand: [`Records`], and a household's whole file, the [`Dossier`].

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::change::{Change, FieldChange, apply_fields};
use super::claim::Claim;
use super::command::{CommandId, Entry};
use super::conflict::Conflict;
use super::household::Household;
use super::id::{HouseholdId, MemberId, WishId, WorkerId};
use super::id_number::IdNumber;
use super::indicator::Indicator;
use super::lead::Lead;
use super::member::Member;
use super::moment::Moment;
use super::need::Need;
use super::record::{Fields, Kind, Record, RecordKey, SetError};
use super::visit::Visit;
use super::wish::Wish;

/// Read access to records, as the rules need it. The device's replica, the server and the simulator implement it.
pub trait Records {
    /// The record of that key.
    fn record(&self, key: RecordKey) -> Result<Option<Record>, Unreadable>;
    /// The whole file of a household.
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable>;
    /// All claims ever made on a wish.
    fn claims_on(&self, wish: WishId) -> Result<Vec<Claim>, Unreadable>;
    /// The living record of the person with that ID number.
    fn person(&self, id_number: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable>;
    /// Whether any household is held.
    fn holds_households(&self) -> bool;
    /// Regions that a household left not long ago: work begun there still counts as work in one's territory.
    fn former_regions(&self, household: HouseholdId) -> Result<Vec<super::region::RegionCode>, Unreadable> {
        let _ = household;
        Ok(Vec::new())
    }
    /// An earlier command of this device.
    fn entry(&self, id: CommandId) -> Result<Option<Entry>, Unreadable>;
}

/// A record that exists but could not be read: damaged, sealed with another key, or written by a newer version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// A household's file: the household and everything that hangs on it. Append-only lists hold the latest entries; the
/// older ones are fetched on demand.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Dossier {
    /// The household.
    pub household: Household,
    /// Its members, head first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// Its indicator values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indicators: Vec<Indicator>,
    /// Its latest visits, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<Visit>,
    /// Leads about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leads: Vec<Lead>,
    /// Its needs, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// Its wishes, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wishes: Vec<Wish>,
    /// Claims on its wishes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// What a person has to settle about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// What happened to it, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryEntry>,
    /// Number of older pages of visits and history.
    #[serde(default)]
    pub older_pages: u32,
    /// Visits on the older pages.
    #[serde(default)]
    pub older_visits: u32,
}

/// One line of a household's timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The command.
    pub id: CommandId,
    /// When.
    pub at: Moment,
    /// Who.
    pub by: WorkerId,
    /// The command's name; see [`super::command::Command::name`].
    pub what: String,
    /// The records it touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<RecordKey>,
    /// The fields it changed in existing records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(RecordKey, FieldChange)>,
    /// Values that did not stand because somebody else's did: `before` is what stands, `after` what was wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<(RecordKey, FieldChange)>,
}

/// A page of older visits and history, cut off a dossier so that its value stays small.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OlderPage {
    /// Visits, newest first.
    #[serde(default)]
    pub visits: Vec<Visit>,
    /// History, newest first.
    #[serde(default)]
    pub history: Vec<HistoryEntry>,
}

impl Dossier {
    /// The head of the household; without one on file, the first member.
    pub fn head(&self) -> Option<&Member> {
        let head = self.household.head;
        self.members.iter().find(|member| Some(member.id) == head).or_else(|| self.present_members().next())
    }

    /// Members who live in the household now.
    pub fn present_members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| !member.meta.deleted && member.left_on.is_none())
    }

    /// The latest visit at which somebody was met.
    pub fn last_met(&self) -> Option<&Visit> {
        self.visits.iter().find(|visit| !visit.meta.deleted && visit.result == super::visit::VisitResult::Met)
    }

    /// Visits that count, newest first.
    pub fn live_visits(&self) -> impl Iterator<Item = &Visit> {
        self.visits.iter().filter(|visit| !visit.meta.deleted)
    }

    /// The record of that key in this file.
    pub fn record(&self, key: RecordKey) -> Option<Record> {
        fn find<R: Fields + Clone + Into<Record>>(list: &[R], key: RecordKey) -> Option<Record> {
            list.iter().find(|record| record.record_id() == key.id).cloned().map(Into::into)
        }
        match key.kind {
            Kind::Household if self.household.record_id() == key.id => Some(self.household.clone().into()),
            Kind::Member => find(&self.members, key),
            Kind::Indicator => find(&self.indicators, key),
            Kind::Visit => find(&self.visits, key),
            Kind::Lead => find(&self.leads, key),
            Kind::Need => find(&self.needs, key),
            Kind::Wish => find(&self.wishes, key),
            Kind::Claim => find(&self.claims, key),
            Kind::Conflict => find(&self.conflicts, key),
            _ => None,
        }
    }

    /// Every record in this file.
    pub fn records(&self) -> impl Iterator<Item = Record> + '_ {
        std::iter::once(self.household.clone().into())
            .chain(self.members.iter().cloned().map(Into::into))
            .chain(self.indicators.iter().cloned().map(Into::into))
            .chain(self.visits.iter().cloned().map(Into::into))
            .chain(self.leads.iter().cloned().map(Into::into))
            .chain(self.needs.iter().cloned().map(Into::into))
            .chain(self.wishes.iter().cloned().map(Into::into))
            .chain(self.claims.iter().cloned().map(Into::into))
            .chain(self.conflicts.iter().cloned().map(Into::into))
    }

    /// Puts a new record into this file; one with the same id is replaced, so replay is harmless. Kinds that do not
    /// hang on a household are left alone.
    pub fn insert(&mut self, record: Record) {
        fn put<R: Fields>(list: &mut Vec<R>, record: R, at: usize) {
            match list.iter_mut().find(|held| held.record_id() == record.record_id()) {
                Some(held) => *held = record,
                None => list.insert(at.min(list.len()), record),
            }
        }
        match record {
            Record::Household(household) => self.household = household,
            Record::Member(member) => put(&mut self.members, member, usize::MAX),
            Record::Indicator(indicator) => put(&mut self.indicators, indicator, usize::MAX),
            Record::Visit(visit) => {
                let at = self.visits.partition_point(|held| held.at > visit.at);
                put(&mut self.visits, visit, at);
            }
            Record::Lead(lead) => put(&mut self.leads, lead, 0),
            Record::Need(need) => put(&mut self.needs, need, 0),
            Record::Wish(wish) => put(&mut self.wishes, wish, 0),
            Record::Claim(claim) => put(&mut self.claims, claim, 0),
            Record::Conflict(conflict) => put(&mut self.conflicts, conflict, 0),
            Record::Allotment(_)
            | Record::Resource(_)
            | Record::Region(_)
            | Record::Station(_)
            | Record::Org(_)
            | Record::Worker(_) => {}
        }
    }

    /// A record of this file by its fields, to change.
    pub fn fields_mut(&mut self, key: RecordKey) -> Option<&mut dyn Fields> {
        fn find<R: Fields>(list: &mut [R], key: RecordKey) -> Option<&mut dyn Fields> {
            list.iter_mut().find(|record| record.record_id() == key.id).map(|record| record as &mut dyn Fields)
        }
        match key.kind {
            Kind::Household if self.household.record_id() == key.id => Some(&mut self.household),
            Kind::Member => find(&mut self.members, key),
            Kind::Indicator => find(&mut self.indicators, key),
            Kind::Visit => find(&mut self.visits, key),
            Kind::Lead => find(&mut self.leads, key),
            Kind::Need => find(&mut self.needs, key),
            Kind::Wish => find(&mut self.wishes, key),
            Kind::Claim => find(&mut self.claims, key),
            Kind::Conflict => find(&mut self.conflicts, key),
            _ => None,
        }
    }

    /// Applies one change to this file. An update of a record that is not here is reported, never dropped.
    pub fn apply(&mut self, change: &Change) -> Result<(), SetError> {
        match change {
            Change::Create(record) => self.insert((**record).clone()),
            Change::Update { record, fields } => {
                let target = self.fields_mut(*record).ok_or(SetError::NoField)?;
                apply_fields(target, fields)?;
                target.meta_mut().rev += 1;
            }
        }
        Ok(())
    }
}
