//! Old bytes of the database are taken away a little at a time.

use uuid::Uuid;

use super::transaction::PostgresTransaction;
use crate::central::store::{Aside, StoreFault, StoredVerdict, Transaction as _};
use crate::domain::moment::Moment;
use crate::store::codec;
use crate::sync::protocol::Bytes;

/// The note of the verdict that was looked at last: device and number. None: from the first again.
const REACHED: &[u8] = b"z/trimmed";

impl PostgresTransaction<'_> {
    /// Lightens verdicts, going on behind the one that was looked at last; from the first again after the last.
    pub(super) fn trim_verdicts(&mut self, before: Moment, limit: usize) -> Result<usize, StoreFault> {
        // The note is locked: of two servers one waits, and goes on where the other one ended.
        let from: Option<([u8; 16], i64)> =
            self.note(REACHED)?.map(|held| codec::decode(&held.0)).transpose().map_err(StoreFault::from)?;
        let (device, seq) = from.map_or((Uuid::nil(), 0), |(device, seq)| (Uuid::from_bytes(device), seq));
        let at_once = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = "SELECT device, seq, body FROM zl_verdict
            WHERE county = $1 AND (device > $2 OR (device = $2 AND seq > $3)) ORDER BY device, seq LIMIT $4";
        let county = self.county;
        let rows = self.connection.rows(sql, &[&county, &device, &seq, &at_once])?;
        let (mut devices, mut seqs, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            let verdict: StoredVerdict = codec::decode(row.get(2))?;
            if verdict.decided_at < before && verdict.outcome.stands() && !verdict.body.0.is_empty() {
                devices.push(row.get::<_, Uuid>(0));
                seqs.push(row.get::<_, i64>(1));
                bodies.push(codec::encode(&StoredVerdict { body: Bytes::default(), ..verdict })?);
            }
        }
        if !devices.is_empty() {
            // What stands is never changed again, so nothing that was written meanwhile is overwritten.
            let set = "UPDATE zl_verdict SET body = n.body
                FROM UNNEST($2::uuid[], $3::bigint[], $4::bytea[]) AS n (device, seq, body)
                WHERE zl_verdict.county = $1 AND zl_verdict.device = n.device AND zl_verdict.seq = n.seq";
            self.connection.change(set, &[&county, &devices, &seqs, &bodies])?;
        }
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| (row.get::<_, Uuid>(0), row.get::<_, i64>(1)));
        let next = next.map(|(device, seq)| codec::encode(&(*device.as_bytes(), seq))).transpose()?;
        if next.is_some() || from.is_some() {
            self.put_note(REACHED, next.map(Bytes).as_ref())?;
        }
        Ok(devices.len())
    }

    /// What is kept aside is little, so all of it is looked at.
    pub(super) fn trim_asides(&mut self, before: Moment, limit: usize) -> Result<usize, StoreFault> {
        let county = self.county;
        let sql = "SELECT device, first, name, body FROM zl_aside WHERE county = $1 ORDER BY device, first, name";
        let mut removed = 0;
        for row in self.connection.rows(sql, &[&county])? {
            let aside: Aside = codec::decode(row.get(3))?;
            if aside.at < before && removed < limit {
                let remove = "DELETE FROM zl_aside WHERE county = $1 AND device = $2 AND first = $3 AND name = $4";
                let (device, first, name): (Uuid, i64, Vec<u8>) = (row.get(0), row.get(1), row.get(2));
                self.connection.change(remove, &[&county, &device, &first, &name])?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}
