//! `need list`

use serde_json::json;

use crate::cli::table::Table;
use crate::cli::{Io, Outcome, Run, ids, view, words};
use crate::desk::Desk;
use crate::domain::codes;
use crate::domain::mask;
use crate::domain::need::Need;
use crate::domain::worker::Right;
use crate::i18n::cli as say;
use crate::replica::pools::NeedRow;

/// Lists needs, most urgent first
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those in this state; open stands for all that are not closed
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only those of one household
    #[arg(long, value_name = "ID")]
    household: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Run for List {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        desk.permit(Right::SeeCases)?;
        let household = self.household.as_ref().map(|text| ids::household(desk, text)).transpose()?;
        let state = match self.state.as_deref() {
            None | Some("open") => None,
            Some(text) => Some(words::code(Need::TABLE, "state", text)?),
        };
        let open = self.state.as_deref() == Some("open");
        let memory = desk.replica().read();
        let mut rows: Vec<&NeedRow> = memory
            .pools
            .needs
            .iter()
            .filter(|row| household.is_none_or(|household| row.household == household))
            .filter(|row| state.as_ref().is_none_or(|state| row.state.code() == state.as_str()))
            .filter(|row| !open || row.state.is_open())
            .collect();
        rows.sort_by(|a, b| (&a.urgency, a.reported_at, a.id).cmp(&(&b.urgency, b.reported_at, b.id)));
        let lang = io.lang;
        let mut table = Table::new([
            say::h_number(lang),
            say::h_title(lang),
            say::h_urgency(lang),
            say::h_state(lang),
            say::h_head(lang),
            say::h_archive(lang),
            say::h_reported(lang),
        ]);
        for row in rows.into_iter().take(self.limit.unwrap_or(usize::MAX)) {
            let of = memory.household(row.household);
            if io.json {
                io.value(&json!({
                    "id": row.id,
                    "no": row.no(),
                    "household": row.household,
                    "archive_no": of.map(|of| of.archive_no().to_owned()),
                    "head": of.map(|of| mask::name(of.head())),
                    "title": row.title(),
                    "field": row.field,
                    "urgency": row.urgency,
                    "state": row.state,
                    "reported": view::day(row.reported),
                    "due": view::day(row.due),
                }))?;
                continue;
            }
            table.row([
                row.no().to_owned(),
                row.title().to_owned(),
                codes::label("urgency", row.urgency.as_str(), lang).into_owned(),
                row.state.label(lang).into_owned(),
                of.map(|of| mask::name(of.head())).unwrap_or_default(),
                of.map(|of| of.archive_no().to_owned()).unwrap_or_default(),
                view::day_text(row.reported),
            ]);
        }
        drop(memory);
        if io.json { Ok(()) } else { io.table(&table) }
    }
}
