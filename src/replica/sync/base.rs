//! The base, as rules read it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::projection::{PersonHash as _, Projection};
use super::super::vault::unreadable;
use super::super::{Replica, household_of};
use super::held;
use crate::domain::claim::Claim;
use crate::domain::command::{CommandId, Entry};
use crate::domain::id::{HouseholdId, MemberId, WishId, WorkerId};
use crate::domain::id_number::IdNumber;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::{Dossier, Unreadable};
use crate::domain::region::RegionCode;
use crate::sync::fold::{Body, Standing};
use crate::sync::overlay::Base;
use crate::sync::protocol::ItemKey;

/// The server's state on this device.
pub struct ServerState<'a> {
    pub replica: &'a Replica,
    /// The view's rows: where a record stands now is where it most likely stood before.
    pub memory: &'a Projection,
    pub workers: Vec<WorkerId>,
}

impl ServerState<'_> {
    fn likely(&self, key: RecordKey) -> Option<HouseholdId> {
        let pools = &self.memory.pools;
        match key.kind {
            Kind::Need => pools.needs.find(key.id).map(|row| row.household),
            Kind::Wish => pools.wishes.find(key.id).and_then(|row| row.household),
            Kind::Claim => {
                pools.claims.get(&key.id.into()).and_then(|wish| pools.wishes.find(*wish)).and_then(|row| row.household)
            }
            Kind::Lead => pools.leads.find(key.id).and_then(|row| row.household),
            Kind::Conflict => pools.conflicts.get(&key.id.into()).copied(),
            _ => None,
        }
    }

    /// Whether any form of a record outside of files is held.
    pub fn holds(&self, key: RecordKey) -> Result<bool, Unreadable> {
        Ok(self.loose(key)?.is_some())
    }
}

impl Base for ServerState<'_> {
    fn file(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        Ok(match self.replica.base_item(&ItemKey::File(household))? {
            Some(Standing { body: Body::File(file), .. }) => Some(file),
            _ => None,
        })
    }

    fn loose(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        let own = self.workers.iter().map(|worker| ItemKey::Own(*worker, key));
        for form in std::iter::once(ItemKey::Record(key)).chain(own).chain([ItemKey::Card(key)]) {
            if let Some(Standing { body: Body::Record(record), .. }) = self.replica.base_item(&form)? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    fn place(&self, key: RecordKey) -> Result<Option<HouseholdId>, Unreadable> {
        let Some(household) = self.likely(key) else { return Ok(None) };
        Ok(self.file(household)?.filter(|file| file.record(key).is_some()).map(|_| household))
    }

    fn loose_claims(&self, wish: WishId) -> Result<Vec<Claim>, Unreadable> {
        let index = self.replica.vault.store.index().map_err(unreadable)?;
        let keys: BTreeSet<RecordKey> = held::listed(&*index, &held::claims_prefix(wish))?.into_iter().collect();
        let mut claims = Vec::new();
        for key in keys {
            if let Some(Record::Claim(claim)) = self.loose(key)? {
                claims.push(claim);
            }
        }
        Ok(claims)
    }

    fn persons(&self, id_number: &IdNumber) -> Result<Vec<(HouseholdId, MemberId)>, Unreadable> {
        let hash = self.replica.vault.person_hash(id_number);
        let Some(row) = self.memory.person(hash).and_then(|row| self.memory.rows.get(row)) else {
            return Ok(Vec::new());
        };
        let household = row.id();
        // The hash only narrows the search; the number itself decides.
        let member = self.file(household)?.and_then(|file| {
            let mut present = file.present_members();
            present.find(|member| member.id_number.as_ref() == Some(id_number)).map(|member| member.id)
        });
        Ok(member.map(|member| (household, member)).into_iter().collect())
    }

    fn holds_files(&self) -> Result<bool, Unreadable> {
        let index = self.replica.vault.store.index().map_err(unreadable)?;
        let prefix = held::item_key(&ItemKey::File(HouseholdId::default()));
        Ok(index.scan(&prefix[..3]).next().transpose().map_err(unreadable)?.is_some())
    }

    fn former_regions(&self, _: HouseholdId) -> Result<Vec<RegionCode>, Unreadable> {
        Ok(Vec::new())
    }

    fn entry(&self, id: CommandId) -> Result<Option<Entry>, Unreadable> {
        if id.device != self.replica.device() {
            return Ok(None);
        }
        let found = self.replica.outgoing(id.seq)?;
        Ok(found.map(|(envelope, _, _)| Entry { envelope, changes: Vec::new() }))
    }

    fn households_of(&self, id: CommandId) -> Result<Vec<HouseholdId>, Unreadable> {
        if id.device != self.replica.device() {
            return Ok(Vec::new());
        }
        let Some(logged) = self.replica.vault.logged(id.seq)? else { return Ok(Vec::new()) };
        let mut found = logged.households.clone();
        found.extend(logged.effects().iter().filter_map(|change| match change {
            crate::domain::change::Change::Create(record) => household_of(record),
            crate::domain::change::Change::Update { .. } => None,
        }));
        Ok(found)
    }
}
