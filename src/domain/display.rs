//! Field contents as a person reads them: codes by their labels, amounts in yuan, identity masked.

use std::borrow::Cow;

use super::codes;
use super::conflict::Conflict;
use super::field::{Field, FieldKind, Privacy};
use super::mask;
use super::moment::Moment;
use super::money::Fen;
use super::value::Value;
use crate::i18n::Lang;

/// In full.
pub fn plain(field: &Field, value: &Value, lang: Lang) -> String {
    match (field.kind, value) {
        (_, Value::Null) => String::new(),
        (FieldKind::Code(list), Value::Text(code)) => codes::label(list, code, lang).into_owned(),
        (FieldKind::Codes(list), Value::List(items)) => items
            .iter()
            .filter_map(Value::as_text)
            .map(|code| codes::label(list, code, lang).into_owned())
            .collect::<Vec<_>>()
            .join(lang.pick("、", ", ")),
        (FieldKind::Money, Value::Int(fen)) => Fen(*fen).to_string(),
        (FieldKind::Moment, Value::Int(millis)) => Moment(*millis).to_minute(),
        (_, Value::Bool(yes)) => yes_no(*yes, lang).to_owned(),
        (_, Value::Int(number)) => number.to_string(),
        (_, Value::Float(number)) => number.to_string(),
        (_, Value::Text(text)) => text.clone(),
        (_, Value::List(items)) => {
            items.iter().filter_map(Value::as_text).collect::<Vec<_>>().join(lang.pick("、", ", "))
        }
        (_, Value::Bytes(_) | Value::Map(_)) => "…".to_owned(),
    }
}

/// As shown to those who have not asked for the full content: identity and sensitive fields masked.
pub fn masked(field: &Field, value: &Value, lang: Lang) -> String {
    if field.privacy < Privacy::Identity || value.is_empty() {
        return plain(field, value, lang);
    }
    // A flag that was never set: nothing is known, and nothing is hidden.
    if *value == Value::Bool(false) {
        return "—".to_owned();
    }
    let text = plain(field, value, lang);
    match field.kind {
        FieldKind::Name => mask::name(&text),
        FieldKind::IdNumber => mask::id_text(&text),
        FieldKind::Phone => mask::phone(&text),
        FieldKind::Bank => mask::bank(&text),
        FieldKind::Address => mask::address(&text),
        FieldKind::Date => text.get(..4).map(|year| format!("{year}-**-**")).unwrap_or_default(),
        _ if field.name == "disease" => mask::disease(&text, lang),
        _ => "***".to_owned(),
    }
}

/// Both sides of a conflict, what stands first: values of a field masked as that field is; of two records of one thing what
/// tells them apart.
pub fn sides(conflict: &Conflict, lang: Lang) -> (String, String) {
    let text = |value: &Value| value.as_text().unwrap_or_default().to_owned();
    match conflict.kind.as_str() {
        // An archive number, and the name of the person who was registered a second time.
        "duplicate_person" => (text(&conflict.held), mask::name(&text(&conflict.offered))),
        // Titles of needs; names of donors.
        "duplicate_need" | "duplicate_delivery" => (text(&conflict.held), text(&conflict.offered)),
        _ => {
            let field = conflict.about.and_then(|about| about.kind.table().field(&conflict.field));
            let shown = |value| field.map(|field| masked(field, value, lang)).unwrap_or_default();
            (shown(&conflict.held), shown(&conflict.offered))
        }
    }
}

/// What a conflict is about: the field that has two values, else its kind.
pub fn subject(conflict: &Conflict, lang: Lang) -> Cow<'static, str> {
    let field = conflict.about.and_then(|about| about.kind.table().field(&conflict.field));
    match field.filter(|_| conflict.kind.as_str() != "duplicate_person") {
        Some(field) => field.label(lang).into(),
        None => codes::label("conflict_kind", conflict.kind.as_str(), lang),
    }
}

fn yes_no(yes: bool, lang: Lang) -> &'static str {
    if yes { lang.pick("是", "yes") } else { lang.pick("否", "no") }
}
