//! Records as answers: JSON by field names and lines for readers, identity masked unless it was asked for by name.

use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};

use crate::domain::codes;
use crate::domain::display;
use crate::domain::field::{Field, FieldKind, Privacy};
use crate::domain::mask;
use crate::domain::moment::Moment;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::i18n::Lang;
use crate::replica::Projection;
use crate::replica::projection::{category_code, grade_letter};
use crate::replica::rows::{self, Row};

/// What of a record is shown in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown<'a> {
    /// Identity and sensitive fields masked.
    Masked,
    /// As before, but one field in full: its showing has been written to the audit trail.
    Revealed(&'a str),
    /// Everything: its disclosure has been written to the audit trail.
    Plain,
}

/// A record's filled fields by name: codes as codes, amounts in yuan, masked contents as text.
pub fn record(record: &dyn Fields, shown: Shown<'_>, lang: Lang) -> Map<String, Json> {
    let mut map = Map::new();
    map.insert("id".to_owned(), json!(record.record_id()));
    for field in record.table().fields {
        let value = record.get(field.name).unwrap_or_default();
        if !value.is_empty() {
            map.insert(field.name.to_owned(), content(field, &value, shown, lang));
        }
    }
    map
}

/// One field as JSON.
pub fn content(field: &Field, value: &Value, shown: Shown<'_>, lang: Lang) -> Json {
    if is_masked(field, shown) && *value == Value::Bool(false) {
        return Json::Null;
    }
    if is_masked(field, shown) && !value.is_empty() {
        return Json::String(display::masked(field, value, lang));
    }
    match (field.kind, value) {
        // Yuan with at most two decimals come through a double unharmed up to 45 billion yuan.
        (FieldKind::Money, Value::Int(fen)) if fen % 100 == 0 => json!(fen / 100),
        (FieldKind::Money, Value::Int(fen)) => json!(*fen as f64 / 100.0),
        (FieldKind::Moment, Value::Int(millis)) => json!(Moment(*millis)),
        // Moments that the program sets are integers too, and their names end alike.
        (FieldKind::Internal, Value::Int(millis)) if field.name.ends_with("_at") || field.name == "lease_until" => {
            json!(Moment(*millis))
        }
        _ => json!(value),
    }
}

/// One field for a reader.
pub fn text(field: &Field, value: &Value, shown: Shown<'_>, lang: Lang) -> String {
    if is_masked(field, shown) { display::masked(field, value, lang) } else { display::plain(field, value, lang) }
}

fn is_masked(field: &Field, shown: Shown<'_>) -> bool {
    let hidden = field.privacy >= Privacy::Identity;
    match shown {
        Shown::Masked => hidden,
        Shown::Revealed(name) => hidden && field.name != name,
        Shown::Plain => false,
    }
}

/// What every list says of a household: id, archive number, masked head, village, category, risk grade.
pub fn household(memory: &Projection, row: &Row<'_>) -> Map<String, Json> {
    let fixed = row.fixed();
    let village = memory.region(fixed.region).map(|code| memory.reference.region_name(code)).unwrap_or_default();
    let mut map = Map::new();
    map.insert("id".to_owned(), json!(row.id()));
    map.insert("archive_no".to_owned(), json!(row.archive_no()));
    map.insert("head".to_owned(), json!(mask::name(row.head())));
    map.insert("village".to_owned(), json!(village));
    map.insert("category".to_owned(), json!(category_code(fixed.category)));
    map.insert("risk".to_owned(), json!(grade_letter(fixed.grade)));
    map
}

/// The same as cells of a table: archive number, head, place, category, grade.
pub fn household_cells(memory: &Projection, row: &Row<'_>, lang: Lang) -> Vec<String> {
    let fixed = row.fixed();
    let place = memory.region(fixed.region).map(|code| memory.reference.place(code)).unwrap_or_default();
    vec![
        row.archive_no().to_owned(),
        mask::name(row.head()),
        place,
        codes::label("assist_category", category_code(fixed.category), lang).into_owned(),
        grade_letter(fixed.grade).to_owned(),
    ]
}

/// The headings of [`household_cells`].
pub fn household_headings(lang: Lang) -> Vec<String> {
    use crate::i18n::cli as say;
    [say::h_archive(lang), say::h_head(lang), say::h_place(lang), say::h_category(lang), say::h_risk(lang)]
        .map(str::to_owned)
        .to_vec()
}

/// A day number of a row as a date.
pub fn day(day: i32) -> Option<NaiveDate> {
    rows::date(day)
}

/// A day for a reader.
pub fn day_text(day: i32) -> String {
    rows::date(day).map(|date| date.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::member::Member;
    use crate::domain::money::Fen;

    #[test]
    fn identity_is_masked_unless_asked_for() {
        let member = Member {
            name: "张淑芬".to_owned(),
            phone: "13812341234".to_owned(),
            disease: "尿毒症".to_owned(),
            annual_income: Some(Fen(128_850)),
            ..Member::default()
        };
        let check = |shown: Shown<'_>, expected: [&str; 4]| {
            let map = record(&member, shown, Lang::Zh);
            let found = ["name", "phone", "disease", "annual_income"].map(|name| map[name].to_string());
            assert_eq!(found, expected.map(str::to_owned), "{shown:?}");
        };
        check(Shown::Masked, ["\"张*芬\"", "\"138****1234\"", "\"肾脏泌尿疾病\"", "\"***\""]);
        check(Shown::Revealed("phone"), ["\"张*芬\"", "\"13812341234\"", "\"肾脏泌尿疾病\"", "\"***\""]);
        check(Shown::Plain, ["\"张淑芬\"", "\"13812341234\"", "\"尿毒症\"", "1288.5"]);
    }
}
