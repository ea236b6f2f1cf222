//! The device's side of synchronisation: what the server said, kept under what this device has said.
//!
//! The records that lists, forms and commands read are the *view*: the server's state with the pending commands on top
//! ([`rebase`](crate::sync::rebase)). Beneath it stands the *base*, the server's state as pages brought it.
//!
//! | to find | look in |
//! |---|---|
//! | where base, cursors and verdicts lie in the index | `held` |
//! | one round's writes, staged and made durable together | `session` |
//! | the base as rules read it | `base` |
//! | rewriting the view of what was touched | `view` |
//! | a round with a server, or with a file | `round` |
//! | what a person has to look at | `inbox` |
//! | made-up regions of a device that joins | `homes` |
//!
//! Nothing of this is a truth of its own: when the index is lost, everything is sent and fetched again. Only the
//! enrolment with the device's key stands in a sealed file beside the index.

mod base;
mod enrolment;
mod held;
mod homes;
mod inbox;
mod round;
mod session;
mod view;

pub use enrolment::Enrolment;
pub use homes::{Homeless, Homemade, Strangers, rehome};
pub use inbox::{InboxEntry, OpenConflict};
pub use round::{DeviceSyncError, Outgoing};

pub(super) use held::State;

use std::sync::PoisonError;

use super::vault::{self, Held as Typed, unreadable};
use super::{Logged, Replica, ReplicaError, lock};
use crate::domain::command::Envelope;
use crate::domain::moment::Moment;
use crate::domain::records::Unreadable;
use crate::domain::region::RegionCode;
use crate::store::{Batch, StoreError, codec};
use crate::sync::http::plain_code;
use crate::sync::protocol::{Bytes, encode_command};

/// How a device stands with its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The server's address.
    pub url: String,
    /// Commands without a final verdict: not sent yet, or waiting at the server.
    pub unsent: u64,
    /// The last round that came to its end.
    pub last: Option<Moment>,
    /// Refused commands that nobody has looked at yet.
    pub refused: u64,
    /// Conflicts that wait for a person.
    pub conflicts: u64,
}

/// The marks by which the next round writes anew what a command touches.
pub(super) fn marked(logged: &Logged) -> Result<Batch, StoreError> {
    let mut batch = Batch::new();
    held::mark(&mut batch, &view::stale_of(logged))?;
    Ok(batch)
}

impl Replica {
    /// The server that this device has joined; `None` on a device that works alone.
    pub fn enrolment(&self) -> Option<std::sync::Arc<Enrolment>> {
        self.enrolment.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The territories that a device of a county may hold, as far as it knows; `None` on one that works alone.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn territories(&self) -> Result<Option<Vec<RegionCode>>, ReplicaError> {
        let Some(enrolment) = self.enrolment() else { return Ok(None) };
        self.wait_until_open()?;
        Ok(Some(self.sync_state()?.territories.unwrap_or_else(|| enrolment.scope.territories.clone())))
    }

    /// Whether the server answered the last request of the last round.
    pub fn is_online(&self) -> bool {
        self.online.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// How the device stands with its server; `None` without one.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn standing(&self) -> Result<Option<Standing>, ReplicaError> {
        let Some(enrolment) = self.enrolment() else { return Ok(None) };
        self.wait_until_open()?;
        let state = self.sync_state()?;
        Ok(Some(Standing {
            url: enrolment.url.clone(),
            unsent: self.unsent(),
            last: state.last,
            refused: self.inbox_len()?,
            conflicts: self.read().pools.conflicts.len() as u64,
        }))
    }

    pub(super) fn sync_state(&self) -> Result<State, Unreadable> {
        let index = self.vault.store.index().map_err(unreadable)?;
        Ok(Typed(&*index).read(held::STATE)?.unwrap_or_default())
    }

    /// Tells the status line and `stats` how many commands the server has decided.
    pub(super) fn note_answered(&self, decided: u64) {
        *self.acknowledged.write().unwrap_or_else(PoisonError::into_inner) = Some(decided);
    }

    /// Reads the enrolment when the home is opened.
    pub(super) fn load_enrolment(&self) -> Result<(), ReplicaError> {
        let found = enrolment::load(&self.vault.store)?;
        *self.enrolment.write().unwrap_or_else(PoisonError::into_inner) = found.map(std::sync::Arc::new);
        Ok(())
    }

    /// Joins a server: from now on what is recorded here is owed to it. What the device did alone is sent too, in the
    /// name of the worker that the server knows.
    ///
    /// # Errors
    /// `enrol.demo_home` where the home holds invented data, and the store's.
    pub fn enrol(&self, mut enrolment: Enrolment) -> Result<(), ReplicaError> {
        self.wait_until_open()?;
        let writer = lock(&self.writer);
        self.refuse_demo()?;
        enrolment.was = self.former_workers(&enrolment)?;
        if let Some(held) = self.enrolment() {
            // What was sent keeps its form.
            enrolment.homes.clone_from(&held.homes);
        }
        enrolment::save(&self.vault.store, &enrolment)?;
        // What was given to it before is over; a round says what it may hold now.
        let state = self.sync_state()?;
        if state.territories.is_some() {
            let store = &self.vault.store;
            let mut batch = Batch::new();
            let state = codec::encode(&State { territories: None, ..state })?;
            vault::put(&*store.index()?, &mut batch, held::STATE.to_vec(), &state)?;
            store.apply(store.applied_seq()?, &batch)?;
        }
        *self.enrolment.write().unwrap_or_else(PoisonError::into_inner) = Some(std::sync::Arc::new(enrolment));
        self.note_answered(self.sync_state()?.decided());
        drop(writer);
        Ok(())
    }

    /// The key with which this device joins that server by that code: a new one for each code, kept before it is used.
    ///
    /// # Errors
    /// The store's.
    pub fn joining_key(&self, url: &str, code: &str) -> Result<Bytes, ReplicaError> {
        self.wait_until_open()?;
        let _writer = lock(&self.writer);
        Ok(enrolment::key_for(&self.vault.store, url, &plain_code(code))?)
    }

    /// Whether this home may join a server at all.
    ///
    /// # Errors
    /// `enrol.demo_home`.
    pub fn may_enrol(&self) -> Result<(), ReplicaError> {
        self.wait_until_open()?;
        self.refuse_demo()
    }

    /// Invented households must never reach an office. A demo is the first thing in its home.
    fn refuse_demo(&self) -> Result<(), ReplicaError> {
        /// The demo's seeds stand at the beginning.
        const LOOK: u64 = 64;
        let store = &self.vault.store;
        for seq in store.first_seq()..=store.last_seq().min(store.first_seq() + LOOK) {
            if let Some(logged) = self.vault.logged(seq)?
                && logged.is_seed()
                && !logged.seats_a_worker()
            {
                return Err(ReplicaError::DemoHome);
            }
        }
        Ok(())
    }

    /// The workers who worked here alone: their commands go out in the name of the enrolled one. Where a machine is
    /// shared by several workers nobody can say who was who, so they are sent as they are.
    fn former_workers(&self, enrolment: &Enrolment) -> Result<Vec<crate::domain::id::WorkerId>, ReplicaError> {
        if enrolment.scope.workers.len() != 1 {
            return Ok(Vec::new());
        }
        let mut was: Vec<_> = self.enrolment().map(|held| held.was.clone()).unwrap_or_default();
        let store = &self.vault.store;
        for found in store.entries_from(store.first_seq()) {
            let (_, bytes) = found?;
            let worker = vault::decode::<Logged>(&bytes)?.entry.envelope.worker;
            if !was.contains(&worker) && !enrolment.scope.workers.contains(&worker) {
                was.push(worker);
            }
        }
        Ok(was)
    }

    /// A command of this device as the server gets it, and what the journal says of it.
    pub(super) fn outgoing(&self, seq: u64) -> Result<Option<(Envelope, Bytes, Logged)>, Unreadable> {
        let Some(mut logged) = self.vault.logged(seq)? else { return Ok(None) };
        let mut bytes = encode_command(&logged.entry.envelope);
        if let Some(enrolment) = self.enrolment()
            && enrolment.rename(&mut bytes.0)
        {
            logged.entry.envelope =
                codec::from_messagepack(&bytes.0).map_err(|error| Unreadable(format!("command {seq}: {error}")))?;
        }
        Ok(Some((logged.entry.envelope.clone(), bytes, logged)))
    }
}
