//! Claims: claim, release, connect, fulfil.

use chrono::Days;

use super::super::lifecycle::{self, Act};
use super::super::{params, validate};
use super::{Case, Change, Code, Kind, Reason, Refusal, Right, in_words, label, need_reason, update};
use crate::domain::claim::{Claim, ClaimState};
use crate::domain::conflict::Conflict;
use crate::domain::id::{ClaimId, OrgId, RecordId, WishId};
use crate::domain::moment::Now;
use crate::domain::need::Need;
use crate::domain::records::Records;
use crate::domain::value::Value;
use crate::domain::wish::{Wish, WishState};
use crate::domain::worker::{Actor, Role};

pub(super) fn claim(case: &Case<'_>, claim: &Claim) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Claim)?;
    case.absent(claim.key())?;
    let wish: Wish = case.get(claim.wish)?;
    let next = lifecycle::wish(wish.state, Act::Claim);
    let claims = case.records.claims_on(wish.id)?;
    let free = free_units(&wish, &claims);
    let asked = claim.units.len().max(1);
    let given = matches!(wish.state, WishState::Fulfilled | WishState::Confirmed | WishState::Closed);
    if free.is_empty() && (wish.state.in_pool() || given) {
        return Err(already_claimed(&claims).into());
    }
    let next = next?;
    let today = case.now.today();
    if let Some(date) = wish.publish_until
        && date < today
    {
        return Err(Reason::Expired { date }.into());
    }
    let units = chosen_units(&free, &claim.units, asked)?;
    let mut claim = case.stamped(claim.clone());
    claim.units = units;
    claim.household = wish.household;
    claim.recorded_by = Some(case.actor.worker);
    claim.claimed_at = case.now.at;
    claim.state = ClaimState::Tentative;
    // A point that works on cases may hold a wish for the donors who come by.
    claim.standing = claim.standing && case.actor.role.may(Right::WorkCases);
    claim.fence = 0;
    claim.lease_until = None;
    claim.contact_by = today.checked_add_days(Days::new(u64::from(params::on(today).wish_contact_days())));
    validate::check(&claim, today)?;

    let all_taken = claim.units.len() == free.len();
    let mut changes = vec![Change::create(claim)];
    if all_taken {
        changes.extend(move_wish(&wish, next)?);
        changes.extend(move_need(case, &wish, Act::Arrange)?);
    }
    Ok(changes)
}

pub(super) fn release(case: &Case<'_>, id: ClaimId, reason: &Code, remark: &str) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Claim)?;
    need_reason("release_reason", reason, "放弃原因", "reason")?;
    in_words(reason, remark, "remark", label("放弃说明", "the remark"))?;
    let before = own(case, id)?;
    let mut after = before.clone();
    after.state = lifecycle::claim(before.state, Act::Release)?;
    after.reason = reason.clone();
    after.remark = remark.to_owned();
    validate::check(&after, case.now.today())?;
    let mut changes = vec![update(&before, &after)?];
    changes.extend(back_to_pool(case, before.wish)?);
    Ok(changes)
}

/// Units came free: the wish goes back to the pool for another round, first in its list (three local micro-wish
/// reports).
pub(super) fn back_to_pool(case: &Case<'_>, wish: WishId) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    let wish: Wish = case.get(wish)?;
    if let Ok(next) = lifecycle::wish(wish.state, Act::Release) {
        let mut again = wish.clone();
        again.state = next;
        again.round = wish.round.saturating_add(1);
        changes.push(update(&wish, &again)?);
        changes.extend(move_need(case, &wish, Act::Release)?);
    }
    Ok(changes)
}

/// Names the donor of a standing claim.
pub(super) fn pass(
    case: &Case<'_>,
    id: ClaimId,
    claimant: &str,
    org: Option<OrgId>,
    phone: &str,
) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Claim)?;
    let before = own(case, id)?;
    if !before.standing {
        return Err(Reason::NotStanding.into());
    }
    let mut after = before.clone();
    after.state = lifecycle::claim(before.state, Act::Pass)?;
    after.standing = false;
    after.claimant = claimant.to_owned();
    after.claimant_org = org;
    after.claimant_phone = phone.to_owned();
    let today = case.now.today();
    after.contact_by = today.checked_add_days(Days::new(u64::from(params::on(today).wish_contact_days())));
    validate::check(&after, today)?;
    Ok(vec![update(&before, &after)?])
}

pub(super) fn connect(case: &Case<'_>, id: ClaimId) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Claim)?;
    let before = own(case, id)?;
    let mut after = before.clone();
    after.state = lifecycle::claim(before.state, Act::Connect)?;
    after.connected_at = Some(case.now.at);
    let mut changes = vec![update(&before, &after)?];
    let wish: Wish = case.get(before.wish)?;
    if wish.state == WishState::Claimed {
        changes.extend(move_wish(&wish, lifecycle::wish(wish.state, Act::Connect)?)?);
    }
    Ok(changes)
}

pub(super) fn fulfil(case: &Case<'_>, id: ClaimId, evidence: &str) -> Result<Vec<Change>, Refusal> {
    case.permit(Right::Claim)?;
    let before = own(case, id)?;
    let wish: Wish = case.get(before.wish)?;
    let claims = case.records.claims_on(wish.id)?;
    let mut after = before.clone();
    match lifecycle::claim(before.state, Act::Fulfil) {
        Ok(state) => after.state = state,
        // Without a grant. What was delivered was delivered: it counts while nobody else holds the units.
        Err(fault) => {
            let late = lifecycle::claim(before.state, Act::DeliverLate).map_err(|_| fault)?;
            let free = if wish.state.in_pool() { free_units(&wish, &claims) } else { Vec::new() };
            match chosen_units(&free, &before.units, before.units.len().max(1)) {
                Ok(units) => (after.units, after.state) = (units, late),
                Err(_) => return delivered_twice(case, &before, &claims, evidence),
            }
        }
    }
    after.fulfilled_at = Some(case.now.at);
    after.evidence = evidence.to_owned();
    validate::check(&after, case.now.today())?;
    let mut changes = vec![update(&before, &after)?];
    let done: usize = claims
        .iter()
        .filter(|claim| claim.id != id && claim.state == ClaimState::Fulfilled && !claim.meta.deleted)
        .map(|claim| claim.units.len())
        .sum::<usize>()
        + after.units.len();
    if done >= usize::from(wish.units) {
        // A late delivery may find the wish back in the pool.
        let from = if wish.state == WishState::Published { WishState::Claimed } else { wish.state };
        changes.extend(move_wish(&wish, lifecycle::wish(from, Act::Fulfil)?)?);
        changes.extend(move_need(case, &wish, Act::Deliver)?);
    }
    Ok(changes)
}

/// A delivery of what somebody else holds: counted once, kept twice, and put before a person.
fn delivered_twice(case: &Case<'_>, before: &Claim, claims: &[Claim], evidence: &str) -> Result<Vec<Change>, Refusal> {
    let mut after = before.clone();
    after.state = lifecycle::claim(before.state, Act::DeliverTwice)?;
    after.fulfilled_at = Some(case.now.at);
    after.evidence = evidence.to_owned();
    validate::check(&after, case.now.today())?;
    let holder = holder(claims);
    let id = RecordId::derived(
        u64::try_from(case.now.at.0).unwrap_or(0),
        &[b"duplicate delivery", &RecordId::from(before.id).bytes()],
    );
    let conflict = Conflict {
        id: id.into(),
        household: before.household,
        kind: Code::from("duplicate_delivery"),
        about: Some(before.key()),
        other: holder.map(Claim::key),
        held: Value::Text(holder.map(|claim| claim.claimant.clone()).unwrap_or_default()),
        held_by: holder.and_then(|claim| claim.recorded_by),
        held_at: holder.map(|claim| claim.fulfilled_at.unwrap_or(claim.claimed_at)),
        offered: Value::Text(before.claimant.clone()),
        offered_by: Some(case.actor.worker),
        offered_at: Some(case.now.at),
        ..Conflict::default()
    };
    Ok(vec![update(before, &after)?, super::opened(conflict, case.actor.worker)])
}

/// A claim that came too late, as the file keeps it beside the refusal: who wanted the wish, and when.
///
/// # Errors
/// When the wish is not on file, or the claim is there already.
pub fn lost_claim(records: &dyn Records, actor: &Actor, now: Now, claim: &Claim) -> Result<Change, Refusal> {
    let case = Case { records, actor, now };
    case.permit(Right::Claim)?;
    case.absent(claim.key())?;
    let wish: Wish = case.get(claim.wish)?;
    let mut claim = case.stamped(claim.clone());
    claim.units = (1..=wish.units).take(claim.units.len().max(1)).collect();
    claim.household = wish.household;
    claim.recorded_by = Some(actor.worker);
    claim.claimed_at = now.at;
    claim.state = lifecycle::claim(ClaimState::Tentative, Act::Lose)?;
    (claim.fence, claim.lease_until, claim.contact_by) = (0, None, None);
    validate::check(&claim, now.today())?;
    Ok(Change::create(claim))
}

/// Who holds a wish: the latest of the living claims.
pub fn holder(claims: &[Claim]) -> Option<&Claim> {
    claims.iter().filter(|claim| !claim.meta.deleted && claim.state.holds()).max_by_key(|claim| claim.claimed_at)
}

/// The units of a wish that no living claim holds, from 1.
pub fn free_units(wish: &Wish, claims: &[Claim]) -> Vec<u16> {
    (1..=wish.units)
        .filter(|unit| {
            !claims.iter().any(|claim| !claim.meta.deleted && claim.state.holds() && claim.units.contains(unit))
        })
        .collect()
}

/// Exactly the units asked for by number, where they are free; otherwise as many of the lowest free ones.
fn chosen_units(free: &[u16], wanted: &[u16], asked: usize) -> Result<Vec<u16>, Refusal> {
    if !wanted.is_empty() && wanted.iter().all(|unit| free.contains(unit)) {
        return Ok(wanted.to_vec());
    }
    if asked > free.len() {
        return Err(Refusal::at("units", Reason::UnitsLeft { left: free.len() as u32 }));
    }
    Ok(free[..asked].to_vec())
}

fn already_claimed(claims: &[Claim]) -> Reason {
    match holder(claims) {
        Some(claim) => {
            Reason::AlreadyClaimed { who: super::super::mask::name(&claim.claimant), when: claim.claimed_at }
        }
        None => Reason::UnitsLeft { left: 0 },
    }
}

/// The claim, if the actor recorded it or has a managing role.
fn own(case: &Case<'_>, id: ClaimId) -> Result<Claim, Refusal> {
    let claim: Claim = case.get(id)?;
    let manages = matches!(case.actor.role, Role::CivilAffairs | Role::GridWorker | Role::VillageCadre);
    if claim.recorded_by == Some(case.actor.worker) || manages { Ok(claim) } else { Err(Reason::NotYourClaim.into()) }
}

fn move_wish(wish: &Wish, to: WishState) -> Result<Option<Change>, Refusal> {
    if wish.state == to {
        return Ok(None);
    }
    let mut after = wish.clone();
    after.state = to;
    update(wish, &after).map(Some)
}

/// Moves the wish's need along where its lifecycle allows; a need that went another way meanwhile stays where it is.
fn move_need(case: &Case<'_>, wish: &Wish, act: Act) -> Result<Option<Change>, Refusal> {
    let Some(id) = wish.need else { return Ok(None) };
    let before: Need = match case.get(id) {
        Ok(need) => need,
        Err(refusal) if refusal.reason == (Reason::NotFound { kind: Kind::Need }) => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    let Ok(state) = lifecycle::need(before.state, act) else { return Ok(None) };
    let mut after = before.clone();
    after.state = state;
    update(&before, &after).map(Some)
}

/// The living claim to act on when a wish is named instead of a claim: the actor's latest.
pub fn current_claim(claims: &[Claim], wish: WishId) -> Option<&Claim> {
    claims
        .iter()
        .filter(|claim| claim.wish == wish && !claim.meta.deleted && claim.state.holds())
        .filter(|claim| claim.state != ClaimState::Fulfilled)
        .max_by_key(|claim| claim.claimed_at)
}
