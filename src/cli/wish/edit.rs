//! `wish edit`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::change::FieldChange;
use crate::domain::command::Command;
use crate::domain::value::Value;
use crate::domain::wish::Wish;

/// Rewrites a card that is not published yet, or was returned
#[derive(Debug, clap::Args)]
pub struct Edit {
    /// The wish: id, beginning of an id, number
    #[arg(value_name = "ID")]
    wish: String,
    /// What the card says, up to 120 characters
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// Category
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    /// Ceiling of the cost in yuan
    #[arg(long, value_name = "YUAN")]
    ceiling: Option<String>,
    /// How many units can be claimed
    #[arg(long, value_name = "N")]
    units: Option<String>,
    /// Last day in the pool: a date, or +30 days
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    until: Option<String>,
}

impl Run for Edit {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let wish = ids::wish(desk, &self.wish)?;
        let mut fields = Vec::new();
        for (field, typed) in [
            ("card_text", &self.text),
            ("category", &self.category),
            ("ceiling", &self.ceiling),
            ("units", &self.units),
            ("publish_until", &self.until),
        ] {
            if let Some(typed) = typed {
                let after = words::value(Wish::TABLE, field, typed, io.now)?;
                fields.push(FieldChange { field: field.to_owned(), before: Value::Null, after });
            }
        }
        super::commit(desk, io, wish, Command::RewriteWish { wish, fields })
    }
}
