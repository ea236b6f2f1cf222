//! What a person should know about an import that is no error.

use crate::i18n::{Explain, Lang, roster as words};

/// Something noticed.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // the fields are what their names say; the variants say what was noticed
pub enum Notice {
    /// A hidden sheet was not read.
    HiddenSheet { file: String, sheet: String },
    /// A sheet has no header that looks like a roster's.
    SheetWithoutRoster { file: String, sheet: String },
    /// Columns from which nothing was taken.
    UnknownColumns { file: String, sheet: String, headings: Vec<String> },
    /// Cells with formulas: the value left beside them was read.
    Formulas { file: String, sheet: String, count: u64 },
    /// The household states another number of persons than it has rows.
    CountMismatch { at: At, stated: u16, rows: u16 },
    /// The head has no row among the persons, or a refused one: taken from the household's row.
    HeadFromHousehold { at: At },
    /// Household and person row give the head different names; the person row's was taken.
    HeadNames { at: At },
    /// The head's relation was stated as something else.
    RelationCorrected { at: At },
    /// A cause of hardship that the list does not have: kept as 其他 with the words in the remarks.
    CauseUnknown { at: At },
    /// On the register, of the same category and town, and not in the new roster.
    HouseholdMissing { archive_no: String, head_masked: String },
    /// A person of the household who is not in the new roster.
    MemberMissing { archive_no: String, name_masked: String },
    /// A person who moves from another household on the register.
    MemberMoved { at: At, from_archive_no: String, name_masked: String },
    /// The household has a new head.
    HeadChanged { at: At, archive_no: String },
    /// A region that is not known yet and will be added provisionally.
    NewPlace { name: String },
    /// So many further notices of this code were left out.
    More { code: String, count: usize },
}

/// Where in the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The file's name.
    pub file: String,
    /// The kind of sheet; see [`super::map::SheetKind::name`].
    pub sheet: &'static str,
    /// The row's number as the spreadsheet program shows it.
    pub row: u32,
    /// The column's heading.
    pub column: String,
}

impl Notice {
    /// Where it was noticed, when that is a row.
    pub fn at(&self) -> Option<&At> {
        match self {
            Notice::CountMismatch { at, .. }
            | Notice::HeadFromHousehold { at }
            | Notice::HeadNames { at }
            | Notice::RelationCorrected { at }
            | Notice::CauseUnknown { at }
            | Notice::MemberMoved { at, .. }
            | Notice::HeadChanged { at, .. } => Some(at),
            _ => None,
        }
    }

    /// The file and the sheet's name, when it is about a whole sheet.
    pub fn sheet(&self) -> Option<(&str, &str)> {
        match self {
            Notice::HiddenSheet { file, sheet }
            | Notice::SheetWithoutRoster { file, sheet }
            | Notice::UnknownColumns { file, sheet, .. }
            | Notice::Formulas { file, sheet, .. } => Some((file, sheet)),
            _ => None,
        }
    }
}

impl Explain for Notice {
    fn code(&self) -> &str {
        match self {
            Notice::HiddenSheet { .. } => "sheet.hidden",
            Notice::SheetWithoutRoster { .. } => "sheet.no_roster",
            Notice::UnknownColumns { .. } => "column.unknown",
            Notice::Formulas { .. } => "sheet.formulas",
            Notice::CountMismatch { .. } => "household.count_mismatch",
            Notice::HeadFromHousehold { .. } => "household.head_from_household",
            Notice::HeadNames { .. } => "household.head_name_differs",
            Notice::RelationCorrected { .. } => "member.relation_corrected",
            Notice::CauseUnknown { .. } => "household.cause_unknown",
            Notice::HouseholdMissing { .. } => "household.missing",
            Notice::MemberMissing { .. } => "member.missing",
            Notice::MemberMoved { .. } => "member.moved",
            Notice::HeadChanged { .. } => "household.head_changed",
            Notice::NewPlace { .. } => "region.provisional",
            Notice::More { code, .. } => code,
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            Notice::HiddenSheet { sheet, .. } => words::notice_hidden_sheet(lang, sheet),
            Notice::SheetWithoutRoster { sheet, .. } => words::notice_no_roster(lang, sheet),
            Notice::UnknownColumns { headings, .. } => {
                words::notice_unknown_columns(lang, &headings.join(lang.pick("、", ", ")))
            }
            Notice::Formulas { count, .. } => words::notice_formulas(lang, *count),
            Notice::CountMismatch { stated, rows, .. } => words::notice_count(lang, *stated, *rows),
            Notice::HeadFromHousehold { .. } => words::notice_head_from_household(lang).into(),
            Notice::HeadNames { .. } => words::notice_head_names(lang).into(),
            Notice::RelationCorrected { .. } => words::notice_relation(lang).into(),
            Notice::CauseUnknown { .. } => words::notice_cause(lang).into(),
            Notice::HouseholdMissing { archive_no, head_masked } => {
                words::notice_household_missing(lang, archive_no, head_masked)
            }
            Notice::MemberMissing { archive_no, name_masked } => {
                words::notice_member_missing(lang, archive_no, name_masked)
            }
            Notice::MemberMoved { from_archive_no, name_masked, .. } => {
                words::notice_member_moved(lang, name_masked, from_archive_no)
            }
            Notice::HeadChanged { archive_no, .. } => words::notice_head_changed(lang, archive_no),
            Notice::NewPlace { name } => words::notice_new_place(lang, name),
            Notice::More { count, .. } => words::notice_more(lang, *count),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self {
            Notice::HiddenSheet { .. } => words::notice_hidden_sheet_remedy(lang),
            Notice::SheetWithoutRoster { .. } | Notice::UnknownColumns { .. } => words::notice_columns_remedy(lang),
            Notice::Formulas { .. } => words::notice_formulas_remedy(lang),
            Notice::CountMismatch { .. } => words::notice_count_remedy(lang),
            Notice::HeadFromHousehold { .. } | Notice::HeadNames { .. } | Notice::RelationCorrected { .. } => {
                words::notice_head_remedy(lang)
            }
            Notice::CauseUnknown { .. } => words::notice_cause_remedy(lang),
            Notice::HouseholdMissing { .. } | Notice::MemberMissing { .. } => words::notice_missing_remedy(lang),
            Notice::MemberMoved { .. } | Notice::HeadChanged { .. } => words::notice_moved_remedy(lang),
            Notice::NewPlace { .. } => words::notice_new_place_remedy(lang),
            Notice::More { .. } => words::notice_more_remedy(lang),
        }
        .into()
    }
}
