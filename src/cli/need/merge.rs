//! `need merge`

use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Joins a need to another one of the same household
#[derive(Debug, clap::Args)]
pub struct Merge {
    /// The need that ends
    #[arg(value_name = "ID")]
    need: String,
    /// The need that goes on
    #[arg(long, value_name = "ID")]
    into: String,
}

impl Run for Merge {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let need = ids::need(desk, &self.need)?;
        let into = ids::need(desk, &self.into)?;
        super::commit(desk, io, need, Command::MergeNeed { need, into })
    }
}
