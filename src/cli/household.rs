//! `household …`

mod add;
mod amend;
pub mod facts;
mod list;
mod member;
mod show;

use super::{Io, Outcome, Run};
use crate::desk::Desk;
pub(in crate::cli) use show::dossier;

/// What can be done with households.
#[derive(Debug, clap::Subcommand)]
pub enum Household {
    Show(show::Show),
    List(list::List),
    Add(add::Add),
    Amend(amend::Amend),
    /// Adds members to a household and amends their facts
    #[command(subcommand)]
    Member(member::Member),
}

impl Run for Household {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Household::Show(act) => act.run(desk, io),
            Household::List(act) => act.run(desk, io),
            Household::Add(act) => act.run(desk, io),
            Household::Amend(act) => act.run(desk, io),
            Household::Member(act) => act.run(desk, io),
        }
    }
}

/// How many facts a command changed.
fn changed(committed: &crate::replica::Committed) -> usize {
    use crate::domain::change::Change;
    let fields = |change: &Change| if let Change::Update { fields, .. } = change { fields.len() } else { 0 };
    committed.changes.iter().map(fields).sum()
}
