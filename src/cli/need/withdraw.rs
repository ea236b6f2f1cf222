//! `need withdraw`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Takes a need back, with the reason
#[derive(Debug, clap::Args)]
pub struct Withdraw {
    /// The need: id, beginning of an id, number
    #[arg(value_name = "ID")]
    need: String,
    /// Why: untrue, incomplete, duplicate, out_of_scope, covered, unreachable, other
    #[arg(long, value_name = "REASON")]
    reason: String,
    /// In words; required where the reason is other
    #[arg(long, value_name = "TEXT", default_value = "")]
    remark: String,
}

impl Run for Withdraw {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let need = ids::need(desk, &self.need)?;
        let reason = words::code_in("reject_reason", "reason", &self.reason)?;
        super::commit(desk, io, need, Command::WithdrawNeed { need, reason, remark: self.remark.clone() })
    }
}
