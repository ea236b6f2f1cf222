//! `wish add`

use crate::cli::{Fault, Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::wish::Wish;

/// Writes a wish card from a verified need
///
/// The card must not give the person away: a name, number, door number or disease in its text is refused.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// The need: id, beginning of an id, number
    #[arg(long, value_name = "ID")]
    need: String,
    /// What the card says, up to 120 characters
    #[arg(long, value_name = "TEXT")]
    text: String,
    /// Category: appliance, daily, bedding, food, study, assistive, culture, furniture, repair, service, skill, other;
    /// else the need's class of item
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    /// Ceiling of the cost in yuan
    #[arg(long, value_name = "YUAN")]
    ceiling: Option<String>,
    /// How many units can be claimed; else the need's quantity
    #[arg(long, value_name = "N")]
    units: Option<u16>,
    /// Last day in the pool: a date, or +30 days
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    until: Option<String>,
    /// Why the household gets such a gift once more
    #[arg(long, value_name = "TEXT")]
    not_duplicate: Option<String>,
    /// Publish it at once
    #[arg(long)]
    publish: bool,
}

impl Run for Add {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let need = ids::need(desk, &self.need)?;
        let Some(Record::Need(need)) = desk.replica().record(RecordKey { kind: Kind::Need, id: need.into() }, None)?
        else {
            return Err(ids::not_found(Kind::Need, "need").into());
        };
        let mut wish = desk.new_wish(&need, io.now);
        self.fill(&mut wish, io)?;
        let id = wish.id;
        if self.publish {
            desk.commit(Command::WriteWish { wish: Box::new(wish) })?;
            return super::commit(desk, io, id, Command::PublishWish { wish: id, until: None });
        }
        super::commit(desk, io, id, Command::WriteWish { wish: Box::new(wish) })
    }
}

impl Add {
    fn fill(&self, wish: &mut Wish, io: &Io<'_>) -> Result<(), Fault> {
        for (field, typed) in [
            ("card_text", Some(&self.text)),
            ("category", self.category.as_ref()),
            ("ceiling", self.ceiling.as_ref()),
            ("publish_until", self.until.as_ref()),
            ("duplicate_reason", self.not_duplicate.as_ref()),
        ] {
            if let Some(typed) = typed {
                let value = words::value(Wish::TABLE, field, typed, io.now)?;
                words::put(wish, field, value)?;
            }
        }
        wish.units = self.units.unwrap_or(wish.units);
        Ok(())
    }
}
