//! `wish release`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::i18n::cli as say;

/// Gives claimed units back to the pool
#[derive(Debug, clap::Args)]
pub struct Release {
    /// The wish, whose latest claim is meant, or the claim itself
    #[arg(value_name = "ID")]
    claim: String,
    /// Why: cannot_supply, over_budget, mistaken, other_chosen, no_contact, beneficiary_declined, other
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// In words; required where the reason is other
    #[arg(long, value_name = "TEXT", default_value = "")]
    remark: String,
}

impl Run for Release {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let claim = ids::claim(desk, &self.claim)?;
        let remark = match (&self.reason, self.remark.as_str()) {
            // A script that gives no reason is on record as such.
            (None, "") => say::released_without_reason(io.lang).to_owned(),
            (_, remark) => remark.to_owned(),
        };
        let reason = words::code_in("release_reason", "reason", self.reason.as_deref().unwrap_or("other"))?;
        super::commit_claim(desk, io, claim, Command::ReleaseClaim { claim, reason, remark })
    }
}
