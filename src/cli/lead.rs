//! `lead …`

mod add;
mod list;
mod settle;

use super::{Io, Outcome, Run};
use crate::desk::Desk;

/// What can be done with leads.
#[derive(Debug, clap::Subcommand)]
pub enum Lead {
    Add(Box<add::Add>),
    Verify(settle::Verify),
    Reject(settle::Reject),
    List(list::List),
}

impl Run for Lead {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Lead::Add(act) => act.run(desk, io),
            Lead::Verify(act) => act.run(desk, io),
            Lead::Reject(act) => act.run(desk, io),
            Lead::List(act) => act.run(desk, io),
        }
    }
}
