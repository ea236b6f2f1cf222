//! `household member add`

use serde_json::json;

use crate::cli::household::facts;
use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::desk::register::{fill_in_by_id_number, new_member};
use crate::domain::command::Command;
use crate::domain::record::Record;
use crate::i18n::cli as say;

/// Registers one more member of a household
///
/// Date of birth and sex follow from the ID number. Whoever stands in another household has to leave that one first.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// The household: id, beginning of an id, archive number
    #[arg(value_name = "ID")]
    household: String,
    /// Name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Relation to the head
    #[arg(long, value_name = "RELATION")]
    relation: String,
    /// ID number
    #[arg(long, value_name = "NUMBER")]
    id_number: Option<String>,
    /// A further fact; may be given several times
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
}

impl Run for Add {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let household = ids::household(desk, &self.household)?;
        let mut member = new_member(household);
        let own =
            [("name", Some(&self.name)), ("relation", Some(&self.relation)), ("id_number", self.id_number.as_ref())];
        for (field, typed) in own {
            if let Some(typed) = typed {
                facts::put(desk, &mut member, field, typed, io)?;
            }
        }
        for fact in &self.set {
            let given = facts::given(fact)?;
            facts::put(desk, &mut member, given.field, given.typed, io)?;
        }
        fill_in_by_id_number(&mut member, io.now.today());
        let id = member.id;
        let committed = desk.commit(Command::Register { record: Box::new(Record::Member(member)) })?;
        let value = json!({ "id": id, "household": household, "seq": committed.id.seq });
        io.answer(&value, say::member_added(io.lang, &id.to_string()))
    }
}
