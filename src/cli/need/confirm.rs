//! `need confirm`

use crate::cli::{CliError, Fault, Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::{Command, Confirmation};

/// Closes a need as met: the beneficiary confirms, or two workers where the beneficiary cannot
#[derive(Debug, clap::Args)]
pub struct Confirm {
    /// The need: id, beginning of an id, number
    #[arg(value_name = "ID")]
    need: String,
    #[command(flatten)]
    by: By,
}

/// Who confirms.
#[derive(Debug, clap::Args)]
pub struct By {
    /// Who confirms: beneficiary (a family member counts), or two_workers
    #[arg(long, value_name = "WHO", value_parser = ["beneficiary", "two_workers"])]
    by: Option<String>,
    /// The second worker, where the beneficiary cannot confirm: id or name
    #[arg(long, value_name = "WORKER")]
    second: Option<String>,
    /// What was said; with a second worker: why the beneficiary cannot, and what was seen
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
}

impl Run for Confirm {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let need = ids::need(desk, &self.need)?;
        let confirmation = self.by.confirmation(desk)?;
        super::commit(desk, io, need, Command::ConfirmNeed { need, confirmation })
    }
}

impl By {
    /// The confirmation. A second worker and the beneficiary exclude each other.
    pub fn confirmation(&self, desk: &Desk) -> Result<Confirmation, Fault> {
        let note = self.note.clone();
        match (self.by.as_deref(), &self.second) {
            (Some("beneficiary"), Some(second)) => Err(CliError::Value {
                option: "second",
                value: second.clone(),
                expected: ("由受助人确认时不填第二名工作人员", "no second worker where the beneficiary confirms"),
            }
            .into()),
            (_, Some(second)) => Ok(Confirmation::TwoWorkers { second: ids::worker(desk, second, "second")?, note }),
            (Some("two_workers"), None) => {
                Err(crate::domain::refusal::Refusal::at("second", crate::domain::refusal::Reason::SecondWorkerMissing)
                    .into())
            }
            (_, None) => Ok(Confirmation::Beneficiary { note }),
        }
    }
}
