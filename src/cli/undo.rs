//! `undo`

use serde_json::json;

use super::{Io, Outcome, Run};
use crate::desk::Desk;
use crate::domain::mask;
use crate::i18n::{cli as say, domain};

/// Takes back your latest command on this device
///
/// Given again, it goes one further back. What was shown in full and what was imported cannot be taken back.
#[derive(Debug, clap::Args)]
pub struct Undo {}

impl Run for Undo {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let (committed, command, about) = desk.undo(io.now)?;
        let records: Vec<String> = committed.changes.iter().map(|change| change.record().to_string()).collect();
        let (what, about) = (command.name(), about.map(|about| about.told(mask::name)));
        let value = json!({"undone": what, "about": about, "seq": committed.id.seq, "records": records});
        let told = say::undone(io.lang, domain::command(io.lang, what));
        io.answer(&value, about.map(|about| format!("{told}  {about}")).unwrap_or(told))
    }
}
