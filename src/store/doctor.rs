//! A look at everything a home consists of.

use serde::Serialize;

use super::envelope;
use super::error::{At, Part, Result, StoreError};
use super::index::IndexStats;
use super::report::{Finding, Severity};
use super::seal::Purpose;
use super::space::{DiskUsage, Room};
use super::{KeyKind, RowsPart, Seq, Store, snapshot};

/// The health of a home.
#[derive(Debug, Clone, Serialize)]
pub struct Health {
    /// What is wrong; empty when all is well.
    pub findings: Vec<Finding>,
    /// How the key is kept.
    pub key: KeyKind,
    /// The oldest entry in the journal.
    pub first_seq: Seq,
    /// The newest entry in the journal.
    pub last_seq: Seq,
    /// The entry that the index is as of.
    pub applied_seq: Seq,
    /// What the index holds.
    pub index: IndexStats,
    /// The entry that the newest snapshot is as of.
    pub snapshot_seq: Option<Seq>,
    /// The entry that the row file is as of.
    pub rows_seq: Option<Seq>,
    /// Names of what lies in the quarantine.
    pub quarantine: Vec<String>,
    /// Bytes by part.
    pub usage: DiskUsage,
    /// Room on the disk.
    pub room: Room,
    /// Whether compaction pays: the index takes over four times its live data.
    pub compaction_pays: bool,
    /// Why the store is read-only, if it is.
    pub read_only: Option<String>,
}

impl Health {
    /// Whether nothing needs attention.
    pub fn is_well(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity() == Severity::Notice) && self.read_only.is_none()
    }
}

/// Below this size an index is never worth compacting.
const SMALL_INDEX: u64 = 16 << 20;

impl Store {
    /// Reads and checks everything: both envelopes, every journal entry, every record, the snapshots, the rows.
    /// `progress` is told which part is being read, how much of it is done and how much there is. Applying batches
    /// waits while the index is read.
    pub fn doctor(&self, progress: &mut dyn FnMut(Part, u64, u64)) -> Result<Health> {
        let index = self.index()?;
        let stats = index.stats();
        let mut findings = Vec::new();
        if envelope::load(&self.home)?.needs_repair {
            findings.push(Finding::KeyCopyRepaired);
            envelope::save(&self.home, &envelope::load(&self.home)?.envelope)?;
        }
        findings.extend(self.journal.verify(&mut |done, total| progress(Part::Journal, done as u64, total as u64))?);
        match index.verify(&mut |done| progress(Part::Index, done, stats.records)) {
            Ok(()) => {}
            Err(StoreError::Corrupt { detail, .. }) => {
                findings.push(Finding::IndexDamaged { reason: detail, kept: None });
            }
            Err(error) => return Err(error),
        }
        let sealer = self.keys.sealer(Purpose::Snapshot);
        let mut snapshot_seq = None;
        for (seq, path) in snapshot::list(&self.home)? {
            let checked = snapshot::Opened::open(&*self.home.disk, &path).and_then(|opened| {
                opened.read(&sealer, |_, at| {
                    progress(Part::Snapshot, at, opened.size);
                    Ok(())
                })
            });
            match checked {
                Ok(()) => snapshot_seq = snapshot_seq.max(Some(seq)),
                Err(error) if snapshot::is_damage(&error) => {
                    findings.push(Finding::Unusable { part: Part::Snapshot, kept: None });
                }
                Err(error) => return Err(error),
            }
        }
        let rows_seq = match self.read_rows(RowsPart::All, |_, _| Ok(())) {
            Ok(rows) => rows.map(|(stamp, _)| stamp),
            Err(StoreError::Corrupt { .. }) => {
                findings.push(Finding::Unusable { part: Part::Rows, kept: None });
                None
            }
            Err(error) => return Err(error),
        };
        let usage = self.disk_usage()?;
        let room = self.room()?;
        if let Room::Low(free) | Room::Full(free) = room {
            findings.push(Finding::DiskLow { free });
        }
        Ok(Health {
            findings,
            key: self.key_kind(),
            first_seq: self.first_seq(),
            last_seq: self.last_seq(),
            applied_seq: index.applied_seq(),
            index: stats,
            snapshot_seq,
            rows_seq,
            quarantine: self.quarantined()?,
            usage,
            room,
            compaction_pays: usage.index > SMALL_INDEX && usage.index > 4 * usage.index_live,
            read_only: self.read_only().map(str::to_owned),
        })
    }

    /// Names of what lies in the quarantine.
    pub fn quarantined(&self) -> Result<Vec<String>> {
        let path = self.home.quarantine_path();
        match self.home.disk.list(&path) {
            Ok(listed) => Ok(listed.into_iter().map(|entry| entry.name).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error).at("read", &path),
        }
    }
}
