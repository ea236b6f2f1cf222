//! `worker add`

use serde_json::json;

use crate::cli::{Fault, Io, Outcome, Run, words};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::domain::id::WorkerId;
use crate::domain::record::Record;
use crate::domain::worker::{Role, Worker};
use crate::i18n::cli as say;

/// Puts a worker on the list, for visits made together and needs confirmed by two
#[derive(Debug, clap::Args)]
pub struct Add {
    #[command(flatten)]
    worker: NewWorker,
}

/// Who a worker is, as every command that registers one asks for it.
#[derive(Debug, clap::Args)]
pub struct NewWorker {
    /// The worker's name
    #[arg(value_name = "NAME")]
    name: String,
    /// Role: grid_worker, village_cadre, party_member, social_worker, volunteer, clan_observer, department_officer,
    /// charity_officer, civil_affairs, auditor
    #[arg(long, value_name = "ROLE", default_value = "grid_worker")]
    role: String,
    /// Telephone
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
}

impl Run for Add {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let worker = self.worker.record(io)?;
        let (id, name, role) = (worker.id, worker.name.clone(), worker.role.code());
        let committed = desk.commit(Command::Register { record: Box::new(Record::Worker(worker)) })?;
        let value = json!({"id": id, "name": name, "role": role, "seq": committed.id.seq});
        io.answer(&value, say::worker_added(io.lang, &id.to_string(), &name))
    }
}

impl NewWorker {
    /// The new worker, without a territory.
    ///
    /// # Errors
    /// What was typed does not fit its field.
    pub fn record(&self, io: &Io<'_>) -> Result<Worker, Fault> {
        let mut worker = Worker { id: WorkerId::new(), active: true, ..Worker::default() };
        for (field, typed) in [("name", Some(&self.name)), ("phone", self.phone.as_ref())] {
            if let Some(typed) = typed {
                words::put(&mut worker, field, words::value(Worker::TABLE, field, typed, io.now)?)?;
            }
        }
        let role = words::code(Worker::TABLE, "role", &self.role)?;
        worker.role = Role::from_code(role.as_str()).unwrap_or_default();
        Ok(worker)
    }
}
