//! `wish publish`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Puts a card into the pool
#[derive(Debug, clap::Args)]
pub struct Publish {
    /// The wish: id, beginning of an id, number
    #[arg(value_name = "ID")]
    wish: String,
    /// Last day in the pool: a date, or +30 days
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    until: Option<String>,
}

impl Run for Publish {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let wish = ids::wish(desk, &self.wish)?;
        let until = self.until.as_ref().map(|until| words::date("publish_until", until, io.now)).transpose()?;
        super::commit(desk, io, wish, Command::PublishWish { wish, until })
    }
}
