//! `find`

use serde_json::json;

use super::table::Table;
use super::{Io, Outcome, Run, view};
use crate::desk::Desk;
use crate::domain::worker::Right;
use crate::i18n::cli as say;
use crate::search::Field;

/// Finds households: by name, pinyin, initials, last four of an ID number, phone, archive number, village
///
/// Words in any order narrow the search: `上岙 zsf`. Best first; names are masked.
#[derive(Debug, clap::Args)]
pub struct Find {
    /// What to look for
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

impl Run for Find {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        desk.permit(Right::SeeCases)?;
        desk.replica().wait(true)?;
        let memory = desk.replica().read();
        let found = memory.search.find(&self.query.join(" "), self.limit);
        let mut table = Table::new(view::household_headings(io.lang).into_iter().chain([say::h_found(io.lang).into()]));
        for hit in &found.hits {
            let Some(row) = memory.rows.get(hit.row) else { continue };
            if io.json {
                let mut value = view::household(&memory, &row);
                value.insert("score".to_owned(), json!(hit.score));
                value.insert("matched".to_owned(), json!(field_name(hit.field)));
                io.value(&value)?;
            } else {
                let mut cells = view::household_cells(&memory, &row, io.lang);
                cells.push(say::found_in(io.lang, hit.field).to_owned());
                table.row(cells);
            }
        }
        if io.json {
            return Ok(());
        }
        if table.is_empty() {
            io.remark(say::nothing_found(io.lang));
            return Ok(());
        }
        io.table(&table)?;
        if found.total > found.hits.len() {
            io.remark(say::more_found(io.lang, found.total - found.hits.len()));
        }
        Ok(())
    }
}

fn field_name(field: Field) -> &'static str {
    match field {
        Field::Name => "name",
        Field::IdTail => "id_tail",
        Field::Phone => "phone",
        Field::ArchiveNo => "archive_no",
        Field::Village => "village",
        Field::Address => "address",
    }
}
