//! `wish confirm`

use crate::cli::need::By;
use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Confirms a fulfilled wish for the beneficiary and closes its need
#[derive(Debug, clap::Args)]
pub struct Confirm {
    /// The wish: id, beginning of an id, number
    #[arg(value_name = "ID")]
    wish: String,
    #[command(flatten)]
    by: By,
}

impl Run for Confirm {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let wish = ids::wish(desk, &self.wish)?;
        let confirmation = self.by.confirmation(desk)?;
        super::commit(desk, io, wish, Command::ConfirmWish { wish, confirmation })
    }
}
