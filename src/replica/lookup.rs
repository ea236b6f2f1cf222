//! How rules read the replica's records: [`Lookup`] implements [`Records`] over store, pools and reference records.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::Vault;
use super::fold::{Folded, Stored};
use super::projection::{PersonHash, Projection};
use crate::domain::claim::Claim;
use crate::domain::command::{Command, CommandId, Entry};
use crate::domain::id::{HouseholdId, MemberId, WishId};
use crate::domain::id_number::IdNumber;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::{Dossier, Records, Unreadable};

/// A view of the records for deciding one command: the store, and on top of it what earlier commands of the same group
/// have made, not yet stored.
pub(super) struct Lookup<'a> {
    pub vault: &'a Vault,
    pub projection: &'a Projection,
    /// Households that the command touches: where members and visits are looked for, which have no index of their own.
    pub households: &'a [HouseholdId],
    pending: Option<&'a Folded>,
    /// Persons that the group has registered so far.
    pending_persons: Option<&'a HashMap<u64, (HouseholdId, MemberId)>>,
    read: RefCell<HashMap<HouseholdId, Option<Arc<Dossier>>>>,
}

impl<'a> Lookup<'a> {
    pub fn new(vault: &'a Vault, projection: &'a Projection, households: &'a [HouseholdId]) -> Lookup<'a> {
        Lookup { vault, projection, households, pending: None, pending_persons: None, read: RefCell::default() }
    }

    /// The same view with what a group has made so far on top.
    pub fn with_pending(self, pending: &'a Folded, persons: &'a HashMap<u64, (HouseholdId, MemberId)>) -> Lookup<'a> {
        Lookup { pending: Some(pending), pending_persons: Some(persons), ..self }
    }

    fn household_of(&self, key: RecordKey) -> Option<HouseholdId> {
        let pools = &self.projection.pools;
        match key.kind {
            Kind::Household => Some(key.id.into()),
            Kind::Need => pools.needs.find(key.id).map(|row| row.household),
            Kind::Wish => pools.wishes.find(key.id).and_then(|row| row.household),
            Kind::Claim => {
                pools.claims.get(&key.id.into()).and_then(|wish| pools.wishes.find(*wish)).and_then(|row| row.household)
            }
            Kind::Lead => pools.leads.find(key.id).and_then(|row| row.household),
            _ => None,
        }
    }
}

impl Records for Lookup<'_> {
    fn record(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        if let Some(record) = self.pending.and_then(|pending| pending.loose.get(&key)) {
            return Ok(Some(record.clone()));
        }
        match key.kind {
            Kind::Region | Kind::Station | Kind::Org | Kind::Worker | Kind::Resource | Kind::Allotment => {
                return Ok(self.projection.reference.get(key));
            }
            _ => {}
        }
        let known = self.household_of(key);
        for household in known.iter().chain(self.households) {
            if let Some(record) = Records::dossier(self, *household)?.and_then(|dossier| dossier.record(key)) {
                return Ok(Some(record));
            }
        }
        match key.kind {
            Kind::Lead | Kind::Wish | Kind::Claim => self.vault.loose(key),
            _ => Ok(None),
        }
    }

    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        if let Some(dossier) = self.pending.and_then(|pending| pending.dossiers.get(&household)) {
            return Ok(Some(Arc::new(dossier.clone())));
        }
        if let Some(held) = self.read.borrow().get(&household) {
            return Ok(held.clone());
        }
        let dossier = self.vault.dossier(household)?;
        self.read.borrow_mut().insert(household, dossier.clone());
        Ok(dossier)
    }

    fn claims_on(&self, wish: WishId) -> Result<Vec<Claim>, Unreadable> {
        if let Some(household) = self.projection.pools.wishes.find(wish).and_then(|row| row.household) {
            let dossier = Records::dossier(self, household)?;
            return Ok(dossier
                .map(|dossier| dossier.claims.iter().filter(|claim| claim.wish == wish).cloned().collect())
                .unwrap_or_default());
        }
        let mut claims = Vec::new();
        for (claim, _) in self.projection.pools.claims.iter().filter(|(_, on)| **on == wish) {
            if let Some(Record::Claim(claim)) =
                self.vault.loose(RecordKey { kind: Kind::Claim, id: (*claim).into() })?
            {
                claims.push(claim);
            }
        }
        Ok(claims)
    }

    fn person(&self, id_number: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        let hash = self.vault.person_hash(id_number);
        if let Some(found) = self.pending_persons.and_then(|persons| persons.get(&hash)) {
            return Ok(Some(*found));
        }
        let Some(row) = self.projection.person(hash).and_then(|row| self.projection.rows.get(row)) else {
            return Ok(None);
        };
        let household = row.id();
        // The hash only narrows the search; the number itself decides.
        let member = Records::dossier(self, household)?.and_then(|dossier| {
            dossier
                .present_members()
                .find(|member| member.id_number.as_ref() == Some(id_number))
                .map(|member| member.id)
        });
        Ok(member.map(|member| (household, member)))
    }

    fn holds_households(&self) -> bool {
        self.projection.rows.iter().any(|(_, row)| row.fixed().flags & super::rows::DELETED == 0)
    }

    fn entry(&self, id: CommandId) -> Result<Option<Entry>, Unreadable> {
        if id.device != self.vault.device() {
            return Ok(None);
        }
        Ok(self.vault.logged(id.seq)?.map(|logged| logged.entry))
    }
}

/// The households whose files a command touches.
pub(super) fn households_of(command: &Command, projection: &Projection, vault: &Vault) -> Vec<HouseholdId> {
    let lookup = Lookup::new(vault, projection, &[]);
    let place = |key: Option<RecordKey>| key.and_then(|key| lookup.household_of(key));
    let mut found: Vec<HouseholdId> = match command {
        Command::RegisterHousehold { records } | Command::Seed { records } => {
            records.iter().filter_map(super::fold::household_of).collect()
        }
        Command::Register { record } => super::fold::household_of(record).into_iter().collect(),
        Command::MergeNeed { into, .. } => {
            let into = RecordKey { kind: Kind::Need, id: (*into).into() };
            place(command.subject()).into_iter().chain(place(Some(into))).collect()
        }
        Command::Reveal { household: None, record, .. } => place(Some(*record)).into_iter().collect(),
        Command::Undo { target, .. } if target.device == vault.device() => {
            vault.logged(target.seq).ok().flatten().map(|logged| logged.households).unwrap_or_default()
        }
        _ => place(command.subject()).into_iter().collect(),
    };
    found.sort_unstable();
    found.dedup();
    found
}
