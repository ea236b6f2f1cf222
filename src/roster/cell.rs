//! A cell becomes the value of a field.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::date::{DateError, RosterDate};
use super::fault::Fault;
use super::read::Cell;
use crate::domain::codes;
use crate::domain::field::{Field, FieldKind};
use crate::domain::id_number::{IdNumber, IdNumberError};
use crate::domain::money::Fen;
use crate::domain::text;
use crate::domain::validate;
use crate::domain::value::{FieldValue, Value};

/// From here on a spreadsheet program's number no longer holds every digit.
const DIGITS_KEPT: f64 = 1e15;

/// The value that a cell gives a field; `None` where the cell states nothing.
///
/// # Errors
/// The fault of the cell, by the field's kind and by [`validate::field`].
pub fn value(field: &'static Field, cell: Cell<'_>, today: NaiveDate) -> Result<Option<Value>, Fault> {
    let value = match field.kind {
        FieldKind::IdNumber => id_number(cell, today)?.map(|number| number.to_value()),
        FieldKind::Date => date(cell)?.map(|date| date.first_day().to_value()),
        FieldKind::Money => money(cell)?.map(|fen| fen.to_value()),
        FieldKind::Count => count(field, cell)?.map(Value::Int),
        FieldKind::Flag => flag(cell)?.map(Value::Bool),
        FieldKind::Code(list) => code(field, list, cell)?.map(Value::Text),
        _ => words(field, cell)?.map(Value::Text),
    };
    if let Some(value) = &value {
        validate::field(field, value, today)?;
    }
    Ok(value)
}

/// An ID number; `None` for a blank cell.
///
/// # Errors
/// [`Fault::IdNumber`], above all [`IdNumberError::Damaged`] for what a spreadsheet program keeps as a number: 15
/// digits are safe, 18 are not.
pub fn id_number(cell: Cell<'_>, today: NaiveDate) -> Result<Option<IdNumber>, Fault> {
    if let Cell::Number(number) = cell
        && number.abs() >= DIGITS_KEPT
    {
        return Err(IdNumberError::Damaged.into());
    }
    match stated(cell)? {
        None => Ok(None),
        Some(text) => Ok(Some(IdNumber::parse(&text, today)?)),
    }
}

/// A date; `None` for a blank cell.
///
/// # Errors
/// [`Fault::Date`].
pub fn date(cell: Cell<'_>) -> Result<Option<RosterDate>, Fault> {
    match cell {
        Cell::Date(day) => Ok(Some(RosterDate::Day(day))),
        Cell::Number(number) => Ok(Some(RosterDate::from_number(number)?)),
        Cell::Bool(_) => Err(DateError.into()),
        _ => match stated(cell)? {
            None => Ok(None),
            Some(text) if is_none(&text) => Ok(None),
            Some(text) => Ok(Some(RosterDate::parse(&text)?)),
        },
    }
}

/// A name, cleaned; `None` for a blank cell.
///
/// # Errors
/// [`Fault::Text`] and what [`stated`] reports.
pub fn name(cell: Cell<'_>, max: usize) -> Result<Option<String>, Fault> {
    let Some(text) = stated(cell)? else { return Ok(None) };
    Ok(Some(text::clean_name(&text, max)?).filter(|name| !name.is_empty()))
}

/// A line of text, cleaned; `None` for a blank cell.
///
/// # Errors
/// As [`name`].
pub fn line(cell: Cell<'_>, max: usize) -> Result<Option<String>, Fault> {
    let Some(text) = stated(cell)? else { return Ok(None) };
    Ok(Some(text::clean_line(&text, max)?).filter(|line| !line.is_empty()))
}

/// What the cell says as text; `None` for blanks and for the strokes that stand for nothing.
///
/// # Errors
/// [`Fault::FormulaError`], [`Fault::Garbled`], and [`Fault::DigitsLost`] for a number beyond 15 digits.
pub fn stated(cell: Cell<'_>) -> Result<Option<Cow<'_, str>>, Fault> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Error(value) => Err(Fault::FormulaError(value)),
        Cell::Bool(yes) => Ok(Some(Cow::Borrowed(if yes { "是" } else { "否" }))),
        Cell::Date(day) => Ok(Some(Cow::Owned(day.to_string()))),
        Cell::Number(number) if number.abs() >= DIGITS_KEPT => Err(Fault::DigitsLost),
        Cell::Number(number) => Ok(Some(Cow::Owned(number.to_string()))),
        Cell::Text(text) => {
            if text.contains(char::REPLACEMENT_CHARACTER) {
                return Err(Fault::Garbled);
            }
            let text = unwrapped(text.trim());
            let nothing = text.is_empty() || matches!(text, "-" | "—" | "——" | "--" | "/" | "\\" | "－" | "／");
            Ok((!nothing).then_some(Cow::Borrowed(text)))
        }
    }
}

/// `="990101…"` is how some systems keep a spreadsheet program from taking a number in CSV for a number.
fn unwrapped(text: &str) -> &str {
    let inner = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"'));
    inner.filter(|inner| inner.bytes().all(|byte| byte.is_ascii_alphanumeric())).unwrap_or(text)
}

/// Words for "nothing" in columns that hold something else than words.
fn is_none(text: &str) -> bool {
    matches!(text, "无" | "暂无" | "没有")
}

fn words(field: &Field, cell: Cell<'_>) -> Result<Option<String>, Fault> {
    let Some(text) = stated(cell)? else { return Ok(None) };
    let clean = match field.kind {
        FieldKind::Name => text::clean_name(&text, field.max_chars)?,
        FieldKind::Note => text::clean_note(&text, field.max_chars)?,
        FieldKind::Phone | FieldKind::Bank => {
            let line = text::clean_line(&text, field.max_chars)?;
            if is_floating_point(&line) {
                return Err(Fault::DigitsLost);
            }
            let spaced = line.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '(' | ')'));
            if spaced { line.replace(' ', "") } else { line }
        }
        _ => text::clean_line(&text, field.max_chars)?,
    };
    Ok(Some(clean).filter(|clean| !clean.is_empty()))
}

/// `1.38001E+10`: what CSV keeps of a long number once a spreadsheet program has shown it.
fn is_floating_point(text: &str) -> bool {
    text.contains(['E', 'e']) && text.contains('+') && text.parse::<f64>().is_ok()
}

fn money(cell: Cell<'_>) -> Result<Option<Fen>, Fault> {
    match cell {
        Cell::Number(yuan) => Ok(Some(Fen::from_yuan_f64(yuan)?)),
        _ => match stated(cell)? {
            None => Ok(None),
            Some(text) if is_none(&text) => Ok(None),
            Some(text) => Ok(Some(Fen::parse(&text)?)),
        },
    }
}

fn count(field: &Field, cell: Cell<'_>) -> Result<Option<i64>, Fault> {
    let number = match cell {
        Cell::Number(number) => number,
        _ => match stated(cell)? {
            None => return Ok(None),
            Some(text) if is_none(&text) => return Ok(None),
            Some(text) => {
                let line = text::clean_line(&text, 40)?;
                let digits = line.trim_end_matches(['人', '口', '套', '户', '个', '平', '方', '米', '㎡', ' ']);
                let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                digits.parse::<f64>().ok().filter(|_| plain).ok_or(Fault::Count)?
            }
        },
    };
    // Areas are kept in whole square metres; persons and dwellings come whole.
    let whole = if field.name == "housing_area" { number.round() } else { number };
    if whole.fract() != 0.0 || !(0.0..=f64::from(u16::MAX)).contains(&whole) {
        return Err(Fault::Count);
    }
    Ok(Some(whole as i64))
}

fn flag(cell: Cell<'_>) -> Result<Option<bool>, Fault> {
    if let Cell::Bool(yes) = cell {
        return Ok(Some(yes));
    }
    let Some(text) = stated(cell)? else { return Ok(None) };
    match text.trim().to_lowercase().as_str() {
        "是" | "有" | "√" | "✓" | "y" | "yes" | "true" | "1" => Ok(Some(true)),
        "否" | "无" | "没有" | "×" | "✗" | "n" | "no" | "false" | "0" => Ok(Some(false)),
        _ => Err(Fault::Flag),
    }
}

fn code(field: &'static Field, list: &str, cell: Cell<'_>) -> Result<Option<String>, Fault> {
    let Some(text) = stated(cell)? else { return Ok(None) };
    // Checked first: a hidden character would else only show as an unknown word.
    let line = text::clean_line(&text, usize::MAX)?;
    match codes::list(list).and_then(|list| list.by_label(&line)) {
        Some(entry) => Ok(Some(entry.code.to_owned())),
        None if is_none(&line) => Ok(None),
        None => Err(Fault::UnknownCode { field }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::household::Household;
    use crate::domain::member::Member;
    use crate::i18n::Explain;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
    }

    fn of_household(name: &str, cell: Cell<'_>) -> Result<Option<Value>, String> {
        value(Household::TABLE.field(name).unwrap(), cell, today()).map_err(|fault| fault.code().to_owned())
    }

    fn of_member(name: &str, cell: Cell<'_>) -> Result<Option<Value>, String> {
        value(Member::TABLE.field(name).unwrap(), cell, today()).map_err(|fault| fault.code().to_owned())
    }

    fn says(text: &str) -> Result<Option<Value>, String> {
        Ok(Some(Value::Text(text.to_owned())))
    }

    fn fails(code: &str) -> Result<Option<Value>, String> {
        Err(code.to_owned())
    }

    #[test]
    fn household_cells() {
        let check = |name: &str, cell: Cell<'_>, expected: Result<Option<Value>, String>| {
            assert_eq!(of_household(name, cell), expected, "{name} {cell:?}");
        };
        let text = Cell::Text;
        check("monthly_amount", text("1,288.50元"), Ok(Some(Value::Int(128_850))));
        check("monthly_amount", Cell::Number(975.0), Ok(Some(Value::Int(97_500))));
        check("monthly_amount", text("一千二"), fails("money.invalid"));
        check("monthly_amount", text("－"), Ok(None));
        check("monthly_amount", text("无"), Ok(None));
        check("monthly_amount", text("-20"), fails("number.out_of_range"));
        check("monthly_amount", Cell::Error("#REF!"), fails("cell.error_value"));
        check("member_count", text("3人"), Ok(Some(Value::Int(3))));
        check("member_count", Cell::Number(3.0), Ok(Some(Value::Int(3))));
        check("member_count", Cell::Number(3.5), fails("count.invalid"));
        check("member_count", text("-1"), fails("count.invalid"));
        check("member_count", text("inf"), fails("count.invalid"));
        check("member_count", Cell::Number(f64::NAN), fails("count.invalid"));
        check("housing_area", text("85.6㎡"), Ok(Some(Value::Int(86))));
        check("assisted_since", text("202407"), says("2024-07-01"));
        check("assisted_since", Cell::Number(202_407.0), says("2024-07-01"));
        check("assisted_since", text("209907"), fails("date.future"));
        check("phone", Cell::Number(19_999_743_456.0), says("19999743456"));
        check("phone", text("１９９７０３７９３５９"), says("19970379359"));
        check("phone", text("138 0013 8000"), says("13800138000"));
        check("phone", text("1.38001E+10"), fails("number.damaged"));
        check("bank_account", Cell::Number(6.222_021_2e18), fails("number.damaged"));
        check("poverty_cause", text("因病"), says("illness"));
        check("poverty_cause", text("=HYPERLINK(\"x\")"), fails("code.unknown"));
        check("poverty_cause", text("因\u{200b}病"), fails("text.control"));
        check("address", text("  东岙镇\n后垟村 "), says("东岙镇 后垟村"));
        check("note", text("a\u{1b}[2J"), fails("text.control"));
        check("note", text("\u{fffd}"), fails("text.garbled"));
    }

    #[test]
    fn member_cells() {
        let check = |name: &str, cell: Cell<'_>, expected: Result<Option<Value>, String>| {
            assert_eq!(of_member(name, cell), expected, "{name} {cell:?}");
        };
        let text = Cell::Text;
        check("name", text(" 金\u{3000}翠阿 "), says("金翠阿"));
        check("name", text("肖\u{1b}[2J海荷"), fails("text.control"));
        check("id_number", text("９９０１０１１９９００１０１００１９"), says("990101199001010019"));
        check("id_number", text("=\"990101199001010019\""), says("990101199001010019"));
        check("id_number", text("\t990101199001010019\t"), says("990101199001010019"));
        check("id_number", Cell::Number(990_101_900_101_001.0), says("990101199001010019"));
        check("id_number", Cell::Number(990_101_199_001_010_048.0), fails("id_number.damaged"));
        check("id_number", text("9.90101E+17"), fails("id_number.damaged"));
        check("sex", text("男"), says("1"));
        check("relation", text("干爹"), fails("code.unknown"));
        check("disability_class", text("无"), Ok(None));
        check("disabled", text("否"), Ok(Some(Value::Bool(false))));
        check("disabled", Cell::Bool(true), Ok(Some(Value::Bool(true))));
        check("disabled", text("二级"), fails("flag.invalid"));
        check("birth_date", text("1957-02-31"), fails("date.invalid"));
        check("birth_date", text("1801-01-01"), fails("date.too_early"));
        check("birth_date", Cell::Date(today()), says("2026-11-22"));
    }

    proptest! {
        #[test]
        fn no_cell_makes_it_panic(content in "\\PC{0,40}", number in proptest::num::f64::ANY) {
            for field in Household::TABLE.fields.iter().chain(Member::TABLE.fields) {
                let _ = value(field, Cell::Text(&content), today());
                let _ = value(field, Cell::Number(number), today());
            }
        }

        #[test]
        fn digits_never_panic(content in "[0-9０-９Xx.eE+年月日元,万 -]{0,24}") {
            for field in Household::TABLE.fields.iter().chain(Member::TABLE.fields) {
                let _ = value(field, Cell::Text(&content), today());
            }
        }
    }
}
