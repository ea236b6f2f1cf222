//! `doctor`

use serde_json::json;

use super::{CliError, Io, Outcome, Run};
use crate::desk::Desk;
use crate::domain::moment::Moment;
use crate::i18n::cli as say;
use crate::replica::ReplicaError;
use crate::store::Health;
use crate::store::{Finding, Part, Severity};

/// Checks journal, records, key, clock and disk
///
/// Reads everything. --repair builds the index of records anew where it is damaged; damaged files are kept aside, never
/// deleted.
#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// Repair what can be repaired
    #[arg(long)]
    repair: bool,
}

/// A clock that is behind the latest command by more than this many milliseconds is wrong.
const TOLERANCE_MS: i64 = 5 * 60 * 1000;

impl Run for Doctor {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let mut health = examine(desk, io)?;
        let mut repaired: Vec<Finding> = Vec::new();
        if self.repair && health.findings.iter().any(concerns_index) {
            repaired = desk.replica().rebuild(io.now.today())?.findings;
            health = examine(desk, io)?;
        }
        let last_command = desk.replica().last_command_at()?;
        let clock_behind = last_command.is_some_and(|last| last.0 - io.now.at.0 > TOLERANCE_MS);
        let is_well = health.is_well() && !clock_behind;
        if io.json {
            let mut value = json!(health);
            value["well"] = json!(is_well);
            value["repaired"] = json!(repaired);
            value["clock"] = json!({"now": io.now.at, "last_command": last_command, "behind": clock_behind});
            io.value(&value)?;
        } else {
            tell(&health, &repaired, last_command.filter(|_| clock_behind), io)?;
        }
        if is_well { Ok(()) } else { Err(CliError::Unwell.into()) }
    }
}

fn examine(desk: &Desk, io: &mut Io<'_>) -> Result<Health, ReplicaError> {
    let lang = io.lang;
    let checked = desk.replica().store().doctor(&mut |part, done, total| {
        io.progress(&say::checking(lang, part.name(lang), done, total));
    });
    io.progress_done();
    Ok(checked?)
}

fn concerns_index(finding: &Finding) -> bool {
    matches!(finding, Finding::IndexDamaged { .. } | Finding::Unusable { part: Part::Index | Part::Record, .. })
}

fn tell(health: &Health, repaired: &[Finding], clock: Option<Moment>, io: &mut Io<'_>) -> Outcome {
    let lang = io.lang;
    for finding in health.findings.iter().chain(repaired) {
        let mark = if finding.severity() == Severity::Notice { "·" } else { "!" };
        io.line(format!("{mark} {}", finding.message(lang)))?;
    }
    if let Some(last) = clock {
        io.line(format!("! {}", say::clock_behind(lang, &last.to_minute())))?;
    }
    let usage = &health.usage;
    io.line(say::doctor_journal(lang, health.first_seq, health.last_seq, usage.journal / 1024))?;
    io.line(say::doctor_index(lang, health.index.records, usage.index / 1024, usage.index_live / 1024))?;
    io.line(say::doctor_disk(lang, usage.total / 1024, usage.free / (1 << 20)))?;
    if !health.quarantine.is_empty() {
        io.line(say::doctor_quarantine(lang, health.quarantine.len()))?;
    }
    if health.compaction_pays {
        io.line(say::doctor_compact(lang))?;
    }
    if health.is_well() && clock.is_none() {
        io.line(say::doctor_well(lang))?;
    }
    Ok(())
}
