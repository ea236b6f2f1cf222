//! `wish release`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Gives claimed units back to the pool
#[derive(Debug, clap::Args)]
pub struct Release {
    /// The wish, whose latest claim is meant, or the claim itself
    #[arg(value_name = "ID")]
    claim: String,
    /// Why: cannot_supply, over_budget, mistaken, other_chosen, no_contact, beneficiary_declined, other
    #[arg(long, value_name = "REASON", default_value = "other")]
    reason: String,
}

impl Run for Release {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let claim = ids::claim(desk, &self.claim)?;
        let reason = words::code_in("release_reason", "reason", &self.reason)?;
        super::commit_claim(desk, io, claim, Command::ReleaseClaim { claim, reason })
    }
}
