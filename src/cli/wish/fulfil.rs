//! `wish fulfil`

use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Records that a claim was fulfilled
#[derive(Debug, clap::Args)]
pub struct Fulfil {
    /// The wish, whose latest claim is meant, or the claim itself
    #[arg(value_name = "ID")]
    claim: String,
    /// How
    #[arg(long, value_name = "TEXT", default_value = "")]
    evidence: String,
}

impl Run for Fulfil {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let claim = ids::claim(desk, &self.claim)?;
        super::commit_claim(desk, io, claim, Command::FulfilClaim { claim, evidence: self.evidence.clone() })
    }
}
