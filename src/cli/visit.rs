//! `visit …`

mod add;
mod due;
mod list;

use super::{Io, Outcome, Run};
use crate::desk::Desk;

/// What can be done with visits.
#[derive(Debug, clap::Subcommand)]
pub enum Visit {
    Add(Box<add::Add>),
    Due(due::Due),
    List(list::List),
}

impl Run for Visit {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Visit::Add(act) => act.run(desk, io),
            Visit::Due(act) => act.run(desk, io),
            Visit::List(act) => act.run(desk, io),
        }
    }
}
