//! `station …`

use super::keep::station as keep;
use super::{Io, Outcome, Run};
use crate::desk::Desk;

/// What can be done with stations.
#[derive(Debug, clap::Subcommand)]
pub enum Station {
    List(keep::List),
}

impl Run for Station {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Station::List(act) => act.run(desk, io),
        }
    }
}
