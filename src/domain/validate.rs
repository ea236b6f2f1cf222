//! Checks of a record against its field table: what forms show beside each field and what `decide` insists on.

use chrono::{Datelike, NaiveDate};

use super::codes;
use super::field::{Field, FieldKind};
use super::record::Fields;
use super::refusal::{Label, Reason, Refusal};
use super::text;
use super::value::Value;

/// Every fault of the record, in the order of its fields.
pub fn record(record: &dyn Fields, today: NaiveDate) -> Vec<Refusal> {
    record
        .table()
        .fields
        .iter()
        .filter_map(|field| {
            let value = record.get(field.name).unwrap_or_default();
            self::field(field, &value, today).err()
        })
        .collect()
}

/// Whether the record is without fault.
pub fn check(fields: &dyn Fields, today: NaiveDate) -> Result<(), Refusal> {
    match Refusal::from_all(record(fields, today)) {
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

/// Whether a value may stand in a field. Dates may not lie in the future unless the field plans ahead, nor before 1880.
pub fn field(field: &'static Field, value: &Value, today: NaiveDate) -> Result<(), Refusal> {
    let fault = |reason| Err(Refusal::at(field.name, reason));
    if value.is_empty() {
        return if field.required { fault(Reason::Required { field }) } else { Ok(()) };
    }
    match (field.kind, value) {
        (FieldKind::Code(list), Value::Text(code)) if !has_code(list, code) => {
            return fault(Reason::UnknownCode { field, value: code.clone() });
        }
        (FieldKind::Code(_), Value::Text(_)) => {}
        (FieldKind::Codes(list), Value::List(items)) => {
            for code in items.iter().filter_map(Value::as_text) {
                if !has_code(list, code) {
                    return fault(Reason::UnknownCode { field, value: code.to_owned() });
                }
            }
        }
        (FieldKind::Date, Value::Text(text)) => return date(field, text, today),
        (FieldKind::Count, Value::Int(number)) if *number < 0 => return fault(Reason::NumberOutOfRange { field }),
        // Ten billion yuan; beyond it an amount is a typing error.
        (FieldKind::Money, Value::Int(fen)) if !(0..=1_000_000_000_000).contains(fen) => {
            return fault(Reason::NumberOutOfRange { field });
        }
        (kind, Value::Text(content)) if kind != FieldKind::Internal => {
            // A note has lines; nothing else has.
            let is_allowed = |c: char| c == '\n' && kind == FieldKind::Note;
            if content.chars().any(|c| text::is_control(c) && !is_allowed(c)) {
                return fault(Reason::Control { field });
            }
            if field.max_chars > 0 && content.chars().count() > field.max_chars {
                return fault(Reason::TooLong { field, limit: field.max_chars as u32 });
            }
        }
        _ => {}
    }
    Ok(())
}

fn has_code(list: &str, code: &str) -> bool {
    codes::list(list).is_some_and(|list| list.get(code).is_some())
}

/// Fields whose dates lie ahead by their nature.
const PLANNED: &[&str] = &["next_due", "due", "publish_until", "valid_from", "valid_until", "valid_to"];

fn date(field: &'static Field, text: &str, today: NaiveDate) -> Result<(), Refusal> {
    let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") else {
        let label = Label { zh: field.zh.to_owned(), en: field.en.to_owned() };
        return Err(Refusal::at(field.name, Reason::WrongKind { field: label, expected: "YYYY-MM-DD".to_owned() }));
    };
    if date.year() < 1880 {
        return Err(Refusal::at(field.name, Reason::DateTooEarly { field, date }));
    }
    if date > today && !PLANNED.contains(&field.name) {
        return Err(Refusal::at(field.name, Reason::DateInFuture { field, date }));
    }
    Ok(())
}
