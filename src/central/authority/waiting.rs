//! Commands that wait: after a restore, devices send again what the backup did not have, in any order. A command that
//! builds on a record of another device, which has not come back yet, is not refused: it waits and is decided when the
//! record comes. The queue behind it goes on.
//!
//! - Nothing waits before the first restore, nor when the last one is longer ago than devices keep what they said
//!   ([`KEEP_DAYS`]): then no record can come back any more, and what still waits is refused as it would have been.
//! - A record that somebody meant to bring into being by a command that was refused will not come: what waits for it is
//!   refused too, and so on.
//! - Commands of one device that wait for one record are decided in its order. Those that wait for different ones, and
//!   those that wait for none, may overtake each other.
//!
//! Notes of the store: `w/<record>/<command>` is what waits, `g/<record>` a record that will not come, `d/<command>` one
//! that waited and is decided, `s/<epoch>` when the first push of that epoch came.

use std::collections::{BTreeMap, VecDeque};

use super::verdict::{Decided, Deciding};
use crate::central::store::{Device, Realm, StoreFault, StoredVerdict, Transaction};
use crate::domain::command::{Command, CommandId};
use crate::domain::id::DeviceId;
use crate::domain::moment::Moment;
use crate::domain::record::{Kind, RecordKey};
use crate::domain::records::Records as _;
use crate::domain::refusal::{Reason, Refusal};
use crate::store::codec;
use crate::sync::protocol::{Bytes, Hash, KEEP_DAYS, Outcome, chain};

use super::publish::Written;

/// A command before its verdict.
pub(super) struct Case {
    pub id: CommandId,
    pub hash: Hash,
    pub body: Bytes,
}

/// The commands of a transaction with what became of them, and those that they set free.
pub(super) struct Session<'d, 'b, 't> {
    deciding: &'d mut Deciding<'b, 't>,
    /// Whether commands may wait.
    open: bool,
    rulings: BTreeMap<CommandId, Ruling>,
    /// Records that came, and records that will not: what waits for them is to be decided.
    settled: VecDeque<RecordKey>,
    gone: Vec<RecordKey>,
}

struct Ruling {
    case: Case,
    decided: Decided,
    /// What the store says that it waits for; none for a command that is new.
    waited: Option<RecordKey>,
}

/// What a session leaves to be written.
pub(super) struct Rulings {
    rulings: BTreeMap<CommandId, Ruling>,
    gone: Vec<RecordKey>,
}

impl<'d, 'b, 't> Session<'d, 'b, 't> {
    pub fn new(deciding: &'d mut Deciding<'b, 't>, realm: &Realm) -> Result<Session<'d, 'b, 't>, StoreFault> {
        let now = deciding.now;
        let open = deciding.reading.with(|tx| is_open(tx, realm, now))?;
        Ok(Session { deciding, open, rulings: BTreeMap::new(), settled: VecDeque::new(), gone: Vec::new() })
    }

    /// Decides a new command, and then whatever that sets free.
    ///
    /// # Errors
    /// Only the store's: then nothing of the whole transaction stands.
    pub fn take(&mut self, device: &Device, case: Case) -> Result<(), StoreFault> {
        self.rule(device, case, None)?;
        self.wake()
    }

    /// Decides what waits for these records.
    ///
    /// # Errors
    /// As [`Session::take`].
    pub fn came(&mut self, records: impl IntoIterator<Item = RecordKey>) -> Result<(), StoreFault> {
        self.settled.extend(records);
        self.wake()
    }

    pub fn finish(self) -> Rulings {
        Rulings { rulings: self.rulings, gone: self.gone }
    }

    fn rule(&mut self, device: &Device, case: Case, waited: Option<RecordKey>) -> Result<(), StoreFault> {
        let mut decided = self.deciding.decide(device, case.id, &case.body.0)?;
        match decided.lacks {
            Some(lack) if self.open && !self.is_gone(lack)? => decided.outcome = Outcome::waiting(),
            _ => {
                decided.lacks = None;
                if !decided.outcome.stands() && self.open {
                    let absent = |key: &RecordKey| matches!(self.deciding.overlay.record(*key), Ok(None));
                    let gone: Vec<RecordKey> = decided.creates.iter().copied().filter(absent).collect();
                    self.gone.extend(gone);
                }
                if self.open || waited.is_some() {
                    self.settled.extend(decided.creates.iter().copied());
                }
            }
        }
        self.rulings.insert(case.id, Ruling { case, decided, waited });
        Ok(())
    }

    fn wake(&mut self) -> Result<(), StoreFault> {
        while let Some(record) = self.settled.pop_front() {
            for (id, waited) in self.waiting_for(record)? {
                let case = match self.rulings.remove(&id) {
                    Some(ruling) => ruling.case,
                    None => {
                        let Some(held) = self.deciding.reading.with(|tx| tx.verdict(id))? else { continue };
                        if !held.outcome.waits() {
                            continue;
                        }
                        Case { id, hash: held.hash, body: held.body }
                    }
                };
                let Some(device) = self.deciding.reading.with(|tx| tx.peek_device(id.device))? else { continue };
                self.rule(&device, case, waited)?;
            }
        }
        Ok(())
    }

    /// What waits for a record: with what the store says of it, which a ruling of this transaction may have overtaken.
    fn waiting_for(&self, record: RecordKey) -> Result<BTreeMap<CommandId, Option<RecordKey>>, StoreFault> {
        let here = self.rulings.iter().filter(|(_, ruling)| ruling.decided.lacks == Some(record));
        let mut found: BTreeMap<CommandId, Option<RecordKey>> = here.map(|(id, ruling)| (*id, ruling.waited)).collect();
        for (lack, id) in self.deciding.reading.with(|tx| listed(tx, &waits_for(record), usize::MAX))? {
            if !self.rulings.contains_key(&id) {
                found.insert(id, Some(lack));
            }
        }
        Ok(found)
    }

    fn is_gone(&self, record: RecordKey) -> Result<bool, StoreFault> {
        Ok(self.gone.contains(&record) || self.deciding.reading.with(|tx| tx.note(&gone(record)))?.is_some())
    }
}

impl Rulings {
    /// Writes verdicts and notes; the verdicts by name.
    pub fn write(
        self,
        written: &mut Written<'_>,
        now: Moment,
    ) -> Result<BTreeMap<CommandId, StoredVerdict>, StoreFault> {
        let mut verdicts = BTreeMap::new();
        let tx = &mut written.tx;
        for record in self.gone {
            tx.put_note(&gone(record), Some(&Bytes::default()))?;
        }
        for (id, Ruling { case, decided, waited }) in self.rulings {
            let Decided { outcome, place, households, lacks, .. } = decided;
            let parts = place.map(|place| written.places[place].clone()).unwrap_or_default();
            let Case { hash, body, .. } = case;
            let verdict = StoredVerdict { id, hash, body, decided_at: now, outcome, parts, households };
            match waited {
                None => tx.put_verdict(&verdict)?,
                // One that goes on waiting, perhaps for something else, has its verdict already.
                Some(_) if lacks.is_some() => {}
                Some(_) => {
                    tx.settle_verdict(&verdict)?;
                    tx.put_note(&decided_late(id), Some(&Bytes(codec::encode(&id)?)))?;
                }
            }
            if lacks != waited {
                if let Some(record) = waited {
                    tx.put_note(&waits(record, id), None)?;
                }
                if let Some(record) = lacks {
                    tx.put_note(&waits(record, id), Some(&Bytes(codec::encode(&(record, id))?)))?;
                }
            }
            verdicts.insert(id, verdict);
        }
        Ok(verdicts)
    }
}

/// Whether commands may wait now: the server was restored, and not longer ago than devices keep what they said.
pub(super) fn is_open(tx: &mut dyn Transaction, realm: &Realm, now: Moment) -> Result<bool, StoreFault> {
    if realm.epoch <= 1 || !tx.keeps_notes() {
        return Ok(false);
    }
    let name = format!("s/{:010}", realm.epoch).into_bytes();
    let since = match tx.notes(&name, 1)?.first() {
        Some(since) => codec::decode(&since.0)?,
        None => {
            tx.put_note(&name, Some(&Bytes(codec::encode(&now)?)))?;
            now
        }
    };
    Ok(now.since(since).num_days() <= KEEP_DAYS)
}

/// What waits, with the record that each waits for, at most `limit`.
pub(super) fn all(tx: &mut dyn Transaction, limit: usize) -> Result<Vec<(RecordKey, CommandId)>, StoreFault> {
    listed(tx, b"w/", limit)
}

/// Where a device that has missed a restore has to begin again: before its first command that waits or has waited, for it
/// may remember another verdict on it; else at its last command.
pub(super) fn known_to(tx: &mut dyn Transaction, device: &Device) -> Result<(u64, Hash), StoreFault> {
    let waiting = all(tx, usize::MAX)?.into_iter().map(|(_, id)| id).filter(|id| id.device == device.id);
    let mut decided = Vec::new();
    for note in tx.notes(&decided_late_of(device.id), 1)? {
        decided.push(codec::decode::<CommandId>(&note.0)?);
    }
    match waiting.chain(decided).min() {
        None => Ok((device.last_seq, device.last_hash)),
        Some(id) if id.seq <= 1 => Ok((0, chain::START)),
        Some(CommandId { device: name, seq }) => {
            let before = tx.verdict(CommandId { device: name, seq: seq - 1 })?;
            let before = before.ok_or_else(|| StoreFault::Damaged("a verdict is missing".into()))?;
            Ok((seq - 1, before.hash))
        }
    }
}

fn listed(tx: &mut dyn Transaction, prefix: &[u8], limit: usize) -> Result<Vec<(RecordKey, CommandId)>, StoreFault> {
    tx.notes(prefix, limit)?.iter().map(|value| Ok(codec::decode(&value.0)?)).collect()
}

fn waits_for(record: RecordKey) -> Vec<u8> {
    [b"w/", record.id.bytes().as_slice(), record.kind.name().as_bytes(), b"/"].concat()
}

fn waits(record: RecordKey, CommandId { device: DeviceId(device), seq }: CommandId) -> Vec<u8> {
    [waits_for(record).as_slice(), device.bytes().as_slice(), &seq.to_be_bytes()].concat()
}

/// A command that waited and is decided: the first of a device comes first.
fn decided_late(CommandId { device, seq }: CommandId) -> Vec<u8> {
    [decided_late_of(device).as_slice(), &seq.to_be_bytes()].concat()
}

fn decided_late_of(DeviceId(device): DeviceId) -> Vec<u8> {
    [b"d/", device.bytes().as_slice(), b"/"].concat()
}

fn gone(record: RecordKey) -> Vec<u8> {
    [b"g/", record.id.bytes().as_slice(), record.kind.name().as_bytes()].concat()
}

/// The record without which a command was refused, where that was the reason.
pub(super) fn lacks(deciding: &Deciding<'_, '_>, command: &Command, refusal: &Refusal) -> Option<RecordKey> {
    let Reason::NotFound { kind } = refusal.reason else { return None };
    let mut asked = deciding.reading.take_missed();
    asked.extend(
        deciding.overlay.named().iter().map(|household| RecordKey { kind: Kind::Household, id: (*household).into() }),
    );
    if let Command::RegisterNeed { need } = command {
        asked.extend(need.member.map(|member| RecordKey { kind: Kind::Member, id: member.into() }));
    }
    let own = creates(command);
    let absent = |key: &RecordKey| matches!(deciding.overlay.record(*key), Ok(None));
    asked.into_iter().rev().find(|key| key.kind == kind && !own.contains(key) && absent(key))
}

/// The records that a command means to bring into being.
pub(super) fn creates(command: &Command) -> Vec<RecordKey> {
    use crate::domain::record::Record;
    match command {
        Command::RegisterHousehold { records } => records.iter().map(Record::key).collect(),
        Command::Register { record } => vec![record.key()],
        Command::LogVisit { visit, needs, .. } => {
            let visit = RecordKey { kind: Kind::Visit, id: visit.id.into() };
            let needs = needs.iter().map(|need| RecordKey { kind: Kind::Need, id: need.id.into() });
            std::iter::once(visit).chain(needs).collect()
        }
        Command::ReportLead { lead } => vec![RecordKey { kind: Kind::Lead, id: lead.id.into() }],
        Command::RegisterNeed { need } => vec![RecordKey { kind: Kind::Need, id: need.id.into() }],
        Command::WriteWish { wish } => vec![RecordKey { kind: Kind::Wish, id: wish.id.into() }],
        Command::ClaimWish { claim } => vec![RecordKey { kind: Kind::Claim, id: claim.id.into() }],
        Command::AllotStock { allotment } => vec![RecordKey { kind: Kind::Allotment, id: allotment.id.into() }],
        _ => Vec::new(),
    }
}
