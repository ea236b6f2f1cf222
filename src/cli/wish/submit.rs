//! `wish submit`

use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Hands a card in for review
#[derive(Debug, clap::Args)]
pub struct Submit {
    /// The wish: id, beginning of an id, number
    #[arg(value_name = "ID")]
    wish: String,
}

impl Run for Submit {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let wish = ids::wish(desk, &self.wish)?;
        super::commit(desk, io, wish, Command::SubmitWish { wish })
    }
}
