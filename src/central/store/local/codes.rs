//! One-time codes in the local store.

use super::keys::{key, table};
use super::{LocalStore, LocalTransaction};
use crate::central::enrolment::{Code, Codes};
use crate::central::store::{StoreFault, Transaction};

impl Codes for LocalStore {
    fn change(&self, selector: &str, change: &mut dyn FnMut(Option<Code>) -> Option<Code>) -> Result<(), StoreFault> {
        let mut tx = LocalTransaction::of(self);
        tx.lock();
        let key = key(table::CODE, &[selector.as_bytes()]);
        let held: Option<Code> = tx.get(&key)?;
        match change(held.clone()) {
            changed if changed == held => return Ok(()),
            Some(code) => tx.put(key, &code)?,
            None => tx.delete(key)?,
        }
        Box::new(tx).commit()
    }

    fn codes(&self) -> Result<Vec<Code>, StoreFault> {
        let tx = LocalTransaction::of(self);
        tx.scan(&[table::CODE])?.into_iter().map(|(key, value)| tx.read(&key, value)).collect()
    }
}
