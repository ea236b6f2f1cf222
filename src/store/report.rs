//! What opening, checking or repairing a home found, as a list that can be shown or printed as JSON.

use std::path::PathBuf;

use serde::Serialize;

use super::Seq;
use super::error::Part;
use crate::i18n::{Lang, store as text};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Repaired or harmless; nothing that was acknowledged is lost.
    Notice,
    /// Needs attention soon; nothing that was acknowledged is lost.
    Warning,
    /// Something that was acknowledged is damaged or lost on this device.
    Loss,
}

/// One thing that was found. `kept` names the copy in the quarantine, where one could be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Finding {
    /// The journal ended in bytes that were never acknowledged (the machine stopped while writing); they were cut.
    TailCut {
        /// How many bytes.
        bytes: u64,
        /// The copy.
        kept: PathBuf,
    },
    /// The journal ended in a group (an import) that was never finished; it was cut.
    GroupCut {
        /// How many entries it had.
        entries: u64,
    },
    /// Entries that were acknowledged cannot be read any more.
    EntriesLost {
        /// The first.
        first: Seq,
        /// The last.
        last: Seq,
        /// The copy.
        kept: Option<PathBuf>,
    },
    /// An entry does not carry the hash of the one before it, or its seal is broken.
    ChainBroken {
        /// Its number.
        seq: Seq,
    },
    /// The header of a journal segment was damaged and was written again.
    SegmentHeaderRepaired {
        /// The first entry of the segment.
        first: Seq,
        /// The copy.
        kept: Option<PathBuf>,
    },
    /// A journal segment of another home lay among ours.
    ForeignSegment {
        /// Where it is now.
        kept: PathBuf,
    },
    /// One copy of the key envelope was damaged, absent or old, and was written again.
    KeyCopyRepaired,
    /// The pointer to the generation in use was damaged and was written again.
    PointerRepaired,
    /// The index was damaged and has been put aside; it is to be rebuilt.
    IndexDamaged {
        /// What was seen; no personal data.
        reason: String,
        /// Where it is now.
        kept: Option<PathBuf>,
    },
    /// The index was rebuilt.
    IndexRebuilt {
        /// From a snapshot of this seq (0: without one).
        base: Seq,
        /// Journal entries applied.
        entries: u64,
    },
    /// After a power cut the index was compared with its own sums and found whole.
    IndexVerified {
        /// How many records.
        records: u64,
    },
    /// The file of list rows, a snapshot or the checkpoint was damaged; it is not used.
    Unusable {
        /// Which.
        part: Part,
        /// Where it is now.
        kept: Option<PathBuf>,
    },
    /// Little room is left on the disk.
    DiskLow {
        /// Bytes free.
        free: u64,
    },
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Finding::EntriesLost { .. } | Finding::ChainBroken { .. } => Severity::Loss,
            Finding::IndexDamaged { .. } | Finding::DiskLow { .. } | Finding::ForeignSegment { .. } => {
                Severity::Warning
            }
            // A rebuild would have to do without it.
            Finding::Unusable { part: Part::Snapshot, .. } => Severity::Warning,
            Finding::TailCut { .. }
            | Finding::GroupCut { .. }
            | Finding::SegmentHeaderRepaired { .. }
            | Finding::KeyCopyRepaired
            | Finding::PointerRepaired
            | Finding::IndexRebuilt { .. }
            | Finding::IndexVerified { .. }
            | Finding::Unusable { .. } => Severity::Notice,
        }
    }

    /// The finding for a person.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Finding::TailCut { bytes, .. } => text::tail_cut(lang, *bytes),
            Finding::GroupCut { entries } => text::group_cut(lang, *entries),
            Finding::EntriesLost { first, last, .. } => text::entries_lost(lang, *first, *last),
            Finding::ChainBroken { seq } => text::chain_broken(lang, *seq),
            Finding::SegmentHeaderRepaired { first, .. } => text::segment_header_repaired(lang, *first),
            Finding::ForeignSegment { .. } => text::foreign_segment(lang).into(),
            Finding::KeyCopyRepaired => text::key_copy_repaired(lang).into(),
            Finding::PointerRepaired => text::pointer_repaired(lang).into(),
            Finding::IndexDamaged { .. } => text::index_damaged(lang).into(),
            Finding::IndexRebuilt { entries, .. } => text::index_rebuilt(lang, *entries),
            Finding::IndexVerified { records } => text::index_verified(lang, *records),
            Finding::Unusable { part, .. } => text::unusable(lang, part.name(lang)),
            Finding::DiskLow { free } => text::disk_low(lang, *free / (1 << 20)),
        }
    }

    /// The copy in the quarantine, where there is one.
    pub fn kept(&self) -> Option<&PathBuf> {
        match self {
            Finding::TailCut { kept, .. } | Finding::ForeignSegment { kept } => Some(kept),
            Finding::EntriesLost { kept, .. }
            | Finding::SegmentHeaderRepaired { kept, .. }
            | Finding::IndexDamaged { kept, .. }
            | Finding::Unusable { kept, .. } => kept.as_ref(),
            _ => None,
        }
    }
}
