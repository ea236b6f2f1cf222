//! One command of a push: read it, merge it, publish it, or say why not.

use super::archive;
use super::claims::{self, Unsettled};
use super::publish::{Ledger, Written};
use super::reading::Reading;
use super::regions::{self, Regions};
use super::standing::Standing;
use super::waiting;
use crate::central::store::{Device, Realm, StoreFault};
use crate::containment::contained;
use crate::domain::change::Change;
use crate::domain::command::{Command, CommandId, Envelope};
use crate::domain::id::{DeviceId, HouseholdId, WorkerId};
use crate::domain::merge::{LostField, Merged, merge};
use crate::domain::moment::Moment;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::Records;
use crate::domain::refusal::{Label, Reason, Refusal};
use crate::domain::region::RegionCode;
use crate::domain::value::Value;
use crate::domain::worker::{Actor, Role};
use crate::i18n::{Lang, sync as say};
use crate::store::codec;
use crate::sync::overlay::{Overlay, Parts};
use crate::sync::protocol::{KEEP_DAYS, Lost, MAX_COMMAND, Outcome, Told};
use crate::sync::rebase::{actor_of, cause_of};

/// What was decided, before it is numbered.
pub(super) struct Decided {
    pub outcome: Outcome,
    /// Its place in the ledger; none where it had no effect.
    pub place: Option<usize>,
    pub households: Vec<HouseholdId>,
    /// Records that it brought into being; where it is refused, those that it meant to.
    pub creates: Vec<RecordKey>,
    /// A record that it needs and that is not there.
    pub lacks: Option<RecordKey>,
}

impl Decided {
    fn without_effect(outcome: Outcome) -> Decided {
        Decided { outcome, place: None, households: Vec::new(), creates: Vec::new(), lacks: None }
    }
}

impl From<Told> for Decided {
    fn from(told: Told) -> Decided {
        Decided::without_effect(Outcome::Refused { told, also: Vec::new(), lost_claim: None })
    }
}

impl From<Refusal> for Decided {
    fn from(refusal: Refusal) -> Decided {
        Decided::without_effect(Outcome::refused(&refusal))
    }
}

/// A transaction's state between its commands.
pub(super) struct Deciding<'b, 't> {
    pub reading: &'b Reading<'t>,
    pub overlay: Overlay<'b>,
    pub ledger: Ledger,
    pub epoch: u32,
    pub now: Moment,
    /// How the device stands that pushes.
    pub standing: Standing,
    pub regions: Regions,
    /// The county's state, locked, once the server itself has acted.
    acts: Option<Realm>,
}

/// What a transaction came to.
pub(super) struct Work {
    ledger: Ledger,
    parts: Parts,
    moves: Vec<(RegionCode, RegionCode)>,
    acts: Option<Realm>,
}

impl Work {
    /// Writes everything but the verdicts.
    pub fn write<'t>(self, reading: Reading<'t>, now: Moment) -> Result<Written<'t>, StoreFault> {
        let mut written = self.ledger.write(reading, self.parts, now)?;
        if let Some(realm) = &self.acts {
            written.tx.put_realm(realm)?;
        }
        for device in if self.moves.is_empty() { Vec::new() } else { written.tx.devices()? } {
            if let Some(scope) = regions::followed(&device, &self.moves)
                && let Some(mut device) = written.tx.device(device.id)?
            {
                device.give(now, &scope);
                written.tx.put_device(&device)?;
            }
        }
        written.moves = self.moves;
        Ok(written)
    }
}

impl<'b, 't> Deciding<'b, 't> {
    /// Nothing is decided yet.
    pub fn new(reading: &'b Reading<'t>, realm: &Realm, now: Moment) -> Deciding<'b, 't> {
        let (overlay, ledger, regions) = (Overlay::new(reading), Ledger::default(), Regions::default());
        let standing = Standing::Enrolled;
        Deciding { reading, overlay, ledger, epoch: realm.epoch, now, standing, regions, acts: None }
    }

    /// The same for a device that stands so with the server.
    pub fn standing(self, standing: Standing) -> Deciding<'b, 't> {
        Deciding { standing, ..self }
    }

    /// What is to be written.
    pub fn into_work(self) -> Work {
        let Deciding { overlay, ledger, regions, acts, .. } = self;
        Work { ledger, parts: overlay.into_parts(), moves: regions.moves, acts }
    }

    /// Names an act of the server itself.
    pub fn next_act(&mut self) -> Result<CommandId, StoreFault> {
        let realm = match &mut self.acts {
            Some(realm) => realm,
            // Counted on in: two servers at once must not give one number twice.
            None => self.acts.insert(self.reading.with(|tx| tx.lock_realm())?),
        };
        realm.last_act += 1;
        Ok(CommandId { device: realm.device, seq: realm.last_act })
    }
}

impl Deciding<'_, '_> {
    /// Decides the bytes that came as that command. Whatever they are, there is a verdict.
    ///
    /// # Errors
    /// Only the store's: then nothing of the whole transaction stands.
    pub fn decide(&mut self, device: &Device, id: CommandId, bytes: &[u8]) -> Result<Decided, StoreFault> {
        let mut envelope = match read(id, bytes) {
            Ok(envelope) => envelope,
            Err(told) => return Ok(told.into()),
        };
        self.rehome(device.id, &mut envelope.command)?;
        let made_up = envelope.command.made_up_region().cloned();
        let decided = match self.actor(device, &envelope)? {
            Author::OutOfService(name) => told(
                "actor.out_of_service",
                [&say::author_out_of_service(Lang::Zh, &name), &say::author_out_of_service(Lang::En, &name)],
                [say::author_out_of_service_remedy(Lang::Zh), say::author_out_of_service_remedy(Lang::En)],
            )
            .into(),
            Author::Acts(actor) if made_up.is_some() => self.register_place(device.id, &actor, envelope)?,
            // Whoever worked alone had registered himself.
            Author::Acts(actor) if registers(&envelope.command, actor.worker) => {
                Decided::without_effect(Outcome::Applied)
            }
            Author::Acts(actor) if reserved(&envelope.command) && actor.role != Role::CivilAffairs => {
                let role = Label::of("role", actor.role.code());
                let act = Label {
                    zh: "维护人员名册和区划目录".to_owned(),
                    en: "keep the lists of workers and regions".to_owned(),
                };
                Refusal::from(Reason::NotPermitted { role, act }).into()
            }
            Author::Acts(actor) => self.carry_out(&actor, &envelope)?,
            Author::Stranger => told(
                "actor.not_enrolled",
                [say::not_enrolled(Lang::Zh), say::not_enrolled(Lang::En)],
                [say::not_enrolled_remedy(Lang::Zh), say::not_enrolled_remedy(Lang::En)],
            )
            .into(),
        };
        self.reading.check()?;
        self.reading.remember(id, decided.households.clone());
        Ok(decided)
    }

    /// A region that a device made up for want of a list: where the county has the place already, or it is none of the
    /// device's, nothing comes of it and nothing is to be done about it.
    fn register_place(
        &mut self,
        device: DeviceId,
        actor: &Actor,
        mut envelope: Envelope,
    ) -> Result<Decided, StoreFault> {
        if let Command::Register { record } = &mut envelope.command
            && let Record::Region(region) = &mut **record
        {
            match self.arrives(device, actor, region)? {
                Some(registered) => *region = registered,
                None => return Ok(Decided::without_effect(Outcome::Applied)),
            }
        }
        self.carry_out(actor, &envelope)
    }

    /// Carries out a command of that actor.
    pub fn carry_out(&mut self, actor: &Actor, envelope: &Envelope) -> Result<Decided, StoreFault> {
        if let Err(fault) = self.overlay.expect(&envelope.command) {
            return Ok(Refusal::from(fault).into());
        }
        // A rule that panics on this command must not stop the ones behind it. Merging only reads, so what it leaves
        // behind is whole.
        self.reading.take_missed();
        let merged = contained(|| merge(&self.overlay, actor, envelope));
        let merged = match merged {
            Ok(Ok(merged)) => merged,
            Ok(Err(refusal)) => {
                let lacks = waiting::lacks(self, &envelope.command, &refusal);
                let creates = waiting::creates(&envelope.command);
                return Ok(Decided { lacks, creates, ..refusal.into() });
            }
            Err(_) => {
                return Ok(told(
                    "command.faulty",
                    [say::faulty(Lang::Zh), say::faulty(Lang::En)],
                    [say::faulty_remedy(Lang::Zh), say::faulty_remedy(Lang::En)],
                )
                .into());
            }
        };
        let mut decided = self.stand(envelope, merged)?;
        if decided.place.is_none() {
            decided.creates = waiting::creates(&envelope.command);
        }
        Ok(decided)
    }

    /// Grants, publishes and settles what was merged.
    fn stand(&mut self, envelope: &Envelope, merged: Merged) -> Result<Decided, StoreFault> {
        let Merged { mut changes, lost, refused } = merged;
        archive::number(self.reading, self.epoch, &mut changes)?;
        let moved = match claims::grant(self.reading, &self.overlay, self.epoch, self.now, &mut changes) {
            Ok(moved) => moved,
            Err(Unsettled::Refused(refusal)) => return Ok(refusal.into()),
            Err(Unsettled::Store(fault)) => return Err(fault),
        };
        let cause = cause_of(envelope, &lost, &changes);
        let lost_claim = match (&refused, &envelope.command) {
            (Some(_), Command::ClaimWish { claim }) => {
                claims::lost(self.reading, &self.overlay, &self.ledger, claim.wish)?
            }
            _ => None,
        };
        let published = match self.ledger.publish(self.reading, &mut self.overlay, &cause, &changes) {
            Ok(published) => published,
            Err(fault) => return Ok(Refusal::from(fault).into()),
        };
        claims::settle(self.reading, &moved)?;
        let outcome = match refused {
            Some(refusal) => match Outcome::refused(&refusal) {
                Outcome::Refused { told, also, .. } => {
                    Outcome::Refused { told, also, lost_claim: lost_claim.map(Box::new) }
                }
                other => other,
            },
            None if lost.is_empty() => Outcome::Applied,
            None => Outcome::Merged { lost: lost.into_iter().map(lost_field).collect() },
        };
        let created = |change: &Change| matches!(change, Change::Create(_)).then(|| change.record());
        let creates = changes.iter().filter_map(created).collect();
        Ok(Decided { outcome, place: Some(published.place), households: published.households, creates, lacks: None })
    }

    /// Who acts: the worker as the county knows them, in any territory that the device has or lately had.
    fn actor(&self, device: &Device, envelope: &Envelope) -> Result<Author, StoreFault> {
        let recent = |ended: &Moment| self.now.since(*ended).num_days() <= KEEP_DAYS;
        let former = device.former.iter().filter(|(_, ended)| recent(ended)).map(|(scope, _)| scope);
        let scopes: Vec<_> = std::iter::once(&device.scope).chain(former).collect();
        if !scopes.iter().any(|scope| scope.workers.contains(&envelope.worker)) {
            return Ok(Author::Stranger);
        }
        let key = RecordKey { kind: Kind::Worker, id: envelope.worker.into() };
        let worker = self.overlay.record(key);
        self.reading.check()?;
        let Ok(Some(Record::Worker(worker))) = worker else { return Ok(Author::Stranger) };
        if !worker.is_in_service() && self.standing != Standing::Supervised {
            return Ok(Author::OutOfService(worker.name));
        }
        let regions: Vec<RegionCode> = scopes.iter().flat_map(|scope| scope.territories.iter().cloned()).collect();
        let mut actor = actor_of(envelope, worker.org, regions);
        actor.role = worker.role;
        Ok(Author::Acts(actor))
    }
}

/// Who is behind a command.
enum Author {
    /// A worker of the device.
    Acts(Actor),
    /// A worker of the device who is out of service, by name.
    OutOfService(String),
    /// Nobody of the device.
    Stranger,
}

/// Whether a command registers that worker and nothing else.
fn registers(command: &Command, worker: WorkerId) -> bool {
    let own = |record: &Record| record.key() == RecordKey { kind: Kind::Worker, id: worker.into() };
    match command {
        Command::Register { record } => own(record),
        Command::Seed { records } => matches!(records.as_slice(), [only] if own(only)),
        _ => false,
    }
}

/// Whether a command is about who may do what, or which territories there are. On a laptop of its own every worker keeps
/// those lists; in a county the bureau does, or any device could make its worker an administrator.
fn reserved(command: &Command) -> bool {
    let kept = |kind: Kind| matches!(kind, Kind::Worker | Kind::Region);
    match command {
        Command::Register { record } => kept(record.kind()),
        Command::Amend { amendments, .. } => amendments.iter().any(|amendment| kept(amendment.record.kind)),
        Command::Undo { changes, .. } => changes.iter().any(|change| kept(change.record().kind)),
        Command::Seed { .. } => true,
        _ => false,
    }
}

/// Reads a command.
fn read(id: CommandId, bytes: &[u8]) -> Result<Envelope, Told> {
    if bytes.len() > MAX_COMMAND {
        let size = bytes.len() as u64;
        return Err(told(
            "command.too_large",
            [&say::command_too_large(Lang::Zh, size), &say::command_too_large(Lang::En, size)],
            [say::command_too_large_remedy(Lang::Zh), say::command_too_large_remedy(Lang::En)],
        ));
    }
    let envelope: Envelope = codec::from_messagepack(bytes).map_err(|error| unread(bytes, &error.to_string()))?;
    if envelope.id != id {
        return Err(told(
            "command.misnamed",
            [say::misnamed(Lang::Zh), say::misnamed(Lang::En)],
            [say::misnamed_remedy(Lang::Zh), say::misnamed_remedy(Lang::En)],
        ));
    }
    Ok(envelope)
}

/// What is wrong with bytes that are no command: one of a newer program is told apart from noise.
fn unread(bytes: &[u8], detail: &str) -> Told {
    let field = |value: &Value, name: &str| match value {
        Value::Map(items) => items.get(name).cloned(),
        _ => None,
    };
    let name = codec::from_messagepack::<Value>(bytes)
        .ok()
        .and_then(|value| field(&value, "command"))
        .and_then(|command| field(&command, "do"))
        .and_then(|name| name.as_text().map(|name| name.chars().take(40).collect::<String>()));
    match name {
        Some(name) if detail.contains("unknown variant") => told(
            "command.unknown",
            [&say::unknown_command(Lang::Zh, &name), &say::unknown_command(Lang::En, &name)],
            [say::unknown_command_remedy(Lang::Zh), say::unknown_command_remedy(Lang::En)],
        ),
        _ => {
            // The decoder's words may quote the bytes.
            let detail = detail.chars().filter(|c| !c.is_control()).take(80).collect::<String>();
            told(
                "command.undecodable",
                [&say::undecodable(Lang::Zh, &detail), &say::undecodable(Lang::En, &detail)],
                [say::undecodable_remedy(Lang::Zh), say::undecodable_remedy(Lang::En)],
            )
        }
    }
}

fn told(code: &str, message: [&str; 2], remedy: [&str; 2]) -> Told {
    let label = |[zh, en]: [&str; 2]| Label { zh: zh.to_owned(), en: en.to_owned() };
    Told { code: code.to_owned(), field: None, message: label(message), remedy: label(remedy) }
}

fn lost_field(lost: LostField) -> Lost {
    let conflict = lost.conflict.map(|id| RecordKey { kind: Kind::Conflict, id: id.into() });
    let LostField { record, change, .. } = lost;
    Lost { record, field: change.field, held: change.before, offered: change.after, conflict }
}
