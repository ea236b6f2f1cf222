//! Rows are checked, households and persons joined. Every error is reported at its root and once: what only follows
//! from it (the members of a refused household) is skipped.
//!
//! A row is read into a record, judged, and dropped again; what stays is a few numbers a row, from which
//! [`Checked::family`] makes the records anew when they are wanted. So a city's roster fits into memory.

mod join;
mod sheets;

use std::ops::ControlFlow;

use super::family::Family;
use super::fault::Fault;
use super::map::Role;
use super::notice::{At, Notice};
use super::place::{Place, PlaceFault};
use super::read::{Phase, Watch};
use super::rows::{self, Located};
use super::source::{RowRef, Source};
use crate::domain::household::Household;
use crate::domain::id_number::IdNumber;
use crate::i18n::{Explain, Lang};

/// Errors that are kept with their place; beyond these they are only counted.
pub const MAX_PROBLEMS: usize = 20_000;

/// Notices of one code that are kept.
pub const MAX_NOTICES: usize = 200;

/// Checked rosters.
#[derive(Debug)]
pub struct Checked {
    pub(super) source: Source,
    pub(super) houses: Vec<House>,
    /// Sound persons, household by household.
    pub(super) persons: Vec<Person>,
    problems: Vec<Problem>,
    problems_beyond: usize,
    notices: Vec<Notice>,
    skipped: Vec<Skipped>,
    refused_households: usize,
    refused_members: usize,
}

/// A household that can be imported.
#[derive(Debug)]
pub(super) struct House {
    /// Its row; none where only persons are in the files and the household is on the register.
    pub(super) row: Option<RowRef>,
    pub(super) head: IdNumber,
    /// The head's row among the persons.
    pub(super) head_row: Option<RowRef>,
    /// How many persons the household's row states.
    stated_count: Option<u16>,
    /// Rows of persons that name this household, sound or not.
    named: u16,
    /// Its first person in [`Checked::persons`], and how many it has there.
    pub(super) first: u32,
    pub(super) count: u32,
}

/// A person's row that can be imported.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub(super) house: u32,
    pub(super) row: RowRef,
}

/// An error in a cell.
#[derive(Debug)]
pub struct Problem {
    row: RowRef,
    /// Position among the columns of the layout.
    column: Option<u16>,
    fault: Fault,
}

/// A row that is not imported because another one is refused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Skipped {
    pub(super) row: RowRef,
    /// The row at fault.
    pub(super) because: Option<RowRef>,
}

/// An error as it is reported.
#[derive(Debug, Clone, PartialEq)]
pub struct ProblemReport<'a> {
    /// The file's name.
    pub file: &'a str,
    /// `household` or `member`; see [`super::map::SheetKind::name`].
    pub sheet: &'static str,
    /// The sheet's name in the workbook.
    pub sheet_name: &'a str,
    /// The row's number as the spreadsheet program shows it.
    pub row: u32,
    /// The column's heading.
    pub column: &'a str,
    /// What the cell says, masked.
    pub value_masked: String,
    /// What is wrong.
    pub fault: &'a Fault,
}

/// The job was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// Checks all rows, for a device that works alone: households may lie in places that are not known yet, which get
/// provisional codes. `registered` tells whether a household with this head is on the register already, for files that
/// bring persons without their households.
///
/// # Errors
/// [`Stopped`] when the watch says so.
pub fn check(
    source: Source,
    registered: &mut dyn FnMut(&IdNumber) -> bool,
    watch: Watch<'_>,
) -> Result<Checked, Stopped> {
    check_within(source, registered, &mut |_| Ok(()), watch)
}

/// As [`check`], for a device of a county: `located` tells whether a household may lie in a place.
///
/// # Errors
/// As [`check`].
pub fn check_within(
    source: Source,
    registered: &mut dyn FnMut(&IdNumber) -> bool,
    located: &mut dyn FnMut(&Place) -> Result<(), PlaceFault>,
    watch: Watch<'_>,
) -> Result<Checked, Stopped> {
    let mut checked = Checked {
        houses: Vec::new(),
        persons: Vec::new(),
        problems: Vec::new(),
        problems_beyond: 0,
        notices: Vec::new(),
        skipped: Vec::new(),
        refused_households: 0,
        refused_members: 0,
        source,
    };
    sheets::read_all(&mut checked, registered, located, watch)?;
    for notice in std::mem::take(&mut checked.source.notices) {
        checked.notice(notice);
    }
    checked.notice_households();
    Ok(checked)
}

impl Checked {
    /// How many households can be imported.
    pub fn len(&self) -> usize {
        self.houses.len()
    }

    /// Whether no household can be imported.
    pub fn is_empty(&self) -> bool {
        self.houses.is_empty()
    }

    /// The records of the household at this position, made anew from its rows. Their ids are blank.
    pub fn family(&self, index: usize) -> Option<Family> {
        Some(Family::of(self, self.houses.get(index)?))
    }

    /// The files and sheets that were read.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// How many errors there are.
    pub fn error_count(&self) -> usize {
        self.problems.len() + self.problems_beyond
    }

    /// How many errors there are beyond the [`MAX_PROBLEMS`] that are listed.
    pub fn errors_beyond(&self) -> usize {
        self.problems_beyond
    }

    /// The errors, by file, sheet, row and column.
    pub fn problems(&self) -> impl Iterator<Item = ProblemReport<'_>> {
        self.problems.iter().map(|problem| self.report(problem))
    }

    /// What else a person should know.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Household rows with an error.
    pub fn refused_households(&self) -> usize {
        self.refused_households
    }

    /// Person rows with an error.
    pub fn refused_members(&self) -> usize {
        self.refused_members
    }

    /// Rows without an error that are not imported because another row is refused.
    pub fn skipped(&self) -> usize {
        self.skipped.len()
    }

    pub(super) fn skipped_rows(&self) -> &[Skipped] {
        &self.skipped
    }

    pub(super) fn located(&self) -> impl Iterator<Item = (RowRef, Option<u16>, &Fault)> {
        self.problems.iter().map(|problem| (problem.row, problem.column, &problem.fault))
    }

    fn report<'a>(&'a self, problem: &'a Problem) -> ProblemReport<'a> {
        let table = self.source.table(problem.row);
        let row = self.source.row(problem.row);
        let column = problem.column.and_then(|column| table.layout.columns.get(usize::from(column)));
        ProblemReport {
            file: self.source.file(table),
            sheet: table.layout.kind.report_name(),
            sheet_name: &self.source.sheet(table).name,
            row: row.number,
            column: column.map_or_else(|| required_heading(&problem.fault), |column| column.heading.as_str()),
            value_masked: column.map_or_else(String::new, |column| rows::masked(column.role, row.cell(column.index))),
            fault: &problem.fault,
        }
    }

    /// Where a row's column is, for a notice.
    pub(super) fn at(&self, row: RowRef, column: Option<usize>) -> At {
        let table = self.source.table(row);
        At {
            file: self.source.file(table).to_owned(),
            sheet: table.layout.kind.report_name(),
            row: self.source.row(row).number,
            column: column.and_then(|at| table.layout.columns.get(at)).map_or(String::new(), |c| c.heading.clone()),
        }
    }

    fn problem(&mut self, row: RowRef, located: Located) {
        if self.problems.len() >= MAX_PROBLEMS {
            self.problems_beyond += 1;
            return;
        }
        let column = located.column.map(|column| column as u16);
        self.problems.push(Problem { row, column, fault: located.fault });
    }

    pub(super) fn notice(&mut self, notice: Notice) {
        push_notice(&mut self.notices, notice);
    }

    /// Households whose persons are not as many as they state, or that have no row of their head.
    fn notice_households(&mut self) {
        if !self.source.has_members() {
            return;
        }
        let member_count = Household::TABLE.field("member_count").map(Role::Household);
        for index in 0..self.houses.len() {
            let house = &self.houses[index];
            let (Some(row), stated, rows) = (house.row, house.stated_count, house.named) else { continue };
            if house.head_row.is_none() && rows > 0 {
                let at = self.at(row, self.column(row, Role::HeadId));
                self.notice(Notice::HeadFromHousehold { at });
            }
            if let Some(stated) = stated.filter(|stated| *stated != rows) {
                let at = self.at(row, member_count.and_then(|role| self.column(row, role)));
                self.notice(Notice::CountMismatch { at, stated, rows });
            }
        }
    }

    /// The position in the layout of the column of this role.
    pub(super) fn column(&self, row: RowRef, role: Role) -> Option<usize> {
        rows::find(self.source.table(row), role).map(|(position, _)| position)
    }
}

/// Keeps [`MAX_NOTICES`] of each code and counts the rest.
pub(super) fn push_notice(notices: &mut Vec<Notice>, notice: Notice) {
    let code = notice.code().to_owned();
    let more = notices.iter_mut().rev().find_map(|held| match held {
        Notice::More { code: held, count } if *held == code => Some(count),
        _ => None,
    });
    if let Some(count) = more {
        *count += 1;
    } else if notices.iter().filter(|held| held.code() == code).count() < MAX_NOTICES {
        notices.push(notice);
    } else {
        notices.push(Notice::More { code, count: 1 });
    }
}

fn required_heading(fault: &Fault) -> &str {
    match fault {
        Fault::Required { heading } => heading,
        _ => "",
    }
}

impl Explain for Stopped {
    fn code(&self) -> &str {
        "roster.cancelled"
    }
    fn message(&self, lang: Lang) -> String {
        crate::i18n::roster::read_cancelled(lang).into()
    }
    fn remedy(&self, lang: Lang) -> String {
        crate::i18n::roster::remedy_cancelled(lang).into()
    }
}

/// Looks at the watch every so many rows.
pub(super) struct Pace {
    phase: Phase,
    done: u64,
    total: u64,
}

impl Pace {
    pub(super) fn new(phase: Phase, total: u64) -> Pace {
        Pace { phase, done: 0, total }
    }

    pub(super) fn step(&mut self, watch: &mut dyn FnMut(Phase, u64, u64) -> ControlFlow<()>) -> Result<(), Stopped> {
        const EVERY: u64 = 256;
        self.done += 1;
        if !self.done.is_multiple_of(EVERY) && self.done != self.total {
            return Ok(());
        }
        match watch(self.phase, self.done, self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stopped),
        }
    }
}
