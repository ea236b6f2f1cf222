//! `undo`

use serde_json::json;

use super::{Io, Outcome, Run};
use crate::desk::Desk;
use crate::i18n::{cli as say, domain};

/// Takes back your latest command on this device
///
/// Given again, it goes one further back. What was shown in full and what was imported cannot be taken back.
#[derive(Debug, clap::Args)]
pub struct Undo {}

impl Run for Undo {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let (committed, what) = desk.undo()?;
        let records: Vec<String> = committed.changes.iter().map(|change| change.record().to_string()).collect();
        let value = json!({"undone": what, "seq": committed.id.seq, "records": records});
        io.answer(&value, say::undone(io.lang, domain::command(io.lang, what)))
    }
}
