//! `household amend`

use serde_json::json;

use super::facts;
use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::i18n::cli as say;

/// Amends facts of a household or of its members
#[derive(Debug, clap::Args)]
pub struct Amend {
    /// The household: id, beginning of an id, archive number
    #[arg(value_name = "ID")]
    household: String,
    /// The fact: household field, or MEMBER.FIELD; may be given several times; empty takes the content away
    #[arg(long, value_name = "[MEMBER.]FIELD=VALUE", required = true)]
    set: Vec<String>,
}

impl Run for Amend {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let household = ids::household(desk, &self.household)?;
        let amendments = facts::amendments(desk, household, &self.set, io)?;
        let committed = desk.commit(Command::Amend { household: Some(household), amendments })?;
        let value = json!({ "id": household, "changed": super::changed(&committed), "seq": committed.id.seq });
        io.answer(&value, say::household_amended(io.lang, &household.to_string(), super::changed(&committed)))
    }
}
