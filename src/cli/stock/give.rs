//! `stock give`

use crate::cli::keep::stock::{allotment, tell};
use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Gives out stock that was set aside for a station, to a household that it serves
///
/// Works offline too. Where another device of the station was faster and nothing is left, the server refuses the later
/// one, which then waits in the inbox.
#[derive(Debug, clap::Args)]
pub struct Give {
    /// The allotment: id, beginning of an id, or the name of its resource
    #[arg(value_name = "ID")]
    allotment: String,
    /// The household: id, beginning of an id, archive number
    #[arg(long, value_name = "ID")]
    household: String,
    /// How much
    #[arg(long, value_name = "N", default_value_t = 1)]
    quantity: u32,
}

impl Run for Give {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let held = allotment(desk, &self.allotment)?;
        let household = ids::household(desk, &self.household)?;
        desk.commit(Command::SpendStock { allotment: held.id, household, quantity: self.quantity })?;
        tell(desk, io, held.id)
    }
}
