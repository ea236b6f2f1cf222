//! The embedded files and how a line becomes an entry.

use std::collections::HashMap;

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use super::{CodeEntry, CodeList};

/// The columns that every list has, in this order.
const COLUMNS: [&str; 8] = ["code", "parent", "zh", "en", "valid_from", "valid_to", "basis", "aliases"];

macro_rules! files {
    ($($name:literal)+) => { &[$(($name, include_str!(concat!($name, ".csv")))),+] };
}

/// Every list: its name and its text.
pub(super) const FILES: &[(&str, &str)] = files! {
    "age_band"
    "assist_category"
    "benefit_period"
    "claim_direction"
    "change_event"
    "child_status"
    "claim_state"
    "conflict_choice"
    "conflict_kind"
    "conflict_state"
    "confirmation"
    "consent_method"
    "consent_state"
    "data_class"
    "demand_side"
    "dimension"
    "disability_class"
    "disability_level"
    "discovery_channel"
    "disease"
    "disease_class"
    "donation_source"
    "duplicate_reason"
    "education"
    "employment"
    "ethnic"
    "five_kind"
    "health"
    "indicator"
    "insurance"
    "labour_ability"
    "language"
    "lead_source"
    "lead_state"
    "marital"
    "matters_8_1"
    "measure_form"
    "meeting_type"
    "need_layer"
    "need_state"
    "need_type"
    "org_kind"
    "origin"
    "political"
    "pool"
    "poverty_cause"
    "refuse_visit_reason"
    "region_level"
    "reject_reason"
    "relation"
    "release_reason"
    "reporter_role"
    "residence_kind"
    "resource_kind"
    "reveal_reason"
    "risk_grade"
    "role"
    "selfcare"
    "service_field"
    "service_type"
    "sex"
    "station_checklist"
    "station_kind"
    "station_level"
    "support_mode"
    "tier"
    "urban_rural"
    "urgency"
    "visit_mode"
    "visit_result"
    "wish_category"
    "wish_state"
};

/// Reads a list, and says what is wrong with it line by line. A wrong line is left out.
pub(super) fn read(name: &'static str, text: &'static str) -> (CodeList, Vec<String>) {
    let mut problems = Vec::new();
    let mut list = CodeList { name, entries: Vec::new(), by_code: HashMap::new(), by_label: HashMap::new() };
    let mut lines = text.lines().enumerate();
    let header: Vec<&str> = lines.next().map(|(_, line)| split(line).unwrap_or_default()).unwrap_or_default();
    if !header.starts_with(&COLUMNS) {
        problems.push(format!("{name}: the header must begin with {}", COLUMNS.join(",")));
        return (list, problems);
    }
    for (number, line) in lines {
        match read_entry(&header, line) {
            Ok(entry) => {
                problems.extend(add(&mut list, entry).into_iter().map(|what| format!("{name}:{}: {what}", number + 1)))
            }
            Err(what) => problems.push(format!("{name}:{}: {what}", number + 1)),
        }
    }
    (list, problems)
}

/// Text as labels are compared: compatibility forms folded (`Ａ`, `（`, `３`), lower case, no white space.
pub(super) fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect()
}

/// Splits a line at its commas; a field in double quotes may hold commas but no double quote.
/// `None` when a quote is not closed where a field ends.
pub(in crate::domain) fn split(line: &str) -> Option<Vec<&str>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find(',').unwrap_or(rest.len())),
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some(fields),
            None => return None,
        }
    }
}

/// A date cell: empty means no limit.
pub(in crate::domain) fn read_date(cell: &str) -> Result<Option<NaiveDate>, String> {
    match cell {
        "" => Ok(None),
        _ => cell.parse().map(Some).map_err(|_| format!("{cell} is not a date")),
    }
}

fn read_entry(header: &[&'static str], line: &'static str) -> Result<CodeEntry, String> {
    let fields = split(line).ok_or("a quote is not closed")?;
    if fields.len() != header.len() {
        return Err(format!("{} fields, the header has {}", fields.len(), header.len()));
    }
    let [code, parent, zh, en, valid_from, valid_to, basis, aliases] = fields[..COLUMNS.len()] else {
        return Err("too few fields".into());
    };
    if [code, zh, en, basis].contains(&"") {
        return Err("code, zh, en and basis must not be empty".into());
    }
    Ok(CodeEntry {
        code,
        parent: (!parent.is_empty()).then_some(parent),
        zh,
        en,
        valid_from: read_date(valid_from)?,
        valid_to: read_date(valid_to)?,
        basis,
        aliases: aliases.split('|').filter(|alias| !alias.is_empty()).collect(),
        attributes: header.iter().copied().zip(fields.iter().copied()).skip(COLUMNS.len()).collect(),
    })
}

/// Adds the entry; what it says that an earlier entry already said is a problem, and the earlier one keeps it.
fn add(list: &mut CodeList, entry: CodeEntry) -> Vec<String> {
    let mut problems = Vec::new();
    let index = list.entries.len();
    if list.by_code.contains_key(entry.code) {
        return vec![format!("the code {} stands twice", entry.code)];
    }
    list.by_code.insert(entry.code, index);
    for label in [entry.zh, entry.en, entry.code].into_iter().chain(entry.aliases.iter().copied()) {
        let earlier = *list.by_label.entry(fold(label)).or_insert(index);
        if earlier != index {
            problems.push(format!("{label} already means {}", list.entries[earlier].code));
        }
    }
    list.entries.push(entry);
    problems
}
