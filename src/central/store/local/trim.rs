//! Old bytes of the local store are taken away a little at a time.

use super::LocalTransaction;
use super::keys::{key, table};
use crate::central::store::{Aside, StoreFault, StoredVerdict};
use crate::domain::moment::Moment;
use crate::sync::protocol::Bytes;

impl LocalTransaction<'_> {
    /// Lightens verdicts, going on behind the one that was looked at last; from the first again after the last.
    pub(super) fn trim_verdicts(&mut self, before: Moment, limit: usize) -> Result<usize, StoreFault> {
        let reached = key(table::TRIMMED, &[]);
        let from: Bytes = self.get(&reached)?.unwrap_or_default();
        let found = self.scan_from(&[table::VERDICT], &from.0, limit)?;
        let next = found.last().filter(|_| found.len() == limit).map(|(key, _)| [key.as_slice(), &[0]].concat());
        let mut lightened = 0;
        for (key, value) in found {
            let verdict: StoredVerdict = self.read(&key, value)?;
            if verdict.decided_at < before && verdict.outcome.stands() && !verdict.body.0.is_empty() {
                self.put(key, &StoredVerdict { body: Bytes::default(), ..verdict })?;
                lightened += 1;
            }
        }
        let next = Bytes(next.unwrap_or_default());
        if next != from {
            self.put(reached, &next)?;
        }
        Ok(lightened)
    }

    /// What is kept aside is little ([`MAX_ASIDES`](crate::central::authority::MAX_ASIDES) for a device that was copied or
    /// revoked), so all of it is looked at.
    pub(super) fn trim_asides(&mut self, before: Moment, limit: usize) -> Result<usize, StoreFault> {
        let mut removed = 0;
        for (key, value) in self.scan(&[table::ASIDE])? {
            let aside: Aside = self.read(&key, value)?;
            if aside.at < before && removed < limit {
                self.delete(key)?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}
