//! `server stock …`

use super::Bureau;
use crate::cli::keep::stock as keep;
use crate::cli::{Io, Outcome};

/// What can be done with stock.
#[derive(Debug, clap::Subcommand)]
pub enum Stock {
    Allot(keep::Allot),
    Return(keep::Return),
    List(keep::List),
}

impl Stock {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match self {
            Stock::Allot(act) => act.run(bureau, io),
            Stock::Return(act) => act.run(bureau, io),
            Stock::List(act) => act.run(bureau, io),
        }
    }
}
