//! `household …`

mod list;
mod show;

use super::{Io, Outcome, Run};
use crate::desk::Desk;
pub(in crate::cli) use show::dossier;

/// What can be done with households.
#[derive(Debug, clap::Subcommand)]
pub enum Household {
    Show(show::Show),
    List(list::List),
}

impl Run for Household {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Household::Show(act) => act.run(desk, io),
            Household::List(act) => act.run(desk, io),
        }
    }
}
