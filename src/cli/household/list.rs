//! `household list`

use serde_json::json;

use crate::cli::table::Table;
use crate::cli::{CliError, Fault, Io, Outcome, Run, view, words};
use crate::desk::Desk;
use crate::domain::codes;
use crate::domain::household::Household;
use crate::domain::worker::Right;
use crate::i18n::cli as say;
use crate::replica::Projection;
use crate::replica::projection::{category_code, grade_letter};
use crate::replica::rows::{NO_DAY, Row, day};

/// Lists households, by village and archive number
///
/// Filters: category=低保, risk=A, village=上岙村 (or a region code), due=overdue|today|DATE, visited=never,
/// needs=open, wishes=open. A category covers the ones below it; several filters must all hold.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only households that fit
    #[arg(long, value_name = "NAME=VALUE")]
    filter: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

enum Filter {
    Category(String),
    Risk(String),
    Region(String),
    DueBy(i32),
    Overdue(i32),
    NeverVisited,
    OpenNeeds,
    OpenWishes,
}

impl Run for List {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        desk.permit(Right::SeeCases)?;
        let filters = self.filter.iter().map(|text| parse(text, io)).collect::<Result<Vec<_>, Fault>>()?;
        let memory = desk.replica().read();
        let headings = [say::h_members(io.lang), say::h_last_visit(io.lang), say::h_next_due(io.lang)];
        let mut table = Table::new(view::household_headings(io.lang).into_iter().chain(headings.map(str::to_owned)));
        let order = memory.list_order();
        let rows = order.iter().filter_map(|number| memory.rows.get(*number));
        let rows = rows.filter(|row| filters.iter().all(|filter| filter.fits(&memory, row)));
        for row in rows.take(self.limit.unwrap_or(usize::MAX)) {
            let fixed = row.fixed();
            if io.json {
                let mut value = view::household(&memory, &row);
                value.insert("members".to_owned(), json!(fixed.members));
                value.insert("visits".to_owned(), json!(fixed.visits));
                value.insert("open_needs".to_owned(), json!(fixed.open_needs));
                value.insert("open_wishes".to_owned(), json!(fixed.open_wishes));
                value.insert("last_visit".to_owned(), json!(view::day(fixed.last_visit)));
                value.insert("next_due".to_owned(), json!(view::day(fixed.next_due)));
                io.value(&value)?;
            } else {
                let mut cells = view::household_cells(&memory, &row, io.lang);
                cells.push(fixed.members.to_string());
                cells.push(view::day_text(fixed.last_visit));
                cells.push(view::day_text(fixed.next_due));
                table.row(cells);
            }
        }
        if !io.json {
            io.table(&table)?;
        }
        Ok(())
    }
}

impl Filter {
    fn fits(&self, memory: &Projection, row: &Row<'_>) -> bool {
        let fixed = row.fixed();
        let due = fixed.next_due;
        match self {
            Filter::Category(code) => {
                codes::list("assist_category").is_some_and(|list| list.is_within(category_code(fixed.category), code))
            }
            Filter::Risk(letter) => grade_letter(fixed.grade) == letter,
            Filter::Region(wanted) => memory.region(fixed.region).is_some_and(|code| {
                code.as_str().starts_with(wanted.trim_end_matches('0'))
                    && wanted.bytes().all(|b| b.is_ascii_digit())
                    && !wanted.is_empty()
                    || memory.reference.region_name(code) == *wanted
                    || memory.reference.region_name(&code.town()) == *wanted
                    || memory.reference.place(code) == *wanted
            }),
            Filter::DueBy(day) => due != NO_DAY && due <= *day,
            Filter::Overdue(today) => due != NO_DAY && due < *today,
            Filter::NeverVisited => fixed.visits == 0,
            Filter::OpenNeeds => fixed.open_needs > 0,
            Filter::OpenWishes => fixed.open_wishes > 0,
        }
    }
}

fn parse(text: &str, io: &Io<'_>) -> Result<Filter, Fault> {
    let wrong = || {
        let expected = (
            "category=、risk=、village=、due=、visited=never、needs=open、wishes=open",
            "category=, risk=, village=, due=, visited=never, needs=open, wishes=open",
        );
        Fault::from(CliError::Value { option: "filter", value: text.to_owned(), expected })
    };
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    let value = value.trim();
    let today = day(io.now.today());
    Ok(match (name.trim(), value) {
        ("category", _) => Filter::Category(words::code(Household::TABLE, "category", value)?.as_str().to_owned()),
        ("risk", _) => {
            let grade = codes::list("risk_grade").and_then(|list| list.get(value).or_else(|| list.by_label(value)));
            Filter::Risk(grade.ok_or_else(wrong)?.code.to_owned())
        }
        ("village" | "region" | "town", _) if !value.is_empty() => Filter::Region(value.to_owned()),
        ("due", "overdue") => Filter::Overdue(today),
        ("due", _) => Filter::DueBy(day(words::date("due", value, io.now)?)),
        ("visited", "never") => Filter::NeverVisited,
        ("needs", "open") => Filter::OpenNeeds,
        ("wishes", "open") => Filter::OpenWishes,
        _ => return Err(wrong()),
    })
}
