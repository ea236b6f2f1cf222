//! [`Change`]: what a decided command does to records.

use serde::{Deserialize, Serialize};

use super::field::{FieldKind, Merge};
use super::id::WorkerId;
use super::moment::Hlc;
use super::record::{Fields, Record, RecordKey, SetError};
use super::value::Value;

/// One effect of a command. Applying the same changes to the same records gives the same result on every device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// A record comes into being.
    #[serde(rename = "create")]
    Create(Box<Record>),
    /// Fields of a record take new contents.
    #[serde(rename = "update")]
    Update {
        /// Which record.
        record: RecordKey,
        /// Which fields.
        fields: Vec<FieldChange>,
    },
}

/// What became of one field; the former content serves undo, history and conflict checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's name.
    pub field: String,
    /// Its content before.
    #[serde(default)]
    pub before: Value,
    /// Its content after.
    #[serde(default)]
    pub after: Value,
}

impl Change {
    /// The record that comes into being.
    pub fn create(record: impl Into<Record>) -> Change {
        Change::Create(Box::new(record.into()))
    }

    /// The change that leads from one version of a record to another; `None` where they are the same.
    pub fn between<R: Fields>(before: &R, after: &R) -> Option<Change> {
        let fields: Vec<FieldChange> = before
            .table()
            .fields
            .iter()
            .map(|field| field.name)
            .chain(["deleted"])
            .filter_map(|name| {
                let (old, new) = (before.get(name)?, after.get(name)?);
                (old != new).then(|| FieldChange { field: name.to_owned(), before: old, after: new })
            })
            .collect();
        let record = RecordKey { kind: before.table().kind, id: before.record_id() };
        (!fields.is_empty()).then_some(Change::Update { record, fields })
    }

    /// Which record it touches.
    pub fn record(&self) -> RecordKey {
        match self {
            Change::Create(record) => record.key(),
            Change::Update { record, .. } => *record,
        }
    }

    /// The change that takes this one back.
    pub fn inverse(&self) -> Change {
        match self {
            Change::Create(record) => Change::Update { record: record.key(), fields: removal(record) },
            Change::Update { record, fields } => Change::Update {
                record: *record,
                fields: fields
                    .iter()
                    .map(|change| FieldChange {
                        field: change.field.clone(),
                        before: change.after.clone(),
                        after: change.before.clone(),
                    })
                    .collect(),
            },
        }
    }
}

/// Marks a record as undone, with the contents that it must still have: whatever a person has changed in it since stands
/// in the way of undoing it.
fn removal(record: &Record) -> Vec<FieldChange> {
    let held = record.fields();
    let unchanged = held.table().fields.iter().filter(|field| field.kind != FieldKind::Internal).map(|field| {
        let value = held.get(field.name).unwrap_or_default();
        FieldChange { field: field.name.to_owned(), before: value.clone(), after: value }
    });
    let deleted = FieldChange { field: "deleted".to_owned(), before: Value::Bool(false), after: Value::Bool(true) };
    unchanged.chain([deleted]).collect()
}

/// Writes an update with its stamp: version, author, and the time of contact facts. Device and server write alike, so
/// that their records are equal.
///
/// # Errors
/// When a change does not fit the field table.
pub fn write(record: &mut dyn Fields, fields: &[FieldChange], hlc: Hlc, by: WorkerId) -> Result<(), SetError> {
    apply_fields(record, fields)?;
    let table = record.table();
    let meta = record.meta_mut();
    meta.rev += 1;
    meta.hlc = meta.hlc.max(hlc);
    meta.by = by;
    for change in fields {
        if table.field(&change.field).is_some_and(|field| field.merge == Merge::LastWriter) {
            let clock = meta.clocks.entry(change.field.clone()).or_default();
            *clock = hlc.max(*clock);
        }
    }
    Ok(())
}

/// Sets the new contents of an update on a record.
pub fn apply_fields(record: &mut dyn Fields, fields: &[FieldChange]) -> Result<(), SetError> {
    for change in fields {
        record.set(&change.field, change.after.clone())?;
    }
    Ok(())
}
