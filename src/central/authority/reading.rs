//! The records of a transaction, as rules read them.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use sm3::Sm3;

use crate::central::store::{Document, PersonKey, StoreFault, Transaction};
use crate::domain::claim::Claim;
use crate::domain::command::{CommandId, Entry, Envelope};
use crate::domain::id::{HouseholdId, MemberId, WishId};
use crate::domain::id_number::IdNumber;
use crate::domain::moment::Moment;
use crate::domain::record::{Record, RecordKey};
use crate::domain::records::{Dossier, Unreadable};
use crate::domain::region::RegionCode;
use crate::store::codec;
use crate::sync::fold::Body;
use crate::sync::overlay::Base;
use crate::sync::protocol::{Bytes, ItemKey, KEEP_DAYS};

/// Reads through a transaction, each document once.
pub(super) struct Reading<'t> {
    tx: RefCell<Box<dyn Transaction + 't>>,
    person_key: Bytes,
    now: Moment,
    documents: RefCell<HashMap<ItemKey, Option<Rc<Document>>>>,
    /// Households that commands of this very transaction touched.
    recent: RefCell<HashMap<CommandId, Vec<HouseholdId>>>,
    /// Records that rules looked for and that are not there, in the order in which they were asked for.
    missed: RefCell<Vec<RecordKey>>,
    fault: Cell<Option<StoreFault>>,
}

impl<'t> Reading<'t> {
    pub fn new(tx: Box<dyn Transaction + 't>, person_key: Bytes, now: Moment) -> Reading<'t> {
        Reading {
            tx: RefCell::new(tx),
            person_key,
            now,
            documents: RefCell::default(),
            recent: RefCell::default(),
            missed: RefCell::default(),
            fault: Cell::new(None),
        }
    }

    /// Does something with the transaction itself.
    pub fn with<T>(
        &self,
        work: impl FnOnce(&mut (dyn Transaction + 't)) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        work(&mut **self.tx.borrow_mut())
    }

    /// As [`Reading::with`], for rules: a fault of the store is remembered, for it ends the whole transaction.
    fn look<T>(
        &self,
        work: impl FnOnce(&mut (dyn Transaction + 't)) -> Result<T, StoreFault>,
    ) -> Result<T, Unreadable> {
        self.with(work).map_err(|fault| {
            let text = fault.to_string();
            // What is damaged refuses the one command that needs it; everything else ends the transaction.
            if !matches!(fault, StoreFault::Damaged(_)) {
                self.fault.set(Some(fault));
            }
            Unreadable(text)
        })
    }

    /// The fault of the store that a rule ran into.
    pub fn check(&self) -> Result<(), StoreFault> {
        self.fault.take().map_or(Ok(()), Err)
    }

    pub fn document(&self, key: &ItemKey) -> Result<Option<Rc<Document>>, Unreadable> {
        if let Some(held) = self.documents.borrow().get(key) {
            return Ok(held.clone());
        }
        let document = self.look(|tx| tx.document(key))?.map(Rc::new);
        self.documents.borrow_mut().insert(key.clone(), document.clone());
        Ok(document)
    }

    pub fn body(&self, key: &ItemKey) -> Result<Option<Body>, Unreadable> {
        self.document(key)?.map(|document| Body::decode(key, &document.body.0)).transpose()
    }

    /// What was looked for in vain since this was last asked.
    pub fn take_missed(&self) -> Vec<RecordKey> {
        self.missed.take()
    }

    pub fn remember(&self, id: CommandId, households: Vec<HouseholdId>) {
        self.recent.borrow_mut().insert(id, households);
    }

    pub fn person(&self, id_number: &IdNumber) -> PersonKey {
        let mut mac =
            <Hmac<Sm3> as KeyInit>::new_from_slice(&self.person_key.0).expect("HMAC takes keys of any length");
        mac.update(id_number.reveal().as_bytes());
        mac.finalize().into_bytes().into()
    }

    pub fn into_tx(self) -> Box<dyn Transaction + 't> {
        self.tx.into_inner()
    }
}

impl Base for Reading<'_> {
    fn file(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        Ok(match self.body(&ItemKey::File(household))? {
            Some(Body::File(file)) => Some(file),
            _ => None,
        })
    }

    fn loose(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        if let Some(Body::Record(record)) = self.body(&ItemKey::Record(key))? {
            return Ok(Some(record));
        }
        self.missed.borrow_mut().push(key);
        Ok(None)
    }

    fn place(&self, key: RecordKey) -> Result<Option<HouseholdId>, Unreadable> {
        self.look(|tx| tx.place(key))
    }

    /// The server holds every wish of a household in its file, and no other claims.
    fn loose_claims(&self, _: WishId) -> Result<Vec<Claim>, Unreadable> {
        Ok(Vec::new())
    }

    fn persons(&self, id_number: &IdNumber) -> Result<Vec<(HouseholdId, MemberId)>, Unreadable> {
        let key = self.person(id_number);
        self.look(|tx| tx.persons(&key))
    }

    fn holds_files(&self) -> Result<bool, Unreadable> {
        self.look(|tx| tx.holds_files())
    }

    fn former_regions(&self, household: HouseholdId) -> Result<Vec<RegionCode>, Unreadable> {
        let document = self.document(&ItemKey::File(household))?;
        let recent = |moved: &Moment| self.now.since(*moved).num_days() <= KEEP_DAYS;
        let former = document.iter().flat_map(|document| &document.former);
        Ok(former.filter(|(_, moved)| recent(moved)).map(|(region, _)| region.clone()).collect())
    }

    fn entry(&self, id: CommandId) -> Result<Option<Entry>, Unreadable> {
        let stored = self.look(|tx| tx.verdict(id))?;
        let envelope: Option<Envelope> = stored.and_then(|stored| codec::from_messagepack(&stored.body.0).ok());
        Ok(envelope.map(|envelope| Entry { envelope, changes: Vec::new() }))
    }

    fn households_of(&self, id: CommandId) -> Result<Vec<HouseholdId>, Unreadable> {
        if let Some(households) = self.recent.borrow().get(&id) {
            return Ok(households.clone());
        }
        Ok(self.look(|tx| tx.verdict(id))?.map(|stored| stored.households).unwrap_or_default())
    }
}
