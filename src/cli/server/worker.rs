//! `server worker …`

mod amend;

use serde_json::json;

use super::{Bureau, territory};
use crate::cli::keep::{self, all};
use crate::cli::table::Table;
use crate::cli::worker::NewWorker;
use crate::cli::{Fault, Io, Outcome};
use crate::domain::org::Org;
use crate::domain::worker::Worker as Person;
use crate::i18n::cli as say;

pub use amend::is_out_of_service;

/// What can be done with workers.
#[derive(Debug, clap::Subcommand)]
pub enum Worker {
    Add(Add),
    Amend(amend::Amend),
    List(List),
}

impl Worker {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match self {
            Worker::Add(act) => act.run(bureau, io),
            Worker::Amend(act) => act.run(bureau, io),
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
    /// The worker's organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
}

impl Add {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let regions = self.territory.iter().map(|code| territory(code)).collect::<Result<_, _>>()?;
        let org = self.org.as_ref().map(|text| keep::org(bureau, text, "org")).transpose()?.flatten();
        let worker = Person { regions, org, ..self.worker.record(io)? };
        let (id, name, role) = (worker.id, worker.name.clone(), worker.role.code());
        keep::register(bureau, io.now, worker)?;
        let value = json!({"id": id, "name": name, "role": role, "territories": self.territory, "org": org});
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
        let headings = [
            say::h_name(lang),
            say::h_role(lang),
            say::h_state(lang),
            say::h_org(lang),
            say::h_territory(lang),
            say::h_id(lang),
        ];
        let mut table = Table::new(headings);
        let orgs = all::<Org>(bureau)?;
        for worker in workers(bureau)?.into_iter().take(self.limit.unwrap_or(usize::MAX)) {
            let regions: Vec<String> = worker.regions.iter().map(ToString::to_string).collect();
            if io.json {
                io.value(&json!({
                    "id": worker.id,
                    "name": worker.name,
                    "role": worker.role,
                    "active": worker.active,
                    "territories": regions,
                    "org": worker.org,
                }))?;
                continue;
            }
            let org = orgs.iter().find(|org| Some(org.id) == worker.org).map(|org| org.name.clone());
            table.row([
                worker.name.clone(),
                worker.role.label(lang).into_owned(),
                say::in_service(lang, worker.is_in_service()).to_owned(),
                org.unwrap_or_default(),
                regions.join(" "),
                worker.id.to_string(),
            ]);
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}

/// Every worker of the county, by id.
pub fn workers(bureau: &Bureau<'_>) -> Result<Vec<Person>, Fault> {
    all(bureau)
}
