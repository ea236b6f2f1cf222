//! Which devices are served: those that were not revoked and whose workers, at least one of them, are in service.

use crate::central::store::{Device, StoreFault, Transaction};
use crate::domain::id::WorkerId;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::worker::Worker;
use crate::sync::feed::Feed;
use crate::sync::fold::{Body, loose_key};
use crate::sync::protocol::ProtocolError;

use super::Fault;

/// How a device that pushes stands with the server.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Standing {
    /// As any device.
    Enrolled,
    /// Somebody of the bureau answers for what it brings.
    Supervised,
}

/// Refuses a device that is served no more.
pub(super) fn served(tx: &mut dyn Transaction, device: &Device) -> Result<(), Fault> {
    if device.revoked_at.is_some() {
        return Err(ProtocolError::Revoked.into());
    }
    // A worker who is not on file yet, as after a restore, is nobody who left.
    let mut left = false;
    for worker in &device.scope.workers {
        match worker_of(tx, *worker)? {
            Some(worker) if !worker.is_in_service() => left = true,
            _ => return Ok(()),
        }
    }
    if left { Err(ProtocolError::OutOfService.into()) } else { Ok(()) }
}

fn worker_of(tx: &mut dyn Transaction, worker: WorkerId) -> Result<Option<Worker>, StoreFault> {
    let key = loose_key(&Feed::Reference, RecordKey { kind: Kind::Worker, id: worker.into() });
    let Some(document) = tx.peek_document(&key)? else { return Ok(None) };
    match Body::decode(&key, &document.body.0).map_err(|fault| StoreFault::Damaged(fault.0))? {
        Body::Record(Record::Worker(worker)) => Ok(Some(worker)),
        _ => Ok(None),
    }
}
