//! `wish withdraw`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Takes a wish out of the pool, with the reason
#[derive(Debug, clap::Args)]
pub struct Withdraw {
    /// The wish: id, beginning of an id, number
    #[arg(value_name = "ID")]
    wish: String,
    /// Why: covered, duplicate, untrue, unsuitable, other
    #[arg(long, value_name = "REASON")]
    reason: String,
    /// In words; required where the reason is other
    #[arg(long, value_name = "TEXT", default_value = "")]
    remark: String,
}

impl Run for Withdraw {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let wish = ids::wish(desk, &self.wish)?;
        let reason = words::code_in("reject_reason", "reason", &self.reason)?;
        super::commit(desk, io, wish, Command::WithdrawWish { wish, reason, remark: self.remark.clone() })
    }
}
