//! [`Authority`]: decides commands once, grants units, numbers feeds. It knows neither HTTP nor a database.
//!
//! One push is one transaction: read what the commands need, merge each over what the ones before it made
//! ([`Overlay`](crate::sync::overlay::Overlay)), then lock the touched feeds in order, number the entries, write, commit.
//! A command that is refused leaves the overlay as it was.
//!
//! | to find | look in |
//! |---|---|
//! | what becomes of a push | `push`, and of one command in it `verdict` |
//! | commands that wait for a record after a restore | `waiting` |
//! | archive numbers of households | `archive` |
//! | claims: fences, units, leases, losers | `claims` |
//! | effects into feeds and documents | `publish` |
//! | pages and bootstrap | `pull` |
//! | devices, epochs, the server's own acts | `admin` |
//! | records within a transaction | `reading` |
//! | regions that devices made up | `regions` |
//! | which devices are served | `standing` |

mod admin;
mod archive;
mod claims;
mod publish;
mod pull;
mod push;
mod reading;
mod regions;
mod standing;
mod verdict;
mod waiting;

use std::sync::Arc;

pub use admin::Enrolment;
pub use push::MAX_ASIDES;
pub use regions::Settled;

use super::store::{Realm, Store, StoreFault, Transaction};
use crate::domain::moment::Moment;
use crate::sync::protocol::{EARLIER, Hello, MAX_COMMANDS, MAX_PUSH, PROTOCOL, ProtocolError, Welcome};

/// The server's judgement over a store. Several authorities, in several processes, may share one store.
#[derive(Clone)]
pub struct Authority {
    store: Arc<dyn Store>,
}

/// Seconds after which who came while the database was away may come again: about what it takes to restart one, or to
/// promote a standby.
const AWAY: u32 = 5;
/// How often a transaction is begun again when another one was faster.
const ATTEMPTS: usize = 8;

impl Authority {
    /// Over that store.
    pub fn new(store: Arc<dyn Store>) -> Authority {
        Authority { store }
    }

    /// The store beneath.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Answers the first word of a device.
    ///
    /// # Errors
    /// `device.unknown`, `device.revoked`, `device.out_of_service`. A version that is not served is no error here: the
    /// answer says what is.
    pub fn welcome(&self, now: Moment, hello: &Hello) -> Result<Welcome, ProtocolError> {
        let mut tx = self.store.begin()?;
        let realm = tx.realm()?;
        let device = tx.peek_device(hello.device)?.ok_or(ProtocolError::UnknownDevice)?;
        standing::served(&mut *tx, &device)?;
        Ok(Welcome {
            protocol: PROTOCOL,
            oldest: PROTOCOL.saturating_sub(EARLIER).max(1),
            epoch: realm.epoch,
            now,
            last_seq: device.last_seq,
            last_hash: device.last_hash,
            limits: (MAX_COMMANDS as u32, MAX_PUSH as u64),
        })
    }

    /// Runs the work in a transaction, again where another one was faster. The work commits it.
    fn transact<T>(
        &self,
        mut work: impl FnMut(Box<dyn Transaction + '_>, Realm) -> Result<T, Fault>,
    ) -> Result<T, ProtocolError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let outcome = self.store.begin().map_err(Fault::Store).and_then(|mut tx| {
                let realm = tx.realm().map_err(Fault::Store)?;
                work(tx, realm)
            });
            match outcome {
                Ok(done) => return Ok(done),
                Err(Fault::Store(StoreFault::Again)) if attempts < ATTEMPTS => {}
                Err(Fault::Store(StoreFault::Again)) => return Err(ProtocolError::Busy { retry_after: 1 }),
                Err(fault) => return Err(fault.into()),
            }
        }
    }
}

/// Why a transaction ends without its commit.
enum Fault {
    /// The store's fault.
    Store(StoreFault),
    /// The message's fault.
    Protocol(ProtocolError),
}

impl From<StoreFault> for Fault {
    fn from(fault: StoreFault) -> Fault {
        Fault::Store(fault)
    }
}

impl From<ProtocolError> for Fault {
    fn from(error: ProtocolError) -> Fault {
        Fault::Protocol(error)
    }
}

impl From<Fault> for ProtocolError {
    fn from(fault: Fault) -> ProtocolError {
        match fault {
            Fault::Store(fault) => fault.into(),
            Fault::Protocol(error) => error,
        }
    }
}

impl From<StoreFault> for ProtocolError {
    fn from(fault: StoreFault) -> ProtocolError {
        match fault {
            StoreFault::Again => ProtocolError::Busy { retry_after: 1 },
            StoreFault::Away(detail) => ProtocolError::Away { retry_after: AWAY, detail },
            other => ProtocolError::Failed { detail: other.to_string() },
        }
    }
}
