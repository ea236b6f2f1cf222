//! `wish connect`

use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Records that claimant and household were brought together
#[derive(Debug, clap::Args)]
pub struct Connect {
    /// The wish, whose latest claim is meant, or the claim itself
    #[arg(value_name = "ID")]
    claim: String,
}

impl Run for Connect {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let claim = ids::claim(desk, &self.claim)?;
        super::commit_claim(desk, io, claim, Command::ConnectClaim { claim })
    }
}
