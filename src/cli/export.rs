//! `export`

mod lists;

use std::path::PathBuf;

use serde_json::json;

use super::{Io, Outcome, Run};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::domain::worker::Right;
use crate::i18n::cli as say;
use crate::roster::export;
use crate::roster::read::unwatched;
use lists::List;

/// Writes a list as a workbook or as separated text
///
/// Identity is masked, unless --unmask is given with a reason; that is written into the audit trail before the file.
/// Nothing in a cell can run as a formula. CSV is UTF-8 with a byte order mark.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// Which list: households, members, visits, needs, wishes, leads
    #[arg(value_name = "KIND", value_parser = ["households", "members", "visits", "needs", "wishes", "leads"])]
    kind: String,
    /// The file, .xlsx or .csv; KIND-DATE.xlsx if not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write identity in full
    #[arg(long, requires = "reason")]
    unmask: bool,
    /// Why identity is needed
    #[arg(long, value_name = "TEXT", requires = "unmask")]
    reason: Option<String>,
}

impl Run for Export {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        desk.permit(Right::Export)?;
        let name = format!("{}-{}.xlsx", self.kind, io.now.today());
        let path = io.path(self.out.as_deref().unwrap_or_else(|| name.as_ref()));
        // Before anything is disclosed: whether the file can be written in this form at all.
        export::Format::of(&path)?;
        let list = List::of(&self.kind, self.unmask, io.lang);
        if self.unmask {
            let rows = list.count(desk);
            let reason = self.reason.clone().unwrap_or_default();
            desk.commit(Command::Disclose { what: self.kind.clone(), rows, reason })?;
        }
        let rows = export::write(&path, &list.table(), &mut list.rows(desk), &mut unwatched)?;
        let value = json!({"kind": self.kind, "file": path, "rows": rows, "masked": !self.unmask});
        io.answer(&value, say::exported(io.lang, &path.display().to_string(), rows))
    }
}
