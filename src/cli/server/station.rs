//! `server station …`

use super::Bureau;
use crate::cli::keep::station as keep;
use crate::cli::{Io, Outcome};

/// What can be done with stations.
#[derive(Debug, clap::Subcommand)]
pub enum Station {
    Add(keep::Add),
    List(keep::List),
}

impl Station {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match self {
            Station::Add(act) => act.run(bureau, io),
            Station::List(act) => act.run(bureau, io),
        }
    }
}
