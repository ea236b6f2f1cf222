//! The files of one import: read, their rosters found, and what holds for all rows of each.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::map::{Column, Layout, Role, SheetKind, Title};
use super::notice::Notice;
use super::read::{self, Limits, ReadError, Row, Sheet, Watch, Workbook};
use crate::domain::codes::{self, Code};
use crate::domain::household::Household;
use crate::domain::member::Member;
use crate::i18n::{Explain, Lang, roster as words};

/// How files are to be read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The category of all households, whatever titles and columns say; a code of `assist_category`.
    pub category: Option<Code>,
    /// Today, for dates that may not lie ahead.
    pub today: NaiveDate,
    /// What a file may cost.
    pub limits: Limits,
}

impl Options {
    /// The category that a person names by code, label or usual short form: `dibao`, 低保, 最低生活保障对象.
    pub fn category_named(name: &str) -> Option<Code> {
        codes::list("assist_category").and_then(|list| list.by_label(name)).map(|entry| entry.to_code())
    }

    /// Categories by the files themselves, the usual limits.
    pub fn on(today: NaiveDate) -> Options {
        Options { category: None, today, limits: Limits::STANDARD }
    }
}

/// Files with the rosters found in them.
#[derive(Debug)]
pub struct Source {
    books: Vec<Workbook>,
    tables: Vec<Table>,
    /// What was left aside.
    pub(super) notices: Vec<Notice>,
    pub(super) today: NaiveDate,
}

/// One roster: a sheet with its layout.
#[derive(Debug)]
pub(super) struct Table {
    book: usize,
    sheet: usize,
    pub(super) layout: Layout,
    /// What holds for every row that does not say otherwise.
    pub(super) title: Title,
}

/// Names a row of the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct RowRef {
    pub(super) table: u16,
    /// Position among the rows of the sheet that hold anything.
    pub(super) index: u32,
}

/// Files that were refused before any row was looked at.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file could not be read.
    #[error("{file}: {error}")]
    Read {
        /// The file's name.
        file: String,
        /// Why.
        error: ReadError,
    },
    /// No sheet of a file has a header that looks like a roster's.
    #[error("{file}: no roster")]
    NoRoster {
        /// The file's name.
        file: String,
    },
    /// A column is missing without which nobody can be told apart.
    #[error("{file}: no column {heading}")]
    MissingColumn {
        /// The file's name.
        file: String,
        /// The column's usual heading.
        heading: &'static str,
    },
    /// Neither file nor person said which category the households are of.
    #[error("{file}: no category")]
    NoCategory {
        /// The file's name.
        file: String,
    },
}

impl Source {
    /// Reads the files.
    ///
    /// # Errors
    /// The first file that is refused; nothing is taken from the others then, for an import is all or nothing.
    pub fn open(paths: &[PathBuf], options: &Options, watch: Watch<'_>) -> Result<Source, SourceError> {
        let mut books = Vec::with_capacity(paths.len());
        for path in paths {
            let book = read::file(path, &options.limits, watch).map_err(|error| {
                let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                SourceError::Read { file, error }
            })?;
            books.push(book);
        }
        Source::from_books(books, options)
    }

    /// Finds the rosters in files that were read.
    ///
    /// # Errors
    /// As [`Source::open`], except [`SourceError::Read`].
    pub fn from_books(books: Vec<Workbook>, options: &Options) -> Result<Source, SourceError> {
        let mut source = Source { books: Vec::new(), tables: Vec::new(), notices: Vec::new(), today: options.today };
        for (book, content) in books.iter().enumerate() {
            let before = source.tables.len();
            for (sheet, rows) in content.sheets.iter().enumerate() {
                source.look_at(book, sheet, content, rows, options)?;
            }
            if source.tables.len() == before {
                return Err(SourceError::NoRoster { file: content.name.clone() });
            }
        }
        source.books = books;
        Ok(source)
    }

    fn look_at(
        &mut self,
        book: usize,
        sheet: usize,
        content: &Workbook,
        rows: &Sheet,
        options: &Options,
    ) -> Result<(), SourceError> {
        let place = || (content.name.clone(), rows.name.clone());
        if rows.hidden {
            if !rows.is_empty() {
                let (file, sheet) = place();
                self.notices.push(Notice::HiddenSheet { file, sheet });
            }
            return Ok(());
        }
        let Some(layout) = Layout::of(rows) else {
            if !rows.is_empty() && content.sheets.len() > 1 {
                let (file, sheet) = place();
                self.notices.push(Notice::SheetWithoutRoster { file, sheet });
            }
            return Ok(());
        };
        if let Some(heading) = missing_column(&layout) {
            return Err(SourceError::MissingColumn { file: content.name.clone(), heading });
        }
        let mut title = layout.title.clone();
        title.fill(&content.name);
        if let Some(category) = &options.category {
            title.category = Some(category.clone());
        }
        let has_category = layout.column(Role::Household(category_field())).is_some();
        if layout.kind != SheetKind::Member && title.category.is_none() && !has_category {
            return Err(SourceError::NoCategory { file: content.name.clone() });
        }
        let unknown: Vec<String> = layout.unknown().map(str::to_owned).collect();
        if !unknown.is_empty() {
            let (file, sheet) = place();
            self.notices.push(Notice::UnknownColumns { file, sheet, headings: unknown });
        }
        if rows.formulas > 0 {
            let (file, sheet) = place();
            self.notices.push(Notice::Formulas { file, sheet, count: rows.formulas });
        }
        self.tables.push(Table { book, sheet, layout, title });
        Ok(())
    }

    /// The rosters found: file, sheet and kind of each.
    pub fn rosters(&self) -> impl Iterator<Item = (&str, &str, SheetKind)> {
        self.tables.iter().map(|table| {
            let book = &self.books[table.book];
            (book.name.as_str(), book.sheets[table.sheet].name.as_str(), table.layout.kind)
        })
    }

    pub(super) fn tables(&self) -> &[Table] {
        &self.tables
    }

    pub(super) fn table(&self, row: RowRef) -> &Table {
        &self.tables[usize::from(row.table)]
    }

    pub(super) fn sheet(&self, table: &Table) -> &Sheet {
        &self.books[table.book].sheets[table.sheet]
    }

    pub(super) fn file(&self, table: &Table) -> &str {
        &self.books[table.book].name
    }

    pub(super) fn row(&self, at: RowRef) -> Row<'_> {
        // Row references are only made from rows of these sheets, which never change.
        self.sheet(self.table(at)).row(at.index as usize).expect("a row reference points to a row")
    }

    /// The rows of records of all tables of these kinds.
    pub(super) fn rows(&self, kinds: &[SheetKind]) -> impl Iterator<Item = RowRef> {
        self.tables.iter().enumerate().filter(|(_, table)| kinds.contains(&table.layout.kind)).flat_map(
            move |(number, table)| {
                let rows = table.layout.rows(self.sheet(table));
                rows.map(move |(index, _)| RowRef { table: number as u16, index: index as u32 })
            },
        )
    }

    /// Whether any table has persons beside the heads.
    pub(super) fn has_members(&self) -> bool {
        self.tables.iter().any(|table| matches!(table.layout.kind, SheetKind::Member | SheetKind::Combined))
    }
}

impl Table {
    pub(super) fn column(&self, role: Role) -> Option<&Column> {
        self.layout.column(role)
    }
}

pub(super) fn category_field() -> &'static crate::domain::field::Field {
    Household::TABLE.field("category").expect("households have a category")
}

pub(super) fn member_field(name: &str) -> &'static crate::domain::field::Field {
    Member::TABLE.field(name).expect("named after the member's field table")
}

fn missing_column(layout: &Layout) -> Option<&'static str> {
    let lacks = |role: Role| layout.column(role).is_none();
    let (name, id) = (Role::Member(member_field("name")), Role::Member(member_field("id_number")));
    let relation = Role::Member(member_field("relation"));
    match layout.kind {
        SheetKind::Household if lacks(Role::HeadName) => Some("户主姓名"),
        SheetKind::Household | SheetKind::Member if lacks(Role::HeadId) => Some("户主身份证号"),
        SheetKind::Combined if lacks(Role::HeadId) && lacks(relation) => Some("户主身份证号"),
        SheetKind::Member | SheetKind::Single | SheetKind::Combined if lacks(name) => Some("姓名"),
        SheetKind::Single | SheetKind::Combined if lacks(id) => Some("身份证号"),
        _ => None,
    }
}

impl Explain for SourceError {
    fn code(&self) -> &str {
        match self {
            SourceError::Read { error, .. } => error.code(),
            SourceError::NoRoster { .. } => "roster.no_roster",
            SourceError::MissingColumn { .. } => "roster.missing_column",
            SourceError::NoCategory { .. } => "roster.no_category",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            SourceError::Read { file, error } => words::in_file(lang, file, &error.message(lang)),
            SourceError::NoRoster { file } => words::in_file(lang, file, words::source_no_roster(lang)),
            SourceError::MissingColumn { file, heading } => {
                words::in_file(lang, file, &words::source_missing_column(lang, heading))
            }
            SourceError::NoCategory { file } => words::in_file(lang, file, words::source_no_category(lang)),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self {
            SourceError::Read { error, .. } => error.remedy(lang),
            SourceError::NoRoster { .. } => words::remedy_no_roster(lang).into(),
            SourceError::MissingColumn { heading, .. } => words::remedy_missing_column(lang, heading),
            SourceError::NoCategory { .. } => words::remedy_no_category(lang).into(),
        }
    }
}
