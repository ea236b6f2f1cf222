//! Which column holds what: the header row is found by the headings it knows, the sheet's kind by what they are, the
//! category of assistance and the town by title, file name and sheet name.

mod headings;
mod title;

use std::collections::HashSet;

pub use headings::{Role, normalise};
pub use title::Title;

use super::read::{Cell, Row, Sheet};

/// What the rows of a sheet are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SheetKind {
    /// A household each (家庭): the head by name and ID number, without its members.
    Household,
    /// A person each (人员), who names the household by its head's ID number.
    Member,
    /// A person each who is a household alone, as registers of 特困人员 have it.
    Single,
    /// A person each, with the household's columns beside them in the head's row or in all.
    Combined,
}

impl SheetKind {
    /// Stable name in reports.
    pub fn name(self) -> &'static str {
        match self {
            SheetKind::Household => "household",
            SheetKind::Member => "member",
            SheetKind::Single => "single",
            SheetKind::Combined => "combined",
        }
    }

    /// The name in error lists, which know households and persons only: `household`, or `member` for rows of persons.
    pub fn report_name(self) -> &'static str {
        if self == SheetKind::Household { "household" } else { "member" }
    }
}

/// What was found out about a sheet.
#[derive(Debug)]
pub struct Layout {
    /// What its rows are.
    pub kind: SheetKind,
    /// Position of the header row among the sheet's rows.
    pub header: usize,
    /// The columns, from left to right.
    pub columns: Vec<Column>,
    /// What title and notes above the header say.
    pub title: Title,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its place, from 0.
    pub index: usize,
    /// Its heading as it stands in the file.
    pub heading: String,
    /// What it holds; `None` for a heading that is not known or whose content another column holds better.
    pub role: Option<Role>,
}

/// A heading: its column, its text, and what it can mean.
type Found = (usize, String, &'static [headings::Match]);

/// Rows looked through for the header.
const HEADER_WITHIN: usize = 40;

/// Fewest known headings of a header row.
const FEWEST_HEADINGS: usize = 3;

impl Layout {
    /// Finds the layout of a sheet; `None` where no row looks like a roster's header.
    pub fn of(sheet: &Sheet) -> Option<Layout> {
        let (header, row) = header_row(sheet)?;
        let found: Vec<Found> = row
            .cells()
            .enumerate()
            .filter_map(|(index, cell)| match cell {
                Cell::Text(text) if !cell.is_blank() => Some((index, text.trim().to_owned(), headings::find(text))),
                _ => None,
            })
            .collect();
        let kind = kind(&found)?;
        let columns = assign(kind, found);
        let title = Title::read(sheet.rows().take(header), &sheet.name);
        Some(Layout { kind, header, columns, title })
    }

    /// The column of this role.
    pub fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == Some(role))
    }

    /// The headings that nothing is taken from.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|column| column.role.is_none()).map(|column| column.heading.as_str())
    }

    /// The rows that hold records: without title, header, repeated headers, totals, signatures and blank rows.
    pub fn rows<'s>(&'s self, sheet: &'s Sheet) -> impl Iterator<Item = (usize, Row<'s>)> {
        (self.header + 1..sheet.len())
            .filter_map(|index| Some((index, sheet.row(index)?)))
            .filter(|(_, row)| self.is_record(row))
    }

    fn is_record(&self, row: &Row<'_>) -> bool {
        let mut holds = false;
        let mut repeats = 0;
        for column in self.columns.iter().filter(|column| column.role.is_some_and(|role| role != Role::Ignored)) {
            let cell = row.cell(column.index);
            holds |= !cell.is_blank();
            repeats += usize::from(matches!(cell, Cell::Text(text) if text.trim() == column.heading));
        }
        holds && repeats < FEWEST_HEADINGS && !self.is_footer(row)
    }

    /// Totals and signatures: a telling first cell and no ID number.
    fn is_footer(&self, row: &Row<'_>) -> bool {
        const FIRST_WORDS: [&str; 12] =
            ["合计", "总计", "小计", "共计", "累计", "填表", "制表", "审核", "负责人", "经办人", "单位", "说明"];
        let ids = self.columns.iter().filter(|column| column.role.is_some_and(Role::is_id));
        if ids.into_iter().any(|column| !row.cell(column.index).is_blank()) {
            return false;
        }
        let first = row.cells().find(|cell| !cell.is_blank());
        let Some(Cell::Text(text)) = first else { return false };
        let text = normalise(text);
        FIRST_WORDS.iter().any(|word| text.starts_with(word))
    }
}

/// The row with the most known headings, the first of equals.
fn header_row(sheet: &Sheet) -> Option<(usize, Row<'_>)> {
    let score = |row: &Row<'_>| {
        let mut seen = HashSet::new();
        for cell in row.cells() {
            if let Cell::Text(text) = cell
                && let Some(found) = headings::find(text).first()
            {
                seen.insert(found.role);
            }
        }
        seen.len()
    };
    let rows = sheet.rows().take(HEADER_WITHIN).enumerate();
    let scored = rows.map(|(index, row)| (score(&row), index, row));
    let best = scored.max_by_key(|(score, index, _)| (*score, usize::MAX - index))?;
    (best.0 >= FEWEST_HEADINGS).then_some((best.1, best.2))
}

fn kind(found: &[Found]) -> Option<SheetKind> {
    let (mut head, mut own, mut listed, mut relation, mut of_household) = (false, false, false, false, 0);
    for (_, heading, matches) in found {
        for role in matches.iter().map(|found| found.role) {
            match role {
                Role::HeadName | Role::HeadId => head = true,
                Role::Member(field) if matches!(field.name, "name" | "id_number") => {
                    let of_members = normalise(heading).starts_with("家庭成员");
                    listed |= of_members;
                    own |= !of_members;
                }
                Role::Member(field) => relation |= field.name == "relation",
                Role::Household(field) => {
                    of_household += usize::from(!matches!(field.name, "phone" | "note" | "address"));
                }
                Role::Place(_) | Role::Ignored => {}
            }
        }
    }
    // 家庭成员姓名 beside the head, without relations, lists all members in one cell: the household's row it is.
    own |= listed && (relation || !head);
    Some(match (own, head) {
        (false, false) => return None,
        (false, true) => SheetKind::Household,
        (true, true) if of_household >= 2 => SheetKind::Combined,
        (true, true) => SheetKind::Member,
        (true, false) if relation => SheetKind::Combined,
        (true, false) => SheetKind::Single,
    })
}

/// Gives every column its role; where several could hold the same, the better known heading does.
fn assign(kind: SheetKind, found: Vec<Found>) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::with_capacity(found.len());
    let mut ranks: Vec<usize> = Vec::with_capacity(found.len());
    for (index, heading, matches) in found {
        let best = matches
            .iter()
            .filter(|found| found.role.fits(kind))
            .min_by_key(|found| (found.role.preference(kind), found.rank));
        let (mut role, rank) = best.map_or((None, 0), |found| (Some(found.role), found.rank));
        if let Some(wanted) = role.filter(|role| *role != Role::Ignored)
            && let Some(rival) = columns.iter().position(|column| column.role == Some(wanted))
        {
            if ranks[rival] <= rank {
                role = None;
            } else {
                columns[rival].role = None;
            }
        }
        columns.push(Column { index, heading, role });
        ranks.push(rank);
    }
    columns
}
