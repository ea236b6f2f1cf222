//! Values as people type them: codes by code or by label in either language, dates, amounts.

use chrono::{Days, NaiveDate};

use super::{CliError, Fault};
use crate::domain::codes::{self, Code};
use crate::domain::field::{Field, FieldKind};
use crate::domain::moment::{Moment, Now};
use crate::domain::money::Fen;
use crate::domain::record::{Fields, SetError, Table};
use crate::domain::refusal::{Label, Reason, Refusal};
use crate::domain::text;
use crate::domain::value::{FieldValue, Value};
use crate::i18n::Explain;

/// The code of a field's list that a text means.
pub fn code(table: &'static Table, field: &str, text: &str) -> Result<Code, Fault> {
    let field = described(table, field)?;
    match field.kind {
        FieldKind::Code(list) | FieldKind::Codes(list) => code_of(list, field, text),
        _ => Err(no_field(field.name)),
    }
}

/// The code of a list that a text means, for an argument that is no field of a record.
pub fn code_in(list: &'static str, option: &'static str, text: &str) -> Result<Code, Fault> {
    let typed = text.trim();
    match codes::list(list).and_then(|list| list.get(typed).or_else(|| list.by_label(typed))) {
        Some(entry) => Ok(entry.to_code()),
        None => Err(CliError::Code { option, value: typed.to_owned(), list }.into()),
    }
}

/// A date: `2026-11-22`, `today`, `+7` or `-7` days from today.
pub fn date(field: &'static str, text: &str, now: Now) -> Result<NaiveDate, Fault> {
    let text = text.trim();
    let today = now.today();
    let found = if matches!(text, "today" | "今天") {
        Some(today)
    } else if let Some(days) = text.strip_prefix('+').and_then(|days| days.parse().ok()) {
        today.checked_add_days(Days::new(days))
    } else if let Some(days) = text.strip_prefix('-').and_then(|days| days.parse().ok()) {
        today.checked_sub_days(Days::new(days))
    } else {
        text.parse().ok()
    };
    found.ok_or_else(|| wrong_date(field))
}

/// A moment: RFC 3339, or civil date and time, or a date as [`date`] reads it.
pub fn moment(field: &'static str, text: &str, now: Now) -> Result<Moment, Fault> {
    match text.parse() {
        Ok(moment) => Ok(moment),
        Err(_) => date(field, text, now).map(Moment::start_of),
    }
}

/// A line of text as records keep it.
pub fn line(field: &'static Field, typed: &str) -> Result<String, Fault> {
    text::clean_line(typed, field.max_chars).map_err(|error| at(field, &error))
}

/// A note as records keep it.
pub fn note(field: &'static Field, typed: &str) -> Result<String, Fault> {
    text::clean_note(typed, field.max_chars).map_err(|error| at(field, &error))
}

/// The value of a field as typed; empty takes the content away.
pub fn value(table: &'static Table, name: &str, typed: &str, now: Now) -> Result<Value, Fault> {
    let field = described(table, name)?;
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Value::Null);
    }
    let wrong = |expected: &str| -> Fault {
        let label = Label { zh: field.zh.to_owned(), en: field.en.to_owned() };
        Refusal::at(field.name, Reason::WrongKind { field: label, expected: expected.to_owned() }).into()
    };
    Ok(match field.kind {
        FieldKind::Code(list) => code_of(list, field, typed)?.to_value(),
        FieldKind::Codes(list) => {
            let items = typed.split([',', '，', '、']).map(|item| code_of(list, field, item));
            Value::List(items.map(|item| item.map(|code| code.to_value())).collect::<Result<_, _>>()?)
        }
        FieldKind::Money => Fen::parse(typed).map_err(|error| at(field, &error))?.to_value(),
        FieldKind::Date => date(field.name, typed, now)?.to_value(),
        FieldKind::Moment => moment(field.name, typed, now)?.to_value(),
        FieldKind::Count => Value::Int(typed.parse().map_err(|_| wrong("0, 1, 2, …"))?),
        FieldKind::Flag => Value::Bool(match typed {
            "yes" | "true" | "1" | "是" => true,
            "no" | "false" | "0" | "否" => false,
            _ => return Err(wrong("yes/no 是/否")),
        }),
        FieldKind::Note => Value::Text(note(field, typed)?),
        FieldKind::Name => Value::Text(text::clean_name(typed, field.max_chars).map_err(|error| at(field, &error))?),
        FieldKind::Reference | FieldKind::References | FieldKind::Internal => {
            return Err(Refusal::at(field.name, Reason::FixedField { field }).into());
        }
        _ => Value::Text(line(field, typed)?),
    })
}

/// Puts a value into a field of a record.
pub fn put(record: &mut dyn Fields, name: &str, value: Value) -> Result<(), Fault> {
    let table = record.table();
    let field = described(table, name)?;
    record.set(field.name, value).map_err(|error| {
        let expected = match error {
            SetError::WrongKind(wrong) => wrong.expected.to_owned(),
            SetError::NoField => return no_field(name),
        };
        let label = Label { zh: field.zh.to_owned(), en: field.en.to_owned() };
        Refusal::at(field.name, Reason::WrongKind { field: label, expected }).into()
    })
}

/// The field of that name in a table, which a person may name by its label too.
pub fn described(table: &'static Table, name: &str) -> Result<&'static Field, Fault> {
    let wanted = name.trim().replace('-', "_");
    table
        .fields
        .iter()
        .find(|field| {
            let name = name.trim();
            field.name == wanted
                || field.zh == name
                || field.en.eq_ignore_ascii_case(name)
                || field.aliases.contains(&name)
        })
        .ok_or_else(|| no_field(name))
}

fn code_of(list: &'static str, field: &'static Field, typed: &str) -> Result<Code, Fault> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Code::default());
    }
    let entry = codes::list(list).and_then(|list| list.get(typed).or_else(|| list.by_label(typed)));
    match entry {
        Some(entry) => Ok(entry.to_code()),
        None => Err(Refusal::at(field.name, Reason::UnknownCode { field, value: typed.to_owned() }).into()),
    }
}

fn no_field(name: &str) -> Fault {
    Refusal::at(name.to_owned(), Reason::NoField { name: name.to_owned() }).into()
}

fn wrong_date(field: &'static str) -> Fault {
    Fault::Told(Box::new(At { field, fault: Box::new(crate::domain::moment::MomentError) }))
}

/// A fault of a value, at the field it was meant for.
pub fn at<E: Explain + Clone + Send + Sync + 'static>(field: &'static Field, fault: &E) -> Fault {
    Fault::Told(Box::new(At { field: field.name, fault: Box::new(fault.clone()) }))
}

struct At {
    field: &'static str,
    fault: Box<dyn Explain + Send + Sync>,
}

impl Explain for At {
    fn code(&self) -> &str {
        self.fault.code()
    }
    fn field(&self) -> Option<&str> {
        Some(self.field)
    }
    fn message(&self, lang: crate::i18n::Lang) -> String {
        self.fault.message(lang)
    }
    fn remedy(&self, lang: crate::i18n::Lang) -> String {
        self.fault.remedy(lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::need::Need;
    use crate::domain::visit::Visit;

    fn now() -> Now {
        Now::new("2026-11-22 08:30".parse().unwrap())
    }

    #[test]
    fn codes_are_named_by_code_or_label() {
        let check = |text: &str, expected: Option<&str>| match code(Visit::TABLE, "mode", text) {
            Ok(code) => assert_eq!(Some(code.as_str()), expected, "{text}"),
            Err(fault) => assert_eq!((fault.code(), None), ("code.unknown", expected), "{text}"),
        };
        check("door", Some("door"));
        check("上门走访", Some("door"));
        check("at the DOOR", Some("door"));
        check("入户", Some("door"));
        check("telepathy", None);
    }

    #[test]
    fn dates_may_count_from_today() {
        let check = |text: &str, expected: Option<&str>| {
            let found = date("due", text, now()).ok().map(|date| date.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("2026-12-01", Some("2026-12-01"));
        check("today", Some("2026-11-22"));
        check("今天", Some("2026-11-22"));
        check("+9", Some("2026-12-01"));
        check("-22", Some("2026-10-31"));
        check("2026-13-01", None);
        check("", None);
        check("+99999999999999", None);
    }

    #[test]
    fn values_are_read_by_the_kind_of_their_field() {
        let check = |name: &str, text: &str, expected: Result<Value, &str>| match value(Need::TABLE, name, text, now())
        {
            Ok(found) => assert_eq!(Ok(found), expected, "{name} {text}"),
            Err(fault) => assert_eq!(Err(fault.code()), expected, "{name} {text}"),
        };
        check("estimated", "1,288.5元", Ok(Value::Int(128_850)));
        check("estimated", "much", Err("money.invalid"));
        check("due", "+1", Ok(Value::Text("2026-11-23".into())));
        check("urgency", "紧急", Ok(Value::Text("2".into())));
        check("benefit-period", "长期", Ok(Value::Text("long".into())));
        check("quantity", "three", Err("field.invalid"));
        check("title", " 电饭煲 ", Ok(Value::Text("电饭煲".into())));
        check("title", "a\u{1b}[31m", Err("text.control"));
        check("title", "", Ok(Value::Null));
        check("state", "confirmed", Ok(Value::Text("confirmed".into())));
        check("visit", "x", Err("field.fixed"));
        check("colour", "x", Err("field.unknown"));
    }
}
