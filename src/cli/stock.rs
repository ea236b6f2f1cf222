//! `stock …`

mod give;

use super::keep::stock as keep;
use super::{Io, Outcome, Run};
use crate::desk::Desk;

/// What can be done with stock.
#[derive(Debug, clap::Subcommand)]
pub enum Stock {
    List(keep::List),
    Give(give::Give),
    Allot(keep::Allot),
    Return(keep::Return),
}

impl Run for Stock {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Stock::List(act) => act.run(desk, io),
            Stock::Give(act) => act.run(desk, io),
            Stock::Allot(act) => act.run(desk, io),
            Stock::Return(act) => act.run(desk, io),
        }
    }
}
