//! [`merge`]: what a command does to records that others have changed since its author looked.
//!
//! On the device that makes a command, [`decide`](super::decide()) shows every fault while its author can still mend it.
//! Once the command stands in a journal the author is gone, so the server, and a device that puts the server's state
//! under its pending commands, merge it:
//!
//! - A visit, a lead and a delivery are always taken in.
//! - A contact fact goes to the later writer by hybrid logical clock; the other value stays in the history.
//! - Of a fact that its author must have seen (identity, eligibility, money, membership), what stands is kept, and the
//!   other value becomes a [`Conflict`] for a person.
//! - States move along their lifecycle, or the command is refused.
//! - The same person in two households, and a need that looks like another one, are both kept and put before a person.
//! - A claim that came too late is refused and kept as lost.

use std::sync::Arc;

use super::change::{Change, FieldChange};
use super::claim::Claim;
use super::codes::Code;
use super::command::{Amendment, Command, CommandId, Entry, Envelope};
use super::conflict::Conflict;
use super::decide::{self, decide};
use super::duplicate;
use super::field::Merge;
use super::id::{ConflictId, HouseholdId, MemberId, RecordId, WishId};
use super::id_number::IdNumber;
use super::member::Member;
use super::moment::{Hlc, Now};
use super::need::Need;
use super::record::{Record, RecordKey};
use super::records::{Dossier, Records, Unreadable};
use super::refusal::{Reason, Refusal};
use super::region::RegionCode;
use super::value::Value;
use super::worker::Actor;

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Merged {
    /// Its effects.
    pub changes: Vec<Change>,
    /// What did not stand.
    pub lost: Vec<LostField>,
    /// Set when the command is refused although it left something behind: a lost claim.
    pub refused: Option<Refusal>,
}

/// A field whose change did not stand.
#[derive(Debug, Clone, PartialEq)]
pub struct LostField {
    /// Which record.
    pub record: RecordKey,
    /// `before` is what stands, `after` what the author wanted.
    pub change: FieldChange,
    /// The conflict for a person; none where the later writer simply holds.
    pub conflict: Option<ConflictId>,
}

/// Why a need registered apart from a like one was let through; its field is read by people.
const REGISTERED_APART: &str = "离线登记，待核对";

/// What the command does to these records, or why it is refused. Pure and the same for everybody who has the same records.
///
/// Time is that of the command's author: nothing is refused because the server reads it later.
///
/// # Errors
/// As [`decide`](super::decide()).
pub fn merge(records: &dyn Records, actor: &Actor, envelope: &Envelope) -> Result<Merged, Refusal> {
    let merging = Merging { records, actor, envelope, now: Now::new(envelope.at) };
    match &envelope.command {
        Command::Amend { household, amendments } => merging.amend(*household, amendments),
        Command::LogVisit { visit, amendments, needs } => {
            let split = merging.split(amendments)?;
            let mut merged = Merged::default();
            let needs = merging.let_through(needs.clone(), &mut merged)?;
            let command = Command::LogVisit { visit: visit.clone(), amendments: split.standing, needs };
            merging.with(&command, split.lost, merged)
        }
        Command::RegisterNeed { need } => {
            let mut merged = Merged::default();
            let needs = merging.let_through(vec![(**need).clone()], &mut merged)?;
            let need = needs.into_iter().next().unwrap_or_default(); // one went in
            merging.with(&Command::RegisterNeed { need: Box::new(need) }, Vec::new(), merged)
        }
        Command::RegisterHousehold { records } => merging.register(records),
        Command::Register { record } => merging.register(std::slice::from_ref(&**record)),
        Command::ClaimWish { claim } => merging.claim(claim),
        command => merging.plain(command).map(Merged::from),
    }
}

impl From<Vec<Change>> for Merged {
    fn from(changes: Vec<Change>) -> Merged {
        Merged { changes, ..Merged::default() }
    }
}

struct Merging<'a> {
    records: &'a dyn Records,
    actor: &'a Actor,
    envelope: &'a Envelope,
    now: Now,
}

/// Amendments, sorted.
#[derive(Default)]
struct Split {
    standing: Vec<Amendment>,
    lost: Vec<(Amendment, Value, Why)>,
}

/// Why an amendment does not stand.
#[derive(Clone, Copy, PartialEq)]
enum Why {
    Later,
    Stale,
    Removed,
}

impl Merging<'_> {
    fn plain(&self, command: &Command) -> Result<Vec<Change>, Refusal> {
        decide(self.records, self.actor, self.now, command)
    }

    fn amend(&self, household: Option<HouseholdId>, amendments: &[Amendment]) -> Result<Merged, Refusal> {
        let keys: Vec<RecordKey> = amendments.iter().map(|amendment| amendment.record).collect();
        decide::rights(self.records, self.actor, self.now, &keys)?;
        let split = self.split(amendments)?;
        if split.standing.is_empty() {
            let mut merged = Merged::default();
            self.keep_lost(split.lost, household, &mut merged)?;
            return Ok(merged);
        }
        let command = Command::Amend { household, amendments: split.standing };
        match self.with(&command, split.lost.clone(), Merged::default()) {
            // Somebody else wrote the very same: both have what they wanted.
            Err(refusal) if refusal.reason == Reason::NothingChanged => {
                let mut merged = Merged::default();
                self.keep_lost(split.lost, household, &mut merged)?;
                Ok(merged)
            }
            other => other,
        }
    }

    /// Decides the command and adds what did not stand.
    fn with(
        &self,
        command: &Command,
        lost: Vec<(Amendment, Value, Why)>,
        mut merged: Merged,
    ) -> Result<Merged, Refusal> {
        let mut changes = self.plain(command)?;
        let household = match command {
            Command::LogVisit { visit, .. } => Some(visit.household),
            Command::Amend { household, .. } => *household,
            _ => None,
        };
        self.keep_lost(lost, household, &mut merged)?;
        changes.append(&mut merged.changes);
        Ok(Merged { changes, ..merged })
    }

    fn split(&self, amendments: &[Amendment]) -> Result<Split, Refusal> {
        let mut split = Split::default();
        for amendment in amendments {
            let record = self.records.record(amendment.record)?.filter(|record| !record.fields().meta().deleted);
            let (held, why) = match &record {
                None => (Value::Null, Some(Why::Removed)),
                Some(record) => (
                    record.fields().get(&amendment.change.field).unwrap_or_default(),
                    overtaken(record, &amendment.change, self.envelope.hlc),
                ),
            };
            match why {
                None => split.standing.push(amendment.clone()),
                Some(why) => split.lost.push((amendment.clone(), held, why)),
            }
        }
        Ok(split)
    }

    fn keep_lost(
        &self,
        lost: Vec<(Amendment, Value, Why)>,
        household: Option<HouseholdId>,
        merged: &mut Merged,
    ) -> Result<(), Refusal> {
        for (amendment, held, why) in lost {
            let Amendment { record, change } = amendment;
            let conflict = match why {
                Why::Later => None,
                Why::Stale => Some(self.stale(record, &change, &held, household)?),
                Why::Removed => Some(self.removed(record, &change, household)?),
            };
            merged.lost.push(LostField {
                record,
                change: FieldChange { field: change.field, before: held, after: change.after },
                conflict: conflict.as_ref().map(|conflict| conflict.id),
            });
            merged.changes.extend(conflict.map(|conflict| decide::opened(conflict, self.actor.worker)));
        }
        Ok(())
    }

    /// The first part of a conflict: who offered what, and where it is kept.
    fn conflict(&self, kind: &str, about: RecordKey, field: &str, household: Option<HouseholdId>) -> Conflict {
        let id = self.envelope.id;
        let id = RecordId::derived(
            u64::try_from(self.envelope.at.0).unwrap_or(0),
            &[kind.as_bytes(), &id.device.0.bytes(), &id.seq.to_be_bytes(), &about.id.bytes(), field.as_bytes()],
        );
        Conflict {
            id: id.into(),
            household,
            kind: Code::from(kind),
            about: Some(about),
            field: field.to_owned(),
            offered_by: Some(self.actor.worker),
            offered_at: Some(self.envelope.at),
            ..Conflict::default()
        }
    }

    fn stale(
        &self,
        record: RecordKey,
        change: &FieldChange,
        held: &Value,
        household: Option<HouseholdId>,
    ) -> Result<Conflict, Refusal> {
        let holder = self.records.record(record)?;
        let meta = holder.as_ref().map(|record| record.fields().meta());
        let household = household.or_else(|| holder.as_ref().and_then(household_of));
        Ok(Conflict {
            held: held.clone(),
            held_by: meta.map(|meta| meta.by),
            held_at: meta.map(|meta| meta.hlc.moment()),
            offered: change.after.clone(),
            ..self.conflict("stale_value", record, &change.field, household)
        })
    }

    /// A conflict about a record that is gone stands in its household's file; without one there is nobody to see it.
    fn removed(
        &self,
        record: RecordKey,
        change: &FieldChange,
        household: Option<HouseholdId>,
    ) -> Result<Conflict, Refusal> {
        let missing = || Refusal::from(Reason::NotFound { kind: record.kind });
        let household = household.ok_or_else(missing)?;
        self.records.dossier(household)?.filter(|file| !file.household.meta.deleted).ok_or_else(missing)?;
        let offered = change.after.clone();
        Ok(Conflict { offered, ..self.conflict("removed_record", record, &change.field, Some(household)) })
    }

    /// Lets needs through that look like others registered meanwhile, with a conflict for each.
    fn let_through(&self, mut needs: Vec<Need>, merged: &mut Merged) -> Result<Vec<Need>, Refusal> {
        for need in &mut needs {
            let Some(dossier) = self.records.dossier(need.household)? else { continue };
            if !need.duplicate_reason.trim().is_empty() {
                continue;
            }
            let Some(like) = duplicate::like_need(&dossier, need, self.now.today()) else { continue };
            need.duplicate_reason = REGISTERED_APART.to_owned();
            let conflict = Conflict {
                other: Some(like.key()),
                held: Value::Text(like.title.clone()),
                held_by: like.reported_by,
                held_at: Some(like.reported_at),
                offered: Value::Text(need.title.clone()),
                ..self.conflict("duplicate_need", need.key(), "", Some(need.household))
            };
            merged.changes.push(decide::opened(conflict, self.actor.worker));
        }
        Ok(needs)
    }

    /// Registers members even where the same person stands in another household, with a conflict for each.
    fn register(&self, records: &[Record]) -> Result<Merged, Refusal> {
        let unaware = Unaware(self.records);
        let mut changes = decide(&unaware, self.actor, self.now, &self.envelope.command)?;
        for record in records {
            let Record::Member(member) = record else { continue };
            let Some(id_number) = &member.id_number else { continue };
            let Some((household, held)) = self.records.person(id_number)? else { continue };
            if held != member.id {
                changes.push(self.second_person(member, household, held)?);
            }
        }
        Ok(changes.into())
    }

    fn second_person(&self, member: &Member, household: HouseholdId, held: MemberId) -> Result<Change, Refusal> {
        let other = self.records.dossier(household)?;
        let archive_no = other.as_ref().map(|dossier| dossier.household.archive_no.clone()).unwrap_or_default();
        let first = other.as_ref().and_then(|dossier| dossier.members.iter().find(|member| member.id == held));
        let conflict = Conflict {
            other: Some(RecordKey { kind: super::record::Kind::Member, id: held.into() }),
            held: Value::Text(archive_no),
            held_by: first.map(|member| member.meta.by),
            held_at: first.map(|member| member.meta.hlc.moment()),
            offered: Value::Text(member.name.clone()),
            ..self.conflict("duplicate_person", member.key(), "id_number", Some(member.household))
        };
        Ok(decide::opened(conflict, self.actor.worker))
    }

    /// A claim stands, or is refused and kept as lost.
    fn claim(&self, claim: &Claim) -> Result<Merged, Refusal> {
        let refusal = match self.plain(&self.envelope.command) {
            Ok(changes) => return Ok(changes.into()),
            Err(refusal) => refusal,
        };
        let too_late = matches!(
            refusal.reason,
            Reason::AlreadyClaimed { .. }
                | Reason::UnitsLeft { .. }
                | Reason::WishState { .. }
                | Reason::Expired { .. }
        );
        if !too_late {
            return Err(refusal);
        }
        let kept = decide::lost_claim(self.records, self.actor, self.now, claim)?;
        Ok(Merged { changes: vec![kept], lost: Vec::new(), refused: Some(refusal) })
    }
}

/// Whether somebody else's value stands in the way of a change.
fn overtaken(record: &Record, change: &FieldChange, hlc: Hlc) -> Option<Why> {
    let fields = record.fields();
    let field = fields.table().field(&change.field)?;
    let present = fields.get(field.name).unwrap_or_default();
    if present == change.before || present == change.after {
        return None;
    }
    match field.merge {
        Merge::Compare => Some(Why::Stale),
        Merge::LastWriter => {
            let clock = fields.meta().clocks.get(field.name).copied().unwrap_or_default();
            (clock > hlc).then_some(Why::Later)
        }
        Merge::Lifecycle | Merge::Fixed => None,
    }
}

fn household_of(record: &Record) -> Option<HouseholdId> {
    crate::replica::household_of(record)
}

/// Records that do not tell that a person is registered elsewhere.
struct Unaware<'a>(&'a dyn Records);

impl Records for Unaware<'_> {
    fn record(&self, key: RecordKey) -> Result<Option<Record>, Unreadable> {
        self.0.record(key)
    }
    fn dossier(&self, household: HouseholdId) -> Result<Option<Arc<Dossier>>, Unreadable> {
        self.0.dossier(household)
    }
    fn claims_on(&self, wish: WishId) -> Result<Vec<Claim>, Unreadable> {
        self.0.claims_on(wish)
    }
    fn person(&self, _: &IdNumber) -> Result<Option<(HouseholdId, MemberId)>, Unreadable> {
        Ok(None)
    }
    fn holds_households(&self) -> bool {
        self.0.holds_households()
    }
    fn former_regions(&self, household: HouseholdId) -> Result<Vec<RegionCode>, Unreadable> {
        self.0.former_regions(household)
    }
    fn entry(&self, id: CommandId) -> Result<Option<Entry>, Unreadable> {
        self.0.entry(id)
    }
}
