//! `compact`

use serde_json::json;

use super::{Io, Outcome, Run};
use crate::desk::Desk;
use crate::i18n::cli as say;

/// Writes the records anew and gives disk space back
///
/// Nothing is lost: the audit trail stays whole. Worth it when doctor says so.
#[derive(Debug, clap::Args)]
pub struct Compact {}

impl Run for Compact {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let store = desk.replica().store().clone();
        // The journal is the audit trail, and undo reads it: all of it is kept.
        let keep = store.first_seq();
        let done = store.compact(keep, &mut |done, total| io.progress(&say::copying(lang, done, total)))?;
        io.progress_done();
        io.answer(&json!(done), say::compacted(lang, done.records, done.before / 1024, done.after / 1024))
    }
}
