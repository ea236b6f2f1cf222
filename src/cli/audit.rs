//! `audit`

use serde_json::json;

use super::table::Table;
use super::{CliError, Io, Outcome, Run, words};
use crate::desk::Desk;
use crate::domain::id::WorkerId;
use crate::i18n::{cli as say, domain};
use crate::store::Finding;

/// Shows the audit trail: every command of this device, oldest first
///
/// It names records and fields, never their contents. --verify reads the whole trail and checks that no entry is
/// missing, changed or out of place.
#[derive(Debug, clap::Args)]
pub struct Audit {
    /// Only from this moment on: 2026-11-22, "2026-11-22 08:30", -7 days
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<String>,
    /// Check the chain of hashes instead
    #[arg(long)]
    verify: bool,
}

impl Run for Audit {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        if self.verify { verify(desk, io) } else { self.show(desk, io) }
    }
}

impl Audit {
    fn show(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let since = self.since.as_ref().map(|since| words::moment("since", since, io.now)).transpose()?;
        let lang = io.lang;
        let mut lines = Vec::new();
        desk.replica().trail(since, |line| lines.push(line))?;
        let mut table =
            Table::new([say::h_seq(lang), say::h_time(lang), say::h_by(lang), say::h_what(lang), say::h_about(lang)]);
        for line in &lines {
            let worker = line.worker.parse::<WorkerId>().ok();
            let name = worker.map(|id| desk.replica().read().reference.worker_name(id).to_owned()).unwrap_or_default();
            if io.json {
                let mut value = json!(line);
                value["worker_name"] = json!(name);
                io.value(&value)?;
                continue;
            }
            let about = line.subject.clone().unwrap_or_else(|| line.records.join(" "));
            let about = match &line.reason {
                Some(reason) => format!("{about} [{reason}]"),
                None => about,
            };
            table.row([
                line.seq.to_string(),
                line.at.to_minute(),
                name,
                domain::command(lang, line.what).to_owned(),
                about,
            ]);
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}

fn verify(desk: &Desk, io: &mut Io<'_>) -> Outcome {
    let store = desk.replica().store();
    let findings: Vec<Finding> = store.journal().verify(&mut |_, _| {})?;
    let last_hash: String = store.journal().last_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    let entries = store.last_seq() + 1 - store.first_seq();
    let value = json!({
        "verified": findings.is_empty(),
        "entries": entries,
        "first": store.first_seq(),
        "last": store.last_seq(),
        "last_hash": last_hash,
        "findings": findings,
    });
    let told = if findings.is_empty() {
        say::audit_whole(io.lang, entries, &last_hash)
    } else {
        findings.iter().map(|finding| finding.message(io.lang)).collect::<Vec<_>>().join(io.lang.pick("；", "; "))
    };
    io.answer(&value, told)?;
    if findings.is_empty() { Ok(()) } else { Err(CliError::AuditBroken.into()) }
}
