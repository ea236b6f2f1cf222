//! Facts as the command line gives them: `FIELD=VALUE`, or `MEMBER.FIELD=VALUE` for one member of a household.

use crate::cli::{CliError, Fault, Io, ids, words};
use crate::desk::Desk;
use crate::domain::change::FieldChange;
use crate::domain::command::Amendment;
use crate::domain::id::HouseholdId;
use crate::domain::id_number::IdNumber;
use crate::domain::record::{Fields, Kind, Table};
use crate::domain::value::{FieldValue as _, Value};

/// One fact: whose, which field, what was typed.
pub struct Given<'a> {
    /// The member; `None` for the household.
    pub member: Option<&'a str>,
    /// The field, by name or label.
    pub field: &'a str,
    /// Its content.
    pub typed: &'a str,
}

/// Reads `[MEMBER.]FIELD=VALUE`.
pub fn given(text: &str) -> Result<Given<'_>, Fault> {
    let (place, typed) = text.split_once('=').ok_or_else(|| CliError::Value {
        option: "set",
        value: text.to_owned(),
        expected: ("字段=值 或 成员.字段=值", "FIELD=VALUE or MEMBER.FIELD=VALUE"),
    })?;
    Ok(match place.split_once('.') {
        Some((member, field)) => Given { member: Some(member), field, typed },
        None => Given { member: None, field: place, typed },
    })
}

/// The value of a field as typed: a village by name, an ID number with its check, the rest by the kind of the field.
pub fn value(desk: &Desk, table: &'static Table, field: &str, typed: &str, io: &Io<'_>) -> Result<Value, Fault> {
    let field = words::described(table, field)?;
    match (table.kind, field.name) {
        (Kind::Household, "region") => Ok(desk.village_named(typed, None)?.to_value()),
        (Kind::Member, "id_number") if !typed.trim().is_empty() => match IdNumber::parse(typed, io.now.today()) {
            Ok(number) => Ok(number.to_value()),
            Err(error) => Err(words::at(field, &error)),
        },
        _ => words::value(table, field.name, typed, io.now),
    }
}

/// Puts a fact into a record that is being made.
pub fn put(desk: &Desk, record: &mut dyn Fields, field: &str, typed: &str, io: &Io<'_>) -> Result<(), Fault> {
    let value = value(desk, record.table(), field, typed, io)?;
    words::put(record, field, value)
}

/// The amendments that facts given for a household on file make.
pub fn amendments(desk: &Desk, household: HouseholdId, facts: &[String], io: &Io<'_>) -> Result<Vec<Amendment>, Fault> {
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let dossier = super::dossier(desk, household)?;
    facts
        .iter()
        .map(|fact| {
            let given = given(fact)?;
            let held: &dyn Fields = match given.member {
                Some(member) => {
                    let id = ids::member(&dossier, member)?;
                    // `ids::member` gives ids of this file's members, or one that was typed in full.
                    let found = dossier.members.iter().find(|member| member.id == id);
                    found.ok_or_else(|| ids::not_found(Kind::Member, "member"))?
                }
                None => &dossier.household,
            };
            amendment(desk, &dossier, held, &given, io)
        })
        .collect()
}

fn amendment(
    desk: &Desk,
    dossier: &crate::domain::records::Dossier,
    held: &dyn Fields,
    given: &Given<'_>,
    io: &Io<'_>,
) -> Result<Amendment, Fault> {
    let table = held.table();
    let field = words::described(table, given.field)?;
    let after = match (table.kind, field.name) {
        // The head is named like any member.
        (Kind::Household, "head") => Some(ids::member(dossier, given.typed)?).to_value(),
        _ => value(desk, table, field.name, given.typed, io)?,
    };
    let before = held.get(field.name).unwrap_or_default();
    let record = crate::domain::record::RecordKey { kind: table.kind, id: held.record_id() };
    Ok(Amendment { record, change: FieldChange { field: field.name.to_owned(), before, after } })
}
