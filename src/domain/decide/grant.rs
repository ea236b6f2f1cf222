//! What only the central server does to claims: grant and expire. Devices never decide these, they receive them.

use chrono::Duration;

use super::super::lifecycle::{self, Act};
use super::super::params;
use super::claim::back_to_pool;
use super::{Case, Change, Refusal, update};
use crate::domain::claim::Claim;
use crate::domain::id::ClaimId;
use crate::domain::moment::{Moment, Now};
use crate::domain::records::Records;
use crate::domain::worker::Actor;

/// Grants a tentative claim its units: the fencing number, and a lease by the server's clock.
///
/// # Errors
/// When the claim is no longer tentative.
pub fn grant(claim: &Claim, fence: i64, now: Now) -> Result<Change, Refusal> {
    let mut after = claim.clone();
    after.state = lifecycle::claim(claim.state, Act::Grant)?;
    after.fence = fence;
    after.lease_until = Some(lease_end(claim, now));
    update(claim, &after)
}

/// Takes a claim back whose lease and grace are over: its wish goes back to the pool for another round.
///
/// # Errors
/// When the claim is not on file, or holds its units for good.
pub fn expire(records: &dyn Records, actor: &Actor, now: Now, claim: ClaimId) -> Result<Vec<Change>, Refusal> {
    let case = Case { records, actor, now };
    let before: Claim = case.get(claim)?;
    let mut after = before.clone();
    after.state = lifecycle::claim(before.state, Act::Expire)?;
    let mut changes = vec![update(&before, &after)?];
    changes.extend(back_to_pool(&case, before.wish)?);
    Ok(changes)
}

/// A standing claim waits for its donor longer than a donor waits for the delivery.
fn lease_end(claim: &Claim, now: Now) -> Moment {
    let params = params::on(now.today());
    let days = if claim.standing { params.wish_standing_days() } else { params.wish_claim_lease_days() };
    now.at.plus(Duration::days(i64::from(days)))
}
