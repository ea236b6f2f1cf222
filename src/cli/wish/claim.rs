//! `wish claim`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::claim;
use crate::domain::command::Command;
use crate::i18n::cli as say;

/// Claims units of a wish
///
/// Without a server's word a claim is tentative: it holds on this device, and the server may yet give the wish to
/// somebody who was first. With --standing the point holds the wish for donors who come by: the claim is settled with the
/// server beforehand, and `wish pass` names the donor even offline.
#[derive(Debug, clap::Args)]
pub struct Claim {
    /// The wish: id, beginning of an id, number
    #[arg(value_name = "ID")]
    wish: String,
    /// How many units
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=999))]
    units: u16,
    /// On whose behalf; else your own name
    #[arg(long, value_name = "NAME")]
    claimant: Option<String>,
    /// The claimant's telephone
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// Held by the point for donors who come by
    #[arg(long)]
    standing: bool,
}

impl Run for Claim {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let wish = ids::wish(desk, &self.wish)?;
        let mut claim = desk.new_claim(wish, self.units, "");
        claim.standing = self.standing;
        for (field, typed) in [("claimant", &self.claimant), ("claimant_phone", &self.phone)] {
            if let Some(typed) = typed {
                let value = words::value(claim::Claim::TABLE, field, typed, io.now)?;
                words::put(&mut claim, field, value)?;
            }
        }
        let id = claim.id;
        super::commit_claim(desk, io, id, Command::ClaimWish { claim: Box::new(claim) })?;
        io.remark(say::tentative_remark(io.lang));
        Ok(())
    }
}
