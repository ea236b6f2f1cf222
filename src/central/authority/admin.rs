//! Devices, epochs, and what the server does of its own accord.

use std::collections::BTreeSet;

use super::reading::Reading;
use super::verdict::Deciding;
use super::waiting::{self, Session};
use super::{Authority, Fault};
use crate::central::store::{Device, Realm, StoreFault, StoredVerdict};
use crate::domain::change::Change;
use crate::domain::command::{Command, CommandId, Envelope};
use crate::domain::decide;
use crate::domain::id::{ClaimId, DeviceId, WorkerId};
use crate::domain::moment::{Hlc, Moment, Now};
use crate::domain::params;
use crate::domain::record::RecordKey;
use crate::domain::records::Records as _;
use crate::domain::worker::{Actor, Role};
use crate::store::codec;
use crate::sync::feed::Scope;
use crate::sync::protocol::{Bytes, Cause, KEEP_DAYS, Outcome, ProtocolError, Secret, chain, encode_command};

/// A device that joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Its id, made by the device.
    pub device: DeviceId,
    /// What people call it.
    pub name: String,
    /// Its key.
    pub secret: Secret,
    /// What it may hold, with its workers.
    pub scope: Scope,
}

impl Authority {
    /// Founds the county; does nothing where it is founded already.
    ///
    /// # Errors
    /// The store's.
    pub fn found(&self, server: DeviceId, person_key: [u8; 32]) -> Result<(), ProtocolError> {
        self.transact(|mut tx, realm| {
            if realm.epoch > 0 {
                return Ok(());
            }
            let person_key = Bytes(person_key.to_vec());
            tx.put_realm(&Realm { epoch: 1, device: server, last_act: 0, person_key })?;
            Ok(tx.commit()?)
        })
    }

    /// The county's own state.
    ///
    /// # Errors
    /// The store's.
    pub fn realm(&self) -> Result<Realm, ProtocolError> {
        Ok(self.store().begin()?.realm()?)
    }

    /// To be called once after the store was restored from a backup: the epoch rises, cursors lose their meaning, and
    /// devices send again what the backup did not have. Gives the new epoch.
    ///
    /// # Errors
    /// The store's.
    pub fn restored(&self) -> Result<u32, ProtocolError> {
        self.transact(|mut tx, _| {
            let mut realm = tx.lock_realm()?;
            realm.epoch += 1;
            tx.put_realm(&realm)?;
            tx.commit()?;
            Ok(realm.epoch)
        })
    }

    /// Lets a device join. A device that is there already keeps what it has said and gets the new key and scope.
    ///
    /// # Errors
    /// The store's.
    pub fn enrol(&self, now: Moment, enrolment: &Enrolment) -> Result<(), ProtocolError> {
        self.transact(|mut tx, _| {
            let held = tx.device(enrolment.device)?;
            let mut device = held.unwrap_or_else(|| Device {
                id: enrolment.device,
                name: String::new(),
                secret: Bytes::default(),
                scope: Scope::default(),
                former: Vec::new(),
                enrolled_at: now,
                revoked_at: None,
                last_seq: 0,
                last_hash: chain::START,
                seen_at: None,
                cloned_at: None,
            });
            device.name.clone_from(&enrolment.name);
            device.secret = Bytes(enrolment.secret.0.to_vec());
            device.revoked_at = None;
            device.give(now, &enrolment.scope);
            tx.put_device(&device)?;
            Ok(tx.commit()?)
        })
    }

    /// Gives a device another scope. What it did under the old one still arrives.
    ///
    /// # Errors
    /// `device.unknown`, and the store's.
    pub fn assign(&self, now: Moment, device: DeviceId, scope: &Scope) -> Result<(), ProtocolError> {
        self.change_device(device, |device| device.give(now, scope))
    }

    /// Ends a device at its next request.
    ///
    /// # Errors
    /// `device.unknown`, and the store's.
    pub fn revoke(&self, now: Moment, device: DeviceId) -> Result<(), ProtocolError> {
        self.change_device(device, |device| device.revoked_at = Some(now))
    }

    /// Every device.
    ///
    /// # Errors
    /// The store's.
    pub fn devices(&self) -> Result<Vec<Device>, ProtocolError> {
        Ok(self.store().begin()?.devices()?)
    }

    fn change_device(&self, device: DeviceId, change: impl Fn(&mut Device)) -> Result<(), ProtocolError> {
        self.transact(|mut tx, _| {
            let mut device = tx.device(device)?.ok_or(ProtocolError::UnknownDevice)?;
            change(&mut device);
            tx.put_device(&device)?;
            Ok(tx.commit()?)
        })
    }

    /// Carries out a command of the bureau itself: reference records, workers, a first register. It is kept with its
    /// verdict like any other.
    ///
    /// # Errors
    /// The store's. A refusal by the rules is the outcome.
    pub fn administer(&self, now: Moment, worker: WorkerId, command: &Command) -> Result<Outcome, ProtocolError> {
        let outcomes = self.administer_all(now, worker, std::slice::from_ref(command))?;
        outcomes.into_iter().next().ok_or(ProtocolError::Failed { detail: "a command without a verdict".into() })
    }

    /// The same with several commands as one: where the rules refuse one of them, none stands, and the last outcome is
    /// that refusal.
    ///
    /// # Errors
    /// As [`Authority::administer`].
    pub fn administer_all(
        &self,
        now: Moment,
        worker: WorkerId,
        commands: &[Command],
    ) -> Result<Vec<Outcome>, ProtocolError> {
        self.transact(|mut tx, _| {
            let realm = tx.lock_realm()?;
            let actor = server(&realm, worker);
            let reading = Reading::new(tx, realm.person_key.clone(), now);
            let mut deciding = Deciding::new(&reading, &realm, now);
            let mut decided = Vec::with_capacity(commands.len());
            for command in commands {
                let id = deciding.next_act()?;
                let envelope = Envelope {
                    id,
                    hlc: Hlc::at(now),
                    at: now,
                    worker,
                    role: Role::CivilAffairs,
                    command: command.clone(),
                };
                let one = deciding.carry_out(&actor, &envelope)?;
                reading.check()?;
                let stands = one.outcome.stands();
                decided.push((envelope, one));
                if !stands && commands.len() > 1 {
                    return Ok(decided.into_iter().map(|(_, one)| one.outcome).collect());
                }
            }
            let mut session = Session::new(&mut deciding, &realm)?;
            let created = decided.iter().filter(|(_, one)| one.outcome.stands());
            session.came(created.flat_map(|(_, one)| one.creates.iter().copied()).collect::<Vec<_>>())?;
            let rulings = session.finish();
            let mut written = deciding.into_work().write(reading, now)?;
            rulings.write(&mut written, now)?;
            for (envelope, one) in &decided {
                let parts = one.place.map(|place| written.places[place].clone()).unwrap_or_default();
                written.tx.put_verdict(&StoredVerdict {
                    id: envelope.id,
                    hash: chain::START,
                    body: encode_command(envelope),
                    decided_at: now,
                    outcome: one.outcome.clone(),
                    parts,
                    households: one.households.clone(),
                })?;
            }
            written.tx.commit()?;
            Ok(decided.into_iter().map(|(_, one)| one.outcome).collect())
        })
    }

    /// Takes back claims whose lease and grace are over, at most `limit` units at once, and decides what waited for
    /// something that has come meanwhile or that can come no more; how many claims there were. To be called every few
    /// minutes, by any of the servers.
    ///
    /// # Errors
    /// The store's.
    pub fn sweep(&self, now: Moment, limit: usize) -> Result<usize, ProtocolError> {
        let claims = self.sweep_claims(now, limit)?;
        self.sweep_waiting(now, limit)?;
        Ok(claims)
    }

    /// As [`Authority::sweep`], and takes away old bytes: those of commands that stand and were decided more than `keep`
    /// days ago, and what was kept aside before that. [`KEEP_DAYS`] is the least that makes sense: for so long devices may
    /// come back with what they said. Looks at about `limit` verdicts each time.
    ///
    /// # Errors
    /// The store's.
    pub fn sweep_and_trim(&self, now: Moment, limit: usize, keep: i64) -> Result<usize, ProtocolError> {
        let claims = self.sweep(now, limit)?;
        let before = now.plus(-chrono::Duration::days(keep.max(KEEP_DAYS)));
        self.transact(|mut tx, _| {
            tx.trim(before, limit)?;
            Ok(tx.commit()?)
        })?;
        Ok(claims)
    }

    /// [`Authority::sweep_and_trim`], unless one of the servers on this store did so less than `every` ago: of several
    /// that call this in time, one does the work, and when it ends another one goes on. `None` where it was somebody
    /// else's turn.
    ///
    /// # Errors
    /// The store's.
    pub fn upkeep(
        &self,
        now: Moment,
        every: std::time::Duration,
        limit: usize,
        keep: i64,
    ) -> Result<Option<usize>, ProtocolError> {
        /// The note of when it was done last.
        const DONE: &[u8] = b"k/upkeep";
        let every = chrono::Duration::from_std(every).unwrap_or(chrono::Duration::MAX);
        let turn = self.transact(|mut tx, _| {
            if !tx.keeps_notes() {
                return Ok(true);
            }
            let last: Option<Moment> =
                tx.note(DONE)?.map(|held| codec::decode(&held.0)).transpose().map_err(StoreFault::from)?;
            // Ticks of a timer come a little early or late. A moment that lies ahead is of a clock that was put back.
            let (least, most) = (every * 9 / 10, chrono::Duration::zero());
            if last.is_some_and(|last| now.since(last) < least && now.since(last) >= most) {
                return Ok(false);
            }
            tx.put_note(DONE, Some(&Bytes(codec::encode(&now).map_err(StoreFault::from)?)))?;
            tx.commit()?;
            Ok(true)
        })?;
        if turn { self.sweep_and_trim(now, limit, keep).map(Some) } else { Ok(None) }
    }

    /// Two servers at once may miss that one brings what the other lets wait for it; and at the end nothing waits.
    fn sweep_waiting(&self, now: Moment, limit: usize) -> Result<(), ProtocolError> {
        self.transact(|mut tx, realm| {
            let waiting = waiting::all(&mut *tx, limit)?;
            if waiting.is_empty() {
                return Ok(());
            }
            let open = waiting::is_open(&mut *tx, &realm, now)?;
            let reading = Reading::new(tx, realm.person_key.clone(), now);
            let mut deciding = Deciding::new(&reading, &realm, now);
            let came = |record: &RecordKey| !open || !matches!(deciding.overlay.record(*record), Ok(None));
            let came: BTreeSet<RecordKey> = waiting.into_iter().map(|(record, _)| record).filter(came).collect();
            if came.is_empty() {
                return Ok(());
            }
            let mut session = Session::new(&mut deciding, &realm)?;
            session.came(came)?;
            let rulings = session.finish();
            reading.check()?;
            let mut written = deciding.into_work().write(reading, now)?;
            rulings.write(&mut written, now)?;
            Ok(written.tx.commit()?)
        })
    }

    fn sweep_claims(&self, now: Moment, limit: usize) -> Result<usize, ProtocolError> {
        let grace = params::on(now.date()).wish_lease_grace();
        self.transact(|mut tx, _| {
            let lapsed: BTreeSet<ClaimId> =
                tx.lapsed(now.plus(-grace), limit)?.into_iter().map(|holding| holding.claim).collect();
            if lapsed.is_empty() {
                return Ok(0);
            }
            let realm = tx.lock_realm()?;
            let actor = server(&realm, WorkerId::default());
            let reading = Reading::new(tx, realm.person_key.clone(), now);
            let mut deciding = Deciding::new(&reading, &realm, now);
            for claim in &lapsed {
                let id = deciding.next_act()?;
                expire(&mut deciding, &actor, id, now, *claim)?;
            }
            reading.check()?;
            deciding.into_work().write(reading, now)?.tx.commit()?;
            Ok(lapsed.len())
        })
    }
}

/// The server as an actor: everywhere.
fn server(realm: &Realm, worker: WorkerId) -> Actor {
    Actor { worker, role: Role::CivilAffairs, org: None, regions: Vec::new(), device: realm.device }
}

/// Takes one claim back. A claim that has moved on meanwhile stays as it is.
fn expire(
    deciding: &mut Deciding<'_, '_>,
    actor: &Actor,
    id: CommandId,
    now: Moment,
    claim: ClaimId,
) -> Result<(), Fault> {
    let Ok(changes) = decide::expire(&deciding.overlay, actor, Now::new(now), claim) else { return Ok(()) };
    let cause = Cause {
        id,
        hlc: Hlc::at(now),
        at: now,
        by: actor.worker,
        what: "expire_claim".to_owned(),
        lost: Vec::new(),
        seen: Vec::new(),
        told: Vec::new(),
    };
    Ok(deciding.act(&cause, changes)?)
}

impl Deciding<'_, '_> {
    /// An act of the server itself.
    fn act(&mut self, cause: &Cause, mut changes: Vec<Change>) -> Result<(), crate::central::store::StoreFault> {
        use super::claims::{self, Unsettled};
        let moved = match claims::grant(self.reading, &self.overlay, self.epoch, self.now, &mut changes) {
            Ok(moved) => moved,
            Err(Unsettled::Refused(_)) => return Ok(()),
            Err(Unsettled::Store(fault)) => return Err(fault),
        };
        if self.ledger.publish(self.reading, &mut self.overlay, cause, &changes).is_ok() {
            claims::settle(self.reading, &moved)?;
        }
        Ok(())
    }
}
