//! The store on PostgreSQL: several server processes on one database act as one server.
//!
//! Every table begins with the county, so that the schema distributes unchanged; the SQL is plain enough for databases
//! that speak PostgreSQL's language. A transaction runs at READ COMMITTED with row locks of its own: a device, the
//! documents that were read and the counters of feeds stay locked until the commit; where two servers lock in different
//! orders the database ends one of them, and the authority begins it again ([`StoreFault::Again`]).
//!
//! An address may name several hosts, `postgres://user@one,two/county`: a server that takes writes and its standbys. When
//! the first dies and a standby is promoted, connections break, and new ones go to whichever takes writes now. What was
//! acknowledged is there if replication is synchronous.
//!
//! What a transaction writes is gathered and sent at the commit, a statement for each table. Reads without a lock happen
//! outside of a transaction, so a pull is nothing but selects.
//!
//! | to find | look in |
//! |---|---|
//! | connections, and what becomes of broken ones | `pool` |
//! | TLS to the database | `tls` |
//! | tables, and how they come to be | `schema` |
//! | the transaction | `transaction`, its feeds `feeds`, units of wishes `units`, gathered writes `gathered` |
//! | old bytes | `trim` |
//! | one-time codes | `codes` |

mod codes;
mod feeds;
mod gathered;
mod pool;
mod schema;
mod tls;
mod transaction;
mod trim;
mod units;

use std::sync::Arc;

use postgres::error::SqlState;

use self::pool::Pool;
use self::transaction::PostgresTransaction;
use super::store::{Store, StoreFault, Transaction};

/// A county in a PostgreSQL database.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: Arc<Pool>,
    county: i32,
}

/// Connections of one process.
const CONNECTIONS: usize = 16;

impl PostgresStore {
    /// Connects, and brings the tables up to date. The county is number 1 of the database.
    ///
    /// # Errors
    /// `central.away`: the database cannot be reached. `central.failed`: the address cannot be read, or the database is of a
    /// newer program.
    pub fn connect(url: &str) -> Result<PostgresStore, StoreFault> {
        PostgresStore::connect_county(url, 1)
    }

    /// The same for a county of that number, where one database holds several.
    ///
    /// # Errors
    /// As [`PostgresStore::connect`].
    pub fn connect_county(url: &str, county: i32) -> Result<PostgresStore, StoreFault> {
        let pool = Pool::new(url, CONNECTIONS)?;
        schema::migrate(&mut *pool.take()?)?;
        Ok(PostgresStore { pool: Arc::new(pool), county })
    }
}

impl Store for PostgresStore {
    fn begin(&self) -> Result<Box<dyn Transaction + '_>, StoreFault> {
        Ok(Box::new(PostgresTransaction::new(self.pool.take()?, self.county)))
    }
}

/// What an error of the database means for the work.
fn fault(error: &postgres::Error) -> StoreFault {
    let again = [
        &SqlState::T_R_SERIALIZATION_FAILURE,
        &SqlState::T_R_DEADLOCK_DETECTED,
        &SqlState::LOCK_NOT_AVAILABLE,
        // Somebody else added the same row meanwhile; begun again, the work sees it.
        &SqlState::UNIQUE_VIOLATION,
        // The database ends or has just begun: another connection, or the same a moment later, will do.
        &SqlState::ADMIN_SHUTDOWN,
        &SqlState::CRASH_SHUTDOWN,
        &SqlState::CANNOT_CONNECT_NOW,
    ];
    match error.code() {
        Some(code) if again.contains(&code) => StoreFault::Again,
        // The words of the database may quote values of rows; its code does not.
        Some(code) => StoreFault::Failed(format!("SQLSTATE {}", code.code())),
        // The connection broke. What was not committed is gone, so the work may begin again on another one.
        None => StoreFault::Again,
    }
}
