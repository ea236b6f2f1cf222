//! `resource …`

use super::keep::resource as keep;
use super::{Io, Outcome, Run};
use crate::desk::Desk;

/// What can be done with resources.
#[derive(Debug, clap::Subcommand)]
pub enum Resource {
    Add(keep::Add),
    List(keep::List),
    Amend(keep::Amend),
}

impl Run for Resource {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Resource::Add(act) => act.run(desk, io),
            Resource::List(act) => act.run(desk, io),
            Resource::Amend(act) => act.run(desk, io),
        }
    }
}
