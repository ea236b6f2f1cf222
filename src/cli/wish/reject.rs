//! `wish reject`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Returns a submitted card to its writer, with the reason
#[derive(Debug, clap::Args)]
pub struct Reject {
    /// The wish: id, beginning of an id, number
    #[arg(value_name = "ID")]
    wish: String,
    /// Why: identity_shown, too_large, unsuitable, incomplete, duplicate, covered, other
    #[arg(long, value_name = "REASON")]
    reason: String,
    /// In words
    #[arg(long, value_name = "TEXT", default_value = "")]
    remark: String,
}

impl Run for Reject {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let wish = ids::wish(desk, &self.wish)?;
        let reason = words::code_in("reject_reason", "reason", &self.reason)?;
        super::commit(desk, io, wish, Command::RejectWish { wish, reason, remark: self.remark.clone() })
    }
}
