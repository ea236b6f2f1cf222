//! What is wrong with a cell of a roster.

use crate::domain::codes;
use crate::domain::field::{Field, FieldKind};
use crate::domain::id_number::IdNumberError;
use crate::domain::money::MoneyError;
use crate::domain::refusal::Refusal;
use crate::domain::text::TextError;
use crate::i18n::{Explain, Lang, roster as words};
use crate::roster::date::DateError;
use crate::roster::place::PlaceFault;

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// Nothing there.
    #[error("required")]
    Required {
        /// The column's heading.
        heading: String,
    },
    /// An ID number that is none.
    #[error(transparent)]
    IdNumber(#[from] IdNumberError),
    /// The ID number says another birth date.
    #[error("the ID number says another birth date")]
    BirthMismatch,
    /// The ID number says another sex.
    #[error("the ID number says another sex")]
    SexMismatch,
    /// An amount that is none.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A date that is none.
    #[error(transparent)]
    Date(#[from] DateError),
    /// A text that may not come in.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Characters that could not be decoded.
    #[error("characters that could not be decoded")]
    Garbled,
    /// A long number whose last digits a spreadsheet program has dropped.
    #[error("the last digits were lost")]
    DigitsLost,
    /// A whole number was expected.
    #[error("not a whole number")]
    Count,
    /// Yes or no was expected.
    #[error("neither yes nor no")]
    Flag,
    /// An error value of a formula, such as `#REF!`.
    #[error("a formula failed: {0}")]
    FormulaError(&'static str),
    /// A word that the code list does not have.
    #[error("not in the code list")]
    UnknownCode {
        /// The field.
        field: &'static Field,
    },
    /// The same household or person stood in an earlier row.
    #[error("the same as row {row}")]
    Duplicate {
        /// The earlier row.
        row: u32,
        /// Whether all columns of both rows say the same.
        same: bool,
    },
    /// The household named is in no file and not on the register.
    #[error("no such household")]
    NoHousehold,
    /// Called head, but the household's head has another ID number.
    #[error("not the head of this household")]
    NotTheHead,
    /// A place that is no region of the device's territory.
    #[error(transparent)]
    Place(#[from] PlaceFault),
    /// What the record's own rules refuse.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// The first entries of the field's code list, for a remedy.
fn choices(field: &Field, lang: Lang) -> String {
    const SHOWN: usize = 8;
    let FieldKind::Code(name) = field.kind else { return String::new() };
    let entries = codes::list(name).map(|list| list.entries()).unwrap_or_default();
    let labels: Vec<&str> = entries.iter().take(SHOWN).map(|entry| entry.label(lang)).collect();
    let more = if entries.len() > SHOWN { "…" } else { "" };
    labels.join(lang.pick("、", ", ")) + more
}

impl Explain for Fault {
    fn code(&self) -> &str {
        match self {
            Fault::Required { .. } => "required",
            Fault::IdNumber(error) => error.code(),
            Fault::BirthMismatch => "id_number.birth_mismatch",
            Fault::SexMismatch => "id_number.sex_mismatch",
            Fault::Money(error) => error.code(),
            Fault::Date(error) => error.code(),
            Fault::Text(error) => error.code(),
            Fault::Garbled => "text.garbled",
            Fault::DigitsLost => "number.damaged",
            Fault::Count => "count.invalid",
            Fault::Flag => "flag.invalid",
            Fault::FormulaError(_) => "cell.error_value",
            Fault::UnknownCode { .. } => "code.unknown",
            Fault::Duplicate { .. } => "duplicate",
            Fault::NoHousehold => "member.no_household",
            Fault::NotTheHead => "member.not_the_head",
            Fault::Place(fault) => fault.code(),
            Fault::Refused(refusal) => refusal.code(),
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            Fault::Required { heading } => words::fault_required(lang, heading),
            Fault::IdNumber(error) => error.message(lang),
            Fault::BirthMismatch => words::fault_birth_mismatch(lang).into(),
            Fault::SexMismatch => words::fault_sex_mismatch(lang).into(),
            Fault::Money(error) => error.message(lang),
            Fault::Date(error) => error.message(lang),
            Fault::Text(error) => error.message(lang),
            Fault::Garbled => words::fault_garbled(lang).into(),
            Fault::DigitsLost => words::fault_digits_lost(lang).into(),
            Fault::Count => words::fault_count(lang).into(),
            Fault::Flag => words::fault_flag(lang).into(),
            Fault::FormulaError(value) => words::fault_formula(lang, value),
            Fault::UnknownCode { field } => words::fault_unknown_code(lang, field.label(lang)),
            Fault::Duplicate { row, same: true } => words::fault_duplicate_same(lang, *row),
            Fault::Duplicate { row, same: false } => words::fault_duplicate_other(lang, *row),
            Fault::NoHousehold => words::fault_no_household(lang).into(),
            Fault::NotTheHead => words::fault_not_the_head(lang).into(),
            Fault::Place(fault) => fault.message(lang),
            Fault::Refused(refusal) => refusal.message(lang),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self {
            Fault::Required { heading } => words::remedy_required(lang, heading),
            Fault::IdNumber(error) => error.remedy(lang),
            Fault::BirthMismatch => words::remedy_birth_mismatch(lang).into(),
            Fault::SexMismatch => words::remedy_sex_mismatch(lang).into(),
            Fault::Money(error) => error.remedy(lang),
            Fault::Date(error) => error.remedy(lang),
            Fault::Text(error) => error.remedy(lang),
            Fault::Garbled => words::remedy_garbled(lang).into(),
            Fault::DigitsLost => words::remedy_digits_lost(lang).into(),
            Fault::Count => words::remedy_count(lang).into(),
            Fault::Flag => words::remedy_flag(lang).into(),
            Fault::FormulaError(_) => words::remedy_formula(lang).into(),
            Fault::UnknownCode { field } => words::remedy_unknown_code(lang, &choices(field, lang)),
            Fault::Duplicate { same: true, .. } => words::remedy_duplicate_same(lang).into(),
            Fault::Duplicate { same: false, .. } => words::remedy_duplicate_other(lang).into(),
            Fault::NoHousehold => words::remedy_no_household(lang).into(),
            Fault::NotTheHead => words::remedy_not_the_head(lang).into(),
            Fault::Place(fault) => fault.remedy(lang),
            Fault::Refused(refusal) => refusal.remedy(lang),
        }
    }
}
