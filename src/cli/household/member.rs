//! `household member …`

mod add;
mod amend;

use crate::cli::{Io, Outcome, Run};
use crate::desk::Desk;

/// What can be done with the members of a household.
#[derive(Debug, clap::Subcommand)]
pub enum Member {
    Add(add::Add),
    Amend(amend::Amend),
}

impl Run for Member {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Member::Add(act) => act.run(desk, io),
            Member::Amend(act) => act.run(desk, io),
        }
    }
}
