//! Claims at the server: fences, units, leases, and what the loser is told.

use super::publish::Ledger;
use super::reading::Reading;
use crate::central::store::{Holding, StoreFault};
use crate::domain::change::{Change, FieldChange};
use crate::domain::claim::{Claim, ClaimState};
use crate::domain::decide;
use crate::domain::id::WishId;
use crate::domain::mask;
use crate::domain::moment::{Moment, Now};
use crate::domain::record::{Kind, Record, RecordKey};
use crate::domain::records::{Records, Unreadable};
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::value::Value;
use crate::domain::wish::{Wish, WishState};
use crate::store::codec;
use crate::sync::feed::Feed;
use crate::sync::overlay::Overlay;
use crate::sync::protocol::{LostClaim, SimilarWish};

/// How many wishes a loser is shown.
const SIMILAR: usize = 3;

/// Why claims could not be settled.
pub(super) enum Unsettled {
    /// The rules say no.
    Refused(Refusal),
    /// The store failed.
    Store(StoreFault),
}

impl From<Refusal> for Unsettled {
    fn from(refusal: Refusal) -> Unsettled {
        Unsettled::Refused(refusal)
    }
}

impl From<Unreadable> for Unsettled {
    fn from(fault: Unreadable) -> Unsettled {
        Unsettled::Refused(fault.into())
    }
}

impl From<StoreFault> for Unsettled {
    fn from(fault: StoreFault) -> Unsettled {
        Unsettled::Store(fault)
    }
}

/// A claim before and after a command.
pub(super) struct Moved {
    was: Option<Claim>,
    is: Claim,
}

/// Grants what a command claims, and says which claims it moves.
///
/// A unit that the store says another claim holds refuses the command, whatever the records say.
pub(super) fn grant(
    reading: &Reading<'_>,
    overlay: &Overlay<'_>,
    epoch: u32,
    now: Moment,
    changes: &mut Vec<Change>,
) -> Result<Vec<Moved>, Unsettled> {
    let mut moved = moved(overlay, changes)?;
    for Moved { was, is } in &mut moved {
        let held = was.as_ref().filter(|was| holds(was)).map(|was| was.units.as_slice()).unwrap_or_default();
        if !holds(is) {
            continue;
        }
        for unit in is.units.iter().filter(|unit| !held.contains(unit)) {
            if let Some(holding) = reading.with(|tx| tx.holding(is.wish, *unit))?
                && holding.claim != is.id
            {
                return Err(Unsettled::Refused(taken(overlay, is.wish)?));
            }
        }
        if is.state == ClaimState::Tentative {
            let fence = fence(reading, epoch, is.wish)?;
            let granted = decide::grant(is, fence, Now::new(now))?;
            if let Change::Update { fields, .. } = &granted {
                set(is, fields);
            }
            changes.push(granted);
        } else if !was.as_ref().is_some_and(holds) {
            // A late delivery that counts takes its units anew: a fence of its own, above all that came between.
            let fence = fence(reading, epoch, is.wish)?;
            let field = FieldChange { field: "fence".into(), before: Value::Int(is.fence), after: Value::Int(fence) };
            is.fence = fence;
            changes.push(Change::Update { record: is.key(), fields: vec![field] });
        }
    }
    Ok(moved)
}

/// Brings the store's holdings in line with the claims. Last, for it cannot be taken back within the transaction.
pub(super) fn settle(reading: &Reading<'_>, moved: &[Moved]) -> Result<(), StoreFault> {
    for Moved { was, is } in moved {
        let keeps = |unit: &u16| holds(is) && is.units.contains(unit);
        if let Some(was) = was.as_ref().filter(|was| holds(was)) {
            for unit in was.units.iter().filter(|unit| !keeps(unit)) {
                reading.with(|tx| tx.free_unit(was.wish, *unit, was.id))?;
            }
        }
    }
    for Moved { is, .. } in moved.iter().filter(|moved| holds(&moved.is)) {
        let lease_until = is.lease_until.filter(|_| is.state == ClaimState::Granted);
        for unit in &is.units {
            let holding = Holding { wish: is.wish, unit: *unit, claim: is.id, fence: is.fence, lease_until };
            if !reading.with(|tx| tx.hold_unit(&holding))? {
                return Err(StoreFault::Conflict("unit of a wish"));
            }
        }
    }
    Ok(())
}

/// The epoch stands in the high half, so that fences rise across restores.
fn fence(reading: &Reading<'_>, epoch: u32, wish: WishId) -> Result<i64, StoreFault> {
    let number = reading.with(|tx| tx.next_fence(wish))?;
    Ok(i64::from(epoch) << 32 | i64::from(number))
}

fn holds(claim: &Claim) -> bool {
    claim.state.holds() && !claim.meta.deleted
}

/// The claims that changes create or move.
fn moved(overlay: &Overlay<'_>, changes: &[Change]) -> Result<Vec<Moved>, Unreadable> {
    let mut moved: Vec<Moved> = Vec::new();
    for change in changes {
        match change {
            Change::Create(record) => {
                if let Record::Claim(claim) = &**record {
                    moved.push(Moved { was: None, is: claim.clone() });
                }
            }
            Change::Update { record, fields } if record.kind == Kind::Claim => {
                let at = moved.iter().position(|moved| moved.is.key() == *record);
                if at.is_none()
                    && let Some(Record::Claim(was)) = overlay.record(*record)?
                {
                    moved.push(Moved { is: was.clone(), was: Some(was) });
                }
                if let Some(moved) = moved.iter_mut().find(|moved| moved.is.key() == *record) {
                    set(&mut moved.is, fields);
                }
            }
            Change::Update { .. } => {}
        }
    }
    Ok(moved)
}

fn set(claim: &mut Claim, fields: &[FieldChange]) {
    // What does not fit is found when the change itself is applied.
    let _fits = crate::domain::change::apply_fields(claim, fields);
}

fn taken(overlay: &Overlay<'_>, wish: WishId) -> Result<Refusal, Unreadable> {
    let claims = overlay.claims_on(wish)?;
    Ok(match decide::holder(&claims) {
        Some(claim) => Reason::AlreadyClaimed { who: mask::name(&claim.claimant), when: claim.claimed_at },
        None => Reason::UnitsLeft { left: 0 },
    }
    .into())
}

/// What a loser is told: who has it, since when, and what else is open.
pub(super) fn lost(
    reading: &Reading<'_>,
    overlay: &Overlay<'_>,
    ledger: &Ledger,
    wish: WishId,
) -> Result<Option<LostClaim>, StoreFault> {
    let unreadable = |fault: Unreadable| StoreFault::Damaged(fault.0);
    let claims = overlay.claims_on(wish).map_err(unreadable)?;
    let Some(holder) = decide::holder(&claims) else { return Ok(None) };
    let key = RecordKey { kind: Kind::Wish, id: wish.into() };
    let Some(Record::Wish(lost)) = overlay.record(key).map_err(unreadable)? else { return Ok(None) };
    let closed = ledger.closed();
    let mut open: Vec<Wish> = reading
        .with(|tx| tx.tagged(&Feed::Pool, lost.category.as_str(), 50))?
        .into_iter()
        .filter_map(|document| match codec::decode(&document.body.0) {
            Ok(Record::Wish(card)) => Some(card),
            _ => None,
        })
        .filter(|card| card.state == WishState::Published && card.id != wish && !closed.contains(&card.id))
        .collect();
    open.sort_by_key(|card| (card.town != lost.town, card.published_at, card.id));
    let similar = open.into_iter().take(SIMILAR).map(|card| SimilarWish {
        wish: card.id,
        no: card.no,
        card_text: card.card_text,
        category: card.category,
        town: card.town,
        units: card.units,
    });
    let (holder, since) = (mask::name(&holder.claimant), holder.claimed_at);
    Ok(Some(LostClaim { wish, holder, since, similar: similar.collect() }))
}
