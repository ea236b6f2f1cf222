//! `need verify`

use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Finds a need valid
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The need: id, beginning of an id, number
    #[arg(value_name = "ID")]
    need: String,
    /// What was found
    #[arg(long, value_name = "TEXT", default_value = "")]
    findings: String,
}

impl Run for Verify {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let need = ids::need(desk, &self.need)?;
        super::commit(desk, io, need, Command::VerifyNeed { need, findings: self.findings.clone() })
    }
}
