//! Pushes: the chain is checked, what is known is answered, what is new is decided, all in one transaction.

use super::reading::Reading;
use super::regions;
use super::standing::{self, Standing};
use super::verdict::Deciding;
use super::waiting::{self, Case, Session};
use super::{Authority, Fault};
use crate::central::store::{Aside, Device, Realm, StoredVerdict, Transaction};
use crate::domain::command::CommandId;
use crate::domain::moment::Moment;
use crate::i18n::Explain as _;
use crate::sync::protocol::{
    Bytes, Hash, MAX_COMMANDS, Parcel, ProtocolError, Push, PushReply, Secret, Verdict, chain,
};

impl Authority {
    /// Takes in a sealed push, as HTTP and USB sticks bring it.
    ///
    /// # Errors
    /// `device.unknown`, `push.forged`, `push.damaged`, `push.too_large`, and those of [`Authority::push`].
    pub fn receive(&self, now: Moment, parcel: &Parcel) -> Result<PushReply, ProtocolError> {
        let device = self.store().begin()?.peek_device(parcel.device)?.ok_or(ProtocolError::UnknownDevice)?;
        self.push(now, &parcel.open(&secret(&device)?)?)
    }

    /// Decides what is new in a push whose seal was checked, and answers with a verdict for every command in it. What the
    /// device had sent before gets the verdict that it had before.
    ///
    /// # Errors
    /// `device.unknown`, `device.revoked`, `device.out_of_service`, `push.too_many`, `push.gap`, `device.cloned`,
    /// `epoch.changed`, `server.busy`, `server.failed`. Nothing was changed then; the commands of devices that are served
    /// no more, and of cloned ones, are kept aside.
    pub fn push(&self, now: Moment, push: &Push) -> Result<PushReply, ProtocolError> {
        if push.commands.len() > MAX_COMMANDS {
            let commands = push.commands.len() as u64;
            return Err(ProtocolError::TooMany { commands, limit: MAX_COMMANDS as u64 });
        }
        let reply = self.transact(|tx, realm| take(tx, realm, now, push, Standing::Enrolled));
        use ProtocolError::{Cloned, OutOfService, Revoked};
        if let Err(error @ (Revoked | OutOfService | Cloned { .. })) = &reply {
            self.keep_aside(now, push, error)?;
        }
        reply
    }

    /// Brings in under supervision what a device still had that was revoked or whose workers went out of service. Their
    /// commands are decided as if nothing had happened.
    ///
    /// # Errors
    /// As [`Authority::push`], but for `device.revoked` and `device.out_of_service`.
    pub fn ingest_supervised(&self, now: Moment, push: &Push) -> Result<PushReply, ProtocolError> {
        self.transact(|tx, realm| take(tx, realm, now, push, Standing::Supervised))
    }

    fn keep_aside(&self, now: Moment, push: &Push, error: &ProtocolError) -> Result<(), ProtocolError> {
        self.transact(|mut tx, _| {
            if let (Some(mut device), ProtocolError::Cloned { .. }) = (tx.device(push.device)?, error) {
                device.cloned_at.get_or_insert(now);
                tx.put_device(&device)?;
            }
            // A copy that sends again and again what differs each time does not fill the disk; it still has it all.
            if tx.asides_of(push.device, MAX_ASIDES)? >= MAX_ASIDES {
                return Ok(tx.commit()?);
            }
            let code = error.code().to_owned();
            let commands = push.commands.clone();
            tx.keep_aside(&Aside { device: push.device, first: push.first, at: now, code, commands })?;
            Ok(tx.commit()?)
        })
    }
}

/// How many pushes of one device are kept aside. Further ones are refused all the same, and stay where they are: on the
/// device.
pub const MAX_ASIDES: usize = 200;

/// The key of a device.
pub(super) fn secret(device: &Device) -> Result<Secret, ProtocolError> {
    let bytes = device.secret.0.as_slice().try_into();
    bytes.map(Secret::new).map_err(|_| ProtocolError::Failed { detail: "a device without a key".into() })
}

fn take(
    mut tx: Box<dyn Transaction + '_>,
    realm: Realm,
    now: Moment,
    push: &Push,
    standing: Standing,
) -> Result<PushReply, Fault> {
    let mut device = tx.device(push.device)?.ok_or(ProtocolError::UnknownDevice)?;
    if standing == Standing::Enrolled {
        standing::served(&mut *tx, &device)?;
    }
    // A device of an earlier epoch is told first: it then begins where the server really is.
    if push.epoch != 0 && push.epoch != realm.epoch {
        let (epoch, (last_seq, last_hash)) = (realm.epoch, waiting::known_to(&mut *tx, &device)?);
        return Err(ProtocolError::EpochChanged { epoch, last_seq, last_hash }.into());
    }
    let hashes = check_chain(&mut *tx, &device, push)?;
    let known = usize::try_from((device.last_seq + 1).saturating_sub(push.first)).unwrap_or(usize::MAX);
    let known = known.min(push.commands.len());
    let mut verdicts = answered(tx.verdicts(push.device, push.first, known)?);
    if verdicts.len() < known {
        return Err(ProtocolError::Failed { detail: "a verdict is missing".into() }.into());
    }
    let fresh = decide_fresh(tx, &realm, &mut device, now, push, (known, standing), &hashes)?;
    verdicts.extend(fresh);
    Ok(PushReply { epoch: realm.epoch, verdicts, last_seq: device.last_seq, last_hash: device.last_hash })
}

/// Follows the chain through the push; gives the hash after each command.
fn check_chain(tx: &mut dyn Transaction, device: &Device, push: &Push) -> Result<Vec<Hash>, Fault> {
    let next = device.last_seq + 1;
    if push.first == 0 || push.first > next {
        return Err(ProtocolError::Gap { expected: next, got: push.first }.into());
    }
    let held_before = hash_at(tx, device, push.first - 1)?;
    if held_before != push.prev {
        return Err(ProtocolError::Cloned { seq: push.first.saturating_sub(1).max(1), held: held_before }.into());
    }
    let mut hash = push.prev;
    let mut hashes = Vec::with_capacity(push.commands.len());
    for (seq, command) in (push.first..).zip(&push.commands) {
        hash = hash.next(push.device, seq, &command.0);
        if seq < next {
            let held = hash_at(tx, device, seq)?;
            if held != hash {
                return Err(ProtocolError::Cloned { seq, held }.into());
            }
        }
        hashes.push(hash);
    }
    Ok(hashes)
}

fn hash_at(tx: &mut dyn Transaction, device: &Device, seq: u64) -> Result<Hash, Fault> {
    if seq == device.last_seq {
        return Ok(device.last_hash);
    }
    if seq == 0 {
        return Ok(chain::START);
    }
    let stored = tx.verdict(CommandId { device: device.id, seq })?;
    Ok(stored.ok_or(ProtocolError::Failed { detail: "a verdict is missing".into() })?.hash)
}

/// Stored verdicts as a device gets them.
fn answered(stored: Vec<StoredVerdict>) -> Vec<Verdict> {
    stored
        .into_iter()
        .map(|stored| Verdict { seq: stored.id.seq, outcome: stored.outcome, parts: stored.parts })
        .collect()
}

fn decide_fresh(
    tx: Box<dyn Transaction + '_>,
    realm: &Realm,
    device: &mut Device,
    now: Moment,
    push: &Push,
    (known, standing): (usize, Standing),
    hashes: &[Hash],
) -> Result<Vec<Verdict>, Fault> {
    let fresh: Vec<(u64, &Bytes, Hash)> = (push.first..)
        .zip(&push.commands)
        .zip(hashes)
        .skip(known)
        .map(|((seq, command), hash)| (seq, command, *hash))
        .collect();
    let Some((last_seq, _, last_hash)) = fresh.last().copied() else {
        return Ok(Vec::new());
    };
    let reading = Reading::new(tx, realm.person_key.clone(), now);
    let mut deciding = Deciding::new(&reading, realm, now).standing(standing);
    let mut session = Session::new(&mut deciding, realm)?;
    for (seq, command, hash) in &fresh {
        let id = CommandId { device: push.device, seq: *seq };
        session.take(device, Case { id, hash: *hash, body: (*command).clone() })?;
    }
    let rulings = session.finish();
    let mut written = deciding.into_work().write(reading, now)?;
    let mut ruled = rulings.write(&mut written, now)?;
    let own = |(seq, _, _): &(u64, &Bytes, Hash)| ruled.remove(&CommandId { device: push.device, seq: *seq });
    let verdicts = fresh.iter().filter_map(own).collect();
    if let Some(scope) = regions::followed(device, &written.moves) {
        device.give(now, &scope);
    }
    device.last_seq = last_seq;
    device.last_hash = last_hash;
    device.seen_at = Some(now);
    written.tx.put_device(device)?;
    written.tx.commit()?;
    Ok(answered(verdicts))
}
