//! `worker list`

use serde_json::json;

use crate::cli::table::Table;
use crate::cli::{Io, Outcome, Run};
use crate::desk::Desk;
use crate::domain::worker::Worker;
use crate::i18n::cli as say;

/// Lists workers; you are marked
#[derive(Debug, clap::Args)]
pub struct List {
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Run for List {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let you = desk.actor().worker;
        let memory = desk.replica().read();
        let mut workers: Vec<&Worker> =
            memory.reference.workers.values().map(|worker| &**worker).filter(|worker| !worker.meta.deleted).collect();
        workers.sort_by_key(|worker| (worker.id != you, worker.id));
        let mut table = Table::new(["", say::h_name(lang), say::h_role(lang), say::h_id(lang)]);
        for worker in workers.into_iter().take(self.limit.unwrap_or(usize::MAX)) {
            if io.json {
                io.value(&json!({
                    "id": worker.id,
                    "name": worker.name,
                    "role": worker.role,
                    "you": worker.id == you,
                }))?;
                continue;
            }
            let mark = if worker.id == you { "*" } else { "" };
            table.row([
                mark.to_owned(),
                worker.name.clone(),
                worker.role.label(lang).into_owned(),
                worker.id.to_string(),
            ]);
        }
        drop(memory);
        if io.json { Ok(()) } else { io.table(&table) }
    }
}
