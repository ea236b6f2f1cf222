//! Archive numbers: a household that a device registered under a number of its own gets its lasting one here.
//!
//! The note `h/<village>` holds the epoch and the last number of a village.

use super::reading::Reading;
use crate::central::store::StoreFault;
use crate::domain::change::Change;
use crate::domain::household::Household;
use crate::domain::numbering;
use crate::domain::record::Record;
use crate::store::codec;
use crate::sync::protocol::Bytes;

/// Numbers left out in each village after a restore: what was given since the backup may stand on paper, so it is not
/// given to another household.
const LEFT_OUT: u32 = 200;

/// Gives numbers to the households that a command creates.
///
/// # Errors
/// Only the store's.
pub(super) fn number(reading: &Reading<'_>, epoch: u32, changes: &mut [Change]) -> Result<(), StoreFault> {
    if !reading.with(|tx| Ok(tx.keeps_notes()))? {
        return Ok(());
    }
    for change in changes {
        if let Change::Create(record) = change
            && let Record::Household(household) = &mut **record
        {
            give(reading, epoch, household)?;
        }
    }
    Ok(())
}

fn give(reading: &Reading<'_>, epoch: u32, household: &mut Household) -> Result<(), StoreFault> {
    let brought = numbering::archive_serial(&household.region, &household.archive_no);
    let waits = numbering::is_provisional(&household.archive_no);
    if household.region.is_empty() || (brought.is_none() && !waits) {
        return Ok(());
    }
    let note = format!("h/{}", household.region.village()).into_bytes();
    let held: Option<(u32, u32)> = reading.with(|tx| tx.note(&note))?.map(|held| codec::decode(&held.0)).transpose()?;
    let last = match held {
        Some((of, last)) if of < epoch => last.saturating_add(LEFT_OUT),
        Some((_, last)) => last,
        None => 0,
    };
    let given = match brought {
        // From a register that was numbered before: the village goes on behind it.
        Some(serial) => serial.max(last),
        None => match numbering::archive(&household.region, last.saturating_add(1)) {
            Some(number) => {
                household.archive_no = number;
                last + 1
            }
            None => return Ok(()),
        },
    };
    if held != Some((epoch, given)) {
        reading.with(|tx| tx.put_note(&note, Some(&Bytes(codec::encode(&(epoch, given))?))))?;
    }
    Ok(())
}
