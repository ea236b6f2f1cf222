//! `need add`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::domain::need::Need;

/// Registers what a household or a member needs
///
/// A like need of the same household is refused until --not-duplicate says why it is none.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// The household: id, beginning of an id, archive number
    #[arg(long, value_name = "ID")]
    household: String,
    /// What is needed, up to 60 characters
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// Field of service: health, care, rehab, environment, living, family, spirit; else that of the kind
    #[arg(long, value_name = "FIELD")]
    field: Option<String>,
    /// Kind of need, for example appliance, medical_cost, tuition
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Kind of service
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// Class of item, where goods are needed
    #[arg(long, value_name = "ITEM")]
    item: Option<String>,
    /// Urgency: 1 critical, 2 urgent, 3 soon, 4 routine
    #[arg(long, value_name = "1-4")]
    urgency: Option<String>,
    /// How long it helps: once, short, medium, long
    #[arg(long, value_name = "PERIOD")]
    benefit_period: Option<String>,
    /// How many
    #[arg(long, value_name = "N")]
    quantity: Option<u16>,
    /// Estimated value in yuan
    #[arg(long, value_name = "YUAN")]
    estimated: Option<String>,
    /// Whose need: name, place in the list of members, last four of the ID number
    #[arg(long, value_name = "MEMBER")]
    member: Option<String>,
    /// By when: a date, or +7 days
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    due: Option<String>,
    /// More about it
    #[arg(long, value_name = "TEXT")]
    detail: Option<String>,
    /// How it was found, for example others_visit, self_window
    #[arg(long, value_name = "CHANNEL")]
    source: Option<String>,
    /// Why it is not a duplicate
    #[arg(long, value_name = "TEXT")]
    not_duplicate: Option<String>,
}

impl Run for Add {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let household = ids::household(desk, &self.household)?;
        let mut need = desk.new_need(household, io.now);
        for (field, typed) in [
            ("title", Some(&self.title)),
            ("field", self.field.as_ref()),
            ("kind", self.kind.as_ref()),
            ("service", self.service.as_ref()),
            ("item", self.item.as_ref()),
            ("urgency", self.urgency.as_ref()),
            ("benefit_period", self.benefit_period.as_ref()),
            ("estimated", self.estimated.as_ref()),
            ("due", self.due.as_ref()),
            ("detail", self.detail.as_ref()),
            ("source", self.source.as_ref()),
            ("duplicate_reason", self.not_duplicate.as_ref()),
        ] {
            if let Some(typed) = typed {
                let value = words::value(Need::TABLE, field, typed, io.now)?;
                words::put(&mut need, field, value)?;
            }
        }
        need.quantity = self.quantity.unwrap_or(1);
        if need.field.is_empty() {
            need.field = Desk::field_of_need(&need.kind, &need.title);
        }
        if let Some(member) = &self.member {
            need.member = Some(ids::member(&*crate::cli::household::dossier(desk, household)?, member)?);
        }
        super::commit(desk, io, need.id, Command::RegisterNeed { need: Box::new(need) })
    }
}
