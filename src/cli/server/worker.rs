//! `server worker …`

use serde_json::json;

use super::{Bureau, territory};
use crate::cli::table::Table;
use crate::cli::worker::NewWorker;
use crate::cli::{Fault, Io, Outcome};
use crate::domain::command::Command;
use crate::domain::id::WorkerId;
use crate::domain::record::Record;
use crate::domain::worker::Worker as Person;
use crate::i18n::cli as say;
use crate::sync::protocol::Outcome as Verdict;

/// What can be done with workers.
#[derive(Debug, clap::Subcommand)]
pub enum Worker {
    Add(Add),
    List(List),
}

impl Worker {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match self {
            Worker::Add(act) => act.run(bureau, io),
            Worker::List(act) => act.run(bureau, io),
        }
    }
}

/// Registers a worker of the county
#[derive(Debug, clap::Args)]
pub struct Add {
    #[command(flatten)]
    worker: NewWorker,
    /// Territory, by the code of a village, town or county; may be given several times
    #[arg(long, value_name = "CODE")]
    territory: Vec<String>,
}

impl Add {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let regions = self.territory.iter().map(|code| territory(code)).collect::<Result<_, _>>()?;
        let worker = Person { regions, ..self.worker.record(io)? };
        let (id, name, role) = (worker.id, worker.name.clone(), worker.role.code());
        register(bureau, io, Record::Worker(worker))?;
        let value = json!({"id": id, "name": name, "role": role, "territories": self.territory});
        io.answer(&value, say::worker_added(io.lang, &id.to_string(), &name))
    }
}

/// Lists the workers of the county
#[derive(Debug, clap::Args)]
pub struct List {
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl List {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let headings = [say::h_name(lang), say::h_role(lang), say::h_territory(lang), say::h_id(lang)];
        let mut table = Table::new(headings);
        for worker in workers(bureau)?.into_iter().take(self.limit.unwrap_or(usize::MAX)) {
            let regions: Vec<String> = worker.regions.iter().map(ToString::to_string).collect();
            if io.json {
                io.value(&json!({
                    "id": worker.id,
                    "name": worker.name,
                    "role": worker.role,
                    "active": worker.active,
                    "territories": regions,
                }))?;
                continue;
            }
            table.row([
                worker.name.clone(),
                worker.role.label(lang).into_owned(),
                regions.join(" "),
                worker.id.to_string(),
            ]);
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}

/// Has the county register a record.
fn register(bureau: &Bureau<'_>, io: &Io<'_>, record: Record) -> Result<(), Fault> {
    let command = Command::Register { record: Box::new(record) };
    match bureau.authority.administer(io.now.at, WorkerId::default(), &command)? {
        Verdict::Refused { told, .. } => Err(Fault::Told(Box::new(told))),
        Verdict::Applied | Verdict::Merged { .. } => Ok(()),
    }
}

/// Every worker of the county, by id.
pub fn workers(bureau: &Bureau<'_>) -> Result<Vec<Person>, Fault> {
    let mut workers = Vec::new();
    super::each_reference(bureau, &mut |record| {
        if let Record::Worker(worker) = record
            && !worker.meta.deleted
        {
            workers.push(worker);
        }
    })?;
    Ok(workers)
}
