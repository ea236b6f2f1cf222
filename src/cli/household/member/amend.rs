//! `household member amend`

use serde_json::json;

use crate::cli::household::{changed, dossier, facts};
use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::i18n::cli as say;

/// Amends facts of a member; whoever moved away or died gets the date in left_on
#[derive(Debug, clap::Args)]
pub struct Amend {
    /// The household: id, beginning of an id, archive number
    #[arg(value_name = "ID")]
    household: String,
    /// The member: name, place in the list of members, last four of the ID number
    #[arg(value_name = "MEMBER")]
    member: String,
    /// The fact; may be given several times; empty takes the content away
    #[arg(long, value_name = "FIELD=VALUE", required = true)]
    set: Vec<String>,
}

impl Run for Amend {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let household = ids::household(desk, &self.household)?;
        let member = ids::member(&*dossier(desk, household)?, &self.member)?;
        let of_member: Vec<String> = self.set.iter().map(|fact| format!("{member}.{fact}")).collect();
        let amendments = facts::amendments(desk, household, &of_member, io)?;
        let committed = desk.commit(Command::Amend { household: Some(household), amendments })?;
        let value = json!({
            "id": member,
            "household": household,
            "changed": changed(&committed),
            "seq": committed.id.seq,
        });
        io.answer(&value, say::member_amended(io.lang, &member.to_string(), changed(&committed)))
    }
}
