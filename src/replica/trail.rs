//! The audit trail: every command of this device, in order, as the journal has it.

use serde::Serialize;

use super::vault;
use super::{Logged, Replica, ReplicaError};
use crate::domain::command::Command;
use crate::domain::moment::Moment;
use crate::domain::worker::Role;

/// One line of the trail. It names records and fields, never their contents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrailLine {
    /// Number of the command on this device.
    pub seq: u64,
    /// When.
    pub at: Moment,
    /// Who, by id.
    pub worker: String,
    /// In which role.
    pub role: Role,
    /// What; see [`Command::name`].
    pub what: &'static str,
    /// The records touched.
    pub records: Vec<String>,
    /// The field revealed or the list disclosed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The reason given, where one is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Replica {
    /// Gives each command since a moment to `see`, oldest first.
    ///
    /// # Errors
    /// When an entry cannot be read.
    pub fn trail(&self, since: Option<Moment>, mut see: impl FnMut(TrailLine)) -> Result<(), ReplicaError> {
        for found in self.vault.store.entries_from(self.vault.store.first_seq()) {
            let (seq, bytes) = found?;
            let logged: Logged = vault::decode(&bytes)?;
            if since.is_none_or(|since| logged.entry.envelope.at >= since) {
                see(line(seq, &logged));
            }
        }
        Ok(())
    }
}

fn line(seq: u64, logged: &Logged) -> TrailLine {
    let envelope = &logged.entry.envelope;
    let (subject, reason) = match &envelope.command {
        Command::Reveal { record, field, reason, remark, .. } => {
            (Some(format!("{record} {field}")), Some(join(reason.as_str(), remark)))
        }
        Command::Disclose { what, rows, reason } => (Some(format!("{what} ({rows})")), Some(reason.clone())),
        Command::Undo { target, .. } => (Some(format!("#{}", target.seq)), None),
        _ => (None, None),
    };
    // Thousands of records of a bulk commit say no more than their number.
    let records = match logged.effects().len() {
        count if count > 20 => vec![format!("{count} records")],
        _ => logged.effects().iter().map(|change| change.record().to_string()).collect(),
    };
    TrailLine {
        seq,
        at: envelope.at,
        worker: envelope.worker.to_string(),
        role: envelope.role,
        what: envelope.command.name(),
        records,
        subject,
        reason,
    }
}

fn join(code: &str, remark: &str) -> String {
    if remark.is_empty() { code.to_owned() } else { format!("{code}: {remark}") }
}
