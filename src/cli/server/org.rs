//! `server org …`

use super::Bureau;
use crate::cli::keep::org as keep;
use crate::cli::{Io, Outcome};

/// What can be done with organisations.
#[derive(Debug, clap::Subcommand)]
pub enum Org {
    Add(keep::Add),
    List(keep::List),
    Amend(keep::Amend),
}

impl Org {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match self {
            Org::Add(act) => act.run(bureau, io),
            Org::List(act) => act.run(bureau, io),
            Org::Amend(act) => act.run(bureau, io),
        }
    }
}
