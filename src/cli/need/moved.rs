//! `need arrange`, `serve`, `deliver`, `recheck`, `escalate`, `archive`

use crate::cli::{Io, Outcome, ids};
use crate::desk::Desk;
use crate::domain::command::{Command, NeedAct};

/// What moves a need along when it is met without a wish.
#[derive(Debug, clap::Args)]
pub struct Moved {
    /// The need: id, beginning of an id, number
    #[arg(value_name = "ID")]
    need: String,
}

impl Moved {
    /// Does so.
    pub fn run(&self, act: NeedAct, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let need = ids::need(desk, &self.need)?;
        super::commit(desk, io, need, Command::MoveNeed { need, act })
    }
}
