//! `wish close`

use crate::cli::{Io, Outcome, Run, ids};
use crate::desk::Desk;
use crate::domain::command::Command;

/// Takes a wish off the list once the beneficiary has confirmed it, and files its need
#[derive(Debug, clap::Args)]
pub struct Close {
    /// The wish: id, beginning of an id, number
    #[arg(value_name = "ID")]
    wish: String,
}

impl Run for Close {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let wish = ids::wish(desk, &self.wish)?;
        super::commit(desk, io, wish, Command::CloseWish { wish })
    }
}
