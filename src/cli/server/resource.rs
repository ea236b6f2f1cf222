//! `server resource …`

use super::Bureau;
use crate::cli::keep::resource as keep;
use crate::cli::{Io, Outcome};

/// What can be done with resources.
#[derive(Debug, clap::Subcommand)]
pub enum Resource {
    Add(keep::Add),
    List(keep::List),
    Amend(keep::Amend),
}

impl Resource {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match self {
            Resource::Add(act) => act.run(bureau, io),
            Resource::List(act) => act.run(bureau, io),
            Resource::Amend(act) => act.run(bureau, io),
        }
    }
}
