//! What may be found after a program was stopped in the middle of its work.

use zhulian::store::Finding;

/// Whether recovery has set right what it found, without anything acknowledged being touched.
pub fn is_harmless(finding: &Finding) -> bool {
    matches!(
        finding,
        Finding::TailCut { .. }
            | Finding::GroupCut { .. }
            | Finding::KeyCopyRepaired
            | Finding::PointerRepaired
            | Finding::IndexRebuilt { .. }
            | Finding::IndexVerified { .. }
    )
}
