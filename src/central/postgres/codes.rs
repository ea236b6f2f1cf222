//! One-time codes.

use super::PostgresStore;
use crate::central::enrolment::{Code, Codes};
use crate::central::store::StoreFault;
use crate::store::codec;

/// How often a change is begun again when another one was faster.
const ATTEMPTS: usize = 8;

impl Codes for PostgresStore {
    fn change(&self, selector: &str, change: &mut dyn FnMut(Option<Code>) -> Option<Code>) -> Result<(), StoreFault> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.change_once(selector, change) {
                Err(StoreFault::Again) if attempts < ATTEMPTS => {}
                done => return done,
            }
        }
    }

    fn codes(&self) -> Result<Vec<Code>, StoreFault> {
        let rows =
            self.pool.take()?.rows("SELECT body FROM zl_code WHERE county = $1 ORDER BY selector", &[&self.county])?;
        rows.iter().map(|row| Ok(codec::decode(row.get(0))?)).collect()
    }
}

impl PostgresStore {
    fn change_once(
        &self,
        selector: &str,
        change: &mut dyn FnMut(Option<Code>) -> Option<Code>,
    ) -> Result<(), StoreFault> {
        let mut connection = self.pool.take()?;
        connection.run("BEGIN")?;
        let done = (|| {
            let read = "SELECT body FROM zl_code WHERE county = $1 AND selector = $2 FOR UPDATE";
            let row = connection.row(read, &[&self.county, &selector])?;
            let held: Option<Code> = row.map(|row| codec::decode(row.get(0))).transpose()?;
            let changed = change(held.clone());
            if changed == held {
                return Ok(());
            }
            match (held, changed) {
                // Two that add the same one collide at the unique key, and the second begins again.
                (None, Some(code)) => {
                    let add = "INSERT INTO zl_code (county, selector, body) VALUES ($1, $2, $3)";
                    connection.change(add, &[&self.county, &selector, &codec::encode(&code)?])?
                }
                (Some(_), Some(code)) => {
                    let set = "UPDATE zl_code SET body = $3 WHERE county = $1 AND selector = $2";
                    connection.change(set, &[&self.county, &selector, &codec::encode(&code)?])?
                }
                (_, None) => {
                    let remove = "DELETE FROM zl_code WHERE county = $1 AND selector = $2";
                    connection.change(remove, &[&self.county, &selector])?
                }
            };
            Ok(())
        })();
        match done {
            Ok(()) => connection.run("COMMIT"),
            Err(fault) => {
                if connection.run("ROLLBACK").is_err() {
                    connection.discard();
                }
                Err(fault)
            }
        }
    }
}
