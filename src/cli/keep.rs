//! Keeping reference data: organisations, stations, resources and stock, alike on a county's server and on a device.
//!
//! The acts stand in the files below, each with its options; `server …` and the commands of a device say which of them
//! they offer, and are the [`Keeper`] that carries them out.

pub mod org;
pub mod resource;
pub mod station;
pub mod stock;

use serde_json::{Value as Json, json};

use super::{CliError, Fault, Io, Outcome, ids, words};
use crate::desk::Desk;
use crate::domain::change::FieldChange;
use crate::domain::command::{Amendment, Command};
use crate::domain::id::{OrgId, RecordId};
use crate::domain::moment::Now;
use crate::domain::org::Org;
use crate::domain::record::{Fields, Kind, Record, RecordKey, Table, TypedRecord};
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::region::{Region, RegionCode};
use crate::domain::value::Value;
use crate::i18n::cli as say;

/// Who keeps reference data: a county's bureau, or whoever works on a device.
pub trait Keeper {
    /// Every record of a kind, those that were undone too.
    ///
    /// # Errors
    /// The store's.
    fn records(&self, kind: Kind) -> Result<Vec<Record>, Fault>;
    /// Carries out a command.
    ///
    /// # Errors
    /// A refusal by the rules, or the store's.
    fn carry_out(&self, now: Now, command: Command) -> Outcome;
    /// A number for a resource that is about to be registered.
    ///
    /// # Errors
    /// The store's.
    fn resource_number(&self, region: &RegionCode, now: Now) -> Result<String, Fault>;
    /// What the keeper is responsible for; nothing stands for everything.
    fn territories(&self) -> Vec<RegionCode>;
}

impl Keeper for Desk {
    fn records(&self, kind: Kind) -> Result<Vec<Record>, Fault> {
        Ok(self.replica().read().reference.of_kind(kind))
    }

    fn carry_out(&self, _: Now, command: Command) -> Outcome {
        self.commit(command)?;
        Ok(())
    }

    fn resource_number(&self, region: &RegionCode, now: Now) -> Result<String, Fault> {
        Ok(self.resource_number(region, now.today()))
    }

    fn territories(&self) -> Vec<RegionCode> {
        self.actor().regions.clone()
    }
}

/// Every record of a kind that was not undone, in the order in which they were made.
///
/// # Errors
/// The store's.
pub fn all<R: TypedRecord>(keeper: &dyn Keeper) -> Result<Vec<R>, Fault> {
    let mut records: Vec<R> = keeper.records(R::KIND)?.into_iter().filter_map(R::from_record).collect();
    records.retain(|record| !record.meta().deleted);
    records.sort_by_key(Fields::record_id);
    Ok(records)
}

/// The one record of a kind that a text means; see [`pick`].
///
/// # Errors
/// `record.not_found`, `id.ambiguous`, and the store's.
pub fn one<R: TypedRecord>(
    keeper: &dyn Keeper,
    text: &str,
    field: &'static str,
    name: impl Fn(&R) -> &str,
) -> Result<R, Fault> {
    pick(text, field, R::KIND, all::<R>(keeper)?, |record| (record.record_id().to_string(), name(record).to_owned()))
}

/// The one of the given records that a text means: a full id, its beginning, or a name.
///
/// # Errors
/// `record.not_found`, `id.ambiguous`.
pub fn pick<T>(
    text: &str,
    field: &'static str,
    kind: Kind,
    records: Vec<T>,
    id_and_name: impl Fn(&T) -> (String, String),
) -> Result<T, Fault> {
    let typed = text.trim().to_lowercase();
    let mut found: Vec<T> = Vec::new();
    for record in records {
        let (id, name) = id_and_name(&record);
        if id == typed {
            return Ok(record);
        }
        if (typed.len() >= ids::LEAST_DIGITS && id.starts_with(&typed)) || name == text.trim() {
            found.push(record);
        }
    }
    match found.len() {
        0 => Err(ids::not_found(kind, field).into()),
        1 => Ok(found.remove(0)),
        count => Err(CliError::Ambiguous { text: text.to_owned(), count, field }.into()),
    }
}

/// An organisation by id or name; nothing typed stands for none.
///
/// # Errors
/// As [`one`].
pub fn org(keeper: &dyn Keeper, text: &str, field: &'static str) -> Result<Option<OrgId>, Fault> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    one::<Org>(keeper, text, field, |org| &org.name).map(|org| Some(org.id))
}

/// A region by code or name. Where the county has a list, a code that is on it, or above something that is.
///
/// # Errors
/// `region.unknown`, `region.ambiguous`, and the store's.
pub fn region(keeper: &dyn Keeper, text: &str) -> Result<RegionCode, Fault> {
    let typed = text.trim();
    let regions = all::<Region>(keeper)?;
    let at = |reason| Fault::from(Refusal::at("region", reason));
    let unknown = || at(Reason::RegionUnknown { name: typed.to_owned() });
    if let Some(code) = RegionCode::parse(typed) {
        let is_known = regions.is_empty() || regions.iter().any(|region| code.contains(&region.code));
        return if is_known { Ok(code) } else { Err(unknown()) };
    }
    let mut named = regions.iter().filter(|region| region.name == typed);
    match (named.next(), named.next()) {
        (Some(region), None) => Ok(region.code.clone()),
        (Some(_), Some(_)) => Err(at(Reason::RegionAmbiguous { name: typed.to_owned() })),
        (None, _) => Err(unknown()),
    }
}

/// What was typed for fields of a kind: those that were given, as values.
pub struct Facts {
    table: &'static Table,
    values: Vec<(&'static str, Value)>,
}

impl Facts {
    /// Nothing yet.
    pub fn new(table: &'static Table) -> Facts {
        Facts { table, values: Vec::new() }
    }

    /// What was typed for a field, if anything; empty takes the content away.
    ///
    /// # Errors
    /// It does not fit the field.
    pub fn typed(mut self, field: &'static str, typed: Option<&String>, now: Now) -> Result<Facts, Fault> {
        if let Some(typed) = typed {
            self.values.push((field, words::value(self.table, field, typed, now)?));
        }
        Ok(self)
    }

    /// A value that is ready.
    pub fn value(mut self, field: &'static str, value: Option<Value>) -> Facts {
        self.values.extend(value.map(|value| (field, value)));
        self
    }

    /// Puts them into a record that is being made.
    ///
    /// # Errors
    /// They do not fit it.
    pub fn put(self, record: &mut dyn Fields) -> Outcome {
        self.values.into_iter().try_for_each(|(field, value)| words::put(record, field, value))
    }

    /// Has a record amended by them; the number of fields that change.
    ///
    /// # Errors
    /// `amend.nothing` where none does; a refusal by the rules; the store's.
    pub fn amend(self, keeper: &dyn Keeper, held: &dyn Fields, now: Now) -> Result<usize, Fault> {
        let record = RecordKey { kind: self.table.kind, id: held.record_id() };
        let amendments: Vec<Amendment> = self
            .values
            .into_iter()
            .filter_map(|(field, after)| {
                let before = held.get(field)?;
                let same = before == after || (before.is_empty() && after.is_empty());
                let change = FieldChange { field: field.to_owned(), before, after };
                (!same).then_some(Amendment { record, change })
            })
            .collect();
        if amendments.is_empty() {
            return Err(Reason::NothingChanged.into());
        }
        let count = amendments.len();
        keeper.carry_out(now, Command::Amend { household: None, amendments })?;
        Ok(count)
    }
}

/// Has a record amended, and answers with how many of its fields changed.
///
/// # Errors
/// As [`Facts::amend`].
fn amend(keeper: &dyn Keeper, io: &mut Io<'_>, held: &dyn Fields, facts: Facts) -> Outcome {
    let changed = facts.amend(keeper, held, io.now)?;
    let id = held.record_id();
    io.answer(&json!({"id": id, "changed": changed}), say::amended(io.lang, &id.to_string(), changed))
}

/// Has a new record registered.
///
/// # Errors
/// A refusal by the rules, or the store's.
pub fn register(keeper: &dyn Keeper, now: Now, record: impl Into<Record>) -> Outcome {
    keeper.carry_out(now, Command::Register { record: Box::new(record.into()) })
}

/// A record by id and name, as answers refer to it; the id alone where it is not held.
fn named(id: impl Into<RecordId>, name: Option<&str>) -> Json {
    json!({"id": id.into(), "name": name})
}
