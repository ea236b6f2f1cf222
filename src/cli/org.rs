//! `org …`

use super::keep::org as keep;
use super::{Io, Outcome, Run};
use crate::desk::Desk;

/// What can be done with organisations.
#[derive(Debug, clap::Subcommand)]
pub enum Org {
    List(keep::List),
}

impl Run for Org {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Org::List(act) => act.run(desk, io),
        }
    }
}
