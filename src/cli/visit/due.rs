//! `visit due`

use serde_json::json;

use crate::cli::table::Table;
use crate::cli::{Io, Outcome, Run, view, words};
use crate::desk::Desk;
use crate::domain::worker::Right;
use crate::i18n::cli as say;

/// Lists who is due or overdue for a visit, worst first
#[derive(Debug, clap::Args)]
pub struct Due {
    /// Due on or before this day: a date, or +7 days; today if not given
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    by: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Run for Due {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        desk.permit(Right::SeeCases)?;
        let today = io.now.today();
        let until = self.by.as_ref().map_or(Ok(today), |by| words::date("by", by, io.now))?;
        let agenda = desk.agenda(today, until);
        let memory = desk.replica().read();
        let headings = [say::h_due(io.lang), say::h_overdue(io.lang), say::h_last_visit(io.lang)];
        let mut table = Table::new(view::household_headings(io.lang).into_iter().chain(headings.map(str::to_owned)));
        for visit in agenda.visits.iter().take(self.limit.unwrap_or(usize::MAX)) {
            let Some(row) = memory.rows.get(visit.row) else { continue };
            if io.json {
                let mut value = view::household(&memory, &row);
                value.insert("due".to_owned(), json!(view::day(visit.due)));
                value.insert("overdue_days".to_owned(), json!(visit.overdue));
                value.insert("last_visit".to_owned(), json!(view::day(row.fixed().last_visit)));
                io.value(&value)?;
            } else {
                let mut cells = view::household_cells(&memory, &row, io.lang);
                cells.push(view::day_text(visit.due));
                cells.push(if visit.overdue > 0 { visit.overdue.to_string() } else { String::new() });
                cells.push(view::day_text(row.fixed().last_visit));
                table.row(cells);
            }
        }
        if !io.json {
            io.table(&table)?;
            io.line(say::due_sum(io.lang, agenda.visits.len(), agenda.overdue))?;
        }
        Ok(())
    }
}
