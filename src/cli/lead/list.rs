//! `lead list`

use serde_json::json;

use crate::cli::table::Table;
use crate::cli::{Io, Outcome, Run, view, words};
use crate::desk::Desk;
use crate::domain::codes;
use crate::domain::lead::Lead;
use crate::domain::mask;
use crate::domain::worker::Right;
use crate::i18n::cli as say;
use crate::replica::pools::LeadRow;

/// Lists leads, oldest first
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those in this state: open, verified, rejected
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Run for List {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        desk.permit(Right::ReportLead)?;
        let state = self.state.as_ref().map(|text| words::code(Lead::TABLE, "state", text)).transpose()?;
        let memory = desk.replica().read();
        let fits = |row: &&LeadRow| state.as_ref().is_none_or(|state| row.state.code() == state.as_str());
        let mut rows: Vec<&LeadRow> = memory.pools.leads.iter().filter(fits).collect();
        rows.sort_by_key(|row| (row.reported, row.id));
        let lang = io.lang;
        let mut table = Table::new([
            say::h_number(lang),
            say::h_content(lang),
            say::h_subject(lang),
            say::h_channel(lang),
            say::h_state(lang),
            say::h_reported(lang),
        ]);
        for row in rows.into_iter().take(self.limit.unwrap_or(usize::MAX)) {
            if io.json {
                io.value(&json!({
                    "id": row.id,
                    "no": row.no,
                    "household": row.household,
                    "subject": mask::name(&row.subject),
                    "content": row.content,
                    "region": row.region,
                    "channel": row.channel,
                    "state": row.state,
                    "reported": view::day(row.reported),
                }))?;
                continue;
            }
            table.row([
                row.no.clone(),
                row.content.clone(),
                mask::name(&row.subject),
                codes::label("discovery_channel", row.channel.as_str(), lang).into_owned(),
                row.state.label(lang).into_owned(),
                view::day_text(row.reported),
            ]);
        }
        drop(memory);
        if io.json { Ok(()) } else { io.table(&table) }
    }
}
