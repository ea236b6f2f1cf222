//! `wish pass`

use crate::cli::{Io, Outcome, Run, ids, keep, words};
use crate::desk::Desk;
use crate::domain::claim::Claim;
use crate::domain::command::Command;
use crate::i18n::cli as say;

/// Names the donor of a wish that a point holds for whoever comes by
///
/// The point held the wish already, so this is certain even offline.
#[derive(Debug, clap::Args)]
pub struct Pass {
    /// The wish, whose latest claim is meant, or the claim itself
    #[arg(value_name = "ID")]
    claim: String,
    /// The donor
    #[arg(long, value_name = "NAME")]
    claimant: String,
    /// The donor's organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// The donor's telephone
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
}

impl Run for Pass {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let claim = ids::claim(desk, &self.claim)?;
        let mut donor = Claim::default();
        for (field, typed) in [("claimant", Some(&self.claimant)), ("claimant_phone", self.phone.as_ref())] {
            if let Some(typed) = typed {
                words::put(&mut donor, field, words::value(Claim::TABLE, field, typed, io.now)?)?;
            }
        }
        let org = self.org.as_ref().map(|text| keep::org(desk, text, "org")).transpose()?;
        let command = Command::PassClaim {
            claim,
            claimant: donor.claimant,
            claimant_org: org.flatten(),
            claimant_phone: donor.claimant_phone,
        };
        super::commit_claim(desk, io, claim, command)?;
        io.remark(say::passed_remark(io.lang));
        Ok(())
    }
}
