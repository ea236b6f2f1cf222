//! `need triage`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::change::FieldChange;
use crate::domain::command::Command;
use crate::domain::need::Need;
use crate::domain::value::Value;

/// Grades a need by urgency, kind of service and benefit period
#[derive(Debug, clap::Args)]
pub struct Triage {
    /// The need: id, beginning of an id, number
    #[arg(value_name = "ID")]
    need: String,
    /// Urgency: 1 critical, 2 urgent, 3 soon, 4 routine
    #[arg(long, value_name = "1-4")]
    urgency: Option<String>,
    /// Field of service: health, care, rehab, environment, living, family, spirit
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
    /// How long it helps: once, short, medium, long
    #[arg(long, value_name = "PERIOD")]
    benefit_period: Option<String>,
    /// Layer of need
    #[arg(long, value_name = "LAYER")]
    layer: Option<String>,
    /// Who should provide: gov, charity, both
    #[arg(long, value_name = "SIDE")]
    demand_side: Option<String>,
    /// By when: a date, or +7 days
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    due: Option<String>,
    /// Estimated value in yuan
    #[arg(long, value_name = "YUAN")]
    estimated: Option<String>,
}

impl Run for Triage {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let need = ids::need(desk, &self.need)?;
        let given = [
            ("urgency", &self.urgency),
            ("field", &self.field),
            ("kind", &self.kind),
            ("service", &self.service),
            ("item", &self.item),
            ("benefit_period", &self.benefit_period),
            ("layer", &self.layer),
            ("demand_side", &self.demand_side),
            ("due", &self.due),
            ("estimated", &self.estimated),
        ];
        let mut fields = Vec::new();
        for (field, typed) in given.into_iter().filter_map(|(field, typed)| Some((field, typed.as_ref()?))) {
            let after = words::value(Need::TABLE, field, typed, io.now)?;
            fields.push(FieldChange { field: field.to_owned(), before: Value::Null, after });
        }
        super::commit(desk, io, need, Command::TriageNeed { need, fields })
    }
}
